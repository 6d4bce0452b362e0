//! Pickup codes of both vendors: made, taken back, redeemed.

use serde_json::{Value, json};

use super::{Harness, MACHINE, NOW, code, encoded, number, owned, send};

/// The codes of a product that are open.
async fn open(harness: &Harness, product: u64) -> Vec<Value> {
    let path = format!("/products/{product}/pickup_code");
    let reply = harness.dingshang(&path, &[("machine_no", MACHINE)]).await;
    reply.body["data"].as_array().unwrap().clone()
}

async fn create(harness: &Harness, product: u64, more: &[(&str, &str)]) -> super::Reply {
    let product = product.to_string();
    let mut asked = vec![("machine_no", MACHINE), ("method", "pickup_code.product.id")];
    asked.push(("product_id", &product));
    asked.extend(more);
    harness.dingshang("/pickup_codes", &asked).await
}

async fn cancel(harness: &Harness, more: &[(&str, &str)]) -> super::Reply {
    let mut asked = vec![("machine_no", MACHINE)];
    asked.extend(more);
    harness.dingshang_put("/pickup_codes", &asked).await
}

async fn redeem(harness: &Harness, code: &str, product: u64, trade_id: &str) -> super::Reply {
    let product = product.to_string();
    let method = ("method", "event.consume.pickup_code");
    let mut asked = vec![("machine_no", MACHINE), method, ("code", code), ("product_id", &product)];
    asked.extend([("notify_url", "http://127.0.0.1:9/"), ("trade_id", trade_id)]);
    harness.dingshang("/consumes", &asked).await
}

#[tokio::test]
async fn codes_of_a_product_are_made_as_asked_and_read_by_the_query() {
    let harness = Harness::new().await;
    let (product, capacity) = harness.products()[1];
    let before = open(&harness, product).await.len();
    let more =
        [("code_length", "7"), ("count", "2"), ("expired_at", "2025-12-31 23:59:59"), ("quantity", "9")];
    let reply = create(&harness, product, &more).await;
    let sample: Value =
        serde_json::from_str(include_str!("../../../tests/fixtures/dingshang/pickup_code_cancelled.json"))
            .unwrap();
    assert_eq!(reply.body, sample);
    let made = open(&harness, product).await[before..].to_vec();
    assert_eq!(made.len(), 2);
    for code in &made {
        assert_eq!(code["code"].as_str().unwrap().len(), 7);
        assert_eq!((&code["expired_at"], &code["quantity"]), (&json!("2025-12-31 23:59:59"), &json!(1)));
    }
    assert_eq!(code(&create(&harness, product, &[]).await), 0);
    let last = open(&harness, product).await.pop().unwrap();
    assert_eq!(last["code"].as_str().unwrap().len(), 6);
    assert!(last.get("expired_at").is_none());
    let too_many = (capacity + 1).to_string();
    for wrong in [("code_length", "5"), ("code_length", "11"), ("count", "0"), ("count", too_many.as_str())] {
        assert_eq!(code(&create(&harness, product, &[wrong]).await), 10001, "{wrong:?}");
    }
    for time in ["2025-06-15 23:06:40", "tomorrow"] {
        assert_eq!(code(&create(&harness, product, &[("expired_at", time)]).await), 10001);
    }
    assert_eq!(code(&create(&harness, 1, &[]).await), 6045);
    harness.sandbox.dingshang().change(MACHINE, |machine| machine.pickup_codes = false);
    assert_eq!(code(&create(&harness, product, &[]).await), 10023);
}

#[tokio::test]
async fn all_products_get_a_code_and_one_or_all_are_cancelled() {
    let harness = Harness::new().await;
    let product = harness.products()[0].0;
    let before = open(&harness, product).await.len();
    let asked = [("machine_no", MACHINE), ("method", "pickup_code.product.all"), ("code_length", "10")];
    assert_eq!(code(&harness.dingshang("/pickup_codes", &asked).await), 0);
    let codes = open(&harness, product).await;
    assert_eq!(codes.len(), before + 1);
    let id = number(&codes[0]["id"]).to_string();
    let one = [("method", "pickup_code.delete.id"), ("id", id.as_str())];
    assert_eq!(code(&cancel(&harness, &one).await), 0);
    let sample: Value = serde_json::from_str(include_str!(
        "../../../tests/fixtures/dingshang/pickup_code_cancel_failed.json"
    ))
    .unwrap();
    assert_eq!(cancel(&harness, &one).await.body, sample);
    assert_eq!(open(&harness, product).await.len(), before);
    assert_eq!(code(&cancel(&harness, &[("method", "pickup_code.delete.all")]).await), 0);
    assert!(open(&harness, product).await.is_empty());
    assert_eq!(code(&cancel(&harness, &[("method", "pickup_code.product.all")]).await), 10001);
    let dump = harness.control("/pickup_codes").await;
    assert!(dump["dingshang"].as_array().unwrap().iter().any(|code| code["cancelled"] == true));
}

#[tokio::test]
async fn a_code_is_redeemed_once_and_the_second_learns_of_the_order() {
    let harness = Harness::new().await;
    let (product, stock) = harness.products()[0];
    create(&harness, product, &[]).await;
    let made = open(&harness, product).await.pop().unwrap();
    let digits = made["code"].as_str().unwrap();
    let order = redeem(&harness, digits, product, "t-1").await.body["data"].clone();
    assert_eq!(order["status"], "PICKUPCODE");
    assert_eq!(order["pickup_code_id"], made["id"]);
    assert_eq!(order["trade_id"], "t-1");
    assert_eq!(harness.stock(product).await, u64::from(stock) - 1);
    for trade_id in ["t-1", "t-2"] {
        let again = redeem(&harness, digits, product, trade_id).await;
        let data = json!({ "order_id": order["order_id"] });
        assert_eq!(again.body, json!({"code": 10025, "message": "取货码已使用", "data": data}));
    }
    let (id, record) = (order["order_id"].to_string(), order["records"][0]["id"].to_string());
    assert_eq!(harness.dispense(&id, &record).await.body["message"], "ok");
    assert_eq!(code(&redeem(&harness, "0", product, "t-3").await), 80002);
    assert_eq!(code(&redeem(&harness, digits, product, "").await), 6041);
}

#[tokio::test]
async fn a_code_that_is_over_is_refused() {
    let harness = Harness::new().await;
    let product = harness.products()[0].0;
    create(&harness, product, &[("expired_at", "2025-06-15 23:10:00")]).await;
    let made = open(&harness, product).await.pop().unwrap();
    harness.sandbox.advance(200);
    assert_eq!(code(&redeem(&harness, made["code"].as_str().unwrap(), product, "t-1").await), 6032);
}

#[tokio::test]
async fn inhand_makes_a_code_of_seven_digits_from_the_query_alone() {
    let harness = Harness::new().await;
    let goods = harness.inhand_rows("/router/goods", &[]).await;
    let number = goods[0]["number"].as_str().unwrap();
    let end = (NOW + 3600).to_string();
    let ask = async |query: &[(&str, &str)], body: &str| {
        let query = harness.signed(&owned(&[]), owned(query));
        let url = format!("{}/osapi/code/create?{}", harness.sandbox.inhand_url(), encoded(&query));
        send(harness.client.post(url).body(body.to_owned())).await.body
    };
    let given = [("assetId", "91000003"), ("productCode", number), ("endTime", end.as_str())];
    let answer = ask(&given, "").await;
    assert_eq!(answer["result"], "SUCCESS");
    assert_eq!(answer["code"].as_str().unwrap().len(), 7);
    assert_eq!(ask(&[], "").await["result"], "SUCCESS");
    let codes = harness.control("/pickup_codes").await["inhand"].clone();
    assert_eq!(codes.as_array().unwrap().len(), 2);
    assert_eq!((&codes[0]["asset_id"], &codes[0]["end"]), (&json!("91000003"), &json!(NOW + 3600)));
    assert_eq!(ask(&[("assetId", "1")], "").await["errorCode"], "asset_not_exist");
    assert_eq!(ask(&[("productCode", "1")], "").await["errorCode"], "goods_not_exist");
    assert_eq!(ask(&[("endTime", &NOW.to_string())], "").await["errorCode"], "param_error:endTime");
    assert_eq!(ask(&[], "{}").await["errorCode"], "body_error");
    let unsigned = format!("{}/osapi/code/create?clientId=c-100&nonce_str=x", harness.sandbox.inhand_url());
    assert_eq!(send(harness.client.post(unsigned)).await.body["errorCode"], "sign_error");
}
