//! Refills are listed by when they were done; the last word of an account is found at once.

use jiff::Timestamp;

use super::{
    Place,
    samples::{account, event, refill, second, status},
};
use crate::{
    domain::{AccountHealth, AccountName, EventKind, Happening, HealthState, Text, Window},
    store::{NewEvent, RefillFilter, RefillPlace, Store, StoredEvent},
};

fn of(of: &str, machine: &str, at: i64) -> NewEvent {
    let mut new = event(refill(at), at);
    new.event.account = AccountName::new(of);
    new.event.machine = Some(machine.into());
    if let Happening::Refill(refill) = &mut new.event.happening {
        refill.machine_number = machine.into();
    }
    new
}

fn place_of(stored: &StoredEvent) -> RefillPlace {
    let event = &stored.event;
    RefillPlace {
        refilled_at: event.occurred_at,
        account: event.account.clone(),
        machine: event.machine.clone().unwrap(),
    }
}

fn told(stored: &StoredEvent) -> (Timestamp, String) {
    let event = &stored.event;
    (event.occurred_at, format!("{} {}", event.account, event.machine.as_deref().unwrap()))
}

fn all() -> RefillFilter {
    let accounts = vec![AccountName::new("metro"), account()];
    RefillFilter { accounts, machines: None, window: Window::default() }
}

async fn list(store: &dyn Store, filter: &RefillFilter) -> Vec<(Timestamp, String)> {
    let page = store.refills(filter, None, 100).await.unwrap();
    assert!(!page.more);
    page.rows.iter().map(told).collect()
}

pub(super) async fn refills_are_listed_by_when_they_were_done_each_once(at: &dyn Place) {
    let store = at.open().await;
    // News comes late, and other news stands between.
    let mut batch =
        vec![of("north", "m1", 5), of("metro", "m1", 9), of("north", "m2", 5), of("north", "m1", 2)];
    batch.extend([event(super::samples::status(1), 7), of("metro", "m1", 5), of("north", "m1", 5)]);
    store.append(&batch).await.unwrap();
    let row = |at: i64, name: &str| (second(at), name.to_owned());
    let whole =
        [row(9, "metro m1"), row(5, "metro m1"), row(5, "north m1"), row(5, "north m2"), row(2, "north m1")];
    assert_eq!(list(&*store, &all()).await, whole);
    for size in 1..=5 {
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let page = store.refills(&all(), after.as_ref(), size).await.unwrap();
            rows.extend(page.rows.iter().map(told));
            if !page.more {
                break;
            }
            after = page.rows.last().map(place_of);
        }
        assert_eq!(rows, whole, "{size}");
    }
    let machines = |names: &[(&str, &str)]| {
        let machines = names.iter().map(|(of, machine)| (AccountName::new(*of), Text::from(*machine)));
        RefillFilter { machines: Some(machines.collect()), ..all() }
    };
    let window = Window { from: Some(second(5)), to: Some(second(5)) };
    for (filter, expected) in [
        (RefillFilter { accounts: vec![account()], ..all() }, &whole[2..]),
        (RefillFilter { accounts: Vec::new(), ..all() }, &[]),
        (machines(&[("metro", "m1")]), &whole[..2]),
        (
            machines(&[("metro", "m1"), ("north", "m2"), ("north", "m3")]),
            &[whole[0].clone(), whole[1].clone(), whole[3].clone()],
        ),
        (machines(&[]), &[]),
        (RefillFilter { window, ..all() }, &whole[1..4]),
        (RefillFilter { accounts: vec![account()], ..machines(&[("metro", "m1")]) }, &[]),
    ] {
        assert_eq!(list(&*store, &filter).await, expected, "{filter:?}");
    }
    // What a machine was told last is kept under the floor, and shown, until it was told something newer.
    store.prune_events(second(1_000), 99).await.unwrap();
    assert_eq!(list(&*store, &all()).await, whole);
    store.append(&[of("north", "m1", 20)]).await.unwrap();
    store.prune_events(second(1_000), 99).await.unwrap();
    let left = [row(20, "north m1"), whole[0].clone(), whole[1].clone(), whole[3].clone()];
    assert_eq!(list(&*store, &all()).await, left);
}

pub(super) async fn the_last_word_of_an_account_is_its_own_and_the_newest(at: &dyn Place) {
    let store = at.open().await;
    let health = |state, at| {
        let health = AccountHealth { state, last_success_at: None, error_code: None };
        let mut new = event(Happening::AccountHealth(health), at);
        new.event.machine = None;
        new
    };
    let latest = async |of: &str| {
        let found = store.latest(&AccountName::new(of), None, &[EventKind::AccountHealth]).await.unwrap();
        found.into_iter().next().map(|stored| stored.event)
    };
    assert_eq!(latest("north").await, None);
    let batch = [health(HealthState::Down, 1), health(HealthState::Degraded, 3), of("north", "m1", 4)];
    store.append(&batch).await.unwrap();
    assert_eq!(latest("north").await, Some(batch[1].event.clone()));
    assert_eq!(latest("metro").await, None);
}

pub(super) async fn a_time_that_has_not_come_is_that_at_which_it_was_told(at: &dyn Place) {
    let store = at.open().await;
    let told = |of_time: i64, received: i64| {
        let mut new = event(refill(of_time), of_time);
        new.event.received_at = second(received);
        new
    };
    let latest = async || {
        let found = store.latest(&account(), Some("m1"), &[EventKind::Refill]).await.unwrap();
        found.into_iter().next().map(|stored| stored.event.occurred_at)
    };
    store.append(&[told(10, 11), told(8_000_000_000, 20), told(15, 21)]).await.unwrap();
    assert_eq!(latest().await, Some(second(8_000_000_000)), "nothing has happened since it was told");
    store.append(&[told(30, 31), told(25, 32)]).await.unwrap();
    assert_eq!(latest().await, Some(second(30)));
}

pub(super) async fn the_last_words_of_machines_come_in_their_order_each_machine_its_own(at: &dyn Place) {
    let store = at.open().await;
    let told = |machine: &str, temperature: i32| {
        let mut new = event(status(temperature), i64::from(temperature));
        new.event.machine = Some(machine.into());
        new
    };
    let words = async |machines: &[&str], each| {
        let machines: Vec<Text> = machines.iter().map(|machine| (*machine).into()).collect();
        let north = AccountName::new("north");
        let found = store.last_words(&north, &machines, EventKind::MachineStatus, each).await.unwrap();
        found.into_iter().map(|stored| stored.event.occurred_at).collect::<Vec<_>>()
    };
    let batch = [told("a", 1), told("b", 2), told("a", 3), told("c", 4), told("a", 5), told("b", 6)];
    store.append(&batch).await.unwrap();
    store.append(&[of("north", "a", 7), of("metro", "a", 8)]).await.unwrap();
    assert_eq!(words(&["a", "b", "none"], 1).await, [5, 6].map(second));
    assert_eq!(words(&["b", "a", "a"], 2).await, [2, 3, 5, 6].map(second));
    assert_eq!(words(&[], 2).await, []);
    // Also under the floor.
    store.prune_events(second(1_000), 99).await.unwrap();
    assert_eq!(words(&["a", "c"], 2).await, [4, 5].map(second));
}
