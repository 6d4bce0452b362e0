//! GraphQL's parameters, read from a JSON object or from a query string.
//!
//! A request that names its document instead of sending it does so by `extensions.persistedQuery` (Apollo's clients,
//! urql's exchange, graphql-codegen's users), `documentId` (GraphQL over HTTP's appendix, urql, Hive), `id` (Strawberry
//! Shake) or `doc_id` (Relay).

use async_graphql::Variables;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::answer::Fault;
use crate::graphql::document::{Name, Reference};

/// The only version of Apollo's protocol.
const VERSION: u64 = 1;

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parameters {
    /// Which document.
    pub document: Reference,
    /// Which of its operations.
    pub operation_name: Option<String>,
    /// With which values.
    pub variables: Variables,
}

/// The parameters as they arrive: of any shape. Other members are passed over.
#[derive(Default, Deserialize)]
struct Members {
    #[serde(default)]
    query: Value,
    #[serde(default, rename = "documentId")]
    document_id: Value,
    #[serde(default)]
    id: Value,
    #[serde(default)]
    doc_id: Value,
    #[serde(default)]
    variables: Value,
    #[serde(default, rename = "operationName")]
    operation_name: Value,
    #[serde(default)]
    extensions: Value,
}

/// Reads a POST's body, or the payload of a message.
pub(super) fn from_body(body: &[u8]) -> Result<Parameters, Fault> {
    // RFC 8259 §8.1 lets a reader pass over a byte order mark.
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    match first {
        None => return Err(Fault::Parameters("the request has no body".to_owned())),
        Some(b'[') => {
            return Err(Fault::Parameters(
                "batches are not supported: send one operation per request".to_owned(),
            ));
        }
        Some(b'{') => {}
        Some(_) => return Err(Fault::Parameters("the body is not a JSON object".to_owned())),
    }
    let members: Members = serde_json::from_slice(body)
        .map_err(|error| Fault::Parameters(format!("the body is not good JSON: {error}")))?;
    members.read()
}

/// Reads a GET's query string.
pub(super) fn from_query(query: &[u8]) -> Result<Parameters, Fault> {
    let mut members = Members::default();
    for (name, value) in url::form_urlencoded::parse(query) {
        let (slot, is_json) = match name.as_ref() {
            "query" => (&mut members.query, false),
            "documentId" => (&mut members.document_id, false),
            "id" => (&mut members.id, false),
            "doc_id" => (&mut members.doc_id, false),
            "operationName" => (&mut members.operation_name, false),
            "variables" => (&mut members.variables, true),
            "extensions" => (&mut members.extensions, true),
            _ => continue,
        };
        if !slot.is_null() {
            return Err(Fault::Parameters(format!("`{name}` is given twice")));
        }
        *slot = if is_json {
            serde_json::from_str(&value)
                .map_err(|error| Fault::Parameters(format!("`{name}` is not good JSON: {error}")))?
        } else {
            Value::String(value.into_owned())
        };
    }
    members.read()
}

impl Members {
    fn read(self) -> Result<Parameters, Fault> {
        let query = text(self.query, "query")?;
        // Other extensions are passed over: none is known here.
        let hash = hash(object(self.extensions, "extensions")?)?;
        let ids = [(self.document_id, "documentId"), (self.id, "id"), (self.doc_id, "doc_id")];
        let id = ids.into_iter().find(|(id, _)| !id.is_null());
        // graphql-ws sends a text always: an empty one where the document is named.
        let named = hash.is_some() || id.is_some();
        let document = match (query.filter(|query| !named || !query.is_empty()), hash) {
            // Beside a document the ids may be anything of the client's own.
            (Some(text), None) => Reference::Text(text),
            (Some(text), Some(hash)) => Reference::Registering { text, hash },
            (None, Some(hash)) => Reference::Named(Name::Hash(hash)),
            (None, None) => {
                let id = id.and_then(|(id, name)| text(id, name).transpose()).transpose()?;
                let id = id.ok_or_else(|| Fault::Parameters("`query` is missing".to_owned()))?;
                Reference::Named(Name::Id(id))
            }
        };
        let variables = object(self.variables, "variables")?;
        Ok(Parameters {
            document,
            operation_name: text(self.operation_name, "operationName")?,
            variables: variables
                .map(|variables| Variables::from_json(Value::Object(variables)))
                .unwrap_or_default(),
        })
    }
}

/// The hash of Apollo's protocol, where the extensions have one.
fn hash(extensions: Option<Map<String, Value>>) -> Result<Option<String>, Fault> {
    let persisted = extensions.and_then(|mut extensions| extensions.remove("persistedQuery"));
    let Some(mut persisted) = object(persisted.unwrap_or_default(), "extensions.persistedQuery")? else {
        return Ok(None);
    };
    if persisted.get("version").and_then(Value::as_u64) != Some(VERSION) {
        let reason = format!("`extensions.persistedQuery.version` must be {VERSION}");
        return Err(Fault::Parameters(reason));
    }
    let name = "extensions.persistedQuery.sha256Hash";
    let hash = text(persisted.remove("sha256Hash").unwrap_or_default(), name)?;
    hash.map(Some).ok_or_else(|| Fault::Parameters(format!("`{name}` is missing")))
}

/// A string; `null` is as good as nothing.
fn text(value: Value, name: &str) -> Result<Option<String>, Fault> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Err(Fault::Parameters(format!("`{name}` must be a string")))
        }
    }
}

/// An object; `null` is as good as nothing.
fn object(value: Value, name: &str) -> Result<Option<Map<String, Value>>, Fault> {
    match value {
        Value::Null => Ok(None),
        Value::Object(members) => Ok(Some(members)),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::String(_) => {
            Err(Fault::Parameters(format!("`{name}` must be an object")))
        }
    }
}
