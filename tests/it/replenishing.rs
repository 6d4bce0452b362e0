//! Replenishing over real sockets: what is told is what is there, and what is there is what is shown.

use serde_json::{Value, json};
use vendgraph::{
    auth::Scope,
    sandbox::{Effect, Fault, Vendor},
};

use crate::harness::{Setup, System, codes, machine_id};

/// A machine of the sandbox with two cabinets.
const TWO_CABINETS: &str = "1632712900017";

/// A mutation of that name and input, and the payload it gave.
async fn tell(system: &System, name: &str, input: &str) -> Value {
    let query = format!(
        "mutation {{ {name}(input: {{{input}}}) {{ machine {{ number shelves {{ stock {{ quantity }} }} }} \
         userErrors {{ code message field retryable vendorMessage }} }} }}"
    );
    let answer = system.ask(&query).await;
    assert!(answer["errors"].is_null(), "{answer}");
    answer["data"][name].clone()
}

/// The shelves of a machine: id, cabinet, capacity, category, stock.
async fn shelves(system: &System, number: &str) -> Vec<Value> {
    let query = format!(
        "{{ machine(id: \"{}\") {{ shelves {{ id cabinet capacity category {{ id }} stock {{ quantity }} }} }} }}",
        machine_id("north", number)
    );
    let answer = system.ask(&query).await;
    assert!(answer["errors"].is_null(), "{answer}");
    answer["data"]["machine"]["shelves"].as_array().unwrap().clone()
}

fn stock(shelves: &[Value], which: impl Fn(&Value) -> bool) -> Vec<i64> {
    let which = shelves.iter().filter(|shelf| which(shelf));
    which.map(|shelf| shelf["stock"]["quantity"].as_i64().unwrap()).collect()
}

fn empty(system: &System) {
    let emptied = system
        .vendors
        .dingshang()
        .change(TWO_CABINETS, |machine| machine.slots.iter_mut().for_each(|slot| slot.stock = 0));
    assert!(emptied);
}

#[tokio::test]
async fn the_stock_shown_after_a_replenishment_is_the_new_stock() {
    let system = System::start(Setup::default()).await;
    empty(&system);
    let before = shelves(&system, TWO_CABINETS).await;
    assert!(stock(&before, |_| true).iter().all(|stock| *stock == 0), "{before:?}");
    let (first, capacity) = (&before[0], before[0]["capacity"].as_i64().unwrap());
    for quantity in [capacity, 0, 1] {
        let input = format!("shelfId: {}, quantity: {quantity}", first["id"]);
        let told = tell(&system, "replenishShelf", &input).await;
        assert_eq!(told["userErrors"], json!([]), "{told}");
        assert_eq!(told["machine"]["shelves"][0]["stock"]["quantity"], quantity, "{told}");
    }
    let machine = machine_id("north", TWO_CABINETS);
    let input = format!("machineId: \"{machine}\", categoryId: {}, quantity: 1", first["category"]["id"]);
    let told = tell(&system, "replenishCategory", &input).await;
    assert_eq!(told["userErrors"], json!([]), "{told}");
    let now = shelves(&system, TWO_CABINETS).await;
    let of_category = stock(&now, |shelf| shelf["category"] == first["category"]);
    assert!(of_category.iter().all(|stock| *stock == 1), "{now:?}");
    assert!(stock(&now, |shelf| shelf["category"] != first["category"]).iter().all(|stock| *stock == 0));
    let told = tell(&system, "replenishMachine", &format!("machineId: \"{machine}\", cabinet: \"B\"")).await;
    assert_eq!(told["userErrors"], json!([]), "{told}");
    let is_full = |shelf: &Value| shelf["stock"]["quantity"] == shelf["capacity"];
    let now = shelves(&system, TWO_CABINETS).await;
    assert!(now.iter().all(|shelf| is_full(shelf) == (shelf["cabinet"] == "B")), "{now:?}");
    let calls = system.dingshang_calls("/replenishments");
    let told = tell(&system, "replenishMachine", &format!("machineId: \"{machine}\"")).await;
    assert_eq!(told["userErrors"], json!([]), "{told}");
    assert!(shelves(&system, TWO_CABINETS).await.iter().all(is_full), "both cabinets");
    assert_eq!(system.dingshang_calls("/replenishments"), calls + 2, "one call for each cabinet");
    system.end().await;
}

#[tokio::test]
async fn a_lost_answer_is_unknown_sent_once_and_the_next_read_shows_what_is_there() {
    let system = System::start(Setup::default()).await;
    empty(&system);
    let before = shelves(&system, TWO_CABINETS).await;
    for (fault, there) in [(Fault::new(Effect::Cut).after(), 1), (Fault::new(Effect::Cut), 1)] {
        let fault = fault.on_call("POST /replenishments").times(1);
        system.vendors.faults(Vendor::Dingshang).set(vec![fault]);
        let calls = system.dingshang_calls("/replenishments");
        let input = format!("shelfId: {}, quantity: {}", before[0]["id"], 2 - there);
        let told = tell(&system, "replenishShelf", &input).await;
        assert_eq!(told["userErrors"][0]["code"], "OUTCOME_UNKNOWN", "{told}");
        assert_eq!(told["machine"]["shelves"][0]["stock"]["quantity"], there, "{told}");
        assert_eq!(system.dingshang_calls("/replenishments"), calls + 1);
    }
    system.end().await;
}

#[tokio::test]
async fn where_one_cabinet_fails_it_is_told_which_were_done_and_which_were_not() {
    let system = System::start(Setup::default()).await;
    empty(&system);
    shelves(&system, TWO_CABINETS).await;
    let fault = Fault::new(Effect::Cut).after().on_call("POST /replenishments").times(1);
    system.vendors.faults(Vendor::Dingshang).set(vec![fault]);
    let input = format!("machineId: \"{}\"", machine_id("north", TWO_CABINETS));
    let told = tell(&system, "replenishMachine", &input).await;
    let error = &told["userErrors"][0];
    assert_eq!((&error["code"], &error["field"]), (&json!("OUTCOME_UNKNOWN"), &Value::Null), "{told}");
    let message = error["message"].as_str().unwrap();
    assert!(message.starts_with("not told of: `B`; cabinet `A`: it is not known"), "{message}");
    assert_eq!(system.dingshang_calls("/replenishments"), 1);
    assert_eq!(tell(&system, "replenishMachine", &input).await["userErrors"], json!([]), "all of it again");
    system.end().await;
}

#[tokio::test]
async fn a_driver_that_the_machine_does_not_have_is_the_arguments_fault() {
    let system = System::start(Setup::default()).await;
    let refused = Effect::Refuse { code: "6038".into(), message: "货柜不存在".into() };
    let fault = Fault::new(refused).on_call("POST /replenishments");
    system.vendors.faults(Vendor::Dingshang).set(vec![fault]);
    let machine = machine_id("north", TWO_CABINETS);
    for (input, field) in [("driverAddress: 7", "driverAddress"), ("cabinet: \"B\"", "cabinet")] {
        let input = format!("machineId: \"{machine}\", {input}");
        let told = tell(&system, "replenishMachine", &input).await;
        let error = &told["userErrors"][0];
        assert_eq!((&error["code"], &error["field"]), (&json!("BAD_USER_INPUT"), &json!([field])), "{told}");
    }
    system.end().await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_without_a_call() {
    let system = System::start(Setup::default()).await;
    let shelf = shelves(&system, TWO_CABINETS).await[0].clone();
    let (machine, number) = (machine_id("north", TWO_CABINETS), system.vendors.inhand().asset_id(0));
    let more = shelf["capacity"].as_i64().unwrap() + 1;
    for (name, input, code, field) in [
        ("replenishShelf", format!("shelfId: {}, quantity: -1", shelf["id"]), "BAD_USER_INPUT", "quantity"),
        (
            "replenishShelf",
            format!("shelfId: {}, quantity: {more}", shelf["id"]),
            "CAPACITY_EXCEEDED",
            "quantity",
        ),
        ("replenishShelf", format!("shelfId: \"{machine}\", quantity: 1"), "BAD_USER_INPUT", "shelfId"),
        (
            "replenishMachine",
            format!("machineId: \"{machine}\", cabinet: \"Z\""),
            "BAD_USER_INPUT",
            "cabinet",
        ),
        (
            "replenishMachine",
            format!("machineId: \"{machine}\", driverAddress: 9"),
            "BAD_USER_INPUT",
            "driverAddress",
        ),
        (
            "replenishMachine",
            format!("machineId: \"{machine}\", cabinet: \"A\", driverAddress: 1"),
            "BAD_USER_INPUT",
            "driverAddress",
        ),
        (
            "replenishMachine",
            format!("machineId: \"{}\"", machine_id("metro", &number)),
            "UNSUPPORTED_BY_VENDOR",
            "machineId",
        ),
        (
            "replenishMachine",
            format!("machineId: \"{}\"", machine_id("south", "1")),
            "NOT_FOUND",
            "machineId",
        ),
    ] {
        let told = tell(&system, name, &input).await;
        assert_eq!(told["userErrors"][0]["code"], code, "{input}: {told}");
        assert_eq!(told["userErrors"][0]["field"], json!([field]), "{input}: {told}");
    }
    assert_eq!(system.dingshang_calls("/replenishments"), 0);
    assert_eq!(system.vendors.calls(Vendor::Inhand).total(), 0);
    let others = Scope::ALL.into_iter().filter(|scope| *scope != Scope::ReplenishWrite);
    let token = system.token(&others.collect::<Vec<_>>(), &["*"]);
    let query = format!(
        "mutation {{ replenishMachine(input: {{machineId: \"{machine}\"}}) {{ machine {{ id }} }} }}"
    );
    assert_eq!(codes(&system.ask_as(&token, &query).await), ["FORBIDDEN"]);
    system.end().await;
}
