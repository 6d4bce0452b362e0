//! The executable schema: plain, or one that a supergraph's gateway can use.

use std::{any::TypeId, sync::Arc};

use async_graphql::{
    ObjectType, Request, Response, SDLExportOptions, SchemaBuilder, ValidationMode,
    extensions::ExtensionFactory,
};
use futures_util::stream::BoxStream;

use super::{Mutation, Query, Subscription, federation::FederatedQuery};
use crate::gateway::Gateway;

/// Stands among a request's data where its document was found to be valid before.
#[derive(Clone, Copy, Debug)]
pub struct Validated;

/// The executable schema.
#[derive(Clone)]
pub enum Schema {
    /// The public language.
    Plain(Twice<Query>),
    /// The same, as a subgraph.
    Federated(Twice<FederatedQuery>),
}

/// A schema that validates what it executes, and the same for what is known to be valid: validation is a fifth of what a short
/// answer costs.
pub struct Twice<Q> {
    validating: async_graphql::Schema<Q, Mutation, Subscription>,
    trusting: async_graphql::Schema<Q, Mutation, Subscription>,
}

impl<Q> Clone for Twice<Q> {
    fn clone(&self) -> Self {
        Self { validating: self.validating.clone(), trusting: self.trusting.clone() }
    }
}

impl<Q: ObjectType + 'static> Twice<Q> {
    fn of(build: impl Fn() -> SchemaBuilder<Q, Mutation, Subscription>) -> Self {
        let trusting = build().validation_mode(ValidationMode::Fast).finish();
        Self { validating: build().finish(), trusting }
    }

    /// A schema that validates in any case.
    fn validating(schema: async_graphql::Schema<Q, Mutation, Subscription>) -> Self {
        Self { trusting: schema.clone(), validating: schema }
    }

    async fn execute(&self, request: Request) -> Response {
        let is_valid = request.data.contains_key(&TypeId::of::<Validated>());
        let schema = if is_valid { &self.trusting } else { &self.validating };
        schema.execute(request).await
    }
}

impl Schema {
    /// The schema over these use cases; for `federation`, with what a supergraph's gateway asks for. Bounds on documents are
    /// set where documents are read (`document`), and no extension is used: each would be run for every field. Its errors
    /// suggest names; from whom these are to be hidden, the door knows.
    pub fn new(gateway: &Arc<Gateway>, federation: bool) -> Self {
        if federation {
            Self::Federated(Twice::of(|| federated().data(Arc::clone(gateway))))
        } else {
            Self::Plain(Twice::of(|| plain().data(Arc::clone(gateway))))
        }
    }

    /// A schema that has no use cases, with an extension in which they would be missed.
    pub fn without_gateway(federation: bool, extension: impl ExtensionFactory) -> Self {
        if federation {
            Self::Federated(Twice::validating(federated().extension(extension).finish()))
        } else {
            Self::Plain(Twice::validating(plain().extension(extension).finish()))
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
            Self::Plain(schema) => schema.validating.execute_stream(request),
            Self::Federated(schema) => schema.validating.execute_stream(request),
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
