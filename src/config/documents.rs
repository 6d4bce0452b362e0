//! `[documents]`: which documents callers may send, and the manifest of those that are trusted.
//!
//! A manifest is what client builds write: GraphQL Code Generator's persisted documents (also Relay's), one JSON object
//! from ids to documents; or Apollo's operation manifest, a list of operations under
//! `"format": "apollo-persisted-query-manifest"`. Ids are taken as they are, whatever made them.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;
use serde_json::Value;

use super::{
    error::Problem,
    section::{Given, Keys, Section},
};

/// The greatest manifest that is read, in bytes.
const LONGEST: u64 = 16 * 1024 * 1024;

/// What Apollo's manifests call themselves.
const APOLLO: &str = "apollo-persisted-query-manifest";

/// `[documents]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Documents {
    /// Which documents are answered.
    pub mode: Mode,
    /// The trusted documents; empty where there is no manifest.
    pub trusted: Vec<TrustedDocument>,
}

/// Which documents are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Any, within the limits.
    #[default]
    Open,
    /// Those of the manifest alone, but for callers with the scope `admin`.
    Trusted,
}

/// A document of the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedDocument {
    /// What clients ask for it by, without a prefix such as `sha256:`.
    pub id: String,
    /// The name of its operation, where the manifest tells it.
    pub name: Option<String>,
    /// Its text.
    pub text: String,
}

pub(super) const KEYS: Keys<'static> = Keys { plain: &["mode", "manifest"], secret: &[] };

impl Documents {
    pub(super) fn read(section: &mut Section<'_>) -> Result<Self, Problem> {
        let mode = |given: &Given| match given.text()? {
            "open" => Some(Mode::Open),
            "trusted" => Some(Mode::Trusted),
            _ => None,
        };
        let mode = section.optional("mode", "\"open\" or \"trusted\"", mode)?.unwrap_or_default();
        let key = section.place("manifest").unwrap_or_else(|| section.key("manifest"));
        let Some(path) = section.words("manifest")? else {
            return match mode {
                Mode::Open => Ok(Self { mode, trusted: Vec::new() }),
                Mode::Trusted => {
                    Err(section.missing("manifest", "the path of the trusted documents' manifest"))
                }
            };
        };
        let problem = |reason: String| Problem::Shape { key: key.clone(), reason };
        let text = section.surroundings.files.read_up_to(Path::new(&path), LONGEST).map_err(|source| {
            problem(format!("the file {path:?} cannot be read ({source}); name a readable file"))
        })?;
        let trusted = manifest(&text).map_err(|reason| problem(format!("the file {path:?} {reason}")))?;
        Ok(Self { mode, trusted })
    }
}

/// Apollo's manifest. Other members, such as an operation's `type`, say nothing that the document does not.
#[derive(Deserialize)]
struct Apollo {
    version: u64,
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    id: String,
    #[serde(default)]
    name: Option<String>,
    body: String,
}

/// Reads a manifest of either format; the error goes on from "the file …".
fn manifest(text: &str) -> Result<Vec<TrustedDocument>, String> {
    let not_ours = "is no manifest; write GraphQL Code Generator's {\"<id>\": \"<document>\"} or Apollo's operation manifest";
    let value: Value = serde_json::from_str(text).map_err(|error| {
        format!("is not JSON (line {}, column {}); write a manifest there", error.line(), error.column())
    })?;
    let documents: Vec<TrustedDocument> = if value.get("format").and_then(Value::as_str) == Some(APOLLO) {
        let Apollo { version, operations } = serde_json::from_value(value).map_err(|_other| {
            "is no operation manifest; it has `version`, and `operations` each with `id` and `body`"
                .to_owned()
        })?;
        if version != 1 {
            return Err(format!("is an operation manifest of version {version}; give one of version 1"));
        }
        let document = |Operation { id, name, body }| TrustedDocument { id, name, text: body };
        operations.into_iter().map(document).collect()
    } else {
        let documents: BTreeMap<String, String> =
            serde_json::from_value(value).map_err(|_other| not_ours.to_owned())?;
        let document = |(id, text)| TrustedDocument { id, name: None, text };
        documents.into_iter().map(document).collect()
    };
    told_apart(documents)
}

/// Every id once, without its prefix; two documents under one id are an error.
fn told_apart(documents: Vec<TrustedDocument>) -> Result<Vec<TrustedDocument>, String> {
    let mut by_id: BTreeMap<String, TrustedDocument> = BTreeMap::new();
    for document in documents {
        let TrustedDocument { id, name, text } = document;
        let id = id.strip_prefix("sha256:").map_or(id.clone(), str::to_owned);
        let document = TrustedDocument { id, name, text };
        if document.id.is_empty() {
            return Err("has a document without an id; give each one its id".to_owned());
        }
        let before = by_id.insert(document.id.clone(), document);
        if let Some(before) = before
            && by_id.get(&before.id).is_some_and(|document| document.text != before.text)
        {
            return Err(format!("has two documents under the id {}; keep one of them", before.id));
        }
    }
    Ok(by_id.into_values().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Folder};

    fn document(id: &str, name: Option<&str>, text: &str) -> TrustedDocument {
        TrustedDocument { id: id.to_owned(), name: name.map(str::to_owned), text: text.to_owned() }
    }

    #[test]
    fn code_generators_format_is_read() {
        let read = manifest(r#"{ "b2": "query B { b }", "sha256:a1": "query A { a }" }"#);
        assert_eq!(
            read,
            Ok(vec![document("a1", None, "query A { a }"), document("b2", None, "query B { b }")])
        );
        assert_eq!(manifest("{}"), Ok(Vec::new()));
    }

    #[test]
    fn apollos_format_is_read() {
        let read = manifest(
            r#"{ "format": "apollo-persisted-query-manifest", "version": 1, "operations": [
                { "id": "a1", "name": "A", "type": "query", "body": "query A { a }", "clientName": null },
                { "id": "a1", "name": "A", "type": "query", "body": "query A { a }" } ] }"#,
        );
        assert_eq!(read, Ok(vec![document("a1", Some("A"), "query A { a }")]));
    }

    #[test]
    fn what_is_no_manifest_is_told_in_words() {
        for (text, expected) in [
            ("", "is not JSON"),
            ("{\n  \"a\": ", "is not JSON (line 2"),
            ("[]", "is no manifest"),
            ("{\"a\": 1}", "is no manifest"),
            ("{\"\": \"{ a }\"}", "without an id"),
            (r#"{"format":"apollo-persisted-query-manifest","version":2,"operations":[]}"#, "of version 2"),
            (r#"{"format":"apollo-persisted-query-manifest","version":1}"#, "`operations` each with"),
            (
                r#"{"format":"apollo-persisted-query-manifest","version":1,
                    "operations":[{"id":"a","body":"{a}"},{"id":"a","body":"{b}"}]}"#,
                "has two documents under the id a",
            ),
        ] {
            let told = manifest(text).expect_err("it is none");
            assert!(told.contains(expected), "{text}: {told}");
        }
    }

    #[test]
    fn trusted_documents_come_from_a_manifest_beside_the_configuration() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("documents.json"), r#"{"a1": "query A { accounts { name } }"}"#)
            .unwrap();
        let read = |lines: &str| {
            Config::parse(
                &format!("[auth]\nsecret = \"0123456789abcdef0123456789abcdef\"\n[documents]\n{lines}"),
                [],
                &Folder::of(&folder.path().join("x")),
            )
        };
        let config = read("manifest = \"documents.json\"\nmode = \"trusted\"\n").unwrap();
        assert_eq!(config.documents.mode, Mode::Trusted);
        assert_eq!(config.documents.trusted.len(), 1);
        assert_eq!(config.documents.trusted[0].id, "a1");
        assert_eq!(read("").unwrap().documents, Documents::default());
        for (lines, expected) in [
            ("mode = \"trusted\"\n", "documents.manifest is missing; write the path"),
            ("mode = \"closed\"\n", "documents.mode: write \"open\" or \"trusted\""),
            ("manifest = \"other.json\"\n", "documents.manifest: the file \"other.json\" cannot be read"),
            ("manifests = \"x\"\n", "documents.manifests is not a key; did you mean manifest?"),
        ] {
            let told = read(lines).unwrap_err().to_string();
            assert!(told.contains(expected) && !told.contains('\n'), "{told}");
        }
    }
}
