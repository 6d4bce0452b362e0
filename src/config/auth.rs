//! `[auth]`: who signs the tokens that callers bring.

use std::path::{Path, PathBuf};

use secrecy::SecretString;
use url::Url;

use super::{
    error::{Key, Problem},
    secret::Fits,
    section::{Given, Keys, Section},
};

/// `[auth]`.
#[derive(Clone, Debug)]
pub struct Auth {
    /// What proves a token.
    pub proof: Proof,
    /// The shared secret before this one: tokens that it signed are taken to their end, and none is signed with it any more.
    pub previous_secret: Option<SecretString>,
    /// What a token's `iss` must be; `None`: it is not looked at.
    pub issuer: Option<String>,
    /// What a token's `aud` must hold; `None`: it is not looked at.
    pub audience: Option<String>,
}

/// What proves a token.
#[derive(Clone, Debug)]
pub enum Proof {
    /// A secret shared with whoever signs (HS256); 32 bytes or more.
    Secret(SecretString),
    /// The signer's public keys, fetched (RS256, ES256, EdDSA).
    JwksUrl(Url),
    /// The signer's public keys in a file (RS256, ES256, EdDSA).
    JwksFile(PathBuf),
}

pub(super) const KEYS: Keys<'static> =
    Keys { plain: &["jwks_url", "jwks_file", "issuer", "audience"], secret: &["secret", "previous_secret"] };

/// RFC 7518 §3.2: a key of the hash's size or larger.
const SECRET: Fits = Fits {
    write: "a secret of at least 32 bytes, such as what `openssl rand -hex 32` prints",
    accepts: |text| text.len() >= 32,
};

impl Auth {
    pub(super) fn read(section: &mut Section<'_>) -> Result<Self, Problem> {
        let ways: Vec<(&str, Key)> = ["secret", "jwks_url", "jwks_file"]
            .into_iter()
            .filter_map(|key| Some((key, section.place(key)?)))
            .collect();
        let proof = match ways.as_slice() {
            [("secret", _)] => section.secret("secret", &SECRET)?.map(Proof::Secret),
            [("jwks_url", _)] => section.url("jwks_url")?.map(Proof::JwksUrl),
            [("jwks_file", _)] => {
                let files = section.surroundings.files;
                let path = |given: &Given| {
                    given.text().filter(|path| !path.is_empty()).map(|path| files.resolve(Path::new(path)))
                };
                section.optional("jwks_file", "the path of a file in quotes", path)?.map(Proof::JwksFile)
            }
            [] => None,
            several => {
                let places: Vec<String> = several.iter().map(|(_, place)| place.to_string()).collect();
                let write = format!("only one of {}", places.join(", "));
                return Err(Problem::Wrong { key: Key::of_file("auth"), write });
            }
        };
        let proof = proof.ok_or_else(|| Problem::Missing {
            key: Key::of_file("auth"),
            write: "a section [auth] with one of secret, jwks_url and jwks_file".to_owned(),
        })?;
        let before = section.place("previous_secret");
        let previous_secret = section.secret("previous_secret", &SECRET)?;
        if let (Proof::JwksUrl(_) | Proof::JwksFile(_), Some(key)) = (&proof, before) {
            let write =
                "it beside auth.secret only; the signer's key set names all keys that are good".to_owned();
            return Err(Problem::Wrong { key, write });
        }
        let (issuer, audience) = (section.words("issuer")?, section.words("audience")?);
        Ok(Self { proof, previous_secret, issuer, audience })
    }
}
