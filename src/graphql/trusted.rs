//! The operator's trusted documents, checked before any of them is answered: each within the bounds, and valid.

use std::sync::Arc;

use async_graphql::{
    Request, Response, ServerError,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute},
};
use async_trait::async_trait;

use super::{
    Schema,
    document::{Documents, Policy, Refusal},
};
use crate::config::{self, TrustedDocument, documents::Mode};

/// A trusted document is not good.
#[derive(Debug, thiserror::Error)]
#[error("{document}: {reason}")]
pub struct Untrusted {
    /// Which: its operation's name, and its id.
    pub document: String,
    /// What is wrong with it.
    pub reason: String,
}

/// What the configuration says of documents, once every one of them is known to be good.
///
/// # Errors
/// Names the first document that is not.
pub async fn policy(
    documents: &Documents,
    config: &config::Documents,
    federation: bool,
) -> Result<Policy, Untrusted> {
    let schema = Schema::without_gateway(federation, Still);
    for document in &config.trusted {
        if let Err(reason) = check(documents, &schema, &document.text).await {
            return Err(Untrusted { document: named(document), reason });
        }
    }
    let trusted = config.trusted.iter().map(|document| (document.id.clone(), document.text.clone()));
    Ok(Policy::new(trusted, config.mode == Mode::Trusted))
}

async fn check(documents: &Documents, schema: &Schema, text: &str) -> Result<(), String> {
    let operations: Vec<Request> = documents.inspect(text).map_err(|refusal| told(&refusal))?;
    for operation in operations {
        if let Some(error) = schema.execute(operation).await.errors.first() {
            return Err(error.message.clone());
        }
    }
    Ok(())
}

fn told(refusal: &Refusal) -> String {
    ServerError::from(refusal.clone()).message
}

/// The longest piece of a manifest that an error shows, in characters.
const SHOWN: usize = 80;

fn named(document: &TrustedDocument) -> String {
    let shown = |text: &str| text.chars().take(SHOWN).flat_map(char::escape_debug).collect::<String>();
    let name = document.name.as_deref().or_else(|| operation_name(&document.text));
    match name {
        Some(name) => format!("the operation `{}` (id {})", shown(name), shown(&document.id)),
        None => format!("the document with the id {}", shown(&document.id)),
    }
}

/// The name of a document's first operation, as far as its text tells without being parsed: the document may be one that
/// cannot be.
fn operation_name(text: &str) -> Option<&str> {
    let mut words =
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    words.find(|word| matches!(*word, "query" | "mutation" | "subscription"))?;
    words.next()
}

/// Lets a document be validated, and nothing of it run.
struct Still;

impl ExtensionFactory for Still {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Still {
    async fn execute(
        &self,
        _context: &ExtensionContext<'_>,
        _operation_name: Option<&str>,
        _next: NextExecute<'_>,
    ) -> Response {
        Response::default()
    }
}
