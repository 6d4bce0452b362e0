//! A platform of a few lines on a real socket: checks the signature its own way, remembers what it was asked,
//! and answers what the test says.

use std::{
    collections::BTreeMap,
    num::NonZeroU32,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, Uri},
};
use md5::{Digest as _, Md5};
use secrecy::SecretString;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};
use url::{Url, form_urlencoded};

use crate::{
    domain::SystemClock,
    vendor::{
        inhand::{Credentials, Inhand, InvalidBaseUrl},
        transport::{Limits, Transport},
    },
};

/// The key that signs.
pub const KEY: &str = "9f3c1a7be0";

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub url_length: usize,
    /// The headers about a body, `-` where there is none.
    pub body_headers: [String; 2],
    query: Vec<(String, String)>,
    body: Vec<(String, String)>,
}

/// The platform, and an adapter for an account there.
pub struct Platform {
    pub vendor: Inhand,
    pub url: String,
    asked: Arc<Asked>,
    server: JoinHandle<()>,
}

type Answer = Box<dyn Fn(&Seen) -> String + Send + Sync>;

struct Asked {
    seen: Mutex<Vec<Seen>>,
    answer: Answer,
}

impl Seen {
    fn new(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Self {
        let header = |name| headers.get(name).map_or("-", |text: &HeaderValue| text.to_str().unwrap());
        let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let body: BTreeMap<String, Value> =
            if body.is_empty() { BTreeMap::new() } else { serde_json::from_slice(body).unwrap() };
        let text = |value: &Value| value.as_str().expect("every value is sent as a string").to_owned();
        Self {
            method: method.to_string(),
            path: uri.path().to_owned(),
            url_length: uri.to_string().len(),
            body_headers: ["content-type", "content-length"].map(|name| header(name).to_owned()),
            query,
            body: body.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
        }
    }

    /// The value of a parameter, wherever it stands.
    pub fn parameter(&self, name: &str) -> String {
        let found = self.query.iter().chain(&self.body).find(|(known, _)| known == name);
        found.unwrap_or_else(|| panic!("no {name} in {self:?}")).1.clone()
    }

    /// A parameter that is a number.
    pub fn number(&self, name: &str) -> usize {
        self.parameter(name).parse().unwrap()
    }

    /// The names of the parameters: those in the query as they came, `|`, those in the body by name.
    pub fn placement(&self) -> String {
        let names =
            |of: &[(String, String)]| of.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" ");
        format!("{} | {}", names(&self.query), names(&self.body)).trim().to_owned()
    }

    fn is_signed(&self) -> bool {
        let mut pairs: Vec<String> = self
            .query
            .iter()
            .chain(&self.body)
            .filter(|(name, text)| name != "sign" && !text.is_empty())
            .map(|(name, text)| format!("{name}={text}"))
            .collect();
        pairs.sort();
        let sign = Md5::digest(pairs.join("&") + KEY)
            .iter()
            .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        self.parameter("sign") == sign
    }
}

impl Platform {
    /// A platform that gives these answers.
    pub async fn start(answer: impl Fn(&Seen) -> String + Send + Sync + 'static) -> Self {
        let asked = Arc::new(Asked { seen: Mutex::default(), answer: Box::new(answer) });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().fallback(respond).with_state(Arc::clone(&asked));
        let server = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { vendor: adapter(&url).unwrap(), url, asked, server }
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.asked.seen.lock().unwrap().clone()
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn respond(
    State(asked): State<Arc<Asked>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> String {
    let seen = Seen::new(&method, &uri, &headers, &body);
    asked.seen.lock().unwrap().push(seen.clone());
    if !seen.is_signed() {
        return r#"{"result":"FAIL","errorCode":"sign"}"#.to_owned();
    }
    (asked.answer)(&seen)
}

/// An account's credentials at a platform.
pub fn credentials(url: &str) -> Credentials {
    Credentials {
        base_url: Url::parse(url).unwrap(),
        client_id: "c-100".to_owned(),
        key: SecretString::from(KEY),
    }
}

/// The adapter of that account.
pub fn adapter(url: &str) -> Result<Inhand, InvalidBaseUrl> {
    let limits = Limits {
        timeout: Duration::from_secs(10),
        max_concurrency: 32,
        requests_per_second: None::<NonZeroU32>,
        retries: 0,
    };
    Inhand::new(credentials(url), Arc::new(Transport::new(limits, Arc::new(SystemClock)).unwrap()))
}
