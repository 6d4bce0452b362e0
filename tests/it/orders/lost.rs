//! Answers that are lost: what was sent is not sent again, what came of it is found out, and until then that is told.

use std::time::Duration;

use serde_json::Value;
use vendgraph::sandbox::{
    Effect, Fault, Vendor,
    world::dingshang::{Dispenses, Outcome},
};

use crate::{
    harness::{Setup, System},
    orders::{Counter, DISPENSE, PLACE, READ, UPDATE, cancel, dispense, pay},
};

/// A vendor that says nothing is not waited for as long as usual.
fn hasty() -> Setup {
    Setup { account: "timeout = \"1s\"", sections: "[limits]\nrequest_timeout = \"4s\"", ..Setup::default() }
}

#[tokio::test]
async fn an_order_whose_answer_was_lost_is_unknown_until_it_expires_and_its_key_stays_taken() {
    for (effect, acts) in [(Effect::Cut, true), (Effect::Hang, true), (Effect::Cut, false)] {
        let system = System::start(hasty()).await;
        let counter = Counter::filled(&system.vendors);
        let fault = Fault::new(effect).on_call(PLACE).times(1);
        system.vendors.faults(Vendor::Dingshang).add(if acts { fault.after() } else { fault });
        let request = counter.create(&[(0, 1)], "k");
        let lost = system.tell(&request).await;
        assert_eq!((lost.state(), lost.error()), ("UNKNOWN", Some("OUTCOME_UNKNOWN")), "{lost:?}");
        assert!(lost.order()["number"].is_null(), "{lost:?}");
        assert_eq!(system.tell(&request).await, lost, "the same key gives the same order");
        assert_eq!(system.tell(&pay(lost.id())).await.error(), Some("OUTCOME_UNKNOWN"));
        assert_eq!((system.sent(PLACE), system.sent(UPDATE)), (1, 0));
        assert_eq!(system.taken().len(), usize::from(acts));
        system.pass(Duration::from_mins(20)).await;
        system.reconcile().await;
        assert_eq!(system.order(lost.id()).await["state"], "EXPIRED");
        let again = system.tell(&request).await;
        assert_eq!((again.state(), again.error()), ("EXPIRED", Some("ORDER_EXPIRED")), "{again:?}");
        assert_eq!(again.id(), lost.id());
        assert_eq!(system.sent(PLACE), 1);
        system.end().await;
    }
}

#[tokio::test]
async fn a_crash_keeps_the_key_also_when_the_gateway_comes_back_after_the_order_has_expired() {
    let mut system =
        System::start(Setup { sections: "[limits]\nrequest_timeout = \"4s\"", ..Setup::default() }).await;
    let counter = Counter::filled(&system.vendors);
    system.vendors.faults(Vendor::Dingshang).add(Fault::new(Effect::Hang).after().on_call(PLACE).times(1));
    let request = counter.create(&[(0, 1)], "k");
    let token = system.token(&vendgraph::auth::Scope::ALL, &["*"]);
    let body = serde_json::json!({ "query": request });
    tokio::select! {
        answer = system.try_post(Some(&token), &body) => panic!("the vendor hangs: {answer:?}"),
        () = until(|| system.taken().len() == 1) => {}
    }
    system.crash().await;
    system.pass(Duration::from_mins(30)).await;
    system.restart().await;
    system.reconcile().await;
    let again = system.tell(&request).await;
    assert_eq!((again.state(), again.error()), ("EXPIRED", Some("ORDER_EXPIRED")), "{again:?}");
    assert_eq!(again.order()["tradeNumber"], system.taken()[0].trade_id.as_str(), "{again:?}");
    assert_eq!((system.sent(PLACE), system.taken().len()), (1, 1));
    system.end().await;
}

#[tokio::test]
async fn who_presses_again_after_a_crash_is_not_kept_waiting_for_what_nobody_carries_out() {
    let mut system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    system.vendors.faults(Vendor::Dingshang).add(Fault::new(Effect::Hang).after().on_call(PLACE).times(1));
    let request = counter.create(&[(0, 1)], "k");
    let token = system.token(&vendgraph::auth::Scope::ALL, &["*"]);
    let body = serde_json::json!({ "query": request });
    tokio::select! {
        answer = system.try_post(Some(&token), &body) => panic!("the vendor hangs: {answer:?}"),
        () = until(|| system.taken().len() == 1) => {}
    }
    system.crash().await;
    system.restart().await;
    let asked = std::time::Instant::now();
    let again = system.tell(&request).await;
    assert_eq!((again.state(), again.error()), ("UNKNOWN", Some("OUTCOME_UNKNOWN")), "{again:?}");
    assert!(asked.elapsed() < Duration::from_secs(5), "of the 15 s that a request may take: {asked:?}");
    assert_eq!(system.sent(PLACE), 1);
    system.end().await;
}

#[tokio::test]
async fn a_payment_whose_answer_was_lost_is_settled_by_reading_the_order() {
    let system = System::start(hasty()).await;
    let counter = Counter::filled(&system.vendors);
    let placed = system.tell(&counter.create(&[(0, 1)], "k")).await;
    let faults = system.vendors.faults(Vendor::Dingshang);
    faults.add(Fault::new(Effect::Cut).after().on_call(UPDATE).times(1));
    let paid = system.tell(&pay(placed.id())).await;
    assert_eq!((paid.state(), paid.error()), ("PAID", None), "{paid:?}");
    assert_eq!(system.sent(UPDATE), 1);

    // Now the reading fails as well, and settles it later.
    let placed = system.tell(&counter.create(&[(1, 1)], "l")).await;
    faults.set(vec![
        Fault::new(Effect::Cut).after().on_call(UPDATE).times(1),
        Fault::new(Effect::Refuse { code: "80002".into(), message: "查不到对应记录".into() }).on_call(READ),
    ]);
    let lost = system.tell(&pay(placed.id())).await;
    assert_eq!((lost.state(), lost.error()), ("UNPAID", Some("OUTCOME_UNKNOWN")), "{lost:?}");
    let told = system.tell(&pay(placed.id())).await;
    assert_eq!(told.error(), Some("OUTCOME_UNKNOWN"), "nor can it be settled");
    faults.clear();
    let paid = system.tell(&pay(placed.id())).await;
    assert_eq!((paid.state(), paid.error()), ("PAID", None), "{paid:?}");
    assert_eq!(system.sent(UPDATE), 2, "one for each order");
    system.end().await;
}

#[tokio::test]
async fn a_cancellation_whose_answer_was_lost_is_ours_and_no_lapse_also_when_others_read_it_first() {
    for reads_answer in [true, false] {
        let system = System::start(hasty()).await;
        let counter = Counter::filled(&system.vendors);
        let order = system.tell(&counter.create(&[(0, 1)], "k")).await;
        system
            .vendors
            .faults(Vendor::Dingshang)
            .add(Fault::new(Effect::Cut).after().on_call(UPDATE).times(1));
        if !reads_answer {
            // The look at the order right after it is lost too.
            system.vendors.faults(Vendor::Dingshang).add(Fault::new(Effect::Cut).on_call(READ).times(4));
        }
        system.tell(&cancel(order.id(), "CLOSED")).await;
        system.vendors.faults(Vendor::Dingshang).clear();
        assert_eq!(system.order(order.id()).await["state"], "CLOSED");
        let again = system.tell(&cancel(order.id(), "CLOSED")).await;
        assert_eq!((again.state(), again.error()), ("CLOSED", None), "{again:?}");
        assert_eq!(system.sent(UPDATE), 1);
        system.end().await;
    }
}

#[tokio::test]
async fn what_the_vendor_knows_no_more_is_given_up_after_an_hour_and_never_told_as_not_done() {
    let system = System::start(hasty()).await;
    let counter = Counter::filled(&system.vendors);
    let placed = system.tell(&counter.create(&[(0, 1)], "k")).await;
    let faults = system.vendors.faults(Vendor::Dingshang);
    let gone = || Effect::Refuse { code: "80002".into(), message: "查不到对应记录".into() };
    faults.set(vec![
        Fault::new(Effect::Cut).on_call(UPDATE).times(1),
        Fault::new(gone()).on_call(READ),
        Fault::new(gone()).on_call(UPDATE),
    ]);
    assert_eq!(system.tell(&pay(placed.id())).await.error(), Some("OUTCOME_UNKNOWN"));
    system.pass(Duration::from_mins(59)).await;
    system.reconcile().await;
    assert_eq!(system.order(placed.id()).await["state"], "UNPAID", "it may have been paid");
    let held = system.tell(&pay(placed.id())).await;
    assert_eq!((held.error(), system.sent(UPDATE)), (Some("OUTCOME_UNKNOWN"), 1), "{held:?}");
    system.pass(Duration::from_mins(2)).await;
    system.reconcile().await;
    let reads = system.sent(READ);
    system.reconcile().await;
    assert_eq!(system.sent(READ), reads, "the vendor is not asked for ever");
    system.end().await;
}

#[tokio::test]
async fn a_lost_payment_keeps_an_order_from_being_told_as_expired_until_it_is_settled() {
    let mut system = System::start(hasty()).await;
    let counter = Counter::filled(&system.vendors);
    let placed = system.tell(&counter.create(&[(0, 1)], "k")).await;
    system.vendors.faults(Vendor::Dingshang).set(vec![
        Fault::new(Effect::Cut).after().on_call(UPDATE).times(1),
        Fault::new(Effect::Cut).on_call(READ),
    ]);
    assert_eq!(system.tell(&pay(placed.id())).await.error(), Some("OUTCOME_UNKNOWN"));
    system.crash().await;
    system.pass(Duration::from_mins(25)).await;
    system.restart().await;
    assert_eq!(system.order(placed.id()).await["state"], "UNPAID", "the vendor does not tell");
    assert_eq!(system.orders().await[0]["state"], "UNPAID");
    system.vendors.faults(Vendor::Dingshang).clear();
    assert_eq!(system.order(placed.id()).await["state"], "PAID");
    system.reconcile().await;
    assert_eq!(system.orders().await[0]["state"], "PAID");
    system.end().await;
}

#[tokio::test]
async fn a_payment_that_never_arrived_is_unknown_for_three_minutes_and_may_then_be_sent_anew() {
    let system = System::start(hasty()).await;
    let counter = Counter::filled(&system.vendors);
    let placed = system.tell(&counter.create(&[(0, 1)], "k")).await;
    system.vendors.faults(Vendor::Dingshang).add(Fault::new(Effect::Cut).on_call(UPDATE).times(1));
    for _ in 0..2 {
        let lost = system.tell(&pay(placed.id())).await;
        assert_eq!((lost.state(), lost.error()), ("UNPAID", Some("OUTCOME_UNKNOWN")), "{lost:?}");
    }
    assert_eq!(system.sent(UPDATE), 1);
    system.pass(Duration::from_mins(4)).await;
    let paid = system.tell(&pay(placed.id())).await;
    assert_eq!((paid.state(), paid.error()), ("PAID", None), "{paid:?}");
    assert_eq!(system.sent(UPDATE), 2);
    system.end().await;
}

#[tokio::test]
async fn a_dispense_whose_answer_was_lost_is_settled_by_reading_the_order() {
    let system = System::start(hasty()).await;
    let counter = Counter::filled(&system.vendors);
    let paid = system.paid(&counter, &[0], "k").await;
    system.vendors.faults(Vendor::Dingshang).add(Fault::new(Effect::Cut).after().on_call(DISPENSE).times(1));
    for _ in 0..2 {
        let begun = system.tell(&dispense(paid.id(), paid.line(0))).await;
        assert_eq!((&begun.0["delivery"]["state"], begun.error()), (&"DISPENSING".into(), None), "{begun:?}");
    }
    system.pass(Duration::from_secs(3)).await;
    assert_eq!(system.order(paid.id()).await["lines"][0]["delivery"]["state"], "DISPENSED");
    assert_eq!((system.sent(DISPENSE), system.taken()[0].records[0].dispensed), (1, 1));
    system.end().await;
}

#[tokio::test]
async fn a_second_piece_that_was_never_begun_is_not_told_as_begun_because_the_first_was() {
    let system = System::start(hasty()).await;
    let counter = Counter::filled(&system.vendors);
    let placed = system.tell(&counter.create(&[(0, 2)], "k")).await;
    assert_eq!(system.tell(&pay(placed.id())).await.state(), "PAID");
    let line = dispense(placed.id(), placed.line(0));
    assert_eq!(system.tell(&line).await.error(), None);
    system.pass(Duration::from_secs(3)).await;
    system.vendors.faults(Vendor::Dingshang).add(Fault::new(Effect::Cut).on_call(DISPENSE).times(1));
    assert_eq!(system.tell(&line).await.error(), Some("OUTCOME_UNKNOWN"));
    system.reconcile().await;
    assert_eq!(system.tell(&line).await.error(), Some("OUTCOME_UNKNOWN"), "it may have come out by now");
    assert_eq!(system.sent(DISPENSE), 2);
    system.pass(Duration::from_mins(4)).await;
    assert_eq!(system.tell(&line).await.error(), None);
    system.pass(Duration::from_secs(3)).await;
    assert_eq!(system.order(placed.id()).await["lines"][0]["delivery"]["state"], "DISPENSED");
    assert_eq!(system.taken()[0].records[0].dispensed, 2);
    system.end().await;
}

#[tokio::test]
async fn a_failure_from_before_is_no_proof_that_the_machine_tried_again() {
    for acts in [false, true] {
        let system = System::start(hasty()).await;
        let counter = Counter::filled(&system.vendors);
        let paid = system.paid(&counter, &[0], "k").await;
        let line = dispense(paid.id(), paid.line(0));
        let fails = Outcome::Fails { reason: "Goods are Stuck".into(), floor_status: "2".into() };
        let dispenses = Some(Dispenses { outcome: fails, times: Some(1) });
        system.vendors.dingshang().change(&counter.number, |machine| machine.dispenses = dispenses);
        assert_eq!(system.tell(&line).await.error(), None);
        system.pass(Duration::from_secs(3)).await;
        let state = async || system.order(paid.id()).await["lines"][0]["delivery"]["state"].clone();
        assert_eq!(state().await, "FAILED");

        let cut = Fault::new(Effect::Cut).on_call(DISPENSE).times(1);
        system.vendors.faults(Vendor::Dingshang).add(if acts { cut.after() } else { cut });
        let tried = system.tell(&line).await;
        if acts {
            assert_eq!((&tried.0["delivery"]["state"], tried.error()), (&"DISPENSING".into(), None));
            system.pass(Duration::from_secs(3)).await;
            assert_eq!(state().await, "DISPENSED");
        } else {
            assert_eq!(tried.error(), Some("OUTCOME_UNKNOWN"), "{tried:?}");
            system.reconcile().await;
            assert_eq!(state().await, "WAITING", "whether it is tried again is not known");
            assert_eq!(system.tell(&line).await.error(), Some("OUTCOME_UNKNOWN"));
            assert_eq!(system.sent(DISPENSE), 2);
            system.pass(Duration::from_mins(4)).await;
            system.reconcile().await;
            assert_eq!(state().await, "FAILED");
            assert_eq!(system.tell(&line).await.error(), None, "and it may be tried anew");
            assert_eq!(system.sent(DISPENSE), 3);
        }
        system.end().await;
    }
}

#[tokio::test]
async fn a_failed_line_that_is_refused_another_try_stays_failed() {
    let system = System::start(hasty()).await;
    let counter = Counter::filled(&system.vendors);
    let paid = system.paid(&counter, &[0], "k").await;
    let line = dispense(paid.id(), paid.line(0));
    let fails = Outcome::Fails { reason: "Goods are Stuck".into(), floor_status: "2".into() };
    let dispenses = Some(Dispenses { outcome: fails, times: Some(1) });
    system.vendors.dingshang().change(&counter.number, |machine| machine.dispenses = dispenses);
    let first = system.tell(&line).await;
    system.pass(Duration::from_secs(3)).await;
    assert_eq!(system.order(paid.id()).await["lines"][0]["delivery"]["state"], "FAILED");
    assert!(system.vendors.dingshang().set_online(&counter.number, false));
    let refused = system.tell(&line).await;
    assert_eq!(refused.error(), Some("MACHINE_OFFLINE"), "{refused:?}");
    assert_eq!(refused.0["delivery"]["state"], "FAILED", "{refused:?}");
    assert_eq!(refused.0["deliveryId"], first.0["deliveryId"], "{refused:?}");
    system.end().await;
}

#[tokio::test]
async fn what_was_never_sent_is_told_so_and_the_key_may_be_used_again() {
    let system = System::start(Setup { account: "timeout = \"1s\"\nretries = 0", ..Setup::default() }).await;
    let counter = Counter::filled(&system.vendors);
    let machine = counter.machine.clone();
    let shelves = format!("{{ machine(id: \"{machine}\") {{ shelves {{ code }} }} }}");
    assert!(system.ask(&shelves).await["errors"].is_null());
    // The circuit opens, while the machine's shelves are known.
    let faults = system.vendors.faults(Vendor::Dingshang);
    faults.add(Fault::new(Effect::Status(503)));
    let categories = format!("{{ machine(id: \"{machine}\") {{ shelves {{ category {{ sortOrder }} }} }} }}");
    for _ in 0..6 {
        system.ask(&categories).await;
    }
    let health = "{ accounts { health { state } } }";
    let down = |answer: Value| answer["data"]["accounts"][1]["health"]["state"] == "DOWN";
    while !down(system.ask(health).await) {
        system.ask(&categories).await;
    }
    let request = counter.create(&[(0, 1)], "k");
    let told = system.tell(&request).await;
    assert_eq!(told.error(), Some("VENDOR_UNAVAILABLE"), "{told:?}");
    assert_eq!(told.0["userErrors"][0]["retryable"], true, "{told:?}");
    assert!(told.order().is_null() && system.orders().await.is_empty(), "{told:?}");
    assert_eq!(system.sent(PLACE), 0);
    faults.clear();
    system.pass(Duration::from_secs(40)).await;
    let placed = system.tell(&request).await;
    assert_eq!((placed.state(), placed.error()), ("UNPAID", None), "{placed:?}");
    assert_eq!((system.sent(PLACE), system.taken().len()), (1, 1));
}

/// Waits until it is so.
async fn until(so: impl Fn() -> bool) {
    while !so() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
