//! One leads at a time, and who follows is told apart from who leads.

use futures_util::future::join_all;

use super::Place;
use crate::store::{Lead, Store};

async fn lead(store: &dyn Store, what: &str) -> Option<Lead> {
    store.lead(what).await.unwrap()
}

pub(super) async fn of_many_who_want_to_lead_one_does(at: &dyn Place) {
    let store = at.open().await;
    let tries = (0..20).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { lead(&*store, "sweep north").await })
    });
    let leads: Vec<Lead> = join_all(tries).await.into_iter().filter_map(Result::unwrap).collect();
    assert_eq!(leads.len(), 1);
    assert!(leads[0].is_held());
    assert!(lead(&*store, "sweep metro").await.is_some(), "that is something else");
}

pub(super) async fn a_lead_is_free_once_it_is_dropped(at: &dyn Place) {
    let store = at.open().await;
    for _ in 0..3 {
        let first = lead(&*store, "sweep").await;
        assert!(first.is_some());
        assert!(lead(&*store, "sweep").await.is_none());
        drop(first);
    }
}

pub(super) async fn a_lead_ends_with_the_store(at: &dyn Place) {
    let store = at.open().await;
    let first = lead(&*store, "sweep").await.unwrap();
    store.close().await;
    first.lost().await;
    assert!(!first.is_held());
    assert!(store.lead("sweep").await.is_err());
    let store = at.open().await;
    let second = lead(&*store, "sweep").await.unwrap();
    drop(first);
    assert!(lead(&*store, "sweep").await.is_none(), "what is lost takes nothing from who has it now");
    assert!(second.is_held());
}
