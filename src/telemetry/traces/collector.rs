//! A collector that may be slow or gone: that is counted, and told once in a while.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{SpanData, SpanExporter},
};

use crate::telemetry::metrics;

/// How often at most it is told that spans are lost.
const PAUSE: Duration = Duration::from_mins(1);

/// An exporter whose failures are told once in a while.
#[derive(Debug)]
pub(super) struct Patient<E> {
    exporter: E,
    told: Mutex<Option<Instant>>,
}

impl<E> Patient<E> {
    pub(super) fn new(exporter: E) -> Self {
        Self { exporter, told: Mutex::default() }
    }

    /// Whether it is time to tell.
    fn tells(&self) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let due = told.is_none_or(|told| told.elapsed() >= PAUSE);
        if due {
            *told = Some(Instant::now());
        }
        due
    }
}

impl<E: SpanExporter> SpanExporter for Patient<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let sent = self.exporter.export(batch).await;
        metrics::spans(spans, sent.is_ok());
        if let Err(error) = &sent
            && self.tells()
        {
            tracing::warn!(spans, %error, "spans do not reach their collector and are lost");
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

#[cfg(test)]
mod tests {
    use super::Patient;

    #[test]
    fn a_collector_that_is_gone_is_told_of_once_in_a_while() {
        let exporter = Patient::new(());
        assert!(exporter.tells());
        assert!((0..100).all(|_| !exporter.tells()));
    }
}
