//! How fast the log is written and read: run by hand, with `--run-ignored only --no-capture`.

use std::time::Instant;

use super::{
    File, Place as _,
    samples::{account, event, trade},
};
use crate::{
    domain::{DeliveryState, Place},
    store::{EventFilter, NewEvent},
};

/// Trades as a vendor would push them, each with a nonce and a message of 900 bytes.
fn pushed(numbers: std::ops::Range<u32>) -> Vec<NewEvent> {
    let pushed = |number: u32| {
        let order = format!("2026010100{number:010}");
        let mut new = event(trade(&order, DeliveryState::Dispensed), i64::from(number));
        new.event.machine = Some(format!("{:08}", number % 5_000).into());
        // Spread over the whole index, as random ones are.
        new.nonce =
            Some(format!("{:032x}", u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c)).into());
        new.message = Some(vec![b'x'; 900].into());
        new
    };
    numbers.map(pushed).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a test"]
async fn how_fast_the_log_is() {
    let file = File::new();
    let store = file.open().await;
    let mut next = 0;
    for batch in [1, 10, 50, 200, 1_000] {
        let batches = (20_000 / batch).min(1_000);
        let news: Vec<_> =
            (0..batches).map(|at| pushed(next + at * batch..next + (at + 1) * batch)).collect();
        next += batches * batch;
        let start = Instant::now();
        for news in &news {
            store.append(news).await.unwrap();
        }
        let took = start.elapsed().as_secs_f64();
        println!("commits of {batch}: {:.0} events/s", f64::from(batches * batch) / took);
    }
    let again = pushed(0..200);
    let start = Instant::now();
    for _ in 0..20 {
        store.append(&again).await.unwrap();
    }
    println!("known already, 200 at once: {:.0} events/s", 4_000.0 / start.elapsed().as_secs_f64());
    let filter = EventFilter { accounts: vec![account()], ..EventFilter::default() };
    let (mut after, mut read, start) = (Place(0), 0_u32, Instant::now());
    loop {
        let page = store.events(&filter, after, 500).await.unwrap();
        read += u32::try_from(page.rows.len()).unwrap();
        after = page.rows.last().map_or(after, |last| last.place);
        if !page.more {
            break;
        }
    }
    println!("read in pages of 500: {:.0} events/s", f64::from(read) / start.elapsed().as_secs_f64());
    let start = Instant::now();
    for _ in 0..1_000 {
        store.events(&filter, Place(after.0 - 1), 100).await.unwrap();
    }
    println!("one new event at the head: {:.0} µs", start.elapsed().as_secs_f64() * 1_000.0);
}
