//! What stands before the gateways, as a balancer does: each new connection goes to the next of those that are there.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

use super::place::COUNT;

/// Where each gateway is; `None`: it is not running.
pub type Places = Arc<Mutex<[Option<SocketAddr>; COUNT]>>;

/// Listens, and passes connections on; gives where it listens.
pub async fn stand(places: Places) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = listener.local_addr().unwrap();
    let turn = Arc::new(AtomicUsize::new(0));
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let (places, turn) = (Arc::clone(&places), Arc::clone(&turn));
            tokio::spawn(async move {
                for _ in 0..COUNT {
                    let next = turn.fetch_add(1, Ordering::Relaxed) % COUNT;
                    let Some(place) = places.lock().unwrap()[next] else { continue };
                    if let Ok(mut far) = TcpStream::connect(place).await {
                        let _ = copy_bidirectional(&mut near, &mut far).await;
                        return;
                    }
                }
            });
        }
    });
    here
}
