//! InHand's questions about pickup codes: by query, form and JSON, they are of an account only if it signed them.
//!
//! Before a NUL stands the query, after it the body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use url::form_urlencoded::{Serializer, parse};
use vendgraph::vendor::inhand::{
    sign::Parameters,
    webhook::{Call, Webhooks},
};

const KEY: &str = "9f3c1a7be0";

fuzz_target!(|input: &[u8]| {
    let webhooks = Webhooks::new("c-100", KEY.into());
    let cut = input.iter().position(|byte| *byte == 0).unwrap_or(input.len());
    let (query, body) = (&input[..cut], input.get(cut + 1..).unwrap_or_default());
    if let Ok(call) = Call::read(query, body) {
        assert!(call.account([((), &webhooks)]).is_err(), "nobody has signed it");
        let _ = (call.check(), call.used());
    }
    // The same query, signed.
    let mut pairs: Vec<(String, String)> = parse(query).into_owned().collect();
    pairs.retain(|(name, _)| name != "sign" && name != "clientId");
    pairs.push(("clientId".to_owned(), "c-100".to_owned()));
    pairs.sort();
    pairs.dedup_by(|one, other| one.0 == other.0);
    if pairs.len() > 255 {
        return;
    }
    let parameters = Parameters::of(pairs.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let sign = parameters.sign(&KEY.into());
    let written = Serializer::new(String::new()).extend_pairs(&pairs).append_pair("sign", &sign).finish();
    let as_query = Call::read(written.as_bytes(), b"").expect("it can be read");
    let as_form = Call::read(b"", written.as_bytes());
    assert!(as_query.account([((), &webhooks)]).is_ok(), "refused though signed: {written}");
    if let (Ok(one), Ok(form)) = (as_query.check(), as_form.map(|call| call.check())) {
        assert_eq!(Some(one), form.ok(), "it says the same in a body");
    }
    let other = Webhooks::new("c-100", "another key".into());
    assert!(as_query.account([(1, &other)]).is_err());
    assert_eq!(as_query.account([(1, &other), (2, &webhooks)]).ok(), Some(2), "told apart by the key");
});
