//! The payload: base64 of a JSON object of strings, with a timestamp and a signature.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::refusal::Refusal;
use super::sign;

/// The parameters of a call, their signature checked.
#[derive(Debug, Default)]
pub(crate) struct Payload(BTreeMap<String, String>);

impl Payload {
    /// Reads and checks the body of a call.
    pub(crate) fn read(body: &[u8], key: &str) -> Result<Self, Refusal> {
        let mut parameters = BTreeMap::new();
        for (name, value) in
            members(body).ok_or_else(|| Refusal::parameter("payload is not base64 of a JSON object"))?
        {
            match value {
                Value::String(text) => {
                    parameters.insert(name, text);
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                    return Err(Refusal::parameter(format!("{name} must be a string")));
                }
            }
        }
        let payload = Self(parameters);
        if payload.get("sign") != Some(sign::sign(&payload.0, key).as_str()) {
            return Err(Refusal::unsigned());
        }
        payload.number("timestamp")?.ok_or_else(|| Refusal::parameter("timestamp is required"))?;
        Ok(payload)
    }

    /// A parameter; an empty one is absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::parameter(format!("{name} is required")))
    }

    /// A parameter of digits only that must be there.
    pub(crate) fn required_number(&self, name: &str) -> Result<u64, Refusal> {
        self.number(name)?.ok_or_else(|| Refusal::parameter(format!("{name} is required")))
    }

    /// A parameter that has one value.
    pub(crate) fn fixed(&self, name: &str, value: &str) -> Result<(), Refusal> {
        if self.required(name)? == value {
            return Ok(());
        }
        Err(Refusal::parameter(format!("{name} must be {value}")))
    }

    /// A parameter of digits only.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, Refusal> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| digits);
        number.map(Some).ok_or_else(|| Refusal::parameter(format!("{name} must be a number")))
    }
}

/// The machine that a body speaks of, for the record, whether the call is in order or not. Orders are plain.
pub(crate) fn machine(body: &[u8]) -> Option<String> {
    let members = members(body).or_else(|| serde_json::from_slice(body).ok())?;
    Some(members.get("machine_no")?.as_str()?.to_owned())
}

fn members(body: &[u8]) -> Option<serde_json::Map<String, Value>> {
    let outer: Value = serde_json::from_slice(body).ok()?;
    let decoded = STANDARD.decode(outer.get("payload")?.as_str()?).ok()?;
    serde_json::from_slice(&decoded).ok()
}
