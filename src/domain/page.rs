//! Which part of a long history is asked for.

use jiff::Timestamp;

/// A span of time, both ends inclusive; an end left out is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Window {
    /// The first instant.
    pub from: Option<Timestamp>,
    /// The last instant.
    pub to: Option<Timestamp>,
}

impl Window {
    /// Whether an instant lies in the window; what has no time lies in open windows only.
    pub fn contains(&self, at: Option<Timestamp>) -> bool {
        at.map_or(self.from.is_none() && self.to.is_none(), |at| {
            self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at <= to)
        })
    }
}
