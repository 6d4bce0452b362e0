//! The time of the simulated world, and how both vendors write it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

/// Where the sandbox takes the time from. Tests move a [`Manual`] one.
pub trait Clock: Send + Sync + 'static {
    /// Unix seconds.
    fn now(&self) -> i64;
}

/// The time of the machine the sandbox runs on.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Clock for System {
    fn now(&self) -> i64 {
        jiff::Timestamp::now().as_second()
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct Manual(AtomicI64);

impl Manual {
    /// A clock that shows `seconds`.
    pub fn at(seconds: i64) -> Self {
        Self(AtomicI64::new(seconds))
    }

    /// Moves the clock forward (or back) by `seconds`.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Manual {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Any clock, put forward: the world's time is moved by whoever sits at `/_sandbox/clock`.
pub(crate) struct Movable {
    base: Arc<dyn Clock>,
    ahead: AtomicI64,
}

impl Movable {
    pub(crate) fn on(base: Arc<dyn Clock>) -> Self {
        Self { base, ahead: AtomicI64::new(0) }
    }

    /// Moves it forward (or back) by `seconds`.
    pub(crate) fn advance(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Movable {
    fn now(&self) -> i64 {
        self.base.now().saturating_add(self.ahead.load(Ordering::SeqCst))
    }
}

/// `2024-04-27 14:00:08`: GMT+8 and no zone, as Dingshang writes times.
pub(crate) fn gmt8(seconds: i64) -> String {
    local(seconds).map_or_else(String::new, |time| time.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// `2024-04-27`: the day of a time in GMT+8.
pub(crate) fn gmt8_day(seconds: i64) -> String {
    local(seconds).map_or_else(String::new, |time| time.strftime("%Y-%m-%d").to_string())
}

/// The Unix seconds of `2024-04-27 14:00:08` in GMT+8; none where it is not written so.
pub(crate) fn from_gmt8(text: &str) -> Option<i64> {
    let time = DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok()?;
    let zoned = time.to_zoned(TimeZone::fixed(Offset::constant(8))).ok()?;
    Some(zoned.timestamp().as_second())
}

fn local(seconds: i64) -> Option<jiff::Zoned> {
    let timestamp = jiff::Timestamp::from_second(seconds).ok()?;
    Some(timestamp.to_zoned(TimeZone::fixed(Offset::constant(8))))
}

#[cfg(test)]
mod tests {
    use super::{from_gmt8, gmt8, gmt8_day};

    #[test]
    fn a_time_is_written_in_gmt_8_without_a_zone() {
        assert_eq!(gmt8(1_714_197_608), "2024-04-27 14:00:08");
        assert_eq!(gmt8_day(1_714_233_600), "2024-04-28");
        assert_eq!(from_gmt8("2024-04-27 14:00:08"), Some(1_714_197_608));
        assert_eq!(from_gmt8("2024-04-27T14:00:08Z"), None);
    }
}
