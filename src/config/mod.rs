//! The only reader of files and environment: one TOML file, overridden by `VENDGRAPH__…` variables.
//!
//! Every key is known, or the configuration is refused with the key's whole path and the nearest known one;
//! every value is checked here, once, so that nothing behind has to. An error tells the key and what to write
//! instead, in one line, and never a value: any value may be a secret in the wrong place. Secrets are
//! [`secrecy::SecretString`]s and come as text, `{ env = "NAME" }` or `{ file = "PATH" }`.

pub mod accounts;
pub mod auth;
pub mod cache;
pub mod documents;
pub mod duration;
pub mod environment;
pub mod error;
pub mod files;
pub mod fingerprint;
pub mod fleet;
pub mod limits;
pub mod load;
pub mod overrides;
mod secret;
mod section;
pub mod server;
pub mod store;
pub mod telemetry;
#[cfg(test)]
mod tests;

pub use accounts::{Account, Calls, Vendor};
pub use auth::{Auth, Proof};
pub use cache::Cache;
pub use documents::{Documents, TrustedDocument};
pub use error::{Error, Problem};
pub use files::{Files, Folder};
pub use fingerprint::Fingerprint;
pub use fleet::Fleet;
pub use limits::Limits;
pub use load::read_toml;
pub use secret::same;
pub use server::Server;
pub use store::Store;
pub use telemetry::Telemetry;

/// A whole configuration, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where we listen and what the door shows.
    pub server: Server,
    /// Who signs the tokens that callers bring.
    pub auth: Auth,
    /// Where that is kept which survives a restart.
    pub store: Store,
    /// For how long what a vendor said is taken as true.
    pub cache: Cache,
    /// How the view of all machines is kept fresh.
    pub fleet: Fleet,
    /// What one request may cost.
    pub limits: Limits,
    /// Which documents callers may send.
    pub documents: Documents,
    /// What the log looks like, and where traces go.
    pub telemetry: Telemetry,
    /// The operator's accounts, in the file's order.
    pub accounts: Vec<Account>,
}
