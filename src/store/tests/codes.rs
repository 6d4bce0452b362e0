//! Codes have one winner each, and digits that are their own while they live.

use futures_util::future::join_all;

use super::{
    Place,
    samples::{account, code, issue, new, second, wanted},
};
use crate::{
    domain::{IssuedPickupCode, PickupCodeIssuer, PickupCodeState, Text, Verdict},
    store::{Action, Change, CodeFilter, Ending, Outcome, Part, Store},
};

async fn hold(store: &dyn Store, number: &str, machine: &str, at: i64) -> Verdict {
    let account = account();
    let held = store.hold_code((&account, number), (&machine.into(), Some("cola")), second(at)).await;
    held.unwrap().unwrap().0
}

pub(super) async fn of_two_hundred_machines_one_holds_a_code(at: &dyn Place) {
    let store = at.open().await;
    issue(&*store, vec![code("1", "123456")], 0).await;
    let tries = (0..200).map(|machine: u32| {
        let store = store.clone();
        tokio::spawn(async move { hold(&*store, "1", &machine.to_string(), 1).await })
    });
    let verdicts = join_all(tries).await;
    let count = |verdict| verdicts.iter().filter(|told| matches!(told, Ok(told) if *told == verdict)).count();
    assert_eq!((count(Verdict::Good), count(Verdict::Held)), (1, 199));
}

pub(super) async fn of_many_uses_one_is_granted_and_may_be_told_again(at: &dyn Place) {
    let store = at.open().await;
    issue(&*store, vec![code("1", "123456")], 0).await;
    let tries = (0..50).map(|nonce: u32| {
        let store = store.clone();
        tokio::spawn(async move {
            let (account, nonce) = (account(), Text::from(nonce.to_string()));
            let used = store.redeem_code((&account, "1"), &nonce, second(1)).await.unwrap();
            (nonce, used.unwrap().0)
        })
    });
    let told: Vec<_> = join_all(tries).await.into_iter().map(Result::unwrap).collect();
    let granted: Vec<_> = told.iter().filter(|(_, verdict)| *verdict == Verdict::Good).collect();
    assert_eq!(granted.len(), 1);
    let again = store.redeem_code((&account(), "1"), &granted[0].0, second(9)).await.unwrap().unwrap();
    assert_eq!((again.0, again.1.used_at, again.1.version), (Verdict::Good, Some(second(1)), 1));
    assert_eq!(store.redeem_code((&account(), "2"), &granted[0].0, second(9)).await.unwrap(), None);
}

pub(super) async fn a_hold_survives_a_restart(at: &dyn Place) {
    let store = at.open().await;
    issue(&*store, vec![code("1", "123456")], 0).await;
    assert_eq!(hold(&*store, "1", "m1", 1).await, Verdict::Good);
    drop(store);
    let store = at.open().await;
    assert_eq!(hold(&*store, "1", "m2", 2).await, Verdict::Held);
    assert_eq!(store.cancel_code((&account(), "1"), second(2)).await.unwrap().unwrap().0, Verdict::Held);
    assert_eq!(hold(&*store, "1", "m2", 91).await, Verdict::Good);
    assert_eq!(store.cancel_code((&account(), "1"), second(181)).await.unwrap().unwrap().0, Verdict::Good);
    assert_eq!(hold(&*store, "1", "m2", 182).await, Verdict::Cancelled);
}

pub(super) async fn digits_are_unique_while_their_code_is_live(at: &dyn Place) {
    let store = at.open().await;
    let later = |number, digits| IssuedPickupCode { expires_at: None, ..code(number, digits) };
    assert!(issue(&*store, vec![code("1", "111111"), code("2", "222222")], 0).await);
    assert!(!issue(&*store, vec![code("3", "111111")], 0).await);
    assert!(!issue(&*store, vec![code("1", "333333")], 0).await);
    store.cancel_code((&account(), "1"), second(1)).await.unwrap();
    assert!(issue(&*store, vec![later("3", "111111")], 1).await);
    // The other one's end is over, whether or not that is written down.
    assert!(!issue(&*store, vec![code("4", "222222")], 3599).await);
    assert!(issue(&*store, vec![later("4", "222222")], 3600).await);
    let by_digits =
        async |digits| store.code_by_digits(&account(), digits).await.unwrap().map(|code| code.number);
    assert_eq!(by_digits("111111").await.as_deref(), Some("3"));
    assert_eq!(by_digits("222222").await.as_deref(), Some("4"));
    assert_eq!(by_digits("333333").await, None);
}

pub(super) async fn of_many_that_take_the_same_digits_one_gets_them(at: &dyn Place) {
    let store = at.open().await;
    let tries = (0..30).map(|number: u32| {
        let store = store.clone();
        tokio::spawn(async move { issue(&*store, vec![code(&number.to_string(), "111111")], 0).await })
    });
    assert_eq!(join_all(tries).await.iter().filter(|issued| matches!(issued, Ok(true))).count(), 1);
}

pub(super) async fn a_vendors_digits_are_remembered_whatever_they_are(at: &dyn Place) {
    let store = at.open().await;
    let theirs = |number| IssuedPickupCode { issuer: PickupCodeIssuer::Vendor, ..code(number, "1234567") };
    let intent = new(store.begin(&wanted(Action::CreatePickupCodes, None), &Change::none()).await.unwrap());
    let codes = vec![theirs("1"), theirs("2")];
    let done = Ending::new(Outcome::Done, second(1));
    store.end(intent.id, &done, &Change::codes(codes.clone())).await.unwrap();
    assert_eq!(store.codes_of(intent.id).await.unwrap(), codes);
    assert_eq!(store.code_by_digits(&account(), "1234567").await.unwrap(), None);
    assert!(!issue(&*store, vec![code("3", "1234567")], 0).await);
}

pub(super) async fn codes_are_listed_as_they_are_now(at: &dyn Place) {
    let store = at.open().await;
    let numbered = |number: &str, at| IssuedPickupCode { created_at: second(at), ..code(number, number) };
    let bound = IssuedPickupCode { machine: Some("m1".into()), expires_at: None, ..numbered("3", 3) };
    issue(&*store, vec![numbered("1", 1), numbered("2", 2), bound], 0).await;
    hold(&*store, "1", "m1", 3550).await;
    let filter = |state, now| CodeFilter {
        accounts: vec![account()],
        machines: None,
        states: Some(vec![state]),
        issuer: Some(PickupCodeIssuer::Gateway),
        now: second(now),
    };
    let list = async |filter: &CodeFilter| {
        let page = store.codes(filter, &Part { first: 10, after: None }).await.unwrap();
        page.rows.iter().map(|code| (code.number.to_string(), code.state)).collect::<Vec<_>>()
    };
    let row = |number: &str, state| (number.to_owned(), state);
    let (unused, held, expired) = (PickupCodeState::Unused, PickupCodeState::Held, PickupCodeState::Expired);
    assert_eq!(list(&filter(unused, 3599)).await, [row("3", unused), row("2", unused)]);
    assert_eq!(list(&filter(held, 3639)).await, [row("1", held)]);
    assert_eq!(list(&filter(expired, 3639)).await, [row("2", expired)]);
    assert_eq!(list(&filter(expired, 3640)).await, [row("2", expired), row("1", expired)]);
    let of_machine = CodeFilter { machines: Some(vec![(account(), "m1".into())]), ..filter(unused, 9) };
    assert_eq!(list(&of_machine).await, [row("3", unused)]);
}

pub(super) async fn time_is_written_down_in_steps(at: &dyn Place) {
    let store = at.open().await;
    issue(&*store, (0..5).map(|number| code(&number.to_string(), &number.to_string())).collect(), 0).await;
    hold(&*store, "0", "m1", 3550).await;
    assert_eq!(store.expire_codes(second(3599), 10).await.unwrap(), 0);
    assert_eq!(store.expire_codes(second(3600), 3).await.unwrap(), 3);
    assert_eq!(store.expire_codes(second(3600), 3).await.unwrap(), 1);
    assert_eq!(store.expire_codes(second(3640), 3).await.unwrap(), 1);
    let first = store.code(&account(), "0").await.unwrap().unwrap();
    assert_eq!((first.state, first.hold), (PickupCodeState::Expired, None));
}
