//! `[auth]`: who signs the tokens that callers bring.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{
    error::{Key, Problem},
    section::{Given, Keys, Section},
};

/// `[auth]`.
#[derive(Clone, Debug)]
pub struct Auth {
    /// What proves a token.
    pub proof: Proof,
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
    Keys { plain: &["jwks_url", "jwks_file", "issuer", "audience"], secret: &["secret"] };

/// RFC 7518 §3.2: a key of the hash's size or larger.
const SHORTEST_SECRET: usize = 32;

impl Auth {
    pub(super) fn read(section: &mut Section<'_>) -> Result<Self, Problem> {
        let ways: Vec<&str> =
            ["secret", "jwks_url", "jwks_file"].into_iter().filter(|key| section.has(key)).collect();
        let proof = match ways.as_slice() {
            ["secret"] => section.secret("secret")?.map(Proof::Secret),
            ["jwks_url"] => section.url("jwks_url")?.map(Proof::JwksUrl),
            ["jwks_file"] => {
                let files = section.surroundings.files;
                let path = |given: &Given| {
                    given.text().filter(|path| !path.is_empty()).map(|path| files.resolve(Path::new(path)))
                };
                section.optional("jwks_file", "the path of a file in quotes", path)?.map(Proof::JwksFile)
            }
            [] => None,
            several => {
                let write = format!("only one of {}", several.join(", "));
                return Err(Problem::Wrong { key: Key::of_file("auth"), write });
            }
        };
        let proof = proof.ok_or_else(|| Problem::Missing {
            key: Key::of_file("auth"),
            write: "a section [auth] with one of secret, jwks_url and jwks_file".to_owned(),
        })?;
        if let Proof::Secret(secret) = &proof
            && secret.expose_secret().len() < SHORTEST_SECRET
        {
            let write = format!(
                "a secret of at least {SHORTEST_SECRET} bytes, such as what `openssl rand -hex 32` prints"
            );
            return Err(Problem::Wrong { key: section.key("secret"), write });
        }
        Ok(Self { proof, issuer: section.words("issuer")?, audience: section.words("audience")? })
    }
}
