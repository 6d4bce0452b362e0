//! A platform of one answer function, which remembers what it was asked.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, body::to_bytes, extract::Request, http::StatusCode, response::IntoResponse as _};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::{FutureExt as _, TryFutureExt as _};
use jiff::Timestamp;
use md5::{Digest as _, Md5};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

use crate::{
    domain::{ManualClock, Report},
    vendor::{
        Error, Vendor as _,
        dingshang::{Credentials, Dingshang},
        transport::{Limits, Transport},
    },
};

pub const KEY: &str = "M20240318";
pub const NOW: i64 = 1_714_185_061;

/// One request as the platform saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    /// Below `/api/openapi/v1`.
    pub path: String,
    pub app_id: String,
    pub app_secret: String,
    /// Whether it had a body.
    pub has_body: bool,
    /// The members of the payload; that they are all text is checked in reading them.
    pub parameters: BTreeMap<String, String>,
    /// A body without a payload.
    pub plain: Option<Value>,
}

impl Seen {
    /// A parameter of the payload, empty if absent.
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    /// Whether a payload bears the signature that belongs to it, computed from the reference's own words.
    fn is_signed(&self) -> bool {
        let sign = self.parameters.get("sign");
        let mut signed: Vec<_> =
            self.parameters.iter().filter(|(name, value)| *name != "sign" && !value.is_empty()).collect();
        signed.sort_by_key(|(name, _)| name.as_bytes());
        let pairs: Vec<_> = signed.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        let digest = Md5::digest(format!("{}&key={KEY}", pairs.join("&")));
        let hex = digest.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02X}"));
        self.parameters.contains_key("timestamp") && sign == Some(&hex)
    }
}

/// An HTTP status and a body.
pub type Answer = (u16, String);

/// A success with this data.
pub fn ok(data: &Value) -> Answer {
    (200, json!({"code": 0, "message": "ok", "data": data}).to_string())
}

/// A failure.
pub fn refused(code: i64, message: &str) -> Answer {
    (200, json!({"code": code, "message": message, "data": {}}).to_string())
}

/// A platform that is asked by an account.
pub struct Stub {
    pub account: Dingshang,
    /// Where the vendor's calls are, `…/api/openapi/v1`.
    pub base: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl fmt::Debug for Stub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.account.fmt(f)
    }
}

impl Stub {
    /// A platform that gives these answers, but to a payload without its right signature.
    pub async fn start(answer: impl Fn(&Seen) -> Answer + Clone + Send + Sync + 'static) -> Self {
        Self::with_retries(0, answer).await
    }

    /// The same, asked by an account that asks as often again where it may.
    pub async fn with_retries(
        retries: u32,
        answer: impl Fn(&Seen) -> Answer + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let record = Arc::clone(&seen);
        let router = Router::new().fallback(move |request: Request| {
            let (answer, record) = (answer.clone(), Arc::clone(&record));
            async move {
                let request = read(request).await;
                let signed = request.parameters.is_empty() || request.is_signed();
                let (status, body) = if signed { answer(&request) } else { refused(4006, "签名错误") };
                record.lock().unwrap().push(request);
                (StatusCode::from_u16(status).unwrap(), body).into_response()
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        let base = format!("{url}api/openapi/v1");
        Self { account: account(url, retries), base, seen }
    }

    /// A report, with a detail of its own.
    pub async fn report(&self, machine: &str) -> Result<Report, Error> {
        let detail = self.account.machine_detail(machine).map_ok(Arc::new).boxed();
        self.account.report(machine, detail).await
    }

    /// What came in so far, by path and parameters, since calls run side by side.
    pub fn seen(&self) -> Vec<Seen> {
        let mut seen = self.seen.lock().unwrap().clone();
        seen.sort_by(|a, b| (&a.path, &a.parameters).cmp(&(&b.path, &b.parameters)));
        seen
    }

    /// The paths that came in so far.
    pub fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.path).collect()
    }
}

async fn read(request: Request) -> Seen {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 65_536).await.unwrap();
    let header = |name| parts.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    let (mut parameters, mut plain) = (BTreeMap::new(), None);
    if !body.is_empty() {
        assert_eq!(header("content-type"), "application/json");
        let body: Value = serde_json::from_slice(&body).unwrap();
        if let Some(payload) = body.get("payload") {
            assert_eq!(body.as_object().unwrap().len(), 1, "the payload alone");
            let payload = STANDARD.decode(payload.as_str().unwrap()).unwrap();
            parameters = serde_json::from_slice(&payload).unwrap();
        } else {
            plain = Some(body);
        }
    }
    Seen {
        method: parts.method.to_string(),
        path: parts.uri.path().strip_prefix("/api/openapi/v1").unwrap().to_owned(),
        app_id: header("appid"),
        app_secret: header("appsecret"),
        has_body: !body.is_empty(),
        parameters,
        plain,
    }
}

fn account(url: Url, retries: u32) -> Dingshang {
    let clock = Arc::new(ManualClock::new(Timestamp::from_second(NOW).unwrap()));
    let limits =
        Limits { timeout: Duration::from_secs(5), max_concurrency: 8, requests_per_second: None, retries };
    let credentials = Credentials {
        url,
        app_id: "ds1".to_owned(),
        app_secret: SecretString::from("app-secret"),
        merchant_id: SecretString::from(KEY),
    };
    let transport = Arc::new(Transport::new(limits, clock.clone()).unwrap());
    Dingshang::new(credentials, transport, clock).unwrap()
}
