//! Keys that change while we run.

use std::{fs, time::Duration};

use futures_util::future::join_all;
use jsonwebtoken::Algorithm;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{
    Arc, Error, Fault, ManualClock, Told, auth, clock, ec, fault, jwk, other_rsa, rs256, rsa, set, subject,
};
use crate::{
    auth::{
        KeyError, Verifier,
        jwks::{Address, KeySource, LONGEST},
        keyring::PAUSE,
    },
    config::{Auth, Proof},
};

fn first() -> String {
    set(&[jwk("first", &rsa(), Algorithm::RS256)])
}

fn second() -> String {
    set(&[jwk("second", &rsa(), Algorithm::RS256), jwk("ec", &ec(), Algorithm::ES256)])
}

fn setup(text: impl Into<Option<String>>) -> (Told, Verifier, Arc<ManualClock>) {
    let (told, clock) = (Told::new(text), clock());
    (told.clone(), Verifier::with_source(Box::new(told), &auth(), clock.clone()), clock)
}

/// Lets what runs behind come to its end.
async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn keys_are_fetched_once_for_all_who_come_first() {
    let (told, verifier, _) = setup(first());
    assert_eq!(told.asked(), 0, "not before a token comes");
    let token = rs256("first");
    let all = join_all((0..20).map(|_| verifier.verify(&token))).await;
    assert!(all.into_iter().all(|one| one.is_ok()));
    assert_eq!(told.asked(), 1);
}

#[tokio::test]
async fn an_unknown_kid_fetches_at_once_and_once_in_ten_seconds() {
    let (told, verifier, clock) = setup(first());
    assert_eq!(subject(verifier.verify(&rs256("first")).await), "ada");
    clock.advance(PAUSE);
    told.tell(second());
    assert_eq!(subject(verifier.verify(&rs256("second")).await), "ada", "rotated without a wait");
    assert_eq!(told.asked(), 2);
    let strangers: Vec<String> = (0..50).map(|kid| rs256(&kid.to_string())).collect();
    for verified in join_all(strangers.iter().map(|token| verifier.verify(token))).await {
        assert_eq!(verified, Err(Error::Invalid(Fault::UnknownKey)));
    }
    assert_eq!(told.asked(), 2, "strangers make us ask no more often");
    clock.advance(PAUSE);
    join_all(strangers.iter().map(|token| verifier.verify(token))).await;
    assert_eq!(told.asked(), 3);
}

#[tokio::test]
async fn keys_past_five_minutes_are_refreshed_behind() {
    let (told, verifier, clock) = setup(first());
    let token = rs256("first");
    assert!(verifier.verify(&token).await.is_ok());
    told.tell(second());
    clock.advance(Duration::from_secs(299));
    assert!(verifier.verify(&token).await.is_ok());
    settle().await;
    assert_eq!(told.asked(), 1);
    clock.advance(Duration::from_secs(1));
    assert!(verifier.verify(&token).await.is_ok(), "nobody waits for it");
    settle().await;
    assert_eq!(told.asked(), 2);
    assert_eq!(
        fault(&verifier, &token).await,
        Fault::UnknownKey,
        "a key withdrawn opens no more, remembered or not"
    );
}

#[tokio::test]
async fn another_key_under_the_same_name_forgets_what_was_verified() {
    let (told, verifier, clock) = setup(first());
    let token = rs256("first");
    assert!(verifier.verify(&token).await.is_ok());
    told.tell(set(&[jwk("first", &other_rsa(), Algorithm::RS256)]));
    clock.advance(Duration::from_mins(5));
    assert!(verifier.verify(&token).await.is_ok());
    settle().await;
    assert_eq!(fault(&verifier, &token).await, Fault::Signature);
}

#[tokio::test]
async fn old_keys_stay_when_the_fetch_fails() {
    let (told, verifier, clock) = setup(first());
    assert!(verifier.verify(&rs256("first")).await.is_ok());
    for answer in [None, Some("<html>".to_owned()), Some("{\"keys\":5}".to_owned())] {
        told.tell(answer);
        clock.advance(Duration::from_mins(10));
        assert!(verifier.verify(&rs256("first")).await.is_ok());
        settle().await;
        assert!(verifier.verify(&rs256("first")).await.is_ok());
    }
    assert_eq!(told.asked(), 4, "one try each");
}

#[tokio::test]
async fn without_any_keys_no_token_is_called_wrong() {
    let (told, verifier, clock) = setup(None);
    assert_eq!(verifier.verify(&rs256("first")).await, Err(Error::KeysUnknown));
    told.tell(first());
    assert_eq!(verifier.verify(&rs256("first")).await, Err(Error::KeysUnknown), "not asked again so soon");
    clock.advance(PAUSE);
    assert!(verifier.verify(&rs256("first")).await.is_ok());
    assert_eq!(told.asked(), 2);
}

#[tokio::test]
async fn an_asker_that_goes_away_ends_no_fetch() {
    let (told, verifier, _) = setup(first());
    let token = rs256("first");
    {
        let mut asking = Box::pin(verifier.verify(&token));
        assert!(futures_util::poll!(&mut asking).is_pending());
    }
    settle().await;
    assert!(verifier.verify(&token).await.is_ok());
    assert_eq!(told.asked(), 1);
}

#[tokio::test]
async fn a_file_of_keys_is_read_anew_when_it_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let of_file = Auth { proof: Proof::JwksFile(path.clone()), ..auth() };
    assert!(matches!(Verifier::new(&of_file, clock()), Err(KeyError::File { .. })));
    fs::write(&path, "5").unwrap();
    assert!(matches!(Verifier::new(&of_file, clock()), Err(KeyError::NotASet(_))));
    fs::write(&path, set(&[])).unwrap();
    assert!(matches!(Verifier::new(&of_file, clock()), Err(KeyError::NoUsableKey)));
    fs::write(&path, first()).unwrap();
    let clock = clock();
    let verifier = Verifier::new(&of_file, clock.clone()).unwrap();
    assert!(verifier.verify(&rs256("first")).await.is_ok());
    fs::write(&path, second()).unwrap();
    clock.advance(PAUSE);
    assert!(verifier.verify(&rs256("second")).await.is_ok());
}

/// Answers one request at a loopback address with `answer`, whatever is asked.
async fn answering(answer: String) -> (Address, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap()).parse().unwrap();
    let serving = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let _ = socket.read(&mut [0; 4096]).await;
        // A reader that has seen enough may have hung up.
        let _ = socket.write_all(answer.as_bytes()).await;
        let _ = socket.shutdown().await;
    });
    (Address::new(url).unwrap(), serving)
}

fn reply(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn keys_are_fetched_over_http() {
    let (address, _serving) = answering(reply("200 OK", &first())).await;
    let verifier = Verifier::with_source(Box::new(address), &auth(), clock());
    assert!(verifier.verify(&rs256("first")).await.is_ok());
}

#[tokio::test]
async fn a_redirect_a_failure_and_too_long_an_answer_are_no_keys() {
    let redirect = reply("302 Found\r\nlocation: http://127.0.0.1:1/", "");
    let (address, _serving) = answering(redirect).await;
    assert!(matches!(address.fetch().await, Err(KeyError::Status(302))));
    let (address, _serving) = answering(reply("500 Oops", &first())).await;
    assert!(matches!(address.fetch().await, Err(KeyError::Status(500))));
    let (address, _serving) = answering(reply("200 OK", &"x".repeat(LONGEST + 1))).await;
    assert!(matches!(address.fetch().await, Err(KeyError::TooLong(LONGEST))));
    let endless = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", "x".repeat(LONGEST * 2));
    let (address, _serving) = answering(endless).await;
    assert!(matches!(address.fetch().await, Err(KeyError::TooLong(LONGEST))));
}
