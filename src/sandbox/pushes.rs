//! What InHand tells the merchant by itself: signed, over real sockets, one try each, since nothing says that the
//! platform repeats anything. Switches make news late, lost, repeated, forged or out of order; counts and a list say
//! what the merchant acknowledged, so that a test can compare it with what the merchant kept.
//!
//! Messages travel in lanes with a connection each. A machine has one lane, so that its news arrive in order.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::sandbox::inhand::{Kind, Message, message};
use crate::sandbox::options::InhandOptions;
use crate::sandbox::world::World;
use crate::sandbox::world::inhand::Machine;

mod burst;
pub(crate) mod control;
mod lane;

pub use burst::Burst;

/// So many messages are under way at once.
const LANES: usize = 256;

/// So many messages of one lane wait; beyond it they are dropped, and counted as that.
const WAITING: usize = 1024;

/// So many acknowledgements are remembered: the oldest is forgotten.
const REMEMBERED: usize = 500_000;

/// How often is looked whether the world has news.
const BEAT: Duration = Duration::from_millis(10);

/// How messages are sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Switches {
    /// What the merchant's addresses begin with; null: nobody is told anything, and refills wait to be fetched.
    pub url: Option<String>,
    /// Each message is sent so many times more, as it was.
    pub duplicates: u32,
    /// The duplicates are signed under a nonce of their own.
    pub fresh_nonces: bool,
    /// Of two messages of one machine, the later goes first.
    pub reorder: bool,
    /// The signatures are wrong.
    pub wrong_sign: bool,
    /// Nothing is sent, as when the platform is cut off; what cannot be told is lost, refills wait to be fetched.
    pub drop: bool,
    /// A message is sent again until it is acknowledged.
    pub repeat: bool,
}

/// How many messages, duplicates and repetitions counted each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Wait or are under way.
    pub waiting: u64,
    /// Left.
    pub sent: u64,
    /// The merchant said SUCCESS.
    pub acknowledged: u64,
    /// The merchant answered anything else.
    pub refused: u64,
    /// No answer came.
    pub failed: u64,
    /// Were not sent, by the switch or since too many waited.
    pub dropped: u64,
}

/// A message that the merchant acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Acknowledged {
    /// From 1, in the order in which acknowledgements came.
    pub id: u64,
    /// `machine`, `trade`, `prize`, `status` or `refill`.
    pub message: &'static str,
    /// The machine.
    pub asset_id: String,
    /// The number of a trade's order.
    pub order: Option<String>,
    /// The nonce it was signed under.
    pub nonce: String,
}

/// All of it.
pub struct Pushes {
    account: InhandOptions,
    world: Arc<World>,
    closing: CancellationToken,
    kept: Mutex<Kept>,
    lanes: Vec<OnceLock<mpsc::Sender<Message>>>,
}

#[derive(Debug, Default)]
struct Kept {
    switches: Switches,
    counts: Counts,
    acknowledged: VecDeque<Acknowledged>,
    last: u64,
    nonces: u64,
    burst: Option<Burst>,
    bursts: u64,
}

impl Pushes {
    pub(crate) fn new(account: InhandOptions, world: Arc<World>, closing: CancellationToken) -> Arc<Self> {
        let lanes = (0..LANES).map(|_| OnceLock::new()).collect();
        let switches = Switches { url: account.push_url.clone(), ..Switches::default() };
        let pushes = Self { account, world, closing, kept: Mutex::default(), lanes };
        pushes.switch(switches);
        Arc::new(pushes)
    }

    /// How messages are sent.
    pub fn switches(&self) -> Switches {
        self.with(|kept| kept.switches.clone())
    }

    /// Changes how messages are sent, also those that wait.
    pub fn switch(&self, switches: Switches) {
        self.world.inhand.keep_news(switches.url.is_some());
        self.with(|kept| kept.switches = switches);
    }

    /// What the addresses of the messages begin with, as in [`InhandOptions::push_url`]; none: nobody is told.
    pub fn push_to(&self, url: Option<&str>) {
        self.switch(Switches { url: url.map(str::to_owned), ..self.switches() });
    }

    /// How many messages there were.
    pub fn counts(&self) -> Counts {
        self.with(|kept| kept.counts)
    }

    /// The acknowledgements that are remembered, from the one behind the id `after` on, `limit` at most.
    pub fn acknowledged(&self, after: u64, limit: usize) -> Vec<Acknowledged> {
        self.with(|kept| {
            let later = kept.acknowledged.iter().skip_while(|told| told.id <= after);
            later.take(limit).cloned().collect()
        })
    }

    /// Forgets counts and acknowledgements; what waits is still sent.
    pub fn clear(&self) {
        self.with(|kept| {
            kept.counts = Counts { waiting: kept.counts.waiting, ..Counts::default() };
            kept.acknowledged.clear();
        });
    }

    /// Takes over what the world wants told.
    pub(crate) fn collect(self: &Arc<Self>) {
        let fleet = &self.world.inhand;
        for news in fleet.take_news() {
            self.put(message(fleet, news));
        }
    }

    /// Puts a message into its machine's lane.
    fn put(self: &Arc<Self>, message: Message) {
        let lane = usize::try_from(message.machine.index).unwrap_or(0) % LANES;
        let Some(lane) = self.lanes.get(lane) else {
            return;
        };
        let lane = lane.get_or_init(|| {
            let (sender, waiting) = mpsc::channel(WAITING);
            tokio::spawn(lane::run(Arc::downgrade(self), waiting, self.closing.clone()));
            sender
        });
        self.count(|counts| counts.waiting += 1);
        if let Err(full) = lane.try_send(message) {
            let message = match full {
                mpsc::error::TrySendError::Full(message) | mpsc::error::TrySendError::Closed(message) => {
                    message
                }
            };
            self.count(|counts| counts.dropped += 1);
            self.done(&message, false);
        }
    }

    /// A message is done with; of a refill that was not told its notice waits to be fetched.
    fn done(&self, message: &Message, told: bool) {
        self.count(|counts| counts.waiting = counts.waiting.saturating_sub(1));
        if let Some(refill) = message.refill.filter(|_| !told) {
            self.world.inhand.keep_notice(refill);
        }
    }

    fn remember(&self, message: &Message, nonce: String) {
        self.with(|kept| {
            kept.last += 1;
            kept.counts.acknowledged += 1;
            if kept.acknowledged.len() >= REMEMBERED {
                kept.acknowledged.pop_front();
            }
            kept.acknowledged.push_back(Acknowledged {
                id: kept.last,
                message: message.kind.word(),
                asset_id: message.machine.asset_id(),
                order: message.order.clone(),
                nonce,
            });
        });
    }

    /// The account that messages are signed for.
    pub(crate) fn account(&self) -> &InhandOptions {
        &self.account
    }

    /// Lets a machine give out what a pickup code was bought for; false where it has no such goods.
    pub(crate) fn give_out(&self, machine: &Machine, goods: Option<&str>) -> bool {
        self.world.inhand.give_out(machine, goods)
    }

    /// A nonce that no other message of this process or of an earlier one has.
    pub(crate) fn nonce(&self) -> String {
        let number = self.with(|kept| {
            kept.nonces += 1;
            kept.nonces
        });
        format!("{:016x}{number:08x}", rand::random::<u64>())
    }

    fn count(&self, work: impl FnOnce(&mut Counts)) {
        self.with(|kept| work(&mut kept.counts));
    }

    fn with<T>(&self, work: impl FnOnce(&mut Kept) -> T) -> T {
        work(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Sends what there is to send until the sandbox closes.
pub(crate) async fn run(pushes: Arc<Pushes>) {
    let closing = pushes.closing.clone();
    let mut beat = tokio::time::interval(BEAT);
    while closing.run_until_cancelled(beat.tick()).await.is_some() {
        pushes.collect();
    }
}

/// The address of a message.
fn address(base: &str, kind: Kind) -> String {
    format!("{}/{}", base.trim_end_matches('/'), kind.word())
}
