//! A line to the server that is cut and mended.

#[path = "../../../tests/postgres/line.rs"]
mod wire;

use std::time::Duration;

use sqlx::{Connection as _, Row as _, query};
use tokio::{net::TcpListener, sync::watch};

use self::wire::line;
use super::{
    Database, Place as _,
    samples::{event, log, refill},
};
use crate::store::{Error, OpenError, open};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_cut_off_says_so_in_time_and_goes_on_when_it_is_mended() {
    let server = Database::new().await;
    let (cut, through) = watch::channel(true);
    let store = open(&line(&server.url(), through).await).await.unwrap();
    let other = server.open().await;
    store.append(&[event(refill(1), 0)]).await.unwrap();
    cut.send_replace(false);
    other.append(&[event(refill(2), 0)]).await.unwrap();
    let batch = [event(refill(3), 0)];
    let asked = async { tokio::join!(store.ping(), store.append(&batch), store.log_bounds()) };
    let (ping, append, bounds) =
        tokio::time::timeout(Duration::from_secs(15), asked).await.expect("it says so in time");
    assert!(matches!(ping, Err(Error::Unavailable { .. })), "{ping:?}");
    assert!(matches!(append, Err(Error::Unavailable { .. })), "{append:?}");
    assert!(matches!(bounds, Err(Error::Unavailable { .. })), "{bounds:?}");
    cut.send_replace(true);
    let mended = async {
        while store.append(&batch).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        store.appended().wait_for(|told| told.0 >= 3).await.map(|told| *told).unwrap()
    };
    tokio::time::timeout(Duration::from_secs(20), mended).await.expect("it goes on");
    assert_eq!(log(&*store).await, log(&*other).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_cut_off_in_its_turn_to_write_keeps_nobody_from_it_for_long() {
    let server = Database::new().await;
    let (cut, through) = watch::channel(true);
    let (store, other) = (open(&line(&server.url(), through).await).await.unwrap(), server.open().await);
    let mut raw = server.connect().await;
    let mut turn = raw.begin().await.unwrap();
    query("SELECT pg_advisory_xact_lock(1986359923, 1)").execute(&mut *turn).await.unwrap();
    let waits = tokio::spawn(async move { store.append(&[event(refill(1), 0)]).await });
    let waiting = "SELECT count(*) AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    while query(waiting).fetch_one(&mut *turn).await.unwrap().get::<i64, _>("n") == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // It is given the turn, and does not hear of it.
    cut.send_replace(false);
    turn.rollback().await.unwrap();
    other.append(&[event(refill(2), 0)]).await.unwrap();
    let late = waits.await.unwrap();
    assert!(matches!(late, Err(Error::Unavailable { .. })), "{late:?}");
    assert_eq!(log(&*other).await.len(), 1);
}

#[tokio::test]
async fn a_server_that_is_silent_from_the_start_does_not_open() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://me@{}/x", listener.local_addr().unwrap());
    let opened = tokio::time::timeout(Duration::from_secs(15), open(&url)).await.expect("it says so in time");
    assert!(matches!(opened, Err(OpenError::Silent)), "{opened:?}");
}
