//! Calls to vendors.

use std::time::Duration;

use prometheus_client::metrics::gauge::Gauge;

use super::table::TABLE;

/// How an account's breaker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The vendor is asked.
    Closed,
    /// One call at a time, to see.
    HalfOpen,
    /// It is not asked.
    Open,
}

/// What a single call may come to that somebody is to hear of (`deploy/alerts.yml`).
const WAITED_FOR: [&str; 3] = ["credentials", "overloaded", "outcome_unknown"];

/// The calls of one account. The default is measured nowhere.
#[derive(Clone, Debug, Default)]
pub struct Calls(Option<Measured>);

#[derive(Clone, Debug)]
struct Measured {
    account: Box<str>,
    operations: &'static [&'static str],
    breaker: Gauge,
}

impl Calls {
    /// Those of this account of the configuration, whose vendor has these operations. What of them is waited for begins
    /// at 0.
    pub fn of(account: &str, operations: &'static [&'static str]) -> Self {
        let breaker = TABLE.vendor_breaker.of([account]);
        for operation in operations {
            for outcome in WAITED_FOR {
                TABLE.vendor_calls.of([account, operation, outcome]);
            }
        }
        Self(Some(Measured { account: account.into(), operations, breaker }))
    }

    /// Whose they are; empty for nobody's.
    pub fn account(&self) -> &str {
        self.0.as_ref().map_or("", |measured| &measured.account)
    }

    /// A call came to that, after all its tries.
    pub fn ended(&self, operation: &str, outcome: &str, took: Duration) {
        let Some(Measured { account, operations, .. }) = &self.0 else { return };
        debug_assert!(operations.contains(&operation), "`{operation}` is not among its vendor's operations");
        TABLE.vendor_calls.of([account, operation, outcome]).inc();
        TABLE.vendor_call_duration.of([account, operation]).observe(took.as_secs_f64());
    }

    /// A call is sent again.
    pub fn retried(&self, operation: &str) {
        let Some(Measured { account, .. }) = &self.0 else { return };
        TABLE.vendor_retries.of([account, operation]).inc();
    }

    /// The breaker stands so.
    pub fn breaker(&self, phase: Phase) {
        let Some(Measured { breaker, .. }) = &self.0 else { return };
        breaker.set(match phase {
            Phase::Closed => 0,
            Phase::HalfOpen => 1,
            Phase::Open => 2,
        });
    }
}
