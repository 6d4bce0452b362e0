//! What was measured, as text: OpenMetrics, or the older format that every scraper reads.

use super::{commits, log, process, table::TABLE};

/// In which format it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Prometheus' text format 0.0.4.
    Classic,
    /// OpenMetrics 1.0.
    OpenMetrics,
}

impl Format {
    /// The one that is asked for: OpenMetrics where the header names it.
    pub fn accepted(accept: &str) -> Self {
        if accept.contains("application/openmetrics-text") { Self::OpenMetrics } else { Self::Classic }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Classic => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}

/// All that was measured, with what can only be seen when it is looked at.
pub fn text(format: Format) -> String {
    process::look();
    commits::look();
    log::look();
    let written = TABLE.text();
    match format {
        Format::OpenMetrics => written,
        Format::Classic => classic(&written),
    }
}

/// OpenMetrics, as the older format writes it: a counter is described under its whole name, and neither units nor the end
/// are told.
fn classic(open: &str) -> String {
    let mut written = String::with_capacity(open.len());
    let mut help = None;
    for line in open.lines() {
        let is_counter = |line: &str| line.ends_with(" counter");
        if let Some(described) = line.strip_prefix("# HELP ") {
            help = described.split_once(' ');
        } else if let Some(typed) = line.strip_prefix("# TYPE ") {
            let Some((name, sort)) = typed.split_once(' ') else { continue };
            let total = if is_counter(line) { "_total" } else { "" };
            if let Some((_, meaning)) = help.take() {
                written.extend(["# HELP ", name, total, " ", meaning, "\n"]);
            }
            written.extend(["# TYPE ", name, total, " ", sort, "\n"]);
        } else if !line.starts_with('#') {
            written.extend([line, "\n"]);
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::{Format, classic};

    #[test]
    fn a_scraper_gets_the_format_that_it_asks_for() {
        let prometheus = "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.3";
        assert_eq!(Format::accepted(prometheus), Format::OpenMetrics);
        assert_eq!(Format::accepted("*/*"), Format::Classic);
    }

    #[test]
    fn the_older_format_describes_a_counter_under_its_whole_name() {
        let open = "# HELP a_seconds Time.\n# TYPE a_seconds counter\n# UNIT a_seconds seconds\na_seconds_total{x=\"# TYPE\"} 1\n\
                    # HELP b Now.\n# TYPE b gauge\nb 2\n# EOF\n";
        let older = "# HELP a_seconds_total Time.\n# TYPE a_seconds_total counter\na_seconds_total{x=\"# TYPE\"} 1\n\
                     # HELP b Now.\n# TYPE b gauge\nb 2\n";
        assert_eq!(classic(open), older);
    }
}
