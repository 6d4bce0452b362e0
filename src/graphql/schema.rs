//! The executable schema: plain, or one that a supergraph's gateway can use.

use std::sync::Arc;

use async_graphql::{Request, Response, SDLExportOptions, SchemaBuilder, extensions::ExtensionFactory};
use futures_util::stream::BoxStream;

use super::{Mutation, Query, Subscription, federation::FederatedQuery};
use crate::gateway::Gateway;

/// The executable schema.
#[derive(Clone)]
pub enum Schema {
    /// The public language.
    Plain(async_graphql::Schema<Query, Mutation, Subscription>),
    /// The same, as a subgraph.
    Federated(async_graphql::Schema<FederatedQuery, Mutation, Subscription>),
}

impl Schema {
    /// The schema over these use cases; for `federation`, with what a supergraph's gateway asks for. Bounds on documents are
    /// set where documents are read (`document`), and no extension is used: each would be run for every field. Its errors
    /// suggest names; from whom these are to be hidden, the door knows.
    pub fn new(gateway: Arc<Gateway>, federation: bool) -> Self {
        if federation {
            Self::Federated(federated().data(gateway).finish())
        } else {
            Self::Plain(plain().data(gateway).finish())
        }
    }

    /// A schema that has no use cases, with an extension in which they would be missed.
    pub fn without_gateway(federation: bool, extension: impl ExtensionFactory) -> Self {
        if federation {
            Self::Federated(federated().extension(extension).finish())
        } else {
            Self::Plain(plain().extension(extension).finish())
        }
    }

    /// Executes a query or a mutation.
    pub async fn execute(&self, request: Request) -> Response {
        match self {
            Self::Plain(schema) => schema.execute(request).await,
            Self::Federated(schema) => schema.execute(request).await,
        }
    }

    /// Executes a subscription.
    pub fn execute_stream(&self, request: Request) -> BoxStream<'static, Response> {
        match self {
            Self::Plain(schema) => schema.execute_stream(request),
            Self::Federated(schema) => schema.execute_stream(request),
        }
    }
}

/// The schema's text, which `schema.graphql` keeps.
pub fn sdl() -> String {
    whole_sdl(false)
}

/// The schema's text; for `federation`, with what a supergraph's gateway asks for.
pub fn whole_sdl(federation: bool) -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    if federation {
        federated().finish().sdl_with_options(options)
    } else {
        plain().finish().sdl_with_options(options)
    }
}

fn plain() -> SchemaBuilder<Query, Mutation, Subscription> {
    async_graphql::Schema::build(Query::default(), Mutation::default(), Subscription)
}

fn federated() -> SchemaBuilder<FederatedQuery, Mutation, Subscription> {
    async_graphql::Schema::build(FederatedQuery::default(), Mutation::default(), Subscription)
}
