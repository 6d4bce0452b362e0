//! What the log tells of a machine, where its vendor's times are not what they should be.

use iso_currency::Currency;
use jiff::{SignedDuration, Timestamp};

use super::{
    Fake, START, asker, gateway, manual_clock, name,
    rows::{machine, report, shelf, trade},
};
use crate::{
    domain::{
        CoinStock, Event, Happening, Money, Origin, Refill, SalesFigure, ShelfRefill, ShelfState, Status,
        StatusNews, Text, Trade,
    },
    gateway::Gateway,
    store::NewEvent,
};

/// A time that no refill has yet: 2223.
const FAR: Timestamp = Timestamp::constant(8_000_000_000, 0);

fn at(seconds: i64) -> Timestamp {
    START + SignedDuration::from_secs(seconds)
}

fn figure() -> SalesFigure {
    SalesFigure { amount: Money::from_minor(0, Currency::CNY), count: 0 }
}

fn refill(machine: &str, refilled_at: Timestamp) -> Refill {
    let shelf = ShelfRefill {
        cabinet: "1".into(),
        shelf_code: "7".into(),
        product_number: None,
        product_name: None,
        price: None,
        stock: Some(10),
        refilled: None,
        total: figure(),
    };
    Refill {
        machine_number: machine.into(),
        site_name: None,
        site_number: None,
        line_name: None,
        refilled_at,
        previous_refill_at: None,
        shelves: vec![shelf],
        by_method: Vec::new(),
        total: figure(),
    }
}

/// Tells the log what happened at a machine of `account`'s, with when it is said to have happened and when it was told.
async fn tell(
    gateway: &Gateway,
    account: &str,
    machine: &str,
    times: (Timestamp, Timestamp),
    what: Happening,
) {
    tell_by(Origin::Pushed, gateway, (account, machine), times, what).await;
}

async fn tell_by(
    origin: Origin,
    gateway: &Gateway,
    (account, machine): (&str, &str),
    (of, told): (Timestamp, Timestamp),
    what: Happening,
) {
    let event = Event {
        account: name(account),
        machine: Some(machine.into()),
        origin,
        occurred_at: of,
        received_at: told,
        happening: what,
    };
    gateway.store().append(&[NewEvent { event, nonce: None, message: None }]).await.unwrap();
}

async fn filled(gateway: &Gateway, account: &str, times: (Timestamp, Timestamp)) {
    tell(gateway, account, "1", times, Happening::Refill(refill("1", times.0))).await;
}

async fn sold(gateway: &Gateway, account: &str, order: &str, when: Timestamp) {
    let trade =
        Trade { shelf_code: Some("7".into()), cabinet: Some("1".into()), ..trade(order, "1", Some(when)) };
    tell(gateway, account, "1", (when, when), Happening::Trade(trade)).await;
}

/// When the machine was last refilled, and how many pieces its shelf should hold since.
async fn stock(account: &str, gateway: &Gateway) -> (Timestamp, u32) {
    let asker = asker(&[account]);
    let machine = gateway.machine(&asker, &name(account), &Text::from("1")).await.unwrap();
    let refill = machine.last_refill(&asker).await.unwrap().unwrap();
    let estimate =
        machine.facts(&asker).await.unwrap().estimate("1", &shelf("7", ShelfState::Normal)).unwrap();
    (refill.refilled_at, estimate.quantity)
}

fn fake() -> std::sync::Arc<Fake> {
    let fake = Fake::inhand();
    let mut script = fake.script();
    script.machines = vec![machine("1")];
    script.reports.insert("1".to_owned(), report(Some(true), Vec::new()));
    drop(script);
    fake
}

#[tokio::test]
async fn a_refill_of_a_time_that_has_not_come_counts_from_when_it_was_told_until_the_next_one() {
    let (fake, account) = (fake(), "facts-far");
    let before = gateway(&[(account, &fake)], manual_clock());
    sold(&before, account, "1", at(-90)).await;
    filled(&before, account, (FAR, at(-60))).await;
    sold(&before, account, "2", at(-30)).await;
    assert_eq!(stock(account, &before).await, (FAR, 9), "what is sold since takes from it");
    filled(&before, account, (at(-20), at(-19))).await;
    // One that has not heard of the one before.
    let after = gateway(&[(account, &fake)], manual_clock());
    assert_eq!(stock(account, &after).await, (at(-20), 10));
}

#[tokio::test]
async fn a_refill_that_the_vendor_could_not_tell_is_none_before_its_time() {
    let (fake, account) = (fake(), "facts-unreported");
    let gateway = gateway(&[(account, &fake)], manual_clock());
    filled(&gateway, account, (at(-60), at(-60))).await;
    fake.script().refills = vec![refill("1", FAR), refill("1", at(-30))];
    assert_eq!(stock(account, &gateway).await.0, at(-30));
}

#[tokio::test]
async fn what_a_machine_alone_says_of_itself_is_told_as_it_last_told_each_part() {
    let (fake, account) = (fake(), "facts-own");
    let before = gateway(&[(account, &fake)], manual_clock());
    let status = |status: Status| Happening::MachineStatus(StatusNews { status, shelves: Vec::new() });
    let coins = Some(CoinStock { five_jiao: None, one_yuan: Some(9) });
    let said = [
        Status { coins, door_open: Some(true), online: Some(false), ..Status::default() },
        Status { sellable: Some(false), ..Status::default() },
        Status { door_open: Some(false), ..Status::default() },
    ];
    for (second, said) in (0..).zip(said) {
        tell(&before, account, "1", (at(second), at(second)), status(said)).await;
    }
    // What was read and found different is no word of the machine's own.
    let read = status(Status { sellable: Some(true), door_open: Some(true), ..Status::default() });
    tell_by(Origin::Reconciled, &before, (account, "1"), (at(9), at(9)), read).await;
    let asker = asker(&[account]);
    let machine = before.machine(&asker, &name(account), "1").await.unwrap();
    let told = machine.report(&asker).await.unwrap().value.status.clone();
    assert_eq!((told.coins, told.door_open, told.sellable), (coins, Some(false), Some(false)));
    assert_eq!(told.online, Some(true), "that is read");

    fake.script().reports.insert("1".to_owned(), report(Some(false), Vec::new()));
    let unreached = before.refresh_machines(&asker, &[(name(account), "1".into())]).await;
    let told = unreached[0].as_ref().unwrap().report(&asker).await.unwrap().value.status.clone();
    assert_eq!((told.door_open, told.sellable), (Some(false), None), "nobody reaches it");
}
