//! How fresh the view of the fleet is.

use std::time::Duration;

use super::table::TABLE;

/// One account's machines, as the view knows them now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fleet {
    /// How many there are.
    pub machines: usize,
    /// How long ago the status was read of each of which it was, in any order.
    pub ages: Vec<Duration>,
}

/// Tells how an account's machines stand.
pub fn fleet(account: &str, seen: Fleet) {
    let Fleet { machines, mut ages } = seen;
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    TABLE.fleet_machines.of([account]).set(count(machines));
    TABLE.fleet_unread.of([account]).set(count(machines.saturating_sub(ages.len())));
    let (oldest, median) = (ages.iter().max().copied().unwrap_or_default(), median(&mut ages));
    TABLE.fleet_age.of([account, "oldest"]).set(oldest.as_secs_f64());
    TABLE.fleet_age.of([account, "median"]).set(median.as_secs_f64());
}

/// The one in the middle, the lower of two; nothing of none.
pub(super) fn median<T: Ord + Copy + Default>(all: &mut [T]) -> T {
    let middle = all.len().saturating_sub(1) / 2;
    if all.is_empty() { T::default() } else { *all.select_nth_unstable(middle).1 }
}
