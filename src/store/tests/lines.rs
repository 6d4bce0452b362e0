//! Lines of orders, listed and summed.

use iso_currency::Currency;
use jiff::SignedDuration;

use super::{
    Place,
    samples::{account, line, order, place, second},
};
use crate::{
    domain::{AccountName, Delivery, DeliveryState, Money, Order, OrderLine, OrderState, Text, Window},
    store::{LineFilter, LinePlace, LineSum, OrderFilter, OrderedLine, Place as Row, Store},
};

fn all() -> LineFilter {
    let orders = OrderFilter {
        accounts: vec![account()],
        machines: None,
        states: None,
        window: Window::default(),
        now: second(0),
    };
    LineFilter { orders, by_pickup_code: None, delivery: None }
}

fn of(orders: OrderFilter) -> LineFilter {
    LineFilter { orders, ..all() }
}

fn place_of(row: &OrderedLine) -> LinePlace {
    let OrderedLine { order, line } = row;
    let (created_at, number) = (order.created_at, order.trade_number.clone());
    LinePlace { order: Row { created_at, account: order.account.clone(), number }, position: line.position }
}

fn told(row: &OrderedLine) -> String {
    format!("{} {}", row.order.trade_number, row.line.position)
}

async fn lines(store: &dyn Store, filter: &LineFilter) -> Vec<String> {
    store.order_lines(filter, 100, None).await.unwrap().rows.iter().map(told).collect()
}

pub(super) async fn lines_come_newest_first_each_once_and_with_their_orders(at: &dyn Place) {
    let store = at.open().await;
    let metro = Order { account: AccountName::new("metro"), ..order("1", 10) };
    let many = Order { lines: (0..12).map(line).collect(), ..order("2", 10) };
    for order in [&order("1", 0), &many, &metro, &order("3", 10), &order("4", 20)] {
        place(&*store, order).await;
    }
    let accounts = vec![account(), AccountName::new("metro")];
    let filter = of(OrderFilter { accounts, ..all().orders });
    let whole = store.order_lines(&filter, 100, None).await.unwrap();
    assert!(!whole.more);
    let mut expected: Vec<String> = ["4 0", "4 1", "1 0", "1 1"].map(str::to_owned).to_vec();
    expected.extend((0..12).map(|position| format!("2 {position}")));
    expected.extend(["3 0", "3 1", "1 0", "1 1"].map(str::to_owned));
    assert_eq!(whole.rows.iter().map(told).collect::<Vec<_>>(), expected);
    assert_eq!(whole.rows[2].order, Order { lines: Vec::new(), ..metro });
    assert_eq!(whole.rows[5].line, line(1));
    for first in [1, 3, 7] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = store.order_lines(&filter, first, after.as_ref()).await.unwrap();
            assert!(page.rows.len() == first || !page.more);
            seen.extend(page.rows.iter().map(told));
            place(&*store, &order(&format!("new {first} {}", seen.len()), 100)).await;
            after = page.rows.last().map(place_of);
            if !page.more {
                break;
            }
        }
        assert_eq!(&seen[seen.len() - expected.len()..], expected, "{first} at a time");
    }
}

pub(super) async fn conditions_on_lines_match_what_they_say(at: &dyn Place) {
    let store = at.open().await;
    let mut out = order("1", 0);
    out.lines[1].delivery = Delivery::new(DeliveryState::Dispensed);
    place(&*store, &Order { state: OrderState::Unpaid, ..out }).await;
    place(&*store, &Order { state: OrderState::PickupCode, machine: "2".into(), ..order("2", 10) }).await;
    let refunded =
        Order { state: OrderState::Refund, pickup_code_number: Some("9".into()), ..order("3", 20) };
    place(&*store, &refunded).await;
    let none: [&str; 0] = [];
    let dispensed = LineFilter { delivery: Some(DeliveryState::Dispensed), ..all() };
    assert_eq!(lines(&*store, &dispensed).await, ["1 1"]);
    let by = |by_pickup_code| LineFilter { by_pickup_code: Some(by_pickup_code), ..all() };
    assert_eq!(lines(&*store, &by(true)).await, ["3 0", "3 1", "2 0", "2 1"]);
    assert_eq!(lines(&*store, &by(false)).await, ["1 0", "1 1"]);
    let machines = |machines: &[&str]| {
        let machines = machines.iter().map(|machine| (account(), Text::from(*machine))).collect();
        of(OrderFilter { machines: Some(machines), ..all().orders })
    };
    assert_eq!(lines(&*store, &machines(&["2"])).await, ["2 0", "2 1"]);
    assert_eq!(lines(&*store, &machines(&["2", "other"])).await, ["2 0", "2 1"]);
    assert_eq!(lines(&*store, &machines(&[])).await, none);
    let unpaid = |now| of(OrderFilter { states: Some(vec![OrderState::Unpaid]), now, ..all().orders });
    assert_eq!(lines(&*store, &unpaid(second(1199))).await, ["1 0", "1 1"]);
    assert_eq!(lines(&*store, &unpaid(second(1200))).await, none);
    let lapsed = of(OrderFilter { now: second(1200), ..machines(&["00000001"]).orders });
    let rows = store.order_lines(&lapsed, 100, None).await.unwrap().rows;
    assert_eq!(rows.last().map(|row| row.order.state), Some(OrderState::Expired));
    let window = |from, to| of(OrderFilter { window: Window { from, to }, ..all().orders });
    assert_eq!(lines(&*store, &window(Some(second(10)), Some(second(10)))).await, ["2 0", "2 1"]);
    let later = second(10) + SignedDuration::from_nanos(1);
    assert_eq!(lines(&*store, &window(Some(later), None)).await, ["3 0", "3 1"]);
    assert_eq!(lines(&*store, &of(OrderFilter { accounts: Vec::new(), ..all().orders })).await, none);
}

pub(super) async fn sums_are_by_machine_way_of_payment_and_currency(at: &dyn Place) {
    let store = at.open().await;
    let costs = |minor, currency| OrderLine { price: Some(Money::from_minor(minor, currency)), ..line(0) };
    let free = OrderLine { position: 1, price: None, quantity: 5, ..line(0) };
    for (number, state, machine, lines) in [
        ("1", OrderState::Paid, "1", vec![costs(100, Currency::CNY), free]),
        ("2", OrderState::Paid, "1", vec![costs(20, Currency::CNY)]),
        ("3", OrderState::Paid, "1", vec![costs(3, Currency::THB)]),
        ("4", OrderState::PickupCode, "1", vec![costs(7, Currency::CNY)]),
        ("5", OrderState::Unpaid, "1", vec![costs(1_000, Currency::CNY)]),
        ("6", OrderState::Paid, "2", vec![costs(1, Currency::CNY)]),
    ] {
        place(&*store, &Order { state, machine: machine.into(), lines, ..order(number, 0) }).await;
    }
    let states = Some(vec![OrderState::Paid, OrderState::PickupCode]);
    let filter = of(OrderFilter { states, ..all().orders });
    let sums = store.line_sums(&filter).await.unwrap();
    let sum = |machine: &str, by_pickup_code, amount: Option<(i64, Currency)>, pieces| LineSum {
        account: account(),
        machine: machine.into(),
        by_pickup_code,
        amount: amount.map(|(minor, currency)| Money::from_minor(minor, currency)),
        pieces,
    };
    let expected = [
        sum("1", false, None, 5),
        sum("1", false, Some((120, Currency::CNY)), 4),
        sum("1", false, Some((3, Currency::THB)), 2),
        sum("1", true, Some((7, Currency::CNY)), 2),
        sum("2", false, Some((1, Currency::CNY)), 2),
    ];
    assert_eq!(sums, expected);
    let later = Window { from: Some(second(1)), to: None };
    assert_eq!(store.line_sums(&of(OrderFilter { window: later, ..filter.orders })).await.unwrap(), []);
}
