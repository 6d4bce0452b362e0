//! The calls that we serve: where their parameters may stand, whose they are, and what is answered.

use iso_currency::Currency;
use secrecy::SecretString;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use super::{CLIENT, KEY, account};
use crate::{
    domain::{Money, PickupCodeState},
    vendor::inhand::{
        sign::Parameters,
        webhook::{Answer, Call, Webhooks},
    },
};

const CHECK: [(&str, &str); 5] = [
    ("code", "1234567"),
    ("assetId", "91000092"),
    ("goodsNum", "6920152"),
    ("nonceStr", "n+1 =&"),
    ("clientId", CLIENT),
];

fn sealed<'a>(parameters: &[(&'a str, &'a str)], key: &str) -> Vec<(&'a str, String)> {
    let sign = Parameters::of(parameters.iter().copied()).sign(&SecretString::from(key));
    let mut all: Vec<_> = parameters.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
    all.push(("sign", sign));
    all
}

fn form(parameters: &[(&str, String)]) -> String {
    Serializer::new(String::new()).extend_pairs(parameters).finish()
}

fn object(parameters: &[(&str, String)]) -> String {
    let members = parameters.iter().map(|(name, text)| ((*name).to_owned(), json!(text)));
    Value::Object(members.collect()).to_string()
}

#[test]
fn the_parameters_come_in_the_query_as_a_form_as_json_or_split_between_them() {
    let all = sealed(&CHECK, KEY);
    let (some, others) = all.split_at(2);
    let ways = [
        (form(&all), String::new()),
        (String::new(), form(&all)),
        (String::new(), object(&all)),
        (form(some), form(others)),
        (form(some), format!(" {}\n", object(others))),
        (form(&all), object(&all)),
    ];
    for (query, body) in &ways {
        let call = Call::read(query.as_bytes(), body.as_bytes()).unwrap();
        assert_eq!(call.account([("metro", &account())]).unwrap(), "metro", "{query} {body}");
        let check = call.check().unwrap();
        assert_eq!((&*check.code, &*check.machine, &*check.nonce), ("1234567", "91000092", "n+1 =&"));
        assert_eq!(check.product.as_deref(), Some("6920152"));
    }
}

#[test]
fn two_accounts_with_one_client_id_are_told_apart_by_the_key_that_verifies() {
    let accounts = [
        ("other", Webhooks::new("c-200", SecretString::from(KEY))),
        ("north", Webhooks::new(CLIENT, SecretString::from("another key"))),
        ("metro", account()),
    ];
    let of = |key: &str, client: &'static str| {
        let mut parameters = CHECK;
        parameters[4].1 = client;
        let query = form(&sealed(&parameters, key));
        let call = Call::read(query.as_bytes(), b"").unwrap();
        let accounts = accounts.iter().map(|(name, webhooks)| (*name, webhooks));
        call.account(accounts).map_err(|refusal| (refusal.error_code(), refusal.status()))
    };
    assert_eq!(of(KEY, CLIENT), Ok("metro"));
    assert_eq!(of("another key", CLIENT), Ok("north"));
    assert_eq!(of(KEY, "c-200"), Ok("other"));
    assert_eq!(of("a third key", CLIENT), Err(("SIGN_WRONG", 401)));
    assert_eq!(of(KEY, "c-300"), Err(("CLIENT_UNKNOWN", 403)));
}

#[test]
fn what_a_call_needs_is_required_and_the_goods_are_not() {
    let without = |left_out: &str| {
        let some: Vec<_> = CHECK.into_iter().filter(|(name, _)| *name != left_out).collect();
        form(&sealed(&some, KEY))
    };
    let query = without("goodsNum");
    assert_eq!(Call::read(query.as_bytes(), b"").unwrap().check().unwrap().product, None);
    for (left_out, code) in
        [("code", "PARAMETER_MISSING"), ("assetId", "PARAMETER_MISSING"), ("nonceStr", "NONCE_MISSING")]
    {
        let query = without(left_out);
        let call = Call::read(query.as_bytes(), b"").unwrap();
        assert_eq!(call.check().unwrap_err().error_code(), code);
    }
    let query = without("assetId");
    let used = Call::read(query.as_bytes(), b"").unwrap().used().unwrap();
    assert_eq!((&*used.code, &*used.nonce), ("1234567", "n+1 =&"));
}

#[test]
fn two_values_of_one_parameter_are_refused() {
    let all = form(&sealed(&CHECK, KEY));
    let read = Call::read(b"code=7654321", all.as_bytes());
    assert_eq!(read.unwrap_err().error_code(), "AMBIGUOUS");
}

#[test]
fn answers_have_the_documents_members_and_everything_in_them_is_text() {
    let told = |answer: Answer<'_>| String::from_utf8(answer.to_json()).unwrap();
    assert_eq!(told(Answer::Success), r#"{"result":"SUCCESS"}"#);
    assert_eq!(told(Answer::Fail("CODE_UNKNOWN")), r#"{"result":"FAIL","errorCode":"CODE_UNKNOWN"}"#);
    let checked = |state, fee| {
        let fee = Some(Money::from_minor(fee, Currency::CNY));
        told(Answer::Checked { problem: None, product: Some("6920152"), state, fee })
    };
    assert_eq!(
        checked(PickupCodeState::Unused, 350),
        r#"{"result":"SUCCESS","goodsNum":"6920152","codeStatus":"1","fee":"350"}"#
    );
    assert!(checked(PickupCodeState::Held, 0).contains(r#""codeStatus":"1","fee":"0""#));
    assert!(checked(PickupCodeState::Used, 0).contains(r#""codeStatus":"2""#));
    assert!(checked(PickupCodeState::Expired, 0).contains(r#""codeStatus":"3""#));
    let free = Answer::Checked { problem: None, product: None, state: PickupCodeState::Unused, fee: None };
    assert_eq!(told(free), r#"{"result":"SUCCESS","goodsNum":"","codeStatus":"1","fee":"0"}"#);
}

#[test]
fn a_check_that_fails_has_all_members_of_the_document_and_the_word_besides() {
    // §7.1: goodsNum, codeStatus and fee are required whatever the result is; errorCode is there on FAIL.
    for (state, status) in [
        (PickupCodeState::Unused, "1"),
        (PickupCodeState::Held, "1"),
        (PickupCodeState::Used, "2"),
        (PickupCodeState::Expired, "3"),
        (PickupCodeState::Cancelled, "3"),
        (PickupCodeState::Unknown, "3"),
    ] {
        let answer = Answer::Checked { problem: Some("WRONG"), product: Some("1"), state, fee: None };
        let told: Value = serde_json::from_slice(&answer.to_json()).unwrap();
        let expected = json!({ "result": "FAIL", "errorCode": "WRONG", "goodsNum": "1", "codeStatus": status, "fee": "0" });
        assert_eq!(told, expected, "{state:?}");
    }
}
