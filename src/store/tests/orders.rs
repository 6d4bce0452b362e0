//! Orders come back as they were stored, and lose no news.

use futures_util::future::join_all;
use jiff::Timestamp;

use super::{
    Place,
    samples::{account, end, new, on, order, place, second},
};
use crate::{
    domain::{AccountName, Delivery, DeliveryState, Order, OrderState, Window},
    store::{
        Action, Change, Digest, Ending, NewIntent, OrderFilter, Outcome, Part, Place as Row, Store,
        words::Word as _,
    },
};

fn all() -> OrderFilter {
    OrderFilter {
        accounts: vec![account()],
        machines: None,
        states: None,
        window: Window::default(),
        now: second(0),
    }
}

fn place_of(order: &Order) -> Row {
    Row { created_at: order.created_at, account: order.account.clone(), number: order.trade_number.clone() }
}

async fn numbers(store: &dyn Store, filter: &OrderFilter) -> Vec<String> {
    let page = store.orders(filter, &Part { first: 100, after: None }).await.unwrap();
    page.rows.iter().map(|order| order.trade_number.to_string()).collect()
}

pub(super) async fn an_order_comes_back_as_it_was_stored(at: &dyn Place) {
    let store = at.open().await;
    let mut whole = order("1", 0);
    place(&*store, &whole).await;
    whole.number = Some("60".into());
    whole.state = OrderState::Paid;
    whole.closing = true;
    whole.pickup_code_number = Some("9".into());
    whole.lines[1].record = Some("78".into());
    whole.lines[1].delivery_number = Some("d".into());
    whole.lines[1].attempts = 2;
    whole.lines[1].earlier = Some(DeliveryState::TimedOut);
    whole.lines[1].is_delivery_read = true;
    whole.lines[1].delivery = Delivery {
        state: DeliveryState::Failed,
        at: Some(second(5)),
        failure_reason: Some("Goods are Stuck".into()),
    };
    let saved = store.save(&whole, second(9)).await.unwrap().unwrap();
    whole.version = 1;
    assert_eq!(saved, whole);
    drop(store);
    let store = at.open().await;
    assert_eq!(store.order(&account(), "1").await.unwrap(), Some(whole.clone()));
    assert_eq!(store.save(&whole, second(9)).await.unwrap(), Some(whole));
    assert_eq!(store.order(&AccountName::new("metro"), "1").await.unwrap(), None);
    assert_eq!(store.save(&order("2", 0), second(9)).await.unwrap(), None);
}

pub(super) async fn every_state_comes_back(at: &dyn Place) {
    let store = at.open().await;
    for (number, (state, word)) in OrderState::WORDS.iter().enumerate() {
        let order = Order { state: *state, pay_before: None, ..order(&number.to_string(), 0) };
        place(&*store, &order).await;
        let found = store.order(&account(), &order.trade_number).await.unwrap();
        assert_eq!(found.map(|order| order.state), Some(*state));
        let filter = OrderFilter { states: Some(vec![*state]), ..all() };
        assert_eq!(numbers(&*store, &filter).await, [number.to_string()], "{word}");
    }
    place(&*store, &order("lines", 0)).await;
    for (state, word) in DeliveryState::WORDS {
        let mut news = order("lines", 0);
        news.lines[0].delivery = Delivery::new(*state);
        let saved = store.save(&news, second(9)).await.unwrap().unwrap();
        assert_eq!(saved.lines[0].delivery.state, *state, "{word}");
    }
}

pub(super) async fn savers_lose_nothing_of_each_other(at: &dyn Place) {
    let store = at.open().await;
    let stored = Order { lines: (0..20).map(super::samples::line).collect(), ..order("1", 0) };
    place(&*store, &stored).await;
    let savers = (0..20).map(|line: usize| {
        let (store, mut news) = (store.clone(), stored.clone());
        news.lines[line].record = Some(line.to_string().into());
        tokio::spawn(async move { store.save(&news, second(9)).await.unwrap() })
    });
    join_all(savers).await;
    let order = store.order(&account(), "1").await.unwrap().unwrap();
    assert!(order.lines.iter().all(|line| line.record.as_deref() == Some(&*line.position.to_string())));
    assert_eq!(order.version, 20);
}

pub(super) async fn news_that_came_before_the_ending_is_not_lost_by_it(at: &dyn Place) {
    let store = at.open().await;
    let mut mine = order("1", 0);
    let wanted = on(Action::CreateOrder, "1", None);
    let intent = new(store.begin(&wanted, &Change::order(mine.clone())).await.unwrap());
    let callback = Order { state: OrderState::Paid, ..mine.clone() };
    store.save(&callback, second(9)).await.unwrap();
    mine.number = Some("60".into());
    mine.state = OrderState::Unpaid;
    store.end(intent.id, &Ending::new(Outcome::Done, second(1)), &Change::order(mine)).await.unwrap();
    let order = store.order_by_number(&account(), "60").await.unwrap().unwrap();
    assert_eq!(order.state, OrderState::Paid);
}

pub(super) async fn an_order_is_found_by_its_callback_and_number(at: &dyn Place) {
    let store = at.open().await;
    let token = Digest::of("a token");
    let wanted = NewIntent { callback: Some(token), ..on(Action::CreateOrder, "1", None) };
    let intent = new(store.begin(&wanted, &Change::order(order("1", 0))).await.unwrap());
    let found = store.order_by_callback(&token).await.unwrap();
    assert_eq!(found, Some(order("1", 0)));
    assert_eq!(store.intent_by_callback(&token).await.unwrap(), Some(intent.clone()));
    assert_eq!(store.intent(intent.id).await.unwrap(), Some(intent.clone()));
    assert_eq!(store.order_by_callback(&Digest::of("another")).await.unwrap(), None);
    assert_eq!(store.order_by_number(&account(), "60").await.unwrap(), None);
    end(&*store, &intent, Outcome::Done).await;
}

pub(super) async fn pages_stay_stable_while_orders_come(at: &dyn Place) {
    let store = at.open().await;
    for number in 0..10 {
        // Five instants with two orders each: the number decides.
        place(&*store, &order(&format!("{number:02}"), number / 2)).await;
    }
    let mut seen = Vec::new();
    let mut part = Part { first: 3, after: None };
    loop {
        let page = store.orders(&all(), &part).await.unwrap();
        seen.extend(page.rows.iter().map(|order| order.trade_number.to_string()));
        place(&*store, &order(&format!("new {}", seen.len()), 100)).await;
        part.after = page.rows.last().map(place_of);
        if !page.more {
            break;
        }
    }
    assert_eq!(seen, ["09", "08", "07", "06", "05", "04", "03", "02", "01", "00"]);
}

pub(super) async fn filters_match_what_they_say(at: &dyn Place) {
    let store = at.open().await;
    place(&*store, &order("1", 0)).await;
    place(&*store, &Order { machine: "2".into(), ..order("2", 10) }).await;
    place(&*store, &Order { account: AccountName::new("metro"), ..order("3", 20) }).await;
    let none: [&str; 0] = [];
    assert_eq!(numbers(&*store, &all()).await, ["2", "1"]);
    let both = vec![account(), AccountName::new("metro")];
    assert_eq!(numbers(&*store, &OrderFilter { accounts: both.clone(), ..all() }).await, ["3", "2", "1"]);
    assert_eq!(numbers(&*store, &OrderFilter { accounts: Vec::new(), ..all() }).await, none);
    let machine = |account: &str, machine: &str| Some(vec![(AccountName::new(account), machine.into())]);
    for (machines, wanted) in [
        (machine("north", "2"), vec!["2"]),
        (machine("metro", "2"), Vec::new()),
        (machine("metro", "00000001"), vec!["3"]),
        (Some(Vec::new()), Vec::new()),
    ] {
        assert_eq!(
            numbers(&*store, &OrderFilter { accounts: both.clone(), machines, ..all() }).await,
            wanted
        );
    }
    let window = |from: Option<Timestamp>, to| OrderFilter { window: Window { from, to }, ..all() };
    assert_eq!(numbers(&*store, &window(Some(second(10)), None)).await, ["2"]);
    assert_eq!(numbers(&*store, &window(None, Some(second(9)))).await, ["1"]);
    assert_eq!(numbers(&*store, &OrderFilter { states: Some(Vec::new()), ..all() }).await, none);
}

pub(super) async fn lapsed_orders_are_due_and_told_as_expired(at: &dyn Place) {
    let store = at.open().await;
    place(&*store, &Order { state: OrderState::Unpaid, ..order("1", 0) }).await;
    place(&*store, &Order { state: OrderState::Paid, ..order("2", 0) }).await;
    place(&*store, &Order { pay_before: None, ..order("3", 0) }).await;
    let expired = |now| OrderFilter { states: Some(vec![OrderState::Expired]), now, ..all() };
    assert_eq!(numbers(&*store, &expired(second(1199))).await, Vec::<String>::new());
    assert_eq!(numbers(&*store, &expired(second(1200))).await, ["1"]);
    assert_eq!(store.due_orders(second(1199), 10).await.unwrap(), []);
    let mut due = store.due_orders(second(1200), 10).await.unwrap();
    assert_eq!(due.iter().map(|order| &*order.trade_number).collect::<Vec<_>>(), ["1"]);
    assert!(due[0].lapse(second(1200)));
    store.save(&due[0], second(9)).await.unwrap();
    assert_eq!(store.due_orders(second(1200), 10).await.unwrap(), []);
}

pub(super) async fn a_nul_is_stored_as_a_mark_in_its_place(at: &dyn Place) {
    let store = at.open().await;
    let order = Order { trade_number: "a\0b".into(), machine: "\0".into(), ..order("1", 0) };
    place(&*store, &order).await;
    let found = store.order(&account(), "a\0b").await.unwrap().unwrap();
    assert_eq!((&*found.trade_number, &*found.machine), ("a\u{fffd}b", "\u{fffd}"));
    let machines = Some(vec![(account(), "\0".into())]);
    assert_eq!(numbers(&*store, &OrderFilter { machines, ..all() }).await, ["a\u{fffd}b"]);
}
