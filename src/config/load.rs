//! From a file and the environment to a [`Config`], the whole of it or the first thing wrong with it.

use std::{collections::BTreeMap, path::Path};

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::{
    Config, Error, Files, Folder, accounts, auth, cache, documents, environment,
    error::{Key, Problem},
    fingerprint::{Fingerprint, Remembering},
    fleet, limits,
    overrides::Overrides,
    section::{Keys, Section, Surroundings, shown},
    server, store, telemetry,
};

const SECTIONS: [&str; 9] =
    ["server", "auth", "store", "cache", "fleet", "limits", "documents", "telemetry", "accounts"];

impl Config {
    /// Reads the file at `path`, under this process's environment. Paths in it start at its folder.
    pub fn load(path: &Path) -> Result<Self, Error> {
        Self::load_with_fingerprint(path).0
    }

    /// Likewise; and tells what it was read from, also where it is wrong.
    pub fn load_with_fingerprint(path: &Path) -> (Result<Self, Error>, Fingerprint) {
        let files = Remembering::new(Folder::of(path));
        let read = || {
            let name = path.file_name().map_or(path, Path::new);
            let text = files.read(name).map_err(Problem::Unreadable)?;
            Self::parse(&text, environment::all()?, &files)
        };
        let read = read().map_err(|error: Error| error.in_file(path));
        (read, files.fingerprint())
    }

    /// Reads a configuration that is no file, under the same overrides; paths start at the current folder.
    pub fn of_text(text: &str) -> Result<Self, Error> {
        Self::parse(text, environment::all()?, &Folder::of(Path::new("")))
    }

    /// Reads a configuration from its text, the variables that are set, and the files that it may name.
    pub fn parse(
        text: &str,
        environment: impl IntoIterator<Item = (String, String)>,
        files: &dyn Files,
    ) -> Result<Self, Error> {
        let environment: BTreeMap<String, String> = environment.into_iter().collect();
        let surroundings = Surroundings { environment: &environment, files };
        let mut table = table(text)?;
        if let Some(stray) = table.keys().find(|key| !SECTIONS.contains(&key.as_str())) {
            return Err(Problem::unknown(Key::of_file(shown(stray)), stray, &SECTIONS).into());
        }
        let mut overrides = Overrides::pick(&environment);
        overrides.deny_others(&SECTIONS)?;
        let (accounts, of_accounts) = (table.remove("accounts"), overrides.take("accounts"));
        let mut open = |name: &str, keys: &Keys<'_>| {
            let table = match table.remove(name) {
                None => Table::new(),
                Some(Value::Table(table)) => table,
                Some(_) => {
                    let write = format!("a section [{name}] with its keys below it");
                    return Err(Problem::Wrong { key: Key::of_file(name), write });
                }
            };
            Section::open(name.to_owned(), (table, overrides.take(name)), keys, &surroundings)
        };
        // All are opened before any is read: a misspelt key is better told than what is missing for it.
        let mut server = open("server", &server::KEYS)?;
        let mut auth = open("auth", &auth::KEYS)?;
        let mut store = open("store", &store::KEYS)?;
        let mut cache = open("cache", &cache::KEYS)?;
        let mut fleet = open("fleet", &fleet::KEYS)?;
        let mut limits = open("limits", &limits::KEYS)?;
        let mut documents = open("documents", &documents::KEYS)?;
        let mut telemetry = open("telemetry", &telemetry::KEYS)?;
        Ok(Self {
            accounts: accounts::read(accounts, of_accounts, &surroundings)?,
            server: server::Server::read(&mut server)?,
            auth: auth::Auth::read(&mut auth)?,
            store: store::Store::read(&mut store)?,
            cache: cache::Cache::read(&mut cache)?,
            fleet: fleet::Fleet::read(&mut fleet)?,
            limits: limits::Limits::read(&mut limits)?,
            documents: documents::Documents::read(&mut documents)?,
            telemetry: telemetry::Telemetry::read(&mut telemetry)?,
        })
    }
}

/// Reads a file of its own shape, such as the sandbox's options.
pub fn read_toml<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let read = || {
        let text = super::files::read_bounded(path, super::files::LONGEST).map_err(Problem::Unreadable)?;
        let table = Value::Table(table(&text)?);
        serde_path_to_error::deserialize(table).map_err(|error| Problem::Shape {
            key: Key::of_file(error.path().to_string()),
            reason: error.inner().message().replace('\n', " "),
        })
    };
    read().map_err(|problem| Error::from(problem).in_file(path))
}

/// Reads TOML. The parser's own error shows the line, which may hold a secret; ours tells its number.
fn table(text: &str) -> Result<Table, Problem> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let start = error.span().map_or(0, |span| span.start);
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.matches('\n').count() + 1;
        // The span of this error is the key alone, never a value.
        let twice = error.span().filter(|_| error.message() == "duplicate key").and_then(|key| text.get(key));
        if let Some(key) = twice {
            return Problem::Duplicate { line, key: shown(key) };
        }
        Problem::Syntax {
            line,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            reason: error.message().replace('\n', " "),
        }
    })
}
