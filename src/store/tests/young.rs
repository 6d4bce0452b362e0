//! A log that was empty when the gateway was started, and is written fast.

use std::time::Duration;

use sqlx::{Row as _, query};
use tokio::time::{sleep, timeout};

use super::{
    Database, Place as _,
    samples::{event, trade},
};
use crate::domain::DeliveryState;

const BATCHES: u32 = 100;
const BATCH: u32 = 100;
/// Two of each event. To read the log for each batch, up to where it is then, would be half a million.
const MOST: i64 = 20_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_postgresql_planned_for_an_empty_log_does_not_read_all_of_it_for_each_batch() {
    let server = Database::new().await;
    let store = server.open().await;
    for batch in 0..BATCHES {
        let numbers = batch * BATCH..(batch + 1) * BATCH;
        let news: Vec<_> = numbers
            .map(|number| {
                let mut new = event(trade(&format!("{number:020}"), DeliveryState::Dispensed), 0);
                new.nonce = Some(format!("nonce {number}").into());
                new
            })
            .collect();
        store.append(&news).await.unwrap();
    }
    store.close().await;
    // The server counts what a session did some time after it.
    let counted = async {
        let mut connection = server.connect().await;
        let sql = "SELECT n_tup_ins, seq_tup_read + idx_tup_fetch AS read FROM pg_stat_user_tables WHERE relname = 'events'";
        loop {
            let row = query(sql).fetch_one(&mut connection).await.unwrap();
            if row.get::<i64, _>("n_tup_ins") == i64::from(BATCHES * BATCH) {
                return row.get::<i64, _>("read");
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    let read = timeout(Duration::from_secs(20), counted).await.expect("it is counted");
    assert!(read < MOST, "{read} events were read");
}
