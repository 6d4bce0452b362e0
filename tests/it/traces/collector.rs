//! A collector of traces that keeps what it is sent, and a vendor that keeps the headers of what it is asked.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    mem,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value},
    trace,
};
use prost::Message as _;
use tokio::net::TcpListener;

/// The header that the gateway is to send to the collector.
pub const HEADER: (&str, &str) = ("x-scope-orgid", "what the collector is told");

/// A span, as it arrived.
#[derive(Clone, Debug)]
pub struct Span {
    pub trace: String,
    pub id: String,
    /// The span it is of; empty for none.
    pub parent: String,
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub events: usize,
    start: u64,
    end: u64,
}

#[derive(Clone, Default)]
struct Seen {
    spans: Arc<Mutex<Vec<Span>>>,
    handed: Arc<Mutex<Vec<HeaderMap>>>,
}

/// The collector, and the vendor.
pub struct Collector {
    pub url: String,
    pub vendor_url: String,
    seen: Seen,
}

impl Collector {
    pub async fn start() -> Self {
        let seen = Seen::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router =
            Router::new().route("/v1/traces", post(collect)).fallback(asked).with_state(seen.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { vendor_url: format!("{url}/vendor"), url, seen }
    }

    /// The spans that arrived, in the order in which they began.
    pub fn spans(&self) -> Vec<Span> {
        let mut spans = self.seen.spans.lock().unwrap().clone();
        spans.sort_by_key(|span| span.start);
        spans
    }

    /// The headers of what the vendor was asked since this was last called.
    pub fn handed(&self) -> Vec<HeaderMap> {
        mem::take(&mut *self.seen.handed.lock().unwrap())
    }
}

async fn collect(State(seen): State<Seen>, headers: HeaderMap, body: Bytes) -> StatusCode {
    assert_eq!(headers["content-type"], "application/x-protobuf");
    assert_eq!(headers[HEADER.0], HEADER.1);
    let sent = ExportTraceServiceRequest::decode(body).unwrap();
    for resource in sent.resource_spans {
        let of_resource = attributes(resource.resource.unwrap().attributes);
        assert_eq!(of_resource["service.name"], "vendgraph");
        let spans = resource.scope_spans.into_iter().flat_map(|scope| scope.spans);
        seen.spans.lock().unwrap().extend(spans.map(span));
    }
    StatusCode::OK
}

async fn asked(State(seen): State<Seen>, headers: HeaderMap) -> StatusCode {
    seen.handed.lock().unwrap().push(headers);
    StatusCode::BAD_GATEWAY
}

fn span(sent: trace::v1::Span) -> Span {
    Span {
        trace: hex::encode(sent.trace_id),
        id: hex::encode(sent.span_id),
        parent: hex::encode(sent.parent_span_id),
        name: sent.name,
        attributes: attributes(sent.attributes),
        events: sent.events.len(),
        start: sent.start_time_unix_nano,
        end: sent.end_time_unix_nano,
    }
}

fn attributes(sent: Vec<KeyValue>) -> BTreeMap<String, String> {
    let text = |value: Option<any_value::Value>| match value {
        Some(any_value::Value::StringValue(text)) => text,
        Some(any_value::Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    };
    sent.into_iter().map(|pair| (pair.key, text(pair.value.and_then(|value| value.value)))).collect()
}

/// Spans as text: each below the one it is of, with what it tells and how long it took.
pub fn tree(spans: &[&Span], root: &str) -> String {
    fn below(spans: &[&Span], parent: &str, depth: usize, text: &mut String) {
        for span in spans.iter().filter(|span| span.parent == parent) {
            let told = |name: &str| Some(format!(" {name}={}", span.attributes.get(name)?));
            let order =
                ["method", "path", "kind", "account", "name", "operation", "attempt", "outcome", "errors"];
            let told: String = order.iter().filter_map(|name| told(name)).collect();
            let micros = (span.end - span.start) / 1_000;
            writeln!(text, "{}{}{told} ({micros} µs)", "  ".repeat(depth), span.name).unwrap();
            below(spans, &span.id, depth + 1, text);
        }
    }
    let mut text = String::new();
    below(spans, root, 0, &mut text);
    text
}
