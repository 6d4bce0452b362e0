//! `kill -9` at each step of `createOrder`, with the real program on a real store: the same key gives the same order
//! afterwards, the vendor has it at most once, and nothing is sent again.

use std::{fs, time::Duration};

use serde_json::{Value, json};
use tempfile::TempDir;
use vendgraph::sandbox::{self, Effect, Fault, Sandbox, Vendor};

use crate::{
    harness::{Setup, configuration},
    kept::{Held, Kept},
    orders::{Counter, PLACE, READ, Told, taken},
    program::{Program, token},
};

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_mins(1);
/// A vendor that takes its time: longer than the store takes to be held.
const LATER: Effect = Effect::Delay { millis: 2_000 };

/// Both vendors in this process, and the gateway as a program of its own.
struct Scene {
    vendors: Sandbox,
    counter: Counter,
    store: Kept,
    folder: TempDir,
    token: String,
    client: reqwest::Client,
}

impl Scene {
    async fn new(store: Kept, account: &'static str) -> Self {
        let vendors = sandbox::start(sandbox::Options::default()).await.expect("the sandboxes listen");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let setup = Setup { sections: "[limits]\nrequest_timeout = \"3s\"", account, ..Setup::default() };
        let text = configuration(&vendors, &setup, &store.url());
        fs::write(folder.path().join("vendgraph.toml"), &text).expect("it is written");
        let token = token(&text, "tester");
        let counter = Counter::filled(&vendors);
        Self { vendors, counter, store, folder, token, client: reqwest::Client::new() }
    }

    async fn start(&self) -> Program {
        Program::start(&self.folder.path().join("vendgraph.toml")).await
    }

    /// Asks for the one order that all of this is about.
    async fn place(&self, program: &Program) -> reqwest::Result<Told> {
        self.try_place(&program.url).await
    }

    /// The same at another address; again where the answer was not ready in time, since none of this is about how fast this
    /// machine is.
    async fn try_place(&self, url: &str) -> reqwest::Result<Told> {
        let body = json!({ "query": self.counter.create(&[(0, 1)], "the key") }).to_string();
        loop {
            let request = self.client.post(url).header("content-type", "application/json");
            let answer = request.bearer_auth(&self.token).body(body.clone()).send().await?;
            let answer: Value = answer.json().await?;
            if answer["errors"][0]["extensions"]["code"] != "OVERLOADED" {
                return Ok(Told::of(&answer));
            }
        }
    }

    fn fault(&self, fault: Fault) {
        self.vendors.faults(Vendor::Dingshang).add(fault.times(1));
    }

    /// How often the vendor was asked for an order.
    fn sent(&self) -> u64 {
        self.vendors.calls(Vendor::Dingshang).count(PLACE)
    }

    /// Presses the button and kills the program when `so`.
    async fn killed_when(&self, program: Program, so: impl Future<Output = ()>) {
        tokio::select! {
            told = self.place(&program) => panic!("it answered: {told:?}"),
            () = so => {}
            () = tokio::time::sleep(PATIENCE) => panic!("it never came so far"),
        }
        program.kill().await;
    }

    /// Starts the program again, and presses the button again and again.
    async fn afterwards(&self) -> Told {
        let program = self.start().await;
        let told = self.place(&program).await.expect("it answers");
        let again = self.place(&program).await.expect("it answers");
        assert_eq!(again, told, "the same key gives the same order");
        program.kill().await;
        told
    }
}

async fn until(so: impl Fn() -> bool) {
    while !so() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn is_unknown(told: &Told) -> bool {
    (told.state(), told.error(), told.order()["number"].is_null())
        == ("UNKNOWN", Some("OUTCOME_UNKNOWN"), true)
}

/// Each over both stores.
macro_rules! over_both {
    ($($name:ident)+) => {
        mod in_a_file {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name(super::Kept::in_a_file()).await;
                }
            )+
        }
        mod on_a_server {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name(super::Kept::on_a_server().await).await;
                }
            )+
        }
    };
}

over_both! {
    killed_before_sending_nothing_is_sent_afterwards_either
    killed_before_the_vendor_acts_the_order_is_unknown_and_not_sent_again
    killed_after_the_vendor_acted_the_order_is_unknown_and_not_sent_again
    killed_between_the_answer_and_its_commit_the_order_is_unknown_and_not_sent_again
    killed_after_the_commit_the_order_is_known
    what_a_store_that_is_held_for_long_does_not_take_is_written_once_it_is_free
}

async fn killed_before_sending_nothing_is_sent_afterwards_either(store: Kept) {
    let scene = Scene::new(store, "max_concurrency = 1\ntimeout = \"30s\"\nretries = 0").await;
    let program = scene.start().await;
    // The machine's shelves are known, and a read that hangs has the account's only place: what is to be sent waits.
    let machine = &scene.counter.machine;
    let ask = |fields: &str| {
        let query =
            json!({ "query": format!("{{ machine(id: \"{machine}\") {{ {fields} }} }}") }).to_string();
        let request = scene.client.post(&program.url).header("content-type", "application/json");
        request.bearer_auth(&scene.token).body(query).send()
    };
    ask("shelves { code }").await.expect("it answers");
    let calls = scene.vendors.calls(Vendor::Dingshang);
    scene.fault(Fault::new(Effect::Hang).on_call("/products/{product_id}/pickup_code"));
    let hanging = tokio::spawn(ask("pickupCodes(first: 1) { nodes { id } }"));
    until(|| calls.count("/products/{product_id}/pickup_code") > 0).await;
    let written = async {
        while scene.store.count("intents").await == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    scene.killed_when(program, written).await;
    hanging.abort();
    let told = scene.afterwards().await;
    assert!(is_unknown(&told), "{told:?}");
    assert_eq!((scene.sent(), taken(&scene.vendors).len()), (0, 0));
}

async fn killed_before_the_vendor_acts_the_order_is_unknown_and_not_sent_again(store: Kept) {
    let scene = Scene::new(store, "").await;
    let program = scene.start().await;
    scene.fault(Fault::new(Effect::Hang).on_call(PLACE));
    scene.killed_when(program, until(|| scene.sent() == 1)).await;
    let told = scene.afterwards().await;
    assert!(is_unknown(&told), "{told:?}");
    assert_eq!((scene.sent(), taken(&scene.vendors).len()), (1, 0));
}

async fn killed_after_the_vendor_acted_the_order_is_unknown_and_not_sent_again(store: Kept) {
    let scene = Scene::new(store, "").await;
    let program = scene.start().await;
    scene.fault(Fault::new(Effect::Hang).after().on_call(PLACE));
    scene.killed_when(program, until(|| taken(&scene.vendors).len() == 1)).await;
    let told = scene.afterwards().await;
    assert!(is_unknown(&told), "{told:?}");
    assert_eq!(told.order()["tradeNumber"], taken(&scene.vendors)[0].trade_id.as_str());
    assert_eq!((scene.sent(), taken(&scene.vendors).len()), (1, 1));
}

/// Lets the vendor's answer come while the store takes nothing, and waits until the gateway has noticed; gives who
/// holds the store.
async fn answered_while_locked(scene: &Scene, program: &mut Program) -> Held {
    // What takes time comes before: from here on the vendor takes its own.
    let holder = scene.store.holder().await;
    until(|| scene.sent() == 1).await;
    let store = holder.hold().await;
    program.logs("what came of a command is not written down yet").await;
    assert_eq!(taken(&scene.vendors).len(), 1);
    store
}

async fn killed_between_the_answer_and_its_commit_the_order_is_unknown_and_not_sent_again(store: Kept) {
    let scene = Scene::new(store, "").await;
    let mut program = scene.start().await;
    scene.fault(Fault::new(LATER).on_call(PLACE));
    let url = program.url.clone();
    let (told, store) = tokio::join!(scene.try_place(&url), answered_while_locked(&scene, &mut program));
    let told = told.expect("it answers");
    assert!(is_unknown(&told), "while it is not written down it is not known: {told:?}");
    program.kill().await;
    store.let_go().await;
    let told = scene.afterwards().await;
    assert!(is_unknown(&told), "{told:?}");
    assert_eq!(told.order()["tradeNumber"], taken(&scene.vendors)[0].trade_id.as_str());
    assert_eq!((scene.sent(), taken(&scene.vendors).len()), (1, 1));
}

async fn killed_after_the_commit_the_order_is_known(store: Kept) {
    let scene = Scene::new(store, "").await;
    let program = scene.start().await;
    // The order is read for its amount once it is written down.
    scene.fault(Fault::new(Effect::Hang).on_call(READ));
    let calls = scene.vendors.calls(Vendor::Dingshang);
    scene.killed_when(program, until(|| calls.count(READ) == 1)).await;
    let told = scene.afterwards().await;
    let taken = taken(&scene.vendors);
    assert_eq!((told.state(), told.error()), ("UNPAID", None), "{told:?}");
    assert_eq!(told.order()["number"], taken[0].id.to_string(), "{told:?}");
    assert_eq!((scene.sent(), taken.len()), (1, 1));
}

async fn what_a_store_that_is_held_for_long_does_not_take_is_written_once_it_is_free(store: Kept) {
    let scene = Scene::new(store, "").await;
    let mut program = scene.start().await;
    scene.fault(Fault::new(LATER).on_call(PLACE));
    let url = program.url.clone();
    let (told, store) = tokio::join!(scene.try_place(&url), answered_while_locked(&scene, &mut program));
    let told = told.expect("it answers");
    assert!(is_unknown(&told), "{told:?}");
    store.let_go().await;
    let waited = async {
        loop {
            let told = scene.place(&program).await.expect("it answers");
            if told.error().is_none() {
                break told;
            }
        }
    };
    let told = tokio::time::timeout(PATIENCE, waited).await.expect("it is written down");
    assert_eq!(told.state(), "UNPAID", "{told:?}");
    assert_eq!(told.order()["number"], taken(&scene.vendors)[0].id.to_string(), "{told:?}");
    assert_eq!(scene.sent(), 1);
    program.kill().await;
}
