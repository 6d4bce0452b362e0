//! How long values are kept, and what an asker gets past that time.

use std::time::Duration;

/// How long values of one sort are kept, and what happens past that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long a value is fresh.
    pub ttl: Duration,
    /// How much longer it is served when the vendor gives no answer.
    pub max_stale: Duration,
    /// What an asker gets past the time to live.
    pub when_old: WhenOld,
    /// The greatest weight of all values, in bytes; 0 keeps nothing and only shares calls.
    pub capacity: u64,
}

/// What an asker gets when the value is past its time to live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenOld {
    /// The outcome of the one refresh.
    Wait,
    /// The old value, while one refresh runs behind.
    ServeAndRefresh,
}
