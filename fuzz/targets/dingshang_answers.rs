//! Dingshang's answers, to every call: read or refused, in bounded time, and every question is signed.
//!
//! NULs part the answers to the requests of one call; what is asked beyond them gets an empty list.
#![no_main]

use std::{collections::HashSet, sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use libfuzzer_sys::fuzz_target;
use vendgraph::vendor::{Redemption, Replenishment, Vendor as _};
use vendgraph_fuzz::{platform::Platform, spent};

const MACHINE: &str = "01632712";

/// All calls together take no more of a processor.
const PATIENCE: Duration = Duration::from_secs(2);

thread_local!(static PLATFORM: Platform = Platform::start());

fuzz_target!(|input: &[u8]| {
    let answers: Vec<&[u8]> = input.split(|byte| *byte == 0).collect();
    PLATFORM.with(|platform| {
        let account = &platform.dingshang;
        let begun = spent::by_thread();
        if let Ok(machines) = platform.call(&answers, account.machines()) {
            let numbers: HashSet<_> = machines.iter().map(|machine| &machine.number).collect();
            assert_eq!(numbers.len(), machines.len(), "each machine once");
            assert!(!numbers.iter().any(|number| number.is_empty()));
        }
        let detail = platform.call(&answers, account.machine_detail(MACHINE));
        let detail = async { detail.map(Arc::new) };
        if let Ok(report) = platform.call(&answers, account.report(MACHINE, detail.boxed())) {
            let codes: HashSet<_> =
                report.shelves.iter().map(|shelf| (&shelf.cabinet, &shelf.code)).collect();
            assert_eq!(codes.len(), report.shelves.len(), "each shelf once");
        }
        let _ = platform.call(&answers, account.ping());
        let _ = platform.call(&answers, account.categories(MACHINE));
        let _ = platform.call(&answers, account.pickup_codes(MACHINE, "11"));
        let _ = platform.call(&answers, account.order(MACHINE, "60"));
        let _ = platform.call(&answers, account.delivery(MACHINE, "78"));
        let _ = platform.call(&answers, account.dispense(MACHINE, "60", "1"));
        let _ = platform.call(&answers, account.replenish(MACHINE, &Replenishment::Machine { place: None }));
        let redemption = Redemption {
            machine: MACHINE.into(),
            slot: "11".into(),
            code: "123456".into(),
            trade_number: "17".into(),
            notify_url: "http://127.0.0.1:9/".parse().expect("a URL"),
        };
        let _ = platform.call(&answers, account.redeem_pickup_code(&redemption));
        let took = spent::by_thread().saturating_sub(begun);
        assert!(took < PATIENCE, "it took {took:?}");
    });
});
