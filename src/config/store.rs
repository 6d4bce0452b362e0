//! `[store]`: where that is kept which survives a restart.

use secrecy::SecretString;
use url::Url;

use super::{
    error::Problem,
    secret::Fits,
    section::{Keys, Section},
};

/// `[store]`.
#[derive(Clone, Debug, Default)]
pub struct Store {
    /// `sqlite:///path` or `postgres://…`; a secret, since it may hold a password. `None`: nothing is said.
    pub url: Option<SecretString>,
}

pub(super) const KEYS: Keys<'static> = Keys { plain: &[], secret: &["url"] };

const URL: Fits = Fits {
    write: "\"sqlite:///path/to/vendgraph.db\" or \"postgres://user:password@host/database\"",
    accepts: is_store,
};

impl Store {
    pub(super) fn read(section: &mut Section<'_>) -> Result<Self, Problem> {
        Ok(Self { url: section.secret("url", &URL)? })
    }
}

fn is_store(url: &str) -> bool {
    match url.split_once(':') {
        Some(("sqlite", path)) => !path.trim_start_matches('/').is_empty(),
        Some(("postgres" | "postgresql", _)) => Url::parse(url).is_ok_and(|url| url.has_host()),
        _ => false,
    }
}
