//! The parameters of a call: those of the query and those of the body, each known by where it was.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::Refusal;

/// A page may have so many rows.
const LONGEST_PAGE: u64 = 100;

/// All parameters as they are signed: a string unquoted, a number or an object as it was written.
#[derive(Debug)]
pub(crate) struct Parameters {
    query: BTreeMap<String, String>,
    body: BTreeMap<String, String>,
}

/// A piece of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) cursor: u64,
    pub(crate) limit: u64,
}

impl Parameters {
    /// Reads both; an empty body has none.
    pub(crate) fn read(query: &str, body: &[u8]) -> Result<Self, Refusal> {
        let query = serde_urlencoded::from_str(query).map_err(|_| Refusal::mistake("query_error"))?;
        let mut parameters = Self { query, body: BTreeMap::new() };
        if !body.is_empty() {
            let members: BTreeMap<String, &RawValue> =
                serde_json::from_slice(body).map_err(|_| Refusal::mistake("body_error"))?;
            for (name, value) in members {
                parameters.body.insert(name, text(value)?);
            }
        }
        Ok(parameters)
    }

    /// Everything that takes part in the signature.
    pub(crate) fn signed(&self) -> BTreeMap<String, String> {
        let both = self.query.iter().chain(&self.body);
        both.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    pub(crate) fn in_query(&self, name: &str) -> Option<&str> {
        given(&self.query, name)
    }

    pub(crate) fn in_body(&self, name: &str) -> Option<&str> {
        given(&self.body, name)
    }

    /// Who calls, the nonce and the signature stand in the body of a call that has one, else in the query.
    pub(super) fn caller(&self, in_query: bool, name: &str) -> Result<String, Refusal> {
        let value = if in_query { self.in_query(name) } else { self.in_body(name) };
        value.map(str::to_owned).ok_or_else(|| missing(name))
    }

    /// The `limit` and the `cursor` of the query.
    pub(crate) fn page(&self) -> Result<Page, Refusal> {
        let limit = number("limit", self.in_query("limit").ok_or_else(|| missing("limit"))?)?;
        let cursor = number("cursor", self.in_query("cursor").ok_or_else(|| missing("cursor"))?)?;
        if limit == 0 || limit > LONGEST_PAGE {
            return Err(malformed("limit"));
        }
        Ok(Page { cursor, limit })
    }
}

/// A time, 10 digits of seconds, where there is one.
pub(crate) fn time(name: &str, value: Option<&str>) -> Result<Option<i64>, Refusal> {
    let Some(text) = value else {
        return Ok(None);
    };
    let seconds = number(name, text)?;
    let seconds = i64::try_from(seconds).ok().filter(|_| text.len() == 10);
    seconds.map(Some).ok_or_else(|| malformed(name))
}

pub(super) fn missing(name: &str) -> Refusal {
    Refusal::mistake(format!("param_missing:{name}"))
}

pub(super) fn malformed(name: &str) -> Refusal {
    Refusal::mistake(format!("param_error:{name}"))
}

fn given<'a>(members: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    members.get(name).map(String::as_str).filter(|value| !value.is_empty())
}

fn number(name: &str, text: &str) -> Result<u64, Refusal> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or_else(|| malformed(name))
}

/// How a member is signed. `null` is like an empty string.
fn text(value: &RawValue) -> Result<String, Refusal> {
    let raw = value.get();
    if raw == "null" {
        return Ok(String::new());
    }
    if raw.starts_with('"') {
        return serde_json::from_str(raw).map_err(|_| Refusal::mistake("body_error"));
    }
    Ok(raw.to_owned())
}
