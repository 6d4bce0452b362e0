//! GraphQL's four parameters, read from a JSON object or from a query string.

use async_graphql::{Request, Variables};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::answer::Fault;

/// The parameters as they arrive: of any shape. Other members are passed over.
#[derive(Default, Deserialize)]
struct Parameters {
    #[serde(default)]
    query: Value,
    #[serde(default)]
    variables: Value,
    #[serde(default, rename = "operationName")]
    operation_name: Value,
    #[serde(default)]
    extensions: Value,
}

/// Reads a POST's body, or the payload of a message.
pub(super) fn from_body(body: &[u8]) -> Result<Request, Fault> {
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
    let parameters: Parameters = serde_json::from_slice(body)
        .map_err(|error| Fault::Parameters(format!("the body is not good JSON: {error}")))?;
    parameters.into_request()
}

/// Reads a GET's query string.
pub(super) fn from_query(query: &[u8]) -> Result<Request, Fault> {
    let mut parameters = Parameters::default();
    for (name, value) in url::form_urlencoded::parse(query) {
        let (slot, is_json) = match name.as_ref() {
            "query" => (&mut parameters.query, false),
            "operationName" => (&mut parameters.operation_name, false),
            "variables" => (&mut parameters.variables, true),
            "extensions" => (&mut parameters.extensions, true),
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
    parameters.into_request()
}

impl Parameters {
    fn into_request(self) -> Result<Request, Fault> {
        let Some(query) = text(self.query, "query")? else {
            return Err(Fault::Parameters("`query` is missing".to_owned()));
        };
        let mut request = Request::new(query);
        request.operation_name = text(self.operation_name, "operationName")?;
        if let Some(variables) = object(self.variables, "variables")? {
            request.variables = Variables::from_json(Value::Object(variables));
        }
        // Checked as the specification asks, and not handed on: no extension is known here.
        object(self.extensions, "extensions")?;
        Ok(request)
    }
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
