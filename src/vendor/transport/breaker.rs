//! When to stop asking a platform that keeps failing, and when to try it again. A pure state machine: the time
//! and the randomness are arguments.

use std::{collections::VecDeque, time::Duration};

use jiff::Timestamp;

use crate::domain::clock::elapsed;

/// How many outcomes are looked at, the latest.
const LOOKED_AT: usize = 20;

/// How far back outcomes count.
const WINDOW: Duration = Duration::from_secs(10);

/// It opens at this many failures, when they are at least half of the outcomes.
const FAILURES: usize = 5;

/// The first cool-down; each further one in a row is twice as long.
const FIRST_COOL_DOWN: Duration = Duration::from_secs(1);

/// The longest cool-down.
const LONGEST_COOL_DOWN: Duration = Duration::from_secs(30);

/// Closed: all may ask. Open: nobody. Half open, after the cool-down: one at a time, to see.
#[derive(Debug)]
pub(super) struct Breaker {
    state: State,
    /// Counts the changes of state, so that an answer from before a change is not taken for one after it.
    generation: u64,
    /// How often it opened since it was last closed.
    openings: u32,
}

#[derive(Debug)]
enum State {
    Closed(VecDeque<(Timestamp, Outcome)>),
    Open { since: Timestamp, cool_down: Duration },
    HalfOpen { probing: bool },
}

/// How a breaker stands at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// All may ask.
    Closed,
    /// Nobody may ask.
    Open,
    /// One may ask at a time.
    HalfOpen,
}

/// What a call told of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It works, whatever it said.
    Answered,
    /// It is there, and does not serve us: that counts neither for nor against it. Where it was not there before, it is
    /// again.
    There,
    /// It is broken.
    Failed,
}

/// A change worth a line in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// From asking to not asking.
    Opened,
    /// Back to asking.
    Closed,
}

/// Leave to ask once. Whoever got it settles or releases it.
#[derive(Debug)]
#[must_use]
pub(super) struct Ticket {
    generation: u64,
}

impl Breaker {
    /// A closed one.
    pub(super) fn new() -> Self {
        Self { state: State::Closed(VecDeque::new()), generation: 0, openings: 0 }
    }

    /// How it stands. An open one whose cool-down is over counts as half open, asked or not; so does one that
    /// opened in the future, lest a clock set back by an hour shut the vendor out for an hour.
    pub(super) fn phase(&self, now: Timestamp) -> Phase {
        match self.state {
            State::Closed(_) => Phase::Closed,
            State::Open { since, cool_down } if since <= now && elapsed(since, now) < cool_down => {
                Phase::Open
            }
            State::Open { .. } | State::HalfOpen { .. } => Phase::HalfOpen,
        }
    }

    /// Whether [`Breaker::admit`] would refuse.
    pub(super) fn refuses(&self, now: Timestamp) -> bool {
        matches!(self.state, State::HalfOpen { probing: true }) || self.phase(now) == Phase::Open
    }

    /// Leave to ask, or `None`.
    pub(super) fn admit(&mut self, now: Timestamp) -> Option<Ticket> {
        if self.refuses(now) {
            return None;
        }
        match &mut self.state {
            State::Closed(_) => {}
            State::HalfOpen { probing } => *probing = true,
            State::Open { .. } => self.enter(State::HalfOpen { probing: true }),
        }
        Some(Ticket { generation: self.generation })
    }

    /// Takes an outcome into account; `random` in 0..1 spreads the cool-downs of many accounts.
    pub(super) fn settle(
        &mut self,
        ticket: &Ticket,
        outcome: Outcome,
        now: Timestamp,
        random: f64,
    ) -> Option<Change> {
        if ticket.generation != self.generation {
            return None;
        }
        match &mut self.state {
            State::Closed(_) if outcome == Outcome::There => None,
            State::Closed(outcomes) => {
                outcomes.push_back((now, outcome));
                outcomes.retain(|(at, _)| elapsed(*at, now) <= WINDOW);
                while outcomes.len() > LOOKED_AT {
                    outcomes.pop_front();
                }
                let failures = outcomes.iter().filter(|(_, outcome)| *outcome == Outcome::Failed).count();
                if failures < FAILURES || failures * 2 < outcomes.len() {
                    return None;
                }
                self.open(now, random);
                Some(Change::Opened)
            }
            State::HalfOpen { .. } if outcome != Outcome::Failed => {
                self.openings = 0;
                self.enter(State::Closed(VecDeque::new()));
                Some(Change::Closed)
            }
            State::HalfOpen { .. } => {
                self.open(now, random);
                None
            }
            State::Open { .. } => None,
        }
    }

    /// Gives leave back unused, or used without telling anything of the platform.
    pub(super) fn release(&mut self, ticket: &Ticket) {
        if let State::HalfOpen { probing } = &mut self.state
            && ticket.generation == self.generation
        {
            *probing = false;
        }
    }

    fn open(&mut self, now: Timestamp, random: f64) {
        let doubled = FIRST_COOL_DOWN.saturating_mul(2_u32.saturating_pow(self.openings));
        // Between half and the whole.
        let cool_down = doubled.min(LONGEST_COOL_DOWN).mul_f64(0.5 + random.clamp(0.0, 1.0) / 2.0);
        self.openings = self.openings.saturating_add(1);
        self.enter(State::Open { since: now, cool_down });
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.generation = self.generation.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prop_assert, proptest};

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_700_000_000_000 + millis).unwrap()
    }

    /// A call that is made and ends at once, if the breaker lets it.
    fn ask(breaker: &mut Breaker, outcome: Outcome, millis: i64) -> Option<Change> {
        let ticket = breaker.admit(at(millis))?;
        breaker.settle(&ticket, outcome, at(millis), 1.0)
    }

    fn opened(millis: i64) -> Breaker {
        let mut breaker = Breaker::new();
        let changes: Vec<_> = (0..5).filter_map(|_| ask(&mut breaker, Outcome::Failed, millis)).collect();
        assert_eq!(changes, [Change::Opened]);
        breaker
    }

    #[test]
    fn it_opens_at_five_failures_that_are_half_of_the_outcomes() {
        let mut breaker = Breaker::new();
        for n in 0..4 {
            ask(&mut breaker, Outcome::Answered, n);
            assert_eq!(ask(&mut breaker, Outcome::Failed, n), None);
        }
        assert_eq!(breaker.phase(at(4)), Phase::Closed);
        assert_eq!(ask(&mut breaker, Outcome::Failed, 4), Some(Change::Opened));
        assert_eq!(breaker.phase(at(5)), Phase::Open);
        assert!(breaker.admit(at(5)).is_none());
    }

    #[test]
    fn failures_among_many_answers_or_far_apart_do_not_open_it() {
        let mut mostly_well = Breaker::new();
        let mut seldom_asked = Breaker::new();
        for n in 0..100 {
            let outcome = if n % 3 == 0 { Outcome::Failed } else { Outcome::Answered };
            assert_eq!(ask(&mut mostly_well, outcome, n), None);
            assert_eq!(ask(&mut seldom_asked, Outcome::Failed, n * 2_600), None);
        }
    }

    #[test]
    fn after_the_cool_down_one_probe_goes_through_and_an_answer_closes_it() {
        let mut breaker = opened(0);
        assert!(breaker.refuses(at(999)));
        assert_eq!(breaker.phase(at(1000)), Phase::HalfOpen);
        let probe = breaker.admit(at(1000)).unwrap();
        assert!(breaker.refuses(at(60_000)) && breaker.admit(at(60_000)).is_none());
        assert_eq!(breaker.settle(&probe, Outcome::Answered, at(60_000), 0.0), Some(Change::Closed));
        assert_eq!(breaker.phase(at(60_000)), Phase::Closed);
    }

    #[test]
    fn each_failed_probe_doubles_the_cool_down_up_to_thirty_seconds() {
        let mut breaker = opened(0);
        let mut now = 0;
        for cool_down in [1, 2, 4, 8, 16, 30, 30, 30] {
            assert!(breaker.refuses(at(now + cool_down * 1000 - 1)), "{cool_down}");
            now += cool_down * 1000;
            assert_eq!(ask(&mut breaker, Outcome::Failed, now), None, "it was open all along");
        }
    }

    #[test]
    fn a_platform_that_is_there_and_does_not_serve_us_closes_it_and_counts_for_nothing_else() {
        let mut breaker = opened(0);
        assert_eq!(ask(&mut breaker, Outcome::There, 1000), Some(Change::Closed));
        for n in 0..4 {
            assert_eq!(ask(&mut breaker, Outcome::There, 1000 + n), None);
            assert_eq!(ask(&mut breaker, Outcome::Failed, 1000 + n), None);
        }
        assert_eq!(
            ask(&mut breaker, Outcome::Failed, 1005),
            Some(Change::Opened),
            "five failures, no answers"
        );
    }

    #[test]
    fn a_released_probe_lets_the_next_one_through() {
        let mut breaker = opened(0);
        let probe = breaker.admit(at(1000)).unwrap();
        breaker.release(&probe);
        assert!(breaker.admit(at(1000)).is_some());
    }

    #[test]
    fn what_was_sent_before_a_change_tells_nothing_after_it() {
        let mut breaker = Breaker::new();
        let late = breaker.admit(at(0)).unwrap();
        let later = breaker.admit(at(0)).unwrap();
        for _ in 0..5 {
            ask(&mut breaker, Outcome::Failed, 0);
        }
        assert_eq!(breaker.settle(&late, Outcome::Answered, at(1), 0.0), None);
        assert_eq!(breaker.phase(at(1)), Phase::Open);
        let probe = breaker.admit(at(1000)).unwrap();
        breaker.release(&later);
        assert!(breaker.refuses(at(1000)), "another's ticket does not free the probe's");
        assert_eq!(breaker.settle(&later, Outcome::Answered, at(1000), 0.0), None);
        assert_eq!(breaker.settle(&probe, Outcome::Answered, at(1000), 0.0), Some(Change::Closed));
    }

    #[test]
    fn a_clock_set_back_does_not_shut_the_vendor_out() {
        let mut breaker = opened(3_600_000);
        assert!(breaker.admit(at(0)).is_some());
    }

    proptest! {
        #[test]
        fn whatever_happens_it_lets_somebody_through_after_the_longest_cool_down(
            steps in vec((0_i64..40_000, 0_u8..5, 0.0..1.0_f64), 1..200)
        ) {
            let mut breaker = Breaker::new();
            let mut now = 0;
            let mut held = Vec::new();
            for (pause, what, random) in steps {
                now += pause;
                held.extend(breaker.admit(at(now)));
                let Some(ticket) = held.pop() else { continue };
                match what {
                    0 => breaker.release(&ticket),
                    1 => drop(breaker.settle(&ticket, Outcome::Answered, at(now), random)),
                    2 => drop(breaker.settle(&ticket, Outcome::Failed, at(now), random)),
                    3 => drop(breaker.settle(&ticket, Outcome::There, at(now), random)),
                    _ => held.insert(0, ticket),
                }
            }
            for ticket in held {
                breaker.release(&ticket);
            }
            prop_assert!(breaker.admit(at(now + 30_000)).is_some());
        }
    }
}
