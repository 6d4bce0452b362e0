//! What InHand pushes: signed, verified, read.

use std::{collections::BTreeMap, error::Error};

use divan::{Bencher, black_box};
use serde_json::{Value, value::RawValue};
use vendgraph::vendor::inhand::{
    sign::Parameters,
    webhook::{Message, Webhooks},
};

const KEY: &str = "9f3c1a7be0";
const CLIENT: &str = "c-100";

/// What is pushed, by what it is.
const PUSHED: [(&str, &str); 2] = [
    ("status", include_str!("../../tests/fixtures/inhand/pushed-status.json")),
    ("trade", include_str!("../../tests/fixtures/inhand/pushed-trade.json")),
];

type Members = BTreeMap<String, Box<RawValue>>;

#[divan::bench(args = ["status", "trade"])]
fn inhands_signature_is_made(bencher: Bencher, message: &str) {
    let members = addressed(message).expect("it is JSON");
    let (body, key) = (serde_json::to_vec(&members).expect("it is JSON"), KEY.into());
    bencher.bench(|| {
        let mut parameters = Parameters::default();
        parameters.add_body(black_box(&body)).map(|()| parameters.sign(&key))
    });
}

#[divan::bench(args = ["status", "trade"])]
fn inhands_message_is_verified(bencher: Bencher, message: &str) {
    let (webhooks, body) = signed(message).expect("it is JSON");
    assert!(webhooks.verify(b"", &body).is_ok(), "the message is signed");
    bencher.bench(|| webhooks.verify(b"", black_box(&body)).is_ok());
}

#[divan::bench(args = ["status", "trade"])]
fn inhands_message_is_read(bencher: Bencher, message: &str) {
    let (webhooks, body) = signed(message).expect("it is JSON");
    let verified = webhooks.verify(b"", &body).expect("the message is signed");
    let kind = Message::of_word(message).expect("it is a kind of message");
    assert!(verified.decode(kind).is_ok(), "the message can be read");
    bencher.bench(|| black_box(&verified).decode(kind).is_ok());
}

/// A message's members, to this account.
fn addressed(message: &str) -> Result<Members, Box<dyn Error>> {
    let (_, text) = PUSHED.iter().find(|(name, _)| *name == message).ok_or("there is no such message")?;
    let mut members: Members = serde_json::from_str(text)?;
    members.remove("sign");
    for (name, text) in [("clientId", CLIENT), ("nonce_str", "0123456789abcdef")] {
        members.insert(name.to_owned(), serde_json::value::to_raw_value(text)?);
    }
    Ok(members)
}

fn signed(message: &str) -> Result<(Webhooks, Vec<u8>), Box<dyn Error>> {
    let mut members = addressed(message)?;
    let body = serde_json::to_vec(&members)?;
    let mut parameters = Parameters::default();
    parameters.add_body(&body)?;
    let sign = Value::from(parameters.sign(&KEY.into()));
    members.insert("sign".to_owned(), serde_json::value::to_raw_value(&sign)?);
    Ok((Webhooks::new(CLIENT, KEY.into()), serde_json::to_vec(&members)?))
}
