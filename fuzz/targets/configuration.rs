//! Configurations: what is wrong is told in one line, which shows no secret, and neither does what is right.
//!
//! Before a NUL stands the file, after it the variables, one a line.
#![no_main]

use std::{
    io,
    path::{Path, PathBuf},
};

use libfuzzer_sys::fuzz_target;
use toml::{Table, Value};
use vendgraph::config::{Config, Files};

/// Stands in the environment as the secret of tokens.
const PLANTED: &str = "planted-0123456789-planted-0123456789";

/// What must not be shown, by the names of its keys.
const SECRETS: [&str; 7] = ["secret", "app_id", "app_secret", "merchant_id", "client_id", "key", "url"];

/// Every file holds the same.
#[derive(Debug)]
struct OneFile;

impl Files for OneFile {
    fn read_up_to(&self, path: &Path, _longest: u64) -> io::Result<String> {
        if path.as_os_str().len() % 2 == 0 { Ok(format!("{PLANTED}\n")) } else { Err(io::Error::other("no")) }
    }

    fn resolve(&self, path: &Path) -> PathBuf {
        path.to_owned()
    }
}

fuzz_target!(|text: &str| {
    let (file, variables) = text.split_once('\0').unwrap_or((text, ""));
    let mut environment: Vec<(String, String)> = variables
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    if variables.is_empty() {
        environment.push(("VENDGRAPH__AUTH__SECRET".to_owned(), PLANTED.to_owned()));
    }
    let shown = match Config::parse(file, environment, &OneFile) {
        Ok(config) => format!("{config:?}"),
        Err(error) => {
            let told = error.to_string();
            assert!(!told.contains('\n') && told.chars().count() < 2000, "{told:?}");
            format!("{told} {error:?}")
        }
    };
    assert!(!shown.contains(PLANTED), "{shown}");
    let Ok(table) = file.parse::<Table>() else { return };
    let secrets = secrets(&Value::Table(table));
    // What stands elsewhere in the file too may be shown from there.
    for secret in secrets.iter().filter(|secret| secret.len() >= 12 && file.matches(*secret).count() == 1) {
        assert!(!shown.contains(secret), "{secret:?} in {shown}");
    }
});

/// Every text below a key that is a secret's name.
fn secrets(value: &Value) -> Vec<String> {
    match value {
        Value::Table(table) => table
            .iter()
            .flat_map(|(name, value)| match value {
                // An account's address is no secret; the store's may hold a password.
                Value::String(text) if SECRETS.contains(&name.as_str()) && !text.starts_with("http") => {
                    vec![text.clone()]
                }
                other => secrets(other),
            })
            .collect(),
        Value::Array(list) => list.iter().flat_map(secrets).collect(),
        _ => Vec::new(),
    }
}
