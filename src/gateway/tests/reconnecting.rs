//! Accounts that come, change and go while the gateway runs.

use std::sync::Arc;

use super::{Fake, asker, connection, first, gateway, manual_clock, name, rows::machine_at};
use crate::{
    domain::AccountName,
    gateway::{Error, Gateway, Lease, MachineFilter},
};

fn fake(machine: &str) -> Arc<Fake> {
    let fake = Fake::inhand();
    fake.script().machines = vec![machine_at(machine, "s")];
    fake
}

/// The numbers of all machines, and how long that stands.
async fn listed(gateway: &Gateway) -> (Vec<String>, Option<Lease>) {
    let asker = asker(&["east", "west"]);
    let asking = async {
        let list = gateway.machines(&asker, MachineFilter::default(), &first(10)).await.unwrap();
        list.page.rows.iter().map(|machine| machine.number().to_string()).collect()
    };
    gateway.leased(asking).await
}

fn seen(gateway: &Gateway, account: &AccountName) -> bool {
    match gateway.account(&asker(&["east", "west"]), account) {
        Ok(_) => true,
        Err(Error::NotFound) => false,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_account_that_is_added_is_asked_from_then_on_and_ends_what_was_kept() {
    let (east, west) = (fake("e"), fake("w"));
    let gateway = gateway(&[("east", &east)], manual_clock());
    listed(&gateway).await;
    let (before, lease) = listed(&gateway).await;
    let lease = lease.unwrap();
    assert_eq!(before, ["e"]);
    assert!(lease.holds() && !seen(&gateway, &name("west")));

    gateway.reconnect(&[name("west"), name("east")], vec![connection("west", &west)]);
    assert!(!lease.holds() && seen(&gateway, &name("west")));
    assert_eq!(listed(&gateway).await.0, ["e", "w"]);
}

#[tokio::test]
async fn an_account_that_is_taken_out_is_not_there_any_more() {
    let (east, west) = (fake("e"), fake("w"));
    let gateway = gateway(&[("east", &east), ("west", &west)], manual_clock());
    listed(&gateway).await;
    let lease = listed(&gateway).await.1.unwrap();

    gateway.reconnect(&[name("west")], Vec::new());
    assert!(!lease.holds() && !seen(&gateway, &name("east")));
    assert_eq!(listed(&gateway).await.0, ["w"]);
}

#[tokio::test]
async fn an_account_with_new_credentials_is_asked_by_them_and_keeps_what_is_known_of_it() {
    let (old, new) = (fake("e"), fake("e"));
    let gateway = gateway(&[("east", &old)], manual_clock());
    listed(&gateway).await;

    gateway.reconnect(&[name("east")], vec![connection("east", &new)]);
    assert_eq!(listed(&gateway).await.0, ["e"]);
    assert_eq!(new.calls("machines"), 0, "the listing is known still");
    let machine = gateway.machine(&asker(&["east"]), &name("east"), "e").await.unwrap();
    // What it answers does not matter here.
    let _ = machine.report(&asker(&["east"])).await;
    assert_eq!((old.calls("report"), new.calls("report")), (0, 1));
}

#[tokio::test]
async fn another_vendors_account_of_the_same_name_is_another_account() {
    let (old, new) = (fake("e"), Fake::dingshang());
    new.script().machines = vec![machine_at("d", "s")];
    let gateway = gateway(&[("east", &old)], manual_clock());
    listed(&gateway).await;

    gateway.reconnect(&[name("east")], vec![connection("east", &new)]);
    assert_eq!(listed(&gateway).await.0, ["d"]);
}
