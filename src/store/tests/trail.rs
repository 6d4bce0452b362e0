//! How long commands are kept, and what the log tells of them.

use super::{
    Place,
    samples::{account, code, log, new, on, order, second, wanted},
};
use crate::{
    domain::{Delivery, DeliveryState, Happening, Order, OrderState, Touched},
    store::{Action, Change, Digest, Ending, Intent, IntentId, NewIntent, Outcome, Store, Target},
};

async fn begin(store: &dyn Store, wanted: NewIntent, at: i64, change: Change) -> Intent {
    new(store.begin(&NewIntent { begun_at: second(at), ..wanted }, &change).await.unwrap())
}

async fn end(store: &dyn Store, intent: &Intent, outcome: Outcome, at: i64) {
    store.end(intent.id, &Ending::new(outcome, second(at)), &Change::none()).await.unwrap();
}

/// Goes over everything that was begun before an instant, a few at a time; gives how many steps that took.
async fn prune(store: &dyn Store, before: i64) -> usize {
    let (mut after, mut steps) = (None, 0);
    while let Some(last) = store.prune_intents(second(before), after, 2).await.unwrap() {
        assert!(after.is_none_or(|after: IntentId| after < last));
        after = Some(last);
        steps += 1;
    }
    steps
}

async fn left(store: &dyn Store) -> Vec<IntentId> {
    let mut trail = store.intents(&account(), None, 99).await.unwrap().rows;
    trail.reverse();
    trail.into_iter().map(|intent| intent.id).collect()
}

pub(super) async fn old_commands_go_and_what_is_needed_stays(at: &dyn Place) {
    let store = at.open().await;
    let store = &*store;
    let codes = Change::codes(vec![code("1", "123456")]);
    let made = begin(store, wanted(Action::CreatePickupCodes, Some("k")), 0, codes).await;
    end(store, &made, Outcome::Done, 1).await;
    let open = begin(store, wanted(Action::ReplenishMachine, None), 1, Change::none()).await;
    let lost = begin(store, on(Action::PayOrder, "9", None), 2, Change::none()).await;
    end(store, &lost, Outcome::Unknown, 3).await;
    let refused = begin(store, wanted(Action::ReplenishMachine, None), 3, Change::none()).await;
    end(store, &refused, Outcome::Refused, 4).await;
    // Was settled late.
    let late = begin(store, wanted(Action::CancelPickupCode, None), 4, Change::none()).await;
    end(store, &late, Outcome::Lost, 500).await;
    let placing =
        |trade: &str| NewIntent { callback: Some(Digest::of(trade)), ..on(Action::CreateOrder, trade, None) };
    let waiting = begin(store, placing("1"), 5, Change::order(order("1", 5))).await;
    end(store, &waiting, Outcome::Done, 6).await;
    let paid = begin(store, on(Action::PayOrder, "1", None), 7, Change::none()).await;
    end(store, &paid, Outcome::Done, 8).await;
    let closed = begin(store, placing("2"), 9, Change::order(order("2", 9))).await;
    end(store, &closed, Outcome::Done, 10).await;
    let over = Order { state: OrderState::Closed, ..order("2", 9) };
    store.save(&over, second(11)).await.unwrap();
    let young = begin(store, wanted(Action::ReplenishMachine, None), 300, Change::none()).await;
    end(store, &young, Outcome::Done, 301).await;

    assert_eq!(prune(store, 0).await, 0, "none is so old");
    assert_eq!(prune(store, 100).await, 4, "eight of nine, two at a time");
    let kept = [open.id, lost.id, late.id, waiting.id, young.id];
    assert_eq!(left(store).await, kept);
    assert!(store.code(&account(), "1").await.unwrap().is_some());
    assert_eq!(store.codes_of(made.id).await.unwrap(), []);
    assert_eq!(
        store.intent_by_callback(&Digest::of("1")).await.unwrap().map(|found| found.id),
        Some(waiting.id)
    );
    assert!(store.order(&account(), "2").await.unwrap().is_some(), "the order itself stays");
    // What failed may be tried again, and then the machine calls.
    let of = |state| {
        let mut order = Order { state: OrderState::Paid, number: Some("60".into()), ..order("1", 5) };
        order.lines.iter_mut().for_each(|line| line.delivery = Delivery::new(state));
        order
    };
    store.save(&of(DeliveryState::Failed), second(12)).await.unwrap();
    prune(store, 100).await;
    assert_eq!(left(store).await, kept);
    store.save(&of(DeliveryState::Dispensed), second(13)).await.unwrap();
    prune(store, 600).await;
    assert_eq!(left(store).await, [open.id, lost.id]);
}

pub(super) async fn a_command_that_reached_a_machine_is_in_the_log_unless_it_was_not_done(at: &dyn Place) {
    let store = at.open().await;
    let store = &*store;
    let at_machine = |machine: Option<&str>| {
        let target = Target { machine: machine.map(Into::into), ..Target::default() };
        NewIntent { target, ..wanted(Action::ReplenishMachine, None) }
    };
    for (machine, outcome) in [
        (Some("m0"), Outcome::NotDone),
        (None, Outcome::Done),
        (Some("m1"), Outcome::Done),
        (Some("m2"), Outcome::Refused),
        (Some("m3"), Outcome::Unknown),
    ] {
        let begun = begin(store, at_machine(machine), 0, Change::none()).await;
        assert_eq!(begun.begun_by, *store.process());
        end(store, &begun, outcome, 1).await;
        // Told once, however often it is written down.
        end(store, &begun, Outcome::NotDone, 2).await;
    }
    let told = log(store).await.into_iter().map(|stored| stored.event);
    let touched = Happening::Touched(Touched { by: store.process().clone() });
    let told: Vec<_> = told.map(|event| (event.machine.unwrap(), event.happening == touched)).collect();
    assert_eq!(told, [("m1".into(), true), ("m2".into(), true), ("m3".into(), true)]);
}
