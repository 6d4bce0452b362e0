//! Several gateways on one PostgreSQL database: what holds in one holds across them.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use sqlx::{Connection as _, Row as _, query};
use tokio::time::{sleep, timeout};

use super::{
    Database, Place as _,
    samples::{account, code, event, issue, log, new, on, order, refill, second, wanted},
};
use crate::{
    domain::{AccountName, Place, Text, Verdict, Window},
    store::{
        Action, Appended, Begun, Change, EventFilter, Lead, NewIntent, OrderFilter, Part, Place as Row,
        Store, StoredEvent, Target, open,
    },
};

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

async fn three(server: &Database) -> Vec<Arc<dyn Store>> {
    join_all((0..3).map(|_| server.open())).await
}

async fn told(store: &dyn Store, head: Place) {
    let mut appended = store.appended();
    timeout(PATIENCE, appended.wait_for(|told| *told >= head)).await.expect("it is told").unwrap();
}

/// Takes the lead as soon as it is free.
async fn lead(store: &dyn Store, what: &str) -> Lead {
    loop {
        if let Ok(Some(lead)) = store.lead(what).await {
            return lead;
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// Ends every connection to the database but this one.
async fn cut_all(server: &Database) {
    let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    query(sql).execute(&mut server.connect().await).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_gateways_that_open_an_empty_database_all_find_it_made() {
    let server = Database::new().await;
    let stores = join_all((0..5).map(|_| server.open())).await;
    for store in stores {
        store.ping().await.unwrap();
    }
}

/// Follows the log of a store until it has seen so many events.
async fn follow(store: Arc<dyn Store>, until: usize) -> Vec<StoredEvent> {
    let filter = EventFilter { accounts: vec![account()], ..EventFilter::default() };
    let mut appended = store.appended();
    let (mut seen, mut after): (Vec<StoredEvent>, _) = (Vec::new(), Place(0));
    while seen.len() < until {
        timeout(PATIENCE, appended.wait_for(|told| *told > after)).await.expect("it is told").unwrap();
        seen.extend(store.events(&filter, after, 7).await.unwrap().rows);
        after = seen.last().map_or(after, |last| last.place);
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_appends_all_gateways_follow_every_event_in_one_order() {
    let server = Database::new().await;
    let stores = three(&server).await;
    let followers: Vec<_> = stores.iter().map(|store| tokio::spawn(follow(store.clone(), 180))).collect();
    let appending = (0..60_i64).map(|number| {
        let store = stores[usize::try_from(number).unwrap() % 3].clone();
        tokio::spawn(async move {
            let batch = [0, 1].map(|second| event(refill(number * 10 + second), 0));
            assert!(store.append(&batch).await.unwrap().iter().all(|told| matches!(told, Appended::New(_))));
            let order = order(&number.to_string(), 0);
            let wanted = on(Action::CreateOrder, &order.trade_number, None);
            new(store.begin(&wanted, &Change::order(order)).await.unwrap());
        })
    });
    assert!(join_all(appending).await.iter().all(Result::is_ok));
    let whole = log(&*stores[0]).await;
    assert!(whole.iter().map(|stored| stored.place.0).eq(1..=180));
    for seen in join_all(followers).await {
        assert_eq!(seen.unwrap(), whole);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_appended_is_told_though_the_call_is_lost() {
    let server = Database::new().await;
    let stores = three(&server).await;
    let sql = "ALTER TABLE events DISABLE TRIGGER events_appended";
    query(sql).execute(&mut server.connect().await).await.unwrap();
    stores[0].append(&[event(refill(1), 0)]).await.unwrap();
    told(&*stores[1], Place(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_in_many_gateways_one_gets_a_key_an_order_and_a_code() {
    let server = Database::new().await;
    let stores = three(&server).await;
    let each = |number: usize| stores[number % 3].clone();
    let under_a_key = (0..30).map(|number| {
        let store = each(number);
        tokio::spawn(async move {
            let order = order(&format!("{number:020}"), 0);
            let target = Target { trade_number: Some(order.trade_number.clone()), ..Target::default() };
            let wanted = NewIntent { target, ..wanted(Action::CreateOrder, Some("k")) };
            store.begin(&wanted, &Change::order(order)).await.unwrap()
        })
    });
    let begun = join_all(under_a_key).await;
    let count =
        |wanted: fn(&Begun) -> bool| begun.iter().filter(|begun| begun.as_ref().is_ok_and(wanted)).count();
    assert_eq!(count(|begun| matches!(begun, Begun::New(_))), 1);
    assert_eq!(count(|begun| matches!(begun, Begun::Again(_))), 29);

    let on_an_order = (0..30).map(|number| {
        let (store, line) = (each(number), (number % 2 == 0).then_some(0));
        tokio::spawn(async move {
            let action = if line.is_some() { Action::DispenseOrderLine } else { Action::CancelOrder };
            store.begin(&on(action, "1", line), &Change::none()).await.unwrap()
        })
    });
    let begun = join_all(on_an_order).await;
    let new = begun.iter().filter(|begun| matches!(begun, Ok(Begun::New(_)))).count();
    assert_eq!(new, 1, "{begun:?}");

    assert!(issue(&*stores[0], vec![code("1", "123456")], 0).await);
    let uses = (0..30).map(|number| {
        let store = each(number);
        tokio::spawn(async move {
            let (account, now) = (account(), super::samples::second(1));
            let machine = Text::from(format!("m{number}"));
            let held = store.hold_code((&account, "1"), (&machine, None), now).await.unwrap().unwrap().0;
            let used = store.redeem_code((&account, "1"), &machine, now).await.unwrap().unwrap().0;
            (held == Verdict::Good, used == Verdict::Good)
        })
    });
    let uses: Vec<_> = join_all(uses).await.into_iter().map(Result::unwrap).collect();
    assert!(uses.iter().filter(|(held, _)| *held).count() <= 1, "{uses:?}");
    assert_eq!(uses.iter().filter(|(_, used)| *used).count(), 1, "{uses:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_dies_is_gone_and_who_is_only_cut_off_for_a_moment_is_not() {
    let server = Database::new().await;
    let (one, other) = (server.open().await, server.open().await);
    let open = new(one.begin(&on(Action::PayOrder, "1", None), &Change::none()).await.unwrap());
    let mut raw = server.connect().await;
    for _ in 0..7 {
        // Its line is the one that holds a lead.
        let lead = timeout(PATIENCE, lead(&*one, "anything")).await.expect("it is back");
        let sql = "SELECT count(pg_terminate_backend(pid)) AS n FROM pg_locks WHERE locktype = 'advisory' \
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        let cut: i64 = query(sql).fetch_one(&mut raw).await.unwrap().get("n");
        assert_eq!(cut, 1);
        timeout(PATIENCE, lead.lost()).await.expect("it hears so");
        assert!(!other.is_abandoned(&open).await.unwrap(), "it lives");
        sleep(Duration::from_secs(1)).await;
    }
    // As if it were killed: it says nothing.
    drop(one);
    let gone = async {
        while !other.is_abandoned(&open).await.unwrap() {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, gone).await.expect("it is told as gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lead_is_taken_over_from_who_dies_and_lost_by_who_is_cut_off() {
    let server = Database::new().await;
    let stores = three(&server).await;
    let first = stores[0].lead("sweep").await.unwrap().unwrap();
    assert!(stores[1].lead("sweep").await.unwrap().is_none());
    cut_all(&server).await;
    timeout(PATIENCE, first.lost()).await.expect("it hears so");
    let second = timeout(PATIENCE, lead(&*stores[1], "sweep")).await.expect("another takes over");
    drop(first);
    assert!(second.is_held());
    assert!(stores[0].lead("sweep").await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_store_comes_back_by_itself_when_its_connections_are_cut() {
    let server = Database::new().await;
    let (one, other) = (server.open().await, server.open().await);
    for number in 1..5 {
        cut_all(&server).await;
        let batch = [event(refill(number), 0)];
        let appended = async {
            while one.append(&batch).await.is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, appended).await.expect("it is appended");
        told(&*other, Place(number.unsigned_abs())).await;
    }
    // A connection that was used a moment before it was cut is found out by its next use.
    let filter = EventFilter { accounts: vec![account()], ..EventFilter::default() };
    let read = async {
        loop {
            if let Ok(page) = other.events(&filter, Place::default(), 100).await {
                return page.rows.len();
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    assert_eq!(timeout(PATIENCE, read).await.expect("it reads again"), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_too_long_for_a_writer_is_told_so_and_may_read_meanwhile() {
    let server = Database::new().await;
    let store = server.open().await;
    let mut raw = server.connect().await;
    let mut hanging = raw.begin().await.unwrap();
    query("SELECT pg_advisory_xact_lock(1986359923, 1)").execute(&mut *hanging).await.unwrap();
    let refused = timeout(PATIENCE, store.append(&[event(refill(1), 0)])).await.expect("it is told in time");
    assert!(matches!(refused, Err(super::super::Error::Unavailable { .. })), "{refused:?}");
    assert_eq!(log(&*store).await, []);
    hanging.rollback().await.unwrap();
    store.append(&[event(refill(1), 0)]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn places_and_texts_are_as_in_the_program_whatever_the_databases_language_is() {
    let server = Database::new().await;
    let store = server.open().await;
    let sql = "SELECT count(*) AS n FROM information_schema.columns WHERE table_schema = 'public' \
               AND table_name <> '_sqlx_migrations' AND data_type = 'text' \
               AND collation_name IS DISTINCT FROM 'C'";
    let row = query(sql).fetch_one(&mut server.connect().await).await.unwrap();
    assert_eq!(row.get::<i64, _>("n"), 0, "every text is compared byte by byte");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_hundreds_of_thousands_of_orders_those_of_500_machines_are_found_in_time_also_where_there_are_none()
 {
    let server = Database::new().await;
    let store = server.open().await;
    let mut raw = server.connect().await;
    let sql = "INSERT INTO orders (account, trade_number, machine, state, created_at, closing, version) \
               SELECT $1, 't' || n, 'm' || n % 2000, 'UNPAID', n, FALSE, 1 FROM generate_series(1, 400000) AS n";
    query(sql).bind(account().as_str()).execute(&mut raw).await.unwrap();
    // PostgreSQL plans by what it has counted, which it does by itself sooner or later.
    query("ANALYZE orders").execute(&mut raw).await.unwrap();
    for (count, letter, found) in [(500, 'm', 50), (500, 'x', 0), (2, 'm', 50), (2, 'x', 0)] {
        // One is named twice, and one is another account's.
        let machine = |number: u32| (account(), format!("{letter}{number}").into());
        let other = (AccountName::new("other"), "m1".into());
        let machines = (0..count).map(machine).chain([machine(0), other]).collect();
        let filter = OrderFilter {
            accounts: vec![account()],
            machines: Some(machines),
            states: None,
            window: Window::default(),
            now: second(0),
        };
        let mut read = Vec::new();
        let mut part = Part { first: 30, after: None };
        for rows in [found.min(30), found.min(20)] {
            part.first = rows.max(1);
            let page = store.orders(&filter, &part).await.unwrap();
            assert_eq!(page.rows.len(), rows, "of {count} machines {letter}…");
            read.extend(page.rows.iter().map(|order| order.trade_number.clone()));
            part.after = page.rows.last().map(|last| Row {
                created_at: last.created_at,
                account: last.account.clone(),
                number: last.trade_number.clone(),
            });
        }
        // The newest first, each once.
        let newest = (1..=400_000).rev().filter(|number| number % 2000 < count);
        let expected: Vec<Text> = newest.take(found).map(|number| format!("t{number}").into()).collect();
        assert_eq!(read, expected);
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_had_is_told_without_the_password() {
    for url in
        ["postgres://me:s3cret@127.0.0.1:1/x", "postgres://me:s3cret@host:port/x", "postgres://me:s3cret@"]
    {
        let error = open(url).await.err().unwrap();
        let chain = format!("{error} {error:?} {:?}", std::error::Error::source(&error));
        assert!(!chain.contains("s3cret"), "{chain}");
    }
}
