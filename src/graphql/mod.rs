//! The public language: the schema, and what stands between its fields and the use cases. No logic of vending.

pub mod document;
mod error;
mod field;
mod heard;
mod input;
pub mod live;
mod mutation;
mod query;
mod subscription;
pub mod types;

use std::sync::Arc;

use async_graphql::SDLExportOptions;

use crate::gateway::Gateway;

pub use live::Live;
pub use mutation::Mutation;
pub use query::Query;
pub use subscription::Subscription;

/// The executable schema.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// The schema over these use cases. Bounds on documents are set where documents are read (`document`), and no
/// extension is used: each would be run for every field. Its errors suggest names; from whom these are to be hidden, the
/// door knows.
pub fn schema(gateway: Arc<Gateway>) -> Schema {
    builder().data(gateway).finish()
}

/// The schema's text, which `schema.graphql` keeps.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items();
    builder().finish().sdl_with_options(options)
}

fn builder() -> async_graphql::SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription)
}
