//! Bad input gets a clear error with a code, within a second, and no vendor is asked.

use std::time::{Duration, Instant};

use serde_json::json;
use vendgraph::{auth::Scope, sandbox::Vendor};

use crate::harness::{Setup, System, account_id, codes, machine_id};

/// Refusals take milliseconds; this much is for a busy machine, and far less than what a runaway takes.
const RUNAWAY: Duration = Duration::from_secs(10);

#[tokio::test]
async fn what_cannot_be_is_refused_with_a_code_and_without_a_vendor_call() {
    let system = System::start(Setup::default()).await;
    let machine = machine_id("metro", "1");
    let many = vec![format!("\"{machine}\""); 501].join(",");
    for (query, code) in [
        ("{ node(id: \"garbage\") { id } }".to_owned(), "BAD_USER_INPUT"),
        ("{ machine(id: \"\") { id } }".to_owned(), "BAD_USER_INPUT"),
        (format!("{{ machine(id: \"{}\") {{ id }} }}", account_id("metro")), "BAD_USER_INPUT"),
        (format!("{{ machine(id: \"{}\") {{ id }} }}", machine_id("foreign", "1")), "NOT_FOUND"),
        ("{ machines(first: -1) { totalCount } }".to_owned(), "BAD_USER_INPUT"),
        ("{ machines(first: 0) { totalCount } }".to_owned(), "BAD_USER_INPUT"),
        ("{ machines(first: 1000000) { totalCount } }".to_owned(), "BAD_USER_INPUT"),
        ("{ machines(after: \"zzz\") { totalCount } }".to_owned(), "BAD_USER_INPUT"),
        (format!("{{ trades(after: \"{machine}\") {{ nodes {{ id }} }} }}"), "BAD_USER_INPUT"),
        ("{ trades(filter: {from: \"2026-01-02T00:00:00Z\", to: \"2026-01-01T00:00:00Z\"}) { nodes { id } } }".to_owned(), "BAD_USER_INPUT"),
        ("{ trades(filter: {from: \"yesterday\"}) { nodes { id } } }".to_owned(), "BAD_USER_INPUT"),
        (format!("{{ salesStatistics(machineIds: [\"{machine}\"], from: \"2026-01-02T00:00:00Z\", to: \"2026-01-01T00:00:00Z\") {{ machineNumber }} }}"), "BAD_USER_INPUT"),
        (format!("{{ salesStatistics(machineIds: [\"{machine}\"], from: \"2026-01-01T00:00:00.2Z\", to: \"2026-01-01T00:00:00.7Z\") {{ machineNumber }} }}"), "BAD_USER_INPUT"),
        (format!("mutation {{ {} }}", format!("refreshMachines(input: {{machineIds: [\"{machine}\"]}}) {{ machines {{ id }} }} ").repeat(11)), "QUERY_TOO_COMPLEX"),
        (format!("{{ trades(filter: {{machineIds: [{many}]}}) {{ nodes {{ id }} }} }}"), "BAD_USER_INPUT"),
        (format!("{{ machines(filter: {{search: \"{}\"}}) {{ totalCount }} }}", "x".repeat(5_000)), "BAD_USER_INPUT"),
        ("{ nope }".to_owned(), "BAD_USER_INPUT"),
        ("{ machines { ".to_owned(), "BAD_USER_INPUT"),
        (format!("{{ {} }}", "a: accounts { name } ".repeat(40_000)), "QUERY_TOO_COMPLEX"),
        (format!("{{ machines(first: 1) {{ nodes {}{{ id }}{} }} }}", "{ site { line ".repeat(8), "} }".repeat(8)), "QUERY_TOO_COMPLEX"),
        (format!("{{ machines(first: 1) {{ nodes {}{{ id }}{} }} }}", "{ site { machines ".repeat(3), "} }".repeat(3)), "QUERY_TOO_COMPLEX"),
        ("{ machines(first: 500) { nodes { trades(first: 500) { nodes { machine { trades(first: 500) { nodes { id } } } } } } } }".to_owned(), "QUERY_TOO_COMPLEX"),
    ] {
        let started = Instant::now();
        let (status, answer) = system.post(Some(&system.token(&Scope::ALL, &["*"])), &json!({ "query": query })).await;
        let query: String = query.chars().take(120).collect();
        assert!(started.elapsed() < RUNAWAY, "{query} took {:?}", started.elapsed());
        assert!(status < 500, "{query}: {status}");
        assert!(codes(&answer).contains(&code), "{query}: {answer}");
    }
    for vendor in [Vendor::Dingshang, Vendor::Inhand] {
        assert_eq!(system.vendors.calls(vendor).total(), 0, "{vendor:?} was asked");
    }
    system.end().await;
}

#[tokio::test]
async fn of_a_mutation_whose_values_do_not_fit_nothing_is_executed() {
    let system = System::start(Setup::default()).await;
    let token = system.token(&Scope::ALL, &["*"]);
    let machine = machine_id("metro", &system.vendors.inhand().asset_id(0));
    let refresh =
        format!("refreshMachines(input: {{ machineIds: [\"{machine}\"] }}) {{ machines {{ number }} }}");
    let lines = |quantity: &str| {
        format!(
            "createOrder(input: {{ machineId: \"{machine}\", idempotencyKey: \"k\", lines: [{{ shelfCode: \"1\", quantity: {quantity} }}] }}) {{ order {{ id }} }}"
        )
    };
    let declared = |variable: &str, value: &str| json!({ "query": format!("mutation({variable}) {{ {refresh} {} }}", lines("$q")), "variables": { "q": value.parse::<i64>().unwrap() } });
    for body in [
        json!({ "query": format!("mutation {{ {refresh} {} }}", lines("3000000000")) }),
        declared("$q: Int!", "3000000000"),
    ] {
        let (_, answer) = system.post(Some(&token), &body).await;
        assert_eq!(codes(&answer), ["BAD_USER_INPUT"], "{answer}");
        assert!(
            answer["errors"][0]["message"].as_str().unwrap().contains("3000000000 is no Int"),
            "{answer}"
        );
        assert!(answer["data"].is_null(), "{answer}");
    }
    assert_eq!(system.inhand_calls("/osapi/router/status"), 0);
    system.end().await;
}

#[tokio::test]
async fn fragments_that_double_thirty_times_are_refused_at_once() {
    let system = System::start(Setup::default()).await;
    let fragment = |at: usize| format!("fragment f{at} on Query {{ ...f{next} ...f{next} }}", next = at + 1);
    let fragments: Vec<String> = (0..30).map(fragment).collect();
    let query = format!("{{ ...f0 }} {} fragment f30 on Query {{ __typename }}", fragments.join(" "));
    let started = Instant::now();
    let answer = system.ask(&query).await;
    assert!(started.elapsed() < RUNAWAY, "{:?}", started.elapsed());
    assert_eq!(codes(&answer), ["QUERY_TOO_COMPLEX"], "{answer}");
    system.end().await;
}
