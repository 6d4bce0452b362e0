//! Dingshang's signature: the sorted parameters and the merchant's id, in upper-case MD5.

use std::collections::BTreeMap;

use md5::{Digest, Md5};

/// The signature of these parameters. `sign` itself and empty values do not take part.
pub(crate) fn sign(parameters: &BTreeMap<String, String>, key: &str) -> String {
    hex::encode_upper(Md5::digest(string_to_sign(parameters, key)))
}

fn string_to_sign(parameters: &BTreeMap<String, String>, key: &str) -> String {
    let mut text = String::new();
    for (name, value) in parameters {
        if name != "sign" && !value.is_empty() {
            text.extend([name, "=", value, "&"]);
        }
    }
    text + "key=" + key
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{sign, string_to_sign};

    #[derive(serde::Deserialize)]
    struct Vector {
        note: String,
        key: String,
        params: BTreeMap<String, String>,
        string_to_sign: String,
        sign: String,
    }

    #[test]
    fn every_published_vector_is_signed_as_the_vendor_does() {
        let text = include_str!("../../../tests/fixtures/vectors/dingshang-sign.json");
        let vectors: Vec<Vector> = serde_json::from_str(text).unwrap();
        assert!(vectors.len() >= 8);
        for vector in vectors {
            assert_eq!(string_to_sign(&vector.params, &vector.key), vector.string_to_sign, "{}", vector.note);
            assert_eq!(sign(&vector.params, &vector.key), vector.sign, "{}", vector.note);
        }
    }
}
