//! Pickup codes over real sockets: both vendors' and our own, made, told, cancelled and redeemed.

mod cancelling;
mod redeeming;

use futures_util::future::join_all;
use serde_json::{Value, json};
use vendgraph::{
    auth::Scope,
    sandbox::{Effect, Fault, Vendor},
};

use crate::harness::{Setup, System, account_id, codes, machine_id, texts};

/// A machine of the sandbox whose pickup codes are switched on.
pub const MACHINE: &str = "1632712900017";

const CODE: &str = "id code state issuer quantity expiresAt startsAt productNumber fee { minorUnits currency } machine { number } shelf { code }";

async fn create(system: &System, input: &str) -> Value {
    let query = format!(
        "mutation {{ createPickupCodes(input: {{{input}}}) {{ pickupCodes {{ {CODE} }} userErrors {{ code field }} }} }}"
    );
    payload(system, &query, "createPickupCodes").await
}

async fn cancel(system: &System, id: &Value) -> Value {
    let query = format!(
        "mutation {{ cancelPickupCode(input: {{pickupCodeId: {id}}}) {{ pickupCodes {{ {CODE} }} userErrors {{ code field }} }} }}"
    );
    payload(system, &query, "cancelPickupCode").await
}

async fn redeem(system: &System, shelf: &Value, code: &Value, key: &str) -> Value {
    let query = format!(
        "mutation {{ redeemPickupCode(input: {{shelfId: {shelf}, code: {code}, idempotencyKey: \"{key}\"}}) {{ \
         order {{ id number tradeNumber state payBefore pickupCode {{ id code state }} }} userErrors {{ code field }} }} }}"
    );
    payload(system, &query, "redeemPickupCode").await
}

async fn payload(system: &System, query: &str, name: &str) -> Value {
    let answer = system.ask(query).await;
    assert!(answer["errors"].is_null(), "{query}: {answer}");
    answer["data"][name].clone()
}

/// The first shelf of the machine.
async fn shelf(system: &System) -> Value {
    let query = format!("{{ machine(id: \"{}\") {{ shelves {{ id }} }} }}", machine_id("north", MACHINE));
    system.ask(&query).await["data"]["machine"]["shelves"][0]["id"].clone()
}

/// The digits of the codes that a list has.
async fn listed(system: &System, filter: &str) -> Vec<String> {
    let query = format!(
        "{{ pickupCodes(first: 500, filter: {{{filter}}}) {{ nodes {{ code }} sources {{ ok }} }} }}"
    );
    let list = payload(system, &query, "pickupCodes").await;
    texts(&list["nodes"], "/code").into_iter().map(str::to_owned).collect()
}

fn north(more: &str) -> String {
    format!("accountId: \"{}\", issuer: VENDOR, {more}", account_id("north"))
}

fn metro(issuer: &str, more: &str) -> String {
    format!("accountId: \"{}\", issuer: {issuer}, {more}", account_id("metro"))
}

#[tokio::test]
async fn dingshangs_codes_are_made_listed_cancelled_and_redeemed() {
    let system = System::start(Setup::default()).await;
    let shelf = shelf(&system).await;
    let input = north(&format!(
        "shelfId: {shelf}, count: 2, codeLength: 8, expiresAt: \"2199-01-01T00:00:00Z\", idempotencyKey: \"k\""
    ));
    let made = create(&system, &input).await;
    assert_eq!(made["userErrors"], json!([]), "{made}");
    let made = made["pickupCodes"].clone();
    let digits = texts(&made, "/code");
    assert!(digits.len() == 2 && digits.iter().all(|code| code.len() == 8), "{made}");
    assert_eq!((&made[0]["state"], &made[0]["issuer"]), (&json!("UNUSED"), &json!("VENDOR")), "{made}");
    assert_eq!(made[0]["expiresAt"], "2199-01-01T00:00:00Z", "{made}");
    assert_eq!(made[0]["machine"]["number"], MACHINE, "{made}");
    assert_eq!(create(&system, &input).await["pickupCodes"], made, "the same key gives the same codes");
    let mut of_shelf = listed(&system, &format!("shelfIds: [{shelf}]")).await;
    of_shelf.sort_unstable();
    assert!(digits.iter().all(|code| of_shelf.contains(&(*code).to_owned())), "{of_shelf:?}");
    assert_eq!(listed(&system, "").await, Vec::<String>::new(), "over a fleet no shelf is asked");

    let cancelled = cancel(&system, &made[0]["id"]).await;
    assert_eq!(cancelled["userErrors"], json!([]), "{cancelled}");
    assert_eq!(cancelled["pickupCodes"][0]["state"], "CANCELLED", "{cancelled}");
    assert!(!listed(&system, &format!("shelfIds: [{shelf}]")).await.contains(&digits[0].to_owned()));

    let redeemed = redeem(&system, &shelf, &made[1]["code"], "r").await;
    assert_eq!(redeemed["userErrors"], json!([]), "{redeemed}");
    let order = &redeemed["order"];
    assert_eq!((&order["state"], &order["payBefore"]), (&json!("PICKUP_CODE"), &Value::Null), "{redeemed}");
    assert_eq!(order["pickupCode"]["code"], made[1]["code"], "{redeemed}");
    assert_eq!(order["pickupCode"]["state"], "USED", "{redeemed}");
    assert_eq!(redeem(&system, &shelf, &made[1]["code"], "r").await, redeemed);
    let late = redeem(&system, &shelf, &made[1]["code"], "s").await;
    assert_eq!(late["userErrors"][0]["code"], "PICKUP_CODE_USED", "{late}");
    assert_eq!(late["order"]["id"], order["id"], "{late}");
    assert_eq!(system.dingshang_calls("/consumes"), 2);
    let used = cancel(&system, &made[1]["id"]).await;
    assert_eq!(used["userErrors"][0]["code"], "PICKUP_CODE_USED", "{used}");
    let found =
        system.ask(&format!("{{ node(id: {}) {{ ... on PickupCode {{ state }} }} }}", made[1]["id"])).await;
    assert_eq!(found["data"]["node"]["state"], "USED", "{found}");
    system.end().await;
}

#[tokio::test]
async fn a_code_for_each_shelf_is_made_by_one_call_and_all_are_cancelled_by_one() {
    let system = System::start(Setup::default()).await;
    let machine = machine_id("north", MACHINE);
    let input = north(&format!("machineId: \"{machine}\", idempotencyKey: \"k\""));
    let made = create(&system, &input).await;
    assert_eq!(made["userErrors"], json!([]), "{made}");
    let slots = system.vendors.dingshang().machine(MACHINE).unwrap().slots.len();
    assert_eq!(made["pickupCodes"].as_array().unwrap().len(), slots, "{made}");
    assert_eq!(system.dingshang_calls("/pickup_codes"), 1);
    let query = format!(
        "mutation {{ cancelAllPickupCodes(input: {{machineId: \"{machine}\"}}) {{ machine {{ pickupCodes {{ nodes {{ id }} }} }} userErrors {{ code }} }} }}"
    );
    let cancelled = payload(&system, &query, "cancelAllPickupCodes").await;
    assert_eq!(cancelled, json!({ "machine": { "pickupCodes": { "nodes": [] } }, "userErrors": [] }));
    assert_eq!(system.dingshang_calls("/pickup_codes"), 2);
    let again = create(&system, &input).await;
    assert_eq!(texts(&again["pickupCodes"], "/state"), vec!["CANCELLED"; slots], "{again}");
    system.end().await;
}

#[tokio::test]
async fn inhands_codes_are_remembered_as_its_platform_lists_none() {
    let system = System::start(Setup::default()).await;
    let number = system.vendors.inhand().asset_id(0);
    let machine = machine_id("metro", &number);
    let input = metro("VENDOR", &format!("machineId: \"{machine}\", count: 3, idempotencyKey: \"k\""));
    let made = create(&system, &input).await;
    assert_eq!(made["userErrors"], json!([]), "{made}");
    let mut digits = texts(&made["pickupCodes"], "/code");
    let mut theirs: Vec<String> = system.vendors.inhand().codes().into_iter().map(|code| code.code).collect();
    digits.sort_unstable();
    theirs.sort_unstable();
    assert_eq!(digits, theirs);
    assert_eq!(create(&system, &input).await, made);
    assert_eq!(system.inhand_calls("/osapi/code/create"), 3);
    let query = format!(
        "{{ machine(id: \"{machine}\") {{ pickupCodes {{ nodes {{ code issuer }} sources {{ ok freshness {{ source }} }} }} }} }}"
    );
    let of_machine = payload(&system, &query, "machine").await;
    assert_eq!(texts(&of_machine["pickupCodes"]["nodes"], "/issuer"), ["VENDOR"; 3], "{of_machine}");
    assert_eq!(of_machine["pickupCodes"]["sources"][0]["freshness"]["source"], "STORE", "{of_machine}");
    let refused = cancel(&system, &made["pickupCodes"][0]["id"]).await;
    assert_eq!(refused["userErrors"][0]["code"], "UNSUPPORTED_BY_VENDOR", "{refused}");
    system.end().await;
}

#[tokio::test]
async fn our_own_codes_are_kept_found_and_cancelled() {
    let system = System::start(Setup::default()).await;
    let machine = machine_id("metro", &system.vendors.inhand().asset_id(0));
    let input = metro(
        "GATEWAY",
        &format!(
            "machineId: \"{machine}\", count: 100, codeLength: 6, feeMinorUnits: 350, startsAt: \"2198-01-01T00:00:00Z\", expiresAt: \"2199-01-01T00:00:00Z\", idempotencyKey: \"k\""
        ),
    );
    let made = create(&system, &input).await;
    assert_eq!(made["userErrors"], json!([]), "{made}");
    let mut digits = texts(&made["pickupCodes"], "/code");
    assert!(digits.iter().all(|code| code.len() == 6), "{digits:?}");
    digits.sort_unstable();
    digits.dedup();
    assert_eq!(digits.len(), 100);
    let one = &made["pickupCodes"][0];
    assert_eq!((&one["issuer"], &one["state"]), (&json!("GATEWAY"), &json!("UNUSED")), "{one}");
    assert_eq!(one["fee"], json!({ "minorUnits": 350, "currency": "CNY" }), "{one}");
    assert_eq!((&one["startsAt"], &one["shelf"]), (&json!("2198-01-01T00:00:00Z"), &Value::Null), "{one}");
    assert_eq!(create(&system, &input).await, made);
    assert_eq!(cancel(&system, &one["id"]).await["pickupCodes"][0]["state"], "CANCELLED");
    let node =
        system.ask(&format!("{{ node(id: {}) {{ ... on PickupCode {{ state }} }} }}", one["id"])).await;
    assert_eq!(node["data"]["node"]["state"], "CANCELLED", "{node}");
    assert_eq!(listed(&system, "states: [UNUSED]").await.len(), 99);
    let query = format!(
        "mutation {{ cancelAllPickupCodes(input: {{machineId: \"{machine}\"}}) {{ userErrors {{ code }} }} }}"
    );
    assert_eq!(payload(&system, &query, "cancelAllPickupCodes").await, json!({ "userErrors": [] }));
    assert_eq!(listed(&system, "states: [UNUSED]").await, Vec::<String>::new());
    assert_eq!(system.inhand_calls("/osapi/code/create"), 0);
    system.end().await;
}

#[tokio::test]
async fn a_hundred_who_create_at_once_with_one_key_make_one_call_and_get_equal_answers() {
    let system = System::start(Setup::default()).await;
    let shelf = shelf(&system).await;
    for (input, path) in [
        (north(&format!("shelfId: {shelf}, idempotencyKey: \"k\"")), None),
        (metro("VENDOR", "idempotencyKey: \"k\""), Some("/osapi/code/create")),
    ] {
        let answers = join_all((0..100).map(|_| create(&system, &input))).await;
        assert_eq!(answers[0]["pickupCodes"].as_array().unwrap().len(), 1, "{}", answers[0]);
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        let calls =
            path.map_or_else(|| system.dingshang_calls("/pickup_codes"), |path| system.inhand_calls(path));
        assert_eq!(calls, 1, "{path:?}");
    }
    system.end().await;
}

#[tokio::test]
async fn where_an_answer_is_lost_it_is_unknown_or_seen_to_be_done_and_never_sent_again() {
    let system = System::start(Setup::default()).await;
    let shelf = shelf(&system).await;
    let cut = |call: &str| Fault::new(Effect::Cut).on_call(call).times(1);
    let dingshang = system.vendors.faults(Vendor::Dingshang);
    dingshang.set(vec![cut("POST /pickup_codes").after()]);
    let made = create(&system, &north(&format!("shelfId: {shelf}, idempotencyKey: \"1\""))).await;
    assert_eq!(
        (&made["userErrors"], made["pickupCodes"].as_array().unwrap().len()),
        (&json!([]), 1),
        "the list shows it"
    );
    dingshang.set(vec![cut("POST /pickup_codes")]);
    for _ in 0..2 {
        let lost = create(&system, &north(&format!("shelfId: {shelf}, idempotencyKey: \"2\""))).await;
        assert_eq!(lost["userErrors"][0]["code"], "OUTCOME_UNKNOWN", "{lost}");
    }
    assert_eq!(system.dingshang_calls("/pickup_codes"), 2);
    dingshang.set(vec![cut("POST /consumes").after()]);
    for _ in 0..2 {
        let lost = redeem(&system, &shelf, &made["pickupCodes"][0]["code"], "r").await;
        assert_eq!(lost["userErrors"][0]["code"], "OUTCOME_UNKNOWN", "{lost}");
        assert_eq!((&lost["order"]["state"], &lost["order"]["number"]), (&json!("UNKNOWN"), &Value::Null));
    }
    assert_eq!(system.dingshang_calls("/consumes"), 1);
    system.vendors.faults(Vendor::Inhand).set(vec![cut("/osapi/code/create").after()]);
    for _ in 0..2 {
        let lost = create(&system, &metro("VENDOR", "count: 2, idempotencyKey: \"1\"")).await;
        assert_eq!(lost["userErrors"][0]["code"], "OUTCOME_UNKNOWN", "{lost}");
    }
    assert_eq!(system.inhand_calls("/osapi/code/create"), 1);
    system.end().await;
}

#[tokio::test]
async fn who_lacks_the_scope_or_the_account_is_refused_without_a_call() {
    let system = System::start(Setup::default()).await;
    let reader = system.token(&[Scope::PickupCodesRead], &["*"]);
    let mutation = |input: &str| {
        format!(
            "mutation {{ createPickupCodes(input: {{{input}}}) {{ pickupCodes {{ id }} userErrors {{ code field }} }} }}"
        )
    };
    let own = metro("GATEWAY", "idempotencyKey: \"k\"");
    assert_eq!(codes(&system.ask_as(&reader, &mutation(&own)).await), ["FORBIDDEN"]);
    let writer = system.token(&[Scope::PickupCodesWrite], &["*"]);
    assert_eq!(codes(&system.ask_as(&writer, "{ pickupCodes { nodes { id } } }").await), ["FORBIDDEN"]);
    let made = create(&system, &own).await;
    let stranger = system.token(&Scope::ALL, &["north"]);
    let answer = system.ask_as(&stranger, &mutation(&own)).await;
    assert_eq!(
        answer["data"]["createPickupCodes"]["userErrors"],
        json!([{ "code": "NOT_FOUND", "field": ["accountId"] }]),
        "{answer}"
    );
    let id = &made["pickupCodes"][0]["id"];
    let query = format!(
        "mutation {{ cancelPickupCode(input: {{pickupCodeId: {id}}}) {{ pickupCodes {{ id }} userErrors {{ code }} }} }}"
    );
    let answer = system.ask_as(&stranger, &query).await;
    assert_eq!(
        answer["data"]["cancelPickupCode"],
        json!({ "pickupCodes": [], "userErrors": [{ "code": "NOT_FOUND" }] }),
        "{answer}"
    );
    assert_eq!(
        codes(&system.ask_as(&stranger, &format!("{{ node(id: {id}) {{ id }} }}")).await),
        ["NOT_FOUND"]
    );
    let list = system.ask_as(&stranger, "{ pickupCodes { nodes { id } sources { ok } } }").await;
    assert_eq!(list["data"]["pickupCodes"], json!({ "nodes": [], "sources": [] }), "{list}");
    system.end().await;
}
