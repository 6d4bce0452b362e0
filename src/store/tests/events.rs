//! What is appended stands in the log once, with every change of an order or a code, and is let go of from its floor.

use futures_util::{FutureExt as _, future::join_all};
use iso_currency::Currency;

use super::{
    Place,
    samples::{account, code, end, event, issue, log, new, on, order, place, refill, second, status, trade},
};
use crate::{
    domain::{
        self, AccountName, DeliveryState, Event, EventKind, Happening, Money, Order, Origin, PickupCodeState,
        event::{AccountHealth, DeliveryNews, Registration, Unreadable},
    },
    store::{
        Action, Appended, Begun, Change, Ending, EventFilter, LogBounds, NewEvent, NewIntent, Outcome, Store,
    },
};

fn nonced(nonce: &str, event: NewEvent) -> NewEvent {
    NewEvent { nonce: Some(nonce.into()), ..event }
}

fn is_new(answers: &[Appended]) -> Vec<bool> {
    answers.iter().map(|answer| matches!(answer, Appended::New(_))).collect()
}

/// A line of an order of ours.
fn sale(position: u32, delivery: DeliveryState) -> Happening {
    let Happening::Trade(trade) = trade("1", delivery) else { panic!() };
    Happening::Trade(domain::Trade { line: Some(position), ..trade })
}

async fn tell(store: &dyn Store, happening: Happening) -> bool {
    is_new(&store.append(&[event(happening, 0)]).await.unwrap())[0]
}

pub(super) async fn what_is_told_again_is_known_by_the_rule_of_its_kind(at: &dyn Place) {
    let store = at.open().await;
    for (happening, is_news) in [
        (status(4), true),
        (status(4), false),
        (status(5), true),
        (status(4), true),
        (refill(1), true),
        (refill(2), true),
        (refill(1), false),
        (trade("1", DeliveryState::Waiting), true),
        (trade("2", DeliveryState::Waiting), true),
        (trade("1", DeliveryState::Dispensed), true),
        (trade("1", DeliveryState::Dispensing), false),
        (trade("1", DeliveryState::Dispensed), false),
        (sale(0, DeliveryState::Failed), true),
        (sale(1, DeliveryState::Failed), true),
        // It is tried again.
        (sale(0, DeliveryState::Waiting), true),
        (sale(0, DeliveryState::Waiting), false),
        (sale(1, DeliveryState::Failed), false),
        (Happening::Unreadable(Unreadable { message: "x".into(), problem: "y".into() }), true),
        (Happening::Unreadable(Unreadable { message: "x".into(), problem: "y".into() }), true),
    ] {
        assert_eq!(tell(&*store, happening.clone()).await, is_news, "{happening:?}");
    }
    let mut elsewhere = event(refill(1), 0);
    elsewhere.event.account = AccountName::new("metro");
    let mut later = event(refill(1), 9);
    later.event.origin = Origin::Reconciled;
    assert_eq!(is_new(&store.append(&[elsewhere, later]).await.unwrap()), [true, false]);
}

pub(super) async fn a_message_that_comes_again_is_known_by_its_nonce(at: &dyn Place) {
    let store = at.open().await;
    let mut elsewhere = nonced("a", event(status(3), 0));
    elsewhere.event.account = AccountName::new("metro");
    let batch = [
        nonced("a", event(status(1), 0)),
        nonced("a", event(status(2), 0)),
        nonced("b", event(status(1), 0)),
        elsewhere,
        event(status(2), 0),
        // What it told was known; now it would be news, but this message was told already.
        nonced("b", event(status(1), 0)),
    ];
    let answers = store.append(&batch).await.unwrap();
    assert_eq!(is_new(&answers), [true, false, false, true, true, false]);
    let places = [1, 2, 3].map(|place| Appended::New(domain::Place(place)));
    assert_eq!([answers[0], answers[3], answers[4]], places);
    assert_eq!(is_new(&store.append(&batch).await.unwrap()), [false; 6]);
    // What SQLite's JSON would cut short is told apart, and found again.
    let odd = [nonced("n\0x", event(refill(1), 0)), nonced("n\0y", event(refill(2), 0))];
    assert_eq!(is_new(&store.append(&odd).await.unwrap()), [true, true]);
    assert_eq!(is_new(&store.append(&odd).await.unwrap()), [false, false]);
    assert_eq!(store.append(&[]).await.unwrap(), []);
}

pub(super) async fn every_kind_comes_back_as_it_was_told_after_a_restart(at: &dyn Place) {
    let store = at.open().await;
    let delivery = DeliveryNews {
        trade_number: None,
        order_number: None,
        line: None,
        record: None,
        delivery: domain::Delivery::new(DeliveryState::Dispensed),
        shelf_state: domain::ShelfState::Normal,
    };
    let health = AccountHealth { state: domain::HealthState::Up, last_success_at: None, error_code: None };
    let happenings = [
        Happening::MachineRegistered(Registration::default()),
        status(1),
        trade("1", DeliveryState::Waiting),
        refill(1),
        Happening::Delivery(delivery),
        Happening::Order(order("1", 0)),
        Happening::PickupCode(code("1", "123456")),
        Happening::AccountHealth(health),
    ];
    let mut told: Vec<NewEvent> = happenings.into_iter().map(|happening| event(happening, 3)).collect();
    told[7].event.machine = None;
    told[2].message = Some(bytes::Bytes::from_static(b"{\xff}"));
    told[3].event.occurred_at = second(-5);
    let unreadable = Unreadable { message: "status".into(), problem: "x".into() };
    told.push(event(Happening::Unreadable(unreadable), 3));
    store.append(&told).await.unwrap();
    drop(store);
    let store = at.open().await;
    let shown: Vec<Event> = log(&*store).await.into_iter().map(|stored| stored.event).collect();
    let expected: Vec<Event> = told.iter().take(8).map(|new| new.event.clone()).collect();
    assert_eq!(shown, expected);
    let kinds = Some(vec![EventKind::Unreadable]);
    let filter = EventFilter { accounts: vec![account()], kinds, ..EventFilter::default() };
    let page = store.events(&filter, domain::Place(0), 10).await.unwrap();
    assert_eq!((page.rows.len(), page.more, &page.rows[0].event), (1, false, &told[8].event));
    let bounds = LogBounds { floor: domain::Place(0), head: domain::Place(9) };
    assert_eq!(store.log_bounds().await.unwrap(), bounds);
    assert_eq!(*store.appended().borrow(), domain::Place(9));
}

pub(super) async fn what_changes_an_order_is_in_the_log_with_it_or_not_at_all(at: &dyn Place) {
    let store = at.open().await;
    let appended = store.appended();
    let wanted = NewIntent { begun_at: second(3), ..on(Action::CreateOrder, "1", None) };
    let intent = new(store.begin(&wanted, &Change::order(order("1", 0))).await.unwrap());
    let told = Order { number: Some("60".into()), ..order("1", 0) };
    let done = Ending::new(Outcome::Done, second(4));
    store.end(intent.id, &done, &Change::order(told.clone())).await.unwrap();
    let paid = Order { amount: Some(Money::from_minor(7, Currency::CNY)), ..told.clone() };
    let paid = Order { state: domain::OrderState::Paid, ..paid };
    let saved = store.save(&paid, second(5)).await.unwrap().unwrap();
    // It says nothing that is not known.
    store.save(&told, second(6)).await.unwrap();
    // It is taken, so nothing of it is stored.
    let again = on(Action::CreateOrder, "1", None);
    assert_eq!(store.begin(&again, &Change::order(paid)).await.unwrap(), Begun::Taken);
    let events = log(&*store).await;
    let at: Vec<_> = events.iter().map(|stored| (stored.place.0, stored.event.received_at)).collect();
    let paid_at = second(5);
    assert_eq!(at, [(1, second(3)), (2, second(4)), (3, paid_at), (4, paid_at), (5, paid_at)]);
    for (line, stored) in saved.lines.iter().zip(&events[3..]) {
        assert_eq!(stored.event.happening, Happening::Trade(saved.trade(line).unwrap()));
    }
    let last = Event {
        account: account(),
        machine: Some("00000001".into()),
        origin: Origin::Internal,
        occurred_at: second(5),
        received_at: second(5),
        happening: Happening::Order(saved.clone()),
    };
    assert_eq!(events[2].event, last);
    assert_eq!(*appended.borrow(), domain::Place(5));
    // Of two lines the one that changed is told.
    let mut out = saved.clone();
    out.lines[1].delivery = domain::Delivery::new(DeliveryState::Dispensed);
    let out = store.save(&out, second(7)).await.unwrap().unwrap();
    let told: Vec<_> = log(&*store).await.into_iter().skip(5).map(|stored| stored.event.happening).collect();
    let sold = out.trade(&out.lines[1]).unwrap();
    assert_eq!(told, [Happening::Order(out), Happening::Trade(sold)]);
}

pub(super) async fn what_changes_a_code_is_in_the_log_with_it_or_not_at_all(at: &dyn Place) {
    let store = at.open().await;
    let (us, m1, m2) = (account(), "m1".into(), "m2".into());
    assert!(issue(&*store, vec![code("1", "111111"), code("2", "222222")], 0).await);
    // The second cannot be had, so there is nothing of the first either.
    assert!(!issue(&*store, vec![code("3", "333333"), code("4", "222222")], 1).await);
    store.hold_code((&us, "1"), (&m1, None), second(2)).await.unwrap();
    store.hold_code((&us, "1"), (&m2, None), second(3)).await.unwrap();
    store.redeem_code((&us, "1"), &"n".into(), second(4)).await.unwrap();
    store.redeem_code((&us, "1"), &"n".into(), second(5)).await.unwrap();
    store.cancel_code((&us, "2"), second(6)).await.unwrap();
    assert!(issue(&*store, vec![code("5", "555555"), code("6", "666666")], 7).await);
    store.expire_codes(second(3600), 1).await.unwrap();
    // Its digits are given again: then at the latest it is told as expired.
    let later = domain::IssuedPickupCode { expires_at: None, ..code("7", "666666") };
    let later = domain::IssuedPickupCode { code: left(&*store).await.into(), ..later };
    assert!(issue(&*store, vec![later], 3601).await);
    let events = log(&*store).await;
    let told = |event: &Event| {
        let Happening::PickupCode(code) = &event.happening else { panic!("{event:?}") };
        (code.number.to_string(), code.state, event.machine.as_deref().map(str::to_owned))
    };
    let told: Vec<_> = events.iter().map(|stored| told(&stored.event)).collect();
    let row =
        |number: &str, state, machine: Option<&str>| (number.to_owned(), state, machine.map(str::to_owned));
    let (unused, expired) = (PickupCodeState::Unused, PickupCodeState::Expired);
    let until_then = [
        row("1", unused, None),
        row("2", unused, None),
        row("1", PickupCodeState::Held, Some("m1")),
        row("1", PickupCodeState::Used, Some("m1")),
        row("2", PickupCodeState::Cancelled, None),
        row("5", unused, None),
        row("6", unused, None),
    ];
    assert_eq!(told[..7], until_then);
    let mut lapsed = told[7..9].to_vec();
    lapsed.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(lapsed, [row("5", expired, None), row("6", expired, None)]);
    assert_eq!(told[9..], [row("7", unused, None)]);
    for stored in &events {
        let Happening::PickupCode(told) = &stored.event.happening else { panic!() };
        let now = store.code(&us, &told.number).await.unwrap().unwrap();
        assert!(now.version > told.version || now == *told, "{told:?}");
    }
}

/// The digits of the one of 5 and 6 that is still stored as unused.
async fn left(store: &dyn Store) -> String {
    let five = store.code(&account(), "5").await.unwrap().unwrap();
    if five.state == PickupCodeState::Unused { "555555".to_owned() } else { "666666".to_owned() }
}

pub(super) async fn old_events_go_and_the_last_word_on_each_machine_stays(at: &dyn Place) {
    let store = at.open().await;
    let registered = Happening::MachineRegistered(Registration::default());
    let batch: Vec<NewEvent> = [
        (registered, 0),
        (status(1), 1),
        (status(2), 2),
        (refill(3), 3),
        // Told late.
        (refill(1), 1),
        (trade("1", DeliveryState::Dispensed), 4),
        (trade("2", DeliveryState::Dispensed), 5),
        (status(3), 100),
    ]
    .into_iter()
    .map(|(happening, at)| event(happening, at))
    .collect();
    store.append(&batch).await.unwrap();
    let latest = async |kind| {
        let found = store.latest(&account(), Some("m1"), &[kind]).await.unwrap().pop();
        found.map(|stored| stored.event.happening)
    };
    let bounds = async || store.log_bounds().await.unwrap();
    // Not the first: what is younger is before it.
    assert_eq!(store.prune_events(second(0), 10).await.unwrap(), 0);
    assert_eq!(store.prune_events(second(50), 3).await.unwrap(), 3);
    assert_eq!(bounds().await, LogBounds { floor: domain::Place(3), head: domain::Place(8) });
    assert_eq!(log(&*store).await.len(), 5);
    assert_eq!(store.prune_events(second(50), 9).await.unwrap(), 4);
    assert_eq!(store.prune_events(second(50), 9).await.unwrap(), 0);
    assert_eq!(log(&*store).await.iter().map(|stored| stored.place.0).collect::<Vec<_>>(), [8]);
    assert_eq!(latest(EventKind::MachineRegistered).await, Some(batch[0].event.happening.clone()));
    assert_eq!(latest(EventKind::Refill).await, Some(refill(3)));
    assert_eq!(latest(EventKind::MachineStatus).await, Some(status(3)));
    assert_eq!(latest(EventKind::Trade).await, None);
    let kinds = [EventKind::Refill, EventKind::Trade, EventKind::MachineRegistered];
    let found = store.latest(&account(), Some("m1"), &kinds).await.unwrap();
    let mut found: Vec<_> = found.into_iter().map(|stored| stored.event.happening).collect();
    found.sort_by_key(|happening| happening.kind() == EventKind::Refill);
    assert_eq!(found, [batch[0].event.happening.clone(), refill(3)], "of each kind that there is");
    // What is not in the log any more is news; what was kept is known.
    assert!(tell(&*store, trade("1", DeliveryState::Dispensed)).await);
    assert!(!tell(&*store, refill(3)).await);
    // Later news takes its place once it comes to lie there too.
    store.append(&[event(refill(200), 200), event(status(4), 200)]).await.unwrap();
    store.prune_events(second(1_000), 99).await.unwrap();
    drop(store);
    let store = at.open().await;
    assert_eq!(log(&*store).await, []);
    assert!(tell(&*store, refill(3)).await);
    assert!(!tell(&*store, status(4)).await);
    assert_eq!(
        store.log_bounds().await.unwrap(),
        LogBounds { floor: domain::Place(11), head: domain::Place(12) }
    );
}

pub(super) async fn nonces_are_forgotten_in_steps_and_the_events_stay(at: &dyn Place) {
    let store = at.open().await;
    let batch: Vec<NewEvent> = (0..10)
        .map(|number| nonced(&number.to_string(), event(refill(number), number)))
        .chain([event(status(1), 10)])
        .collect();
    store.append(&batch).await.unwrap();
    assert_eq!(store.forget_nonces(second(8), 5).await.unwrap(), 5);
    assert_eq!(store.forget_nonces(second(8), 5).await.unwrap(), 3);
    assert_eq!(store.forget_nonces(second(8), 5).await.unwrap(), 0);
    let told = |number: i64| nonced(&number.to_string(), event(refill(number + 100), 50));
    let answers = store.append(&[told(7), told(8)]).await.unwrap();
    assert_eq!(is_new(&answers), [true, false]);
    assert_eq!(log(&*store).await.len(), 12);
}

pub(super) async fn what_was_committed_is_told_though_nobody_waited_for_it(at: &dyn Place) {
    let store = at.open().await;
    let mut appended = store.appended();
    let tries = (0..200_u32).map(|number| {
        let store = store.clone();
        tokio::spawn(async move {
            let batch = [event(refill(i64::from(number)), 0)];
            let mut append = store.append(&batch);
            for _ in 0..number / 4 {
                if (&mut append).now_or_never().is_some() {
                    return;
                }
                tokio::task::yield_now().await;
            }
        })
    });
    join_all(tries).await;
    // Waits for its turn to write, and appends nothing.
    store.forget_nonces(second(0), 1).await.unwrap();
    let head = store.log_bounds().await.unwrap().head;
    let told = appended.wait_for(|told| *told >= head);
    let told = *tokio::time::timeout(std::time::Duration::from_secs(20), told).await.unwrap().unwrap();
    assert_eq!(told, head);
    assert_eq!(log(&*store).await.len() as u64, head.0);
    let order = order("1", 0);
    place(&*store, &order).await;
    let intent = new(store.begin(&on(Action::PayOrder, "1", None), &Change::none()).await.unwrap());
    end(&*store, &intent, Outcome::Done).await;
    assert_eq!(appended.borrow().0, head.0 + 1);
}
