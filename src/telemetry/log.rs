//! The log's format and filter.

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// A filter that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "VENDGRAPH_LOG (or RUST_LOG) is no filter ({0}); write a level such as \"info\", or \"info,vendgraph=debug\""
)]
pub struct FilterError(#[source] tracing_subscriber::filter::ParseError);

/// Starts the log. `filter` says what is logged, as in `info,vendgraph=debug`; `None` is `info`. A log that
/// was started before, by a test or a host program, stays as it is.
pub fn init(format: Format, filter: Option<&str>) -> Result<(), FilterError> {
    let filter = EnvFilter::builder().parse(filter.unwrap_or("info")).map_err(FilterError)?;
    let lines = fmt::layer().with_writer(io::stderr);
    let registry = tracing_subscriber::registry().with(filter);
    let started = match format {
        Format::Text => registry.with(lines.with_ansi(io::stderr().is_terminal())).try_init(),
        Format::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
    if let Err(error) = started {
        tracing::debug!(%error, "the log was started before");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_filter_is_told_with_a_right_one() {
        let error = init(Format::Text, Some("vendgraph=loud")).unwrap_err().to_string();
        assert!(error.contains("write a level such as \"info\""), "{error}");
        assert!(!error.contains('\n'));
    }
}
