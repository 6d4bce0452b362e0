//! InHand's answers, to every call: read or refused, in bounded time, and every question is signed.
//!
//! NULs part the answers to the requests of one call; what is asked beyond them gets an empty list.
#![no_main]

use std::{collections::HashSet, time::Duration};

use futures_util::FutureExt as _;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use vendgraph::{
    domain::Window,
    vendor::{Error, Kind, TradeQuery, Vendor as _},
};
use vendgraph_fuzz::{platform::Platform, spent};

/// A machine of the document's samples.
const MACHINE: &str = "151111";

/// All calls together take no more of a processor.
const PATIENCE: Duration = Duration::from_secs(2);

thread_local!(static PLATFORM: Platform = Platform::start());

fuzz_target!(|input: &[u8]| {
    let answers: Vec<&[u8]> = input.split(|byte| *byte == 0).collect();
    PLATFORM.with(|platform| {
        let account = &platform.inhand;
        let begun = spent::by_thread();
        if let Ok(machines) = platform.call(&answers, account.machines()) {
            let numbers: HashSet<_> = machines.iter().map(|machine| &machine.number).collect();
            assert_eq!(numbers.len(), machines.len(), "each machine once");
            assert!(!numbers.iter().any(|number| number.is_empty()));
        }
        if let Ok(products) = platform.call(&answers, account.products()) {
            let numbers: HashSet<_> = products.iter().map(|product| &product.number).collect();
            assert_eq!(numbers.len(), products.len(), "each product once");
        }
        let detail = async { Err(Error::new(Kind::Unsupported, "detail")) };
        if let Ok(report) = platform.call(&answers, account.report(MACHINE, detail.boxed())) {
            let codes: HashSet<_> =
                report.shelves.iter().map(|shelf| (&shelf.cabinet, &shelf.code)).collect();
            assert_eq!(codes.len(), report.shelves.len(), "each shelf once");
        }
        let _ = platform.call(&answers, account.ping());
        let _ = platform.call(&answers, account.lines());
        let trades = TradeQuery { machine: None, window: Window::default(), method: None };
        let _ = platform.call(&answers, account.trades(&trades, 0..100));
        let from = Timestamp::from_second(1_700_000_000).expect("a time");
        let machines = [MACHINE.to_owned(), "123124".to_owned()];
        if let Ok(sums) = platform.call(&answers, account.sales_statistics(&machines, from, Timestamp::now()))
        {
            assert!(sums.iter().all(|sums| machines.iter().any(|number| **number == *sums.machine_number)));
        }
        let _ = platform.call(&answers, account.sales_since_refill(MACHINE));
        let _ = platform.call(&answers, account.unreported_refills(None, Window::default()));
        let took = spent::by_thread().saturating_sub(begun);
        assert!(took < PATIENCE, "it took {took:?}");
    });
});
