//! What must hold whatever the message: a right signer is believed, a changed byte is not, no bytes cause a panic.

use std::fmt::Write as _;

use md5::{Digest as _, Md5};
use proptest::{
    collection::{btree_map, vec},
    prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest},
    sample::Index,
};
use secrecy::SecretString;
use serde_json::json;

use super::{CLIENT, KEY, account, signed, verified};
use crate::vendor::inhand::webhook::{Call, Message, Refusal, Verified, Webhooks};

/// A value as JSON, and the text that a signer counts it by.
fn value() -> impl Strategy<Value = (String, String)> {
    let text = any::<String>().prop_map(|text| (json!(text).to_string(), text));
    let escaped = "[a-z冰]{1,6}".prop_map(|text| {
        let units = text.encode_utf16();
        let escapes = units.fold(String::new(), |mut all, unit| {
            let _ = write!(all, "\\u{unit:04X}");
            all
        });
        (format!("\"{escapes}\""), text)
    });
    let plain = prop_oneof![Just("0"), Just("-1.50e+3"), Just("true"), Just("[1, 2 ,3]"), Just("{ }")]
        .prop_map(|raw| (raw.to_owned(), raw.to_owned()));
    let object = ("[ \n\t]{0,3}", "[0-9]{1,20}").prop_map(|(space, digits)| {
        let raw = format!("{{{space}\"longitude\" :{space}116.{digits},\"a\":[{{\"b\":\"冰\\n\"}}]{space}}}");
        (raw.clone(), raw)
    });
    let absent = prop_oneof![Just("null"), Just("\"\"")].prop_map(|raw| (raw.to_owned(), String::new()));
    prop_oneof![text, escaped, plain, object, absent]
}

/// Members in some order, signed by the document's words and without any code of ours.
fn message() -> impl Strategy<Value = Vec<(String, String, String)>> {
    let members = btree_map("[a-zA-Z_]{1,8}", value(), 0..6)
        .prop_filter("a name that means something", |members| {
            !["sign", "clientId", "nonce_str"].iter().any(|name| members.contains_key(*name))
        });
    members
        .prop_map(|members| {
            let mut all: Vec<(String, String, String)> =
                members.into_iter().map(|(name, (raw, text))| (name, raw, text)).collect();
            for (name, text) in [("clientId", CLIENT), ("nonce_str", "5K8264ILTKCH16CQ")] {
                all.push((name.to_owned(), json!(text).to_string(), text.to_owned()));
            }
            all.sort();
            let taking_part = all.iter().filter(|(.., text)| !text.is_empty());
            let parts: Vec<String> = taking_part.map(|(name, _, text)| format!("{name}={text}")).collect();
            let sign = hex::encode(Md5::digest(parts.join("&") + KEY));
            all.push(("sign".to_owned(), format!("\"{sign}\""), sign));
            all
        })
        .prop_shuffle()
}

fn body(message: &[(String, String, String)], space: &str) -> String {
    let members: Vec<String> = message
        .iter()
        .map(|(name, raw, _)| format!("{space}\"{name}\"{space}:{space}{raw}{space}"))
        .collect();
    format!("{space}{{{}}}{space}", members.join(","))
}

proptest! {
    #[test]
    fn what_a_correct_signer_signs_verifies_in_any_order_and_with_any_white_space(
        message in message(), space in "[ \n\t\r]{0,3}",
    ) {
        prop_assert!(verified(&body(&message, &space)).is_ok());
    }

    #[test]
    fn a_single_changed_byte_of_a_value_is_found(
        message in message(), which in any::<Index>(), at in any::<Index>(), to in any::<u8>(),
    ) {
        let mut message = message;
        let which = which.index(message.len());
        let (_, raw, text) = &mut message[which];
        // Within the quotes of a text: the quotes themselves are not signed.
        let (start, end) = if raw.starts_with('"') { (1, raw.len() - 1) } else { (0, raw.len()) };
        if text.is_empty() || start == end {
            return Ok(());
        }
        let place = start + at.index(end - start);
        let mut bytes = raw.clone().into_bytes();
        bytes[place] = to;
        let Ok(changed) = String::from_utf8(bytes) else { return Ok(()) };
        // `\u004A` and `\u004a` are one letter, and the case of a signature is free.
        let same = |a: &str, b: &str| match (serde_json::from_str::<String>(a), serde_json::from_str::<String>(b)) {
            (Ok(a), Ok(b)) => a == b,
            _ => a == b,
        };
        let is_sign = message[which].0 == "sign";
        if same(&changed, &message[which].1) || (is_sign && changed.eq_ignore_ascii_case(&message[which].1)) {
            return Ok(());
        }
        message[which].1 = changed;
        prop_assert!(verified(&body(&message, "")).is_err());
    }

    #[test]
    fn a_second_member_of_a_name_never_brings_in_what_was_not_signed(
        message in message(), which in any::<Index>(), other in value(), first in any::<bool>(),
    ) {
        let mut message = message;
        let (name, _, text) = message[which.index(message.len())].clone();
        let (raw, other) = other;
        let at = if first { 0 } else { message.len() };
        message.insert(at, (name, raw, other.clone()));
        prop_assert_eq!(verified(&body(&message, "")).is_ok(), other == text);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..300), text in any::<String>(), value in value()) {
        let object = format!("{{\"assetId\":1,\"nonce_str\":\"n\",\"{}\":{}}}", "containers", value.0);
        for body in [bytes.as_slice(), text.as_bytes(), object.as_bytes()] {
            let _ = account().verify(b"", body);
            let _ = account().verify(body, b"");
            if let Ok(call) = Call::read(body, &bytes) {
                let _ = (call.check(), call.used(), call.account([((), &account())]));
            }
            if let Ok(kept) = Verified::kept(b"", body) {
                for message in Message::ALL {
                    let _ = kept.decode(message).map_err(|error| error.into_happening(message));
                }
            }
        }
    }
}

#[test]
fn while_a_key_is_changed_what_either_signs_is_the_platforms() {
    let body = signed(&json!({ "assetId": "91000001" }));
    let changed = |previous: Option<&str>| {
        Webhooks::new(CLIENT, SecretString::from("another key")).also_by(previous.map(SecretString::from))
    };
    assert!(changed(Some(KEY)).verify(b"", body.as_bytes()).is_ok());
    assert!(account().also_by(Some(SecretString::from("another key"))).verify(b"", body.as_bytes()).is_ok());
    assert!(matches!(changed(None).verify(b"", body.as_bytes()), Err(Refusal::SignWrong)));
    assert!(matches!(changed(Some("a third")).verify(b"", body.as_bytes()), Err(Refusal::SignWrong)));
}
