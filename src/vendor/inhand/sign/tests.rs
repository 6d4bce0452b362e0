//! The signature against the vectors, and what must hold of it whatever the message.

use std::{borrow::Cow, collections::BTreeMap};

use proptest::{
    collection::{btree_map, vec},
    prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_assume, prop_oneof, proptest},
    sample::Index,
};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{Malformed, Parameters};

const KEY: &str = "9f3c1a7be0";

fn key() -> SecretString {
    SecretString::from(KEY)
}

fn of_body(body: &str) -> Parameters<'static> {
    let mut parameters = Parameters::default();
    parameters.add_body(body.as_bytes()).unwrap();
    let owned = |text: Cow<'_, str>| Cow::<'static, str>::Owned(text.into_owned());
    Parameters(parameters.0.into_iter().map(|(name, text)| (owned(name), owned(text))).collect())
}

fn string_to_sign(parameters: &Parameters<'_>) -> String {
    parameters.pieces().collect()
}

#[test]
fn every_vector_is_signed_as_written() {
    let vectors: Vec<Value> =
        serde_json::from_str(include_str!("../../../../tests/fixtures/vectors/inhand-sign.json")).unwrap();
    assert_eq!(vectors.len(), 7);
    for vector in &vectors {
        let note = &vector["note"];
        let key = vector["key"].as_str().unwrap();
        let mut parameters = Parameters::default();
        for (name, text) in vector["query"].as_object().unwrap() {
            parameters.add(name.into(), text.as_str().unwrap().into()).unwrap();
        }
        if let Some(body) = vector["body"].as_str() {
            parameters.add_body(body.as_bytes()).unwrap();
        }
        assert_eq!(string_to_sign(&parameters) + key, vector["string_to_sign"], "{note}");
        assert_eq!(parameters.sign(&SecretString::from(key)), vector["sign"], "{note}");
    }
}

#[test]
fn trap_09_the_signature_is_sorted_and_covers_query_and_body() {
    let mut parameters = of_body(r#"{"nonce_str":"n","assetId":"1"}"#);
    parameters.add_query(b"limit=30&cursor=0&name=%E5%86%B0+a").unwrap();
    assert_eq!(string_to_sign(&parameters), "assetId=1&cursor=0&limit=30&name=冰 a&nonce_str=n");
    assert_eq!(string_to_sign(&of_body(r#"{"a":1,"_":2,"B":3}"#)), "B=3&_=2&a=1");
}

#[test]
fn null_and_empty_take_no_part_while_zero_false_and_empty_lists_do() {
    let parameters = of_body(r#"{"a":null,"b":"","c":0,"d":false,"e":[],"f":{ },"g":" "}"#);
    assert_eq!(string_to_sign(&parameters), "c=0&d=false&e=[]&f={ }&g= ");
    assert_eq!((parameters.get("a"), parameters.get("b"), parameters.get("c")), (None, None, Some("0")));
}

#[test]
fn numbers_and_objects_count_as_written_and_strings_unescaped() {
    let parameters =
        of_body(r#"{"n":1.50e+3, "o" : {"x" : 39.929985046386719 ,"y":"A"} ,"s":"\u51b0\/\"\n"}"#);
    assert_eq!(
        string_to_sign(&parameters),
        "n=1.50e+3&o={\"x\" : 39.929985046386719 ,\"y\":\"A\"}&s=冰/\"\n"
    );
}

#[test]
fn either_case_of_the_signature_is_accepted_and_nothing_shorter_or_longer() {
    let sign = of_body(r#"{"a":"1"}"#).sign(&key());
    let verify = |sign: &str| of_body(&json!({"a": "1", "sign": sign}).to_string()).verify(&key());
    assert!(verify(&sign) && verify(&sign.to_uppercase()));
    assert!(!verify(&sign[1..]) && !verify(&format!("{sign}00")) && !verify("") && !verify("zz"));
    assert!(!of_body(r#"{"a":"1"}"#).verify(&key()));
}

#[test]
fn a_name_with_two_values_is_refused_and_with_one_value_twice_counts_once() {
    let mut parameters = of_body(r#"{"a":"1","a":1}"#);
    assert_eq!(string_to_sign(&parameters), "a=1");
    parameters.add_query(b"a=1").unwrap();
    assert!(matches!(parameters.add_query(b"a=2"), Err(Malformed::Ambiguous(name)) if name == "a"));
    for body in [r#"{"a":"1","a":"2"}"#, r#"{"a":"","a":"2"}"#, r#"{"sign":"a","sign":"b"}"#] {
        let added = Parameters::default().add_body(body.as_bytes());
        assert!(matches!(added, Err(Malformed::Ambiguous(_))), "{body}");
    }
}

#[test]
fn what_is_nested_too_deep_is_refused_and_brackets_in_a_text_are_not_nesting() {
    let nested = |depth: usize| format!(r#"{{"a":{}1{}}}"#, "[".repeat(depth), "]".repeat(depth));
    assert!(Parameters::default().add_body(nested(32).as_bytes()).is_ok());
    for depth in [33, 100_000] {
        let body = nested(depth);
        let added = Parameters::default().add_body(body.as_bytes());
        assert!(matches!(added, Err(Malformed::Deep(name)) if name == "a"));
    }
    let text = "[{".repeat(100);
    for body in [json!({ "a": text }), json!({"a": [format!("\"\\{text}")]})] {
        assert!(Parameters::default().add_body(body.to_string().as_bytes()).is_ok());
    }
}

#[test]
fn a_message_never_shows_its_values_in_debug_output() {
    assert_eq!(format!("{:?}", of_body(r#"{"phone":"13800000000"}"#)), r#"{"phone"}"#);
}

/// A JSON value as raw text, with the text that is signed.
fn value() -> impl Strategy<Value = (String, String)> {
    let string = "[a-z0-9\"\\\\/\n冰 é&=]{0,10}".prop_map(|text| (json!(text).to_string(), text));
    let plain = prop_oneof![Just("0"), Just("false"), Just("-1.50"), Just("12e3"), Just("[ ]")]
        .prop_map(|raw| (raw.to_owned(), raw.to_owned()));
    let object = ("[ \n]{0,3}", "[0-9]{1,20}", "[ \n\t]{0,3}").prop_map(|(before, digits, after)| {
        let raw = format!("{{{before}\"x\" :{after}1.{digits}{before}}}");
        (raw.clone(), raw)
    });
    let absent = prop_oneof![Just("null"), Just("\"\"")].prop_map(|raw| (raw.to_owned(), String::new()));
    prop_oneof![string, plain, object, absent]
}

fn members() -> impl Strategy<Value = BTreeMap<String, (String, String)>> {
    btree_map("[a-zA-Z_]{1,6}", value(), 1..6)
        .prop_filter("the signature comes later", |members| !members.contains_key("sign"))
}

fn body<'a>(members: impl Iterator<Item = (&'a String, &'a str)>) -> String {
    let members: Vec<String> = members.map(|(name, raw)| format!("{} : {raw}", json!(name))).collect();
    format!("{{{}}}", members.join(" ,\n"))
}

#[test]
fn more_parameters_than_any_message_has_are_refused_wherever_they_stand() {
    let names =
        |count: usize| (0..count).map(|number| format!("\"m{number}\":1")).collect::<Vec<_>>().join(",");
    let (most, more) = (format!("{{{}}}", names(256)), format!("{{{}}}", names(257)));
    let mut parameters = Parameters::default();
    assert!(parameters.add_body(most.as_bytes()).is_ok());
    assert!(matches!(parameters.add_query(b"one=more"), Err(Malformed::TooMany)));
    assert!(parameters.add_query(b"m7=1").is_ok(), "it is there already");
    assert!(matches!(Parameters::default().add_body(more.as_bytes()), Err(Malformed::TooMany)));
}

proptest! {
    #[test]
    fn the_order_of_members_and_the_empty_ones_do_not_matter(members in members()) {
        let forward = of_body(&body(members.iter().map(|(name, (raw, _))| (name, raw.as_str()))));
        let backward = of_body(&body(members.iter().rev().map(|(name, (raw, _))| (name, raw.as_str()))));
        let filled = members.iter().filter(|(_, (_, text))| !text.is_empty());
        let without = of_body(&body(filled.clone().map(|(name, (raw, _))| (name, raw.as_str()))));
        let expected: Vec<String> = filled.map(|(name, (_, text))| format!("{name}={text}")).collect();
        prop_assert_eq!(string_to_sign(&forward), expected.join("&"));
        prop_assert_eq!(forward.sign(&key()), backward.sign(&key()));
        prop_assert_eq!(forward.sign(&key()), without.sign(&key()));
    }

    #[test]
    fn what_was_signed_verifies_and_any_changed_byte_of_a_value_does_not(
        members in members(), which in any::<Index>(), position in any::<Index>(),
    ) {
        let mut signed = of_body(&body(members.iter().map(|(name, (raw, _))| (name, raw.as_str()))));
        let sign = signed.sign(&key());
        signed.add("sign".into(), sign.into()).unwrap();
        prop_assert!(signed.verify(&key()));
        prop_assert!(!signed.verify(&SecretString::from("another key")));

        let (name, (_, text)) = members.iter().nth(which.index(members.len())).unwrap();
        prop_assume!(!text.is_empty());
        let mut changed: Vec<char> = text.chars().collect();
        let at = position.index(changed.len());
        changed[at] = if changed[at] == 'x' { 'y' } else { 'x' };
        let at = signed.find(name).unwrap();
        signed.0[at].1 = changed.into_iter().collect::<String>().into();
        prop_assert!(!signed.verify(&key()));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..200), text in any::<String>()) {
        for body in [bytes.as_slice(), text.as_bytes(), format!("{{\"a\":{text}}}").as_bytes()] {
            let mut parameters = Parameters::default();
            let _ = parameters.add_body(body);
            let _ = parameters.add_query(text.as_bytes());
            parameters.verify(&key());
        }
    }
}
