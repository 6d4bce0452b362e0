//! Pickup codes that the platform asks us about, and callbacks that settle orders.

use serde_json::{Value, json};

use super::{logged, push, until};
use crate::{
    follower::Follower,
    harness::{Setup, System, account_id, machine_id},
};

async fn issue(system: &System, machine: &str) -> String {
    let (account, machine) = (account_id("metro"), machine_id("metro", machine));
    let answer = system
        .ask(&format!(
            "mutation {{ createPickupCodes(input: {{ accountId: \"{account}\", issuer: GATEWAY, machineId: \"{machine}\", \
             count: 1, feeMinorUnits: 350, idempotencyKey: \"{machine}\" }}) {{ pickupCodes {{ code }} userErrors {{ code \
             message }} }} }}"
        ))
        .await;
    answer["data"]["createPickupCodes"]["pickupCodes"][0]["code"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
        .to_owned()
}

/// A shopper types a code at a machine of the sandbox's, which asks the gateway.
async fn type_in(system: &System, machine: &str, code: &str, more: &str) -> Value {
    let url = format!("{}/_sandbox/machines/{machine}/redeem?code={code}{more}", system.vendors.inhand_url());
    let answer = reqwest::Client::new().post(url).send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_ours_is_good_once_and_at_its_machine_alone() {
    let system = System::start(Setup::default()).await;
    push(&system);
    let (mine, other) = (system.vendors.inhand().asset_id(0), system.vendors.inhand().asset_id(1));
    let mut follower = Follower::start(
        &system,
        "subscription { events(filter: { kinds: [PICKUP_CODE] }) { ... on PickupCodeEvent { \
                         pickupCode { state } } } }",
        json!({}),
    )
    .await;
    assert!(follower.is_quiet().await);
    let code = issue(&system, &mine).await;
    let wrong = type_in(&system, &other, &code, "").await;
    assert!(wrong.to_string().contains("WRONG_MACHINE"), "{wrong}");
    for way in ["query", "form", "json"] {
        let unknown = type_in(&system, &mine, "0000000000", &format!("&way={way}")).await;
        assert!(unknown.to_string().contains("CODE_NOT_FOUND"), "{way}: {unknown}");
    }
    let good = type_in(&system, &mine, &code, "&uses=2").await;
    assert!(good.to_string().contains("SUCCESS") && good.to_string().contains("350"), "{good}");
    let again = type_in(&system, &mine, &code, "").await;
    assert!(!again.to_string().contains("\"dispensed\":true"), "{again}");
    for state in ["UNUSED", "HELD", "USED"] {
        assert_eq!(follower.next().await["data"]["events"]["pickupCode"]["state"], state);
    }
    assert!(follower.is_quiet().await);
    system.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_address_of_a_callback_is_not_found_and_leaves_nothing() {
    let system = System::start(Setup::default()).await;
    let url = system.url.replace("/graphql", "/webhooks/dingshang/north/guessed");
    let answer = reqwest::Client::new().post(url).body("{\"deliver_status\":\"1\"}").send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 404);
    assert_eq!(answer.text().await.unwrap(), "");
    until(async || logged(&system, "DELIVERY", None).await.is_empty(), &|| "nothing".to_owned()).await;
    system.end().await;
}
