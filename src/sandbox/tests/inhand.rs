//! InHand's rules, and the habits of its lists.

use std::collections::{HashMap, HashSet};

use serde_json::json;

use super::{Harness, NOW, encoded, number, owned, send};
use crate::sandbox::Vendor;

const PAGE: [(&str, &str); 2] = [("limit", "100"), ("cursor", "0")];

fn assert_fails(reply: &super::Reply, code: &str) {
    assert_eq!(reply.body, json!({"result": "FAIL", "errorCode": code}));
}

#[tokio::test]
async fn a_wrong_or_missing_signature_is_refused_and_counted() {
    let harness = Harness::new().await;
    let url = format!("{}/osapi/router/goods?limit=10&cursor=0", harness.sandbox.inhand_url());
    for body in [
        json!({"clientId": "c-100", "nonce_str": "a"}),
        json!({"clientId": "c-100", "nonce_str": "a", "sign": "0"}),
    ] {
        assert_fails(&send(harness.client.post(&url).body(body.to_string())).await, "sign_error");
    }
    assert_eq!(harness.sandbox.calls(Vendor::Inhand).unsigned(), 2);
}

#[tokio::test]
async fn an_upper_case_signature_over_raw_text_is_accepted() {
    let harness = Harness::new().await;
    let raw = owned(&[
        ("limit", "5"),
        ("cursor", "0"),
        ("clientId", "c-100"),
        ("nonce_str", "n"),
        ("x", "[1,  2.50]"),
    ]);
    let sign = crate::sandbox::inhand::sign::sign(&raw, "9f3c1a7be0").to_uppercase();
    let body = format!(r#"{{"clientId":"c-100","x":[1,  2.50],"nonce_str":"n","sign":"{sign}"}}"#);
    let url = format!("{}/osapi/router/goods?limit=5&cursor=0", harness.sandbox.inhand_url());
    let reply = send(harness.client.post(url).body(body)).await;
    assert_eq!(reply.body.as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_nonce_is_good_for_one_call() {
    let harness = Harness::new().await;
    let once = [("nonce_str", "again")];
    assert!(harness.inhand("/router/goods", &PAGE, &once).await.body.is_array());
    assert_fails(&harness.inhand("/router/goods", &PAGE, &once).await, "nonce_str_repeated");
}

#[tokio::test]
async fn an_unknown_client_is_refused() {
    let harness = Harness::new().await;
    let reply = harness.inhand("/router/goods", &PAGE, &[("clientId", "c-1")]).await;
    assert_fails(&reply, "client_not_exist");
}

#[tokio::test]
async fn each_call_has_its_method() {
    let harness = Harness::new().await;
    assert_eq!(harness.inhand("/trade/statistic", &[], &[]).await.status, 405);
    let reply = harness.inhand_get("/router/sites", &PAGE).await;
    assert_eq!(reply.status, 405);
    assert_fails(&reply, "method_not_allowed");
    assert_eq!(harness.inhand("/nothing", &[], &[]).await.status, 404);
}

#[tokio::test]
async fn a_parameter_stands_where_the_table_says_or_is_missing() {
    let harness = Harness::new().await;
    assert_fails(&harness.inhand("/router/goods", &[], &PAGE).await, "param_missing:limit");
    assert_fails(
        &harness.inhand("/router/goods", &[("limit", "101"), ("cursor", "0")], &[]).await,
        "param_error:limit",
    );
    assert_fails(
        &harness.inhand("/router/goods", &[("limit", "9"), ("cursor", "-1")], &[]).await,
        "param_error:cursor",
    );
    assert_fails(
        &harness.inhand("/router/sales", &[("assetId", "91000000")], &[]).await,
        "param_missing:assetId",
    );
    assert_fails(
        &harness.inhand("/router/status", &[], &[("assetId", "91000000")]).await,
        "param_missing:limit",
    );
    assert_fails(
        &harness.inhand("/trade/list", &PAGE, &[("startTime", "123")]).await,
        "param_error:startTime",
    );
    assert_fails(
        &harness.inhand_get("/trade/statistic", &[("assetIds", "91000000")]).await,
        "param_missing:startTime",
    );
    assert_fails(&harness.inhand("/router/sales", &[], &[("assetId", "1")]).await, "asset_not_exist");
    assert_eq!(harness.sandbox.calls(Vendor::Inhand).refused(), 7);
}

#[tokio::test]
async fn the_sites_are_the_machines_several_at_a_site_and_one_row_comes_twice() {
    let harness = Harness::new().await;
    let rows = harness.inhand_rows("/router/sites", &[]).await;
    let assets: HashSet<&str> = rows.iter().map(|row| row["assetId"].as_str().unwrap()).collect();
    assert_eq!(assets.len(), 200);
    assert_eq!(rows.len(), 201);
    assert_eq!(rows[199], rows[200]);
    let mut sites: HashMap<&str, HashSet<&str>> = HashMap::new();
    for row in &rows {
        sites.entry(row["siteId"].as_str().unwrap()).or_default().insert(row["assetId"].as_str().unwrap());
    }
    assert!(sites.values().any(|machines| machines.len() == 4));
    let listed: Vec<&str> = rows.iter().map(|row| row["assetId"].as_str().unwrap()).collect();
    assert!(!listed.is_sorted());
    assert!(
        rows.iter().any(|row| row["online"].is_string()) && rows.iter().any(|row| row["online"].is_u64())
    );
}

#[tokio::test]
async fn online_is_0_and_offline_is_1() {
    let harness = Harness::new().await;
    for (online, told) in [(true, 0), (false, 1)] {
        assert!(harness.sandbox.inhand().set_online("91000003", online));
        let status = harness.inhand("/router/status", &PAGE, &[("assetId", "91000003")]).await;
        assert_eq!(number(&status.body["routerInfo"]["online"]), told);
        let rows = harness.inhand_rows("/router/sites", &[]).await;
        let row = rows.iter().find(|row| row["assetId"] == "91000003").unwrap();
        assert_eq!(number(&row["online"]), told);
    }
}

#[tokio::test]
async fn lines_and_sites_are_filtered_by_name() {
    let harness = Harness::with_machines(2000).await;
    let lines = harness.inhand_rows("/router/lines", &[]).await;
    let line = lines[0]["name"].as_str().unwrap();
    let names: HashSet<&str> = lines.iter().map(|line| line["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), lines.len());
    let sites = harness.inhand_rows("/router/sites", &[("lineName", line)]).await;
    assert!(!sites.is_empty());
    assert!(sites.iter().all(|site| site["lineName"] == line));
    let area = lines[0]["areaName"].as_str().unwrap();
    let found = harness.inhand_rows("/router/lines", &[("areaName", area)]).await;
    assert!(!found.is_empty() && found.len() < lines.len());
    assert!(harness.inhand_rows("/router/sites", &[("areaName", "Nowhere")]).await.is_empty());
}

#[tokio::test]
async fn goods_are_priced_in_yuan_and_end_with_a_short_page() {
    let harness = Harness::new().await;
    let goods = harness.inhand_rows("/router/goods", &[]).await;
    assert!(goods.len() >= 50);
    let bottle = goods.iter().find(|good| good["name"] == "统一冰绿茶").unwrap();
    assert_eq!(bottle["price"], "3.5");
    let page = harness.inhand("/router/goods", &[("limit", "30"), ("cursor", "30")], &[]).await;
    assert_eq!(page.body.as_array().unwrap().len(), goods.len() - 30);
}

#[tokio::test]
async fn a_default_fleet_has_offline_machines_faults_and_sold_out_shelves() {
    let harness = Harness::new().await;
    let (mut offline, mut faults, mut empty) = (0, 0, 0);
    for index in 0..200 {
        let asset = harness.sandbox.inhand().asset_id(index);
        let status = harness.inhand("/router/status", &PAGE, &[("assetId", &asset)]).await.body;
        offline += number(&status["routerInfo"]["online"]);
        faults += status["vendingInfo"]["faultInfo"].as_array().unwrap().len();
        let shelves = status["vendingInfo"]["shelvesInfo"].as_array().unwrap();
        empty += shelves.iter().filter(|shelf| shelf["status"] == "1").count();
    }
    assert!((5..40).contains(&offline), "{offline}");
    assert!((4..40).contains(&faults), "{faults}");
    assert!((20..1500).contains(&empty), "{empty}");
}

#[tokio::test]
async fn a_fleet_that_lives_for_hours_stays_in_the_condition_that_it_began_in() {
    let harness = Harness::new().await;
    let condition = async || {
        let (mut offline, mut faulty, mut sold_out) = (0, 0, 0);
        for index in 0..200 {
            let asset = harness.sandbox.inhand().asset_id(index);
            let status = harness.inhand("/router/status", &PAGE, &[("assetId", &asset)]).await.body;
            offline += u64::from(number(&status["routerInfo"]["online"]) != 0);
            faulty += u64::from(!status["vendingInfo"]["faultInfo"].as_array().unwrap().is_empty());
            let shelves = status["vendingInfo"]["shelvesInfo"].as_array().unwrap();
            sold_out += u64::from(shelves.iter().any(|shelf| shelf["status"] == "1"));
        }
        [offline, faulty, sold_out]
    };
    let before = condition().await;
    for _ in 0..5_000 {
        harness.sandbox.tick();
    }
    let after = condition().await;
    println!("offline, faulty, sold out: {before:?}, then {after:?}");
    for (before, after) in before.into_iter().zip(after) {
        assert!((before / 3..=before * 2 + 10).contains(&after), "{before}: {after}");
    }
}

#[tokio::test]
async fn a_hundred_thousand_machines_list_and_live_without_being_stored() {
    let harness = Harness::with_machines(100_000).await;
    for _ in 0..50 {
        harness.sandbox.tick();
    }
    let last = harness.inhand("/router/sites", &[("limit", "100"), ("cursor", "100500")], &[]).await.body;
    let rows = last.as_array().unwrap();
    assert_eq!(rows.len(), 2);
    let start = NOW.to_string();
    let lived = harness.inhand("/trade/list", &PAGE, &[("startTime", &start)]).await.body;
    assert!(number(&lived["total"]) > 100);
    assert!(number(&lived["total"]) <= 50 * 8);
}

#[tokio::test]
async fn a_query_is_decoded_before_it_is_verified() {
    let harness = Harness::new().await;
    let query = harness.signed(
        &owned(&[]),
        owned(&[("assetIds", "91000001,91000002"), ("startTime", "1749000000"), ("endTime", "1750000000")]),
    );
    assert!(encoded(&query).contains("%2C"));
    let url = format!("{}/osapi/trade/statistic?{}", harness.sandbox.inhand_url(), encoded(&query));
    assert_eq!(send(harness.client.get(url)).await.body.as_array().unwrap().len(), 2);
    let asked = &harness.sandbox.calls(Vendor::Inhand).record().recent[0].machines.clone();
    assert_eq!(asked, &["91000001", "91000002"]);
}

#[tokio::test]
async fn what_a_test_does_to_a_machine_is_what_the_api_tells() {
    let harness = Harness::new().await;
    let fleet = harness.sandbox.inhand();
    let asset = fleet.asset_id(11);
    assert!(fleet.set_fault(&asset, Some("门未关闭")) && fleet.set_online(&asset, false));
    let facts = fleet.facts(&asset).unwrap();
    let status = harness.inhand("/router/status", &PAGE, &[("assetId", &asset)]).await.body;
    assert_eq!(status["siteName"], facts.site_name);
    assert_eq!(status["lines"]["name"], facts.line_name);
    assert_eq!(status["vendingInfo"]["faultInfo"][0]["name"], "门未关闭");
    let shelves = status["vendingInfo"]["shelvesInfo"].as_array().unwrap();
    assert_eq!(shelves.len(), facts.shelves);
    let empty = shelves.iter().filter(|shelf| shelf["status"] == "1");
    let empty: Vec<&str> = empty.map(|shelf| shelf["locationId"].as_str().unwrap()).collect();
    assert_eq!(empty, facts.sold_out);
    assert!(fleet.set_fault(&asset, None));
    assert!(fleet.facts(&asset).unwrap().faults.is_empty());
    assert!(!fleet.set_fault("1", None));
}
