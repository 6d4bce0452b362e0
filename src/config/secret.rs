//! Secrets: as plain text, `{ env = "NAME" }` or `{ file = "PATH" }`.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use toml::{Table, Value};

use super::{
    error::{Key, Problem},
    overrides::Override,
    section::{Given, Surroundings, shown},
};

/// The ways to give a secret other than as text.
pub(super) const WAYS: &[&str] = &["env", "file"];

const WRITE: &str = "the secret as text in quotes, { env = \"NAME\" } or { file = \"PATH\" }";

/// What a secret must be like.
pub(super) struct Fits {
    /// What to write where it is not.
    pub write: &'static str,
    /// Whether it is.
    pub accepts: fn(&str) -> bool,
}

/// Whether two secrets of the configuration are the same, or there is none either time.
pub fn same<'s>(
    one: impl Into<Option<&'s SecretString>>,
    other: impl Into<Option<&'s SecretString>>,
) -> bool {
    let exposed = |secret: Option<&'s SecretString>| secret.map(ExposeSecret::expose_secret);
    exposed(one.into()) == exposed(other.into())
}

/// Where a secret is.
enum Way {
    Variable(String),
    File(String),
}

/// Reads a secret. `ways` are the variables that override how it is given (`…__ENV`, `…__FILE`); they stand
/// over what the file says, and a secret in a variable of its own stands over both.
pub(super) fn read(
    key: Key,
    given: Option<Given>,
    ways: (Option<Override>, Option<Override>),
    fits: &Fits,
    surroundings: &Surroundings<'_>,
) -> Result<Option<SecretString>, Problem> {
    let (key, text) = match (given, ways) {
        (Some(Given::Environment(plain)), (None, None)) => {
            (Key { variable: Some(plain.variable), ..key }, plain.value)
        }
        (Some(Given::File(_)) | None, (Some(env), None)) => {
            let key = Key { variable: Some(env.variable), ..key };
            fetch(&key, Way::Variable(env.value), surroundings).map(|text| (key, text))?
        }
        (Some(Given::File(_)) | None, (None, Some(file))) => {
            let key = Key { variable: Some(file.variable), ..key };
            fetch(&key, Way::File(file.value), surroundings).map(|text| (key, text))?
        }
        (Some(Given::File(Value::String(plain))), (None, None)) => (key, plain),
        (Some(Given::File(Value::Table(table))), (None, None)) => {
            let way = way(&key, &table)?;
            fetch(&key, way, surroundings).map(|text| (key, text))?
        }
        (None, (None, None)) => return Ok(None),
        (Some(Given::File(_)), (None, None)) => return Err(wrong(key, WRITE)),
        (Some(Given::Environment(given)), _) | (_, (Some(given), Some(_))) => {
            let key = Key { variable: Some(given.variable), ..key };
            return Err(wrong(key, "it in one variable only: the secret, its __ENV or its __FILE"));
        }
    };
    if text.trim().is_empty() {
        return Err(wrong(key, "a secret that is not empty"));
    }
    if !(fits.accepts)(&text) {
        return Err(wrong(key, fits.write));
    }
    Ok(Some(SecretString::from(text)))
}

fn wrong(key: Key, write: &str) -> Problem {
    Problem::Wrong { key, write: write.to_owned() }
}

/// Reads `{ env = … }` or `{ file = … }`.
fn way(key: &Key, table: &Table) -> Result<Way, Problem> {
    if let Some(stray) = table.keys().find(|written| !WAYS.contains(&written.as_str())) {
        let stray_key = Key::of_file(format!("{}.{}", key.path, shown(stray)));
        return Err(Problem::unknown(stray_key, stray, WAYS));
    }
    match (table.get("env"), table.get("file")) {
        (Some(Value::String(name)), None) => Ok(Way::Variable(name.clone())),
        (None, Some(Value::String(path))) => Ok(Way::File(path.clone())),
        _ => Err(wrong(key.clone(), WRITE)),
    }
}

fn fetch(key: &Key, way: Way, surroundings: &Surroundings<'_>) -> Result<String, Problem> {
    match way {
        Way::Variable(name) => surroundings
            .environment
            .get(&name)
            .cloned()
            .ok_or_else(|| Problem::NoVariable { key: key.clone(), name: shown(&name) }),
        Way::File(path) => {
            let path = Path::new(&path);
            let mut text = surroundings.files.read(path).map_err(|source| Problem::NoFile {
                key: key.clone(),
                path: surroundings.files.resolve(path),
                source,
            })?;
            // Editors and `echo` end a file with a line break that is no part of the secret.
            if text.ends_with('\n') {
                text.pop();
                if text.ends_with('\r') {
                    text.pop();
                }
            }
            Ok(text)
        }
    }
}
