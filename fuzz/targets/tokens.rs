//! Tokens: nobody gets in but by a signature of the shared secret, and with no more than the claims say.
//!
//! Before a NUL stands a header, after it claims; both are signed. The whole is also tried as a token.
#![no_main]

use std::sync::{Arc, LazyLock};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tokio::runtime::Runtime;
use vendgraph::{
    auth::{Caller, Error, Grant, Verifier},
    config::{Auth, Proof},
    domain::ManualClock,
};

const SECRET: &[u8] = b"a secret of at least thirty-two bytes";
const NOW: i64 = 1_800_000_000;

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| tokio::runtime::Builder::new_current_thread().build().expect("a runtime"));

fuzz_target!(|text: &str| {
    assert!(verify(text).is_err(), "nobody has signed it");
    let (header, claims) = text.split_once('\0').unwrap_or((r#"{"alg":"HS256"}"#, text));
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let key = EncodingKey::from_secret(SECRET);
    let signature = crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).expect("it signs");
    let token = format!("{signed}.{signature}");
    let Ok(caller) = verify(&token) else { return };
    check(&caller, header, claims);
    let at = text.len() % token.len();
    for changed in [
        format!("{token}="),
        format!("{token}A"),
        format!(" {token}"),
        format!("{signed}."),
        format!("{signed}.{}", signature.to_lowercase()),
        [&token[..at], if token[at..].starts_with('x') { "y" } else { "x" }, &token[at + 1..]].concat(),
    ] {
        assert!(changed == token || verify(&changed).is_err(), "changed, and good: {changed}");
    }
});

fn verify(token: &str) -> Result<Caller, Error> {
    let auth = Auth {
        proof: Proof::Secret(std::str::from_utf8(SECRET).expect("text").into()),
        previous_secret: None,
        issuer: None,
        audience: None,
    };
    let clock = ManualClock::new(Timestamp::from_second(NOW).expect("a time"));
    let verifier = Verifier::new(&auth, Arc::new(clock)).expect("a secret is enough");
    RUNTIME.block_on(verifier.verify(token)).map(Arc::unwrap_or_clone)
}

/// Whether the caller is what header and claims say, read by another reader.
fn check(caller: &Caller, header: &str, claims: &str) {
    let header: Value = serde_json::from_str(header).expect("a header is JSON");
    assert_eq!(header["alg"], "HS256");
    assert!(header.get("crit").is_none(), "an extension is not understood");
    let claims: Value = serde_json::from_str(claims).expect("claims are JSON");
    assert_eq!(claims["sub"].as_str(), Some(&*caller.subject));
    assert!((1..=256).contains(&caller.subject.len()));
    assert!(claims["exp"].as_f64().is_some_and(|end| end > NOW as f64), "it has an end, and it is to come");
    assert!(claims["nbf"].as_f64().is_none_or(|start| start <= (NOW + 6) as f64));
    let words: Vec<&str> = match &claims["scope"] {
        Value::String(words) => words.split_whitespace().collect(),
        list => list.as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
    };
    for scope in caller.scopes.iter() {
        assert!(words.iter().any(|word| word.split_whitespace().any(|word| word == scope.as_str())));
    }
    let accounts: Vec<&str> =
        claims["accounts"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    match &caller.accounts {
        Grant::All => assert_eq!(accounts, ["*"]),
        Grant::Named(names) => assert!(names.iter().all(|name| accounts.contains(&name.as_str()))),
    }
}
