//! `[[accounts]]`: the operator's accounts at the vendors' platforms.

use std::{num::NonZeroU32, time::Duration};

use secrecy::SecretString;
use toml::{Table, Value};
use url::Url;

use super::{
    error::{Key, Problem},
    overrides::{OfSection, by_account},
    secret::{Fits, same},
    section::{Given, Keys, Section, Surroundings, URL},
};

/// One of `[[accounts]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// The account's name: 1 to 64 of `A-Z a-z 0-9 _ -`, unique.
    pub name: String,
    /// Whose platform, and how to get in.
    pub vendor: Vendor,
    /// How its vendor is called.
    pub calls: Calls,
}

/// A vendor's platform and the credentials there.
#[derive(Clone, Debug)]
pub enum Vendor {
    /// Dingshang: `url`, `app_id`, `app_secret`, `merchant_id` (Dingshang §1).
    Dingshang {
        /// What their paths are appended to.
        url: Url,
        /// The application.
        app_id: SecretString,
        /// The application's secret.
        app_secret: SecretString,
        /// The key of the signature.
        merchant_id: SecretString,
    },
    /// InHand: `base_url`, `client_id`, `key` (InHand §1).
    Inhand {
        /// What their paths are appended to.
        base_url: Url,
        /// The client.
        client_id: SecretString,
        /// The key of the signature.
        key: SecretString,
        /// The key before it: what is still signed with it is taken, nothing is signed with it any more.
        previous_key: Option<SecretString>,
    },
}

/// The same platform and the same credentials.
impl PartialEq for Vendor {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Dingshang { url, app_id, app_secret, merchant_id },
                Self::Dingshang { url: u, app_id: i, app_secret: s, merchant_id: m },
            ) => url == u && same(app_id, i) && same(app_secret, s) && same(merchant_id, m),
            (
                Self::Inhand { base_url, client_id, key, previous_key },
                Self::Inhand { base_url: u, client_id: i, key: k, previous_key: p },
            ) => {
                base_url == u && same(client_id, i) && same(key, k) && same(previous_key.as_ref(), p.as_ref())
            }
            (Self::Dingshang { .. }, Self::Inhand { .. }) | (Self::Inhand { .. }, Self::Dingshang { .. }) => {
                false
            }
        }
    }
}

/// How a vendor is called for one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calls {
    /// The time for one call, all its tries together.
    pub timeout: Duration,
    /// The greatest number of calls under way at once.
    pub max_concurrency: usize,
    /// The greatest rate of requests.
    pub requests_per_second: NonZeroU32,
    /// How often a read is sent again after a failure that may pass.
    pub retries: u32,
}

const COMMON: [&str; 6] = ["name", "vendor", "timeout", "max_concurrency", "requests_per_second", "retries"];
const DINGSHANG: Keys<'static> = Keys { plain: &["url"], secret: &["app_id", "app_secret", "merchant_id"] };
const INHAND: Keys<'static> = Keys { plain: &["base_url"], secret: &["client_id", "key", "previous_key"] };

const VENDOR: &str = "\"dingshang\" or \"inhand\"";
const NAME: &str = "a name of its own, of 1 to 64 of the characters A-Z a-z 0-9 _ -";

impl Default for Calls {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(5),
            max_concurrency: 32,
            requests_per_second: NonZeroU32::MIN.saturating_add(49),
            retries: 2,
        }
    }
}

/// Reads all accounts.
pub(super) fn read(
    value: Option<Value>,
    overrides: OfSection,
    surroundings: &Surroundings<'_>,
) -> Result<Vec<Account>, Problem> {
    let tables = tables(value)?;
    let names: Vec<String> =
        tables.iter().enumerate().map(|(at, table)| name(at, table)).collect::<Result<_, _>>()?;
    let repeated =
        names.iter().enumerate().find(|(at, name)| names.iter().take(*at).any(|other| other == *name));
    if let Some((at, name)) = repeated {
        let write = format!("another name; {name} is taken by an account before it");
        return Err(Problem::Wrong { key: Key::of_file(format!("accounts[{at}].name")), write });
    }
    let borrowed: Vec<&str> = names.iter().map(String::as_str).collect();
    let overrides = by_account(overrides, &borrowed)?;
    tables
        .into_iter()
        .zip(overrides)
        .zip(&names)
        .map(|(given, name)| account(name, given, surroundings))
        .collect()
}

fn tables(value: Option<Value>) -> Result<Vec<Table>, Problem> {
    let wrong = |key: String| Problem::Wrong {
        key: Key::of_file(key),
        write: "each account as a section [[accounts]] with name and vendor".to_owned(),
    };
    match value {
        None => Ok(Vec::new()),
        Some(Value::Array(items)) => items
            .into_iter()
            .enumerate()
            .map(|(at, item)| {
                if let Value::Table(table) = item { Ok(table) } else { Err(wrong(format!("accounts[{at}]"))) }
            })
            .collect(),
        Some(_) => Err(wrong("accounts".to_owned())),
    }
}

/// The name of the account at a place of the list, counted from 0. It is read from the file alone: it is
/// what an override finds the account by.
fn name(at: usize, table: &Table) -> Result<String, Problem> {
    let path = format!("accounts[{at}]");
    let key = Key::of_file(format!("{path}.name"));
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    match table.get("name") {
        Some(Value::String(name)) if (1..=64).contains(&name.len()) && name.chars().all(allowed) => {
            Ok(name.clone())
        }
        Some(_) => Err(Problem::Wrong { key, write: NAME.to_owned() }),
        None => {
            // A misspelt `name` is better told than a missing one.
            keys(&[DINGSHANG, INHAND], |keys| keys.check_table(&path, table))?;
            Err(Problem::Missing { key, write: NAME.to_owned() })
        }
    }
}

/// The keys that every account has, and those of the given vendors.
fn keys<T>(vendors: &[Keys<'_>], with: impl FnOnce(&Keys<'_>) -> T) -> T {
    let plain: Vec<&str> = COMMON.iter().chain(vendors.iter().flat_map(|keys| keys.plain)).copied().collect();
    let secret: Vec<&str> = vendors.iter().flat_map(|keys| keys.secret).copied().collect();
    with(&Keys { plain: &plain, secret: &secret })
}

fn account(
    name: &str,
    (table, overrides): (Table, OfSection),
    surroundings: &Surroundings<'_>,
) -> Result<Account, Problem> {
    let path = format!("accounts.{name}");
    let vendor = overrides.get("vendor").map(|given| given.value.as_str());
    let vendors: &[Keys<'_>] = match vendor.or_else(|| table.get("vendor").and_then(Value::as_str)) {
        Some("dingshang") => &[DINGSHANG],
        Some("inhand") => &[INHAND],
        _ => &[DINGSHANG, INHAND],
    };
    let open = |keys: &Keys<'_>| Section::open(path, (table, overrides), keys, surroundings);
    let mut section = keys(vendors, open)?;
    if let Some(Given::Environment(given)) = section.take("name") {
        let key = Key { variable: Some(given.variable), ..section.key("name") };
        let write = "the name in the file; the environment finds the account by it".to_owned();
        return Err(Problem::Wrong { key, write });
    }
    let read = |given: &Given| match given.text()? {
        "dingshang" => Some(dingshang as Reader),
        "inhand" => Some(inhand as Reader),
        _ => None,
    };
    let reader =
        section.optional("vendor", VENDOR, read)?.ok_or_else(|| section.missing("vendor", VENDOR))?;
    Ok(Account { name: name.to_owned(), vendor: reader(&mut section)?, calls: calls(&mut section)? })
}

/// Reads what one vendor needs.
type Reader = fn(&mut Section<'_>) -> Result<Vendor, Problem>;

fn dingshang(section: &mut Section<'_>) -> Result<Vendor, Problem> {
    Ok(Vendor::Dingshang {
        url: section.url("url")?.ok_or_else(|| section.missing("url", URL))?,
        app_id: credential(section, "app_id")?,
        app_secret: credential(section, "app_secret")?,
        merchant_id: credential(section, "merchant_id")?,
    })
}

fn inhand(section: &mut Section<'_>) -> Result<Vendor, Problem> {
    Ok(Vendor::Inhand {
        base_url: section.url("base_url")?.ok_or_else(|| section.missing("base_url", URL))?,
        client_id: credential(section, "client_id")?,
        key: credential(section, "key")?,
        previous_key: section.secret("previous_key", &CREDENTIAL)?,
    })
}

/// What the vendor gave to the operator. It travels in headers, where a control character cannot.
const CREDENTIAL: Fits = Fits {
    write: "it without control characters; it now holds one, perhaps a line break",
    accepts: |text| !text.chars().any(char::is_control),
};

fn credential(section: &mut Section<'_>, key: &str) -> Result<SecretString, Problem> {
    let write = "what the vendor gave you, as text in quotes, { env = \"NAME\" } or { file = \"PATH\" }";
    section.secret(key, &CREDENTIAL)?.ok_or_else(|| section.missing(key, write))
}

fn calls(section: &mut Section<'_>) -> Result<Calls, Problem> {
    let default = Calls::default();
    let rate: u32 =
        section.number("requests_per_second", (1, 1_000_000), default.requests_per_second.get())?;
    Ok(Calls {
        timeout: section.duration("timeout", default.timeout)?,
        max_concurrency: section.number("max_concurrency", (1, 10_000), default.max_concurrency)?,
        requests_per_second: NonZeroU32::new(rate).unwrap_or(default.requests_per_second),
        retries: section.number("retries", (0, 10), default.retries)?,
    })
}
