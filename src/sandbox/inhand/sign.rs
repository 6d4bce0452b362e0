//! InHand's signature: all parameters of query and body, sorted, with the key right behind them, in MD5.

use std::collections::BTreeMap;

use md5::{Digest, Md5};

/// The signature of these parameters, in lower case. `sign` itself and empty values do not take part.
pub(crate) fn sign(parameters: &BTreeMap<String, String>, key: &str) -> String {
    hex::encode(Md5::digest(string_to_sign(parameters, key)))
}

fn string_to_sign(parameters: &BTreeMap<String, String>, key: &str) -> String {
    let parts: Vec<String> = parameters
        .iter()
        .filter(|(name, value)| *name != "sign" && !value.is_empty())
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    parts.join("&") + key
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::parameters::Parameters;
    use super::{sign, string_to_sign};

    #[derive(serde::Deserialize)]
    struct Vector {
        note: String,
        key: String,
        query: BTreeMap<String, String>,
        body: Option<String>,
        string_to_sign: String,
        sign: String,
    }

    #[test]
    fn every_published_vector_is_signed_as_the_vendor_does() {
        let text = include_str!("../../../tests/fixtures/vectors/inhand-sign.json");
        let vectors: Vec<Vector> = serde_json::from_str(text).unwrap();
        assert!(vectors.len() >= 7);
        for vector in vectors {
            let query = serde_urlencoded::to_string(&vector.query).unwrap();
            let body = vector.body.unwrap_or_default();
            let signed = Parameters::read(&query, body.as_bytes()).unwrap().signed();
            assert_eq!(string_to_sign(&signed, &vector.key), vector.string_to_sign, "{}", vector.note);
            assert_eq!(sign(&signed, &vector.key), vector.sign, "{}", vector.note);
        }
    }
}
