//! Traces: what a request did, span by span, sent to a collector by OTLP (protobuf over HTTP).
//!
//! Promises: off unless an endpoint is configured, and then the spans that only traces have cost a comparison; a
//! collector that is slow or gone costs spans, and neither time of a request nor lines of the log but one a minute; what a
//! span tells are names of ours, accounts, numbers of tries and outcomes. Events of the log are not sent along: they may
//! quote what a vendor said.
//!
//! W3C trace context comes in with a request and goes out with the calls to vendors; of `tracestate` nothing goes out, as
//! it is the caller's.

mod collector;
mod context;

use std::{fmt, time::Duration};

use opentelemetry::{KeyValue, trace::TracerProvider as _};
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracer, SdkTracerProvider},
};
use secrecy::{ExposeSecret as _, SecretString};
use tracing::{Level, Subscriber, level_filters::LevelFilter};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::{Layer, filter::FilterFn, registry::LookupSpan};
use url::Url;

use self::collector::Patient;

pub use context::{adopt, inject};

/// How long one delivery to the collector may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the last spans are waited for at the end.
const LAST_WAIT: Duration = Duration::from_secs(2);
/// Where a collector takes traces, where the endpoint names no path (OTLP/HTTP, *Default port and path*).
const PATH: &str = "v1/traces";

/// Where spans go, and which.
#[derive(Clone)]
pub struct Settings {
    /// The collector's address.
    pub endpoint: Url,
    /// Headers that it wants.
    pub headers: Vec<(String, SecretString)>,
    /// The part of the traces that begin here which is sent; a trace that came with a request is sent where its caller
    /// sends it.
    pub sample_ratio: f64,
    /// What this program is called there.
    pub service_name: String,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("endpoint", &self.endpoint.as_str()).finish_non_exhaustive()
    }
}

/// What sends spans, until it is ended.
#[derive(Debug)]
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends spans as the settings say.
    pub(super) fn start(settings: &Settings) -> Result<Self, ExporterBuildError> {
        let headers = settings.headers.iter();
        let headers = headers.map(|(name, value)| (name.clone(), value.expose_secret().to_owned())).collect();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(address(&settings.endpoint))
            .with_timeout(PATIENCE)
            .with_headers(headers)
            .build()?;
        let resource = Resource::builder_empty()
            .with_service_name(settings.service_name.clone())
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.sample_ratio)));
        let provider = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_sampler(sampler)
            .with_batch_exporter(Patient::new(exporter))
            .build();
        context::switch_on();
        Ok(Self(provider))
    }

    /// Hands spans of ours on; those of other crates and all events are passed over.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let ours = |target: &str| target.split("::").next() == Some(env!("CARGO_CRATE_NAME"));
        let spans =
            FilterFn::new(move |told| told.is_span() && ours(told.target()) && *told.level() <= Level::DEBUG);
        OpenTelemetryLayer::<S, SdkTracer>::new(self.0.tracer(env!("CARGO_PKG_NAME")))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_filter(spans.with_max_level_hint(LevelFilter::DEBUG))
    }

    /// Sends what is left, for a bounded time.
    pub(super) async fn end(self) {
        let ending = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(LAST_WAIT));
        let ended = tokio::time::timeout(LAST_WAIT + Duration::from_secs(1), ending).await;
        if !matches!(ended, Ok(Ok(Ok(())))) {
            tracing::warn!("the last spans did not reach their collector");
        }
    }
}

/// Where the collector takes traces.
fn address(endpoint: &Url) -> String {
    let text = endpoint.as_str();
    if endpoint.path() == "/" { format!("{text}{PATH}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn traces_go_where_collectors_take_them_unless_a_path_is_given() {
        for (endpoint, expected) in [
            ("http://collector:4318", "http://collector:4318/v1/traces"),
            ("https://example.com/otlp/v1/traces", "https://example.com/otlp/v1/traces"),
        ] {
            assert_eq!(address(&endpoint.parse().unwrap()), expected);
        }
    }
}
