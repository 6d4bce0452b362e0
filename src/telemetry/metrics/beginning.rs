//! What is there from the start on, at 0: a counter that appears with its first count has no increase then, and whoever
//! waits for one is not woken.

use super::{
    requests::UNKNOWN,
    spans::{LOST, SENT},
    streams::{Reason, Transport},
    table::TABLE,
};

/// Begins every counter of the process whose labels are a closed list; `codes` are the API's error codes. What counts for an
/// account begins with the account.
pub fn begin(codes: impl IntoIterator<Item = &'static str>) {
    for code in codes {
        TABLE.requests.of([UNKNOWN, UNKNOWN, code]);
        TABLE.resolver_errors.of([code]);
        TABLE.user_errors.of([code]);
    }
    for reason in Reason::ALL {
        TABLE.dropped_connections.of([reason.word()]);
    }
    for transport in Transport::ALL {
        TABLE.connections.of([transport.word()]);
        TABLE.subscriptions.of([transport.word()]);
    }
    for outcome in [SENT, LOST] {
        TABLE.spans.of([outcome]);
    }
}
