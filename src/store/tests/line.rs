//! A line to the server that can be cut and mended.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
};
use url::Url;

use super::{
    Database, Place as _,
    samples::{event, log, refill},
};
use crate::store::{Error, OpenError, open};

/// Listens on a port, and passes on what comes while it is let through.
async fn line(to: &str, through: watch::Receiver<bool>) -> String {
    let to = Arc::new(Url::parse(to).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut here = Url::clone(&to);
    here.set_host(Some("127.0.0.1")).unwrap();
    here.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            tokio::spawn(join(near, Arc::clone(&to), through.clone()));
        }
    });
    here.into()
}

async fn join(near: TcpStream, to: Arc<Url>, through: watch::Receiver<bool>) {
    let host = to.host_str().unwrap().replace("%2F", "/");
    let (near_read, near_write) = near.into_split();
    let port = to.port().unwrap_or(5432);
    if host.starts_with('/') {
        let far = UnixStream::connect(format!("{host}/.s.PGSQL.{port}")).await.unwrap();
        let (far_read, far_write) = far.into_split();
        tokio::join!(pass(near_read, far_write, through.clone()), pass(far_read, near_write, through));
    } else {
        let far = TcpStream::connect((host, port)).await.unwrap();
        let (far_read, far_write) = far.into_split();
        tokio::join!(pass(near_read, far_write, through.clone()), pass(far_read, near_write, through));
    }
}

async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut through: watch::Receiver<bool>,
) {
    let mut bytes = [0; 4096];
    while let Ok(many @ 1..) = from.read(&mut bytes).await {
        if through.wait_for(|through| *through).await.is_err() || to.write_all(&bytes[..many]).await.is_err()
        {
            break;
        }
    }
    let _ = to.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_cut_off_says_so_in_time_and_goes_on_when_it_is_mended() {
    let server = Database::new().await;
    let (cut, through) = watch::channel(true);
    let store = open(&line(&server.url(), through).await).await.unwrap();
    let other = server.open().await;
    store.append(&[event(refill(1), 0)]).await.unwrap();
    cut.send_replace(false);
    other.append(&[event(refill(2), 0)]).await.unwrap();
    let batch = [event(refill(3), 0)];
    let asked = async { tokio::join!(store.ping(), store.append(&batch), store.log_bounds()) };
    let (ping, append, bounds) =
        tokio::time::timeout(Duration::from_secs(15), asked).await.expect("it says so in time");
    assert!(matches!(ping, Err(Error::Unavailable { .. })), "{ping:?}");
    assert!(matches!(append, Err(Error::Unavailable { .. })), "{append:?}");
    assert!(matches!(bounds, Err(Error::Unavailable { .. })), "{bounds:?}");
    cut.send_replace(true);
    let mended = async {
        while store.append(&batch).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        store.appended().wait_for(|told| told.0 >= 3).await.map(|told| *told).unwrap()
    };
    tokio::time::timeout(Duration::from_secs(20), mended).await.expect("it goes on");
    assert_eq!(log(&*store).await, log(&*other).await);
}

#[tokio::test]
async fn a_server_that_is_silent_from_the_start_does_not_open() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://me@{}/x", listener.local_addr().unwrap());
    let opened = tokio::time::timeout(Duration::from_secs(15), open(&url)).await.expect("it says so in time");
    assert!(matches!(opened, Err(OpenError::Silent)), "{opened:?}");
}
