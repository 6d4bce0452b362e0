//! One table of the configuration: what the file says, under what the environment says.

use std::{collections::BTreeMap, time::Duration};

use secrecy::SecretString;
use toml::{Table, Value};
use url::Url;

use super::{
    duration,
    error::{Key, Problem},
    files::Files,
    overrides::{OfSection, Override, named},
    secret,
};

/// What a configuration may look at besides its own text.
pub(super) struct Surroundings<'s> {
    /// The variables that are set.
    pub environment: &'s BTreeMap<String, String>,
    /// The files that it may name.
    pub files: &'s dyn Files,
}

/// The keys of a section.
#[derive(Clone, Copy)]
pub(super) struct Keys<'k> {
    /// Those with a plain value.
    pub plain: &'k [&'k str],
    /// Those that may be given as a secret.
    pub secret: &'k [&'k str],
}

impl Keys<'_> {
    fn all(&self) -> Vec<&str> {
        self.plain.iter().chain(self.secret).copied().collect()
    }

    /// Fails at a key of the table that is none of these.
    pub fn check_table(&self, path: &str, table: &Table) -> Result<(), Problem> {
        let known = self.all();
        table.keys().find(|key| !known.contains(&key.as_str())).map_or(Ok(()), |key| {
            Err(Problem::unknown(Key::of_file(format!("{path}.{}", shown(key))), key, &known))
        })
    }

    fn check_overrides(&self, path: &str, overrides: &OfSection) -> Result<(), Problem> {
        let known = self.all();
        for (written, given) in overrides {
            let (key, way) = written.split_once("__").unwrap_or((written, ""));
            if !known.contains(&key) {
                return Err(Problem::unknown(named(path, written, given), key, &known));
            }
            let ways = if self.secret.contains(&key) { secret::WAYS } else { &[] };
            if way.is_empty() || ways.contains(&way) {
                continue;
            }
            // A plain value has no ways of being given: the key itself is what is meant.
            let (stray, known) = if ways.is_empty() { (key, &[key][..]) } else { (way, ways) };
            return Err(Problem::unknown(named(path, written, given), stray, known));
        }
        Ok(())
    }
}

/// A key of the file as it may stand in a one-line error.
pub(super) fn shown(key: &str) -> String {
    key.chars().take(60).flat_map(char::escape_debug).collect()
}

/// A value and where it was given.
pub(super) enum Given {
    /// By the file.
    File(Value),
    /// By the environment, where everything is text.
    Environment(Override),
}

impl Given {
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::File(value) => value.as_str(),
            Self::Environment(given) => Some(given.value.as_str()),
        }
    }

    fn boolean(&self) -> Option<bool> {
        match self {
            Self::File(value) => value.as_bool(),
            Self::Environment(given) => given.value.parse().ok(),
        }
    }

    pub fn integer(&self) -> Option<u64> {
        match self {
            Self::File(value) => value.as_integer().and_then(|value| value.try_into().ok()),
            Self::Environment(given) => given.value.parse().ok(),
        }
    }

    /// A number that need not be whole.
    pub fn decimal(&self) -> Option<f64> {
        match self {
            Self::File(Value::Integer(whole)) => i32::try_from(*whole).ok().map(f64::from),
            Self::File(value) => value.as_float(),
            Self::Environment(given) => given.value.parse().ok(),
        }
    }

    /// Several texts: an array in the file, separated by commas in the environment.
    pub fn list(&self) -> Option<Vec<&str>> {
        match self {
            Self::File(value) => value.as_array()?.iter().map(Value::as_str).collect(),
            Self::Environment(given) => {
                Some(given.value.split(',').map(str::trim).filter(|item| !item.is_empty()).collect())
            }
        }
    }

    fn variable(&self) -> Option<String> {
        match self {
            Self::File(_) => None,
            Self::Environment(given) => Some(given.variable.clone()),
        }
    }
}

/// One table of the configuration, with its unknown keys already refused.
pub(super) struct Section<'s> {
    path: String,
    table: Table,
    overrides: OfSection,
    pub surroundings: &'s Surroundings<'s>,
}

impl<'s> Section<'s> {
    /// Opens a table; fails at the first key that is none of `keys`.
    pub fn open(
        path: String,
        (table, overrides): (Table, OfSection),
        keys: &Keys<'_>,
        surroundings: &'s Surroundings<'s>,
    ) -> Result<Self, Problem> {
        keys.check_table(&path, &table)?;
        keys.check_overrides(&path, &overrides)?;
        Ok(Self { path, table, overrides, surroundings })
    }

    /// The whole path of a key of this table.
    pub fn key(&self, key: &str) -> Key {
        Key::of_file(format!("{}.{key}", self.path))
    }

    /// Where a key is given, in whatever way; `None`: nowhere.
    pub fn place(&self, key: &str) -> Option<Key> {
        let overridden = self.overrides.iter().find(|(written, _)| written.split("__").next() == Some(key));
        match overridden {
            Some((written, given)) => Some(named(&self.path, written, given)),
            None => self.table.contains_key(key).then(|| self.key(key)),
        }
    }

    /// Takes what is given for a key.
    pub fn take(&mut self, key: &str) -> Option<Given> {
        let of_file = self.table.remove(key).map(Given::File);
        self.overrides.remove(key).map(Given::Environment).or(of_file)
    }

    /// A value that may be left out; `read` makes nothing of what does not fit, and `write` then says what
    /// would.
    pub fn optional<T>(
        &mut self,
        key: &str,
        write: &str,
        read: impl FnOnce(&Given) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(given) = self.take(key) else { return Ok(None) };
        let wrong = || Problem::Wrong {
            key: Key { variable: given.variable(), ..self.key(key) },
            write: write.to_owned(),
        };
        read(&given).ok_or_else(wrong).map(Some)
    }

    /// What to say when a key that must be given is not.
    pub fn missing(&self, key: &str, write: &str) -> Problem {
        Problem::Missing { key: self.key(key), write: write.to_owned() }
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, key: &str, default: bool) -> Result<bool, Problem> {
        Ok(self.optional(key, "true or false", Given::boolean)?.unwrap_or(default))
    }

    /// A whole number between two others, both included.
    pub fn number<N: TryFrom<u64>>(
        &mut self,
        key: &str,
        range: (u64, u64),
        default: N,
    ) -> Result<N, Problem> {
        let (least, greatest) = range;
        let write = format!("a whole number from {least} to {greatest}");
        let read = |given: &Given| {
            given.integer().filter(|number| (least..=greatest).contains(number))?.try_into().ok()
        };
        Ok(self.optional(key, &write, read)?.unwrap_or(default))
    }

    /// A span of time longer than nothing.
    pub fn duration(&mut self, key: &str, default: Duration) -> Result<Duration, Problem> {
        let read = |given: &Given| duration::parse(given.text()?);
        Ok(self.optional(key, duration::EXAMPLE, read)?.unwrap_or(default))
    }

    /// A text that is not empty.
    pub fn words(&mut self, key: &str) -> Result<Option<String>, Problem> {
        let read = |given: &Given| given.text().filter(|text| !text.trim().is_empty()).map(str::to_owned);
        self.optional(key, "a text in quotes that is not empty", read)
    }

    /// The start of an address on the web.
    pub fn url(&mut self, key: &str) -> Result<Option<Url>, Problem> {
        self.optional(key, URL, |given| web_address(given.text()?))
    }

    /// A secret, given in any of its ways.
    pub fn secret(&mut self, key: &str, fits: &secret::Fits) -> Result<Option<SecretString>, Problem> {
        let way = |way: &str| format!("{key}__{way}");
        let (variable, file) = (self.overrides.remove(&way("env")), self.overrides.remove(&way("file")));
        let place = Key { variable: None, ..self.key(key) };
        secret::read(place, self.take(key), (variable, file), fits, self.surroundings)
    }
}

/// What to write for an address on the web.
pub(super) const URL: &str = "an address such as \"https://vending.example.com\", with http or https, without user, query and fragment";

/// An address that vendors, keys or callers can be under. One with a user part is refused: it would be a
/// secret in a place that is logged.
fn web_address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    (plain && web && url.query().is_none()).then_some(url)
}
