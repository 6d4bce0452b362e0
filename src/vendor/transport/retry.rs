//! Whether a call is tried again, after which pause, and how long a try may take. Pure: the time and the
//! randomness are arguments.

use std::time::Duration;

use http::HeaderValue;
use jiff::{Timestamp, fmt::rfc2822};
use tokio::time::Instant;

use crate::{domain::clock::elapsed, vendor::Kind};

/// The greatest first pause; each further one may be twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(50);

/// The greatest pause of our own choice.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The time that a try gets at least, where the call has that much left.
const SHORTEST_TRY: Duration = Duration::from_millis(100);

/// The tries of one call.
#[derive(Debug)]
pub(super) struct Tries {
    left: u32,
    failed: u32,
    hung: bool,
}

impl Tries {
    /// One try, and `retries` more.
    pub(super) const fn new(retries: u32) -> Self {
        Self { left: retries, failed: 0, hung: false }
    }

    /// When a try that begins now is given up. A call that may be tried again gives half of its time to the
    /// first try that hangs, and all the rest to the one after it: one lost packet or stuck process is
    /// survived, and a vendor that is merely slow still has half of the time.
    pub(super) fn until(&self, now: Instant, deadline: Instant) -> Instant {
        if self.left == 0 || self.hung {
            return deadline;
        }
        let half = deadline.saturating_duration_since(now) / 2;
        deadline.min(now + half.max(SHORTEST_TRY))
    }

    /// The pause before the next try, or `None` where there is none: the failure will not pass, the tries are
    /// used up, or the pause would outlast the call. Full jitter: anything from nothing to a bound that
    /// doubles, so that the calls of a fleet that failed together do not come back together. A vendor that
    /// says how long it wants to be left alone is left alone for as long.
    pub(super) fn pause(
        &mut self,
        kind: Kind,
        retry_after: Option<Duration>,
        remaining: Duration,
        random: f64,
    ) -> Option<Duration> {
        if !matches!(kind, Kind::Unavailable | Kind::Timeout) {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        self.hung |= kind == Kind::Timeout;
        let bound = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(self.failed)).min(LONGEST_PAUSE);
        self.failed = self.failed.saturating_add(1);
        let pause = bound.mul_f64(random.clamp(0.0, 1.0)).max(retry_after.unwrap_or_default());
        (pause < remaining).then_some(pause)
    }
}

/// What a `Retry-After` header asks for: seconds or a date (RFC 9110 §10.2.3).
pub(super) fn retry_after(header: &HeaderValue, now: Timestamp) -> Option<Duration> {
    let text = header.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = rfc2822::parse(text).ok()?;
    Some(elapsed(now, date.timestamp()))
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    const LONG: Duration = Duration::from_hours(1);

    proptest! {
        #[test]
        fn a_pause_is_bounded_and_ends_before_the_deadline(
            failures in 0_u32..200, random in 0.0..1.0_f64, asked in 0_u64..20, remaining in 0_u64..20_000,
        ) {
            let mut tries = Tries { left: 1, failed: failures, hung: false };
            let remaining = Duration::from_millis(remaining);
            let asked = Duration::from_secs(asked);
            if let Some(pause) = tries.pause(Kind::Unavailable, Some(asked), remaining, random) {
                prop_assert!(pause < remaining);
                prop_assert!(pause >= asked);
                prop_assert!(pause <= LONGEST_PAUSE.max(asked));
            }
        }

        #[test]
        fn a_try_never_outlasts_the_call(left in 0_u32..3, hung: bool, remaining in 0_u64..100_000) {
            let now = Instant::now();
            let deadline = now + Duration::from_millis(remaining);
            let until = Tries { left, failed: 0, hung }.until(now, deadline);
            prop_assert!(until >= now && until <= deadline);
            prop_assert_eq!(until == deadline, left == 0 || hung || remaining <= 100);
        }
    }

    #[test]
    fn pauses_grow_from_call_to_call_up_to_their_bound() {
        let mut tries = Tries::new(7);
        let pauses: Vec<_> = std::iter::from_fn(|| tries.pause(Kind::Timeout, None, LONG, 1.0))
            .map(|pause| pause.as_millis())
            .collect();
        assert_eq!(pauses, [50, 100, 200, 400, 800, 1000, 1000]);
    }

    #[test]
    fn what_will_not_pass_is_not_tried_again() {
        for kind in [Kind::Protocol, Kind::Credentials, Kind::MachineOffline, Kind::Rejected, Kind::NotFound]
        {
            assert_eq!(Tries::new(3).pause(kind, None, LONG, 0.5), None, "{kind:?}");
        }
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date() {
        let now: Timestamp = "1994-11-06T08:49:30Z".parse().unwrap();
        let read = |text: &'static str| retry_after(&HeaderValue::from_static(text), now);
        assert_eq!(read("120"), Some(Duration::from_mins(2)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(7)));
        assert_eq!(read("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(read("soon"), None);
    }
}
