//! What was asked of a vendor: enough for a test to prove "one upstream call" or "nothing unsigned".

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

/// How many recent calls are remembered.
pub const RECENT: usize = 1024;

/// How many machines of one call are remembered.
const MACHINES: usize = 8;

/// One call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// The HTTP method.
    pub method: String,
    /// The whole path.
    pub path: String,
    /// The machines it was about, the first few of them.
    pub machines: Vec<String>,
}

/// What happened so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Calls by path as the document writes it, with `{…}` for what varies.
    pub paths: BTreeMap<&'static str, u64>,
    /// The same by method and path: `PUT /orders/{order_id}`.
    pub calls: BTreeMap<String, u64>,
    /// All calls.
    pub total: u64,
    /// Calls refused because the signature was missing or wrong.
    pub unsigned: u64,
    /// Calls refused for any other fault of the caller: credentials, parameters, method, a nonce seen before.
    pub refused: u64,
    /// The latest calls, oldest first.
    pub recent: VecDeque<Call>,
}

/// The record of one vendor.
#[derive(Debug, Default)]
pub struct Calls(Mutex<Record>);

impl Calls {
    /// A copy of the whole record.
    pub fn record(&self) -> Record {
        self.with(|record| record.clone())
    }

    /// How many calls of a path, written as the document does: `/products`, `/rent/machines/{machine_no}`,
    /// `/osapi/trade/list`; with a method before it, only those: `PUT /orders/{order_id}`.
    pub fn count(&self, path: &str) -> u64 {
        self.with(|record| record.paths.get(path).or_else(|| record.calls.get(path)).copied().unwrap_or(0))
    }

    /// All calls.
    pub fn total(&self) -> u64 {
        self.with(|record| record.total)
    }

    /// Calls refused because the signature was missing or wrong.
    pub fn unsigned(&self) -> u64 {
        self.with(|record| record.unsigned)
    }

    /// Calls refused for any other fault of the caller.
    pub fn refused(&self) -> u64 {
        self.with(|record| record.refused)
    }

    /// Forgets everything.
    pub fn reset(&self) {
        self.with(|record| *record = Record::default());
    }

    pub(crate) fn arrived(&self, template: &'static str, mut call: Call) {
        call.machines.truncate(MACHINES);
        self.with(|record| {
            *record.paths.entry(template).or_insert(0) += 1;
            *record.calls.entry(format!("{} {template}", call.method)).or_insert(0) += 1;
            record.total += 1;
            if record.recent.len() >= RECENT {
                record.recent.pop_front();
            }
            record.recent.push_back(call);
        });
    }

    pub(crate) fn judged(&self, verdict: Verdict) {
        self.with(|record| match verdict {
            Verdict::Served => {}
            Verdict::Unsigned => record.unsigned += 1,
            Verdict::Refused => record.refused += 1,
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut Record) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether the caller did as the document says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It did, whatever the answer was ("no such machine" is an answer).
    Served,
    /// The signature was missing or wrong.
    Unsigned,
    /// Something else of it was wrong.
    Refused,
}

#[cfg(test)]
mod tests {
    use super::{Call, Calls, RECENT};

    #[test]
    fn the_recent_calls_are_bounded_and_the_count_is_not() {
        let calls = Calls::default();
        for number in 0..=RECENT {
            calls.arrived(
                "/ping",
                Call {
                    method: "POST".to_owned(),
                    path: format!("/{number}"),
                    machines: vec![String::new(); 20],
                },
            );
        }
        let record = calls.record();
        assert_eq!(record.recent.len(), RECENT);
        assert_eq!(record.recent[0].path, "/1");
        assert_eq!(record.recent[0].machines.len(), 8);
        assert_eq!(calls.count("/ping"), RECENT as u64 + 1);
        assert_eq!(calls.count("POST /ping"), RECENT as u64 + 1);
        assert_eq!(calls.count("PUT /ping"), 0);
        calls.reset();
        assert_eq!(calls.total(), 0);
    }
}
