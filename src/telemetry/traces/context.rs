//! W3C trace context: taken from a request, and handed on to vendors.

use std::sync::atomic::{AtomicBool, Ordering};

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::{
    propagation::{Extractor, Injector, TextMapPropagator as _},
    trace::TraceContextExt as _,
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::{Span, field::display};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The header that names trace and span.
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Whether spans are sent anywhere.
static ON: AtomicBool = AtomicBool::new(false);

pub(super) fn switch_on() {
    ON.store(true, Ordering::Relaxed);
}

/// Makes a request's span part of the trace that the request names, and writes the trace's id into its field `trace_id`,
/// for the lines of the log. Without traces, a line names the trace of the caller.
pub fn adopt(span: &Span, headers: &HeaderMap) {
    let on = ON.load(Ordering::Relaxed);
    if !on && !headers.contains_key(TRACEPARENT) {
        return;
    }
    let mut context = TraceContextPropagator::new().extract(&Told(headers));
    if on {
        if context.span().span_context().is_valid() {
            // It fails where the span is not looked at at all.
            let _ = span.set_parent(context);
        }
        context = span.context();
    }
    let trace = context.span().span_context().trace_id();
    if context.span().span_context().is_valid() {
        span.record("trace_id", display(trace));
    }
}

/// Names the current trace and span in a request of ours. Nothing where there are no traces.
pub fn inject(headers: &mut HeaderMap) {
    if ON.load(Ordering::Relaxed) {
        TraceContextPropagator::new().inject_context(&Span::current().context(), &mut Handed(headers));
    }
}

/// The headers of a request to us.
struct Told<'a>(&'a HeaderMap);

impl Extractor for Told<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

/// The headers of a request of ours, of which one is written.
struct Handed<'a>(&'a mut HeaderMap);

impl Injector for Handed<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let Ok(value) = HeaderValue::try_from(value)
            && key == TRACEPARENT.as_str()
        {
            self.0.insert(TRACEPARENT, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Handed, HeaderMap, Injector as _, inject};

    #[test]
    fn nothing_of_a_callers_own_is_handed_on() {
        let mut headers = HeaderMap::new();
        let mut handed = Handed(&mut headers);
        handed.set("tracestate", "vendor=a caller's".to_owned());
        handed.set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned());
        assert_eq!(headers.len(), 1);
        assert!(headers["traceparent"].to_str().unwrap().starts_with("00-0af7"));
    }

    #[test]
    fn without_traces_nothing_is_handed_on() {
        let mut headers = HeaderMap::new();
        inject(&mut headers);
        assert!(headers.is_empty());
    }
}
