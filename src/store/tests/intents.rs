//! Commands are written down once, and found again.

use futures_util::future::join_all;

use super::{
    Place,
    samples::{account, code, end, new, on, order, place, second, wanted},
};
use crate::{
    domain::AccountName,
    store::{Action, Begun, Change, Digest, Ending, Error, Intent, IntentId, NewIntent, Outcome, Target},
};

fn is_busy(begun: &Begun, holder: &Intent) -> bool {
    matches!(begun, Begun::Busy(found) if found.id == holder.id)
}

pub(super) async fn of_a_hundred_that_begin_under_one_key_one_is_new(at: &dyn Place) {
    let store = at.open().await;
    let tries = (0..100).map(|trade| {
        let store = store.clone();
        tokio::spawn(async move {
            let order = order(&format!("{trade:020}"), 0);
            let target = Target { trade_number: Some(order.trade_number.clone()), ..Target::default() };
            let wanted = NewIntent { target, ..wanted(Action::CreateOrder, Some("k")) };
            store.begin(&wanted, &Change::order(order)).await.unwrap()
        })
    });
    let begun: Vec<Begun> = join_all(tries).await.into_iter().map(Result::unwrap).collect();
    let first = begun.iter().find(|begun| matches!(begun, Begun::New(_)));
    let first = new(first.unwrap().clone());
    let again = begun.iter().filter(|begun| **begun == Begun::Again(first.clone())).count();
    assert_eq!(again, 99);
    let trade = first.wanted.target.trade_number.unwrap();
    assert!(store.order(&account(), &trade).await.unwrap().is_some());
}

pub(super) async fn another_input_under_a_key_is_a_conflict(at: &dyn Place) {
    let store = at.open().await;
    let wanted = wanted(Action::CreateOrder, Some("k"));
    let first = new(store.begin(&wanted, &Change::none()).await.unwrap());
    let other = NewIntent { fingerprint: Digest::of("other"), ..wanted };
    assert_eq!(store.begin(&other, &Change::none()).await.unwrap(), Begun::Conflict(first));
}

pub(super) async fn a_key_is_the_subjects_the_accounts_and_the_actions_own(at: &dyn Place) {
    let store = at.open().await;
    let wanted = wanted(Action::CreatePickupCodes, Some("k"));
    let others = [
        NewIntent { subject: "bob".into(), ..wanted.clone() },
        NewIntent { account: AccountName::new("metro"), ..wanted.clone() },
        NewIntent { action: Action::CreateOrder, ..wanted.clone() },
        NewIntent { key: None, ..wanted.clone() },
        NewIntent { key: None, ..wanted.clone() },
        wanted,
    ];
    for wanted in others {
        new(store.begin(&wanted, &Change::none()).await.unwrap());
    }
}

pub(super) async fn an_order_takes_one_command_at_a_time(at: &dyn Place) {
    let store = at.open().await;
    let begin = async |wanted: NewIntent| store.begin(&wanted, &Change::none()).await.unwrap();
    let line = new(begin(on(Action::DispenseOrderLine, "1", Some(0))).await);
    assert!(is_busy(&begin(on(Action::DispenseOrderLine, "1", Some(0))).await, &line));
    assert!(is_busy(&begin(on(Action::CancelOrder, "1", None)).await, &line));
    let other_line = new(begin(on(Action::DispenseOrderLine, "1", Some(1))).await);
    new(begin(on(Action::CancelOrder, "2", None)).await);
    for done in [line, other_line] {
        end(&*store, &done, Outcome::Done).await;
    }
    let whole = new(begin(on(Action::CancelOrder, "1", None)).await);
    assert!(is_busy(&begin(on(Action::PayOrder, "1", None)).await, &whole));
    assert!(is_busy(&begin(on(Action::DispenseOrderLine, "1", Some(3))).await, &whole));
}

pub(super) async fn of_many_commands_on_one_order_one_gets_it(at: &dyn Place) {
    let store = at.open().await;
    let tries = (0..50).map(|_| {
        let store = store.clone();
        tokio::spawn(
            async move { store.begin(&on(Action::PayOrder, "1", None), &Change::none()).await.unwrap() },
        )
    });
    let begun = join_all(tries).await;
    let new = begun.iter().filter(|begun| matches!(begun, Ok(Begun::New(_)))).count();
    let busy = begun.iter().filter(|begun| matches!(begun, Ok(Begun::Busy(_)))).count();
    assert_eq!((new, busy), (1, 49));
}

pub(super) async fn a_command_of_unknown_outcome_holds_its_order_until_it_is_settled(at: &dyn Place) {
    let store = at.open().await;
    let begin = async |wanted: NewIntent| store.begin(&wanted, &Change::none()).await.unwrap();
    let lost = new(begin(on(Action::PayOrder, "1", None)).await);
    let lost = end(&*store, &lost, Outcome::Unknown).await;
    assert_eq!(begin(on(Action::PayOrder, "1", None)).await, Begun::Busy(lost.clone()));
    end(&*store, &lost, Outcome::NotDone).await;
    new(begin(on(Action::PayOrder, "1", None)).await);

    let test = NewIntent {
        target: Target { shelf: Some("A01".into()), ..Target::default() },
        ..wanted(Action::TestDispense, None)
    };
    let tested = new(begin(test.clone()).await);
    assert!(is_busy(&begin(test.clone()).await, &tested));
    let lost = end(&*store, &tested, Outcome::Unknown).await;
    assert_eq!(begin(test.clone()).await, Begun::Busy(lost.clone()));
    end(&*store, &lost, Outcome::Lost).await;
    new(begin(test).await);
}

pub(super) async fn what_was_under_way_is_found_after_a_restart(at: &dyn Place) {
    let store = at.open().await;
    let open = new(store.begin(&on(Action::PayOrder, "1", None), &Change::none()).await.unwrap());
    let lost = new(store.begin(&on(Action::PayOrder, "2", None), &Change::none()).await.unwrap());
    let lost = end(&*store, &lost, Outcome::Unknown).await;
    let done = new(store.begin(&on(Action::PayOrder, "3", None), &Change::none()).await.unwrap());
    end(&*store, &done, Outcome::Done).await;
    store.close().await;

    let store = at.open().await;
    let unsettled = store.unsettled(&account(), None, 10).await.unwrap();
    assert_eq!(unsettled, [open.clone(), lost.clone()]);
    assert_eq!(store.unsettled(&account(), None, 1).await.unwrap(), std::slice::from_ref(&open));
    assert_eq!(store.unsettled(&account(), Some(open.id), 10).await.unwrap(), std::slice::from_ref(&lost));
    assert_eq!(store.unsettled(&AccountName::new("metro"), None, 10).await.unwrap(), []);
    assert!(store.is_abandoned(&open).await.unwrap(), "who began it is gone");
    assert!(!store.is_abandoned(&lost).await.unwrap(), "it has ended");
    let begun = new(store.begin(&on(Action::PayOrder, "4", None), &Change::none()).await.unwrap());
    assert!(!store.is_abandoned(&begun).await.unwrap(), "it is under way");
    let again = store.begin(&on(Action::PayOrder, "1", None), &Change::none()).await.unwrap();
    assert!(is_busy(&again, &open));
}

pub(super) async fn the_first_known_ending_stays(at: &dyn Place) {
    let store = at.open().await;
    let intent = new(store.begin(&wanted(Action::CreatePickupCodes, None), &Change::none()).await.unwrap());
    let refused = Ending {
        vendor_code: Some("10023".into()),
        vendor_message: Some("off".into()),
        error: Some("REFUSED".into()),
        used_by: Some("60".into()),
        ..Ending::new(Outcome::Refused, second(1))
    };
    let ended = store.end(intent.id, &refused, &Change::none()).await.unwrap();
    assert_eq!(ended, Intent { end: Some(refused), ..intent.clone() });
    let late = Change::codes(vec![code("1", "123456")]);
    let still = store.end(intent.id, &Ending::new(Outcome::Done, second(2)), &late).await.unwrap();
    assert_eq!(still, ended);
    assert_eq!(store.codes_of(intent.id).await.unwrap(), []);
    let missing = store.end(IntentId(99), &Ending::new(Outcome::Done, second(2)), &Change::none()).await;
    assert!(matches!(missing, Err(Error::NoSuchIntent)));
}

pub(super) async fn what_is_refused_stores_nothing(at: &dyn Place) {
    let store = at.open().await;
    place(&*store, &order("1", 0)).await;
    let begun =
        store.begin(&on(Action::CreateOrder, "1", None), &Change::order(order("1", 5))).await.unwrap();
    assert_eq!(begun, Begun::Taken);
    let twins = Change::codes(vec![code("1", "123456"), code("2", "123456")]);
    let begun = store.begin(&wanted(Action::CreatePickupCodes, Some("k")), &twins).await.unwrap();
    assert_eq!(begun, Begun::Taken);
    assert_eq!(store.code(&account(), "1").await.unwrap(), None);
    assert_eq!(store.intents(&account(), None, 10).await.unwrap().rows.len(), 1);
}

pub(super) async fn keys_are_forgotten_and_the_trail_is_kept(at: &dyn Place) {
    let store = at.open().await;
    for (key, outcome) in [("a", Some(Outcome::Done)), ("b", Some(Outcome::Refused)), ("c", None)] {
        let wanted = wanted(Action::CreatePickupCodes, Some(key));
        let intent = new(store.begin(&wanted, &Change::none()).await.unwrap());
        if let Some(outcome) = outcome {
            end(&*store, &intent, outcome).await;
        }
    }
    assert_eq!(store.forget_keys(second(0), 10).await.unwrap(), 0);
    let steps = [store.forget_keys(second(1), 1).await, store.forget_keys(second(1), 9).await];
    assert_eq!(steps.map(Result::unwrap), [1, 1]);
    let trail = store.intents(&account(), None, 10).await.unwrap().rows;
    let keys: Vec<_> = trail.iter().map(|intent| intent.wanted.key.as_deref()).collect();
    assert_eq!(keys, [Some("c"), None, None]);
    new(store.begin(&wanted(Action::CreatePickupCodes, Some("a")), &Change::none()).await.unwrap());
}

pub(super) async fn the_trail_is_paged_newest_first(at: &dyn Place) {
    let store = at.open().await;
    for _ in 0..5 {
        new(store.begin(&wanted(Action::ReplenishMachine, None), &Change::none()).await.unwrap());
    }
    let first = store.intents(&account(), None, 3).await.unwrap();
    let rest = store.intents(&account(), first.rows.last().map(|intent| intent.id), 3).await.unwrap();
    assert!(first.more && !rest.more);
    let ids: Vec<_> = first.rows.iter().chain(&rest.rows).map(|intent| intent.id).collect();
    assert_eq!(ids.len(), 5);
    assert!(ids.is_sorted_by(|newer, older| newer > older));
}
