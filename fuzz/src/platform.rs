//! A platform that answers whatever it is given, and looks at how it is asked; with the program's adapters before it.

use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    task::LocalSet,
};
use url::form_urlencoded;
use vendgraph::{
    domain::ManualClock,
    vendor::{
        dingshang::{self, Dingshang},
        inhand::{self, Inhand},
        transport::{Limits, Transport},
    },
};

use crate::oracle;

/// The key of both accounts.
pub const KEY: &str = "M20240318";

/// What is given as an answer once the given ones are used up, so that every list ends.
const END: &[u8] = b"[]";

/// The platform, and an account at each vendor that takes it for its own.
pub struct Platform {
    runtime: Runtime,
    local: LocalSet,
    answers: Answers,
    clock: Arc<ManualClock>,
    /// An account at Dingshang.
    pub dingshang: Dingshang,
    /// An account at InHand.
    pub inhand: Inhand,
}

type Answers = Rc<RefCell<VecDeque<Vec<u8>>>>;

impl Platform {
    /// Starts it at a free port.
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let local = LocalSet::new();
        let answers = Answers::default();
        let given = Rc::clone(&answers);
        let url = local.block_on(&runtime, async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let url =
                format!("http://{}", listener.local_addr().expect("an address")).parse().expect("a URL");
            tokio::task::spawn_local(async move {
                while let Ok((socket, _)) = listener.accept().await {
                    tokio::task::spawn_local(serve(socket, Rc::clone(&given)));
                }
            });
            url
        });
        let url: url::Url = url;
        let clock = Arc::new(ManualClock::new(Timestamp::from_second(1_714_185_061).expect("a time")));
        let limits = Limits {
            timeout: Duration::from_secs(5),
            max_concurrency: 64,
            requests_per_second: None,
            retries: 0,
        };
        let _guard = runtime.enter();
        let transport = || Arc::new(Transport::new(limits.clone(), clock.clone()).expect("a transport"));
        let credentials = dingshang::Credentials {
            url: url.clone(),
            app_id: "ds-fuzz".to_owned(),
            app_secret: "secret".into(),
            merchant_id: KEY.into(),
        };
        let dingshang = Dingshang::new(credentials, transport(), clock.clone()).expect("credentials");
        let credentials =
            inhand::Credentials { base_url: url, client_id: "c-100".to_owned(), key: KEY.into() };
        let inhand = Inhand::new(credentials, transport()).expect("credentials");
        drop(_guard);
        Self { runtime, local, answers, clock, dingshang, inhand }
    }

    /// Runs one call, with these answers to its requests.
    pub fn call<T>(&self, answers: &[&[u8]], call: impl Future<Output = T>) -> T {
        *self.answers.borrow_mut() = answers.iter().map(|answer| answer.to_vec()).collect();
        // The breaker forgets what was before.
        self.clock.advance(Duration::from_secs(60));
        self.local.block_on(&self.runtime, call)
    }
}

/// Answers one connection's requests.
async fn serve(mut socket: TcpStream, answers: Answers) {
    // Or each answer waits for the client's acknowledgement of the one before.
    socket.set_nodelay(true).expect("a socket takes options");
    let mut buffer = Vec::new();
    while let Some(request) = read(&mut socket, &mut buffer).await {
        request.check();
        let answer = answers.borrow_mut().pop_front().unwrap_or_else(|| END.to_vec());
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", answer.len());
        if socket.write_all(&[head.as_bytes(), &answer].concat()).await.is_err() {
            return;
        }
    }
}

/// A request as it came.
struct Request {
    target: String,
    body: Vec<u8>,
}

async fn read(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Request> {
    let head = loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break buffer.drain(..end + 4).collect::<Vec<_>>();
        }
        if socket.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(head).expect("a head is text");
    let target = head.split(' ').nth(1).expect("a target").to_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().expect("a length"))
    });
    let length = length.unwrap_or(0);
    while buffer.len() < length {
        if socket.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    Some(Request { target, body: buffer.drain(..length).collect() })
}

impl Request {
    /// Whether it is signed as the vendor's document says.
    fn check(&self) {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let body: Option<Value> =
            (!self.body.is_empty()).then(|| serde_json::from_slice(&self.body).expect("a body is JSON"));
        if path.starts_with("/api/openapi/v1") {
            // Some calls are not signed at all: they have no payload.
            let payload = body.as_ref().and_then(|body| body["payload"].as_str());
            assert!(payload.is_none_or(|payload| oracle::dingshang_payload(payload, KEY)), "{}", self.target);
            return;
        }
        let mut parameters: BTreeMap<String, String> =
            form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        if let Some(Value::Object(members)) = body {
            for (name, value) in members {
                let text = value.as_str().expect("every parameter is text").to_owned();
                assert!(parameters.insert(name, text).is_none(), "a name twice: {}", self.target);
            }
        }
        assert_eq!(parameters.get("sign"), Some(&oracle::inhand(&parameters, KEY)), "{}", self.target);
        assert!(parameters.get("nonce_str").is_some_and(|nonce| nonce.len() >= 16), "{}", self.target);
    }
}
