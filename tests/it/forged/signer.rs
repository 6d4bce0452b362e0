//! Somebody who signs tokens and publishes the keys, and what can be forged with what is published.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, routing::get};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, crypto, jwk::Jwk};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// When the tests take place.
pub const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);

const RSA: &[u8] = include_bytes!("../../fixtures/jwt/rsa.pem");
const OTHER: &[u8] = include_bytes!("../../fixtures/jwt/rsa-other.pem");
const PUBLIC: &str = include_str!("../../fixtures/jwt/rsa.public.pem");
const EC: &[u8] = include_bytes!("../../fixtures/jwt/ec.pem");
const ED: &[u8] = include_bytes!("../../fixtures/jwt/ed.pem");

/// The keys at an address, which counts who asks.
pub struct Signer {
    /// Where the keys are.
    pub url: String,
    asked: Arc<AtomicUsize>,
}

impl Signer {
    /// Publishes one key of each kind.
    pub async fn start() -> Self {
        let asked = Arc::new(AtomicUsize::new(0));
        let counting = Arc::clone(&asked);
        let keys = get(move || {
            counting.fetch_add(1, Ordering::SeqCst);
            async { published() }
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, Router::new().route("/keys", keys)).await });
        Self { url, asked }
    }

    /// How often the keys were fetched.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn key(name: &str) -> EncodingKey {
    match name {
        "ec" => EncodingKey::from_ec_pem(EC).unwrap(),
        "ed" => EncodingKey::from_ed_pem(ED).unwrap(),
        "other" => EncodingKey::from_rsa_pem(OTHER).unwrap(),
        _ => EncodingKey::from_rsa_pem(RSA).unwrap(),
    }
}

fn algorithm(name: &str) -> Algorithm {
    match name {
        "ec" => Algorithm::ES256,
        "ed" => Algorithm::EdDSA,
        _ => Algorithm::RS256,
    }
}

/// The public half of a key, under a name.
pub fn jwk(kid: &str, name: &str) -> Value {
    let jwk = Jwk::from_encoding_key(&key(name), algorithm(name)).unwrap();
    let mut jwk = serde_json::to_value(jwk).unwrap();
    jwk["kid"] = json!(kid);
    jwk
}

fn published() -> String {
    let keys = ["rsa", "ec", "ed"].map(|name| jwk(name, name));
    json!({ "keys": keys }).to_string()
}

/// The public keys in the forms in which somebody may take them for a secret.
pub fn public_forms() -> Vec<Vec<u8>> {
    let rsa = jwk("rsa", "rsa");
    let modulus = rsa["n"].as_str().unwrap();
    let lines: String = PUBLIC.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64::engine::general_purpose::STANDARD.decode(&lines).unwrap();
    vec![
        PUBLIC.into(),
        PUBLIC.trim_end().into(),
        PUBLIC.replace('\n', "\r\n").into(),
        lines.into(),
        der,
        modulus.into(),
        URL_SAFE_NO_PAD.decode(modulus).unwrap(),
        rsa.to_string().into(),
        published().into(),
        Vec::new(),
    ]
}

/// Claims that hold for an hour, and for everything.
pub fn claims() -> Value {
    json!({
        "iss": "https://login.example.com", "aud": "vendgraph", "sub": "ada", "exp": NOW.as_second() + 3600,
        "scope": "machines:read", "accounts": ["north"],
    })
}

pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub fn encode(part: &Value) -> String {
    base64url(part.to_string().as_bytes())
}

/// A token signed with a key, by its own algorithm.
pub fn token(header: &Value, claims: &Value, name: &str) -> String {
    signed(header, claims, name, algorithm(name))
}

/// A token signed with a key, by any algorithm.
pub fn signed(header: &Value, claims: &Value, name: &str, algorithm: Algorithm) -> String {
    sign(&format!("{}.{}", encode(header), encode(claims)), name, algorithm)
}

/// Adds the signature of a text to it.
pub fn sign(text: &str, name: &str, algorithm: Algorithm) -> String {
    format!("{text}.{}", crypto::sign(text.as_bytes(), &key(name), algorithm).unwrap())
}

/// A token signed with a secret (HS256).
pub fn with_secret(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let text = format!("{}.{}", encode(header), encode(claims));
    let key = EncodingKey::from_secret(secret);
    format!("{text}.{}", crypto::sign(text.as_bytes(), &key, Algorithm::HS256).unwrap())
}
