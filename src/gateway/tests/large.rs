//! A large fleet in the memory that one account has.

use std::sync::LazyLock;

use futures_util::{StreamExt as _, stream};
use tokio::time::Instant;

use super::{
    Fake, asker, gateway, manual_clock, name,
    rows::{machine, report, shelf},
};
use crate::{
    domain::{Category, ComponentVersion, Fault, NetworkInfo, Product, Report, Shelf, ShelfState},
    vendor::interner::Interner,
};

const MACHINES: usize = 10_000;
const GOODS: usize = 50;

/// A report as an adapter makes one: 20 shelves, each with texts of its own, and products that others hold as well.
fn twenty_shelves(of: &str) -> Report {
    static SOLD: LazyLock<Interner> = LazyLock::new(Interner::default);
    let first: usize = of.parse().unwrap();
    let shelves = (0..20).map(|at| {
        let good = (first + at) % GOODS;
        let product =
            Product::named(format!("SKU-{good:05}").into(), format!("Good of number {good}").into());
        Shelf {
            cabinet: of.into(),
            product: Some(SOLD.lock().share(product)),
            sold_out: Some(false),
            category: Some(Category {
                number: "811".into(),
                title: "饮料和冷饮和其他饮品类".into(),
                sort_order: None,
            }),
            ..shelf(&(at + 1).to_string(), ShelfState::Normal)
        }
    });
    let mut report = report(Some(true), shelves.collect());
    report.status.versions = [("computer", "IR615-S-V1.0.0.r1254"), ("vcs", "VCS-2.1.4")]
        .map(|(component, version)| ComponentVersion { component: component.into(), version: version.into() })
        .into();
    report.status.faults =
        Some(vec![Fault { cabinet: None, code: None, name: "coin changer".into(), since: None }]);
    report.status.network = Some(NetworkInfo {
        kind: Some("4G".into()),
        sim_number: Some("13800000000".into()),
        iccid: Some("89860000000000000000".into()),
        ip: Some("10.0.0.1".into()),
    });
    report
}

#[tokio::test]
async fn ten_thousand_machines_of_twenty_shelves_stay_in_memory() {
    let fake = Fake::inhand();
    {
        let mut script = fake.script();
        script.machines = (0..MACHINES).map(|at| machine(&at.to_string())).collect();
        script.report_of = Some(twenty_shelves);
    }
    let gateway = gateway(&[("metro", &fake)], manual_clock());
    let account = gateway.account(&asker(&["metro"]), &name("metro")).unwrap();
    let until = Instant::now() + std::time::Duration::from_mins(5);
    let listing = account.listing(until).await.unwrap().value;
    for _ in 0..2 {
        let reads = stream::iter(listing.machines()).map(|row| account.report(row, until));
        let reports: Vec<_> = reads.buffer_unordered(64).collect().await;
        assert!(reports.iter().all(|one| one.as_ref().unwrap().value.shelves.len() == 20));
    }
    assert_eq!(fake.calls("report"), MACHINES, "the second round is answered from memory");
}
