//! Sites, where machines stand, and lines, the rounds on which they are replenished.

use jiff::Timestamp;

use super::Text;

/// A place with machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The vendor's id of it; unique in the account.
    pub number: Text,
    /// Its name.
    pub name: Text,
    /// Where it is.
    pub address: Option<Text>,
    /// The name of its area.
    pub area_name: Option<Text>,
    /// The name of the line that serves it.
    pub line_name: Option<Text>,
}

/// A replenishment round. It has no id of its own: area and name together are unique in the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub name: Text,
    /// The name of its area.
    pub area_name: Option<Text>,
    /// What it is.
    pub description: Option<Text>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
}
