//! What stands in a token (RFC 7519), read strictly; nothing here proves anything.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, de::DeserializeOwned};

use super::{Caller, Error, Grant, Scopes, error::Fault};
use crate::domain::AccountName;

/// The longest token that is looked at, in bytes.
pub const LONGEST: usize = 8 * 1024;

/// How far the signer's clock may be ahead of ours, for `nbf` alone. An end is an end: `exp` has no leeway.
const LEEWAY: SignedDuration = SignedDuration::from_secs(5);

/// A token cut into its parts, its header read.
pub(super) struct Token<'t> {
    /// What is signed: header and claims as they were sent.
    pub signed: &'t str,
    /// The signature, in base64url.
    pub signature: &'t str,
    /// The header.
    pub header: Header,
    claims: &'t str,
}

/// Of the header, all that is looked at. A key that the token itself brings or points to (`jwk`, `jku`,
/// `x5c`, `x5u`) is not even read.
#[derive(Deserialize)]
pub(super) struct Header {
    /// The algorithm that the token claims.
    pub alg: String,
    /// The key that the token claims.
    pub kid: Option<String>,
    /// Present, whatever its value, where an extension must be understood (RFC 7515 §4.1.11).
    #[serde(default)]
    crit: Crit,
}

/// Whether `crit` is there; `null` counts.
#[derive(Default)]
struct Crit(bool);

impl<'de> Deserialize<'de> for Crit {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self(true))
    }
}

impl<'t> Token<'t> {
    /// Cuts a token into its parts.
    pub fn parse(text: &'t str) -> Result<Self, Error> {
        if text.len() > LONGEST {
            return Err(Error::Invalid(Fault::TooLong));
        }
        let malformed = || Error::Invalid(Fault::Malformed);
        let (signed, signature) = text.rsplit_once('.').ok_or_else(malformed)?;
        let (header, claims) = signed.split_once('.').ok_or_else(malformed)?;
        if claims.contains('.') {
            return Err(malformed());
        }
        let header: Header = part(header)?;
        if header.crit.0 {
            return Err(Error::Invalid(Fault::CriticalExtension));
        }
        Ok(Self { signed, signature, header, claims })
    }

    /// Reads the claims. Only for a token whose signature is verified.
    pub fn claims(&self) -> Result<Claims, Error> {
        part(self.claims).map_err(|_| Error::Invalid(Fault::Claims))
    }
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let malformed = || Error::Invalid(Fault::Malformed);
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| malformed())?;
    serde_json::from_slice(&bytes).map_err(|_| malformed())
}

/// The claims that we look at.
#[derive(Deserialize)]
pub(super) struct Claims {
    sub: String,
    exp: f64,
    nbf: Option<f64>,
    iss: Option<String>,
    aud: Option<OneOrMany>,
    scope: Option<OneOrMany>,
    accounts: Option<Vec<String>>,
}

/// A text or several: `aud` by RFC 7519 §4.1.3, `scope` since some signers write it as a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn holds(&self, text: &str) -> bool {
        match self {
            Self::One(one) => one == text,
            Self::Many(many) => many.iter().any(|one| one == text),
        }
    }
}

/// What the claims must say.
#[derive(Clone, Debug, Default)]
pub(super) struct Expected {
    /// `iss`, where it is looked at.
    pub issuer: Option<String>,
    /// A member of `aud`, where it is looked at.
    pub audience: Option<String>,
}

impl Claims {
    /// Makes the caller, if the claims hold now.
    pub fn into_caller(self, expected: &Expected, now: Timestamp) -> Result<Caller, Error> {
        let invalid = |fault| Err(Error::Invalid(fault));
        let expires_at = instant(self.exp)?;
        if expected.issuer.is_some() && self.iss != expected.issuer {
            return invalid(Fault::Issuer);
        }
        let meant_for = |audience: &String| self.aud.as_ref().is_some_and(|aud| aud.holds(audience));
        if !expected.audience.as_ref().is_none_or(meant_for) {
            return invalid(Fault::Audience);
        }
        if now >= expires_at {
            return Err(Error::Expired);
        }
        if let Some(start) = self.nbf
            && instant(start)?.duration_since(now) > LEEWAY
        {
            return invalid(Fault::NotYet);
        }
        let readable = (1..=256).contains(&self.sub.len()) && !self.sub.chars().any(char::is_control);
        if !readable {
            return invalid(Fault::Claims);
        }
        let scopes = match self.scope {
            None => Scopes::default(),
            Some(OneOrMany::One(words)) => Scopes::from_claim(&words),
            Some(OneOrMany::Many(words)) => Scopes::from_claim(&words.join(" ")),
        };
        let names = self.accounts.unwrap_or_default();
        // `*` means all only when it stands alone; among names it is the name of no account.
        let accounts = if matches!(names.as_slice(), [all] if all == "*") {
            Grant::All
        } else {
            Grant::Named(names.into_iter().map(AccountName::new).collect())
        };
        Ok(Caller { subject: self.sub.into(), scopes, accounts, expires_at })
    }
}

/// A NumericDate: seconds since 1970, whole or not, cut to milliseconds.
fn instant(seconds: f64) -> Result<Timestamp, Error> {
    let out_of_range = || Error::Invalid(Fault::Claims);
    let since = SignedDuration::try_from_secs_f64(seconds).map_err(|_| out_of_range())?;
    let millis = i64::try_from(since.as_millis()).map_err(|_| out_of_range())?;
    Timestamp::from_millisecond(millis).map_err(|_| out_of_range())
}
