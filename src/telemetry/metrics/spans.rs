//! Spans on their way to the collector.

use super::table::TABLE;

/// So many spans were offered to the collector.
pub fn spans(number: usize, sent: bool) {
    let outcome = if sent { "sent" } else { "lost" };
    TABLE.spans.of([outcome]).inc_by(u64::try_from(number).unwrap_or(u64::MAX));
}
