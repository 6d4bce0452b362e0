//! Forged tokens, each a known way to break in, and none a way in here.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey};
use proptest::prelude::*;
use serde_json::json;

use super::{
    EC, ED, Error, Fault, NOW, RSA, RSA_PUBLIC, SECRET, auth, clock, ec, ed, encode, fault, good, hs256, jwk,
    other_rsa, public, rs256, rsa, set, shared, subject, three_keys, token,
};
use crate::auth::{Verifier, bearer, keys::KeySet, token::LONGEST};

#[tokio::test]
async fn a_token_of_each_kind_of_key_lets_in() {
    assert_eq!(subject(shared().verify(&hs256(&good())).await), "ada");
    let verifier = public(three_keys());
    for (kid, key, algorithm, name) in [
        ("rsa", rsa(), Algorithm::RS256, "RS256"),
        ("ec", ec(), Algorithm::ES256, "ES256"),
        ("ed", ed(), Algorithm::EdDSA, "EdDSA"),
    ] {
        let good = token(&json!({ "alg": name, "kid": kid }), &good(), &key, algorithm);
        assert_eq!(subject(verifier.verify(&good).await), "ada", "{name}");
    }
}

#[tokio::test]
async fn a_token_without_a_signature_is_refused_however_none_is_spelled() {
    for name in ["none", "None", "NONE", "nOnE", "", "HS256", "RS256"] {
        let unsigned = format!("{}.{}.", encode(&json!({ "alg": name, "kid": "rsa" })), encode(&good()));
        assert!(matches!(shared().verify(&unsigned).await, Err(Error::Invalid(_))), "{name}");
        assert!(matches!(public(three_keys()).verify(&unsigned).await, Err(Error::Invalid(_))), "{name}");
    }
}

#[tokio::test]
async fn a_public_key_is_no_shared_secret() {
    let published = jwk("rsa", &rsa(), Algorithm::RS256);
    let modulus = published["n"].as_str().unwrap().as_bytes();
    for secret in [RSA_PUBLIC, RSA, EC, ED, modulus, published.to_string().as_bytes()] {
        let header = json!({ "alg": "HS256", "kid": "rsa" });
        let forged = token(&header, &good(), &EncodingKey::from_secret(secret), Algorithm::HS256);
        assert_eq!(fault(&public(three_keys()), &forged).await, Fault::Algorithm);
    }
}

#[tokio::test]
async fn a_symmetric_key_in_a_published_set_is_no_key() {
    let oct = json!({ "kty": "oct", "kid": "oct", "alg": "HS256", "k": encode(&json!(SECRET)) });
    let header = json!({ "alg": "HS256", "kid": "oct" });
    let secret = EncodingKey::from_secret(json!(SECRET).to_string().as_bytes());
    let forged = token(&header, &good(), &secret, Algorithm::HS256);
    let verifier = public(set(&[oct, jwk("rsa", &rsa(), Algorithm::RS256)]));
    assert_eq!(fault(&verifier, &forged).await, Fault::UnknownKey);
}

#[tokio::test]
async fn the_algorithm_is_the_keys_even_where_the_signature_is_good() {
    for (algorithm, name) in
        [(Algorithm::RS384, "RS384"), (Algorithm::RS512, "RS512"), (Algorithm::PS256, "PS256")]
    {
        let header = json!({ "alg": name, "kid": "rsa" });
        let signed = token(&header, &good(), &rsa(), algorithm);
        assert_eq!(fault(&public(three_keys()), &signed).await, Fault::Algorithm, "{name}");
    }
    let header = json!({ "alg": "ES256", "kid": "rsa" });
    let crossed = token(&header, &good(), &ec(), Algorithm::ES256);
    assert_eq!(fault(&public(three_keys()), &crossed).await, Fault::Algorithm);
    let secret = EncodingKey::from_secret(SECRET.as_bytes());
    let longer = token(&json!({ "alg": "HS512" }), &good(), &secret, Algorithm::HS512);
    assert_eq!(fault(&shared(), &longer).await, Fault::Algorithm);
    assert_eq!(fault(&shared(), &rs256("rsa")).await, Fault::Algorithm);
}

#[tokio::test]
async fn a_kid_must_be_known_and_may_be_left_out_only_where_one_key_is() {
    let several = public(three_keys());
    assert_eq!(fault(&several, &rs256("stranger")).await, Fault::UnknownKey);
    let nameless = token(&json!({ "alg": "RS256" }), &good(), &rsa(), Algorithm::RS256);
    assert_eq!(fault(&several, &nameless).await, Fault::UnknownKey);
    let only = || public(set(&[jwk("rsa", &rsa(), Algorithm::RS256)]));
    assert_eq!(subject(only().verify(&nameless).await), "ada");
    assert_eq!(fault(&only(), &rs256("../../etc/passwd")).await, Fault::UnknownKey);
}

#[tokio::test]
async fn a_key_that_the_token_brings_or_points_to_is_not_looked_at() {
    let own = jwk("rsa", &other_rsa(), Algorithm::RS256);
    for header in [
        json!({ "alg": "RS256", "kid": "rsa", "jwk": own }),
        json!({ "alg": "RS256", "kid": "rsa", "jku": "http://127.0.0.1:1/keys", "x5u": "http://127.0.0.1:1/" }),
        json!({ "alg": "RS256", "kid": "rsa", "x5c": ["MIIB"] }),
    ] {
        let forged = token(&header, &good(), &other_rsa(), Algorithm::RS256);
        assert_eq!(fault(&public(three_keys()), &forged).await, Fault::Signature);
    }
}

#[tokio::test]
async fn an_extension_that_must_be_understood_is_refused() {
    let secret = EncodingKey::from_secret(SECRET.as_bytes());
    for crit in [json!(["b64"]), json!([]), json!(null), json!("x")] {
        let header = json!({ "alg": "HS256", "crit": crit, "b64": false });
        let extended = token(&header, &good(), &secret, Algorithm::HS256);
        assert_eq!(fault(&shared(), &extended).await, Fault::CriticalExtension, "{crit}");
    }
}

#[tokio::test]
async fn a_signature_of_nothing_or_of_another_text_is_refused() {
    let zeros = super::base64url(&[0; 64]);
    let psychic = format!("{}.{}.{zeros}", encode(&json!({ "alg": "ES256", "kid": "ec" })), encode(&good()));
    assert_eq!(fault(&public(three_keys()), &psychic).await, Fault::Signature);

    let mut more = good();
    more["accounts"] = json!(["*"]);
    let (original, wanted) = (hs256(&good()), hs256(&more));
    let parts: Vec<&str> = original.split('.').collect();
    let claims = wanted.split('.').nth(1).unwrap();
    assert_eq!(fault(&shared(), &format!("{}.{claims}.{}", parts[0], parts[2])).await, Fault::Signature);
}

#[tokio::test]
async fn what_is_no_token_is_refused() {
    let good = hs256(&good());
    assert_eq!(shared().verify("").await, Err(Error::Missing));
    for text in [
        "x",
        ".",
        "..",
        "...",
        "a.b",
        "a.b.c",
        "a.b.c.d.e",
        &format!("{good}.x"),
        &format!("{good}="),
        &format!(" {good}"),
    ] {
        assert!(matches!(shared().verify(text).await, Err(Error::Invalid(_))), "{text}");
    }
    let long = format!("{good}{}", "A".repeat(LONGEST));
    assert_eq!(fault(&shared(), &long).await, Fault::TooLong);
}

#[tokio::test]
async fn a_signature_has_one_spelling() {
    let verifier = public(three_keys());
    for (kid, key, algorithm) in
        [("rsa", rsa(), Algorithm::RS256), ("ec", ec(), Algorithm::ES256), ("ed", ed(), Algorithm::EdDSA)]
    {
        let name = if kid == "ed" { "EdDSA" } else { &format!("{algorithm:?}") };
        let good = token(&json!({ "alg": name, "kid": kid }), &good(), &key, algorithm);
        assert!(verifier.verify(&good).await.is_ok());
        let (rest, last) = good.split_at(good.len() - 1);
        let letters = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9').chain(*b"-_");
        for letter in letters.map(char::from).filter(|letter| !last.starts_with(*letter)) {
            // The last letter holds bits that are no part of any byte.
            assert_eq!(
                fault(&verifier, &format!("{rest}{letter}")).await,
                Fault::Signature,
                "{kid} {letter}"
            );
        }
        for odd in
            [format!("{good}="), format!("{good}=="), format!("{good}\n"), good.replacen('.', ".\n", 1)]
        {
            assert!(verifier.verify(&odd).await.is_err(), "{odd:?}");
        }
    }
}

#[tokio::test]
async fn a_signature_of_a_curve_is_two_numbers_and_not_der() {
    let signed = token(&json!({ "alg": "ES256", "kid": "ec" }), &good(), &ec(), Algorithm::ES256);
    let (text, signature) = signed.rsplit_once('.').unwrap();
    let numbers = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let (r, s) = numbers.split_at(32);
    let whole = |number: &[u8]| {
        // A number whose first bit is set would be below zero.
        let mut whole = vec![0_u8; usize::from(number[0] >= 0x80)];
        whole.extend_from_slice(number);
        [vec![2, u8::try_from(whole.len()).unwrap()], whole].concat()
    };
    let both = [whole(r), whole(s)].concat();
    let der = [vec![0x30, u8::try_from(both.len()).unwrap()], both].concat();
    let swapped = [s, r].concat();
    for other in [der, swapped, [&[0_u8], numbers.as_slice()].concat(), vec![0; 64], numbers[..63].to_vec()] {
        let forged = format!("{text}.{}", super::base64url(&other));
        assert_eq!(fault(&public(three_keys()), &forged).await, Fault::Signature);
    }
}

#[tokio::test]
async fn a_header_or_claim_that_is_there_twice_is_refused() {
    let twice = |header: &str, claims: &str| {
        let encode = |text: &str| super::base64url(text.as_bytes());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let secret = EncodingKey::from_secret(SECRET.as_bytes());
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &secret, Algorithm::HS256).unwrap();
        format!("{signed}.{signature}")
    };
    let claims = format!(r#"{{"sub":"ada","exp":{}}}"#, NOW + 60);
    assert!(shared().verify(&twice(r#"{"alg":"HS256"}"#, &claims)).await.is_ok());
    let header = twice(r#"{"alg":"none","alg":"HS256"}"#, &claims);
    assert_eq!(fault(&shared(), &header).await, Fault::Malformed);
    let again = claims.replace(r#""sub":"ada""#, r#""sub":"ada","sub":"root""#);
    assert_eq!(fault(&shared(), &twice(r#"{"alg":"HS256"}"#, &again)).await, Fault::Claims);
}

#[test]
fn keys_that_are_weak_or_for_something_else_are_passed_over() {
    let rsa = jwk("k", &rsa(), Algorithm::RS256);
    let with = |member: &str, value: serde_json::Value| {
        let mut key = rsa.clone();
        key[member] = value;
        key
    };
    let knows = |key| KeySet::from_jwks(&set(&[key]), 0).unwrap().knows(Some("k"));
    assert!(knows(rsa.clone()));
    let short = rsa["n"].as_str().unwrap()[..168].to_owned();
    for unusable in [
        with("n", json!(short)),
        with("n", json!("!")),
        with("use", json!("enc")),
        with("key_ops", json!(["encrypt"])),
        with("alg", json!("RS512")),
        with("alg", json!("HS256")),
        with("alg", json!("ES256")),
        with("kty", json!("oct")),
        json!(5),
    ] {
        assert!(!knows(unusable.clone()), "{unusable}");
    }
    assert!(KeySet::from_jwks("{}", 0).is_err());
}

#[tokio::test]
async fn what_the_client_reads_does_not_say_why() {
    let verifier = public(three_keys());
    for forged in [rs256("stranger"), hs256(&good()), "a.b.c".to_owned()] {
        assert_eq!(verifier.verify(&forged).await.unwrap_err().client_text(), "the token is not valid");
    }
}

#[test]
fn a_verifier_shows_no_secret_and_no_token() {
    let verifier = Verifier::new(&auth(), clock()).unwrap();
    let token = hs256(&good());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(verifier.verify(&token)).unwrap();
    let shown = format!("{verifier:?}");
    assert!(!shown.contains(SECRET) && !shown.contains(&token), "{shown}");
}

#[test]
fn a_bearer_is_taken_from_its_header() {
    assert_eq!(bearer("Bearer abc"), Ok("abc"));
    assert_eq!(bearer("bearer  abc "), Ok("abc"));
    for value in ["", "Bearer", "Bearer ", "Basic abc", "abc"] {
        assert_eq!(bearer(value), Err(Error::Missing), "{value:?}");
    }
}

proptest! {
    #[test]
    fn one_changed_character_closes_the_door(at in any::<prop::sample::Index>(), new in "[A-Za-z0-9_.-]") {
        let token = hs256(&good());
        let at = at.index(token.len());
        prop_assume!(token.get(at..=at) != Some(new.as_str()));
        let mut changed = token;
        changed.replace_range(at..=at, &new);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        prop_assert!(runtime.block_on(shared().verify(&changed)).is_err());
    }

    #[test]
    fn no_text_breaks_the_verifier(text in "\\PC{0,80}") {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        prop_assert!(runtime.block_on(shared().verify(&text)).is_err());
    }
}
