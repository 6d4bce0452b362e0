//! The log against a naive model of it, and followed while many write.

use std::sync::Arc;

use futures_util::future::join_all;
use proptest::{
    collection::vec,
    option, sample,
    strategy::{Strategy, ValueTree as _},
    test_runner::TestRunner,
};

use super::{
    Place,
    samples::{account, event, log, on, order, refill, second, status, trade},
};
use crate::{
    domain::{
        self, AccountName, DeliveryState, EventKind, Happening, Text, event::Repeats, event::Unreadable,
    },
    store::{
        Action, Appended, Begun, Change, Ending, EventFilter, NewEvent, Outcome, Store, StoredEvent,
        words::Word as _,
    },
};

fn accounts() -> Vec<AccountName> {
    ["north", "metro", "rare"].map(AccountName::new).to_vec()
}

fn unreadable() -> Happening {
    Happening::Unreadable(Unreadable { message: "status".into(), problem: "x".into() })
}

/// News of few subjects from few machines, with few nonces, so that much of it was told before.
fn news() -> impl Strategy<Value = NewEvent> {
    let deliveries = vec![DeliveryState::Waiting, DeliveryState::Dispensing, DeliveryState::Dispensed];
    let happening = proptest::prop_oneof![
        (0..3).prop_map(status),
        (0_i64..5).prop_map(refill),
        (0..4_i32, sample::select(deliveries))
            .prop_map(|(order, state): (i32, _)| trade(&order.to_string(), state)),
        (0..1).prop_map(|_| unreadable()),
    ];
    let machine = option::weighted(0.9, (0..3_u32).prop_map(|machine| Text::from(format!("m{machine}"))));
    let nonce = option::of((0..400_u32).prop_map(|nonce| Text::from(nonce.to_string())));
    (sample::select(accounts()), machine, nonce, happening).prop_map(
        |(account, machine, nonce, happening)| {
            let mut new = NewEvent { nonce, ..event(happening, 0) };
            new.event.account = account;
            new.event.machine = machine;
            new
        },
    )
}

/// Whether the log tells it already.
fn is_known(log: &[NewEvent], new: &NewEvent) -> bool {
    let ours = || log.iter().rev().filter(|told| told.event.account == new.event.account);
    let Some((subject, repeats)) = new.event.subject() else { return false };
    let mut told = ours().filter_map(|told| {
        let (of, repeats) = told.event.subject()?;
        (of == subject).then_some((told, repeats))
    });
    let Some((last, of_last)) = told.next() else { return false };
    match (repeats, of_last) {
        (Repeats::Unchanged, _) => last.event.happening == new.event.happening,
        (Repeats::NoFurther(rank), Repeats::NoFurther(told)) => told >= rank,
        (Repeats::Once | Repeats::NoFurther(_), _) => true,
    }
}

pub(super) async fn a_batch_is_answered_as_its_events_would_be_one_by_one(at: &dyn Place) {
    let store = at.open().await;
    let mut runner = TestRunner::deterministic();
    let mut model: Vec<NewEvent> = Vec::new();
    let mut nonces = std::collections::HashSet::new();
    for _ in 0..40 {
        let batch = vec(news(), 0..90).new_tree(&mut runner).unwrap().current();
        let expected: Vec<bool> = batch
            .iter()
            .map(|new| {
                // Also the nonce of a message that told nothing new is one that came.
                let nonce = new.nonce.clone().map(|nonce| (new.event.account.clone(), nonce));
                let known = nonce.is_some_and(|nonce| !nonces.insert(nonce)) || is_known(&model, new);
                if !known {
                    model.push(new.clone());
                }
                !known
            })
            .collect();
        let answers = store.append(&batch).await.unwrap();
        let told: Vec<bool> = answers.iter().map(|answer| matches!(answer, Appended::New(_))).collect();
        assert_eq!(told, expected);
    }
    let filter = EventFilter { accounts: accounts(), machines: None, kinds: Some(kinds()), since: None };
    let stored = store.events(&filter, domain::Place(0), model.len()).await.unwrap();
    assert!(!stored.more && model.len() > 300, "{}", model.len());
    assert!(stored.rows.iter().map(|row| &row.event).eq(model.iter().map(|new| &new.event)));
}

fn kinds() -> Vec<EventKind> {
    EventKind::WORDS.iter().map(|(kind, _)| *kind).collect()
}

/// Events of which each is new; one account and one kind are rare.
fn many() -> Vec<NewEvent> {
    let new = |number: i64| {
        let happening = match number % 7 {
            0 => unreadable(),
            1 if number % 5 == 0 => refill(number),
            2 | 3 => trade(&number.to_string(), DeliveryState::Waiting),
            _ => status(i32::try_from(number).unwrap()),
        };
        let mut new = event(happening, number);
        let rare = number % 97 == 0;
        new.event.account = AccountName::new(if rare {
            "rare"
        } else if number % 2 == 0 {
            "north"
        } else {
            "metro"
        });
        new.event.machine = (number % 11 != 0).then(|| format!("m{}", number % 13).into());
        new
    };
    (0..2_500).map(new).collect()
}

fn filters() -> impl Strategy<Value = EventFilter> {
    let machines = vec((0..4_usize, 0..15), 0..20).prop_map(|machines| {
        let named = |(account, machine): (usize, i32)| {
            let account = accounts().get(account).cloned().unwrap_or_else(|| AccountName::new("none"));
            (account, Text::from(format!("m{machine}")))
        };
        machines.into_iter().map(named).collect::<Vec<_>>()
    });
    // More than an index is asked for.
    let all = (0..600).map(|machine| (account(), Text::from(format!("m{machine}")))).collect::<Vec<_>>();
    let machines = proptest::prop_oneof![8 => machines, 1 => proptest::strategy::Just(all)];
    (
        vec(sample::select(accounts()), 0..4),
        option::of(machines),
        option::of(vec(sample::select(kinds()), 0..5)),
    )
        .prop_map(|(accounts, machines, kinds)| EventFilter { accounts, machines, kinds, since: None })
}

fn matches(filter: &EventFilter, stored: &StoredEvent) -> bool {
    let event = &stored.event;
    let of_machine = |machines: &Vec<(AccountName, Text)>| {
        machines
            .iter()
            .any(|(account, machine)| *account == event.account && event.machine.as_ref() == Some(machine))
    };
    let of_kind = match &filter.kinds {
        Some(kinds) => kinds.contains(&event.kind()),
        None => event.kind() != EventKind::Unreadable,
    };
    filter.accounts.contains(&event.account) && filter.machines.as_ref().is_none_or(of_machine) && of_kind
}

pub(super) async fn every_filter_gives_from_every_place_what_it_says(at: &dyn Place) {
    let store = at.open().await;
    let new = many();
    let answers = store.append(&new).await.unwrap();
    assert!(answers.iter().all(|answer| matches!(answer, Appended::New(_))));
    let floor = 200;
    store.prune_events(second(1_000_000), floor).await.unwrap();
    let place = |number: usize| domain::Place(number as u64 + 1);
    let all: Vec<StoredEvent> = (floor..new.len())
        .map(|number| StoredEvent { place: place(number), event: new[number].event.clone() })
        .collect();
    let mut runner = TestRunner::deterministic();
    let cases = vec((filters(), 0_u64..2_600, 0_usize..60), 300).new_tree(&mut runner).unwrap().current();
    for (filter, after, first) in cases {
        let after = domain::Place(after);
        let wanted = || all.iter().filter(|stored| stored.place > after && matches(&filter, stored));
        let page = store.events(&filter, after, first).await.unwrap();
        assert!(page.rows.iter().eq(wanted().take(first)), "{filter:?} after {after:?}, {first}");
        assert_eq!(page.more, wanted().count() > first, "{filter:?} after {after:?}, {first}");
    }
}

/// Follows the log until it has seen so many events.
async fn follow(store: Arc<dyn Store>, until: usize) -> Vec<StoredEvent> {
    let filter = EventFilter { accounts: vec![account()], ..EventFilter::default() };
    let mut appended = store.appended();
    let (mut seen, mut after): (Vec<StoredEvent>, _) = (Vec::new(), domain::Place(0));
    while seen.len() < until {
        let head = *appended.wait_for(|told| *told > after).await.unwrap();
        let page = store.events(&filter, after, 7).await.unwrap();
        assert!(
            page.more || page.rows.last().is_some_and(|last| last.place >= head),
            "{head:?} cannot be read"
        );
        seen.extend(page.rows);
        after = seen.last().map_or(after, |last| last.place);
    }
    seen
}

pub(super) async fn who_follows_sees_all_in_order_while_many_write(at: &dyn Place) {
    let store = at.open().await;
    let followers: Vec<_> = (0..4).map(|_| tokio::spawn(follow(store.clone(), 20 * 15 + 20 * 2))).collect();
    let appending = (0..20_i64).map(|writer| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut told = Vec::new();
            for batch in 0..5 {
                let number = writer * 100 + batch * 10;
                let batch: Vec<_> = (number..number + 3).map(|number| event(refill(number), 0)).collect();
                for (new, answer) in batch.iter().zip(store.append(&batch).await.unwrap()) {
                    let Appended::New(place) = answer else { panic!("{new:?} is known") };
                    told.push((place, new.event.clone()));
                }
                assert!(matches!(store.append(&batch[..1]).await.unwrap()[..], [Appended::Known]));
            }
            told
        })
    });
    let ordering = (0..20).map(|number| {
        let store = store.clone();
        tokio::spawn(async move {
            let order = order(&number.to_string(), 0);
            let wanted = on(Action::CreateOrder, &order.trade_number, None);
            let begun = store.begin(&wanted, &Change::order(order.clone())).await.unwrap();
            let Begun::New(intent) = begun else { panic!("{begun:?}") };
            let told = domain::Order { number: Some("60".into()), ..order };
            store.end(intent.id, &Ending::new(Outcome::Done, second(1)), &Change::order(told)).await.unwrap();
        })
    });
    let (told, ordered) = tokio::join!(join_all(appending), join_all(ordering));
    assert!(ordered.iter().all(Result::is_ok));
    let whole = log(&*store).await;
    assert!(whole.iter().map(|stored| stored.place.0).eq(1..=340));
    for (place, event) in told.into_iter().flat_map(Result::unwrap) {
        assert_eq!(whole[usize::try_from(place.0).unwrap() - 1], StoredEvent { place, event });
    }
    for seen in join_all(followers).await {
        assert_eq!(seen.unwrap(), whole);
    }
}
