//! The calls that change something: a pickup code is made (§10), and nothing else is.

use url::Url;

use super::{at, platform::Platform};
use crate::{
    domain::Text,
    vendor::{
        Goods, Kind, NewCodes, NewOrder, NewPickupCodes, OrderUpdate, Redemption, Replenishment, Result,
        Vendor as _,
    },
};

/// The document's own sample (§10).
const CREATED: &str = "{\n  \"result\": \"SUCCESS\",\n  \"code\": \"4383743\"\n}";

fn any() -> NewPickupCodes {
    NewPickupCodes {
        machine: None,
        goods: Goods::Any,
        count: None,
        length: None,
        starts_at: None,
        expires_at: None,
    }
}

async fn create(codes: &NewPickupCodes, answer: &'static str) -> (Result<NewCodes>, Platform) {
    let platform = Platform::start(move |_| answer.to_owned()).await;
    (platform.vendor.create_pickup_codes(codes).await, platform)
}

/// The platform of these tests answers a wrong signature, computed its own way, with FAIL.
#[tokio::test]
async fn a_pickup_code_is_made_by_a_post_without_a_body_and_told_once() {
    let codes = NewPickupCodes {
        machine: Some("151111".into()),
        goods: Goods::Product("冰 &=#1".into()),
        count: Some(1),
        length: Some(7),
        starts_at: Some(at(5)),
        expires_at: Some(at(9)),
    };
    let (made, platform) = create(&codes, CREATED).await;
    assert_eq!(made.unwrap(), NewCodes::Told(vec!["4383743".into()]));
    let [seen]: [_; 1] = platform.seen().try_into().unwrap();
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/osapi/code/create"));
    assert_eq!(seen.placement(), "assetId productCode startTime endTime clientId nonce_str sign |");
    assert_eq!(seen.body_headers, ["-", "0"], "some servers refuse a POST that names no length");
    let sent = ["assetId", "productCode", "startTime", "endTime"].map(|name| seen.parameter(name));
    assert_eq!(sent, ["151111", "冰 &=#1", "1450000005", "1450000009"]);

    let (made, platform) = create(&any(), CREATED).await;
    assert_eq!(made.unwrap(), NewCodes::Told(vec!["4383743".into()]));
    assert_eq!(platform.seen()[0].placement(), "clientId nonce_str sign |", "all four are optional");
}

#[tokio::test]
async fn a_refused_code_is_a_refusal_and_one_that_is_not_told_an_unknown_outcome() {
    let refused = create(&any(), r#"{"result":"FAIL","errorCode":"20001"}"#).await.0.unwrap_err();
    assert_eq!((refused.kind, refused.vendor_code.as_deref()), (Kind::Rejected, Some("20001")));
    for answer in [r#"{"result":"SUCCESS"}"#, r#"{"code":""}"#, r#"{"code":"none"}"#, "{}", "<html>", ""] {
        let (made, platform) = create(&any(), answer).await;
        assert_eq!(made.unwrap_err().kind, Kind::OutcomeUnknown, "{answer}");
        assert_eq!(platform.seen().len(), 1, "and is not sent again");
    }
}

#[tokio::test]
async fn what_the_platform_has_no_parameter_for_is_refused_without_a_call() {
    let platform = Platform::start(|_| CREATED.to_owned()).await;
    let cases = [
        (NewPickupCodes { count: Some(2), ..any() }, Kind::Unsupported),
        (NewPickupCodes { length: Some(8), ..any() }, Kind::Unsupported),
        (NewPickupCodes { goods: Goods::Slot("1".into()), ..any() }, Kind::Unsupported),
        (NewPickupCodes { goods: Goods::Product("".into()), ..any() }, Kind::ProductNotFound),
        (NewPickupCodes { machine: Some("1,2".into()), ..any() }, Kind::MachineNotFound),
        (NewPickupCodes { starts_at: Some(at(9)), expires_at: Some(at(5)), ..any() }, Kind::BadInput),
    ];
    for (codes, kind) in cases {
        assert_eq!(platform.vendor.create_pickup_codes(&codes).await.unwrap_err().kind, kind, "{codes:?}");
    }
    assert!(platform.seen().is_empty());
}

#[tokio::test]
async fn every_other_writing_call_is_unsupported_without_a_call() {
    let platform = Platform::start(|_| CREATED.to_owned()).await;
    let vendor = &platform.vendor;
    let notify_url = Url::parse("https://vending.example.com/").unwrap();
    let (machine, trade_number): (Text, Text) = ("151111".into(), "20240427140008123456".into());
    let order = NewOrder {
        machine: machine.clone(),
        trade_number: trade_number.clone(),
        notify_url: notify_url.clone(),
        lines: Vec::new(),
    };
    let redemption = Redemption {
        machine,
        slot: "1".into(),
        code: "4383743".into(),
        trade_number,
        notify_url: notify_url.clone(),
    };
    let outcomes: [Result<()>; 8] = [
        vendor.create_order(&order).await.map(drop),
        vendor.update_order("151111", "1", OrderUpdate::Paid).await,
        vendor.dispense("151111", "1", "1").await.map(drop),
        vendor.test_dispense("151111", "1", &notify_url).await.map(drop),
        vendor.replenish("151111", &Replenishment::Machine { place: None }).await,
        vendor.cancel_pickup_code("151111", "1").await,
        vendor.cancel_all_pickup_codes("151111").await,
        vendor.redeem_pickup_code(&redemption).await.map(drop),
    ];
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Err(error) if error.kind == Kind::Unsupported)));
    assert!(platform.seen().is_empty());
}
