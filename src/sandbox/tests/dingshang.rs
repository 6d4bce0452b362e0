//! Dingshang's rules and habits.

use std::collections::HashSet;

use serde_json::json;

use super::{Harness, NOW, code, object, send};
use crate::sandbox::Vendor;

#[tokio::test]
async fn a_ping_is_answered_pong() {
    let harness = Harness::new().await;
    let reply = send(harness.dingshang_request("/ping")).await;
    assert_eq!(reply.body, json!({"code": 0, "message": "ok", "data": "pong"}));
    assert_eq!(harness.sandbox.calls(Vendor::Dingshang).count("/ping"), 1);
}

#[tokio::test]
async fn a_request_without_appid_is_refused_with_401_and_10008() {
    let harness = Harness::new().await;
    let url = format!("{}/api/openapi/v1/ping", harness.sandbox.dingshang_url());
    let reply = send(harness.client.post(url).header("AppSecret", "x")).await;
    assert_eq!(reply.status, 401);
    assert_eq!(reply.body, json!({"code": 10008, "message": "appid or appsecret is empty", "data": {}}));
}

#[tokio::test]
async fn a_wrong_secret_is_refused_with_10009() {
    let harness = Harness::new().await;
    let url = format!("{}/api/openapi/v1/ping", harness.sandbox.dingshang_url());
    let reply = send(harness.client.post(url).header("Appid", "ds-sandbox").header("AppSecret", "x")).await;
    assert_eq!(code(&reply), 10009);
    assert_eq!(harness.sandbox.calls(Vendor::Dingshang).refused(), 1);
}

#[tokio::test]
async fn a_wrong_method_is_refused_with_405_and_an_unknown_path_with_404() {
    let harness = Harness::new().await;
    let account = &harness.sandbox.options().dingshang;
    let url = format!("{}/api/openapi/v1/products", harness.sandbox.dingshang_url());
    let request =
        harness.client.get(url).header("Appid", &account.app_id).header("AppSecret", &account.app_secret);
    assert_eq!(send(request).await.status, 405);
    assert_eq!(send(harness.dingshang_request("/nothing")).await.status, 404);
}

#[tokio::test]
async fn a_wrong_or_missing_signature_is_refused_with_4006_and_counted() {
    let harness = Harness::new().await;
    let mut payload = json!({"machine_no": "01632712", "timestamp": NOW.to_string()});
    assert_eq!(code(&harness.dingshang_payload("/floors", &payload).await), 4006);
    payload["sign"] = json!("22F142CC0B9A9F17D244ACFBD0369298");
    assert_eq!(code(&harness.dingshang_payload("/floors", &payload).await), 4006);
    assert_eq!(harness.sandbox.calls(Vendor::Dingshang).unsigned(), 2);
}

#[tokio::test]
async fn a_payload_with_a_value_that_is_no_string_is_refused() {
    let harness = Harness::new().await;
    let payload = json!({"machine_no": "01632712", "timestamp": NOW});
    assert_eq!(code(&harness.dingshang_payload("/floors", &payload).await), 10001);
    let reply = send(harness.dingshang_request("/floors").body(r#"{"payload":"%%%"}"#)).await;
    assert_eq!(code(&reply), 10001);
}

#[tokio::test]
async fn a_signed_payload_without_a_timestamp_is_refused() {
    let harness = Harness::new().await;
    let mut all = super::owned(&[("machine_no", "01632712")]);
    all.insert("sign".to_owned(), crate::sandbox::dingshang::sign::sign(&all, "M20240318"));
    assert_eq!(code(&harness.dingshang_payload("/floors", &json!(all)).await), 10001);
}

#[tokio::test]
async fn a_missing_parameter_is_refused_and_an_unknown_machine_is_30003() {
    let harness = Harness::new().await;
    assert_eq!(code(&harness.dingshang("/floors", &[]).await), 10001);
    assert_eq!(code(&harness.dingshang("/products", &[("machine_no", "01632712")]).await), 10001);
    assert_eq!(
        code(&harness.dingshang("/products", &[("machine_no", "01632712"), ("page", "0")]).await),
        10001
    );
    assert_eq!(code(&harness.dingshang("/floors", &[("machine_no", "1632712")]).await), 30003);
    assert_eq!(code(&send(harness.dingshang_request("/rent/machines/1632712")).await), 30003);
}

#[tokio::test]
async fn a_cabinet_and_an_address_exclude_each_other_and_a_missing_cabinet_is_6038() {
    let harness = Harness::new().await;
    let ask = |extra: Vec<(&'static str, &'static str)>| {
        let mut all = vec![("machine_no", "1632712900017"), ("page", "1")];
        all.extend(extra);
        let harness = &harness;
        async move { harness.dingshang("/products", &all).await }
    };
    assert_eq!(code(&ask(vec![("cabinet_name", "A"), ("addr", "1")]).await), 10001);
    assert_eq!(code(&ask(vec![("cabinet_name", "Z")]).await), 6038);
    assert_eq!(code(&ask(vec![("addr", "9")]).await), 10001);
    let by_name = ask(vec![("cabinet_name", "B")]).await;
    assert_eq!(by_name.body["code"], 0);
    assert_eq!(by_name.body, ask(vec![("addr", "2")]).await.body);
}

#[tokio::test]
async fn the_machine_list_has_the_odd_ones_and_leaves_out_what_is_false() {
    let harness = Harness::new().await;
    let reply = send(harness.dingshang_request("/rent/machines")).await;
    let rows = reply.body["data"].as_array().unwrap();
    assert_eq!(rows.len(), 12);
    assert_eq!(rows[0]["machine_no"], "01632712");
    assert_eq!(rows[1]["machine_no"], "1632712900017");
    assert_eq!(rows[4]["status"], "OPERATIONAL");
    assert_eq!(rows[0]["status"], true);
    assert!(rows[7].get("status").is_none());
    harness.sandbox.dingshang().set_online("01632712", false);
    let reply = send(harness.dingshang_request("/rent/machines")).await;
    assert!(reply.body["data"][0].get("is_online").is_none());
    let machine = harness.sandbox.dingshang().machine("01632712").unwrap();
    let position = reply.body["data"][0]["lng_lat"].as_str().unwrap();
    assert!(position.starts_with(&(machine.longitude / 1_000_000).to_string()));
}

#[tokio::test]
async fn a_machine_detail_does_not_repeat_the_number_and_names_only_foreign_currencies() {
    let harness = Harness::new().await;
    let machines = harness.sandbox.dingshang().machines();
    let detail = async |index: usize| {
        let path = format!("/rent/machines/{}", machines[index].number);
        send(harness.dingshang_request(&path)).await.body["data"].clone()
    };
    let first = detail(0).await;
    assert!(first.get("machine_no").is_none());
    assert!(first.get("currency").is_none());
    assert_eq!(first["model"]["cabinet_names"], json!(["A"]));
    assert_eq!(detail(2).await["currency"]["code"], "USD");
    let yen = detail(3).await;
    assert_eq!(yen["currency"]["code"], "JPY");
    assert_eq!(yen["model"]["cabinet_names"], json!(["A", "B", "C"]));
}

#[tokio::test]
async fn all_pages_of_all_cabinets_are_the_slots_of_a_machine() {
    let harness = Harness::new().await;
    let machine = harness.sandbox.dingshang().machine("1632712900017").unwrap();
    let mut seen = HashSet::new();
    for cabinet in ["A", "B"] {
        for page in 1.. {
            let page = page.to_string();
            let asked = [("machine_no", machine.number.as_str()), ("page", &page), ("cabinet_name", cabinet)];
            let data = harness.dingshang("/products", &asked).await.body["data"].clone();
            // The page after the last is an empty list where the others are objects.
            if data == json!([]) {
                break;
            }
            let rows = data["data"].as_array().unwrap();
            assert!(rows.len() <= 10);
            assert_eq!(data["per_page"], 10);
            for row in rows {
                assert_eq!(row["channel"]["cabinet_name"], cabinet);
                seen.insert(row["id"].as_u64().unwrap());
            }
        }
    }
    let slots: HashSet<u64> = machine.slots.iter().map(|slot| slot.product_id).collect();
    assert_eq!(seen, slots);
}

#[tokio::test]
async fn a_product_row_tells_decimal_prices_and_leaves_out_an_empty_stock() {
    let harness = Harness::new().await;
    let machine = harness.sandbox.dingshang().machine("01632712").unwrap();
    let slot = &machine.slots[0];
    assert!(harness.sandbox.dingshang().set_stock("01632712", slot.product_id, 0));
    let asked = [("machine_no", "01632712"), ("page", "1"), ("per_page", "1000"), ("category_id", "0")];
    let data = harness.dingshang("/products", &asked).await.body["data"].clone();
    assert_eq!(data["per_page"], 50);
    assert_eq!(data["total"], machine.slots.len());
    let row = &data["data"][0];
    assert!(row.get("current_inventory").is_none());
    assert_eq!(row["good"]["price"], format!("{}.{:02}", slot.price / 100, slot.price % 100));
    let none = data["data"].as_array().unwrap().iter().any(|row| row["good"]["original_price"] == "0.00");
    assert!(none);
    assert_eq!(harness.sandbox.calls(Vendor::Dingshang).record().recent[0].machines, ["01632712"]);
}

#[tokio::test]
async fn a_floor_tells_its_status_and_no_product_id() {
    let harness = Harness::new().await;
    let reply = harness.dingshang("/floors", &[("machine_no", "01632712")]).await;
    let known = ["status", "good", "channel", "current_inventory", "inventory"];
    for row in reply.body["data"].as_array().unwrap() {
        assert!(object(row).keys().all(|name| known.contains(&name.as_str())));
        assert!(row["status"].is_string());
    }
    let reply = harness.dingshang("/categories", &[("machine_no", "01632712")]).await;
    assert!(reply.body["data"][0]["title"].is_string());
}

#[tokio::test]
async fn the_fleet_changes_with_time_and_the_same_seed_lives_the_same_life() {
    let (one, two) = (Harness::new().await, Harness::new().await);
    let before = send(one.dingshang_request("/rent/machines")).await.body;
    let stock = |harness: &Harness| -> Vec<u32> {
        let machines = harness.sandbox.dingshang().machines();
        machines.iter().flat_map(|machine| machine.slots.iter().map(|slot| slot.stock)).collect()
    };
    let first = stock(&one);
    assert_eq!(before, send(two.dingshang_request("/rent/machines")).await.body);
    for _ in 0..200 {
        one.sandbox.tick();
        two.sandbox.tick();
    }
    assert_ne!(first, stock(&one));
    assert_eq!(stock(&one), stock(&two));
}
