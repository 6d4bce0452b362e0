//! The fleet view: filters over what is known, asking no machine.

use std::{sync::Arc, time::Duration};

use super::{
    Fake, asker, first, gateway, manual_clock, name,
    rows::{machine, machine_at, report, shelf, shelf_of},
};
use crate::{
    domain::{Fault, ManualClock, ShelfState, Text},
    gateway::{Asker, Code, Error, Gateway, MachineFilter},
    vendor::Kind,
};

fn fleet(numbers: &[&str]) -> (Arc<Fake>, Gateway, Arc<ManualClock>) {
    let (fake, clock) = (Fake::inhand(), manual_clock());
    fake.script().machines = numbers.iter().map(|number| machine(number)).collect();
    let gateway = gateway(&[("metro", &fake)], Arc::clone(&clock) as _);
    (fake, gateway, clock)
}

async fn numbers(gateway: &Gateway, filter: &MachineFilter) -> Vec<String> {
    let list = gateway.machines(&asker(&["metro"]), filter.clone(), &first(500)).await.unwrap();
    assert_eq!(list.total(), list.page.rows.len());
    list.page.rows.iter().map(|machine| machine.number().to_string()).collect()
}

async fn refresh(gateway: &Gateway, number: &str) {
    let wanted = [(name("metro"), Text::from(number))];
    for outcome in gateway.refresh_machines(&asker(&["metro"]), &wanted).await {
        outcome.unwrap();
    }
}

/// Has the listing read again.
async fn relist(gateway: &Gateway, clock: &ManualClock) {
    clock.advance(Duration::from_secs(301));
    for _ in 0..2 {
        gateway.machines(&asker(&["metro"]), MachineFilter::default(), &first(1)).await.unwrap();
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
}

fn online(online: bool) -> MachineFilter {
    MachineFilter { online: Some(online), ..MachineFilter::default() }
}

fn faulty(has_faults: bool) -> MachineFilter {
    MachineFilter { has_faults: Some(has_faults), ..MachineFilter::default() }
}

fn sold_out(sold_out: bool) -> MachineFilter {
    MachineFilter { sold_out: Some(sold_out), ..MachineFilter::default() }
}

#[tokio::test]
async fn what_is_not_known_matches_neither_true_nor_false_and_no_filter_asks_a_machine() {
    let (fake, gateway, _) = fleet(&["b", "a"]);
    for filter in [online(true), online(false), faulty(true), faulty(false), sold_out(true), sold_out(false)]
    {
        assert_eq!(numbers(&gateway, &filter).await, [""; 0], "{filter:?}");
    }
    assert_eq!(numbers(&gateway, &MachineFilter::default()).await, ["a", "b"]);
    assert_eq!((fake.calls("machines"), fake.calls("report")), (1, 0));
}

#[tokio::test]
async fn online_is_the_later_of_listing_and_report() {
    let (fake, gateway, clock) = fleet(&["a"]);
    fake.script().machines[0].online = Some(true);
    assert_eq!(numbers(&gateway, &online(true)).await, ["a"]);
    fake.script().reports.insert("a".to_owned(), report(Some(false), Vec::new()));
    clock.advance(Duration::from_secs(1));
    refresh(&gateway, "a").await;
    assert_eq!(numbers(&gateway, &online(true)).await, [""; 0]);
    assert_eq!(numbers(&gateway, &online(false)).await, ["a"]);
    relist(&gateway, &clock).await;
    assert_eq!(numbers(&gateway, &online(true)).await, ["a"]);
    fake.script().machines[0].online = None;
    relist(&gateway, &clock).await;
    assert_eq!(numbers(&gateway, &online(true)).await, ["a"], "a listing that does not say is no news");
}

#[tokio::test]
async fn what_was_known_survives_a_new_listing_and_a_machine_that_leaves_is_gone() {
    let (fake, gateway, clock) = fleet(&["a", "b"]);
    let mut faulty_report = report(Some(true), vec![shelf("1", ShelfState::Normal)]);
    let fault = Fault { cabinet: None, code: None, name: "door".into(), since: None };
    faulty_report.status.faults = Some(vec![fault]);
    for number in ["a", "b"] {
        fake.script().reports.insert(number.to_owned(), faulty_report.clone());
        refresh(&gateway, number).await;
    }
    fake.script().machines.remove(0);
    relist(&gateway, &clock).await;
    assert_eq!(numbers(&gateway, &faulty(true)).await, ["b"]);
    let gone = gateway.machine(&asker(&["metro"]), &name("metro"), "a").await;
    assert!(matches!(gone, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_repaired_shelf_no_longer_makes_its_machine_faulty() {
    let (fake, gateway, _) = fleet(&["a"]);
    for (state, expected) in
        [(ShelfState::Jammed, vec!["a"]), (ShelfState::Unknown, vec!["a"]), (ShelfState::Normal, vec![])]
    {
        fake.script().reports.insert("a".to_owned(), report(None, vec![shelf("1", state)]));
        refresh(&gateway, "a").await;
        assert_eq!(numbers(&gateway, &faulty(true)).await, expected, "{state:?}");
        assert_eq!(numbers(&gateway, &faulty(false)).await, [""; 0], "{state:?}");
    }
}

#[tokio::test]
async fn sold_out_follows_the_shelves() {
    let (fake, gateway, _) = fleet(&["a"]);
    for is_sold_out in [true, false] {
        let mut one = shelf("1", ShelfState::Unknown);
        one.sold_out = Some(is_sold_out);
        fake.script().reports.insert("a".to_owned(), report(None, vec![one]));
        refresh(&gateway, "a").await;
        assert_eq!(numbers(&gateway, &sold_out(is_sold_out)).await, ["a"]);
        assert_eq!(numbers(&gateway, &sold_out(!is_sold_out)).await, [""; 0]);
    }
}

#[tokio::test]
async fn site_line_area_and_search_narrow() {
    let (fake, gateway, _) = fleet(&[]);
    let mut named = machine_at("1001", "s1");
    named.name = Some("Große HALLE".into());
    named.line_name = Some("L1".into());
    named.area_name = Some("North".into());
    fake.script().machines = vec![machine_at("1003", "s2"), named, machine_at("1002", "s1")];
    let open = MachineFilter::default;
    let at = |site: &str| MachineFilter { site: Some((name("metro"), site.into())), ..open() };
    assert_eq!(numbers(&gateway, &at("s1")).await, ["1001", "1002"]);
    assert_eq!(numbers(&gateway, &at("none")).await, [""; 0]);
    assert_eq!(numbers(&gateway, &MachineFilter { line_name: Some("L1".into()), ..open() }).await, ["1001"]);
    assert_eq!(
        numbers(&gateway, &MachineFilter { area_name: Some("south".into()), ..open() }).await,
        [""; 0]
    );
    for (search, expected) in
        [("große halle", vec!["1001"]), ("100", vec!["1001", "1002", "1003"]), ("site s2", vec!["1003"])]
    {
        assert_eq!(
            numbers(&gateway, &MachineFilter { search: Some(search.into()), ..open() }).await,
            expected
        );
    }
}

#[tokio::test]
async fn of_rows_that_a_vendor_repeats_the_first_counts() {
    let (fake, gateway, _) = fleet(&[]);
    let rows = (0..100).map(|at| {
        let mut row = machine(["a", "b"][at % 2]);
        row.online = Some(at < 2);
        row
    });
    fake.script().machines = rows.collect();
    assert_eq!(numbers(&gateway, &online(true)).await, ["a", "b"]);
}

async fn codes(gateway: &Gateway, asker: &Asker) -> (usize, Vec<Option<Code>>) {
    let list = gateway.machines(asker, MachineFilter::default(), &first(50)).await.unwrap();
    let codes = list.sources.iter().map(|source| source.error().map(Error::code)).collect();
    (list.total(), codes)
}

#[tokio::test(start_paused = true)]
async fn one_account_down_and_one_slow_take_nothing_from_the_third() {
    let [down, slow, good] = [(); 3].map(|()| Fake::inhand());
    good.script().machines = vec![machine("a")];
    down.fail("machines", Kind::Protocol);
    let _gate = slow.hold("machines");
    let gateway = gateway(&[("c", &good), ("b", &slow), ("a", &down)], manual_clock());
    let told = codes(&gateway, &asker(&["a", "b", "c"])).await;
    assert_eq!(told, (1, vec![Some(Code::VendorProtocol), Some(Code::VendorTimeout), None]));
    down.mend();
    assert_eq!(codes(&gateway, &asker(&["a", "c"])).await, (1, vec![None, None]));
}

#[tokio::test]
async fn products_of_an_account_without_a_catalogue_come_from_its_shelves() {
    let fake = Fake::dingshang();
    fake.script().machines = ["a", "b", "c"].map(machine).to_vec();
    for (number, product) in [("a", "p2"), ("c", "p1")] {
        fake.script().reports.insert(number.to_owned(), report(None, vec![shelf_of(product)]));
    }
    let gateway = gateway(&[("north", &fake)], manual_clock());
    let page = gateway.products(&asker(&["north"]), &<_>::default(), &first(50)).await.unwrap();
    let found: Vec<_> = page.page.rows.iter().map(|(_, product)| &*product.number).collect();
    assert_eq!((found, page.total), (vec!["p1", "p2"], 2), "machine b's failure is its own");
    assert_eq!((fake.calls("products"), fake.calls("report")), (0, 3));
}

#[tokio::test]
async fn pickup_codes_of_a_machine_without_slots_are_as_of_now_not_of_the_end_of_time() {
    let fake = Fake::dingshang();
    fake.script().machines = vec![machine("a")];
    fake.script().reports.insert("a".to_owned(), report(None, Vec::new()));
    let gateway = gateway(&[("north", &fake)], manual_clock());
    let asker = asker(&["north"]);
    let machine = gateway.machine(&asker, &name("north"), "a").await.unwrap();
    let page = gateway.machine_pickup_codes(&asker, &machine, &first(50)).await.unwrap();
    assert_eq!(page.sources[0].outcome.as_ref().unwrap().as_of, super::START);
}
