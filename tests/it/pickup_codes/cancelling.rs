//! Cancelling all of a machine's codes where answers are lost, and what is told of codes that are listed no more.

use serde_json::{Value, json};
use vendgraph::sandbox::{Effect, Fault, Vendor};

use super::{MACHINE, create, north, payload};
use crate::harness::{Setup, System, machine_id, texts};

async fn cancel_all(system: &System) -> Value {
    let machine = machine_id("north", MACHINE);
    let query = format!(
        "mutation {{ cancelAllPickupCodes(input: {{machineId: \"{machine}\"}}) {{ userErrors {{ code }} }} }}"
    );
    payload(system, &query, "cancelAllPickupCodes").await
}

fn a_code_for_each_shelf() -> String {
    north(&format!("machineId: \"{}\", idempotencyKey: \"k\"", machine_id("north", MACHINE)))
}

/// The states of the codes, each told by itself.
async fn each(system: &System, made: &Value) -> Vec<Value> {
    let mut states = Vec::new();
    for code in made["pickupCodes"].as_array().unwrap() {
        let query = format!("{{ node(id: {}) {{ ... on PickupCode {{ state }} }} }}", code["id"]);
        states.push(system.ask(&query).await["data"]["node"]["state"].clone());
    }
    states
}

#[tokio::test]
async fn a_cancellation_of_all_whose_answer_was_lost_is_settled_by_the_vendors_list() {
    for acts in [true, false] {
        let system = System::start(Setup::default()).await;
        let made = create(&system, &a_code_for_each_shelf()).await;
        let cut = Fault::new(Effect::Cut).on_call("PUT /pickup_codes").times(1);
        system.vendors.faults(Vendor::Dingshang).add(if acts { cut.after() } else { cut });
        let told = cancel_all(&system).await;
        let (error, state) =
            if acts { (Value::Null, "CANCELLED") } else { ("OUTCOME_UNKNOWN".into(), "UNUSED") };
        assert_eq!(told["userErrors"][0]["code"], error, "{told}");
        let again = create(&system, &a_code_for_each_shelf()).await;
        assert!(texts(&again["pickupCodes"], "/state").iter().all(|told| *told == state), "{again}");
        assert_eq!(each(&system, &made).await, texts(&again["pickupCodes"], "/state"));
        assert_eq!(system.vendors.calls(Vendor::Dingshang).count("PUT /pickup_codes"), 1);
        system.end().await;
    }
}

#[tokio::test]
async fn no_read_calls_a_code_unused_that_the_vendor_lists_no_more() {
    let system = System::start(Setup::default()).await;
    let made = create(&system, &a_code_for_each_shelf()).await;
    let faults = system.vendors.faults(Vendor::Dingshang);
    let refuse = Effect::Refuse { code: "70001".into(), message: "m".into() };
    faults.set(vec![
        Fault::new(Effect::Cut).after().on_call("PUT /pickup_codes").times(1),
        Fault::new(refuse).on_call("/products/{product_id}/pickup_code"),
    ]);
    let lost = cancel_all(&system).await;
    assert_eq!(lost, json!({ "userErrors": [{ "code": "OUTCOME_UNKNOWN" }] }), "nor does the list tell");
    faults.clear();
    let again = create(&system, &a_code_for_each_shelf()).await;
    assert_eq!(again["userErrors"], json!([]), "{again}");
    assert!(texts(&again["pickupCodes"], "/state").iter().all(|state| *state == "UNKNOWN"), "{again}");
    assert_eq!(texts(&again["pickupCodes"], "/code"), texts(&made["pickupCodes"], "/code"));
    assert_eq!(each(&system, &made).await, texts(&again["pickupCodes"], "/state"));
    system.end().await;
}
