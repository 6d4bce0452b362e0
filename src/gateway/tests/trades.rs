//! Trades: filters, windows, seams, and a bounded number of calls.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};

use super::{
    Fake, START, after, asker, first, gateway, manual_clock, name,
    rows::{machine, trade},
};
use crate::{
    domain::{DeliveryState, Id, PaymentMethod, Window},
    gateway::{Asker, Code, Error, Gateway, Input, PageRequest, TradeFilter, TradePage},
    vendor::Kind,
};

/// So long before the start.
pub(super) fn before(millis: i64) -> Timestamp {
    START - SignedDuration::from_millis(millis)
}

pub(super) fn orders(page: &TradePage) -> Vec<String> {
    page.page.rows.iter().map(|row| row.trade.order_number.to_string()).collect()
}

/// Walks over all pages; `between` happens between two of them.
pub(super) async fn walk(
    gateway: &Gateway,
    asker: &Asker,
    filter: &TradeFilter,
    size: usize,
    mut between: impl FnMut(usize),
) -> Vec<String> {
    let mut request = first(size);
    let mut all = Vec::new();
    for page in 0..10_000 {
        let got = gateway.trades(asker, filter, &request).await.unwrap();
        assert!(got.sources.iter().all(|source| source.error().is_none()));
        assert!(got.page.rows.len() <= size);
        all.extend(orders(&got));
        if !got.page.has_next {
            return all;
        }
        request = after(size, &got.page.rows.last().expect("more, but no cursor to go on from").id());
        between(page);
    }
    panic!("the pages do not end");
}

async fn all(fake: &Arc<Fake>, filter: &TradeFilter) -> Vec<String> {
    walk(&gateway(&[("metro", fake)], manual_clock()), &asker(&["metro"]), filter, 50, |_| ()).await
}

fn inhand(trades: impl IntoIterator<Item = (&'static str, i64)>) -> Arc<Fake> {
    let fake = Fake::inhand();
    fake.script().machines = vec![machine("m")];
    fake.script().trades =
        trades.into_iter().map(|(order, ago)| trade(order, "m", Some(before(ago)))).collect();
    fake
}

#[tokio::test]
async fn trades_come_newest_first_whatever_order_the_vendor_has() {
    let fake = inhand([("c", 3_000), ("a", 1_000), ("d", 90_000_000_000), ("b", 2_000), ("a", 1_000)]);
    assert_eq!(all(&fake, &TradeFilter::default()).await, ["a", "b", "c", "d"]);
}

#[tokio::test]
async fn a_trade_between_two_whole_seconds_is_not_lost_at_the_seam_of_two_windows() {
    for compares_milliseconds in [true, false] {
        let fake = Fake::inhand();
        let instants = (0..3_000).map(|at| before(at * 37));
        fake.script().trades =
            instants.enumerate().map(|(at, when)| trade(&format!("{at:05}"), "m", Some(when))).collect();
        fake.script().compares_milliseconds = compares_milliseconds;
        let expected: Vec<_> = (0..3_000).map(|at| format!("{at:05}")).collect();
        assert!(all(&fake, &TradeFilter::default()).await == expected, "{compares_milliseconds}");
    }
}

#[tokio::test]
async fn both_ends_of_a_window_belong_to_it_to_the_millisecond() {
    let fake = inhand([("late", 999), ("end", 1_000), ("mid", 1_500), ("start", 1_999), ("early", 2_000)]);
    for compares_milliseconds in [true, false] {
        fake.script().compares_milliseconds = compares_milliseconds;
        let window = Window { from: Some(before(1_999)), to: Some(before(1_000)) };
        let filter = TradeFilter { window, ..TradeFilter::default() };
        assert_eq!(all(&fake, &filter).await, ["end", "mid", "start"]);
    }
}

#[tokio::test]
async fn what_has_no_time_stands_at_the_end_and_in_open_lists_only() {
    let fake = inhand([("a", 1_000), ("b", 90_000_000_000)]);
    let undated = (0..2_500).map(|at| trade(&format!("u{at:04}"), "m", None));
    fake.script().trades.splice(0..0, undated);
    let listed = all(&fake, &TradeFilter::default()).await;
    assert_eq!((listed.len(), &listed[..3]), (2_502, &["a", "b", "u0000"].map(String::from)[..]));
    let window = Window { from: Some(before(2_000)), to: None };
    let filter = TradeFilter { window, ..TradeFilter::default() };
    assert_eq!(all(&fake, &filter).await, ["a"]);
}

#[tokio::test]
async fn more_than_a_thousand_trades_in_one_second_are_all_listed() {
    let fake = Fake::inhand();
    let burst = (0..2_345).map(|at| trade(&format!("{at:04}"), "m", Some(before(5_000_000_000 + at % 3))));
    fake.script().trades = burst.rev().collect();
    let mut listed = all(&fake, &TradeFilter::default()).await;
    listed.sort_unstable();
    assert_eq!(listed, (0..2_345).map(|at| format!("{at:04}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn trades_that_come_in_while_a_window_is_read_push_no_other_out_of_it() {
    let fake = Fake::inhand();
    fake.script().trades = (0..150).map(|at| trade(&format!("{at:03}"), "m", Some(before(at)))).collect();
    fake.script().trades_to_come = (0..40).map(|at| trade(&format!("new{at}"), "m", Some(START))).collect();
    let listed = all(&fake, &TradeFilter::default()).await;
    for order in (0..150).map(|at| format!("{at:03}")) {
        assert!(listed.contains(&order), "{order} is lost");
    }
}

#[tokio::test]
async fn method_and_delivery_sift() {
    let fake = inhand([("a", 1), ("b", 2), ("c", 3), ("d", 4)]);
    {
        let mut script = fake.script();
        script.trades[1].payment.method = PaymentMethod::Wechat;
        script.trades[2].payment.method = PaymentMethod::Other;
        script.trades[3].delivery.state = DeliveryState::Failed;
    }
    for (method, expected) in [(PaymentMethod::Wechat, "b"), (PaymentMethod::Other, "c")] {
        assert_eq!(
            all(&fake, &TradeFilter { method: Some(method), ..TradeFilter::default() }).await,
            [expected]
        );
    }
    let failed = TradeFilter { delivery: Some(DeliveryState::Failed), ..TradeFilter::default() };
    assert_eq!(all(&fake, &failed).await, ["d"]);
}

#[tokio::test]
async fn a_filter_by_few_machines_and_one_by_many_find_the_same() {
    let fake = Fake::inhand();
    fake.script().machines = (0..30).map(|at| machine(&format!("m{at}"))).collect();
    fake.script().trades = (0..300_i64)
        .map(|at| trade(&format!("{at:03}"), &format!("m{}", at % 30), Some(before(at * 1_000))))
        .collect();
    for count in [1, 3, 8, 9, 20] {
        let machines = (0..count).map(|at| (name("metro"), format!("m{at}").into())).collect();
        let filter = TradeFilter { machines: Some(machines), ..TradeFilter::default() };
        let expected: Vec<_> = (0..300).filter(|at| at % 30 < count).map(|at| format!("{at:03}")).collect();
        assert_eq!(all(&fake, &filter).await, expected, "{count} machines");
    }
}

#[tokio::test]
async fn a_machine_that_the_vendor_does_not_know_takes_not_the_others_trades_away() {
    let fake = inhand([("a", 1)]);
    fake.script().unknown.push("gone".to_owned());
    fake.script().machines.push(machine("gone"));
    let machines = ["gone", "m"].map(|number| (name("metro"), number.into()));
    let filter = TradeFilter { machines: Some(machines.to_vec()), ..TradeFilter::default() };
    assert_eq!(all(&fake, &filter).await, ["a"]);
}

#[tokio::test]
async fn a_machine_that_is_not_listed_is_not_asked_for_its_trades_and_takes_no_others_away() {
    let fake = inhand([("a", 1)]);
    let machines = |numbers: &[&str]| {
        let machines = numbers.iter().map(|number| (name("metro"), (*number).into())).collect();
        TradeFilter { machines: Some(machines), ..TradeFilter::default() }
    };
    fake.fail("trades", Kind::Rejected);
    assert_eq!(all(&fake, &machines(&["nowhere"])).await, [""; 0]);
    let gateway = gateway(&[("metro", &fake)], manual_clock());
    let nowhere = (&"nowhere".into(), Some(START));
    let found = gateway.trade(&asker(&["metro"]), &name("metro"), nowhere, "a").await;
    assert!(matches!(found, Err(Error::NotFound)), "{found:?}");
    assert_eq!(fake.calls("trades"), 0);
    fake.mend();
    assert_eq!(all(&fake, &machines(&["nowhere", "m"])).await, ["a"]);
}

#[tokio::test]
async fn a_page_takes_a_bounded_number_of_calls_however_the_trades_lie() {
    let year = 31_557_600_000;
    let burst = |ago: i64| move |at: i64| ago + at / 100;
    for (label, ago) in [
        ("now", Box::new(burst(0)) as Box<dyn Fn(i64) -> i64>),
        ("five years ago", Box::new(burst(5 * year))),
        ("one a day", Box::new(|at| at * 86_400_000)),
        (
            "closer and closer",
            Box::new(move |at| if at < 30 { year - (year >> at) } else { year + at / 100 }),
        ),
    ] {
        let fake = Fake::inhand();
        fake.script().trades =
            (0..5_000).map(|at| trade(&format!("{at:04}"), "m", Some(before(ago(at))))).collect();
        let gateway = gateway(&[("metro", &fake)], manual_clock());
        let page = gateway.trades(&asker(&["metro"]), &TradeFilter::default(), &first(500)).await.unwrap();
        assert_eq!((page.page.rows.len(), page.page.has_next), (500, true), "{label}");
        assert!(fake.calls("trades") <= 90, "{label}: {} calls", fake.calls("trades"));
    }
}

#[tokio::test]
async fn a_walk_that_gives_up_says_that_there_is_more_or_why_there_is_nothing() {
    let fake = Fake::inhand();
    {
        // One failure an hour, drowned in what came out: no page of 50 is found in 60 looks.
        let mut script = fake.script();
        script.trades =
            (0..100_000_i64).map(|at| trade(&format!("{at:06}"), "m", Some(before(at * 1_000)))).collect();
        for at in (0..100_000).step_by(3_600) {
            script.trades[at].delivery.state = DeliveryState::Failed;
        }
        script.trades[99_999].delivery.state = DeliveryState::TimedOut;
    }
    let other = inhand([("old", 40_000_000)]);
    other.script().trades[0].delivery.state = DeliveryState::Failed;
    let gateway = gateway(&[("metro", &fake), ("other", &other)], manual_clock());
    let asker = asker(&["metro", "other"]);
    let filter = TradeFilter { delivery: Some(DeliveryState::Failed), ..TradeFilter::default() };
    let failed = walk(&gateway, &asker, &filter, 50, |_| ()).await;
    let mut expected: Vec<_> = (0..100_000).step_by(3_600).map(|at| format!("{at:06}")).collect();
    expected.insert(12, "old".to_owned());
    assert_eq!(failed, expected);

    let filter = TradeFilter { delivery: Some(DeliveryState::TimedOut), ..TradeFilter::default() };
    let page = gateway.trades(&asker, &filter, &first(50)).await.unwrap();
    assert!(!page.page.has_next);
    let error = page.sources[0].error().unwrap();
    assert!(matches!(error, Error::Input(Input::TooRare)) && error.code() == Code::BadUserInput);
    assert!(page.sources[1].error().is_none());
}

#[tokio::test]
async fn windows_backwards_and_cursors_of_other_lists_are_refused_without_a_call() {
    let fake = inhand([("a", 1)]);
    let gateway = gateway(&[("metro", &fake)], manual_clock());
    let asker = asker(&["metro"]);
    let window = Window { from: Some(START), to: Some(before(1)) };
    let backwards =
        gateway.trades(&asker, &TradeFilter { window, ..TradeFilter::default() }, &first(1)).await;
    assert!(matches!(backwards, Err(Error::Input(Input::Window))));
    let cursor = PageRequest { after: Some(Id::Account { account: name("metro") }), first: 1 };
    let foreign = gateway.trades(&asker, &TradeFilter::default(), &cursor).await;
    assert!(matches!(foreign, Err(Error::Input(Input::Cursor))));
    assert_eq!(fake.calls("trades"), 0);
}

#[tokio::test]
async fn a_trade_is_found_again_by_its_id() {
    for compares_milliseconds in [true, false] {
        let fake = inhand([("a", 123), ("b", 124)]);
        fake.script().trades.push(trade("u", "m", None));
        fake.script().compares_milliseconds = compares_milliseconds;
        let gateway = gateway(&[("metro", &fake)], manual_clock());
        let asker = asker(&["metro"]);
        let page = gateway.trades(&asker, &TradeFilter::default(), &first(50)).await.unwrap();
        for row in page.page.rows {
            let Ok(Id::Trade { account, machine, created_at, order }) = Id::decode(&row.id().encode()) else {
                panic!("not a trade's id");
            };
            let found = gateway.trade(&asker, &account, (&machine, created_at), &order).await.unwrap();
            assert_eq!(found.trade, row.trade);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn one_account_down_and_one_slow_take_nothing_from_the_third() {
    let (down, slow, good) = (inhand([("x", 1)]), inhand([("y", 1)]), inhand([("z", 1)]));
    down.fail("trades", Kind::Unavailable);
    let _gate = slow.hold("trades");
    let gateway = gateway(&[("a", &down), ("b", &slow), ("c", &good)], manual_clock());
    let started = tokio::time::Instant::now();
    let asker = asker(&["a", "b", "c"]);
    let page = gateway.trades(&asker, &TradeFilter::default(), &first(50)).await.unwrap();
    assert!(started.elapsed() <= Duration::from_secs(61));
    assert_eq!(orders(&page), ["z"]);
    let codes: Vec<_> = page.sources.iter().map(|source| source.error().map(Error::code)).collect();
    assert_eq!(codes, [Some(Code::VendorUnavailable), Some(Code::VendorTimeout), None]);
}
