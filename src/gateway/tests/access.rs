//! What belongs to an account that the caller does not see looks like what is not there.

use std::sync::Arc;

use super::{
    Fake, START, asker, first, gateway, manual_clock, name,
    rows::{machine_at, trade},
};
use crate::{
    domain::{AccountName, Line, Product},
    gateway::{
        Asker, Gateway, LineFilter, MachineFilter, ProductFilter, RefillFilter, SiteFilter, SourceStatus,
        TradeFilter,
    },
};

fn fake() -> Arc<Fake> {
    let fake = Fake::inhand();
    {
        let mut script = fake.script();
        script.machines = vec![machine_at("m", "s")];
        script.products = vec![Product::named("p".into(), "Water".into())];
        script.lines = vec![Line { name: "l".into(), area_name: None, description: None, created_at: None }];
        script.trades = vec![trade("t", "m", Some(START))];
    }
    fake
}

/// The error of asking for each sort of object by its id, `None` where it is found.
async fn errors(
    gateway: &Gateway,
    asker: &Asker,
    account: &AccountName,
    number: &str,
) -> Vec<Option<String>> {
    let text = number.into();
    let place = (&text, Some(START));
    vec![
        gateway.account(asker, account).err(),
        gateway.machine(asker, account, number).await.err(),
        gateway.site(asker, account, number).await.err(),
        gateway.line(asker, account, None, &text).await.err(),
        gateway.product(asker, account, number).await.err(),
        gateway.trade(asker, account, place, number).await.err(),
        gateway.refill(asker, account, number, START).await.err(),
        gateway.pickup_code(asker, account, (number, "1", "1"), number).await.err(),
        gateway.refresh_machines(asker, &[(account.clone(), text.clone())]).await.remove(0).err(),
    ]
    .into_iter()
    .map(|error| error.map(|error| format!("{error:?}")))
    .collect()
}

#[tokio::test]
async fn a_foreign_accounts_objects_give_the_same_error_as_none_and_cost_no_call() {
    let (own, foreign, unable) = (fake(), fake(), Fake::dingshang());
    own.script().unknown.push("none".to_owned());
    let accounts = [("own", &own), ("foreign", &foreign), ("unable", &unable)];
    let gateway = gateway(&accounts, manual_clock());
    let asker = asker(&["own", "unable"]);
    let nothing = vec![Some("NotFound".to_owned()); 9];
    for number in ["m", "s", "l", "p", "t", "none"] {
        assert_eq!(errors(&gateway, &asker, &name("foreign"), number).await, nothing);
        assert_eq!(errors(&gateway, &asker, &name("nowhere"), number).await, nothing);
    }
    for account in ["own", "unable"] {
        let missing = errors(&gateway, &asker, &name(account), "none").await;
        assert_eq!((&missing[0], &missing[1..]), (&None, &nothing[1..]), "{account}");
    }
    assert!(foreign.script().calls.is_empty());
}

#[tokio::test]
async fn a_filter_by_foreign_accounts_yields_nothing_and_no_source() {
    let (own, foreign) = (fake(), fake());
    let gateway = gateway(&[("own", &own), ("foreign", &foreign)], manual_clock());
    let (asker, page) = (asker(&["own"]), first(50));
    let accounts = Some(vec![name("foreign"), name("nowhere")]);
    let none = |rows: usize, sources: &[SourceStatus]| assert_eq!((rows, sources.len()), (0, 0));

    let filter = MachineFilter { accounts: accounts.clone(), ..<_>::default() };
    let machines = gateway.machines(&asker, filter, &page).await.unwrap();
    none(machines.page.rows.len() + machines.total(), &machines.sources);
    let filter = MachineFilter { site: Some((name("foreign"), "s".into())), ..<_>::default() };
    let machines = gateway.machines(&asker, filter, &page).await.unwrap();
    none(machines.page.rows.len() + machines.total(), &machines.sources);
    let filter = SiteFilter { accounts: accounts.clone(), ..<_>::default() };
    let sites = gateway.sites(&asker, &filter, &page).await.unwrap();
    none(sites.page.rows.len() + sites.total, &sites.sources);
    let filter = LineFilter { accounts: accounts.clone(), ..<_>::default() };
    let lines = gateway.lines(&asker, &filter, &page).await.unwrap();
    none(lines.page.rows.len() + lines.total, &lines.sources);
    let filter = ProductFilter { accounts: accounts.clone(), ..<_>::default() };
    let products = gateway.products(&asker, &filter, &page).await.unwrap();
    none(products.page.rows.len() + products.total, &products.sources);
    let filter = RefillFilter { accounts: accounts.clone(), ..<_>::default() };
    let refills = gateway.refills(&asker, &filter, &page).await.unwrap();
    none(refills.page.rows.len(), &refills.sources);
    let filter = TradeFilter { accounts, ..<_>::default() };
    let trades = gateway.trades(&asker, &filter, &page).await.unwrap();
    none(trades.page.rows.len(), &trades.sources);
    let filter = TradeFilter { machines: Some(vec![(name("foreign"), "m".into())]), ..<_>::default() };
    let trades = gateway.trades(&asker, &filter, &page).await.unwrap();
    none(trades.page.rows.len(), &trades.sources);
    let sums = [(name("foreign"), "m".into())];
    let second = (START, START + std::time::Duration::from_secs(1));
    let sums = gateway.sales_statistics(&asker, &sums, second).await.unwrap();
    assert_eq!((sums.rows.len(), format!("{:?}", sums.errors)), (0, "[NotFound]".to_owned()));
    assert!(foreign.script().calls.is_empty() && own.script().calls.is_empty());
}

#[tokio::test]
async fn sources_come_by_account_name_also_where_one_cannot() {
    let (able, unable) = (fake(), Fake::dingshang());
    let gateway = gateway(&[("a", &able), ("b", &unable), ("c", &able)], manual_clock());
    let accounts = Some(vec![name("c"), name("b"), name("a")]);
    let filter = RefillFilter { accounts, ..<_>::default() };
    let refills = gateway.refills(&asker(&["a", "b", "c"]), &filter, &first(1)).await.unwrap();
    let names: Vec<_> = refills.sources.iter().map(|source| source.account.name().as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
}
