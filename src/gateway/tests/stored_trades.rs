//! Trades and sums of a vendor that keeps none: of the orders that went through us.

use std::{cmp::Reverse, sync::Arc, time::Duration};

use iso_currency::Currency;
use jiff::{SignedDuration, Timestamp};

use super::{
    Fake, START, asker, first, gateway, manual_clock, name,
    rows::{machine, trade},
    trades::{before, walk},
};
use crate::{
    domain::{
        AccountName, Delivery, DeliveryState, Id, Money, Order, OrderLine, OrderState, PaymentMethod,
        PaymentState, RefundState, Text, Trade, Window,
    },
    gateway::{Code, Error, Gateway, Source, TradeFilter, TradeRow},
    store::{Action, Begun, Change, Digest, Ending, NewIntent, Outcome, Target},
};

/// So many seconds before the start.
fn ago(seconds: i64) -> Timestamp {
    START - SignedDuration::from_secs(seconds)
}

fn line(position: u32, quantity: u32, minor: i64) -> OrderLine {
    OrderLine {
        position,
        cabinet: "A".into(),
        shelf: "A01".into(),
        slot: "7".into(),
        product_name: Some("冰茶".into()),
        quantity,
        price: Some(Money::from_minor(minor, Currency::CNY)),
        record: None,
        attempts: 0,
        delivery: Delivery::new(DeliveryState::Waiting),
        delivery_number: None,
        earlier: None,
        is_delivery_read: false,
    }
}

fn order(account: &str, number: &str, state: OrderState, created_at: Timestamp) -> Order {
    Order {
        account: name(account),
        trade_number: number.into(),
        machine: "m".into(),
        number: Some(format!("vendor-{number}").into()),
        state,
        amount: None,
        lines: vec![line(0, 1, 300)],
        pickup_code_number: None,
        created_at,
        pay_before: None,
        closing: false,
        paying: false,
        version: 0,
    }
}

/// Stores orders as if they had been placed.
async fn place(gateway: &Gateway, orders: impl IntoIterator<Item = Order>) {
    for order in orders {
        let wanted = NewIntent {
            account: order.account.clone(),
            subject: "tester".into(),
            action: Action::CreateOrder,
            key: None,
            fingerprint: Digest::of(""),
            target: Target { trade_number: Some(order.trade_number.clone()), ..Target::default() },
            callback: None,
            begun_at: START,
        };
        let begun = gateway.store().begin(&wanted, &Change::order(order)).await.unwrap();
        let Begun::New(intent) = begun else { panic!("{begun:?}") };
        let done = Ending::new(Outcome::Done, START);
        gateway.store().end(intent.id, &done, &Change::none()).await.unwrap();
    }
}

/// A gateway over one account of that name, which keeps no trades; the name is the test's own, as the store is not.
fn over(account: &str) -> (Arc<Fake>, Gateway) {
    let fake = Fake::dingshang();
    let gateway = gateway(&[(account, &fake)], manual_clock());
    (fake, gateway)
}

async fn trades(gateway: &Gateway, account: &str, filter: TradeFilter) -> Vec<Trade> {
    let page = gateway.trades(&asker(&[account]), &filter, &first(50)).await.unwrap();
    page.page.rows.into_iter().map(|row| row.trade).collect()
}

fn numbers(trades: &[Trade]) -> Vec<&str> {
    trades.iter().map(|trade| trade.trade_number.as_deref().unwrap()).collect()
}

#[tokio::test]
async fn each_line_of_an_order_is_a_trade_told_from_the_store() {
    let (fake, gateway) = over("lines");
    let mut two = order("lines", "1", OrderState::Paid, ago(5));
    two.lines = vec![line(0, 2, 500), line(1, 3, 500)];
    two.lines[1].delivery = Delivery::new(DeliveryState::Dispensed);
    let unnumbered = Order { number: None, ..order("lines", "2", OrderState::Unpaid, ago(9)) };
    place(&gateway, [two, unnumbered]).await;
    let page = gateway.trades(&asker(&["lines"]), &TradeFilter::default(), &first(50)).await.unwrap();
    let told: Vec<_> = page.page.rows.iter().map(|row| &row.trade).collect();
    let orders: Vec<_> = told.iter().map(|trade| &*trade.order_number).collect();
    assert_eq!(orders, ["vendor-1", "vendor-1", "2"]);
    let prices: Vec<_> = told
        .iter()
        .map(|trade| (trade.total.map(Money::minor), trade.unit_price.map(Money::minor)))
        .collect();
    assert_eq!(prices, [(Some(500), Some(250)), (Some(500), None), (Some(300), Some(300))]);
    let first = told[0];
    assert_eq!(first.trade_number.as_deref(), Some("1"));
    assert_eq!((first.cabinet.as_deref(), first.shelf_code.as_deref()), (Some("A"), Some("A01")));
    assert_eq!((first.product_name.as_deref(), first.quantity), (Some("冰茶"), 2));
    assert_eq!((first.payment.method, first.payment.state), (PaymentMethod::Merchant, PaymentState::Paid));
    assert_eq!(first.created_at, Some(ago(5)));
    assert_eq!(told[1].delivery.state, DeliveryState::Dispensed);
    let freshness = *page.sources[0].outcome.as_ref().unwrap();
    assert_eq!((freshness.source, freshness.as_of, page.sources.len()), (Source::Store, START, 1));
    assert_eq!(fake.script().calls, []);
}

#[tokio::test]
async fn an_order_is_a_trade_while_it_may_be_paid_and_once_it_was() {
    let (_, gateway) = over("states");
    let states = [
        (OrderState::Unpaid, Some((PaymentState::Pending, PaymentMethod::Merchant))),
        (OrderState::Paying, Some((PaymentState::Pending, PaymentMethod::Merchant))),
        (OrderState::Paid, Some((PaymentState::Paid, PaymentMethod::Merchant))),
        (OrderState::PickupCode, Some((PaymentState::Paid, PaymentMethod::PickupCode))),
        (OrderState::Refund, Some((PaymentState::Paid, PaymentMethod::Merchant))),
        (OrderState::PaymentFailed, Some((PaymentState::Failed, PaymentMethod::Merchant))),
        (OrderState::Unknown, None),
        (OrderState::Expired, None),
        (OrderState::Test, None),
        (OrderState::Closed, None),
        (OrderState::Revoked, None),
    ];
    let number = |state: OrderState| format!("{state:?}");
    place(&gateway, states.map(|(state, _)| order("states", &number(state), state, ago(1)))).await;
    let told = trades(&gateway, "states", TradeFilter::default()).await;
    for (state, expected) in states {
        let found = told.iter().find(|trade| trade.trade_number.as_deref() == Some(&*number(state)));
        let payment = found.map(|trade| (trade.payment.state, trade.payment.method));
        assert_eq!(payment, expected, "{state:?}");
        let refund = found.and_then(|trade| Some(trade.refund.as_ref()?.state));
        assert_eq!(refund, (state == OrderState::Refund).then_some(RefundState::Done), "{state:?}");
    }
}

#[tokio::test]
async fn an_unpaid_order_is_no_trade_any_more_once_its_time_is_over() {
    let fake = Fake::dingshang();
    let clock = manual_clock();
    let gateway = gateway(&[("lapsing", &fake)], clock.clone());
    let due = START + SignedDuration::from_mins(20);
    let order = Order { pay_before: Some(due), ..order("lapsing", "1", OrderState::Unpaid, START) };
    place(&gateway, [order]).await;
    let page = gateway.trades(&asker(&["lapsing"]), &TradeFilter::default(), &first(1)).await.unwrap();
    let id = page.page.rows[0].id();
    assert!(again(&gateway, "lapsing", &id).await.is_ok());
    clock.advance(Duration::from_mins(20));
    assert_eq!(trades(&gateway, "lapsing", TradeFilter::default()).await, []);
    assert!(again(&gateway, "lapsing", &id).await.is_err_and(|error| error.is_not_found()));
}

#[tokio::test]
async fn every_filter_sifts_what_is_stored() {
    let (_, gateway) = over("sifted");
    let mut out = order("sifted", "1", OrderState::Paid, ago(10));
    out.lines[0].delivery = Delivery::new(DeliveryState::Dispensed);
    let elsewhere = Order { machine: "n".into(), ..order("sifted", "2", OrderState::Paid, ago(20)) };
    let code = order("sifted", "3", OrderState::PickupCode, ago(30));
    place(&gateway, [out, elsewhere, code]).await;
    let of = |machines: &[&str]| {
        let machines = machines.iter().map(|machine| (name("sifted"), Text::from(*machine))).collect();
        TradeFilter { machines: Some(machines), ..TradeFilter::default() }
    };
    let paid = |method| TradeFilter { method: Some(method), ..TradeFilter::default() };
    let window = Window { from: Some(ago(20)), to: Some(ago(10)) };
    for (filter, expected) in [
        (TradeFilter::default(), vec!["1", "2", "3"]),
        (of(&["n"]), vec!["2"]),
        (of(&["m", "n", "o"]), vec!["1", "2", "3"]),
        (of(&[]), vec![]),
        (paid(PaymentMethod::Merchant), vec!["1", "2"]),
        (paid(PaymentMethod::PickupCode), vec!["3"]),
        (paid(PaymentMethod::Cash), vec![]),
        (TradeFilter { delivery: Some(DeliveryState::Dispensed), ..TradeFilter::default() }, vec!["1"]),
        (TradeFilter { window, ..TradeFilter::default() }, vec!["1", "2"]),
        (TradeFilter { accounts: Some(vec![name("other")]), ..TradeFilter::default() }, vec![]),
    ] {
        assert_eq!(numbers(&trades(&gateway, "sifted", filter.clone()).await), expected, "{filter:?}");
    }
}

#[tokio::test]
async fn pages_run_through_what_is_stored_and_what_vendors_keep_as_one_list() {
    let (stored, more, inhand) = (Fake::dingshang(), Fake::dingshang(), Fake::inhand());
    let accounts = [("pages-a", &stored), ("pages-b", &inhand), ("pages-c", &more)];
    let gateway = gateway(&accounts, manual_clock());
    // Every third instant is shared by all three accounts, and every order of ours has two lines.
    let at = |place: i64| before(place / 3 * 60_000);
    let of = |account: &'static str| {
        (0..40_i64).map(move |place| {
            let order = order(account, &format!("{place:02}"), OrderState::Paid, at(place * 2));
            Order { lines: vec![line(0, 1, 300), line(1, 1, 300)], number: None, ..order }
        })
    };
    place(&gateway, of("pages-a").chain(of("pages-c"))).await;
    inhand.script().trades =
        (0..120).rev().map(|place| trade(&format!("i{place:03}"), "m", Some(at(place)))).collect();
    let asker = asker(&["pages-a", "pages-b", "pages-c"]);
    let whole = walk(&gateway, &asker, &TradeFilter::default(), 500, |_| ()).await;
    assert_eq!(whole.len(), 80 + 120 + 80);
    for size in [1, 7, 50] {
        assert_eq!(walk(&gateway, &asker, &TradeFilter::default(), size, |_| ()).await, whole, "{size}");
    }
    let page = gateway.trades(&asker, &TradeFilter::default(), &first(500)).await.unwrap();
    let stands =
        |row: &TradeRow| (Reverse(row.trade.created_at), row.account.name().clone(), row.key.clone());
    assert!(page.page.rows.is_sorted_by_key(stands));
}

async fn again(gateway: &Gateway, account: &str, id: &Id) -> Result<Trade, Error> {
    let Ok(Id::Trade { account: of, machine, created_at, order }) = Id::decode(&id.encode()) else {
        panic!("not a trade's id");
    };
    let row = gateway.trade(&asker(&[account]), &of, (&machine, created_at), &order).await?;
    assert_eq!(row.id(), *id);
    Ok(row.trade)
}

#[tokio::test]
async fn a_stored_trade_is_found_again_by_its_one_id_by_whoever_may_see_it() {
    let (_, gateway) = over("found");
    let mut two = Order { number: None, ..order("found", "1-2", OrderState::Paid, ago(5)) };
    two.lines = vec![line(0, 1, 1), line(11, 1, 2)];
    place(&gateway, [two.clone()]).await;
    let page = gateway.trades(&asker(&["found"]), &TradeFilter::default(), &first(50)).await.unwrap();
    assert_eq!(page.page.rows.len(), 2);
    for row in &page.page.rows {
        assert_eq!(again(&gateway, "found", &row.id()).await.unwrap(), row.trade);
        assert!(again(&gateway, "nobody", &row.id()).await.is_err_and(|error| error.is_not_found()));
    }
    // The vendor tells its number: the ids stay.
    let ids: Vec<_> = page.page.rows.iter().map(TradeRow::id).collect();
    gateway.store().save(&Order { number: Some("60".into()), ..two }, Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!(again(&gateway, "found", &ids[1]).await.unwrap().order_number, "60");
    let id = |machine: &str, created_at, order: &str| Id::Trade {
        account: name("found"),
        machine: machine.into(),
        created_at,
        order: order.into(),
    };
    for id in [
        id("m", Some(ago(5)), "1-2-11"),
        id("m", Some(ago(5)), "1-2-0000000001"),
        id("m", Some(ago(5)), "1-2"),
        id("m", Some(ago(5)), "vendor-1"),
        id("n", Some(ago(5)), "1-2-0000000011"),
        id("m", Some(ago(6)), "1-2-0000000011"),
        id("m", None, "1-2-0000000011"),
    ] {
        assert!(again(&gateway, "found", &id).await.is_err_and(|error| error.is_not_found()), "{id}");
    }
}

#[tokio::test]
async fn what_is_told_from_the_store_is_never_kept_as_an_answer() {
    let (fake, gateway) = over("leased");
    fake.script().machines = vec![machine("m")];
    let asker = asker(&["leased"]);
    let machines = [(name("leased"), Text::from("m"))];
    // The fleet is known from here on, so that only the store can end a lease.
    gateway.sales_statistics(&asker, &machines, (ago(9), START)).await.unwrap();
    let account = name("leased");
    let machine = gateway.machine(&asker, &account, "m");
    assert!(gateway.leased(machine).await.1.is_some());
    let trades = async { gateway.trades(&asker, &TradeFilter::default(), &first(1)).await.unwrap() };
    assert!(gateway.leased(trades).await.1.is_none());
    let sums = async { gateway.sales_statistics(&asker, &machines, (ago(9), START)).await.unwrap() };
    assert!(gateway.leased(sums).await.1.is_none());
}

#[tokio::test]
async fn sums_are_those_of_paid_orders_in_the_window() {
    let (fake, gateway) = over("summed");
    fake.script().machines = vec![machine("m"), machine("n"), machine("quiet")];
    let of = |number, state, seconds| order("summed", number, state, ago(seconds));
    let dear = |number, price| {
        let mut order = of(number, OrderState::Paid, 20);
        order.machine = "n".into();
        order.lines = vec![OrderLine { price, ..line(0, 2, 0) }];
        order
    };
    let baht = |minor| Some(Money::from_minor(minor, Currency::THB));
    place(
        &gateway,
        [
            of("1", OrderState::Paid, 10),
            of("2", OrderState::PickupCode, 20),
            of("3", OrderState::Paid, 21),
            of("4", OrderState::Paid, 9),
            of("5", OrderState::Refund, 15),
            of("6", OrderState::Unpaid, 15),
            of("7", OrderState::Closed, 15),
            dear("8", baht(5_000)),
            dear("9", baht(4_000)),
            dear("10", Some(Money::from_minor(7, Currency::CNY))),
            dear("11", None),
        ],
    )
    .await;
    let machines = ["quiet", "m", "n", "m", "gone"].map(|of| (name("summed"), Text::from(of)));
    let sums = gateway.sales_statistics(&asker(&["summed"]), &machines, (ago(20), ago(10))).await.unwrap();
    assert_eq!(sums.errors.iter().map(Error::code).collect::<Vec<_>>(), [Code::NotFound]);
    let told: Vec<_> = sums
        .rows
        .iter()
        .map(|(_, sums)| {
            assert_eq!((sums.total, sums.offline.count, sums.offline.amount.minor()), (sums.online, 0, 0));
            let methods: Vec<_> = sums.by_method.iter().map(|one| (one.method, one.figure.count)).collect();
            let (amount, count) = (sums.total.amount, sums.total.count);
            (&*sums.machine_number, amount.minor(), amount.currency(), count, methods)
        })
        .collect();
    let both = vec![(PaymentMethod::Merchant, 1), (PaymentMethod::PickupCode, 1)];
    let expected = [
        ("quiet", 0, Currency::CNY, 0, vec![]),
        ("m", 600, Currency::CNY, 2, both.clone()),
        ("n", 9_000, Currency::THB, 6, vec![(PaymentMethod::Merchant, 6)]),
        ("m", 600, Currency::CNY, 2, both),
    ];
    assert_eq!(told, expected);
    assert_eq!(fake.calls("sales_statistics"), 0);
}

#[tokio::test]
async fn an_account_is_summed_and_listed_for_those_who_see_it_alone() {
    let (fake, other) = (Fake::dingshang(), Fake::dingshang());
    let gateway = gateway(&[("seen", &fake), ("unseen", &other)], manual_clock());
    for fake in [&fake, &other] {
        fake.script().machines = vec![machine("m")];
    }
    let both = ["seen", "unseen"];
    place(&gateway, both.map(|account| order(account, "1", OrderState::Paid, ago(1)))).await;
    let machines: Vec<(AccountName, Text)> = both.map(|account| (name(account), "m".into())).to_vec();
    let asker = asker(&["seen"]);
    let filter = TradeFilter { machines: Some(machines.clone()), ..TradeFilter::default() };
    let page = gateway.trades(&asker, &filter, &first(50)).await.unwrap();
    let seen: Vec<_> = page.page.rows.iter().map(|row| row.account.name().as_str()).collect();
    assert_eq!((seen, page.sources.len()), (vec!["seen"], 1));
    let sums = gateway.sales_statistics(&asker, &machines, (ago(9), START)).await.unwrap();
    assert_eq!((sums.rows.len(), sums.errors.len()), (1, 1));
}
