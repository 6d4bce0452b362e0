//! Whether a message is the platform's: the vectors, and what nobody without the key can do.

mod calls;
mod decoding;
mod forgery;

use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::{Message, News, Refusal, Undecodable, Webhooks};
use crate::vendor::inhand::sign::Parameters;

const CLIENT: &str = "c-100";
const KEY: &str = "9f3c1a7be0";

fn account() -> Webhooks {
    Webhooks::new(CLIENT, SecretString::from(KEY))
}

/// `members` with client, nonce and signature, as a body.
fn signed(members: &Value) -> String {
    let mut all: Map<String, Value> = members.as_object().unwrap().clone();
    all.insert("clientId".to_owned(), json!(CLIENT));
    all.insert("nonce_str".to_owned(), json!("5K8264ILTKCH16CQ"));
    sealed(&Value::Object(all).to_string())
}

/// A body with the signature that its members as they stand ask for.
fn sealed(body: &str) -> String {
    let mut parameters = Parameters::default();
    parameters.add_body(body.as_bytes()).unwrap();
    let sign = parameters.sign(&SecretString::from(KEY));
    let open = body.trim_end().strip_suffix('}').unwrap();
    format!("{open},\"sign\":\"{sign}\"}}")
}

fn verified(body: &str) -> Result<(), Refusal> {
    account().verify(b"", body.as_bytes()).map(drop)
}

fn decode(message: Message, members: &Value) -> Result<News, Undecodable> {
    account().verify(b"", signed(members).as_bytes()).unwrap().decode(message)
}

fn refusal(body: &str) -> (&'static str, u16) {
    let refusal = verified(body).unwrap_err();
    (refusal.error_code(), refusal.status())
}

#[test]
fn every_vector_of_a_message_of_this_account_verifies() {
    let vectors: Vec<Value> =
        serde_json::from_str(include_str!("../../../../tests/fixtures/vectors/inhand-sign.json")).unwrap();
    let mut seen = 0;
    for vector in &vectors {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(vector["query"].as_object().unwrap().iter().map(|(k, v)| (k, v.as_str().unwrap())))
            .finish();
        let Some(body) = vector["body"].as_str() else { continue };
        let sign = vector["sign"].as_str().unwrap();
        let open = body.strip_suffix('}').unwrap().replace(",\"sign\":\"ignored\"", "");
        for sign in [sign.to_owned(), sign.to_uppercase()] {
            let body = format!("{open},\"sign\":\"{sign}\"}}");
            assert!(account().verify(query.as_bytes(), body.as_bytes()).is_ok(), "{}", vector["note"]);
        }
        seen += 1;
    }
    assert_eq!(seen, 6);
}

#[test]
fn each_way_to_be_wrong_has_its_word_and_its_status() {
    let body = r#"{"assetId":"1","clientId":"c-100","nonce_str":"n"}"#;
    assert!(verified(&sealed(body)).is_ok());
    assert_eq!(refusal("{\"assetId\":"), ("MALFORMED", 400));
    assert_eq!(refusal("[]"), ("MALFORMED", 400));
    assert_eq!(refusal(&format!("{} {{}}", sealed(body))), ("MALFORMED", 400));
    let deep = format!("{{\"a\":{}{},\"clientId\":\"c-100\"}}", "[".repeat(200), "]".repeat(200));
    assert_eq!(refusal(&deep), ("TOO_DEEP", 400));
    let doubled = sealed(body).replacen('{', "{\"assetId\":\"2\",", 1);
    assert_eq!(refusal(&doubled), ("AMBIGUOUS", 400));
    assert_eq!(refusal(body), ("SIGN_MISSING", 401));
    assert_eq!(refusal(&sealed(&body.replace("c-100", "c-101"))), ("CLIENT_UNKNOWN", 403));
    assert_eq!(refusal(&sealed(r#"{"assetId":"1","nonce_str":"n"}"#)), ("CLIENT_UNKNOWN", 403));
    assert_eq!(refusal(&sealed(body).replace("\"1\"", "\"2\"")), ("SIGN_WRONG", 401));
    assert_eq!(refusal(&sealed(r#"{"assetId":"1","clientId":"c-100"}"#)), ("NONCE_MISSING", 400));
    let long = format!(r#"{{"clientId":"c-100","nonce_str":"{}"}}"#, "n".repeat(129));
    assert_eq!(refusal(&sealed(&long)), ("NONCE_MISSING", 400));
}

#[test]
fn a_message_is_decoded_again_from_where_it_was_kept() {
    let body = signed(&json!({"assetId": "1", "online": 0}));
    let account = account();
    let verified = account.verify(b"", body.as_bytes()).unwrap();
    let kept = super::Verified::kept(b"", body.as_bytes()).unwrap();
    assert_eq!(kept.nonce(), "5K8264ILTKCH16CQ");
    assert_eq!(kept.decode(Message::Status).unwrap(), verified.decode(Message::Status).unwrap());
}

#[test]
fn every_message_has_its_word() {
    for message in Message::ALL {
        assert_eq!(Message::of_word(message.word()), Some(message));
    }
    assert_eq!(Message::of_word("orders"), None);
}

#[test]
fn the_key_is_in_no_debug_output() {
    assert!(!format!("{:?}", account()).contains(KEY));
}
