//! Published keys (JWK sets): whatever stands there, it is no shared secret, and lets nobody in unsigned.
#![no_main]

use std::{
    fs,
    sync::{Arc, LazyLock},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::runtime::Runtime;
use vendgraph::{
    auth::Verifier,
    config::{Auth, Proof},
    domain::ManualClock,
};

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_current_thread().build().expect("a runtime"));
static FILE: LazyLock<NamedTempFile> = LazyLock::new(|| NamedTempFile::new_in("/dev/shm").expect("a file"));

fuzz_target!(|text: &str| {
    fs::write(FILE.path(), text).expect("the file is written");
    let proof = Proof::JwksFile(FILE.path().to_owned());
    let auth = Auth { proof, previous_secret: None, issuer: None, audience: None };
    let clock = ManualClock::new(Timestamp::from_second(1_800_000_000).expect("a time"));
    let Ok(verifier) = Verifier::new(&auth, Arc::new(clock)) else { return };
    let set: Value = serde_json::from_str(text).expect("a set that was taken is JSON");
    for key in set["keys"].as_array().into_iter().flatten() {
        let written = key.to_string();
        let modulus = key["n"].as_str().unwrap_or_default();
        let raw = URL_SAFE_NO_PAD.decode(modulus).unwrap_or_default();
        let secrets = [text.as_bytes(), written.as_bytes(), modulus.as_bytes(), &raw, b""];
        for (secret, name) in secrets.into_iter().zip(["HS256", "RS256", "none", "ES256", "EdDSA"]) {
            let mut header = json!({ "alg": name });
            if let Some(kid) = key.get("kid") {
                header["kid"] = kid.clone();
            }
            let token = token(&header, secret);
            assert!(RUNTIME.block_on(verifier.verify(&token)).is_err(), "{header} lets in");
        }
    }
});

fn token(header: &Value, secret: &[u8]) -> String {
    let claims = json!({ "sub": "ada", "exp": 1_900_000_000, "accounts": ["*"], "scope": "admin" });
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(header), encode(&claims));
    let key = EncodingKey::from_secret(secret);
    let signature = crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).expect("it signs");
    format!("{signed}.{signature}")
}
