//! Traces and the log of a whole order's life: the real program before both vendors and a collector.

mod collector;
mod program;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::{
    collector::{Collector, Span},
    program::{CLIENT_SPAN, Program, TRACE},
};
use crate::{
    follower::Follower,
    harness::{account_id, machine_id},
    orders::{Counter, Told, dispense, pay, taken},
};

/// A machine of the sandbox whose pickup codes are switched on.
const CODES_AT: &str = "1632712900017";

/// Places an order, pays it and has it dispensed; gives the token of its callbacks.
async fn buy(program: &Program) -> String {
    let counter = Counter::filled(&program.vendors);
    let placed = Told::of(&program.ask(&counter.create(&[(0, 1)], "the key of the order")).await);
    assert_eq!((placed.state(), placed.error()), ("UNPAID", None), "{placed:?}");
    assert_eq!(Told::of(&program.ask(&pay(placed.id())).await).state(), "PAID");
    let begun = Told::of(&program.ask(&dispense(placed.id(), placed.line(0))).await);
    assert_eq!(begun.error(), None, "{begun:?}");
    let address = taken(&program.vendors)[0].notify_url.clone();
    address.rsplit_once('/').expect("the token ends it").1.to_owned()
}

/// Makes a pickup code of the vendor's and redeems it; gives the code.
async fn pick_up(program: &Program) -> String {
    let (account, machine) = (account_id("north"), machine_id("north", CODES_AT));
    let shelves = program.ask(&format!("{{ machine(id: \"{machine}\") {{ shelves {{ id }} }} }}")).await;
    let shelf = &shelves["data"]["machine"]["shelves"][0]["id"];
    let made = program
        .ask(&format!(
            "mutation Codes {{ createPickupCodes(input: {{accountId: \"{account}\", issuer: VENDOR, shelfId: {shelf}, count: 1, \
             codeLength: 8, expiresAt: \"2199-01-01T00:00:00Z\", idempotencyKey: \"the key of the code\"}}) {{ pickupCodes \
             {{ code }} userErrors {{ code }} }} }}"
        ))
        .await;
    let code = made["data"]["createPickupCodes"]["pickupCodes"][0]["code"].as_str();
    let code = code.unwrap_or_else(|| panic!("{made}")).to_owned();
    let redeemed = program
        .ask(&format!(
            "mutation Redeem {{ redeemPickupCode(input: {{shelfId: {shelf}, code: \"{code}\", idempotencyKey: \"r\"}}) {{ order \
             {{ state }} userErrors {{ code }} }} }}"
        ))
        .await;
    assert_eq!(redeemed["data"]["redeemPickupCode"]["order"]["state"], "PICKUP_CODE", "{redeemed}");
    code
}

/// Asks who paid; gives their ids and telephone numbers.
async fn payers(program: &Program) -> Vec<String> {
    let query = "query Paid { trades(first: 100) { nodes { payment { payerOpenId payerPhone } } } }";
    let paid = program.ask(query).await;
    let trades = paid["data"]["trades"]["nodes"].as_array().unwrap_or_else(|| panic!("{paid}"));
    let of_trade = |trade: &Value| ["payerOpenId", "payerPhone"].map(|name| trade["payment"][name].clone());
    let payers = trades.iter().flat_map(of_trade);
    let payers: Vec<_> = payers.filter_map(|payer| payer.as_str().map(str::to_owned)).collect();
    assert!(!payers.is_empty(), "{paid}");
    payers
}

#[tokio::test(flavor = "multi_thread")]
async fn the_life_of_an_order_is_one_trace_and_neither_it_nor_the_log_tells_anything_private() {
    let collector = Collector::start().await;
    let program = Program::start(Some(&collector.url), "trace").await;
    let mut private = program.secrets();
    let follow = "subscription Follow { events { kind } }";
    let mut follower = Follower::connect(&program.url, &program.token, follow, json!({})).await.unwrap();
    private.push(buy(&program).await);
    follower.next().await;
    private.push(pick_up(&program).await);
    private.extend(program.typed_in().await);
    private.extend(payers(&program).await);
    let log = program.end().await;
    let spans = collector.spans();

    let told = spans.iter().map(|span| format!("{span:?}")).collect::<Vec<_>>().join("\n");
    for secret in &private {
        assert!(secret.len() >= 4, "{secret:?} is too short to be looked for");
        for (what, text) in [("the log", &log), ("a span", &told)] {
            let at = text.lines().find(|line| line.contains(secret.as_str()));
            assert!(at.is_none(), "{what} tells {secret}: {}", at.unwrap_or_default());
        }
    }
    assert!(spans.iter().all(|span| span.events == 0), "lines of the log went along");
    assert!(log.contains("\"level\":\"DEBUG\""), "no more is logged than without a filter");
    println!("{}", one_trace(&spans));
    lines_name_their_request(&log);
}

/// Every request is in the caller's trace, down to the vendor and the store; gives it as text.
fn one_trace(spans: &[Span]) -> String {
    let of_order: Vec<_> = spans.iter().filter(|span| span.trace == TRACE).collect();
    let text = collector::tree(&of_order, CLIENT_SPAN);
    for expected in [
        "request method=POST path=/graphql",
        "operation kind=mutation name=anonymous",
        "operation kind=mutation name=Codes",
        "vendor account=north",
        "vendor call account=north operation=orders outcome=ok",
        "vendor call account=north operation=deliveries outcome=ok",
        "attempt attempt=1 outcome=ok",
        "store: begin an intent",
        "store: end an intent",
        "store: read an order",
    ] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    let rooted = of_order.iter().filter(|span| span.name == "request").all(|span| span.parent == CLIENT_SPAN);
    assert!(rooted, "{text}");
    text
}

/// The lines of requests name the request and the trace.
fn lines_name_their_request(log: &str) {
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("each line is JSON"));
    let within: Vec<Value> = lines.filter(|line| line["spans"][0]["name"] == "request").collect();
    assert!(within.len() > 10, "{log}");
    for line in &within {
        let span = &line["spans"][0];
        assert!(span["id"].is_string() && span["trace_id"].is_string(), "{line}");
    }
    assert!(within.iter().any(|line| line["spans"][0]["trace_id"] == TRACE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_gone_neither_slows_nor_stops_anything() {
    // Nothing listens on port 1.
    let mut program = Program::start(Some("http://127.0.0.1:1"), "info").await;
    for number in 0..300 {
        let asked = Instant::now();
        let answer = program
            .ask(&format!("query Fleet {{ machines(first: {}) {{ totalCount }} }}", number % 9 + 1))
            .await;
        assert!(answer["data"]["machines"]["totalCount"].is_number(), "{answer}");
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    }
    program.sees("spans do not reach their collector").await;
    let ending = Instant::now();
    let log = program.end().await;
    assert!(ending.elapsed() < Duration::from_secs(15), "{:?}", ending.elapsed());
    let told = log.lines().filter(|line| line.contains("spans do not reach their collector")).count();
    assert_eq!(told, 1, "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_is_handed_the_trace_only_where_there_are_traces() {
    let collector = Collector::start().await;
    for endpoint in [None, Some(collector.url.as_str())] {
        let program = Program::start_before(&collector.vendor_url, endpoint, "info").await;
        let answer = program.ask("{ machines(first: 1, filter: {vendor: INHAND}) { totalCount } }").await;
        assert!(answer["data"]["machines"].is_object(), "{answer}");
        program.end().await;
        let handed = collector.handed();
        assert!(!handed.is_empty());
        for headers in handed {
            assert!(!headers.contains_key("tracestate"), "{headers:?}");
            let parent = headers.get("traceparent").map(|value| value.to_str().unwrap().to_owned());
            assert_eq!(parent.is_some(), endpoint.is_some(), "{headers:?}");
            if let Some(parent) = parent {
                assert!(
                    parent.starts_with(&format!("00-{TRACE}-")) && !parent.contains(CLIENT_SPAN),
                    "{parent}"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_configuration_says_how_the_log_looks_and_the_environment_stands_over_it() {
    for (filter, debugs) in [(None, true), (Some("info"), false)] {
        let program = Program::configured("log = \"json\"\nfilter = \"debug\"", filter).await;
        program.ask("{ machines(first: 1) { totalCount } }").await;
        let log = program.end().await;
        assert_eq!(log.contains("\"level\":\"DEBUG\""), debugs, "{log}");
        // Without traces a line names the trace of its caller.
        if debugs {
            assert!(log.contains(&format!("\"trace_id\":\"{TRACE}\"")), "{log}");
        }
    }
}
