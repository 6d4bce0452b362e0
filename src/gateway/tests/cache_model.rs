//! The cache against a model of one page: whatever happens in whatever order, both say the same.

use std::{sync::Arc, time::Duration};

use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_oneof, proptest},
};
use tokio::{runtime::Builder, task::yield_now, time::Instant};

use super::{cache::Number, manual_clock};
use crate::{
    gateway::cache::{Cache, Policy, WhenOld},
    telemetry::metrics::Reads,
    vendor::{Error, Kind},
};

const TTL: u64 = 10;
const MAX_STALE: u64 = 30;

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Somebody asks; a call made for it ends like this.
    Ask(Option<Kind>),
    /// Somebody asks for what is newest; the call ends like this.
    Refresh(Option<Kind>),
    /// Something happens that what is kept does not know of.
    Outdate,
    /// Time goes by.
    Advance(u64),
}

/// What the cache should hold: value, when it came, whether the last try to replace it failed.
#[derive(Default)]
struct Model {
    kept: Option<(u64, u64, bool)>,
    /// Whether something has happened since it came.
    outdated: bool,
    now: u64,
    calls: u64,
}

type Told = Result<(u64, bool), Kind>;

impl Model {
    fn call(&mut self, outcome: Option<Kind>) -> Told {
        self.calls += 1;
        match outcome {
            None => {
                self.kept = Some((self.calls, self.now, false));
                self.outdated = false;
                Ok((self.calls, false))
            }
            Some(kind) => {
                self.kept = self.kept.filter(|_| kind.leaves_the_older()).map(|(v, at, _)| (v, at, true));
                Err(kind)
            }
        }
    }

    fn ask(&mut self, when_old: WhenOld, outcome: Option<Kind>) -> Told {
        let Some((value, at, overdue)) = self.kept else { return self.call(outcome) };
        let age = self.now - at;
        if age <= TTL && !self.outdated {
            return Ok((value, false));
        }
        let servable = age <= TTL + MAX_STALE;
        let is_served_at_once = servable && when_old == WhenOld::ServeAndRefresh && !self.outdated;
        let called = self.call(outcome);
        match called {
            _ if is_served_at_once => Ok((value, overdue)),
            Err(kind) if servable && kind.leaves_the_older() => Ok((value, true)),
            other => other,
        }
    }
}

fn outcome() -> impl Strategy<Value = Option<Kind>> {
    prop_oneof![
        3 => Just(None),
        1 => Just(Some(Kind::Unavailable)),
        1 => Just(Some(Kind::Timeout)),
        1 => Just(Some(Kind::Credentials)),
        1 => Just(Some(Kind::NotFound)),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => outcome().prop_map(Step::Ask),
        1 => outcome().prop_map(Step::Refresh),
        1 => Just(Step::Outdate),
        3 => (0_u64..25).prop_map(Step::Advance),
    ]
}

proptest! {
    #[test]
    fn the_cache_does_what_the_model_says(steps in vec(step(), 1..60), waits in any::<bool>()) {
        let when_old = if waits { WhenOld::Wait } else { WhenOld::ServeAndRefresh };
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(walk(&steps, when_old));
    }
}

async fn walk(steps: &[Step], when_old: WhenOld) {
    let clock = manual_clock();
    let policy = Policy {
        ttl: Duration::from_secs(TTL),
        max_stale: Duration::from_secs(MAX_STALE),
        when_old,
        capacity: 1 << 20,
    };
    let cache: Cache<(), Number> =
        Cache::new(policy, Arc::clone(&clock) as _, (Arc::default(), Reads::default()));
    let mut model = Model::default();
    for step in steps {
        let next = model.calls + 1;
        let until = Instant::now() + Duration::from_mins(1);
        let fetch = |outcome: Option<Kind>| async move {
            outcome.map_or(Ok(Number(next)), |kind| Err(Error::new(kind, "test")))
        };
        let (got, expected) = match *step {
            Step::Advance(seconds) => {
                model.now += seconds;
                clock.advance(Duration::from_secs(seconds));
                continue;
            }
            Step::Outdate => {
                model.outdated = true;
                cache.outdate(&());
                continue;
            }
            Step::Ask(outcome) => {
                (cache.get(&(), until, || fetch(outcome)).await, model.ask(when_old, outcome))
            }
            Step::Refresh(outcome) => {
                (cache.refresh(&(), until, || fetch(outcome)).await, model.call(outcome))
            }
        };
        let got = got.map(|fresh| (fresh.value.0, fresh.stale)).map_err(|error| error.kind);
        assert_eq!(got, expected, "{step:?}");
        for _ in 0..5 {
            yield_now().await;
        }
    }
}
