//! What is wrong with a configuration: which key, and what to write instead. Never the value itself.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

/// A configuration that cannot be used. Its text is one line and holds no value from the file or the
/// environment, since any of them may be a secret in the wrong place.
#[derive(Debug, thiserror::Error)]
#[error("{}{problem}", file.as_deref().map(|file| format!("{}: ", file.display())).unwrap_or_default())]
pub struct Error {
    /// The file, where there is one.
    pub file: Option<PathBuf>,
    /// What is wrong.
    #[source]
    pub problem: Problem,
}

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The file cannot be read.
    #[error("cannot be read ({0}); name a readable file with --config")]
    Unreadable(#[source] io::Error),
    /// The file is no TOML.
    #[error("line {line}, column {column} is not TOML: {reason}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// In characters, counted from 1.
        column: usize,
        /// The parser's words, without the line itself.
        reason: String,
    },
    /// A key or a section is given twice.
    #[error("line {line}: {key} is given a second time; keep one of them")]
    Duplicate {
        /// Counted from 1.
        line: usize,
        /// As written, without what it lies in.
        key: String,
    },
    /// The key is none of ours.
    #[error("{key} is not a key; {remedy}")]
    UnknownKey {
        /// The whole path.
        key: Key,
        /// The nearest key that is ours, or all of them.
        remedy: String,
    },
    /// The key must be given.
    #[error("{key} is missing; write {write}")]
    Missing {
        /// The whole path.
        key: Key,
        /// What to write.
        write: String,
    },
    /// The value is of the wrong type or outside what is allowed.
    #[error("{key}: write {write}")]
    Wrong {
        /// The whole path.
        key: Key,
        /// What to write instead.
        write: String,
    },
    /// A secret's variable is not set.
    #[error("{key}: the environment variable {name} is not set; set it, or give the secret another way")]
    NoVariable {
        /// The whole path.
        key: Key,
        /// The variable.
        name: String,
    },
    /// A secret's file cannot be read.
    #[error("{key}: the file {} cannot be read ({source}); put the secret there, or name another file", path.display())]
    NoFile {
        /// The whole path.
        key: Key,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// An override for an account that the file does not have.
    #[error("{key}: there is no account of that name; {remedy}")]
    UnknownAccount {
        /// The whole path.
        key: Key,
        /// The accounts that there are.
        remedy: String,
    },
    /// An override that fits two accounts alike.
    #[error("{key} fits both accounts {first} and {second}; rename one of them")]
    AmbiguousAccount {
        /// The whole path.
        key: Key,
        /// One of them.
        first: String,
        /// The other.
        second: String,
    },
    /// A file for a purpose of its own does not have the shape that it needs.
    #[error("{key}: {reason}")]
    Shape {
        /// The whole path.
        key: Key,
        /// What was expected.
        reason: String,
    },
}

/// A key by its whole path, and the variable that set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// `accounts.north.app_id`.
    pub path: String,
    /// The environment variable that the value came from; `None`: the file.
    pub variable: Option<String>,
}

impl Key {
    /// A key of the file.
    pub fn of_file(path: impl Into<String>) -> Self {
        Self { path: path.into(), variable: None }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        self.variable.as_ref().map_or(Ok(()), |variable| write!(f, " (set by {variable})"))
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self { file: None, problem }
    }
}

impl Error {
    /// Says which file it is about.
    #[must_use]
    pub fn in_file(mut self, file: &Path) -> Self {
        self.file = Some(file.to_owned());
        self
    }
}

impl Problem {
    /// An unknown key, with the nearest of those that are known.
    pub(super) fn unknown(key: Key, written: &str, known: &[&str]) -> Self {
        let remedy = nearest(written, known).map_or_else(
            || format!("known here: {}", known.join(", ")),
            |nearest| format!("did you mean {nearest}?"),
        );
        Self::UnknownKey { key, remedy }
    }
}

/// The known word that `written` was most likely meant to be.
fn nearest<'k>(written: &str, known: &[&'k str]) -> Option<&'k str> {
    let close = |word: &str| {
        let distance = strsim::damerau_levenshtein(written, word);
        let contained = written.len() > 2 && (word.contains(written) || written.contains(word));
        (contained || distance * 3 <= word.len().max(written.len())).then_some(distance)
    };
    known
        .iter()
        .filter_map(|word| close(word).map(|distance| (distance, *word)))
        .min_by_key(|near| near.0)
        .map(|near| near.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_answered_with_the_nearest_one() {
        assert_eq!(nearest("app_idd", &["app_id", "app_secret"]), Some("app_id"));
        assert_eq!(nearest("url", &["base_url", "key"]), Some("base_url"));
        assert_eq!(nearest("zzz", &["listen", "public_url"]), None);
    }
}
