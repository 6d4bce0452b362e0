//! What is not done: told with a code, the argument that is to blame, and the vendor's words where it was asked.

use std::time::Duration;

use serde_json::json;
use vendgraph::{
    auth::Scope,
    sandbox::{Effect, Fault, Vendor},
};

use crate::{
    harness::{Setup, System, codes, machine_id},
    orders::{Counter, DISPENSE, PLACE, Told, UPDATE, cancel, create, dispense, pay, shelf_id},
};

#[tokio::test]
async fn input_that_cannot_be_is_refused_by_its_path_and_without_a_vendor_call() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let own = counter.shelves[0].id.as_str();
    let elsewhere = shelf_id("1632712900017", "A", "A11");
    let many = vec![(own, 1); 21];
    for (lines, key, field) in [
        (&[][..], "k", "lines"),
        (&many, "k", "lines"),
        (&[(own, 0)], "k", "lines.0.quantity"),
        (&[(own, -1)], "k", "lines.0.quantity"),
        (&[(own, 101)], "k", "lines.0.quantity"),
        (&[(own, 1), (own, 2)], "k", "lines.1.shelfId"),
        (&[(own, 1), (elsewhere.as_str(), 1)], "k", "lines.1.shelfId"),
        (&[("garbage", 1)], "k", "lines.0.shelfId"),
        (&[(own, 1)], "", "idempotencyKey"),
        (&[(own, 1)], "   ", "idempotencyKey"),
        (&[(own, 1)], "tab\\tbed", "idempotencyKey"),
        (&[(own, 1)], "nul\\u0000led", "idempotencyKey"),
        (&[(own, 1)], &"k".repeat(256), "idempotencyKey"),
    ] {
        let told = system.tell(&create(&counter.machine, lines, key)).await;
        assert_eq!((told.error(), &*told.field()), (Some("BAD_USER_INPUT"), field), "{told:?}");
        assert!(told.order().is_null(), "{told:?}");
    }
    let told = system.tell(&create(own, &[(own, 1)], "k")).await;
    assert_eq!((told.error(), &*told.field()), (Some("BAD_USER_INPUT"), "machineId"), "{told:?}");
    let told = system.tell(&pay(own)).await;
    assert_eq!((told.error(), &*told.field()), (Some("BAD_USER_INPUT"), "orderId"), "{told:?}");
    assert_eq!(system.vendors.calls(Vendor::Dingshang).total(), 0);
    system.end().await;
}

#[tokio::test]
async fn what_is_not_there_and_what_is_anothers_look_alike() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let placed = system.tell(&counter.create(&[(0, 1)], "k")).await;
    let stranger = system.token(&Scope::ALL, &["metro"]);
    let own = counter.shelves[0].id.as_str();
    let foreign = Told::of(&system.ask_as(&stranger, &create(&counter.machine, &[(own, 1)], "k")).await);
    let missing = system.tell(&create(&machine_id("nowhere", &counter.number), &[(own, 1)], "k")).await;
    assert_eq!(foreign, missing);
    assert_eq!((foreign.error(), &*foreign.field()), (Some("NOT_FOUND"), "machineId"), "{foreign:?}");
    let unknown = system.tell(&create(&machine_id("north", "99999999"), &[], "n")).await;
    assert_eq!(unknown.error(), Some("BAD_USER_INPUT"), "{unknown:?}");
    let elsewhere = shelf_id("99999999", "A", "A11");
    let unknown = system.tell(&create(&machine_id("north", "99999999"), &[(&elsewhere, 1)], "n")).await;
    assert_eq!((unknown.error(), &*unknown.field()), (Some("NOT_FOUND"), "machineId"), "{unknown:?}");
    let bare = shelf_id(&counter.number, "A", "A99");
    let unknown = system.tell(&create(&counter.machine, &[(&bare, 1)], "n")).await;
    assert_eq!((unknown.error(), &*unknown.field()), (Some("NOT_FOUND"), "lines.0.shelfId"), "{unknown:?}");
    let nowhere = unknown_order();
    for request in [pay as fn(&str) -> String, |order| cancel(order, "REFUND")] {
        let foreign = Told::of(&system.ask_as(&stranger, &request(placed.id())).await);
        assert_eq!(foreign, system.tell(&request(&nowhere)).await);
        assert_eq!((foreign.error(), &*foreign.field()), (Some("NOT_FOUND"), "orderId"), "{foreign:?}");
        assert!(foreign.order().is_null(), "{foreign:?}");
    }
    let line = dispense(placed.id(), placed.line(0));
    let foreign = Told::of(&system.ask_as(&stranger, &line).await);
    assert_eq!((foreign.error(), &*foreign.field()), (Some("NOT_FOUND"), "orderId"), "{foreign:?}");
    assert_eq!((system.sent(PLACE), system.sent(UPDATE), system.sent(DISPENSE)), (1, 0, 0));
    system.end().await;
}

fn unknown_order() -> String {
    let account = vendgraph::domain::AccountName::new("nowhere");
    vendgraph::domain::Id::Order { account, trade_number: "000000000000000000000001".into() }.encode()
}

#[tokio::test]
async fn what_inhand_cannot_do_is_refused_before_any_call() {
    let system = System::start(Setup::default()).await;
    let machine = machine_id("metro", &system.vendors.inhand().asset_id(0));
    let counter = Counter::filled(&system.vendors);
    let told = system.tell(&create(&machine, &[(&counter.shelves[0].id, 1)], "k")).await;
    assert_eq!((told.error(), &*told.field()), (Some("UNSUPPORTED_BY_VENDOR"), "machineId"), "{told:?}");
    assert_eq!(system.vendors.calls(Vendor::Inhand).total(), 0);
    system.end().await;
}

#[tokio::test]
async fn without_the_scope_nothing_is_changed_and_the_field_says_so() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let readers = system.token(&[Scope::OrdersRead, Scope::MachinesRead], &["*"]);
    let order = unknown_order();
    for request in [
        counter.create(&[(0, 1)], "k"),
        pay(&order),
        cancel(&order, "CLOSED"),
        dispense(&order, &order),
        format!("mutation {{ testDispense(input: {{shelfId: \"{}\"}}) {{ deliveryId }} }}", counter.machine),
    ] {
        let answer = system.ask_as(&readers, &request).await;
        assert_eq!(codes(&answer), ["FORBIDDEN"], "{answer}");
    }
    let writers = system.token(&[Scope::OrdersWrite], &["*"]);
    let answer = system.ask_as(&writers, "{ orders { nodes { id } } }").await;
    assert_eq!(codes(&answer), ["FORBIDDEN"], "{answer}");
    assert_eq!(system.vendors.calls(Vendor::Dingshang).total(), 0);
    system.end().await;
}

#[tokio::test]
async fn the_vendors_no_is_told_in_our_code_and_its_words_and_leaves_no_order() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let fleet = system.vendors.dingshang();
    let more = i32::try_from(counter.shelves[0].stock).unwrap() + 1;
    let told = system.tell(&counter.create(&[(0, more)], "too many")).await;
    assert_eq!((told.error(), &*told.field()), (Some("OUT_OF_STOCK"), "lines.0"), "{told:?}");
    let two = system.tell(&counter.create(&[(0, more), (1, 1)], "one of two")).await;
    assert_eq!((two.error(), &*two.field()), (Some("OUT_OF_STOCK"), ""), "which line is not told: {two:?}");
    assert_eq!(told.0["userErrors"][0]["vendorCode"], "60003", "{told:?}");
    assert_eq!(told.0["userErrors"][0]["vendorMessage"], "商品库存不足", "{told:?}");
    assert!(told.order().is_null(), "{told:?}");
    assert_eq!(system.tell(&counter.create(&[(0, more)], "too many")).await, told, "the key tells it again");
    assert_eq!(system.sent(PLACE), 2);

    assert!(fleet.set_online(&counter.number, false));
    let told = system.tell(&counter.create(&[(0, 1)], "offline")).await;
    assert_eq!(
        (told.error(), &told.0["userErrors"][0]["vendorCode"]),
        (Some("MACHINE_OFFLINE"), &json!("30002"))
    );
    assert!(fleet.set_online(&counter.number, true));

    let refuse = |code: &str, message: &str| Effect::Refuse { code: code.into(), message: message.into() };
    let faults = system.vendors.faults(Vendor::Dingshang);
    for (nth, (code, message, expected)) in [
        ("6040", "trade_id 已存在", "DUPLICATE_TRADE_NUMBER"),
        ("0", "商品库存更新失败", "OUT_OF_STOCK"),
        ("6046", "产品已下架", "PRODUCT_OFF_SALE"),
        ("5001", "设备未运营", "MACHINE_NOT_OPERATIONAL"),
        ("4006", "签名错误", "VENDOR_CREDENTIALS"),
        ("70001", "系统繁忙", "VENDOR_REJECTED"),
    ]
    .into_iter()
    .enumerate()
    {
        faults.set(vec![Fault::new(refuse(code, message)).on_call(PLACE)]);
        let told = system.tell(&counter.create(&[(0, 1)], &format!("k{nth}"))).await;
        assert_eq!(told.error(), Some(expected), "{told:?}");
        assert!(told.order().is_null(), "{told:?}");
    }
    faults.clear();
    assert!(system.orders().await.is_empty() && system.taken().is_empty());

    let paid = system.paid(&counter, &[0], "paid").await;
    faults.set(vec![Fault::new(refuse("0", "订单未支付")).on_call(DISPENSE)]);
    let told = system.tell(&dispense(paid.id(), paid.line(0))).await;
    assert_eq!(told.error(), Some("ORDER_UNPAID"), "{told:?}");
    let words = (&told.0["userErrors"][0]["vendorCode"], &told.0["userErrors"][0]["vendorMessage"]);
    assert_eq!(words, (&json!("0"), &json!("订单未支付")), "{told:?}");
    assert_eq!(told.0["delivery"]["state"], "WAITING", "{told:?}");
    faults.clear();
    assert_eq!(system.tell(&dispense(paid.id(), paid.line(0))).await.error(), None);
    system.end().await;
}

#[tokio::test]
async fn what_the_vendor_says_that_leaves_the_outcome_open_is_told() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let late = Effect::Refuse { code: "6015".into(), message: "请求超时".into() };
    system.vendors.faults(Vendor::Dingshang).add(Fault::new(late).on_call(PLACE).times(1));
    for _ in 0..2 {
        let told = system.tell(&counter.create(&[(0, 1)], "k")).await;
        assert_eq!(told.error(), Some("OUTCOME_UNKNOWN"), "{told:?}");
        let words = (&told.0["userErrors"][0]["vendorCode"], &told.0["userErrors"][0]["vendorMessage"]);
        assert_eq!(words, (&json!("6015"), &json!("请求超时")), "{told:?}");
    }
    assert_eq!(system.sent(PLACE), 1);
    system.end().await;
}

#[tokio::test]
async fn a_machine_that_is_giving_out_something_else_is_to_be_asked_again() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let first = system.paid(&counter, &[0], "1").await;
    let second = system.paid(&counter, &[1], "2").await;
    assert_eq!(system.tell(&dispense(first.id(), first.line(0))).await.error(), None);
    let line = dispense(second.id(), second.line(0));
    let busy = system.tell(&line).await;
    let error = &busy.0["userErrors"][0];
    assert_eq!((busy.error(), &error["retryable"]), (Some("VENDOR_REJECTED"), &json!(true)), "{busy:?}");
    assert_eq!((&error["vendorCode"], &error["vendorMessage"]), (&json!("0"), &json!("设备正在出货")));
    assert!(error["message"].as_str().unwrap().contains("try again"), "{busy:?}");
    system.pass(Duration::from_secs(3)).await;
    assert_eq!(system.tell(&line).await.error(), None);
    system.end().await;
}

#[tokio::test]
async fn an_order_that_is_not_paid_is_not_dispensed() {
    let system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    let placed = system.tell(&counter.create(&[(0, 1)], "k")).await;
    let told = system.tell(&dispense(placed.id(), placed.line(0))).await;
    assert_eq!((told.error(), &told.0["deliveryId"]), (Some("ORDER_UNPAID"), &json!(null)), "{told:?}");
    assert_eq!(system.sent(DISPENSE), 0);
    system.end().await;
}
