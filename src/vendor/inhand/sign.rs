//! The platform's signature, both directions (InHand §12). Pure: parameters and key in, signature out.
//!
//! The scheme joins `name=value` with `&` and escapes nothing, so a value that holds `&b=2` signs like a
//! member `b`. That is the platform's weakness and cannot be mended on one side; what we can do is refuse a
//! message whose members are ambiguous.

use std::{collections::BTreeMap, fmt};

use md5::{Digest, Md5};
use secrecy::{ExposeSecret, SecretString};
use serde::{
    Deserializer as _,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::value::RawValue;
use subtle::ConstantTimeEq;
use thiserror::Error;
use url::form_urlencoded;

/// The member that carries the signature and does not take part in it.
const SIGN: &str = "sign";

/// Every parameter of a message, from its query and its body, by name in ASCII order (Trap 9). The texts are
/// those that are signed: strings unquoted and unescaped, everything else exactly as it was written.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters(BTreeMap<String, String>);

/// A message whose parameters cannot be told.
#[derive(Debug, Error)]
pub enum Malformed {
    /// The body is no JSON object, or holds one name with two different values.
    #[error("the body is not one JSON object with clear members")]
    Body(#[source] serde_json::Error),
    /// Query and body, or the query alone, give one name two different values.
    #[error("the parameter `{0}` has two values")]
    Ambiguous(String),
}

impl Parameters {
    /// The parameters of a message of ours, whose names are all different.
    pub fn of<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(parameters.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect())
    }

    /// Adds the parameters of a query string or a form.
    pub fn add_query(&mut self, query: &str) -> Result<(), Malformed> {
        form_urlencoded::parse(query.as_bytes())
            .try_for_each(|(name, text)| self.add(name.into_owned(), text.into_owned()))
            .map_err(Malformed::Ambiguous)
    }

    /// Adds the members of a JSON object by their raw text: parsed and printed again, an object's white space
    /// and a number's digits would change, and the signature with them.
    pub fn add_body(&mut self, body: &[u8]) -> Result<(), Malformed> {
        let mut json = serde_json::Deserializer::from_slice(body);
        json.deserialize_map(Members(self)).and_then(|()| json.end()).map_err(Malformed::Body)
    }

    /// The value of a parameter as it is signed; `None` where it is absent, null or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// The signature, in lower case: the document does not say which, the platform takes both.
    pub fn sign(&self, key: &SecretString) -> String {
        hex::encode(self.digest(key))
    }

    /// Whether `sign` is there and right, in either case. Takes as long for a wrong one as for the right one.
    pub fn verify(&self, key: &SecretString) -> bool {
        let mut given = [0_u8; 16];
        let readable = self.get(SIGN).is_some_and(|sign| hex::decode_to_slice(sign, &mut given).is_ok());
        readable & bool::from(self.digest(key).ct_eq(&given))
    }

    /// A name that comes twice with one text counts once. With two texts nobody can say which was signed and
    /// which will be read, so the message is refused; then the name comes back.
    fn add(&mut self, name: String, text: String) -> Result<(), String> {
        match self.0.get(&name) {
            Some(known) if *known != text => Err(name),
            Some(_) => Ok(()),
            None => {
                self.0.insert(name, text);
                Ok(())
            }
        }
    }

    fn digest(&self, key: &SecretString) -> [u8; 16] {
        let mut digest = Md5::new();
        self.pieces().for_each(|piece| digest.update(piece));
        digest.update(key.expose_secret());
        digest.finalize().into()
    }

    /// The text that is signed, without the key and in pieces, so that the key is never copied beside it.
    fn pieces(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(|(name, text)| *name != SIGN && !text.is_empty())
            .enumerate()
            .flat_map(|(index, (name, text))| [if index == 0 { "" } else { "&" }, name, "=", text])
    }
}

impl fmt::Debug for Parameters {
    /// The names alone: values hold people and signatures.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Reads the members of a JSON object into parameters.
struct Members<'a>(&'a mut Parameters);

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some((name, raw)) = members.next_entry::<String, &RawValue>()? {
            let text = signed_text(raw).map_err(A::Error::custom)?;
            self.0.add(name, text).map_err(|_| A::Error::custom("a member has two values"))?;
        }
        Ok(())
    }
}

/// A value as it is signed; empty where it does not take part.
fn signed_text(raw: &RawValue) -> Result<String, serde_json::Error> {
    match raw.get() {
        "null" => Ok(String::new()),
        text if text.starts_with('"') => serde_json::from_str(text),
        text => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests;
