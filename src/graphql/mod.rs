//! The public language: the schema, and what stands between its fields and the use cases. No logic of vending.

mod direct;
pub mod document;
mod error;
pub mod federation;
mod field;
mod heard;
mod input;
pub mod json;
pub mod live;
mod mutation;
mod query;
mod schema;
mod subscription;
pub mod trusted;
pub mod types;

pub use live::Live;
pub use mutation::Mutation;
pub use query::Query;
pub use schema::{Schema, sdl, whole_sdl};
pub use subscription::Subscription;
