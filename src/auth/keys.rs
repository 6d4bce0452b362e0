//! The keys that prove tokens. Each is for one algorithm, which its own type decides and no token.

use std::iter;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{Error, KeyError, error::Fault, token::Token};

/// The greatest number of keys that are kept of a set.
const MOST: usize = 64;

/// RFC 7518 §3.3: 2048 bits or larger; in bytes.
const SMALLEST_MODULUS: usize = 256;

/// The keys known at one time.
#[derive(Debug)]
pub(super) struct KeySet {
    /// Counts the sets; another number is another set.
    pub generation: u64,
    keys: Vec<Key>,
    by_name: bool,
}

#[derive(Debug)]
struct Key {
    name: Option<String>,
    algorithm: Algorithm,
    material: DecodingKey,
}

impl KeySet {
    /// The key that is shared with the signer, and the one before it. They have no names, whatever the token says.
    pub fn shared(secret: &SecretString, previous: Option<&SecretString>) -> Self {
        let key = |secret: &SecretString| Key {
            name: None,
            algorithm: Algorithm::HS256,
            material: DecodingKey::from_secret(secret.expose_secret().as_bytes()),
        };
        Self { generation: 0, keys: iter::once(secret).chain(previous).map(key).collect(), by_name: false }
    }

    /// Reads a JWK set (RFC 7517 §5). Keys that are not for verifying tokens, or of a type that we do not
    /// take, are passed over, as the RFC asks; a symmetric one would be no secret.
    pub fn from_jwks(text: &str, generation: u64) -> Result<Self, KeyError> {
        let set: Jwks = serde_json::from_str(text).map_err(KeyError::NotASet)?;
        let given = set.keys.len();
        let keys: Vec<Key> = set.keys.into_iter().filter_map(usable).take(MOST).collect();
        if keys.len() < given {
            tracing::warn!(given, usable = keys.len(), "keys of the signer's are passed over");
        }
        Ok(Self { generation, keys, by_name: true })
    }

    /// Whether no token can be proved.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether a token with this `kid` may be proved by one of these.
    pub fn knows(&self, name: Option<&str>) -> bool {
        self.candidates(name).next().is_some()
    }

    /// The keys that `kid` may mean: those of that name, or without one the only key there is.
    fn candidates(&self, name: Option<&str>) -> impl Iterator<Item = &Key> {
        let only = self.keys.len() == 1;
        self.keys.iter().filter(move |key| match name {
            _ if !self.by_name => true,
            Some(_) => key.name.as_deref() == name,
            None => only,
        })
    }

    /// Proves a token. Its `alg` decides nothing: it must be that of the key.
    pub fn prove(&self, token: &Token<'_>) -> Result<(), Error> {
        let mut fault = Fault::UnknownKey;
        for key in self.candidates(token.header.kid.as_deref()) {
            if spelled(key.algorithm) != Some(token.header.alg.as_str()) {
                fault = Fault::Algorithm;
                continue;
            }
            if crypto::verify(token.signature, token.signed.as_bytes(), &key.material, key.algorithm)
                .unwrap_or(false)
            {
                return Ok(());
            }
            fault = Fault::Signature;
        }
        Err(Error::Invalid(fault))
    }
}

/// An algorithm that we take, as tokens and keys spell it.
fn spelled(algorithm: Algorithm) -> Option<&'static str> {
    [
        ("HS256", Algorithm::HS256),
        ("RS256", Algorithm::RS256),
        ("ES256", Algorithm::ES256),
        ("EdDSA", Algorithm::EdDSA),
    ]
    .into_iter()
    .find(|(_, known)| *known == algorithm)
    .map(|(name, _)| name)
}

/// A JWK set whose members are read one by one, so that a strange one spoils no other.
#[derive(Deserialize)]
struct Jwks {
    keys: Vec<serde_json::Value>,
}

/// A public key (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

fn usable(value: serde_json::Value) -> Option<Key> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    let for_signatures = jwk.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
        && jwk.key_ops.as_ref().is_none_or(|operations| operations.iter().any(|one| one == "verify"));
    let (algorithm, material) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => {
            let (n, e) = (bytes(jwk.n.as_ref())?, bytes(jwk.e.as_ref())?);
            let size = n.iter().skip_while(|byte| **byte == 0).count();
            if size < SMALLEST_MODULUS {
                return None;
            }
            (Algorithm::RS256, DecodingKey::from_rsa_raw_components(&n, &e))
        }
        ("EC", Some("P-256")) => {
            let (x, y) = (bytes(jwk.x.as_ref())?, bytes(jwk.y.as_ref())?);
            if x.len() != 32 || y.len() != 32 {
                return None;
            }
            // SEC 1 §2.3.3: 04, then both coordinates.
            (Algorithm::ES256, DecodingKey::from_ec_der(&[&[4], x.as_slice(), y.as_slice()].concat()))
        }
        ("OKP", Some("Ed25519")) => {
            let x = bytes(jwk.x.as_ref()).filter(|x| x.len() == 32)?;
            (Algorithm::EdDSA, DecodingKey::from_ed_der(&x))
        }
        _ => return None,
    };
    let same_algorithm = match jwk.alg.as_deref() {
        None => true,
        // RFC 9864 names the curve.
        Some("Ed25519") => algorithm == Algorithm::EdDSA,
        alg => alg == spelled(algorithm),
    };
    (for_signatures && same_algorithm).then_some(Key { name: jwk.kid, algorithm, material })
}

fn bytes(text: Option<&String>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text?.trim_end_matches('=')).ok()
}
