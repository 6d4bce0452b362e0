//! Tokens and what becomes of them: how each is made here, and the keys that sign them.

mod attacks;
mod claims;
mod rotation;

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, crypto, jwk::Jwk};
use serde_json::{Value, json};

use super::{Caller, Error, KeyError, Verifier, error::Fault, jwks::KeySource};
use crate::{
    config::{Auth, Proof},
    domain::ManualClock,
};

/// When the tests take place, in seconds since 1970.
const NOW: i64 = 1_800_000_000;
const SECRET: &str = "0123456789abcdef0123456789abcdef";
const RSA: &[u8] = include_bytes!("../../../tests/fixtures/jwt/rsa.pem");
const OTHER_RSA: &[u8] = include_bytes!("../../../tests/fixtures/jwt/rsa-other.pem");
const RSA_PUBLIC: &[u8] = include_bytes!("../../../tests/fixtures/jwt/rsa.public.pem");
const EC: &[u8] = include_bytes!("../../../tests/fixtures/jwt/ec.pem");
const ED: &[u8] = include_bytes!("../../../tests/fixtures/jwt/ed.pem");

fn rsa() -> EncodingKey {
    EncodingKey::from_rsa_pem(RSA).unwrap()
}

fn other_rsa() -> EncodingKey {
    EncodingKey::from_rsa_pem(OTHER_RSA).unwrap()
}

fn ec() -> EncodingKey {
    EncodingKey::from_ec_pem(EC).unwrap()
}

fn ed() -> EncodingKey {
    EncodingKey::from_ed_pem(ED).unwrap()
}

/// The public half of a key, as a signer publishes it.
fn jwk(kid: &str, key: &EncodingKey, algorithm: Algorithm) -> Value {
    let mut jwk = serde_json::to_value(Jwk::from_encoding_key(key, algorithm).unwrap()).unwrap();
    jwk["kid"] = json!(kid);
    jwk["use"] = json!("sig");
    jwk
}

fn set(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

/// One key of each kind.
fn three_keys() -> String {
    set(&[
        jwk("rsa", &rsa(), Algorithm::RS256),
        jwk("ec", &ec(), Algorithm::ES256),
        jwk("ed", &ed(), Algorithm::EdDSA),
    ])
}

/// Claims that hold for an hour.
fn good() -> Value {
    json!({ "sub": "ada", "exp": NOW + 3600, "scope": "machines:read", "accounts": ["north"] })
}

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn encode(part: &Value) -> String {
    base64url(part.to_string().as_bytes())
}

/// A token with any header, claims and key.
fn token(header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> String {
    let signed = format!("{}.{}", encode(header), encode(claims));
    let signature = crypto::sign(signed.as_bytes(), key, algorithm).unwrap();
    format!("{signed}.{signature}")
}

fn hs256(claims: &Value) -> String {
    token(&json!({ "alg": "HS256" }), claims, &EncodingKey::from_secret(SECRET.as_bytes()), Algorithm::HS256)
}

fn rs256(kid: &str) -> String {
    token(&json!({ "alg": "RS256", "kid": kid }), &good(), &rsa(), Algorithm::RS256)
}

fn auth() -> Auth {
    Auth {
        proof: Proof::Secret(SECRET.to_owned().into()),
        previous_secret: None,
        issuer: None,
        audience: None,
    }
}

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(Timestamp::from_second(NOW).unwrap()))
}

fn shared() -> Verifier {
    Verifier::new(&auth(), clock()).unwrap()
}

/// A verifier that knows the keys of a JWK set.
fn public(jwks: String) -> Verifier {
    Verifier::with_source(Box::new(Told::new(jwks)), &auth(), clock())
}

async fn fault(verifier: &Verifier, token: &str) -> Fault {
    match verifier.verify(token).await {
        Err(Error::Invalid(fault)) => fault,
        other => panic!("refused for a fault: {other:?}"),
    }
}

/// Keys that are told, and how often they were asked for.
#[derive(Clone, Debug)]
struct Told(Arc<Telling>);

#[derive(Debug)]
struct Telling {
    text: Mutex<Option<String>>,
    asked: AtomicUsize,
}

impl Told {
    fn new(text: impl Into<Option<String>>) -> Self {
        Self(Arc::new(Telling { text: Mutex::new(text.into()), asked: AtomicUsize::new(0) }))
    }

    /// From now on tells this; `None`: nothing.
    fn tell(&self, text: impl Into<Option<String>>) {
        *self.0.text.lock().unwrap() = text.into();
    }

    fn asked(&self) -> usize {
        self.0.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl KeySource for Told {
    async fn fetch(&self) -> Result<String, KeyError> {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        // Gives way, so that others come while this is under way.
        tokio::task::yield_now().await;
        self.0.text.lock().unwrap().clone().ok_or(KeyError::Status(503))
    }

    fn refresh_after(&self) -> std::time::Duration {
        std::time::Duration::from_mins(5)
    }
}

fn subject(verified: Result<Arc<Caller>, Error>) -> String {
    verified.unwrap().subject.to_string()
}
