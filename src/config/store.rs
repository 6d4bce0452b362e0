//! `[store]`: where that is kept which survives a restart.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::{
    duration,
    error::Problem,
    secret::Fits,
    section::{Given, Keys, Section},
};

/// `[store]`.
#[derive(Clone, Debug)]
pub struct Store {
    /// `sqlite:///path` or `postgres://…`; a secret, since it may hold a password. `None`: nothing is said.
    pub url: Option<SecretString>,
    /// For how long events are kept.
    pub retention: Duration,
    /// For how long the audit trail is kept: what was commanded, and what came of it.
    pub audit_retention: Duration,
}

/// For how long events are kept unless the operator says otherwise.
const RETENTION: Duration = Duration::from_hours(30 * 24);

/// For how long they are kept at the least: a message that comes again within a day is known by the nonce of its event.
const SHORTEST: Duration = Duration::from_hours(24);

/// For how long the audit trail is kept unless the operator says otherwise.
const AUDIT_RETENTION: Duration = Duration::from_hours(90 * 24);

/// For how long it is kept at the least: a command that comes again within a week is known by its idempotency key.
const SHORTEST_AUDIT: Duration = Duration::from_hours(7 * 24);

impl Default for Store {
    fn default() -> Self {
        Self { url: None, retention: RETENTION, audit_retention: AUDIT_RETENTION }
    }
}

pub(super) const KEYS: Keys<'static> = Keys { plain: &["retention", "audit_retention"], secret: &["url"] };

const URL: Fits = Fits {
    write: "\"sqlite:///path/to/vendgraph.db\" or \"postgres://user:password@host/database\"",
    accepts: is_store,
};

impl Store {
    pub(super) fn read(section: &mut Section<'_>) -> Result<Self, Problem> {
        Ok(Self {
            url: section.secret("url", &URL)?,
            retention: retention(section)?,
            audit_retention: audit_retention(section)?,
        })
    }
}

fn retention(section: &mut Section<'_>) -> Result<Duration, Problem> {
    let write = "a span of time of 24h or more, such as \"720h\": a message that comes again within a day is known by it";
    let read = |given: &Given| duration::parse(given.text()?).filter(|retention| *retention >= SHORTEST);
    Ok(section.optional("retention", write, read)?.unwrap_or(RETENTION))
}

fn audit_retention(section: &mut Section<'_>) -> Result<Duration, Problem> {
    let write = "a span of time of 168h or more, such as \"2160h\": a command that comes again within a week is known by it";
    let read =
        |given: &Given| duration::parse(given.text()?).filter(|retention| *retention >= SHORTEST_AUDIT);
    Ok(section.optional("audit_retention", write, read)?.unwrap_or(AUDIT_RETENTION))
}

fn is_store(url: &str) -> bool {
    match url.split_once(':') {
        Some(("sqlite", path)) => !path.trim_start_matches('/').is_empty(),
        Some(("postgres" | "postgresql", _)) => Url::parse(url).is_ok_and(|url| url.has_host()),
        _ => false,
    }
}
