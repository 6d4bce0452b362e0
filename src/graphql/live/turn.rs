//! What a subscription's field is asked for in one execution.

use std::sync::{Arc, OnceLock};

use crate::{domain::Place, events::Wanted, gateway::Followed};

/// What a subscription's field is asked for; it is in the request's data.
#[derive(Clone, Debug)]
pub enum Turn {
    /// What it wants.
    Plan(Arc<OnceLock<Plan>>),
    /// How things are now; and which version of its order it told, if it is about one.
    Now(Arc<OnceLock<u32>>),
    /// Its part of what happened.
    News(Followed),
}

/// What a subscription wants.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which events.
    pub wanted: Wanted,
    /// From after which place on; `None`: from now on.
    pub after: Option<Place>,
    /// Whether it begins with how things are now, and tells changes alone.
    pub is_state: bool,
}
