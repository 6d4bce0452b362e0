//! The log's format and filter, and where spans go beside it.

use std::io::{self, IsTerminal};

use opentelemetry_otlp::ExporterBuildError;
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt as _, Targets},
    fmt,
    layer::SubscriberExt,
    registry::LookupSpan,
    util::SubscriberInitExt,
};

use super::traces::{self, Traces};

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// What is written down of the program's work, and where.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How a line of the log is written.
    pub format: Format,
    /// What is logged, as in `info,vendgraph=debug`; `None` is `info`.
    pub filter: Option<String>,
    /// Where spans go; `None`: there are none.
    pub traces: Option<traces::Settings>,
}

/// Why log or traces cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A filter that cannot be read. The configuration's was looked at before.
    #[error(
        "VENDGRAPH_LOG (or RUST_LOG) is no filter ({0}); write a level such as \"info\", or \"info,vendgraph=debug\""
    )]
    Filter(#[source] tracing_subscriber::filter::ParseError),
    /// A collector that spans cannot be sent to.
    #[error("telemetry.otlp_endpoint: spans cannot be sent there ({0})")]
    Collector(#[from] ExporterBuildError),
}

/// The log and the traces, under way.
#[derive(Debug)]
#[must_use]
pub struct Telemetry(Option<Traces>);

impl Telemetry {
    /// Sends the spans that are left, for a bounded time.
    pub async fn end(self) {
        if let Some(traces) = self.0 {
            traces.end().await;
        }
    }
}

/// Starts the log, and traces where they are wanted. A log that was started before, by a test or a host program, stays as
/// it is.
pub fn start(settings: &Settings) -> Result<Telemetry, StartError> {
    let filter = settings.filter.as_deref().unwrap_or("info");
    let filter = EnvFilter::builder().parse(filter).map_err(StartError::Filter)?;
    let traces = settings.traces.as_ref().map(Traces::start).transpose()?;
    let started = match &traces {
        None => log_alone(filter, settings.format).try_init(),
        Some(traces) => {
            let wanted = filter.and(discretion(LevelFilter::TRACE));
            tracing_subscriber::registry()
                .with(traces.layer())
                .with(lines(settings.format).with_filter(wanted))
                .try_init()
        }
    };
    if let Err(error) = started {
        tracing::debug!(%error, "the log was started before");
    }
    Ok(Telemetry(traces))
}

/// The filter stands before everything, so that what nobody wants is asked for once.
fn log_alone(filter: EnvFilter, format: Format) -> impl Subscriber + Send + Sync {
    let most = filter.max_level_hint().unwrap_or(LevelFilter::TRACE);
    tracing_subscriber::registry().with(filter).with(discretion(most)).with(lines(format))
}

fn lines<S>(format: Format) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let lines = fmt::layer().with_writer(io::stderr);
    match format {
        Format::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
        Format::Json => lines.json().flatten_event(true).boxed(),
    }
}

/// What is logged at most, whatever is asked for: crates that are not ours write down what goes over the wire, with tokens
/// and codes in it. Nothing above `most` is asked for: of several filters, the greatest level counts as the program's.
fn discretion(most: LevelFilter) -> Targets {
    Targets::new()
        .with_default(most.min(LevelFilter::DEBUG))
        .with_target(env!("CARGO_CRATE_NAME"), most)
        .with_targets(
            ["h2", "tokio_tungstenite", "tungstenite"].map(|target| (target, most.min(LevelFilter::INFO))),
        )
}

#[cfg(test)]
mod tests {
    use tracing::{Subscriber as _, level_filters::LevelFilter};
    use tracing_subscriber::EnvFilter;

    use super::{Format, Settings, log_alone, start};

    #[test]
    fn the_programs_greatest_level_is_the_logs_since_the_short_way_of_a_kept_answer_goes_by_it() {
        for (filter, greatest) in [
            ("error", LevelFilter::ERROR),
            ("info", LevelFilter::INFO),
            ("info,vendgraph=debug", LevelFilter::DEBUG),
            ("warn,h2=trace", LevelFilter::TRACE),
        ] {
            let log = log_alone(EnvFilter::builder().parse(filter).unwrap(), Format::Text);
            assert_eq!(log.max_level_hint(), Some(greatest), "{filter}");
        }
    }

    #[test]
    fn a_wrong_filter_is_told_with_a_right_one() {
        let settings = Settings { filter: Some("vendgraph=loud".to_owned()), ..Settings::default() };
        let error = start(&settings).unwrap_err().to_string();
        assert!(error.contains("write a level such as \"info\""), "{error}");
        assert!(!error.contains('\n'));
    }
}
