//! The table: every metric's name, unit, labels and meaning. `docs/metrics.md` is compared with it.

use std::sync::{LazyLock, atomic::AtomicU64};

use prometheus_client::metrics::{counter::Counter, gauge::Gauge, histogram::Histogram};

use super::sheet::{Labelled, Measure, Row, Sheet, Sort, batch, seconds};

/// Everything that is measured in this process.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

/// The metrics, as whoever measures has them.
#[derive(Debug)]
pub(super) struct Table {
    pub requests: Labelled<Counter, 3>,
    pub request_duration: Labelled<Histogram, 2>,
    pub kept_answers: Counter,
    pub resolver_errors: Labelled<Counter, 1>,
    pub user_errors: Labelled<Counter, 1>,
    pub vendor_calls: Labelled<Counter, 3>,
    pub vendor_call_duration: Labelled<Histogram, 2>,
    pub vendor_retries: Labelled<Counter, 2>,
    pub vendor_breaker: Labelled<Gauge, 1>,
    pub cache_reads: Labelled<Counter, 3>,
    pub fleet_machines: Labelled<Gauge, 1>,
    pub fleet_unread: Labelled<Gauge, 1>,
    pub fleet_age: Labelled<Measure, 2>,
    pub inbox: Gauge,
    pub inbox_oldest: Measure,
    pub commit_size: Histogram,
    pub commit_duration: Histogram,
    pub commit_failures: Counter,
    pub reconciled: Labelled<Counter, 1>,
    pub log_head: Gauge,
    pub connections: Labelled<Gauge, 1>,
    pub subscriptions: Labelled<Gauge, 1>,
    pub subscription_lag: Labelled<Gauge, 1>,
    pub dropped_connections: Labelled<Counter, 1>,
    pub webhooks: Labelled<Counter, 3>,
    pub spans: Labelled<Counter, 1>,
    pub cpu: Counter<f64, AtomicU64>,
    pub resident: Gauge,
    pub open_files: Gauge,
    pub most_files: Gauge,
    pub threads: Gauge,
    pub started: Measure,
    pub build: Labelled<Gauge, 1>,
    sheet: Sheet,
}

impl Table {
    #[rustfmt::skip]
    fn new() -> Self {
        let mut sheet = Sheet::default();
        let made = &mut sheet;
        Self {
            requests: made.counters(("vendgraph_requests_total", "requests"), ["kind", "operation", "outcome"],
                "Operations that were asked for"),
            request_duration: made.histograms(("vendgraph_request_duration_seconds", "seconds"), ["kind", "operation"],
                "How long queries and mutations took to execute, without those answered by a kept answer", seconds),
            kept_answers: made.alone((("vendgraph_kept_answers_total", "requests"), Sort::Counter),
                "Requests that were answered by a kept answer; they are in vendgraph_requests_total, too", Counter::default()),
            resolver_errors: made.counters(("vendgraph_resolver_errors_total", "errors"), ["code"],
                "Fields that had no value, by the error's code"),
            user_errors: made.counters(("vendgraph_user_errors_total", "errors"), ["code"],
                "What mutations told in userErrors, by its code"),
            vendor_calls: made.counters(("vendgraph_vendor_calls_total", "calls"), ["account", "operation", "outcome"],
                "Calls to vendors, all tries of one together"),
            vendor_call_duration: made.histograms(("vendgraph_vendor_call_duration_seconds", "seconds"), ["account", "operation"],
                "How long calls to vendors took, with their waits and all their tries", seconds),
            vendor_retries: made.counters(("vendgraph_vendor_retries_total", "tries"), ["account", "operation"],
                "Reads that were sent to a vendor again"),
            vendor_breaker: made.gauges(("vendgraph_vendor_breaker_state", "state"), ["account"],
                "Whether a vendor is asked: 0 yes (closed), 1 one call to see (half open), 2 no (open); as the latest call left it"),
            cache_reads: made.counters(("vendgraph_cache_reads_total", "reads"), ["account", "sort", "result"],
                "Reads of what vendors said: hit (fresh), stale (old, since the vendor gives no answer or while it is asked), miss (asked)"),
            fleet_machines: made.gauges(("vendgraph_fleet_machines", "machines"), ["account"],
                "Machines in the view of the fleet"),
            fleet_unread: made.gauges(("vendgraph_fleet_unread_machines", "machines"), ["account"],
                "Machines of which this process has read no status yet"),
            fleet_age: made.measures(("vendgraph_fleet_status_age_seconds", "seconds"), ["account", "which"],
                "How long ago the status of a machine was read: the oldest, and the median"),
            inbox: made.alone((("vendgraph_inbox_events", "events"), Sort::Gauge),
                "Events that wait to be on the disk", Gauge::default()),
            inbox_oldest: made.alone((("vendgraph_inbox_oldest_age_seconds", "seconds"), Sort::Gauge),
                "How long the oldest of them has waited", Measure::default()),
            commit_size: made.alone((("vendgraph_commit_events", "events"), Sort::Histogram),
                "Events that were committed together", batch()),
            commit_duration: made.alone((("vendgraph_commit_duration_seconds", "seconds"), Sort::Histogram),
                "How long such a commit took", seconds()),
            commit_failures: made.alone((("vendgraph_commit_failures_total", "commits"), Sort::Counter),
                "Commits of events that the store did not take", Counter::default()),
            reconciled: made.counters(("vendgraph_reconciled_events_total", "events"), ["account"],
                "Events that a vendor had not told and that were found by asking"),
            log_head: made.alone((("vendgraph_log_head_place", "place"), Sort::Gauge),
                "The place of the newest event that this process has read", Gauge::default()),
            connections: made.gauges(("vendgraph_connections", "connections"), ["transport"],
                "Sockets and streams that are open"),
            subscriptions: made.gauges(("vendgraph_subscriptions", "subscriptions"), ["transport"],
                "Subscriptions that are followed"),
            subscription_lag: made.gauges(("vendgraph_subscription_lag_places", "places"), ["which"],
                "How far subscriptions are behind the log: the farthest, and the median; 0 for who has been told everything"),
            dropped_connections: made.counters(("vendgraph_dropped_connections_total", "connections"), ["reason"],
                "Sockets and streams that the gateway refused or ended"),
            webhooks: made.counters(("vendgraph_webhooks_total", "messages"), ["account", "kind", "outcome"],
                "What platforms sent by themselves"),
            spans: made.counters(("vendgraph_trace_spans_total", "spans"), ["outcome"],
                "Spans that were offered to the collector of traces"),
            cpu: made.alone((("process_cpu_seconds_total", "seconds"), Sort::Counter), "Processor time that the process has used", Counter::default()),
            resident: made.alone((("process_resident_memory_bytes", "bytes"), Sort::Gauge), "Memory that the process has in use", Gauge::default()),
            open_files: made.alone((("process_open_fds", "files"), Sort::Gauge),
                "Files and sockets that are open", Gauge::default()),
            most_files: made.alone((("process_max_fds", "files"), Sort::Gauge),
                "Files and sockets that may be open", Gauge::default()),
            threads: made.alone((("process_threads", "threads"), Sort::Gauge), "Threads of the process", Gauge::default()),
            started: made.alone((("process_start_time_seconds", "seconds"), Sort::Gauge),
                "When the process started, since 1970", Measure::default()),
            build: made.gauges(("vendgraph_build_info", "1"), ["version"], "1, by the program's version"),
            sheet,
        }
    }

    pub(super) fn rows(&self) -> &[Row] {
        self.sheet.rows()
    }

    pub(super) fn text(&self) -> String {
        self.sheet.text()
    }
}

/// Every metric, in the table's order.
pub fn rows() -> &'static [Row] {
    TABLE.rows()
}
