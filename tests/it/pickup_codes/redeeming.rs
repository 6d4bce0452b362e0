//! Redeeming where answers are lost, and at many hands.

use std::time::Duration;

use serde_json::{Value, json};
use vendgraph::sandbox::{Effect, Fault, Vendor};

use super::{create, north, redeem, shelf};
use crate::harness::{Setup, System};

/// A shelf, and the digits of a new code for it.
async fn coded(system: &System, key: &str) -> (Value, Value) {
    let shelf = shelf(system).await;
    let made = create(system, &north(&format!("shelfId: {shelf}, idempotencyKey: \"{key}\""))).await;
    assert_eq!(made["userErrors"], json!([]), "{made}");
    (shelf, made["pickupCodes"][0]["code"].clone())
}

fn code_of(payload: &Value) -> &str {
    payload["userErrors"][0]["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_lost_redemption_of_a_code_that_is_unused_later_was_not_done_and_may_be_given_again() {
    let system = System::start(Setup::default()).await;
    let (shelf, digits) = coded(&system, "k").await;
    let faults = system.vendors.faults(Vendor::Dingshang);
    faults.add(Fault::new(Effect::Cut).on_call("POST /consumes").times(1));
    let lost = redeem(&system, &shelf, &digits, "r").await;
    assert_eq!(code_of(&lost), "OUTCOME_UNKNOWN", "{lost}");
    system.pass(Duration::from_mins(2)).await;
    system.reconcile().await;
    assert_eq!(redeem(&system, &shelf, &digits, "r").await, lost, "it may yet come to be known");
    system.pass(Duration::from_mins(2)).await;
    system.reconcile().await;
    let id = &lost["order"]["id"];
    let gone = system.ask(&format!("{{ order(id: {id}) {{ state }} }}")).await;
    assert!(gone["data"]["order"].is_null(), "there never was such an order: {gone}");
    let redeemed = redeem(&system, &shelf, &digits, "r").await;
    assert_eq!((&redeemed["order"]["state"], code_of(&redeemed)), (&json!("PICKUP_CODE"), ""), "{redeemed}");
    assert_eq!(system.dingshang_calls("/consumes"), 2);
    system.end().await;
}

#[tokio::test]
async fn a_lost_redemption_of_a_code_that_is_gone_stays_unknown_and_is_not_asked_about_for_ever() {
    let system = System::start(Setup::default()).await;
    let (shelf, digits) = coded(&system, "k").await;
    let faults = system.vendors.faults(Vendor::Dingshang);
    faults.add(Fault::new(Effect::Cut).after().on_call("POST /consumes").times(1));
    let lost = redeem(&system, &shelf, &digits, "r").await;
    system.pass(Duration::from_mins(4)).await;
    system.reconcile().await;
    let calls = system.vendors.calls(Vendor::Dingshang).total();
    system.reconcile().await;
    assert_eq!(system.vendors.calls(Vendor::Dingshang).total(), calls, "the vendor cannot tell more");
    assert_eq!(redeem(&system, &shelf, &digits, "r").await, lost);
    assert_eq!((&lost["order"]["state"], code_of(&lost)), (&json!("UNKNOWN"), "OUTCOME_UNKNOWN"), "{lost}");
    assert_eq!(system.dingshang_calls("/consumes"), 1);
    system.end().await;
}

#[tokio::test]
async fn a_lost_redemption_is_settled_by_the_no_to_a_later_one_which_names_its_order() {
    let system = System::start(Setup::default()).await;
    let (shelf, digits) = coded(&system, "k").await;
    let faults = system.vendors.faults(Vendor::Dingshang);
    faults.add(Fault::new(Effect::Cut).after().on_call("POST /consumes").times(1));
    let lost = redeem(&system, &shelf, &digits, "r").await;
    assert_eq!((&lost["order"]["number"], code_of(&lost)), (&Value::Null, "OUTCOME_UNKNOWN"), "{lost}");
    let refused = redeem(&system, &shelf, &digits, "s").await;
    assert_eq!(code_of(&refused), "PICKUP_CODE_USED", "{refused}");
    let order = &refused["order"];
    assert_eq!((&order["id"], &order["state"]), (&lost["order"]["id"], &json!("PICKUP_CODE")), "{refused}");
    assert!(order["number"].is_string(), "{refused}");
    let settled = redeem(&system, &shelf, &digits, "r").await;
    assert_eq!(settled["userErrors"], json!([]), "{settled}");
    assert_eq!(settled["order"]["pickupCode"]["state"], "USED", "{settled}");
    assert_eq!(redeem(&system, &shelf, &digits, "s").await["order"], settled["order"]);
    assert_eq!(system.dingshang_calls("/consumes"), 2);
    system.end().await;
}

#[tokio::test]
async fn a_lost_redemption_is_not_given_up_where_a_later_one_was_told_its_order() {
    let system = System::start(Setup::default()).await;
    let (shelf, digits) = coded(&system, "k").await;
    let faults = system.vendors.faults(Vendor::Dingshang);
    faults.set(vec![
        Fault::new(Effect::Cut).after().on_call("POST /consumes").times(1),
        Fault::new(Effect::Cut).on_call("POST /orders/{order_id}"),
    ]);
    let lost = redeem(&system, &shelf, &digits, "r").await;
    let refused = redeem(&system, &shelf, &digits, "s").await;
    assert_eq!((&refused["order"], code_of(&refused)), (&Value::Null, "PICKUP_CODE_USED"), "{refused}");
    faults.clear();
    system.pass(Duration::from_mins(4)).await;
    system.reconcile().await;
    let settled = redeem(&system, &shelf, &digits, "r").await;
    assert_eq!(settled["userErrors"], json!([]), "{settled}");
    assert_eq!(settled["order"]["id"], lost["order"]["id"], "{settled}");
    assert_eq!(settled["order"]["pickupCode"]["state"], "USED", "{settled}");
    assert_eq!(system.dingshang_calls("/consumes"), 2);
    system.end().await;
}

#[tokio::test]
async fn a_no_to_a_code_names_the_code() {
    let system = System::start(Setup::default()).await;
    let (shelf, digits) = coded(&system, "k").await;
    redeem(&system, &shelf, &digits, "r").await;
    let faults = system.vendors.faults(Vendor::Dingshang);
    for (key, (number, code)) in
        [("10025", "PICKUP_CODE_USED"), ("6032", "PICKUP_CODE_EXPIRED"), ("80002", "PICKUP_CODE_NOT_FOUND")]
            .into_iter()
            .enumerate()
    {
        let refuse = Effect::Refuse { code: number.into(), message: "m".into() };
        faults.set(vec![Fault::new(refuse).on_call("POST /consumes")]);
        let refused = redeem(&system, &shelf, &digits, &format!("{key}")).await;
        assert_eq!(refused["userErrors"], json!([{ "code": code, "field": ["code"] }]), "{refused}");
    }
    system.end().await;
}

#[tokio::test]
async fn a_used_code_leads_to_its_order_each_time_the_same_command_is_given() {
    let system = System::start(Setup::default()).await;
    let (shelf, digits) = coded(&system, "k").await;
    let redeemed = redeem(&system, &shelf, &digits, "first").await;
    let refused = redeem(&system, &shelf, &digits, "second").await;
    assert_eq!(code_of(&refused), "PICKUP_CODE_USED", "{refused}");
    assert_eq!(refused["order"], redeemed["order"], "the order that used it");
    assert_eq!(redeem(&system, &shelf, &digits, "second").await, refused);
    assert_eq!(system.dingshang_calls("/consumes"), 2);
    system.end().await;
}

#[tokio::test]
async fn who_hangs_up_leaves_the_code_used_and_twenty_at_once_are_told_the_same() {
    let system = System::start(Setup::default()).await;
    let (shelf, digits) = coded(&system, "k").await;
    let slow = Fault::new(Effect::Delay { millis: 300 }).on_call("POST /consumes").times(1);
    system.vendors.faults(Vendor::Dingshang).add(slow);
    let asked = async {
        while system.dingshang_calls("/consumes") == 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::select! {
        told = redeem(&system, &shelf, &digits, "r") => panic!("the vendor is slow: {told}"),
        () = asked => {}
    }
    let all = (0..20).map(|_| redeem(&system, &shelf, &digits, "r"));
    let answers = futures_util::future::join_all(all).await;
    assert_eq!(answers[0]["order"]["pickupCode"]["state"], "USED", "{}", answers[0]);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(system.dingshang_calls("/consumes"), 1);
    system.end().await;
}
