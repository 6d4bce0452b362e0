//! What the sandbox's InHand pushes, read by our own adapter: two readings of one document that must agree.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::post,
};
use secrecy::SecretString;
use tokio::{
    net::TcpListener,
    time::{Duration, sleep, timeout},
};
use vendgraph::{
    domain::{EventKind, Happening, TradeKind, event::StatusNews},
    sandbox,
    vendor::inhand::webhook::{Answer, Message, News, Webhooks},
};

#[derive(Clone)]
struct Merchant {
    webhooks: Webhooks,
    read: Arc<Mutex<Vec<(Message, News)>>>,
}

async fn take(
    State(merchant): State<Merchant>,
    Path(word): Path<String>,
    body: axum::body::Bytes,
) -> (StatusCode, Vec<u8>) {
    let message = Message::of_word(&word).unwrap();
    match merchant.webhooks.verify(b"", &body) {
        Ok(verified) => {
            let news = verified.decode(message).unwrap();
            merchant.read.lock().unwrap().push((message, news));
            (StatusCode::OK, Answer::Success.to_json())
        }
        Err(refusal) => {
            let status = StatusCode::from_u16(refusal.status()).unwrap();
            (status, Answer::Fail(refusal.error_code()).to_json())
        }
    }
}

#[tokio::test]
async fn our_adapter_understands_everything_that_the_simulated_platform_pushes() {
    let mut options = sandbox::Options::default();
    options.inhand.machines = 60;
    let account = options.inhand.clone();
    let vendors = sandbox::start(options).await.unwrap();
    let merchant = Merchant {
        webhooks: Webhooks::new(account.client_id, SecretString::from(account.key)),
        read: Arc::default(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/inhand", listener.local_addr().unwrap());
    let router = Router::new().route("/inhand/{word}", post(take)).with_state(merchant.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    vendors.pushes().push_to(Some(&url));
    for index in 0..vendors.inhand().len() {
        assert!(vendors.inhand().announce(&vendors.inhand().asset_id(index)));
        assert!(vendors.inhand().refill(&vendors.inhand().asset_id(index)));
    }
    for _ in 0..200 {
        vendors.tick();
    }
    // What the world wants told is taken over within a beat: first something, then all of it.
    let settled = async {
        let counts = || vendors.pushes().counts();
        while counts().sent < 500 || counts().waiting > 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_mins(1), settled).await.unwrap();
    let counts = vendors.pushes().counts();
    assert_eq!((counts.refused, counts.failed, counts.dropped), (0, 0, 0), "{counts:?}");
    assert_eq!(counts.sent, counts.acknowledged);

    let read = merchant.read.lock().unwrap().clone();
    for (message, news) in &read {
        assert!(vendors.inhand().facts(&news.machine).is_some(), "{news:?}");
        match (message, &news.happening) {
            (Message::Machine, Happening::MachineRegistered(told)) => {
                let facts = vendors.inhand().facts(&news.machine).unwrap();
                assert_eq!(told.shelves.len(), facts.shelves);
                assert_eq!(told.name.as_deref(), Some(facts.name.as_str()));
                assert!(told.location.is_some() && told.shelves.iter().all(|shelf| shelf.price.is_some()));
            }
            (Message::Trade, Happening::Trade(trade)) => assert_eq!(trade.kind, TradeKind::Sale),
            (Message::Prize, Happening::Trade(trade)) => assert_eq!(trade.kind, TradeKind::Prize),
            (Message::Status, Happening::MachineStatus(told)) => assert_ne!(*told, StatusNews::default()),
            (Message::Refill, Happening::Refill(refill)) => {
                assert_eq!(news.occurred_at, Some(refill.refilled_at));
                assert!(refill.shelves.iter().all(|shelf| shelf.stock.is_some()));
            }
            other => panic!("{other:?}"),
        }
    }
    for kind in [EventKind::MachineRegistered, EventKind::MachineStatus, EventKind::Trade, EventKind::Refill]
    {
        assert!(read.iter().any(|(_, news)| news.happening.kind() == kind), "no {kind:?}");
    }
    vendors.shutdown().await;
}
