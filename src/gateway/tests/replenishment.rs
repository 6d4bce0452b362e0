//! Replenishing: checked before anything is sent, told cabinet by cabinet, and shown by the next read.

use std::sync::Arc;

use super::{
    Fake, asker, gateway, manual_clock, name,
    rows::{machine, report, shelf},
};
use crate::{
    domain::{Category, MachineDetail, MachineKind, Report, Shelf, ShelfState, Text},
    gateway::{Code, Commanded, Gateway, Machine, Refilled, Replenish},
    vendor::{Kind, Place, Replenishment},
};

fn slot(cabinet: &str, code: &str, capacity: u32) -> Shelf {
    Shelf {
        cabinet: cabinet.into(),
        slot: Some(format!("{cabinet}{code}").into()),
        category: Some(Category { number: "7".into(), title: "Drinks".into(), sort_order: None }),
        capacity: Some(capacity),
        stock: Some(1),
        ..shelf(code, ShelfState::Normal)
    }
}

/// A machine of two cabinets, `1`, and one of one, `2`.
fn fake() -> Arc<Fake> {
    let fake = Fake::dingshang();
    {
        let mut script = fake.script();
        script.machines = vec![machine("1"), machine("2")];
        let shelves = || vec![slot("A", "1", 5), slot("A", "2", 8), slot("B", "1", 5)];
        for (number, cabinets) in [("1", &["A", "B"][..]), ("2", &["A"][..])] {
            script.reports.insert(number.to_owned(), report(Some(true), shelves()));
            let detail = MachineDetail {
                kind: MachineKind::Vending,
                cabinets: cabinets.iter().map(|cabinet| Text::from(*cabinet)).collect(),
                categories: Vec::new(),
                currency: None,
                online: true,
                location: None,
            };
            script.details.insert(number.to_owned(), detail);
        }
    }
    fake
}

fn of(what: Refilled) -> Replenish {
    Replenish { machine: (name("north"), "1".into()), what, cabinet: None, driver: None }
}

fn one(quantity: i32) -> Replenish {
    of(Refilled::Shelf { cabinet: "A".into(), code: "1".into(), quantity })
}

fn category(quantity: i32) -> Replenish {
    of(Refilled::Category { of: (name("north"), "1".into()), number: "7".into(), quantity })
}

async fn replenish(gateway: &Gateway, wanted: &Replenish) -> Commanded<Machine> {
    gateway.replenish(&asker(&["north", "metro"]), wanted).await
}

/// Why a replenishment is refused, and which argument is to blame.
async fn refused(gateway: &Gateway, wanted: &Replenish) -> (Code, String) {
    let problem = replenish(gateway, wanted).await.problem.unwrap();
    (problem.error.code(), problem.field.join("."))
}

async fn stock(gateway: &Gateway) -> Vec<Option<u32>> {
    let asker = asker(&["north"]);
    let machine = gateway.machine(&asker, &name("north"), "1").await.unwrap();
    let report: Arc<Report> = machine.report(&asker).await.unwrap().value;
    report.shelves.iter().map(|shelf| shelf.stock).collect()
}

#[tokio::test]
async fn what_cannot_be_is_refused_before_the_vendor_is_told() {
    let (fake, other) = (fake(), Fake::inhand());
    other.script().machines = vec![machine("1")];
    let gateway = gateway(&[("north", &fake), ("metro", &other)], manual_clock());
    let cabinet = |cabinet: &str, wanted| Replenish { cabinet: Some(cabinet.into()), ..wanted };
    let driver = |driver, wanted| Replenish { driver: Some(driver), ..wanted };
    let all = || of(Refilled::Machine);
    for (wanted, code, field) in [
        (one(-1), Code::BadUserInput, "quantity"),
        (one(6), Code::CapacityExceeded, "quantity"),
        (category(6), Code::CapacityExceeded, "quantity"),
        (driver(1, category(9)), Code::CapacityExceeded, "quantity"),
        (cabinet("C", all()), Code::BadUserInput, "cabinet"),
        (driver(0, all()), Code::BadUserInput, "driverAddress"),
        (driver(9, all()), Code::BadUserInput, "driverAddress"),
        (cabinet("A", driver(1, all())), Code::BadUserInput, "driverAddress"),
        (Replenish { machine: (name("north"), "2".into()), ..category(1) }, Code::BadUserInput, "categoryId"),
        (Replenish { machine: (name("north"), "3".into()), ..all() }, Code::NotFound, "machineId"),
        (Replenish { machine: (name("south"), "1".into()), ..all() }, Code::NotFound, "machineId"),
        (Replenish { machine: (name("metro"), "1".into()), ..all() }, Code::UnsupportedByVendor, "machineId"),
    ] {
        assert_eq!(refused(&gateway, &wanted).await, (code, field.to_owned()), "{wanted:?}");
    }
    assert_eq!((fake.calls("replenish"), other.script().calls.len()), (0, 0));
}

#[tokio::test]
async fn a_quantity_from_nothing_to_the_capacity_is_told_and_the_next_read_shows_it() {
    let fake = fake();
    let gateway = gateway(&[("north", &fake)], manual_clock());
    assert_eq!(stock(&gateway).await, [Some(1); 3]);
    for quantity in [0, 5] {
        let done = replenish(&gateway, &one(quantity)).await;
        assert!(done.problem.is_none() && done.subject.is_some(), "{done:?}");
        assert_eq!(stock(&gateway).await[0], u32::try_from(quantity).ok());
    }
    let reports = fake.calls("report");
    assert_eq!(stock(&gateway).await[0], Some(5));
    assert_eq!(fake.calls("report"), reports, "what was read since is kept");
}

#[tokio::test]
async fn only_the_machine_that_was_touched_is_read_again() {
    let fake = fake();
    let gateway = gateway(&[("north", &fake)], manual_clock());
    let asker = asker(&["north"]);
    for number in ["1", "2"] {
        gateway.machine(&asker, &name("north"), number).await.unwrap().report(&asker).await.unwrap();
    }
    replenish(&gateway, &one(3)).await;
    let (before, other) = (fake.calls("report"), gateway.machine(&asker, &name("north"), "2").await.unwrap());
    other.report(&asker).await.unwrap();
    assert_eq!(fake.calls("report"), before);
    stock(&gateway).await;
    assert_eq!(fake.calls("report"), before + 1);
}

#[tokio::test]
async fn a_machine_without_a_place_is_told_of_cabinet_by_cabinet_and_with_one_once() {
    let fake = fake();
    let gateway = gateway(&[("north", &fake)], manual_clock());
    let told = |fake: &Fake| std::mem::take(&mut fake.script().replenished);
    let cabinet = |cabinet: &str| Some(Place::Cabinet(cabinet.into()));
    replenish(&gateway, &of(Refilled::Machine)).await;
    let whole = |place| ("1".to_owned(), Replenishment::Machine { place });
    assert_eq!(told(&fake), [whole(cabinet("A")), whole(cabinet("B"))]);
    replenish(&gateway, &category(5)).await;
    let layer =
        |place| ("1".to_owned(), Replenishment::Category { category: "7".into(), quantity: 5, place });
    assert_eq!(told(&fake), [layer(cabinet("A")), layer(cabinet("B"))]);
    replenish(&gateway, &Replenish { cabinet: Some("B".into()), ..of(Refilled::Machine) }).await;
    assert_eq!(told(&fake), [whole(cabinet("B"))]);
    replenish(&gateway, &Replenish { driver: Some(8), ..category(8) }).await;
    assert!(matches!(
        told(&fake).as_slice(),
        [(_, Replenishment::Category { place: Some(Place::Driver(driver)), .. })] if driver.number() == 8
    ));
}

#[tokio::test]
async fn a_refusal_ends_the_walk_over_cabinets_and_still_the_stock_is_read_anew() {
    let fake = fake();
    let gateway = gateway(&[("north", &fake)], manual_clock());
    stock(&gateway).await;
    fake.fail("replenish", Kind::CapacityExceeded);
    assert_eq!(refused(&gateway, &of(Refilled::Machine)).await, (Code::CapacityExceeded, String::new()));
    assert_eq!(fake.calls("replenish"), 1);
    let before = fake.calls("report");
    stock(&gateway).await;
    assert_eq!(fake.calls("report"), before + 1);
}

#[tokio::test]
async fn a_lost_answer_is_told_as_unknown_and_nothing_is_sent_again() {
    let fake = fake();
    let gateway = gateway(&[("north", &fake)], manual_clock());
    stock(&gateway).await;
    fake.lose("replenish");
    assert_eq!(refused(&gateway, &one(4)).await.0, Code::OutcomeUnknown);
    assert_eq!((fake.calls("replenish"), stock(&gateway).await[0]), (1, Some(4)));
}
