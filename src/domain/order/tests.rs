//! Behaviour of orders and their life.

mod sales;

use iso_currency::Currency;
use jiff::{SignedDuration, Timestamp};
use proptest::{
    collection, option,
    prelude::{Just, Strategy, any, prop_oneof, proptest},
};

use super::{
    AccountName, Delivery, DeliveryState, Money, Order, OrderLine, OrderReport, OrderReportLine, OrderState,
    TIME_TO_PAY, Text,
};

const STATES: [OrderState; 11] = [
    OrderState::Unknown,
    OrderState::Unpaid,
    OrderState::Paying,
    OrderState::Expired,
    OrderState::Paid,
    OrderState::PickupCode,
    OrderState::Test,
    OrderState::PaymentFailed,
    OrderState::Closed,
    OrderState::Revoked,
    OrderState::Refund,
];

const DELIVERIES: [DeliveryState; 9] = [
    DeliveryState::Unknown,
    DeliveryState::Waiting,
    DeliveryState::Dispensing,
    DeliveryState::TimedOut,
    DeliveryState::OutOfStock,
    DeliveryState::NoSuchProduct,
    DeliveryState::Cancelled,
    DeliveryState::Failed,
    DeliveryState::Dispensed,
];

fn minute(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
}

fn line(position: u32, slot: &str, quantity: u32) -> OrderLine {
    OrderLine {
        position,
        cabinet: "A".into(),
        shelf: format!("A{position}").into(),
        slot: slot.into(),
        product_name: None,
        quantity,
        price: None,
        record: None,
        attempts: 0,
        delivery: Delivery::new(DeliveryState::Unknown),
        delivery_number: None,
        earlier: None,
        is_delivery_read: false,
    }
}

fn order(lines: Vec<OrderLine>) -> Order {
    Order {
        account: AccountName::new("north"),
        trade_number: "10000000000000000001".into(),
        machine: "00000001".into(),
        number: None,
        state: OrderState::Unknown,
        amount: None,
        lines,
        pickup_code_number: None,
        created_at: minute(0),
        pay_before: Some(minute(0) + TIME_TO_PAY),
        closing: false,
        paying: false,
        version: 0,
    }
}

fn told(number: &str, slot: &str, quantity: u32, delivery: DeliveryState) -> OrderReportLine {
    OrderReportLine { number: number.into(), slot: slot.into(), quantity, price: None, delivery }
}

fn report(state: OrderState, records: Vec<OrderReportLine>) -> OrderReport {
    OrderReport {
        number: "60".into(),
        trade_number: None,
        state,
        amount: None,
        pickup_code_number: None,
        lines: records,
    }
}

fn state() -> impl Strategy<Value = OrderState> {
    (0..STATES.len()).prop_map(|at| STATES[at])
}

fn delivery() -> impl Strategy<Value = DeliveryState> {
    (0..DELIVERIES.len()).prop_map(|at| DELIVERIES[at])
}

fn any_report() -> impl Strategy<Value = OrderReport> {
    // Two records of one slot, one of another: a record's slot does not change.
    let record = (prop_oneof![Just(("78", "0")), Just(("79", "1")), Just(("80", "0"))], delivery());
    (state(), collection::vec(record, 0..4)).prop_map(|(state, records)| {
        let records = records.into_iter().map(|((number, slot), state)| told(number, slot, 1, state));
        report(state, records.collect())
    })
}

/// A copy of the one order, having heard something.
fn any_copy() -> impl Strategy<Value = Order> {
    let heard = collection::vec((any_report(), 0..40_i64, any::<bool>()), 0..4);
    (heard, any::<bool>(), option::of(delivery())).prop_map(|(heard, closing, delivery)| {
        let mut copy = order(vec![line(0, "0", 1), line(1, "1", 1)]);
        copy.closing = closing;
        for (report, at, is_tried) in heard {
            if is_tried && copy.lines[1].delivery.state != DeliveryState::Dispensed {
                copy.lines[1].attempt();
            }
            copy.hear(&report, minute(at));
        }
        if let Some(delivery) = delivery {
            copy.lines[0].delivery.hear(&Delivery::new(delivery));
        }
        copy
    })
}

/// Where an order is: what must come out the same, whoever heard what first.
fn place(order: &Order) -> (OrderState, bool, Vec<(u32, DeliveryState)>) {
    let line = |line: &OrderLine| (line.attempts, line.delivery.state);
    (order.state, order.closing, order.lines.iter().map(line).collect())
}

proptest! {
    #[test]
    fn states_come_out_the_same_in_whatever_order_news_comes(
        (news, shuffled) in collection::vec(state(), 1..8).prop_flat_map(|news| (Just(news.clone()), Just(news).prop_shuffle())),
    ) {
        let after = |news: &[OrderState]| news.iter().fold(OrderState::Unknown, |state, told| state.advance(*told));
        assert_eq!(after(&news), after(&shuffled));
        assert_eq!(after(&news).advance(news[0]), after(&news));
    }

    #[test]
    fn no_news_moves_an_order_or_a_delivery_back(
        mut order in any_copy(), report in any_report(), now in 0..60_i64,
    ) {
        let before = place(&order);
        order.hear(&report, minute(now));
        let after = place(&order);
        assert!(after.0 >= before.0);
        assert!(after.2.iter().zip(&before.2).all(|(after, before)| after >= before));
    }

    #[test]
    fn news_that_is_told_again_changes_nothing(mut order in any_copy(), report in any_report(), now in 0..60_i64) {
        order.hear(&report, minute(now));
        let once = order.clone();
        assert!(!order.hear(&report, minute(now)));
        assert_eq!(order, once);
    }

    #[test]
    fn copies_of_an_order_join_to_the_same_place_in_whatever_order(
        first in any_copy(), second in any_copy(), third in any_copy(),
    ) {
        let join = |copies: [&Order; 3]| {
            let mut joined = copies[0].clone();
            joined.join(copies[1]);
            joined.join(copies[2]);
            joined
        };
        let one = join([&first, &second, &third]);
        assert_eq!(place(&one), place(&join([&third, &first, &second])));
        assert_eq!(join([&one, &second, &one]), one);
    }
}

#[test]
fn an_order_unpaid_past_its_time_is_expired_also_when_the_vendor_calls_it_closed() {
    for said in [OrderState::Unpaid, OrderState::Paying, OrderState::Closed, OrderState::Expired] {
        let mut late = order(Vec::new());
        assert!(late.hear(&report(said, Vec::new()), minute(20)));
        assert_eq!(late.state, OrderState::Expired, "{said:?}");
    }
}

#[test]
fn an_order_that_lapsed_by_the_vendors_clock_is_expired_whatever_ours_says() {
    for at in [0, 19] {
        let mut early = order(Vec::new());
        early.hear(&report(OrderState::Closed, Vec::new()), minute(at));
        assert_eq!(early.state, OrderState::Expired, "after {at} minutes of ours");
    }
}

#[test]
fn an_order_that_was_closed_at_our_word_or_after_it_was_paid_is_closed() {
    let mut asked = Order { closing: true, ..order(Vec::new()) };
    asked.hear(&report(OrderState::Closed, Vec::new()), minute(25));
    assert_eq!(asked.state, OrderState::Closed);
    let mut paid = Order { state: OrderState::Paid, ..order(Vec::new()) };
    paid.hear(&report(OrderState::Closed, Vec::new()), minute(25));
    assert_eq!(paid.state, OrderState::Closed);
}

#[test]
fn an_order_that_was_paid_at_the_last_moment_is_paid() {
    let mut order = order(Vec::new());
    assert!(order.lapse(minute(20)));
    assert!(order.hear(&report(OrderState::Paid, Vec::new()), minute(21)));
    assert_eq!(order.state, OrderState::Paid);
    assert!(!order.lapse(minute(90)));
}

#[test]
fn what_is_not_to_be_paid_does_not_lapse() {
    let mut redeemed = Order { pay_before: None, ..order(Vec::new()) };
    assert!(!redeemed.lapse(minute(90)));
    assert!(!order(Vec::new()).lapse(minute(19)));
}

#[test]
fn lines_are_known_by_slot_and_quantity_and_then_by_the_vendors_number() {
    let mut order = order(vec![line(0, "7", 1), line(1, "7", 1), line(2, "8", 2)]);
    let first = vec![told("80", "8", 2, DeliveryState::Waiting), told("78", "7", 1, DeliveryState::Waiting)];
    order.hear(&report(OrderState::Paid, first), minute(1));
    let records = |order: &Order| order.lines.iter().map(|line| line.record.clone()).collect::<Vec<_>>();
    assert_eq!(records(&order), [Some(Text::from("78")), None, Some(Text::from("80"))]);
    let second =
        vec![told("79", "7", 1, DeliveryState::Dispensed), told("78", "7", 1, DeliveryState::Failed)];
    order.hear(&report(OrderState::Paid, second), minute(2));
    assert_eq!(records(&order)[1], Some(Text::from("79")));
    let deliveries = order.lines.iter().map(|line| line.delivery.state).collect::<Vec<_>>();
    assert_eq!(deliveries, [DeliveryState::Failed, DeliveryState::Dispensed, DeliveryState::Waiting]);
}

#[test]
fn of_a_line_told_of_twice_a_failure_speaks_of_the_attempt_before() {
    let mut again = OrderLine { record: Some("79".into()), ..line(0, "7", 1) };
    again.delivery = Delivery::new(DeliveryState::TimedOut);
    again.attempt();
    let mut order = order(vec![again]);
    let twice =
        [DeliveryState::TimedOut, DeliveryState::Dispensing].map(|delivery| told("79", "7", 1, delivery));
    let report = report(OrderState::Paid, twice.into());
    for changes in [true, false] {
        assert_eq!(order.hear(&report, minute(1)), changes);
        assert_eq!(order.lines[0].delivery.state, DeliveryState::Dispensing);
    }
}

#[test]
fn a_failure_that_is_not_believed_tells_which_line_it_is_and_its_price_all_the_same() {
    let price = Money::parse("3.00", Currency::CNY).ok();
    let failed = OrderReportLine { price, ..told("79", "7", 1, DeliveryState::Failed) };
    // This row alone would not tell which line of ours it is.
    let dispensed = told("79", "7", 3, DeliveryState::Dispensed);
    for rows in [[failed.clone(), dispensed.clone()], [dispensed, failed]] {
        let mut order = order(vec![line(0, "7", 1)]);
        order.hear(&report(OrderState::Paid, rows.into()), minute(1));
        let heard = &order.lines[0];
        let expected = (Some("79"), price, DeliveryState::Dispensed);
        assert_eq!((heard.record.as_deref(), heard.price, heard.delivery.state), expected);
    }
}

#[test]
fn the_farthest_row_of_a_line_counts_and_a_failure_only_where_nothing_is_under_way() {
    use DeliveryState::{Cancelled, Dispensed, Dispensing, Failed, TimedOut, Unknown, Waiting};
    for (rows, delivery) in [
        (vec![], None),
        (vec![Waiting], Some(Waiting)),
        (vec![Dispensing, Waiting], Some(Dispensing)),
        (vec![Unknown, Failed], Some(Failed)),
        (vec![Waiting, Failed], Some(Failed)),
        (vec![TimedOut, Dispensing], Some(Dispensing)),
        (vec![Failed, Dispensed, Dispensing], Some(Dispensed)),
        (vec![Cancelled], Some(Cancelled)),
    ] {
        for rows in [rows.clone(), rows.into_iter().rev().collect()] {
            let other = told("80", "8", 1, Dispensed);
            let rows = rows.into_iter().map(|state| told("79", "7", 1, state)).chain([other]);
            assert_eq!(report(OrderState::Paid, rows.collect()).delivery("79"), delivery);
        }
    }
}

#[test]
fn a_report_of_another_order_changes_nothing() {
    let mut ours = Order { number: Some("61".into()), ..order(Vec::new()) };
    assert!(!ours.hear(&report(OrderState::Paid, Vec::new()), minute(1)));
    let mut unknown = order(Vec::new());
    let other = OrderReport { trade_number: Some("2".into()), ..report(OrderState::Paid, Vec::new()) };
    assert!(!unknown.hear(&other, minute(1)));
    assert_eq!(unknown, order(Vec::new()));
}

#[test]
fn the_reason_of_a_failure_stays_with_the_failure() {
    let mut delivery = Delivery::new(DeliveryState::Dispensing);
    let failed = Delivery {
        state: DeliveryState::Failed,
        at: Some(minute(3)),
        failure_reason: Some("Goods are Stuck".into()),
    };
    delivery.hear(&failed);
    delivery.hear(&Delivery::new(DeliveryState::Failed));
    delivery.hear(&Delivery::new(DeliveryState::Waiting));
    assert_eq!(delivery, failed);
    delivery.hear(&Delivery::new(DeliveryState::Dispensed));
    assert_eq!(delivery, Delivery::new(DeliveryState::Dispensed));
}

#[test]
fn a_failure_that_is_told_again_is_no_news_of_the_attempt_after_it() {
    let failed = Delivery {
        state: DeliveryState::Failed,
        at: Some(minute(3)),
        failure_reason: Some("Goods are Stuck".into()),
    };
    let mut tried = line(0, "7", 1);
    tried.attempt();
    assert!(!tried.was_failed());
    tried.begin("d-1".into(), &failed);
    assert!(tried.has_begun());
    let before = tried.clone();

    tried.attempt();
    assert_eq!((tried.attempts, tried.delivery_number.as_deref()), (2, None));
    tried.hear(DeliveryState::Failed);
    assert_eq!((tried.delivery.state, tried.has_begun()), (DeliveryState::Waiting, false));
    let mut refused = tried.clone();
    refused.give_up(&before);
    assert_eq!((&refused.delivery, refused.delivery_number.as_deref()), (&failed, Some("d-1")));

    tried.hear(DeliveryState::Dispensing);
    assert!(tried.has_begun());
    tried.hear(DeliveryState::Failed);
    assert_eq!(tried.delivery, Delivery::new(DeliveryState::Failed), "of why it failed now nobody has told");
}

#[test]
fn late_news_of_an_earlier_attempt_is_lost_on_the_next_unless_the_goods_came_out() {
    for (late, after) in [
        (DeliveryState::Failed, DeliveryState::Dispensing),
        (DeliveryState::Dispensed, DeliveryState::Dispensed),
    ] {
        let mut first = order(vec![line(0, "7", 1)]);
        first.lines[0].attempt();
        first.lines[0].begin("d-1".into(), &Delivery::new(DeliveryState::TimedOut));
        let mut second = first.clone();
        second.lines[0].attempt();
        second.lines[0].begin("d-2".into(), &Delivery::new(DeliveryState::Unknown));
        first.lines[0].hear(late);
        for (mut one, other) in [(first.clone(), &second), (second.clone(), &first)] {
            one.join(other);
            assert_eq!((one.lines[0].attempts, one.lines[0].delivery.state), (2, after));
            assert_eq!(one.lines[0].delivery_number.as_deref(), Some("d-2"));
        }
    }
}
