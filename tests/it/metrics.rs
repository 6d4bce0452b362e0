//! What `/metrics` says after something happened: the whole gateway over real sockets.

use std::time::Duration;

use serde_json::json;
use vendgraph::sandbox::{Effect, Fault, Vendor};

use crate::{
    events::{push, taken, until},
    follower::Follower,
    harness::{Setup, System},
};

impl System {
    /// What the gateway tells of itself.
    async fn metrics(&self) -> Metrics {
        let url = self.url.replace("/graphql", "/metrics");
        let response = reqwest::get(url).await.expect("it answers without a token");
        assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        Metrics(response.text().await.expect("it is text"))
    }

    /// Asks for an operation of a document.
    async fn operation(&self, query: &str) -> (u16, serde_json::Value) {
        let token = self.token(&vendgraph::auth::Scope::ALL, &["*"]);
        self.post(Some(&token), &json!({ "query": query })).await
    }
}

/// What was told.
struct Metrics(String);

impl Metrics {
    /// The values of all series of that name with all of these labels.
    fn values(&self, name: &str, labels: &[(&str, &str)]) -> Vec<f64> {
        let of_name = self.0.lines().filter(|line| {
            line.strip_prefix(name).is_some_and(|rest| rest.starts_with('{') || rest.starts_with(' '))
        });
        let wanted: Vec<String> =
            labels.iter().map(|(label, value)| format!("{label}=\"{value}\"")).collect();
        let series = of_name.filter(|line| wanted.iter().all(|label| line.contains(label)));
        series
            .map(|line| line.rsplit_once(' ').expect("a value").1.parse::<f64>().expect("a number"))
            .collect()
    }

    /// The sum of them.
    fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.values(name, labels).into_iter().sum()
    }

    #[track_caller]
    fn is_there_at_0(&self, name: &str, labels: &[(&str, &str)]) {
        let values = self.values(name, labels);
        assert!(!values.is_empty(), "{name}{labels:?} is not there:\n{}", self.0);
        assert!(values.iter().all(|value| *value == 0.0), "{name}{labels:?} is {values:?}");
    }

    #[track_caller]
    fn shows(&self, name: &str, labels: &[(&str, &str)], expected: f64) {
        let found = self.sum(name, labels);
        assert!(
            (found - expected).abs() < f64::EPSILON,
            "{name}{labels:?} is {found}, not {expected}:\n{}",
            self.0
        );
    }
}

const REQUESTS: &str = "vendgraph_requests_total";
const WEBHOOKS: &str = "vendgraph_webhooks_total";
const CALLS: &str = "vendgraph_vendor_calls_total";

#[tokio::test]
async fn requests_are_counted_by_operation_and_outcome() {
    let system = System::start(Setup::default()).await;
    let accounts = "query Accounts { viewer { subject } accounts { name } }";
    let fleet = "query Fleet { machines(first: 3) { nodes { number } } }";
    for query in [&[accounts; 2][..], &[fleet; 4], &["{ accounts { name } }"]].concat() {
        assert_eq!(system.operation(query).await.0, 200);
    }
    assert_eq!(system.operation("query Wrong { nothing }").await.0, 400);
    assert_eq!(system.operation("query { ").await.0, 400);
    let partial = system.operation("query Missing { machine(id: \"bm90aGluZw\") { number } }").await;
    assert_eq!(partial.1["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{partial:?}");
    assert_eq!(system.post(None, &json!({ "query": fleet })).await.0, 401);

    let told = system.metrics().await;
    told.shows(REQUESTS, &[("kind", "query"), ("operation", "Accounts"), ("outcome", "ok")], 2.0);
    told.shows(REQUESTS, &[("kind", "query"), ("operation", "Fleet"), ("outcome", "ok")], 4.0);
    told.shows(REQUESTS, &[("operation", "anonymous"), ("outcome", "ok")], 1.0);
    told.shows(REQUESTS, &[("operation", "Wrong"), ("outcome", "BAD_USER_INPUT")], 1.0);
    told.shows(REQUESTS, &[("operation", "Missing"), ("outcome", "partial")], 1.0);
    told.shows(REQUESTS, &[("operation", "unknown"), ("outcome", "BAD_USER_INPUT")], 1.0);
    told.shows(REQUESTS, &[("operation", "unknown"), ("outcome", "UNAUTHENTICATED")], 1.0);
    told.shows("vendgraph_resolver_errors_total", &[("code", "BAD_USER_INPUT")], 1.0);
    let kept = told.sum("vendgraph_kept_answers_total", &[]);
    assert!(kept >= 1.0, "the fleet is asked for again to the letter: {kept}");
    let executed = told.sum("vendgraph_request_duration_seconds_count", &[]);
    let counted = told.sum(REQUESTS, &[("kind", "query")]);
    assert!((executed + kept - counted).abs() < 0.5, "{executed} executed, {kept} kept, {counted} counted");
    system.end().await;
}

#[tokio::test]
async fn a_change_that_is_refused_is_counted_by_the_code_that_its_caller_is_told() {
    let system = System::start(Setup::default()).await;
    let counter = crate::orders::Counter::filled(&system.vendors);
    let placed = system.tell(&counter.create(&[(0, 1)], "k")).await;
    let unpaid = system.tell(&crate::orders::dispense(placed.id(), placed.line(0))).await;
    assert_eq!(unpaid.error(), Some("ORDER_UNPAID"), "{unpaid:?}");
    let told = system.metrics().await;
    told.shows("vendgraph_user_errors_total", &[("code", "ORDER_UNPAID")], 1.0);
    told.shows(REQUESTS, &[("kind", "mutation"), ("outcome", "ok")], 2.0);
    told.shows(CALLS, &[("account", "north"), ("operation", "orders"), ("outcome", "ok")], 1.0);
    system.end().await;
}

#[tokio::test]
async fn a_vendor_that_is_down_shows_in_its_calls_tries_breaker_and_stale_answers() {
    let setup = Setup { account: "timeout = \"1s\"\nretries = 1", ..Setup::default() };
    let system = System::start(setup).await;
    let query =
        "{ machines(first: 6, filter: {vendor: INHAND}) { nodes { status { freshness { stale } } } } }";
    system.ask(query).await;
    let told = system.metrics().await;
    let metro = ("account", "metro");
    told.shows(CALLS, &[metro, ("operation", "router/status"), ("outcome", "ok")], 6.0);
    told.shows("vendgraph_vendor_call_duration_seconds_count", &[metro, ("operation", "router/status")], 6.0);
    told.shows("vendgraph_cache_reads_total", &[metro, ("sort", "reports"), ("result", "miss")], 6.0);
    told.shows("vendgraph_vendor_breaker_state", &[metro], 0.0);
    told.shows("vendgraph_fleet_machines", &[metro], 20.0);
    told.shows("vendgraph_fleet_unread_machines", &[metro], 14.0);

    system.vendors.faults(Vendor::Inhand).add(Fault::new(Effect::Status(503)));
    for _ in 0..6 {
        system.clock.advance(Duration::from_secs(15));
        system.ask(query).await;
    }
    let told = system.metrics().await;
    let failed = told.sum(CALLS, &[metro, ("operation", "router/status"), ("outcome", "unavailable")]);
    assert!(failed >= 1.0, "{}", told.0);
    assert!(told.sum("vendgraph_vendor_retries_total", &[metro]) >= 1.0, "{}", told.0);
    assert!(told.sum("vendgraph_vendor_breaker_state", &[metro]) > 0.0, "{}", told.0);
    assert!(told.sum(CALLS, &[metro, ("outcome", "circuit_open")]) > 0.0, "{}", told.0);
    told.shows("vendgraph_vendor_breaker_state", &[("account", "north")], 0.0);
    told.shows("vendgraph_cache_reads_total", &[metro, ("sort", "reports"), ("result", "stale")], 36.0);
    told.shows("vendgraph_fleet_status_age_seconds", &[metro, ("which", "oldest")], 90.0);

    system.vendors.faults(Vendor::Inhand).clear();
    system.clock.advance(Duration::from_secs(40));
    system.ask(query).await;
    system.metrics().await.shows("vendgraph_vendor_breaker_state", &[metro], 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_platforms_send_is_counted_by_what_came_of_it() {
    let system = System::start(Setup::default()).await;
    push(&system);
    let number = system.vendors.inhand().asset_id(0);
    assert!(system.vendors.inhand().announce(&number) && system.vendors.inhand().refill(&number));
    taken(&system, 2).await;
    let webhooks = system.url.replace("/graphql", "/webhooks");
    let client = reqwest::Client::new();
    let forged = json!({ "clientId": "c", "nonce": "n", "timestamp": "1", "sign": "s" }).to_string();
    for (path, statuses) in [
        ("/inhand/metro/trade", 401..=403),
        ("/inhand/nobody/trade", 404..=404),
        ("/dingshang/north/guessed", 404..=404),
    ] {
        let answer = client.post(format!("{webhooks}{path}")).body(forged.clone()).send().await.unwrap();
        assert!(statuses.contains(&answer.status().as_u16()), "{path}: {answer:?}");
    }
    let told = system.metrics().await;
    let of = |account, kind, outcome| [("account", account), ("kind", kind), ("outcome", outcome)];
    told.shows(WEBHOOKS, &of("metro", "machine", "new"), 1.0);
    told.shows(WEBHOOKS, &of("metro", "refill", "new"), 1.0);
    told.shows(WEBHOOKS, &of("metro", "trade", "refused"), 1.0);
    told.shows(WEBHOOKS, &of("unknown", "trade", "not_found"), 1.0);
    told.shows(WEBHOOKS, &of("unknown", "callback", "not_found"), 1.0);
    assert!(told.sum("vendgraph_commit_events_sum", &[]) >= 2.0, "{}", told.0);
    assert!(told.sum("vendgraph_commit_duration_seconds_count", &[]) >= 1.0, "{}", told.0);
    told.shows("vendgraph_inbox_events", &[], 0.0);
    until(async || system.metrics().await.sum("vendgraph_log_head_place", &[]) >= 2.0, &|| {
        "the head".to_owned()
    })
    .await;
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_followed_is_counted_while_it_is() {
    let mut system = System::start(Setup::default()).await;
    push(&system);
    let query = "subscription Feed { events(filter: { kinds: [REFILL] }) { kind } }";
    let mut follower = Follower::start(&system, query, json!({})).await;
    assert!(follower.is_quiet().await);
    let socket = [("transport", "websocket")];
    let told = system.metrics().await;
    told.shows("vendgraph_connections", &socket, 1.0);
    told.shows("vendgraph_subscriptions", &socket, 1.0);
    assert!(system.vendors.inhand().refill(&system.vendors.inhand().asset_id(0)));
    assert_eq!(follower.next().await["data"]["events"]["kind"], "REFILL");
    let told = system.metrics().await;
    told.shows(REQUESTS, &[("kind", "subscription"), ("operation", "Feed"), ("outcome", "ok")], 1.0);
    assert!(follower.is_quiet().await);
    let lag =
        async || system.metrics().await.sum("vendgraph_subscription_lag_places", &[("which", "farthest")]);
    until(async || lag().await < 0.5, &|| "the end of the lag".to_owned()).await;
    system.stop();
    assert_eq!(follower.closed().await, 1012);
    // The process goes on: its numbers are read in the next gateway of it.
    system.crash().await;
    system.restart().await;
    let told = system.metrics().await;
    told.shows("vendgraph_connections", &socket, 0.0);
    told.shows("vendgraph_subscriptions", &socket, 0.0);
    told.shows("vendgraph_dropped_connections_total", &[("reason", "shutdown")], 1.0);
    system.end().await;
}

#[tokio::test]
async fn the_process_tells_of_itself_and_names_nobody() {
    let system = System::start(Setup::default()).await;
    let number = system.vendors.inhand().asset_id(0);
    let id = crate::harness::machine_id("metro", &number);
    system.ask(&format!("query Machine {{ machine(id: \"{id}\") {{ number status {{ online }} }} }}")).await;
    let told = system.metrics().await;
    assert!(told.sum("process_resident_memory_bytes", &[]) > 1e6, "{}", told.0);
    assert!(told.sum("process_open_fds", &[]) > 3.0, "{}", told.0);
    assert!(told.sum("process_cpu_seconds_total", &[]) > 0.0, "{}", told.0);
    let age = f64::from(u32::try_from(jiff::Timestamp::now().as_second()).unwrap())
        - told.sum("process_start_time_seconds", &[]);
    assert!((0.0..600.0).contains(&age), "started {age} s ago");
    told.shows("vendgraph_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1.0);
    for private in [number.as_str(), "tester", "127.0.0.1"] {
        assert!(!told.0.contains(private), "{private} is told:\n{}", told.0);
    }
    let url = system.url.replace("/graphql", "/metrics");
    let open = reqwest::Client::new().get(url).header("accept", "application/openmetrics-text;version=1.0.0");
    let open = open.send().await.unwrap();
    assert_eq!(open.headers()["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert!(open.text().await.unwrap().ends_with("# EOF\n"));
    system.end().await;
}

/// The counters that `deploy/alerts.yml` wakes somebody for at their first count, each with the labels that it names.
fn waited_for() -> Vec<(String, Vec<(String, String)>)> {
    let rules = include_str!("../../deploy/alerts.yml").lines().map(str::trim);
    let rules =
        rules.filter(|rule| rule.contains("increase(") || (rule.contains("rate(") && rule.ends_with("> 0")));
    let selectors = rules.flat_map(|rule| {
        let functions = rule.match_indices("increase(").chain(rule.match_indices("rate("));
        functions
            .filter_map(|(at, function)| rule[at + function.len()..].split('[').next())
            .collect::<Vec<_>>()
    });
    let read = |selector: &str| {
        let (name, labels) = selector.split_once('{').unwrap_or((selector, ""));
        let labels = labels.trim_end_matches('}').split(',').filter_map(|label| label.trim().split_once('='));
        let labels = labels.map(|(label, value)| (label.to_owned(), value.trim_matches('"').to_owned()));
        (name.to_owned(), labels.collect())
    };
    selectors.map(read).collect()
}

#[tokio::test]
async fn whatever_an_alert_waits_for_is_there_from_the_start_at_0() {
    let system = System::start(Setup::default()).await;
    let told = system.metrics().await;
    let waited_for = waited_for();
    assert!(waited_for.len() > 10, "{waited_for:?}");
    for (name, labels) in &waited_for {
        let labels: Vec<_> = labels.iter().map(|(label, value)| (label.as_str(), value.as_str())).collect();
        told.is_there_at_0(name, &labels);
    }
    for account in ["north", "metro"] {
        told.is_there_at_0(CALLS, &[("account", account), ("outcome", "credentials")]);
        told.is_there_at_0("vendgraph_reconciled_events_total", &[("account", account)]);
    }
    told.is_there_at_0(WEBHOOKS, &[("account", "metro"), ("kind", "refill"), ("outcome", "failed")]);
    system.end().await;
}
