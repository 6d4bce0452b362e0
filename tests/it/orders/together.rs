//! Many at once, and callers that do not wait for the answer.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use vendgraph::{
    auth::Scope,
    sandbox::{Effect, Fault, Vendor},
};

use crate::{
    harness::{Setup, System},
    orders::{Counter, DISPENSE, PLACE, Told, UPDATE, dispense, pay},
};

/// How many press the button at once.
const MANY: usize = 100;

#[tokio::test]
async fn a_hundred_calls_with_one_key_are_one_order_and_a_hundred_equal_answers() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let request = counter.create(&[(0, 1), (1, 2)], "k");
    let answers = join_all((0..MANY).map(|_| system.tell(&request))).await;
    assert_eq!((answers[0].state(), answers[0].error()), ("UNPAID", None), "{:?}", answers[0]);
    assert_eq!(answers.iter().filter(|answer| **answer == answers[0]).count(), MANY);
    assert_eq!((system.sent(PLACE), system.taken().len()), (1, 1));
    assert_eq!(system.orders().await.len(), 1);
    system.end().await;
}

#[tokio::test]
async fn a_hundred_payments_and_dispenses_of_one_order_are_one_of_each() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let placed = system.tell(&counter.create(&[(0, 1)], "k")).await;
    let (pay, line) = (pay(placed.id()), dispense(placed.id(), placed.line(0)));
    for told in join_all((0..MANY).map(|_| system.tell(&pay))).await {
        assert_eq!((told.state(), told.error()), ("PAID", None), "{told:?}");
    }
    for told in join_all((0..MANY).map(|_| system.tell(&line))).await {
        assert_eq!((&told.0["delivery"]["state"], told.error()), (&json!("DISPENSING"), None), "{told:?}");
    }
    assert_eq!((system.sent(UPDATE), system.sent(DISPENSE)), (1, 1));
    system.end().await;
}

#[tokio::test]
async fn the_same_key_of_two_callers_is_two_orders() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let request = counter.create(&[(0, 1)], "k");
    let other = system.token_of("another", &Scope::ALL, &["*"]);
    let (ours, theirs) = (system.tell(&request).await, Told::of(&system.ask_as(&other, &request).await));
    assert_ne!(ours.id(), theirs.id());
    assert_eq!(system.sent(PLACE), 2);
    system.end().await;
}

#[tokio::test]
async fn who_hangs_up_finds_the_order_under_its_key() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let slow = Fault::new(Effect::Delay { millis: 300 }).on_call(PLACE);
    system.vendors.faults(Vendor::Dingshang).add(slow);
    let request = counter.create(&[(0, 1)], "k");
    let asked = async {
        while system.sent(PLACE) == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::select! {
        told = system.tell(&request) => panic!("the vendor is slow: {told:?}"),
        () = asked => {}
    }
    let found = system.tell(&request).await;
    assert_eq!((found.state(), found.error()), ("UNPAID", None), "{found:?}");
    assert_eq!(found.order()["tradeNumber"], system.taken()[0].trade_id.as_str());
    assert_eq!((system.sent(PLACE), system.taken().len()), (1, 1));
    system.end().await;
}
