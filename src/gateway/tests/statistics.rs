//! Sums of sales: one call an account, one account's trouble beside the other's rows.

use jiff::Timestamp;

use super::{Fake, START, asker, gateway, manual_clock, name, rows::machine};
use crate::{
    domain::{AccountName, Text},
    gateway::{Code, Error, Input, Statistics},
    vendor::Kind,
};

const LATER: Timestamp = Timestamp::constant(1_750_000_001, 250_000_000);
/// A window with one whole second in it.
const SECOND: (Timestamp, Timestamp) = (START, LATER);

fn fake(count: usize) -> std::sync::Arc<Fake> {
    let fake = Fake::inhand();
    fake.script().machines = (0..count).map(|at| machine(&format!("m{at:02}"))).collect();
    fake
}

fn machines(account: &str, count: usize) -> Vec<(AccountName, Text)> {
    (0..count).map(|at| (name(account), format!("m{at:02}").into())).collect()
}

fn told(sums: &Statistics) -> (Vec<String>, Vec<Code>) {
    let rows = sums.rows.iter().map(|(machine, sums)| {
        assert_eq!(machine.number(), &sums.machine_number);
        format!("{}/{}", machine.account.name(), machine.number())
    });
    (rows.collect(), sums.errors.iter().map(Error::code).collect())
}

#[tokio::test]
async fn fifty_machines_of_two_accounts_are_two_calls_and_come_in_the_order_asked_for() {
    let (a, b) = (fake(25), fake(25));
    let gateway = gateway(&[("a", &a), ("b", &b)], manual_clock());
    let pairs = machines("b", 25).into_iter().zip(machines("a", 25));
    let wanted: Vec<_> = pairs.flat_map(|(one, other)| [one, other]).collect();
    let sums = gateway.sales_statistics(&asker(&["a", "b"]), &wanted, SECOND).await.unwrap();
    let expected = wanted.iter().map(|(of, number)| format!("{of}/{number}")).collect();
    assert_eq!(told(&sums), (expected, vec![]));
    assert_eq!((a.calls("sales_statistics"), b.calls("sales_statistics")), (1, 1));
}

#[tokio::test]
async fn a_machine_named_twice_is_asked_for_once() {
    let a = fake(2);
    let gateway = gateway(&[("a", &a)], manual_clock());
    let wanted = [machines("a", 2), machines("a", 2)].concat();
    let sums = gateway.sales_statistics(&asker(&["a"]), &wanted, SECOND).await.unwrap();
    assert_eq!(sums.rows.len(), 4, "one entry for each that was asked for");
    assert_eq!(a.script().calls.last().unwrap(), &("sales_statistics", "m00,m01".to_owned()));
}

#[tokio::test]
async fn an_account_that_fails_leaves_the_others_rows_and_one_whose_vendor_sums_nothing_has_its_own() {
    let (broken, good, unable) = (fake(2), fake(2), Fake::dingshang());
    unable.script().machines = vec![machine("m00")];
    broken.fail("sales_statistics", Kind::Unavailable);
    let gateway = gateway(&[("broken", &broken), ("good", &good), ("unable", &unable)], manual_clock());
    let asker = asker(&["broken", "good", "unable"]);
    let wanted = [machines("broken", 2), machines("good", 1), machines("unable", 1)].concat();
    let sums = gateway.sales_statistics(&asker, &wanted, SECOND).await.unwrap();
    let rows = vec!["good/m00".to_owned(), "unable/m00".to_owned()];
    assert_eq!(told(&sums), (rows, vec![Code::VendorUnavailable]));
    assert_eq!(unable.calls("sales_statistics"), 0);
}

#[tokio::test]
async fn too_many_machines_and_windows_backwards_are_refused_without_a_call() {
    let a = fake(1);
    let gateway = gateway(&[("a", &a)], manual_clock());
    let many = vec![(name("a"), Text::from("m00")); 501];
    let many = gateway.sales_statistics(&asker(&["a"]), &many, SECOND).await;
    assert!(matches!(many, Err(Error::Input(Input::TooMany { .. }))));
    let backwards = gateway.sales_statistics(&asker(&["a"]), &machines("a", 1), (LATER, START)).await;
    assert!(matches!(backwards, Err(Error::Input(Input::Window))));
    assert!(a.script().calls.is_empty());
}

#[tokio::test]
async fn a_window_between_two_seconds_is_refused_and_one_on_a_second_is_not() {
    let a = fake(1);
    let gateway = gateway(&[("a", &a)], manual_clock());
    let at = |nanosecond| Timestamp::new(1_750_000_000, nanosecond).unwrap();
    for between in [(at(1), at(999_999_999)), (at(250_000_000), at(250_000_000))] {
        let refused = gateway.sales_statistics(&asker(&["a"]), &machines("a", 1), between).await;
        assert!(matches!(refused, Err(Error::Input(Input::NoWholeSecond))), "{between:?}");
    }
    assert_eq!(a.calls("sales_statistics"), 0);
    for on in [(at(0), at(0)), (at(0), at(1)), (at(1), LATER)] {
        let sums = gateway.sales_statistics(&asker(&["a"]), &machines("a", 1), on).await.unwrap();
        assert_eq!(sums.rows.len(), 1, "{on:?}");
    }
}
