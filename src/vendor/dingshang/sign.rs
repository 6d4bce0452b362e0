//! The vendor's signature and the payload that carries it: pure, the time is an argument.
//!
//! Reference, *Payload and signature*. A parameter that is null is one that is not in the map.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use md5::{Digest as _, Md5};
use serde_json::Value;

/// The parameters of one call; all values are text. The map's order is the one that is signed: by bytes,
/// so upper case comes before lower case.
pub type Parameters<'a> = BTreeMap<&'a str, &'a str>;

/// What belongs in the parameter `sign`: upper-case hex MD5 over the sorted parameters and the key. Empty
/// values and `sign` itself do not take part; nothing is percent-encoded.
pub fn signature(key: &str, parameters: &Parameters<'_>) -> String {
    let mut digest = Md5::new();
    for (name, value) in parameters {
        if *name == "sign" || value.is_empty() {
            continue;
        }
        for piece in [name, "=", value, "&"] {
            digest.update(piece);
        }
    }
    digest.update("key=");
    digest.update(key);
    hex::encode_upper(digest.finalize())
}

/// The member `payload` of a signed call's body: base64 of a JSON object with the parameters, the time in
/// Unix seconds and the signature.
pub fn payload(key: &str, parameters: &Parameters<'_>, now: Timestamp) -> String {
    let timestamp = now.as_second().to_string();
    let mut signed = parameters.clone();
    signed.insert("timestamp", &timestamp);
    let sign = signature(key, &signed);
    signed.insert("sign", &sign);
    let object = signed.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
    STANDARD.encode(Value::Object(object).to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use jiff::Timestamp;
    use proptest::{
        collection::btree_map,
        prelude::{Just, Strategy, proptest},
    };
    use serde_json::Value;

    use super::{Parameters, payload, signature};

    type Owned = BTreeMap<String, String>;

    fn owned() -> impl Strategy<Value = Owned> {
        btree_map("[a-rt-zA-Z_]{1,12}", "[ -~é冰绿茶]{1,20}", 1..8)
    }

    fn borrowed(owned: &Owned) -> Parameters<'_> {
        owned.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    #[test]
    fn every_published_vector_is_signed_alike() {
        let vectors: Vec<Value> =
            serde_json::from_str(include_str!("../../../tests/fixtures/vectors/dingshang-sign.json"))
                .unwrap();
        assert!(vectors.len() >= 8);
        for vector in vectors {
            let parameters = vector["params"].as_object().unwrap();
            let parameters =
                parameters.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
            let sign = signature(vector["key"].as_str().unwrap(), &parameters);
            assert_eq!(sign, vector["sign"], "{}", vector["note"]);
        }
    }

    /// The documents' sample of a whole machine's replenishment has no `sign`; the published vector has one.
    #[test]
    fn trap_03_a_payload_is_signed_also_where_the_sample_shows_no_sign() {
        let parameters =
            [("machine_no", "16327129"), ("method", "replenishment.machine.all"), ("cabinet_name", "A")];
        let now = Timestamp::from_second(1_714_030_791).unwrap();
        let payload = payload("M20240318", &parameters.into_iter().collect(), now);
        let read: Owned = serde_json::from_slice(&STANDARD.decode(payload).unwrap()).unwrap();
        assert_eq!(read["sign"], "BBCB10DB4CBD867D2F418F4B27D29FDB");
    }

    proptest! {
        #[test]
        fn the_order_of_the_members_does_not_matter(
            (parameters, shuffled) in owned().prop_flat_map(|parameters| {
                let members: Vec<_> = parameters.clone().into_iter().collect();
                (Just(parameters), Just(members).prop_shuffle())
            })
        ) {
            let again = shuffled.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!(signature("key", &borrowed(&parameters)), signature("key", &again));
        }

        #[test]
        fn empty_values_and_the_signature_itself_do_not_take_part(
            parameters in owned(), name in "[0-9]{1,5}", sign in "[ -~]{0,32}"
        ) {
            let mut more = borrowed(&parameters);
            more.insert(&name, "");
            more.insert("sign", &sign);
            assert_eq!(signature("key", &borrowed(&parameters)), signature("key", &more));
        }

        #[test]
        fn a_changed_value_or_key_changes_the_signature(parameters in owned(), suffix in "[ -~]{1,3}") {
            let (name, value) = parameters.first_key_value().unwrap();
            let value = format!("{value}{suffix}");
            let mut changed = borrowed(&parameters);
            changed.insert(name, &value);
            let sign = signature("key", &borrowed(&parameters));
            assert_ne!(sign, signature("key", &changed));
            assert_ne!(sign, signature(&format!("key{suffix}"), &borrowed(&parameters)));
        }

        #[test]
        fn a_payload_reads_back_as_text_members_with_time_and_signature(
            parameters in owned(), second in 0_i64..4_000_000_000
        ) {
            let payload = payload("key", &borrowed(&parameters), Timestamp::from_second(second).unwrap());
            let mut read: Owned = serde_json::from_slice(&STANDARD.decode(payload).unwrap()).unwrap();
            assert_eq!(read["sign"], signature("key", &borrowed(&read)));
            read.remove("sign");
            assert_eq!(read.remove("timestamp"), Some(second.to_string()));
            assert_eq!(read, parameters);
        }
    }
}
