//! Spans on their way to the collector.

use super::table::TABLE;

/// The collector took them.
pub(super) const SENT: &str = "sent";
/// It did not.
pub(super) const LOST: &str = "lost";

/// So many spans were offered to the collector.
pub fn spans(number: usize, sent: bool) {
    let outcome = if sent { SENT } else { LOST };
    TABLE.spans.of([outcome]).inc_by(u64::try_from(number).unwrap_or(u64::MAX));
}
