//! Random lives of orders, with lost answers and crashes: whatever happens, the vendor's books and ours agree, or ours
//! say that they do not know.
//!
//! `ORDERS_MODEL_SEED` runs one sequence again, `ORDERS_MODEL_SEQUENCES` says how many are run.

mod agreement;

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};
use vendgraph::{
    auth::Scope,
    sandbox::{
        Effect, Fault, Vendor,
        world::dingshang::{Dispenses, Order, Outcome},
    },
};

use crate::{
    harness::{Setup, System},
    orders::{Counter, DISPENSE, PLACE, READ, Told, UPDATE, cancel, dispense, pay},
};

/// How many sequences are run, and no more once the time is up.
const SEQUENCES: u64 = 10;
const TIME: Duration = Duration::from_secs(30);
/// How many steps each has.
const STEPS: usize = 28;
/// How many keys are used; each for another shelf, so that the vendor's orders tell whose they are.
const KEYS: usize = 5;
const REASONS: [&str; 4] = ["REFUND", "CLOSED", "REVOKED", "PAYMENT_FAILED"];

/// What was done, for whoever must find out why it failed.
type Steps = Arc<Mutex<Vec<String>>>;

#[tokio::test]
async fn whatever_is_lost_the_vendors_books_and_ours_agree_or_ours_say_that_they_do_not_know() {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("ORDERS_MODEL_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("ORDERS_MODEL_SEQUENCES").unwrap_or(SEQUENCES),
    };
    let begun = Instant::now();
    for seed in seeds {
        if begun.elapsed() > TIME && env::var_os("ORDERS_MODEL_SEQUENCES").is_none() {
            break;
        }
        let steps = Steps::default();
        let run = tokio::spawn(sequence(seed, Arc::clone(&steps))).await;
        let steps = steps.lock().unwrap().join("\n");
        assert!(run.is_ok(), "ORDERS_MODEL_SEED={seed} failed after these steps:\n{steps}");
    }
}

async fn sequence(seed: u64, steps: Steps) {
    let mut model = Model::new(seed, steps).await;
    for _ in 0..STEPS {
        model.step().await;
        model.agrees(Certainty::WhereToldSo).await;
    }
    model.settle().await;
    model.agrees(Certainty::Everywhere).await;
    model.keys_keep_their_orders().await;
    model.system.end().await;
}

/// How an answer is lost, or how it comes all the same.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    None,
    CutBefore,
    CutAfter,
    HangBefore,
    HangAfter,
    LateAfter,
    ErrorPageAfter,
    GarbageAfter,
    CutAfterAndDeaf,
    CrashBefore,
    CrashAfter,
}

impl Trouble {
    fn draw(chance: &mut StdRng) -> Self {
        match chance.random_range(0..22) {
            0..=9 => Self::None,
            10 | 11 => Self::CutBefore,
            12 => Self::CutAfter,
            13 => Self::HangBefore,
            14 => Self::HangAfter,
            15 => Self::LateAfter,
            16 => Self::ErrorPageAfter,
            17 => Self::GarbageAfter,
            18 => Self::CutAfterAndDeaf,
            19 => Self::CrashBefore,
            _ => Self::CrashAfter,
        }
    }

    fn faults(self, call: &str) -> Vec<Fault> {
        let on = |effect| Fault::new(effect).on_call(call).times(1);
        match self {
            Self::None => Vec::new(),
            Self::CutBefore => vec![on(Effect::Cut)],
            Self::CutAfter => vec![on(Effect::Cut).after()],
            Self::HangBefore | Self::CrashBefore => vec![on(Effect::Hang)],
            Self::HangAfter | Self::CrashAfter => vec![on(Effect::Hang).after()],
            Self::LateAfter => vec![on(Effect::Delay { millis: 500 }).after()],
            Self::ErrorPageAfter => vec![on(Effect::Status(502)).after()],
            Self::GarbageAfter => vec![on(Effect::Garbage).after()],
            Self::CutAfterAndDeaf => {
                vec![on(Effect::Cut).after(), Fault::new(Effect::Cut).on_call(READ).times(3)]
            }
        }
    }

    const fn crashes(self) -> bool {
        matches!(self, Self::CrashBefore | Self::CrashAfter)
    }
}

/// How sure our books must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Certainty {
    /// Where no command's outcome was told to be unknown.
    WhereToldSo,
    /// Of every order that has the vendor's number.
    Everywhere,
}

struct Model {
    system: System,
    counter: Counter,
    chance: StdRng,
    steps: Steps,
    /// What each key was told to be.
    told: BTreeMap<usize, Told>,
    /// The orders of which a command was told to be unknown, or not told at all, by trade number.
    unsure: BTreeSet<String>,
    /// The orders that were asked to be closed, which the vendor says of a lapse too.
    closing: BTreeSet<String>,
}

impl Model {
    async fn new(seed: u64, steps: Steps) -> Self {
        let setup = Setup {
            account: "timeout = \"400ms\"\nretries = 0",
            sections: "[limits]\nrequest_timeout = \"1500ms\"",
            machines: 1,
            ..Setup::default()
        };
        let system = System::start(setup).await;
        let counter = Counter::filled(&system.vendors);
        let (told, unsure, closing) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        Self { system, counter, chance: StdRng::seed_from_u64(seed), steps, told, unsure, closing }
    }

    async fn step(&mut self) {
        let trouble = Trouble::draw(&mut self.chance);
        match self.chance.random_range(0..24) {
            0..=4 => {
                let key = self.chance.random_range(0..KEYS);
                self.create(key, trouble).await;
            }
            5..=8 => self.pay(trouble).await,
            9 => self.cancel(trouble).await,
            10..=16 => self.dispense(trouble).await,
            17 => self.machine(),
            18 => self.restart().await,
            19 => {
                self.note("reconcile");
                self.system.reconcile().await;
            }
            _ => {
                let seconds = [3, 3, 3, 11, 35, 190, 1_205][self.chance.random_range(0..7)];
                self.note(&format!("{seconds} s pass"));
                self.system.pass(Duration::from_secs(seconds)).await;
            }
        }
        self.system.vendors.faults(Vendor::Dingshang).clear();
    }

    fn note(&self, step: &str) {
        self.steps.lock().unwrap().push(step.to_owned());
    }

    /// How many pieces are ordered under a key: what one key is given to do never changes.
    fn request(&self, key: usize) -> String {
        let quantity = 1 + i32::try_from(key % 3).unwrap();
        self.counter.create(&[(key, quantity)], &format!("key {key}"))
    }

    async fn create(&mut self, key: usize, trouble: Trouble) {
        let (sent, known) = (self.system.sent(PLACE), self.told.contains_key(&key));
        let told = self.mutate(&format!("create {key}"), &self.request(key), PLACE, trouble).await;
        if known {
            assert_eq!(self.system.sent(PLACE), sent, "a key that has an order is not sent again");
        }
        let Some(told) = told else {
            // Who got no answer presses the button again.
            return Box::pin(self.create(key, Trouble::None)).await;
        };
        if let Some(earlier) = self.told.get(&key) {
            assert_eq!(earlier.id(), told.id(), "one key, one order");
        }
        if told.order().is_null() {
            assert!(matches!(told.error(), Some("VENDOR_UNAVAILABLE" | "VENDOR_TIMEOUT")), "{told:?}");
            assert!(!self.has(key), "it is told that nothing was sent");
        } else {
            self.told.insert(key, told);
        }
    }

    /// Whether the vendor has an order of a key.
    fn has(&self, key: usize) -> bool {
        self.of_key(key).next().is_some()
    }

    fn of_key(&self, key: usize) -> impl Iterator<Item = Order> {
        let product = self.counter.shelves[key].product;
        self.system.taken().into_iter().filter(move |order| order.records[0].product_id == product)
    }

    /// An order that was told of.
    fn any(&mut self) -> Option<Told> {
        let keys: Vec<_> = self.told.keys().copied().collect();
        let key = keys.get(self.chance.random_range(0..keys.len().max(1)))?;
        self.told.get(key).cloned()
    }

    async fn pay(&mut self, trouble: Trouble) {
        let Some(order) = self.any() else { return };
        self.change(&order, &format!("pay {}", order.order()["tradeNumber"]), &pay(order.id()), trouble)
            .await;
    }

    async fn cancel(&mut self, trouble: Trouble) {
        let Some(order) = self.any() else { return };
        let reason = REASONS[self.chance.random_range(0..4)];
        if reason == "CLOSED" {
            self.closing.insert(trade(order.order()));
        }
        let step = format!("cancel {} {reason}", order.order()["tradeNumber"]);
        self.change(&order, &step, &cancel(order.id(), reason), trouble).await;
    }

    async fn change(&mut self, order: &Told, step: &str, request: &str, trouble: Trouble) {
        let told = self.mutate(step, request, UPDATE, trouble).await;
        if told.is_none_or(|told| told.error() == Some("OUTCOME_UNKNOWN")) {
            self.unsure.insert(trade(order.order()));
        }
    }

    async fn dispense(&mut self, trouble: Trouble) {
        let Some(order) = self.any() else { return };
        let (sent, begun) = (self.system.sent(DISPENSE), self.system.vendors.dingshang().deliveries().len());
        let step = format!("dispense {}", order.order()["tradeNumber"]);
        let told = self.mutate(&step, &dispense(order.id(), order.line(0)), DISPENSE, trouble).await;
        let (sent, begun) =
            (self.system.sent(DISPENSE) - sent, self.system.vendors.dingshang().deliveries().len() - begun);
        assert!(sent <= 1, "one call at most");
        match told.as_ref().map(Told::error) {
            Some(None) if sent == 1 => assert_eq!(begun, 1, "what is told as begun is begun: {told:?}"),
            None | Some(Some("OUTCOME_UNKNOWN")) => {
                self.unsure.insert(trade(order.order()));
            }
            Some(None) => {}
            Some(Some(_)) => assert_eq!(begun, 0, "what is told as refused is not begun: {told:?}"),
        }
    }

    /// Carries a mutation out in trouble; `None` where the gateway crashed before it answered.
    async fn mutate(&mut self, step: &str, request: &str, call: &str, trouble: Trouble) -> Option<Told> {
        self.note(&format!("{step}, {trouble:?}"));
        self.system.vendors.faults(Vendor::Dingshang).set(trouble.faults(call));
        let (token, body) = (self.system.token(&Scope::ALL, &["*"]), json!({ "query": request }));
        let sent = self.system.sent(call);
        let struck = async {
            // Until the vendor has the call, and has acted on it where it does.
            while self.system.sent(call) == sent
                || !self.system.vendors.faults(Vendor::Dingshang).list().is_empty()
            {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            tokio::task::yield_now().await;
        };
        let answer = tokio::select! {
            answer = self.system.try_post(Some(&token), &body) => Some(answer.expect("the gateway answers").1),
            () = struck, if trouble.crashes() => None,
        };
        let Some(answer) = answer else {
            self.system.crash().await;
            self.after_a_crash().await;
            return None;
        };
        let told = Told::of(&answer);
        self.note(&format!("  told {:?} {}", told.error(), told.0["order"]["state"]));
        Some(told)
    }

    async fn restart(&mut self) {
        self.note("crash and restart");
        self.system.crash().await;
        self.after_a_crash().await;
    }

    /// Time goes on while the gateway is down.
    async fn after_a_crash(&mut self) {
        let seconds = [0, 31, 31, 200, 1_300, 1_300][self.chance.random_range(0..6)];
        self.note(&format!("  down for {seconds} s"));
        self.system.pass(Duration::from_secs(seconds)).await;
        self.system.restart().await;
    }

    /// The machine's next dispense ends otherwise.
    fn machine(&mut self) {
        let outcome = match self.chance.random_range(0..3) {
            0 => Outcome::Silent,
            1 => Outcome::Fails { reason: "Goods are Stuck".into(), floor_status: "2".into() },
            _ => Outcome::Succeeds,
        };
        self.note(&format!("the next dispense {outcome:?}"));
        let dispenses = Some(Dispenses { outcome, times: Some(1) });
        self.system.vendors.dingshang().change(&self.counter.number, |machine| machine.dispenses = dispenses);
    }

    /// All trouble is over, and everything has had its time.
    async fn settle(&mut self) {
        self.note("settle");
        self.system.vendors.faults(Vendor::Dingshang).clear();
        // Past the breaker's longest pause, past the end of every dispense, past the time to pay.
        for seconds in [60, 200, 1_300] {
            self.system.pass(Duration::from_secs(seconds)).await;
            self.system.reconcile().await;
        }
    }

    async fn keys_keep_their_orders(&self) {
        let sent = self.system.sent(PLACE);
        for (key, told) in &self.told {
            let again = self.system.tell(&self.request(*key)).await;
            assert_eq!(again.id(), told.id(), "key {key}");
        }
        assert_eq!(self.system.sent(PLACE), sent);
    }
}

fn trade(order: &Value) -> String {
    order["tradeNumber"].as_str().unwrap_or_else(|| panic!("no order: {order}")).to_owned()
}
