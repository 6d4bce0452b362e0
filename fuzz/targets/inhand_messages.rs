//! InHand's messages: only what is signed is believed, one changed byte is not, and whatever is signed can be kept.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use vendgraph::{
    domain::Happening,
    vendor::inhand::{
        sign::Malformed,
        webhook::{Message, Refusal, Verified, Webhooks},
    },
};
use vendgraph_fuzz::oracle;

const KEY: &str = "9f3c1a7be0";
const CLIENT: &str = "c-100";

fuzz_target!(|body: &[u8]| {
    let webhooks = Webhooks::new(CLIENT, KEY.into());
    if webhooks.verify(b"", body).is_ok() {
        assert!(is_signed(body), "believed unsigned");
    }
    let Some(signed) = sign(body) else { return };
    let verified = match webhooks.verify(b"", &signed) {
        Ok(verified) => verified,
        // Names that are there twice, too many of them, too deep: whatever the signature says.
        Err(Refusal::Malformed(Malformed::Deep(_) | Malformed::TooMany)) => return,
        Err(refusal) => panic!("{refusal:?} of {}", String::from_utf8_lossy(&signed)),
    };
    let kept = Verified::kept(b"", &signed).expect("what was verified is read again");
    assert_eq!(verified.nonce(), kept.nonce());
    for message in Message::ALL {
        match (verified.decode(message), kept.decode(message)) {
            (Ok(news), Ok(again)) => assert_eq!(news, again),
            (Err(unread), Err(_)) => {
                let Happening::Unreadable(unreadable) = unread.into_happening(message) else {
                    panic!("what cannot be read is told as that");
                };
                let problem = &unreadable.problem;
                assert!(problem.chars().count() <= 200 && !problem.chars().any(char::is_control));
            }
            _ => panic!("the same text, read twice"),
        }
    }
    for at in positions(body, signed.len()) {
        let mut changed = signed.clone();
        changed[at] ^= 1 << (body.len() % 7);
        if webhooks.verify(b"", &changed).is_ok() {
            assert!(is_signed(&changed), "believed though changed: {}", String::from_utf8_lossy(&changed));
            assert_eq!(text(&changed), text(&signed), "another message under the same signature");
        }
    }
});

/// Some places to change, chosen by the input.
fn positions(body: &[u8], length: usize) -> impl Iterator<Item = usize> {
    let seed = body.iter().fold(body.len(), |sum, byte| sum.wrapping_mul(31).wrapping_add((*byte).into()));
    (0..8_usize).map(move |step| seed.wrapping_add(step.wrapping_mul(7919)) % length)
}

/// The members of a body as they are signed.
fn parameters(body: &[u8]) -> Option<BTreeMap<String, String>> {
    let members = oracle::members(body)?;
    Some(members.into_iter().map(|(name, raw)| (name, oracle::plain(&raw))).collect())
}

fn text(body: &[u8]) -> Option<String> {
    parameters(body).map(|parameters| oracle::inhand_text(&parameters))
}

fn is_signed(body: &[u8]) -> bool {
    let Some(parameters) = parameters(body) else { return false };
    let sign = parameters.get("sign").map(|sign| sign.to_lowercase());
    sign == Some(oracle::inhand(&parameters, KEY))
        && parameters.get("clientId").is_some_and(|client| client == CLIENT)
}

/// The same members in a message of this account's, signed.
fn sign(body: &[u8]) -> Option<Vec<u8>> {
    let mut members: BTreeMap<String, String> =
        oracle::members(body)?.into_iter().map(|(name, raw)| (name, raw.get().to_owned())).collect();
    members.insert("clientId".to_owned(), json!(CLIENT).to_string());
    members.insert("nonce_str".to_owned(), json!("0123456789abcdef").to_string());
    members.remove("sign");
    let written = write(&members);
    let sign = oracle::inhand(&parameters(&written)?, KEY);
    members.insert("sign".to_owned(), json!(sign).to_string());
    Some(write(&members))
}

fn write(members: &BTreeMap<String, String>) -> Vec<u8> {
    let member = |(name, raw): (&String, &String)| format!("{}:{raw}", Value::from(name.as_str()));
    format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(",")).into_bytes()
}
