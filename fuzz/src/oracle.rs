//! Signatures computed from the documents' words, with nothing of the program's.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use md5::{Digest as _, Md5};
use serde_json::{Value, value::RawValue};

/// The members of a JSON object by their raw text; `None` where the bytes are none.
pub fn members(body: &[u8]) -> Option<BTreeMap<String, Box<RawValue>>> {
    serde_json::from_slice(body).ok()
}

/// A member as InHand signs it (§12): a text without its quotes and escapes, anything else as it was sent, null not at all.
pub fn plain(raw: &RawValue) -> String {
    match raw.get() {
        "null" => String::new(),
        text if text.starts_with('"') => serde_json::from_str(text).expect("it was read before"),
        other => other.to_owned(),
    }
}

/// What InHand signs, without the key: sorted by name, without what is empty and `sign` itself.
pub fn inhand_text(parameters: &BTreeMap<String, String>) -> String {
    let signed = parameters.iter().filter(|(name, text)| *name != "sign" && !text.is_empty());
    signed.map(|(name, text)| format!("{name}={text}")).collect::<Vec<_>>().join("&")
}

/// InHand's signature.
pub fn inhand(parameters: &BTreeMap<String, String>, key: &str) -> String {
    hex::encode(Md5::digest(format!("{}{key}", inhand_text(parameters))))
}

/// Whether a Dingshang payload bears the signature that belongs to it.
pub fn dingshang_payload(payload: &str, key: &str) -> bool {
    let Ok(object) = STANDARD.decode(payload) else { return false };
    let Ok(Value::Object(members)) = serde_json::from_slice(&object) else { return false };
    let text = |value: &Value| value.as_str().expect("every parameter is text").to_owned();
    let parameters: BTreeMap<String, String> =
        members.iter().map(|(name, value)| (name.clone(), text(value))).collect();
    let signed = parameters.iter().filter(|(name, text)| *name != "sign" && !text.is_empty());
    let pairs: Vec<_> = signed.map(|(name, text)| format!("{name}={text}")).collect();
    let expected = hex::encode_upper(Md5::digest(format!("{}&key={key}", pairs.join("&"))));
    parameters.contains_key("timestamp") && parameters.get("sign") == Some(&expected)
}
