//! Random lives of a fleet that is asked about all the time: what is given from the kept answers is what would be made,
//! at every moment, whoever asks.
//!
//! `KEPT_MODEL_SEED` runs one sequence again, `KEPT_MODEL_SEQUENCES` says how many are run.

mod asking;

use std::{
    env,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::FutureExt as _;
use jiff::Timestamp;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::Value;
use vendgraph::{
    domain::Clock as _,
    sandbox::{
        Effect, Fault, Vendor,
        world::{dingshang::Machine, inhand::Fleet},
    },
};

use self::asking::Asking;
use crate::{
    events::{push, until},
    harness::{Setup, System, account_id, machine_id},
    orders::{Counter, Told, cancel, dispense, pay},
    pickup_codes::MACHINE,
};

/// How many sequences are run, and no more once the time is up.
const SEQUENCES: u64 = 3;
const TIME: Duration = Duration::from_secs(10);
/// How many steps each has.
const STEPS: usize = 9;
/// How many InHand machines there are; Dingshang has a dozen.
const MACHINES: usize = 5;
/// The shelves of how many of these are asked for.
const ASKED_FOR: usize = 2;
/// What share of what is asked to the letter is to be answered from the kept answers, in percent.
const SHARE: u64 = 30;

/// Times that pass, in seconds: within and past the 10 s of a status, the 5 min of a listing, the 10 min of products,
/// the 20 min in which an order is to be paid.
const TIMES: [u64; 9] = [1, 4, 9, 10, 11, 290, 301, 601, 1_201];

/// What was done, for whoever must find out why it failed.
type Steps = Arc<Mutex<Vec<String>>>;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_is_what_would_be_made_whatever_happens_and_whoever_asks() {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds = match number("KEPT_MODEL_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("KEPT_MODEL_SEQUENCES").unwrap_or(SEQUENCES),
    };
    let (begun, mut kept, mut asked) = (Instant::now(), 0, 0);
    for seed in seeds {
        if begun.elapsed() > TIME && env::var_os("KEPT_MODEL_SEQUENCES").is_none() {
            break;
        }
        let steps = Steps::default();
        let run = AssertUnwindSafe(sequence(seed, Arc::clone(&steps))).catch_unwind().await;
        let steps = steps.lock().unwrap().join("\n");
        let share =
            run.unwrap_or_else(|_| panic!("KEPT_MODEL_SEED={seed} failed after these steps:\n{steps}"));
        (kept, asked) = (kept + share.0, asked + share.1);
    }
    println!("{kept} of {asked} answers were kept ones");
    assert!(kept * 100 > asked * SHARE, "{kept} of {asked} answers were kept ones");
}

/// Goes through a sequence; tells how many answers were kept ones, and of how many.
async fn sequence(seed: u64, steps: Steps) -> (u64, u64) {
    let mut model = Model::new(seed, steps).await;
    for _ in 0..STEPS {
        model.asking.everything(&mut model.chance).await;
        model.settle().await;
        model.step().await;
        model.taken_in().await;
    }
    model.asking.everything(&mut model.chance).await;
    let share = model.asking.share();
    model.system.end().await;
    share
}

struct Model {
    system: System,
    asking: Asking,
    counter: Counter,
    chance: StdRng,
    steps: Steps,
    /// What orders were told to be, the latest last.
    orders: Vec<Told>,
    /// Whether InHand answers.
    is_up: bool,
    /// How many of InHand's machines were told to be set up: each can be once.
    set_up: usize,
    /// How many keys have been used.
    keys: u32,
}

impl Model {
    async fn new(seed: u64, steps: Steps) -> Self {
        let setup = Setup {
            account: "timeout = \"60s\"\nretries = 0",
            sections: "[limits]\nrequests_per_second = \"off\"\nrequest_timeout = \"60s\"",
            machines: MACHINES,
            ..Setup::default()
        };
        let system = System::start(setup).await;
        push(&system);
        let counter = Counter::filled(&system.vendors);
        let (asking, chance) = (Asking::new(&system), StdRng::seed_from_u64(seed));
        let (orders, set_up) = (Vec::new(), ASKED_FOR);
        let model = Self { system, asking, counter, chance, steps, orders, is_up: true, set_up, keys: 0 };
        for machine in 0..ASKED_FOR {
            // From then on the stock of its shelves is told by what it says that it sells.
            let machine = model.system.vendors.inhand().asset_id(machine);
            model.tell(|fleet| fleet.announce(&machine) && fleet.refill(&machine)).await;
        }
        model.taken_in().await;
        model
    }

    fn note(&self, step: &str) {
        self.steps.lock().unwrap().push(step.to_owned());
    }

    async fn step(&mut self) {
        match self.chance.random_range(0..32) {
            0..=8 => self.pushed().await,
            9..=12 => self.silent(),
            13 | 14 => self.refreshed().await,
            15 | 16 => self.ordered().await,
            17..=20 => self.carried_on().await,
            21..=23 => self.replenished().await,
            24 => self.coded().await,
            25 => self.falls_or_rises().await,
            _ => {
                let seconds = TIMES[self.chance.random_range(0..TIMES.len())];
                self.pass(seconds).await;
            }
        }
    }

    async fn pass(&self, seconds: u64) {
        self.note(&format!("{seconds} s pass"));
        self.system.pass(Duration::from_secs(seconds)).await;
    }

    /// The number of one of InHand's machines, mostly of one whose shelves are asked for.
    fn any(&mut self) -> String {
        let least = self.chance.random_range(0..MACHINES);
        self.system.vendors.inhand().asset_id(self.chance.random_range(0..=least))
    }

    /// Something happens at InHand, which tells of it.
    async fn pushed(&mut self) {
        let (machine, which) = (self.any(), self.chance.random_range(0..10));
        if self.chance.random_range(0..3) == 0 {
            self.pass(1).await;
        }
        let (what, act): (_, fn(&Fleet, &str) -> bool) = match which {
            0..=3 => ("sells", Fleet::sell_one),
            4..=6 => ("is switched", switch),
            7 => ("breaks", |fleet, machine| fleet.set_fault(machine, Some("0x0012"))),
            8 => ("is refilled", Fleet::refill),
            _ => return self.registered().await,
        };
        self.note(&format!("{machine} {what}"));
        self.tell(|fleet| act(fleet, &machine)).await;
    }

    /// Lets something happen that is told, until the gateway has taken it.
    async fn tell(&self, act: impl FnOnce(&Fleet) -> bool) {
        let counts = || self.system.vendors.pushes().counts();
        let before = counts().acknowledged;
        assert!(act(self.system.vendors.inhand()));
        // All news of one thing are taken over at once.
        let taken = async || counts().acknowledged > before && counts().waiting == 0;
        until(taken, &|| format!("{:?}", counts())).await;
    }

    /// A machine is set up: the fleet is listed anew behind.
    async fn registered(&mut self) {
        if !self.is_up || self.set_up == MACHINES {
            return;
        }
        let machine = &self.system.vendors.inhand().asset_id(self.set_up);
        self.set_up += 1;
        self.note(&format!("{machine} is set up"));
        let before = self.system.ask(LISTED).await;
        self.pass(1).await;
        self.tell(|fleet| fleet.announce(machine)).await;
        let path = "/data/machines/sources/0/freshness/asOf";
        let renewed = async || self.system.ask(LISTED).await.pointer(path) != before.pointer(path);
        until(renewed, &|| "the listing".to_owned()).await;
    }

    /// Something changes at a vendor, which tells nobody.
    fn silent(&mut self) {
        let (machine, which, amount) =
            (self.any(), self.chance.random_range(0..4), self.chance.random_range(0..9));
        self.note(&format!("something changes behind the back: {which}, {amount}"));
        let change: fn(&mut Machine, u32) = match which {
            0 => |machine, amount| machine.slots[0].price = 100 + i64::from(amount),
            1 => |machine, amount| machine.slots[0].stock = amount.min(machine.slots[0].capacity),
            2 => |machine, amount| machine.online = amount % 2 == 0,
            _ => {
                self.system.vendors.pushes().push_to(None);
                assert!(switch(self.system.vendors.inhand(), &machine));
                return push(&self.system);
            }
        };
        assert!(
            self.system.vendors.dingshang().change(&self.counter.number, |machine| change(machine, amount))
        );
    }

    async fn refreshed(&mut self) {
        let machine = machine_id("metro", &self.any());
        self.note("two machines are read anew");
        let ids = format!("\"{machine}\", \"{}\"", self.counter.machine);
        let query = format!(
            "mutation {{ refreshMachines(input: {{ machineIds: [{ids}] }}) {{ userErrors {{ code }} }} }}"
        );
        self.told(&query).await;
    }

    /// What a mutation came to; whether it was carried out does not matter here.
    async fn told(&self, mutation: &str) -> Told {
        let told = Told::of(&self.system.ask(mutation).await);
        self.note(&format!("  told {:?}", told.error()));
        told
    }

    fn key(&mut self) -> String {
        self.keys += 1;
        format!("key {}", self.keys)
    }

    async fn ordered(&mut self) {
        let (key, which) = (self.key(), self.chance.random_range(0..self.counter.shelves.len().min(3)));
        self.note(&format!("an order of shelf {which}"));
        let told = self.told(&self.counter.create(&[(which, 1)], &key)).await;
        if !told.order().is_null() {
            self.orders.push(told);
        }
    }

    /// The latest order goes on.
    async fn carried_on(&mut self) {
        let which = self.chance.random_range(0..7);
        let Some(order) = self.orders.last().cloned() else { return self.ordered().await };
        self.note(&format!("the order goes on: {which}"));
        match which {
            0..=2 => self.told(&pay(order.id())).await,
            3..=5 => self.told(&dispense(order.id(), order.line(0))).await,
            _ => self.told(&cancel(order.id(), "REFUND")).await,
        };
    }

    async fn replenished(&mut self) {
        let (first, quantity) = (&self.counter.shelves[0].id, self.chance.random_range(0..3));
        self.note(&format!("replenished: {quantity}"));
        let what = match quantity {
            0 => format!("replenishMachine(input: {{ machineId: \"{}\" }})", self.counter.machine),
            _ => format!("replenishShelf(input: {{ shelfId: \"{first}\", quantity: {quantity} }})"),
        };
        self.told(&format!("mutation {{ {what} {{ userErrors {{ code }} }} }}")).await;
    }

    async fn coded(&mut self) {
        let (machine, key) = (machine_id("north", MACHINE), self.key());
        self.note("pickup codes are made or cancelled");
        let what = if self.chance.random() {
            let input = format!("issuer: VENDOR, machineId: \"{machine}\", idempotencyKey: \"{key}\"");
            format!("createPickupCodes(input: {{ accountId: \"{}\", {input} }})", account_id("north"))
        } else {
            format!("cancelAllPickupCodes(input: {{ machineId: \"{machine}\" }})")
        };
        self.told(&format!("mutation {{ {what} {{ userErrors {{ code }} }} }}")).await;
    }

    /// InHand ceases to answer, or answers again.
    async fn falls_or_rises(&mut self) {
        self.is_up = !self.is_up;
        self.note(&format!("InHand answers: {}", self.is_up));
        let faults = self.system.vendors.faults(Vendor::Inhand);
        if self.is_up {
            faults.clear();
            // Past the breaker's longest pause.
            self.pass(60).await;
        } else {
            faults.add(Fault::new(Effect::Status(503)));
        }
    }

    /// What the step has brought about is taken in, and so is what is found out of orders when they are looked at.
    async fn taken_in(&self) {
        for order in self.orders.iter().rev().take(2) {
            self.system.order(order.id()).await;
        }
        self.system.heard().await;
    }

    /// Until nothing is read anew behind any more: what is old has been, or cannot be.
    async fn settle(&self) {
        let shares = "sources { freshness { asOf stale } }";
        let lists = LISTS.map(|(list, _)| format!("{list}(first: 1) {{ {shares} }}")).join(" ");
        let query = format!("{{ {lists} }}");
        let now = self.system.clock.now();
        let settled = async || {
            let answer = self.system.ask(&query).await;
            assert!(answer["errors"].is_null(), "{answer}");
            let is_settled = |freshness: &Value, fresh_for| {
                let as_of = freshness["asOf"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
                freshness["stale"] == true || as_of.is_none_or(|as_of| as_of + fresh_for >= now)
            };
            LISTS.iter().all(|(list, fresh_for)| {
                let shares = answer["data"][list]["sources"].as_array().unwrap();
                shares.iter().all(|share| is_settled(&share["freshness"], *fresh_for))
            })
        };
        until(settled, &|| "what is old".to_owned()).await;
        self.system.heard().await;
    }
}

/// Takes a machine off the network, or brings it back.
fn switch(fleet: &Fleet, machine: &str) -> bool {
    fleet.set_online(machine, !fleet.facts(machine).is_some_and(|facts| facts.online))
}

/// The lists that are given although they are old, while they are read anew; and for how long they are not.
const LISTS: [(&str, Duration); 4] = [
    ("machines", Duration::from_mins(5)),
    ("sites", Duration::from_mins(5)),
    ("lines", Duration::from_mins(5)),
    ("products", Duration::from_mins(10)),
];

/// InHand's share of the list of machines.
const LISTED: &str = "{ machines(first: 1, filter: { vendor: INHAND }) { sources { freshness { asOf } } } }";
