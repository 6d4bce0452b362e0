//! Pickup codes, shelf by shelf: a failure that speaks for the whole machine is not asked for twenty times.

use super::{
    Fake, asker, first, gateway, manual_clock, name,
    rows::{machine, report, shelf},
};
use crate::{
    domain::{Shelf, ShelfState},
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
    let codes = machine.pickup_codes(&asker, &first(50)).await.unwrap();
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
