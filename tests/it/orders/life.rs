//! The life of an order, from the first request to its end.

use std::time::Duration;

use vendgraph::sandbox::world::dingshang::{Dispenses, Outcome};

use crate::{
    harness::{Setup, System},
    orders::{Counter, DISPENSE, PLACE, UPDATE, cancel, dispense, pay},
};

#[tokio::test]
async fn an_order_is_placed_paid_dispensed_and_what_did_not_come_out_is_paid_back() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let request = counter.create(&[(0, 1), (1, 2)], "a can and two bars");
    let placed = system.tell(&request).await;
    let [taken] = &system.taken()[..] else { panic!("one order: {:?}", system.taken()) };
    assert_eq!((placed.state(), placed.error()), ("UNPAID", None), "{placed:?}");
    assert_eq!(placed.order()["number"], taken.id.to_string(), "{placed:?}");
    assert_eq!(placed.order()["tradeNumber"], taken.trade_id.as_str(), "{placed:?}");
    assert_eq!(placed.order()["amount"]["minorUnits"], taken.amount, "{placed:?}");

    assert_eq!(system.tell(&request).await, placed, "the same key gives the same order");
    let other = system.tell(&counter.create(&[(0, 2)], "a can and two bars")).await;
    assert_eq!((other.error(), &*other.field()), (Some("CONFLICT"), "idempotencyKey"), "{other:?}");
    assert_eq!(system.sent(PLACE), 1);

    for _ in 0..2 {
        let paid = system.tell(&pay(placed.id())).await;
        assert_eq!((paid.state(), paid.error()), ("PAID", None), "{paid:?}");
    }
    assert_eq!(system.sent(UPDATE), 1, "what is paid is not paid again");

    let line = dispense(placed.id(), placed.line(0));
    let begun = system.tell(&line).await;
    assert_eq!((&begun.0["delivery"]["state"], begun.error()), (&"DISPENSING".into(), None), "{begun:?}");
    assert!(begun.0["deliveryId"].is_string(), "{begun:?}");
    assert_eq!(system.tell(&line).await, begun, "the machine is at it");
    assert_eq!(system.sent(DISPENSE), 1, "while the machine is at it nothing is sent");

    system.pass(Duration::from_secs(3)).await;
    let now = system.order(placed.id()).await;
    assert_eq!(now["lines"][0]["delivery"]["state"], "DISPENSED", "{now}");
    assert_eq!(now["lines"][1]["delivery"]["state"], "WAITING", "{now}");
    assert_eq!(system.tell(&line).await.error(), Some("ORDER_ALREADY_DELIVERED"));
    assert_eq!(system.sent(DISPENSE), 1);

    let refunded = system.tell(&cancel(placed.id(), "REFUND")).await;
    assert_eq!((refunded.state(), refunded.error()), ("REFUND", None), "{refunded:?}");
    assert_eq!(refunded.order()["lines"][0]["delivery"]["state"], "DISPENSED", "{refunded:?}");
    assert_eq!(refunded.order()["lines"][1]["delivery"]["state"], "CANCELLED", "{refunded:?}");
    assert_eq!(system.tell(&pay(placed.id())).await.error(), Some("ORDER_STATE_INVALID"));
    let machine = system.vendors.dingshang().machine(&counter.number).unwrap();
    let stock = |shelf: usize| {
        let product = counter.shelves[shelf].product;
        machine.slots.iter().find(|slot| slot.product_id == product).unwrap().stock
    };
    assert_eq!((stock(0), stock(1)), (counter.shelves[0].stock - 1, counter.shelves[1].stock));
    system.end().await;
}

#[tokio::test]
async fn an_order_that_nobody_pays_expires_after_twenty_minutes() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let placed = system.tell(&counter.create(&[(0, 1)], "k")).await;
    system.pass(Duration::from_secs(20 * 60 - 2)).await;
    assert_eq!(system.order(placed.id()).await["state"], "UNPAID");
    system.pass(Duration::from_secs(2)).await;
    assert_eq!(system.order(placed.id()).await["state"], "EXPIRED");
    assert!(system.taken()[0].lapsed);
    let late = system.tell(&pay(placed.id())).await;
    assert_eq!((late.state(), late.error()), ("EXPIRED", Some("ORDER_EXPIRED")), "{late:?}");
    let late = system.tell(&dispense(placed.id(), placed.line(0))).await;
    assert_eq!(late.error(), Some("ORDER_EXPIRED"), "{late:?}");
    system.reconcile().await;
    let again = system.tell(&counter.create(&[(0, 1)], "k")).await;
    assert_eq!((again.state(), again.error(), again.id()), ("EXPIRED", None, placed.id()), "{again:?}");
    assert_eq!((system.sent(PLACE), system.sent(UPDATE), system.sent(DISPENSE)), (1, 0, 0));
    system.end().await;
}

#[tokio::test]
async fn a_line_of_three_pieces_gives_out_three_and_no_fourth() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let placed = system.tell(&counter.create(&[(0, 3)], "k")).await;
    assert_eq!(system.tell(&pay(placed.id())).await.state(), "PAID");
    let line = dispense(placed.id(), placed.line(0));
    let mut numbers = Vec::new();
    for piece in 1..=3 {
        let begun = system.tell(&line).await;
        assert_eq!(begun.error(), None);
        assert_eq!(system.tell(&line).await, begun, "the machine is at it");
        assert!(!numbers.contains(&begun.0["deliveryId"]), "each piece has a dispense of its own: {begun:?}");
        numbers.push(begun.0["deliveryId"].clone());
        assert_eq!(system.sent(DISPENSE), piece);
        system.pass(Duration::from_secs(3)).await;
        assert_eq!(u64::from(system.taken()[0].records[0].dispensed), piece);
    }
    assert_eq!(system.order(placed.id()).await["lines"][0]["delivery"]["state"], "DISPENSED");
    assert_eq!(system.tell(&line).await.error(), Some("ORDER_ALREADY_DELIVERED"));
    assert_eq!(system.sent(DISPENSE), 3);
    system.end().await;
}

#[tokio::test]
async fn a_line_that_failed_is_dispensed_again_and_each_attempt_has_a_number_of_its_own() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let paid = system.paid(&counter, &[0], "k").await;
    let line = dispense(paid.id(), paid.line(0));
    let fails = Outcome::Fails { reason: "Goods are Stuck".into(), floor_status: "2".into() };
    let next = |outcome: Outcome| {
        let dispenses = Some(Dispenses { outcome, times: Some(1) });
        assert!(system.vendors.dingshang().change(&counter.number, |machine| machine.dispenses = dispenses));
    };
    let mut numbers = Vec::new();
    for (outcome, state) in [(fails, "FAILED"), (Outcome::Succeeds, "DISPENSED")] {
        next(outcome);
        let begun = system.tell(&line).await;
        assert_eq!((&begun.0["delivery"]["state"], begun.error()), (&"DISPENSING".into(), None), "{begun:?}");
        numbers.push(begun.0["deliveryId"].clone());
        system.pass(Duration::from_secs(3)).await;
        let delivery = &system.order(paid.id()).await["lines"][0]["delivery"];
        let reason = if state == "FAILED" { "Goods are Stuck".into() } else { serde_json::Value::Null };
        assert_eq!((&delivery["state"], &delivery["failureReason"]), (&state.into(), &reason), "{delivery}");
        assert!(delivery["at"].is_string(), "{delivery}");
    }
    assert_ne!(numbers[0], numbers[1]);
    system.order(paid.id()).await;
    assert_eq!(system.sent("POST /deliveries/{delivery_id}"), 2, "once for each attempt");
    assert_eq!((system.sent(DISPENSE), system.taken()[0].records[0].dispensed), (2, 1));
    assert_eq!(system.tell(&line).await.error(), Some("ORDER_ALREADY_DELIVERED"));
    system.end().await;
}

#[tokio::test]
async fn an_order_outlives_the_gateway() {
    let mut system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let request = counter.create(&[(0, 1)], "k");
    let placed = system.tell(&request).await;
    system.crash().await;
    system.restart().await;
    assert_eq!(system.tell(&request).await, placed);
    assert_eq!(system.tell(&pay(placed.id())).await.state(), "PAID");
    system.crash().await;
    system.restart().await;
    assert_eq!(system.order(placed.id()).await["state"], "PAID");
    assert_eq!(system.sent(PLACE), 1);
    system.end().await;
}
