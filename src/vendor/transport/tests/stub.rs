//! A server that answers as a test tells it, over a real socket, and counts what it sees.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::timeout,
};
use url::Url;

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Answers with this status, these header lines and this body.
    Say(u16, &'static str, Vec<u8>),
    /// Sends a head with these lines, and no body.
    Announce(&'static str),
    /// Waits for [`Stub::let_go`], then answers 200.
    Hold,
    /// Keeps the connection and says nothing, for ever.
    Hang,
    /// Closes the connection without a word.
    Cut,
    /// Closes it in the middle of the body.
    CutInBody,
    /// Sends a body of unknown length without end.
    Endless,
    /// Sends a body of unknown length in chunks of so many bytes.
    InChunks(usize, &'static [u8]),
}

/// Answers 200 with a body.
pub(super) fn ok() -> Act {
    Act::Say(200, "", b"fine".to_vec())
}

/// Answers with this status and body.
pub(super) fn say(status: u16, body: &str) -> Act {
    Act::Say(status, "", body.as_bytes().to_vec())
}

/// What the server saw.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The requests' heads, in the order of their arrival.
    pub(super) heads: Mutex<Vec<String>>,
    /// Connections accepted.
    pub(super) connections: AtomicUsize,
    /// The greatest number of requests under way at once.
    pub(super) at_once: AtomicUsize,
    /// Body bytes that the server got rid of.
    pub(super) poured: AtomicUsize,
    under_way: AtomicUsize,
}

/// A running server; it ends when dropped.
pub(super) struct Stub {
    pub(super) url: Url,
    pub(super) seen: Arc<Seen>,
    holds: Arc<Semaphore>,
    _tasks: JoinSet<()>,
}

impl Stub {
    /// Answers the n-th request (from 0) with `script(n)`.
    pub(super) async fn start(script: impl Fn(usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hidden?secret=1", listener.local_addr().unwrap()).parse().unwrap();
        let seen = Arc::new(Seen::default());
        let holds = Arc::new(Semaphore::new(0));
        let script: Arc<dyn Fn(usize) -> Act + Send + Sync> = Arc::new(script);
        let mut tasks = JoinSet::new();
        let (server_seen, server_holds) = (Arc::clone(&seen), Arc::clone(&holds));
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                server_seen.connections.fetch_add(1, Ordering::SeqCst);
                let (seen, holds, script) =
                    (Arc::clone(&server_seen), Arc::clone(&server_holds), Arc::clone(&script));
                connections.spawn(async move {
                    let _ = serve(stream, &seen, &holds, script.as_ref()).await;
                });
            }
        });
        Self { url, seen, holds, _tasks: tasks }
    }

    /// Answers so many of the requests that are held, or will be.
    pub(super) fn let_go(&self, count: usize) {
        self.holds.add_permits(count);
    }

    /// How many requests came.
    pub(super) fn requests(&self) -> usize {
        self.seen.heads.lock().unwrap().len()
    }

    /// Waits until so many requests came.
    pub(super) async fn requests_reach(&self, count: usize) {
        let reached = async {
            while self.requests() < count {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        timeout(Duration::from_secs(20), reached).await.expect("the requests come");
    }
}

async fn serve(
    mut stream: TcpStream,
    seen: &Seen,
    holds: &Semaphore,
    script: &(dyn Fn(usize) -> Act + Send + Sync),
) -> std::io::Result<()> {
    while let Some(head) = head(&mut stream).await? {
        let number = {
            let mut heads = seen.heads.lock().unwrap();
            heads.push(head);
            heads.len() - 1
        };
        let under_way = seen.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        seen.at_once.fetch_max(under_way, Ordering::SeqCst);
        let act = script(number);
        if matches!(act, Act::Hold) {
            holds.acquire().await.unwrap().forget();
        }
        seen.under_way.fetch_sub(1, Ordering::SeqCst);
        match act {
            Act::Say(status, lines, body) => {
                let length = body.len();
                let head = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n{lines}\r\n");
                stream.write_all(&[head.into_bytes(), body].concat()).await?;
            }
            Act::Hold => stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfine").await?,
            Act::Announce(lines) => {
                stream.write_all(format!("HTTP/1.1 200 OK\r\n{lines}\r\n").as_bytes()).await?;
                std::future::pending::<()>().await;
            }
            Act::Hang => std::future::pending().await,
            Act::Cut => return Ok(()),
            Act::CutInBody => {
                return stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nfin").await;
            }
            Act::InChunks(length, body) => {
                stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
                for chunk in body.chunks(length) {
                    let head = format!("{:x}\r\n", chunk.len());
                    stream.write_all(&[head.as_bytes(), chunk, b"\r\n"].concat()).await?;
                }
                stream.write_all(b"0\r\n\r\n").await?;
            }
            Act::Endless => {
                stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
                let chunk = [b"10000\r\n".as_slice(), &vec![b' '; 0x10000], b"\r\n"].concat();
                loop {
                    // Ends when the client goes away.
                    stream.write_all(&chunk).await?;
                    seen.poured.fetch_add(0x10000, Ordering::SeqCst);
                }
            }
        }
    }
    Ok(())
}

/// The next request's head, its body (here at most a few bytes) left out.
async fn head(stream: &mut TcpStream) -> std::io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return Ok(None),
        }
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    Ok(Some(head))
}
