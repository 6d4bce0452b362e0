//! What befalls those who follow when an execution panics, and with whom they share.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use async_graphql::{Request, Response};
use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt as _};
use jiff::Timestamp;
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::{sync::watch, time::timeout};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{Answer, Live, Pen, execution::Execution, shared::Key};
use crate::{
    auth::{Caller, Grant, Scope},
    config,
    domain::{
        AccountName, Clock, Event, Happening, HealthState, Origin, Place, StatusNews, SystemClock, Vendor,
    },
    events::{Inbox, Log, Wanted},
    gateway::{Connection, Gateway, Keeping, Lifetimes, Post},
    graphql::{Schema, document::Documents, sdl},
    store::{self, EventFilter, NewEvent, Store},
    vendor::{
        dingshang::{Credentials, Dingshang},
        transport::{self, Health, Transport},
    },
};

/// Panics at the answer of one machine, as a fault of ours would.
const PEN: Pen = Pen { answer: written, refusal: |errors| written(Response::from_errors(errors)) };

#[expect(clippy::needless_pass_by_value, reason = "the shape of a pen")]
fn written(response: Response) -> Bytes {
    let data = response.data.to_string();
    assert!(!data.contains("cursed"), "on purpose");
    let codes =
        response.errors.iter().filter_map(|error| Some(error.extensions.as_ref()?.get("code")?.to_string()));
    format!("{data} {}", codes.collect::<String>()).into()
}

/// An account whose vendor is never asked.
fn connection(clock: &Arc<dyn Clock>) -> Connection {
    let limits = transport::Limits {
        timeout: Duration::from_secs(1),
        max_concurrency: 1,
        requests_per_second: None,
        retries: 0,
    };
    let transport = Arc::new(Transport::new(limits, Arc::clone(clock)).unwrap());
    let secret = || SecretString::from("secret");
    let credentials = Credentials {
        url: Url::parse("http://127.0.0.1:9").unwrap(),
        app_id: "id".into(),
        app_secret: secret(),
        merchant_id: secret(),
    };
    let client = Dingshang::new(credentials, transport, Arc::clone(clock)).unwrap();
    Connection {
        name: AccountName::new("north"),
        vendor: Vendor::Dingshang,
        client: Arc::new(client),
        timeout: Duration::from_secs(1),
        health: Arc::new(|| Health { state: HealthState::Up, last_success_at: None, last_error: None }),
    }
}

fn live(store: &Arc<dyn Store>, log: &Arc<Log>) -> Arc<Live> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let second = Duration::from_secs(1);
    let lifetimes = Lifetimes { status: second, products: second, sites: second, max_stale: second };
    let (inbox, _clerk) = Inbox::new(Arc::clone(store));
    let post = Post { log: Arc::clone(log), inbox };
    let keeping = Keeping { store: Arc::clone(store), callbacks: None, post };
    let gateway = Arc::new(Gateway::new(vec![connection(&clock)], lifetimes, keeping, &clock));
    let schema = Schema::new(&gateway, false);
    let documents = Documents::new(&sdl(), (&config::Limits::default()).into()).unwrap();
    Live::new((schema, gateway), Arc::new(documents), watch::channel(Duration::from_secs(5)).1, PEN)
}

async fn opened() -> (TempDir, Arc<dyn Store>, Arc<Log>) {
    let folder = tempfile::tempdir().unwrap();
    let store = store::open(&format!("sqlite://{}/store.db", folder.path().display())).await.unwrap();
    let log = Log::new(Arc::clone(&store), vec![AccountName::new("north")]);
    (folder, store, log)
}

fn caller() -> Arc<Caller> {
    Arc::new(Caller {
        subject: "tester".into(),
        scopes: Scope::ALL.into_iter().collect(),
        accounts: Grant::Named(BTreeSet::from([AccountName::new("north")])),
        expires_at: Timestamp::MAX,
    })
}

async fn happens_at(store: &dyn Store, machine: &str) {
    let event = Event {
        account: AccountName::new("north"),
        machine: Some(machine.into()),
        origin: Origin::Pushed,
        occurred_at: Timestamp::now(),
        received_at: Timestamp::now(),
        happening: Happening::MachineStatus(StatusNews::default()),
    };
    store.append(&[NewEvent { event, nonce: None, message: None }]).await.unwrap();
}

async fn next(answers: &mut BoxStream<'static, Answer>) -> (Option<Place>, String) {
    let answer = timeout(Duration::from_secs(20), answers.next()).await.expect("it is told").unwrap();
    assert!(!answer.refused);
    (answer.place, String::from_utf8(answer.body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_panic_at_an_event_is_told_in_its_place_to_all_who_follow_and_they_go_on() {
    let (_folder, store, log) = opened().await;
    let (reading, stop) = (Arc::clone(&log), CancellationToken::new());
    let end = stop.clone();
    let read = tokio::spawn(async move { reading.run(Box::new(|_| {}), end).await });
    let live = live(&store, &log);
    let caller = caller();
    let follow = |query: &str| {
        let request = Request::new(query);
        live.subscribe(request, Arc::clone(&caller), Some(Place::default()))
    };
    happens_at(&*store, "first").await;
    let query = "subscription { events { machineNumber } }";
    let (mut one, mut other) = (follow(query), follow(query));
    for follower in [&mut one, &mut other] {
        assert_eq!(
            next(follower).await,
            (Some(Place(1)), "{events: {machineNumber: \"first\"}} ".to_owned())
        );
    }
    happens_at(&*store, "cursed").await;
    happens_at(&*store, "last").await;
    // One who asks for it otherwise, later, executes by itself what it missed.
    let mut late = follow("subscription Late { events { machineNumber } }");
    assert_eq!(next(&mut late).await.0, Some(Place(1)));
    for follower in [&mut one, &mut other, &mut late] {
        assert_eq!(next(follower).await, (Some(Place(2)), "null INTERNAL".to_owned()));
        assert_eq!(next(follower).await, (Some(Place(3)), "{events: {machineNumber: \"last\"}} ".to_owned()));
    }
    stop.cancel();
    read.await.unwrap();
}

#[tokio::test]
async fn who_wants_other_accounts_by_the_same_words_shares_nothing_with_those_who_came_before() {
    let (_folder, store, log) = opened().await;
    let (live, caller) = (live(&store, &log), caller());
    let mut request = Request::new("subscription { events { machineNumber } }");
    let key = Key::of(&mut request, &caller);
    let execution = Arc::new(Execution::new(Arc::clone(&live), request, caller));
    let join = |accounts: &[&str]| {
        let accounts = accounts.iter().copied().map(AccountName::new).collect();
        let wanted = Wanted::new(EventFilter { accounts, ..EventFilter::default() });
        live.sharing.join(key.clone(), &execution, &wanted)
    };
    let first = join(&["north"]);
    assert!(Arc::ptr_eq(&first, &join(&["north"])));
    // As after an account was added.
    let later = join(&["north", "metro"]);
    assert!(!Arc::ptr_eq(&first, &later));
    assert!(Arc::ptr_eq(&later, &join(&["north", "metro"])));
}
