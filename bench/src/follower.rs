//! Subscribers over WebSockets, thousands on one thread: each counts its answers and notes when they came.
//!
//! A WebSocket of our own, since the ready ones cost more than what is measured: frames are told apart by their heads
//! alone (RFC 6455 §5.2; a server's are not masked), and the answers are not parsed.

use std::{
    io::ErrorKind,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::AsyncWriteExt as _,
    net::TcpStream,
    sync::oneshot,
    time::{sleep, timeout},
};

use crate::{figures::Times, message::ORDER_NUMBER, system::Server};

/// The cursor of the log's beginning: `event/0`.
pub const BEGINNING: &str = "ZXZlbnQvMA";
/// How long a socket may take to be opened.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long is waited for all answers.
const LONGEST: Duration = Duration::from_mins(5);
/// Where a message's type and id stand, before its payload.
const BEGINNING_BYTES: usize = 32;
/// More than any event's answer takes.
const CHUNK: usize = 64 * 1024;

/// When the events of a run were acknowledged, by their numbers, in microseconds from its start; 0: not yet.
pub struct Acknowledged {
    start: Instant,
    at: Vec<AtomicU64>,
}

impl Acknowledged {
    pub fn new(events: usize) -> Arc<Self> {
        Arc::new(Self { start: Instant::now(), at: (0..events).map(|_| AtomicU64::new(0)).collect() })
    }

    pub fn note(&self, event: usize) {
        self.at[event].store(self.now(), Ordering::Release);
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX).max(1)
    }

    /// How long ago an event was acknowledged; nothing where it is told before its teller has heard.
    fn since(&self, event: usize) -> Duration {
        let at = self.at[event].load(Ordering::Acquire);
        Duration::from_micros(if at == 0 { 0 } else { self.now().saturating_sub(at) })
    }
}

/// One who does not read for a while.
pub struct Pause {
    /// Before which of its answers.
    pub before: usize,
    pub length: Duration,
}

/// A subscription of one's own.
pub struct Subscription {
    pub query: String,
    pub after: Option<String>,
    pub pause: Option<Pause>,
}

impl Subscription {
    pub fn to(query: &str) -> Self {
        Self { query: query.to_owned(), after: None, pause: None }
    }
}

/// A socket whose subscription is under way.
pub struct Follower {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Follower {
    /// Opens a socket and subscribes; `None`: the gateway went meanwhile.
    pub async fn open((address, token): (&str, &str), subscription: &Subscription) -> Option<Self> {
        let opening = async {
            let mut stream = TcpStream::connect(address).await.ok()?;
            stream.set_nodelay(true).ok()?;
            let upgrade = format!(
                "GET /graphql HTTP/1.1\r\nhost: {address}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
                 sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                 sec-websocket-protocol: graphql-transport-ws\r\n\r\n"
            );
            stream.write_all(upgrade.as_bytes()).await.ok()?;
            let greeting = serde_json::json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {token}") } });
            stream.write_all(&masked(1, greeting.to_string().as_bytes())).await.ok()?;
            let mut follower = Self { stream, unread: Vec::new() };
            follower.until(b"connection_ack").await?;
            let Subscription { query, after, .. } = subscription;
            let payload = serde_json::json!({ "query": query, "variables": { "after": after } });
            let subscribe =
                serde_json::json!({ "id": "1", "type": "subscribe", "payload": payload }).to_string();
            follower.stream.write_all(&masked(1, subscribe.as_bytes())).await.ok()?;
            Some(follower)
        };
        timeout(PATIENCE, opening).await.expect("a socket is opened in time")
    }

    /// Waits until the subscription was read: messages are, in their order.
    async fn subscribed(&mut self) {
        let asked = self.stream.write_all(&masked(1, br#"{"type":"ping"}"#)).await;
        asked.expect("the gateway reads");
        self.until(b"pong").await.expect("the gateway answers");
    }

    /// Reads until a text came; nothing else comes before it.
    async fn until(&mut self, text: &[u8]) -> Option<()> {
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = read(&self.stream, &mut chunk).await?;
            self.unread.extend_from_slice(&chunk[..read]);
            if self.unread.windows(text.len()).any(|part| part == text) {
                self.unread.clear();
                return Some(());
            }
        }
    }

    /// Reads what there is, for at most half a second, and shows each answer; `None`: the gateway went.
    pub async fn read_on(&mut self, mut answered: impl FnMut(&[u8])) -> Option<()> {
        let mut chunk = vec![0; CHUNK];
        let Ok(read) = timeout(Duration::from_millis(500), read(&self.stream, &mut chunk)).await else {
            return Some(());
        };
        self.unread.extend_from_slice(&chunk[..read?]);
        let mut begin = 0;
        while let Some((opcode, payload, end)) = frame(&self.unread, begin) {
            let payload = &self.unread[payload..end];
            match opcode {
                1 if is_answer(payload) => answered(payload),
                // A ping wants its answer.
                9 => {
                    let _ = self.stream.try_write(&masked(10, payload));
                }
                8 => return None,
                _ => {}
            }
            begin = end;
        }
        self.unread.drain(..begin);
        Some(())
    }
}

/// Servers write a message's members in orders of their own.
fn is_answer(text: &[u8]) -> bool {
    let begins_with = |member: &[u8]| {
        text.get(..BEGINNING_BYTES.min(text.len()))
            .is_some_and(|begin| begin.windows(member.len()).any(|part| part == member))
    };
    assert!(!begins_with(br#""type":"error""#), "{}", String::from_utf8_lossy(text));
    begins_with(br#""type":"next""#)
}

/// The number of the event that an answer tells of, out of its order's.
fn event(answer: &[u8]) -> usize {
    const ORDER: &[u8] = ORDER_NUMBER.as_bytes();
    let at =
        answer.windows(ORDER.len()).position(|part| part == ORDER).expect("it was asked for") + ORDER.len();
    answer[at..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0, |number, digit| number * 10 + usize::from(digit - b'0'))
}

/// The cursor in an answer that has one.
pub fn cursor(answer: &[u8]) -> String {
    let text = String::from_utf8_lossy(answer);
    let cursor = text.split("\"cursor\":\"").nth(1).and_then(|rest| rest.split('"').next());
    cursor.expect("it was asked for").to_owned()
}

async fn read(stream: &TcpStream, chunk: &mut [u8]) -> Option<usize> {
    loop {
        stream.readable().await.ok()?;
        match stream.try_read(chunk) {
            Ok(0) => return None,
            Ok(read) => return Some(read),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return None,
        }
    }
}

/// A whole frame from a position on: what it is, where its payload begins, and where it ends.
fn frame(bytes: &[u8], begin: usize) -> Option<(u8, usize, usize)> {
    let head = bytes.get(begin..begin + 2)?;
    let (payload, length) = match head[1] & 127 {
        126 => {
            let length = bytes.get(begin + 2..begin + 4)?;
            (begin + 4, usize::from(u16::from_be_bytes([length[0], length[1]])))
        }
        127 => panic!("a message is longer than any event"),
        length => (begin + 2, usize::from(length)),
    };
    (payload + length <= bytes.len()).then_some((head[0] & 15, payload, payload + length))
}

/// A client's frame; the mask of zeros leaves the payload as it is.
fn masked(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | opcode];
    match u16::try_from(payload.len()).expect("it is short") {
        length @ 0..126 => frame.push(0x80 | u8::try_from(length).expect("it is short")),
        length => {
            frame.push(0x80 | 0x7e);
            frame.extend(length.to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

/// Many subscribers on a thread of their own.
pub struct Crowd {
    thread: std::thread::JoinHandle<Vec<Late>>,
}

/// How late each answer of one subscriber was, in order.
pub type Late = Vec<Duration>;

impl Crowd {
    /// Opens a socket for each subscription; they follow from when this is answered.
    pub fn gather(
        server: &Server,
        subscriptions: Vec<Subscription>,
        events: usize,
        acknowledged: &Arc<Acknowledged>,
    ) -> Self {
        let (address, token) = (server.address.clone(), server.token.clone());
        let acknowledged = Arc::clone(acknowledged);
        let (ready, gathered) = oneshot::channel();
        let gathering = async move {
            let mut followers = Vec::new();
            for subscription in subscriptions {
                let follower = Follower::open((&address, &token), &subscription).await;
                let mut follower = follower.expect("the gateway takes the socket");
                follower.subscribed().await;
                let following = count(follower, subscription.pause, events, Arc::clone(&acknowledged));
                followers.push(tokio::spawn(following));
            }
            ready.send(()).expect("it is waited for");
            let mut seen = Vec::new();
            for follower in followers {
                seen.push(follower.await.expect("it does not panic"));
            }
            seen
        };
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("it starts").block_on(gathering)
        });
        gathered.blocking_recv().expect("the sockets open");
        Self { thread }
    }

    /// What each saw, once all have seen all, or have waited for it for minutes.
    pub fn seen(self) -> Vec<Late> {
        self.thread.join().expect("the subscribers end")
    }
}

/// Reads until so many answers came.
async fn count(
    mut follower: Follower,
    mut pause: Option<Pause>,
    events: usize,
    acknowledged: Arc<Acknowledged>,
) -> Late {
    let mut late = Vec::with_capacity(events);
    let counting = async {
        while late.len() < events {
            if let Some(pause) = pause.take_if(|pause| late.len() >= pause.before) {
                sleep(pause.length).await;
            }
            let answered = |answer: &[u8]| late.push(acknowledged.since(event(answer)));
            if follower.read_on(answered).await.is_none() {
                return;
            }
        }
    };
    let _ = timeout(LONGEST, counting).await;
    late
}

/// How late all answers were.
pub fn all(seen: &[Late]) -> Times {
    Times::of(seen.iter().flatten().copied().collect())
}
