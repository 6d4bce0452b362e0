//! What an order's lines are as trades, and that each change of them is told once.

use std::collections::BTreeMap;

use iso_currency::Currency;
use proptest::{collection, prelude::proptest};

use super::{STATES, any_copy, line, order};
use crate::domain::{
    Delivery, DeliveryState, Event, Happening, Money, Order, OrderState, Origin, PaymentMethod, PaymentState,
    Text, Trade, order::SALES,
};

fn trades(news: &[Happening]) -> Vec<&Trade> {
    let mut trades = Vec::new();
    for happening in news {
        if let Happening::Trade(trade) = happening {
            trades.push(trade);
        }
    }
    trades
}

fn subject(order: &Order, trade: &Trade) -> String {
    let event = Event {
        account: order.account.clone(),
        machine: Some(order.machine.clone()),
        origin: Origin::Internal,
        occurred_at: order.created_at,
        received_at: order.created_at,
        happening: Happening::Trade(trade.clone()),
    };
    event.subject().unwrap().0
}

proptest! {
    #[test]
    fn whoever_hears_all_news_of_an_order_knows_its_trades_and_hears_no_change_twice(
        copies in collection::vec(any_copy(), 1..8)
    ) {
        let mut known: BTreeMap<Text, Trade> = BTreeMap::new();
        let mut before: Option<Order> = None;
        for copy in copies {
            let mut now = before.clone().unwrap_or_else(|| order(vec![line(0, "0", 1), line(1, "1", 1)]));
            now.join(&copy);
            let news = now.news_since(before.as_ref());
            assert_eq!(news[0], Happening::Order(now.clone()));
            for trade in trades(&news) {
                let earlier = known.insert(trade.key(), trade.clone());
                assert_ne!(earlier.as_ref(), Some(trade), "told twice");
            }
            for trade in now.lines.iter().filter_map(|line| now.trade(line)) {
                assert_eq!(known.get(&trade.key()), Some(&trade));
            }
            assert!(trades(&now.news_since(Some(&now))).is_empty());
            before = Some(now);
        }
    }
}

#[test]
fn an_order_is_a_trade_while_it_may_be_paid_and_once_it_was() {
    for state in STATES {
        let order = Order { state, ..order(vec![line(0, "0", 1)]) };
        let trade = order.trade(&order.lines[0]);
        let payment = SALES.into_iter().find(|(of, _)| *of == state).map(|(_, payment)| payment);
        assert_eq!(trade.as_ref().map(|trade| trade.payment.state), payment, "{state:?}");
        let method = trade.as_ref().map(|trade| trade.payment.method);
        let by_code = state == OrderState::PickupCode;
        assert_eq!(method, payment.map(|_| PaymentMethod::of_order(by_code)), "{state:?}");
    }
    assert_eq!(SALES.into_iter().filter(|(_, payment)| *payment == PaymentState::Paid).count(), 3);
}

#[test]
fn a_line_that_lapses_tells_nothing_and_one_alone_that_changes_is_told_alone() {
    let unpaid = Order { state: OrderState::Unpaid, ..order(vec![line(0, "0", 2), line(1, "1", 1)]) };
    assert_eq!(trades(&unpaid.news_since(None)).len(), 2);
    let lapsed = Order { state: OrderState::Expired, ..unpaid.clone() };
    assert_eq!(lapsed.news_since(Some(&unpaid)), [Happening::Order(lapsed.clone())]);
    let mut priced = unpaid.clone();
    priced.lines[1].price = Some(Money::from_minor(300, Currency::CNY));
    let news = priced.news_since(Some(&unpaid));
    assert_eq!(trades(&news), [&priced.trade(&priced.lines[1]).unwrap()]);
    let paid = Order { state: OrderState::Paid, ..priced.clone() };
    let mut out = paid.clone();
    out.lines[0].delivery = Delivery::new(DeliveryState::Dispensed);
    let news = out.news_since(Some(&paid));
    assert_eq!(trades(&news).iter().map(|trade| trade.line).collect::<Vec<_>>(), [Some(0)]);
}

#[test]
fn a_sale_is_known_by_our_number_and_its_line_whatever_its_vendor_tells_later() {
    let unpaid = Order { state: OrderState::Unpaid, ..order(vec![line(0, "0", 1), line(11, "1", 1)]) };
    let numbered = Order { number: Some("60".into()), ..unpaid.clone() };
    let keys = |order: &Order| -> Vec<Text> {
        order.lines.iter().map(|line| order.trade(line).unwrap().key()).collect()
    };
    assert_eq!(keys(&unpaid), ["10000000000000000001-0000000000", "10000000000000000001-0000000011"]);
    assert_eq!(keys(&numbered), keys(&unpaid));
    let of = |order: &Order, at: usize| subject(order, &order.trade(&order.lines[at]).unwrap());
    assert_eq!(of(&numbered, 0), of(&unpaid, 0));
    assert_ne!(of(&unpaid, 0), of(&unpaid, 1));
}
