//! The table against the documents, and what is bounded.

use std::{collections::BTreeSet, fs, path::Path};

use super::{
    Calls, Fleet, Follower, Format, Kind, Operation, Reads, Waiting, commit, fleet, log_head,
    requests::MOST_NAMES,
    table::{TABLE, rows},
    text,
};

/// A metric as a table's line tells of it: name, sort, unit, labels.
type Told = (String, String, String, Vec<String>);

/// The rows of `docs/metrics.md`, with what they say of each metric.
fn documented() -> Vec<(Told, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/metrics.md");
    let text = fs::read_to_string(path).unwrap();
    let cell = |cell: &str| cell.trim().trim_matches('`').to_owned();
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').collect();
        let [name, sort, unit, labels, meaning] = cells[..] else { return None };
        let labels = labels.split(',').map(cell).filter(|label| !label.is_empty()).collect();
        Some(((cell(name), cell(sort), cell(unit), labels), meaning.trim().to_owned()))
    };
    let is_metric =
        |told: &(Told, String)| told.0.0.starts_with("vendgraph_") || told.0.0.starts_with("process_");
    text.lines().filter(|line| line.starts_with("| `")).filter_map(row).filter(is_metric).collect()
}

#[test]
fn the_documents_list_every_metric_as_it_is_and_no_other() {
    let ours = rows().iter().map(|row| {
        let labels = row.labels.iter().map(|label| (*label).to_owned()).collect();
        (
            (row.name.to_owned(), row.sort.word().to_owned(), row.unit.to_owned(), labels),
            row.meaning.to_owned(),
        )
    });
    let ours: Vec<_> = ours.collect();
    for (told, documented) in ours.iter().zip(documented().iter()) {
        assert_eq!(told, documented);
    }
    assert_eq!(ours.len(), documented().len());
}

/// Names, sorts and labels as a scraper reads them.
fn scraped(text: &str) -> BTreeSet<(String, String, Vec<String>)> {
    let described = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    described
        .map(|(name, sort)| {
            let sample = text
                .lines()
                .find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ', '_'])));
            let labels = sample.and_then(|line| line.split_once('{')?.1.rsplit_once('}'));
            let labels = labels.map_or("", |(labels, _)| labels).split("\",");
            let labels = labels.filter_map(|label| Some(label.split_once('=')?.0.to_owned()));
            let labels = labels.filter(|label| label != "le").collect();
            (name.to_owned(), sort.to_owned(), labels)
        })
        .collect()
}

/// Measures something of everything.
fn measure_all() {
    let operation = Operation::of(Kind::Query, Some("Fleet"));
    operation.start().end(0, None);
    operation.kept();
    super::refused("UNAUTHENTICATED");
    super::resolver_error("VENDOR_TIMEOUT");
    super::user_error("ORDER_UNPAID");
    let calls = Calls::of("north", &["orders/get"]);
    calls.ended("orders/get", "ok", std::time::Duration::from_millis(3));
    calls.retried("orders/get");
    Reads::of("north", "reports").hit();
    fleet("north", Fleet { machines: 1, ages: Vec::new() });
    commit(3, std::time::Duration::from_millis(3), true);
    super::reconciled("north");
    log_head(7);
    drop(super::Connection::open(super::Transport::Socket));
    drop(super::Subscription::open(super::Transport::Events));
    super::dropped(super::Reason::Silent);
    super::spans(1, true);
    super::webhook(Some("north"), "trade", "new");
}

#[test]
fn a_scraper_is_told_every_metric_of_the_table_and_no_other() {
    measure_all();
    let documented: BTreeSet<_> =
        documented().into_iter().map(|((name, sort, _, labels), _)| (name, sort, labels)).collect();
    assert_eq!(scraped(&text(Format::Classic)), documented);
}

#[test]
fn open_metrics_tell_units_and_end() {
    measure_all();
    let text = text(Format::OpenMetrics);
    assert!(text.contains("# UNIT vendgraph_request_duration_seconds seconds\n"), "{text}");
    assert!(text.contains("# TYPE vendgraph_requests counter\n"), "{text}");
    assert!(text.ends_with("# EOF\n"));
}

#[test]
fn callers_cannot_make_more_than_a_bounded_number_of_names() {
    for number in 0..MOST_NAMES * 2 {
        Operation::of(Kind::Query, Some(&format!("Name{number}"))).start().end(0, None);
    }
    let later = Operation::of(Kind::Mutation, Some("Later"));
    assert_eq!((later.kind(), later.name()), (Kind::Mutation, "other"));
    assert_eq!(Operation::of(Kind::Query, Some(&"n".repeat(65))).name(), "other");
    assert_eq!(Operation::of(Kind::Query, None).name(), "anonymous");
    assert_eq!(Operation::of(Kind::Query, Some("Name0")).name(), "Name0", "the first are told apart");
    let text = text(Format::Classic);
    let names = text.lines().filter(|line| line.starts_with("vendgraph_requests_total{")).count();
    assert!(names <= MOST_NAMES + 10, "{names}");
}

#[test]
fn an_operation_that_is_given_up_counts_as_abandoned_and_one_with_errors_as_partial() {
    let operation = Operation::of(Kind::Query, Some("Given"));
    drop(operation.start());
    operation.start().end(2, None);
    operation.start().end(1, Some("QUERY_TOO_COMPLEX"));
    for outcome in ["abandoned", "partial", "QUERY_TOO_COMPLEX"] {
        assert_eq!(TABLE.requests.of(["query", "Given", outcome]).get(), 1, "{outcome}");
    }
}

#[test]
fn what_waits_is_counted_with_the_age_of_the_oldest() {
    let (first, second) = (Waiting::new(), Waiting::new());
    let depth = || {
        text(Format::Classic);
        TABLE.inbox.get()
    };
    let before = depth();
    assert!(TABLE.inbox_oldest.get() > 0.0);
    drop(first);
    assert_eq!(depth(), before - 1);
    drop(second);
    assert_eq!(depth(), before - 2);
}

#[test]
fn who_was_told_everything_is_not_behind_however_far_the_log_goes() {
    let (quick, slow) = (Follower::default(), Follower::default());
    log_head(1_000);
    slow.at(400);
    quick.at(1_000);
    let lag = |which| {
        text(Format::Classic);
        TABLE.subscription_lag.of([which]).get()
    };
    assert_eq!((lag("farthest"), lag("median")), (600, 0));
    slow.caught_up();
    log_head(2_000);
    quick.caught_up();
    assert_eq!(lag("farthest"), 0);
}

#[test]
fn the_age_of_a_fleet_is_that_of_the_machines_that_were_read() {
    let seconds = std::time::Duration::from_secs;
    fleet("aged", Fleet { machines: 4, ages: vec![seconds(30), seconds(10), seconds(20)] });
    assert_eq!(TABLE.fleet_unread.of(["aged"]).get(), 1);
    let age = |which| TABLE.fleet_age.of(["aged", which]).get();
    assert_eq!((age("oldest"), age("median")), (30.0, 20.0));
}
