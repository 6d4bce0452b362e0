//! Several gateways on one database: what one does or finds, all know; what is done for all, one does.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{
    Fake, asker, first, gateway_on, manual_clock, name,
    rows::{machine, report, shelf},
};
use crate::{
    domain::{Category, Clock, Fault, Report, Shelf, ShelfState, Status},
    gateway::{
        Duties, Gateway, MachineFilter, Refilled, Replenish, Source, duties::attend, fleet::sweep::Pace,
    },
    store::{self, tests::database::Database},
};

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
const MACHINES: usize = 20;
/// Swept once, quickly, and then not for a long time.
const DUTIES: Duties = Duties {
    sweep: Some(Pace { interval: Duration::from_hours(1), shortest_gap: Duration::from_millis(1) }),
    reconcile: None,
};

/// A gateway, with a vendor that counts the calls of this one alone.
struct One {
    gateway: Arc<Gateway>,
    fake: Arc<Fake>,
    /// Ends its work.
    stop: CancellationToken,
}

impl One {
    async fn start(server: &Database, clock: &Arc<dyn Clock>) -> Self {
        let fake = fake();
        let store = store::open(&server.url()).await.unwrap();
        let (gateway, clerk, log) = gateway_on(store, &[("north", &fake)], clock);
        let gateway = Arc::new(gateway);
        let (hearing, never) = (Arc::clone(&gateway), CancellationToken::new());
        tokio::spawn(clerk.run(never.clone()));
        tokio::spawn(async move { log.run(Box::new(move |event| hearing.take_in(event)), never).await });
        Self { gateway, fake, stop: CancellationToken::new() }
    }

    /// Begins to do what is done for all, or to follow who does.
    fn attend(&self) {
        let account = Arc::clone(&self.gateway.all_accounts()[0]);
        tokio::spawn(attend(Arc::clone(&self.gateway), account, DUTIES, self.stop.clone()));
    }

    async fn report(&self, number: &str) -> (Arc<Report>, Source) {
        let asker = asker(&["north"]);
        let machine = self.gateway.machine(&asker, &name("north"), number).await.unwrap();
        let report = machine.report(&asker).await.unwrap();
        (report.value, report.source)
    }

    /// How many machines are known to have faults, and to have none.
    async fn faulty(&self) -> (usize, usize) {
        let count = async |has_faults| {
            let filter = MachineFilter { has_faults: Some(has_faults), ..MachineFilter::default() };
            let found = self.gateway.machines(&asker(&["north"]), filter, &first(500)).await.unwrap();
            found.page.rows.len()
        };
        (count(true).await, count(false).await)
    }
}

fn a_report(is_broken: bool, stock: u32) -> Report {
    let state = if is_broken { ShelfState::Jammed } else { ShelfState::Normal };
    let category = Some(Category { number: "7".into(), title: "Drinks".into(), sort_order: None });
    let shelf = Shelf {
        slot: Some("A1".into()),
        category,
        capacity: Some(8),
        stock: Some(stock),
        sold_out: Some(stock == 0),
        ..shelf("1", state)
    };
    let fault = Fault { cabinet: None, code: None, name: "1: jammed".into(), since: None };
    let faults = Some(if is_broken { vec![fault] } else { Vec::new() });
    let told = report(Some(true), vec![shelf]);
    Report { status: Status { faults, ..told.status }, ..told }
}

/// Every fifth of its machines is broken.
fn fake() -> Arc<Fake> {
    let fake = Fake::dingshang();
    {
        let mut script = fake.script();
        script.machines = (0..MACHINES).map(|at| machine(&at.to_string())).collect();
        script.reports = (0..MACHINES).map(|at| (at.to_string(), a_report(at % 5 == 0, 3))).collect();
    }
    fake
}

async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !so().await {
        assert!(Instant::now() < end, "waited in vain: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_given_to_one_ends_what_another_keeps_and_the_answers_made_of_it() {
    let (server, clock) = (Database::new().await, manual_clock() as Arc<dyn Clock>);
    let (one, other) = (One::start(&server, &clock).await, One::start(&server, &clock).await);
    assert_eq!(other.report("1").await.1, Source::Live);
    let (told, lease) = other.gateway.leased(other.report("1")).await;
    assert_eq!((told.0.shelves[0].stock, told.1), (Some(3), Source::Cache));
    let lease = lease.unwrap();
    assert!(lease.holds());
    other.fake.script().reports.insert("1".to_owned(), a_report(false, 8));
    let wanted = Replenish {
        machine: (name("north"), "1".into()),
        what: Refilled::Shelf { cabinet: "1".into(), code: "1".into(), quantity: 8 },
        cabinet: None,
        driver: None,
    };
    let done = one.gateway.replenish(&asker(&["north"]), &wanted).await;
    assert!(done.problem.is_none(), "{:?}", done.problem);
    let end = one.gateway.log_end();
    until("the command", async || other.gateway.heard_until() >= end).await;
    assert!(!lease.holds());
    let (told, source) = other.report("1").await;
    assert_eq!((told.shelves[0].stock, source), (Some(8), Source::Live));
    // Who gave it let go of what was old before it was answered, and of nothing that was read since.
    assert_eq!(one.report("1").await.1, Source::Live);
    until("the command", async || one.gateway.heard_until() >= end).await;
    assert_eq!(one.report("1").await.1, Source::Cache);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_one_sweeps_and_all_know_what_it_finds() {
    let (server, clock) = (Database::new().await, manual_clock() as Arc<dyn Clock>);
    let all = [One::start(&server, &clock).await, One::start(&server, &clock).await];
    all[0].attend();
    until("the sweep", async || all[0].fake.calls("report") == MACHINES).await;
    all[1].attend();
    for one in &all {
        until("every machine", async || one.faulty().await == (4, 16)).await;
    }
    assert_eq!(all[1].fake.calls("report"), 0, "who follows asks no machine");
    // What changes is found by one, and known to the other, whether it keeps a report of the machine or not.
    all[1].report("2").await;
    for (number, is_broken) in [("0", false), ("1", true), ("2", true)] {
        all[0].fake.script().reports.insert(number.to_owned(), a_report(is_broken, 0));
        let account = &Arc::clone(&all[0].gateway.all_accounts()[0]);
        let listing = account.last_listing().unwrap();
        account.refresh_report(listing.machine(number).unwrap(), Instant::now() + PATIENCE).await.unwrap();
    }
    for one in &all {
        until("the changes", async || one.faulty().await == (5, 15)).await;
    }
    assert_eq!(all[1].fake.calls("report"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_starts_later_knows_the_fleet_from_the_log_and_asks_for_what_that_does_not_tell() {
    let (server, clock) = (Database::new().await, manual_clock() as Arc<dyn Clock>);
    let first = One::start(&server, &clock).await;
    first.fake.script().hanging.push("7".to_owned());
    first.attend();
    until("the sweep", async || first.faulty().await == (4, 15)).await;
    until("what was found", async || first.gateway.log_end().0 >= 19).await;
    let late = One::start(&server, &clock).await;
    late.attend();
    until("every machine", async || late.faulty().await == (4, 16)).await;
    assert_eq!(late.fake.calls("report"), 1, "only the one that never answered the other");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_who_sweeps_ends_another_goes_on() {
    let (server, clock) = (Database::new().await, manual_clock() as Arc<dyn Clock>);
    let all = [One::start(&server, &clock).await, One::start(&server, &clock).await];
    all[0].attend();
    until("the sweep", async || all[0].fake.calls("report") == MACHINES).await;
    all[1].attend();
    until("every machine", async || all[1].faulty().await == (4, 16)).await;
    assert_eq!(all[1].fake.calls("report"), 0);
    all[0].stop.cancel();
    until("the other", async || all[1].fake.calls("report") == MACHINES).await;
    assert_eq!(all[0].fake.calls("report"), MACHINES);
}
