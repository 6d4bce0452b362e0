//! The platform's signature, both directions (InHand §12). Pure: parameters and key in, signature out.
//!
//! The scheme joins `name=value` with `&` and escapes nothing, so a value that holds `&b=2` signs like a
//! member `b`. That is the platform's weakness and cannot be mended on one side; what we can do is refuse a
//! message whose members are ambiguous.

use std::{borrow::Cow, fmt};

use md5::{Digest, Md5};
use secrecy::{ExposeSecret, SecretString};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::value::RawValue;
use subtle::ConstantTimeEq;
use thiserror::Error;
use url::form_urlencoded;

/// The member that carries the signature and does not take part in it.
const SIGN: &str = "sign";

/// Objects and lists that stand deeper in one another than this are not read: the platform's own reach to 4.
const DEEPEST: usize = 32;

/// The most parameters of a message: the platform's have some thirty.
const MOST: usize = 256;

/// Every parameter of a message, from its query and its body, by name in ASCII order (Trap 9). The texts are
/// those that are signed: strings unquoted and unescaped, everything else exactly as it was written, and out of the
/// message itself wherever nothing had to be unescaped.
///
/// A sorted list and no map: a message has some twenty parameters, and each webhook builds one.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

/// A message whose parameters cannot be told.
#[derive(Debug, Error)]
pub enum Malformed {
    /// The body is no JSON object.
    #[error("the body is not one JSON object")]
    Body(#[source] serde_json::Error),
    /// Objects and lists stand too deep in one another.
    #[error("the member `{0}` is nested too deep")]
    Deep(String),
    /// There are more parameters than any message has.
    #[error("there are more than {MOST} parameters")]
    TooMany,
    /// Body and query, or one of them alone, give one name two different values.
    #[error("the parameter `{0}` has two values")]
    Ambiguous(String),
}

impl<'a> Parameters<'a> {
    /// The parameters of a message of ours, whose names are all different.
    pub fn of(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut all: Vec<_> =
            parameters.into_iter().map(|(name, text)| (Cow::Borrowed(name), Cow::Borrowed(text))).collect();
        all.sort_unstable();
        Self(all)
    }

    /// Adds the parameters of a query string or a form.
    pub fn add_query(&mut self, query: &'a [u8]) -> Result<(), Malformed> {
        form_urlencoded::parse(query).try_for_each(|(name, text)| self.add(name, text))
    }

    /// Adds the members of a JSON object by their raw text: parsed and printed again, an object's white space
    /// and a number's digits would change, and the signature with them.
    pub fn add_body(&mut self, body: &'a [u8]) -> Result<(), Malformed> {
        let mut json = serde_json::Deserializer::from_slice(body);
        let mut refused = None;
        let read = json.deserialize_map(Members { parameters: self, refused: &mut refused });
        let read = read.and_then(|()| json.end());
        refused.map_or_else(|| read.map_err(Malformed::Body), Err)
    }

    /// The value of a parameter as it is signed; `None` where it is absent, null or empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, text) = self.0.get(self.find(name).ok()?)?;
        Some(text.as_ref()).filter(|text| !text.is_empty())
    }

    /// Whether there is a signature at all.
    pub fn has_sign(&self) -> bool {
        self.get(SIGN).is_some()
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
    /// which will be read, so the message is refused.
    fn add(&mut self, name: Cow<'a, str>, text: Cow<'a, str>) -> Result<(), Malformed> {
        match self.find(&name) {
            Ok(at) if self.0.get(at).is_some_and(|(_, known)| *known != text) => {
                Err(Malformed::Ambiguous(name.into_owned()))
            }
            Ok(_) => Ok(()),
            Err(_) if self.0.len() >= MOST => Err(Malformed::TooMany),
            Err(at) => {
                self.0.insert(at, (name, text));
                Ok(())
            }
        }
    }

    /// Where a name stands, or would.
    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_ref().cmp(name))
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

impl fmt::Debug for Parameters<'_> {
    /// The names alone: values hold people and signatures.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Reads the members of a JSON object into parameters; `refused` says what a JSON error has no words for.
struct Members<'m, 'a> {
    parameters: &'m mut Parameters<'a>,
    refused: &'m mut Option<Malformed>,
}

impl<'de> Visitor<'de> for Members<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some((Name(name), raw)) = members.next_entry::<Name<'de>, &'de RawValue>()? {
            let added = if is_too_deep(raw.get()) {
                Err(Malformed::Deep(name.into_owned()))
            } else {
                self.parameters.add(name, signed_text(raw.get()).map_err(A::Error::custom)?)
            };
            if let Err(refused) = added {
                *self.refused = Some(refused);
                return Err(A::Error::custom("a member is refused"));
            }
        }
        Ok(())
    }
}

/// The name of a member, out of the message itself where it holds no escapes.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor).map(Self)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

/// A value as it is signed; empty where it does not take part.
fn signed_text(raw: &str) -> Result<Cow<'_, str>, serde_json::Error> {
    match raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(plain) if !plain.contains('\\') => Ok(Cow::Borrowed(plain)),
        Some(_) => serde_json::from_str(raw).map(Cow::Owned),
        None if raw == "null" => Ok(Cow::Borrowed("")),
        None => Ok(Cow::Borrowed(raw)),
    }
}

/// Whether objects and lists stand too deep in one another. `raw` is sound JSON.
fn is_too_deep(raw: &str) -> bool {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in raw.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => depth += 1,
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
