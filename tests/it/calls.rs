//! How often vendors are asked: never once per row, never twice for the same.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{Setup, System, machine_id, texts};

#[tokio::test]
async fn a_page_of_machines_with_shelves_and_status_asks_each_machine_once() {
    let system = System::start(Setup::default()).await;
    let answer = system
        .ask("{ machines(first: 20, filter: {vendor: INHAND}) { nodes { number shelves { code } status { online } soldOut: shelves(soldOut: true) { code } } } }")
        .await;
    assert_eq!(texts(&answer["data"]["machines"]["nodes"], "/number").len(), 20, "{answer}");
    assert_eq!(system.inhand_calls("/osapi/router/status"), 20);
    system.end().await;
}

#[tokio::test]
async fn the_statistics_of_fifty_machines_are_one_call_an_account() {
    let system = System::start(Setup { machines: 60, ..Setup::default() }).await;
    let ids: Vec<String> = (0..50)
        .map(|at| format!("\"{}\"", machine_id("metro", &system.vendors.inhand().asset_id(at))))
        .collect();
    let query = format!(
        "{{ salesStatistics(machineIds: [{}], from: \"2026-01-01T00:00:00Z\", to: \"2030-01-01T00:00:00Z\") {{ machineNumber total {{ count }} }} }}",
        ids.join(",")
    );
    let answer = system.ask(&query).await;
    assert_eq!(texts(&answer["data"]["salesStatistics"], "/machineNumber").len(), 50, "{answer}");
    assert_eq!(system.inhand_calls("/osapi/trade/statistic"), 1);
    system.end().await;
}

#[tokio::test]
async fn identical_reads_at_the_same_time_make_one_call() {
    let system = System::start(Setup::default()).await;
    let query = "{ machines(first: 1, filter: {vendor: INHAND}) { nodes { shelves { code } trades(first: 5) { nodes { id } } } } }";
    let answers = join_all((0..30).map(|_| system.ask(query))).await;
    for answer in &answers {
        assert!(answer["errors"].is_null(), "{answer}");
    }
    assert_eq!(system.inhand_calls("/osapi/router/sites"), 1);
    assert_eq!(system.inhand_calls("/osapi/router/status"), 1);
    system.end().await;
}

#[tokio::test]
async fn a_cold_question_about_one_machine_asks_for_its_detail_once() {
    let system = System::start(Setup::default()).await;
    let number = system.vendors.dingshang().machines()[0].number.clone();
    let id = machine_id("north", &number);
    let query =
        format!("{{ machine(id: \"{id}\") {{ currency cabinets shelves {{ code }} status {{ online }} }} }}");
    let answer = system.ask(&query).await;
    assert!(answer["errors"].is_null(), "{answer}");
    assert_eq!(answer["data"]["machine"]["currency"], "CNY", "{answer}");
    assert_eq!(system.dingshang_calls("/rent/machines/{machine_no}"), 1);
    assert_eq!(system.dingshang_calls("/floors"), 1);
    system.end().await;
}

#[tokio::test]
async fn a_status_past_its_time_reads_the_detail_anew_though_details_live_longer() {
    let system = System::start(Setup::default()).await;
    let number = system.vendors.dingshang().machines()[0].number.clone();
    let id = machine_id("north", &number);
    let ask = async || {
        let query = format!("{{ machine(id: \"{id}\") {{ currency status {{ online }} }} }}");
        system.ask(&query).await["data"]["machine"]["status"]["online"].as_bool().unwrap()
    };
    let before = ask().await;
    assert!(system.vendors.dingshang().set_online(&number, !before));
    system.clock.advance(Duration::from_secs(9));
    assert_eq!(ask().await, before);
    system.clock.advance(Duration::from_secs(2));
    assert_eq!(ask().await, !before);
    assert_eq!(system.dingshang_calls("/rent/machines/{machine_no}"), 2);
    // What the report read is what the currency is told from: nobody asks for it again within its time.
    system.ask(&format!("{{ machine(id: \"{id}\") {{ currency }} }}")).await;
    assert_eq!(system.dingshang_calls("/rent/machines/{machine_no}"), 2);
    system.end().await;
}

#[tokio::test]
async fn a_filter_over_the_fleet_asks_no_machine() {
    let system = System::start(Setup { machines: 150, ..Setup::default() }).await;
    for filter in ["online: true", "hasFaults: true", "soldOut: false", "search: \"9100\"", "areaName: \"x\""]
    {
        let query =
            format!("{{ machines(filter: {{{filter}}}) {{ totalCount nodes {{ number online }} }} }}");
        let answer = system.ask(&query).await;
        assert!(answer["errors"].is_null(), "{answer}");
    }
    assert_eq!(system.inhand_calls("/osapi/router/status"), 0);
    assert_eq!(system.dingshang_calls("/floors") + system.dingshang_calls("/products"), 0);
    system.end().await;
}

#[tokio::test]
async fn a_status_past_its_time_is_asked_again_and_a_refresh_goes_around_the_cache() {
    let system = System::start(Setup::default()).await;
    let number = system.vendors.inhand().asset_id(0);
    let id = machine_id("metro", &number);
    let query = format!("{{ machine(id: \"{id}\") {{ status {{ freshness {{ source asOf }} }} }} }}");
    let source = "/data/machine/status/freshness/source";
    assert_eq!(system.ask(&query).await.pointer(source).unwrap(), "LIVE");
    assert_eq!(system.ask(&query).await.pointer(source).unwrap(), "CACHE");
    system.clock.advance(Duration::from_secs(11));
    assert_eq!(system.ask(&query).await.pointer(source).unwrap(), "LIVE");
    assert_eq!(system.inhand_calls("/osapi/router/status"), 2);
    let refresh = format!(
        "mutation {{ refreshMachines(input: {{machineIds: [\"{id}\"]}}) {{ machines {{ number }} userErrors {{ code }} }} }}"
    );
    let answer = system.ask(&refresh).await;
    assert_eq!(answer["data"]["refreshMachines"]["machines"][0]["number"], number.as_str(), "{answer}");
    assert_eq!(system.inhand_calls("/osapi/router/status"), 3);
    system.end().await;
}

#[tokio::test]
async fn of_machines_to_refresh_each_that_is_named_wrongly_is_told_by_its_position() {
    let system = System::start(Setup::default()).await;
    let number = system.vendors.inhand().asset_id(0);
    let id = machine_id("metro", &number);
    let refresh = async |ids: &str| {
        let told = "machines { number } userErrors { code field }";
        let answer = system
            .ask(&format!("mutation {{ refreshMachines(input: {{machineIds: [{ids}]}}) {{ {told} }} }}"))
            .await;
        answer["data"]["refreshMachines"].clone()
    };
    let unknown = machine_id("metro", "1");
    let bad = |position: &str, code: &str| json!({ "code": code, "field": ["machineIds", position] });
    assert_eq!(
        refresh(&format!("\"x\", \"{id}\", \"{unknown}\"")).await,
        json!({
            "machines": [{ "number": number }],
            "userErrors": [bad("0", "BAD_USER_INPUT"), bad("2", "NOT_FOUND")],
        })
    );
    assert_eq!(
        refresh(&vec![format!("\"{id}\""); 101].join(",")).await,
        json!({ "machines": [], "userErrors": [{ "code": "BAD_USER_INPUT", "field": ["machineIds"] }] })
    );
    system.end().await;
}

#[tokio::test]
async fn the_freshest_news_of_online_is_told_everywhere() {
    let system = System::start(Setup::default()).await;
    let number = system.vendors.inhand().asset_id(3);
    let id = machine_id("metro", &number);
    let query = format!("{{ machine(id: \"{id}\") {{ online }} }}");
    let before = system.ask(&query).await["data"]["machine"]["online"].as_bool().unwrap();
    assert!(system.vendors.inhand().set_online(&number, !before));
    system.clock.advance(Duration::from_secs(1));
    let answer = system.ask(&format!("{{ machine(id: \"{id}\") {{ online status {{ online }} }} }}")).await;
    assert_eq!(answer["data"]["machine"]["online"], !before, "{answer}");
    assert_eq!(answer["data"]["machine"]["status"]["online"], !before, "{answer}");
    system.end().await;
}
