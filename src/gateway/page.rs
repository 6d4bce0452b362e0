//! Paging through sorted lists. A cursor is the global id of the row it stands at: it stays good when rows come
//! and go, whichever gateway made it.

use super::{Input, Result};
use crate::domain::Id;

/// How many rows an asker gets who does not say.
const DEFAULT: usize = 50;
/// How many rows an asker gets at the most.
const GREATEST: usize = 500;

/// Which page is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// How many rows, 1 to 500.
    pub first: usize,
    /// The row to go on from.
    pub after: Option<Id>,
}

impl PageRequest {
    /// Checks what a client asks for.
    pub fn new(first: Option<i32>, after: Option<&str>) -> Result<Self> {
        let first = match first {
            None => DEFAULT,
            Some(first) => usize::try_from(first)
                .ok()
                .filter(|first| (1..=GREATEST).contains(first))
                .ok_or(Input::First(first.into()))?,
        };
        let after = after.map(|cursor| Id::decode(cursor).map_err(|_| Input::Cursor)).transpose()?;
        Ok(Self { first, after })
    }
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether there are more after them.
    pub has_next: bool,
    /// Whether the page was asked for with a cursor, and so stands after others.
    pub has_previous: bool,
}

impl<T> Page<T> {
    /// A page without rows.
    pub const fn empty() -> Self {
        Self { rows: Vec::new(), has_next: false, has_previous: false }
    }

    /// The page of rows that come in order and after the cursor; asks for no more rows than it needs.
    pub fn take(rows: impl Iterator<Item = T>, request: &PageRequest) -> Self {
        let mut taken: Vec<T> = rows.take(request.first.saturating_add(1)).collect();
        let has_next = taken.len() > request.first;
        taken.truncate(request.first);
        Self { rows: taken, has_next, has_previous: request.after.is_some() }
    }
}
