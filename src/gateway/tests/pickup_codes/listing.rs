//! Telling of codes, shelf by shelf and page by page: a failure that speaks for the whole machine is not asked for twenty
//! times.

use super::{Bench, ids};
use crate::{
    domain::{PickupCodeState, Shelf, ShelfState},
    gateway::tests::{
        Fake, after, asker, first, gateway, manual_clock, name,
        rows::{machine, report, shelf},
    },
    gateway::{CreatePickupCodes, PickupCodeFilter},
    vendor::Kind,
};

/// How often a machine of twenty shelves is asked for codes when that is the answer, and whether the source is good.
async fn calls_when(kind: Option<Kind>) -> (usize, bool) {
    let fake = Fake::dingshang();
    {
        let mut script = fake.script();
        script.machines = vec![machine("1")];
        let shelves = (0..20).map(|at| {
            let code = format!("{at:02}");
            Shelf { slot: Some(code.as_str().into()), ..shelf(&code, ShelfState::Normal) }
        });
        script.reports.insert("1".to_owned(), report(Some(true), shelves.collect()));
    }
    if let Some(kind) = kind {
        fake.fail("pickup_codes", kind);
    }
    let gateway = gateway(&[("north", &fake)], manual_clock());
    let asker = asker(&["north"]);
    let machine = gateway.machine(&asker, &name("north"), "1").await.unwrap();
    let codes = gateway.machine_pickup_codes(&asker, &machine, &first(50)).await.unwrap();
    (fake.calls("pickup_codes"), codes.sources[0].outcome.is_ok())
}

#[tokio::test]
async fn a_failure_that_speaks_for_the_whole_machine_ends_the_walk_over_its_shelves() {
    for kind in [
        Kind::MachineOffline,
        Kind::MachineNotFound,
        Kind::Credentials,
        Kind::PickupCodesDisabled,
        Kind::CircuitOpen,
    ] {
        let (calls, is_good) = calls_when(Some(kind)).await;
        assert!(calls <= 8, "{kind:?}: {calls} calls, and eight at a time");
        assert!(!is_good, "{kind:?}");
    }
    assert_eq!(calls_when(Some(Kind::Rejected)).await, (20, false));
    assert_eq!(calls_when(None).await, (20, true));
}

#[tokio::test]
async fn pages_of_codes_give_each_once_across_accounts() {
    let bench = Bench::new("pages");
    bench.made(&CreatePickupCodes { count: Some(7), ..bench.own("1") }).await;
    bench.made(&CreatePickupCodes { count: Some(3), ..bench.listed("1") }).await;
    let whole = CreatePickupCodes {
        shelf: None,
        machine: Some((name(&bench.north), "1".into())),
        ..bench.listed("2")
    };
    bench.made(&whole).await;
    let bound = CreatePickupCodes { machine: Some((name(&bench.metro), "2".into())), ..bench.own("2") };
    bench.made(&CreatePickupCodes { count: Some(4), ..bound }).await;
    let machines = Some(vec![(name(&bench.north), "1".into()), (name(&bench.metro), "2".into())]);
    let filter = PickupCodeFilter { machines, ..PickupCodeFilter::default() };
    let at_once = bench.list(&filter).await;
    assert_eq!(at_once.len(), 9);
    let (mut walked, mut request) = (Vec::new(), first(2));
    loop {
        let page = bench.gateway.pickup_codes(&bench.asker, &filter, &request).await.unwrap().page;
        assert_eq!(page.has_previous, !walked.is_empty());
        walked.extend(ids(&page.rows));
        if !page.has_next {
            break;
        }
        request = after(2, walked.last().unwrap());
    }
    assert_eq!(walked, at_once);
    let unused = PickupCodeFilter { states: Some(vec![PickupCodeState::Used]), ..filter };
    assert_eq!(bench.list(&unused).await, []);
    assert_eq!(bench.list(&PickupCodeFilter::default()).await.len(), 11);
}
