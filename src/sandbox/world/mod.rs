//! The simulated world: two fleets, one clock, one step at a time. Knows machines and sales, nothing of HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::sandbox::clock::{Clock, Movable};
use crate::sandbox::options::{MOST_INHAND_MACHINES, Options};
use crate::sandbox::seed::Seed;

pub mod dingshang;
pub(crate) mod goods;
pub mod inhand;
pub(crate) mod places;

/// Both fleets.
pub(crate) struct World {
    pub(crate) dingshang: dingshang::Fleet,
    pub(crate) inhand: inhand::Fleet,
    clock: Arc<Movable>,
    ticks: AtomicU64,
    seed: Seed,
}

impl World {
    /// The world of these options as it is at the clock's present time.
    pub(crate) fn new(options: &Options, clock: Arc<dyn Clock>) -> Self {
        let moved = Arc::new(Movable::on(clock));
        let clock: Arc<dyn Clock> = Arc::clone(&moved) as Arc<dyn Clock>;
        let seed = Seed::root(options.seed);
        let machines = options.inhand.machines.min(MOST_INHAND_MACHINES);
        Self {
            dingshang: dingshang::Fleet::new(seed.with(1), options.dingshang.machines, Arc::clone(&clock)),
            inhand: inhand::Fleet::new(seed.with(2), machines, clock),
            clock: moved,
            ticks: AtomicU64::new(0),
            seed: seed.with(3),
        }
    }

    /// Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// Puts the clock of both fleets forward. Nothing happens by that but what was due.
    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.advance(seconds);
    }

    /// Lets one step of life happen in both fleets; says how many there were.
    pub(crate) fn tick(&self) -> u64 {
        let tick = self.ticks.fetch_add(1, Ordering::SeqCst);
        self.dingshang.tick(self.seed.with(tick).with(1));
        self.inhand.tick(self.seed.with(tick).with(2));
        tick + 1
    }
}
