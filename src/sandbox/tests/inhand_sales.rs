//! That InHand's trades, statistics, sales, shelves and refills agree with each other.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use super::{Harness, NOW, number, object, seconds};
use crate::sandbox::StatisticsShape;

const PAGE: [(&str, &str); 2] = [("limit", "100"), ("cursor", "0")];

/// The sum of one kind over the columns of a row of statistics, the totals left out.
fn columns(row: &Value, end: &str) -> i64 {
    let totals = ["onlineAmount", "onlineCount", "outlineAmount", "outlineCount"];
    let columns =
        object(row).iter().filter(|(name, _)| name.ends_with(end) && !totals.contains(&name.as_str()));
    columns.map(|(_, value)| number(value)).sum()
}

#[tokio::test]
async fn statistics_are_the_sum_of_the_paid_trades_of_the_window() {
    let harness = Harness::with_machines(40).await;
    for _ in 0..300 {
        harness.clock.advance(7);
        harness.sandbox.tick();
    }
    let windows = [(NOW - 30 * 86_400, NOW + 86_400), (NOW - 3 * 86_400 + 17, NOW + 900), (NOW, NOW + 9_000)];
    let assets: Vec<String> = (0..40).map(|index| harness.sandbox.inhand().asset_id(index)).collect();
    let mut sales = 0;
    for (start, end) in windows {
        let (start, end) = (start.to_string(), end.to_string());
        let asked = [("assetIds", assets.join(",")), ("startTime", start.clone()), ("endTime", end.clone())];
        let asked: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let rows = harness.inhand_get("/trade/statistic", &asked).await.body;
        assert_eq!(rows.as_array().unwrap().len(), 40);
        for row in rows.as_array().unwrap() {
            let asset = row["assetId"].as_str().unwrap();
            let filter = [("assetId", asset), ("startTime", &start), ("endTime", &end)];
            let trades = harness.inhand_rows("/trade/list", &filter).await;
            let paid: Vec<&Value> = trades.iter().filter(|trade| number(&trade["payStatus"]) == 1).collect();
            let cost: i64 = paid.iter().map(|trade| number(&trade["cost"])).sum();
            assert_eq!(number(&row["count"]), i64::try_from(paid.len()).unwrap());
            assert_eq!(number(&row["amount"]), cost);
            assert_eq!(columns(row, "Amount"), cost);
            assert_eq!(columns(row, "Count"), number(&row["onlineCount"]) + number(&row["outlineCount"]));
            sales += paid.len();
        }
    }
    assert!(sales > 1000, "{sales}");
}

#[tokio::test]
async fn the_sum_of_all_machines_is_the_list_without_a_machine_and_the_total_is_a_string() {
    let harness = Harness::with_machines(30).await;
    let all = harness.inhand_rows("/trade/list", &[]).await;
    let orders: HashSet<&str> = all.iter().map(|trade| trade["orderNo"].as_str().unwrap()).collect();
    assert_eq!(orders.len(), all.len());
    let page = harness.inhand("/trade/list", &[("limit", "7"), ("cursor", "7")], &[]).await.body;
    assert_eq!(page["total"], all.len().to_string());
    assert_eq!(page["cursor"], "7");
    assert_eq!(page["list"].as_array().unwrap()[..], all[7..14]);
    let mut single = 0;
    for index in 0..30 {
        let asset = harness.sandbox.inhand().asset_id(index);
        single += harness.inhand_rows("/trade/list", &[("assetId", &asset)]).await.len();
    }
    assert_eq!(single, all.len());
    let wechat = harness.inhand_rows("/trade/list", &[("payStyle", "2")]).await;
    let expected = all.iter().filter(|trade| trade["payStyle"] == "2").count();
    assert_eq!(wechat.len(), expected);
}

#[tokio::test]
async fn a_time_window_includes_both_ends() {
    let harness = Harness::with_machines(1).await;
    let all = harness.inhand_rows("/trade/list", &[]).await;
    let times: Vec<i64> = all.iter().map(|trade| seconds(&trade["createTime"])).collect();
    let (last, first) = (times.iter().max().unwrap(), times.iter().min().unwrap());
    let window = [("startTime", first.to_string()), ("endTime", last.to_string())];
    let window: Vec<(&str, &str)> = window.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(harness.inhand_rows("/trade/list", &window).await.len(), all.len());
    let moment = first.to_string();
    let found = harness.inhand_rows("/trade/list", &[("startTime", &moment), ("endTime", &moment)]).await;
    assert!(!found.is_empty());
    assert!(found.iter().all(|trade| seconds(&trade["createTime"]) == *first));
}

#[tokio::test]
async fn sales_since_the_refill_are_the_trades_since_and_a_refill_ends_them() {
    let harness = Harness::with_machines(20).await;
    let asset = "91000004";
    assert!(harness.sandbox.inhand().refill(asset));
    harness.clock.advance(1);
    let since = (NOW + 1).to_string();
    for _ in 0..12 {
        harness.sandbox.inhand().sell_one(asset);
        harness.clock.advance(3);
    }
    let trades = harness.inhand_rows("/trade/list", &[("assetId", asset), ("startTime", &since)]).await;
    let mut by_shelf: BTreeMap<&str, i64> = BTreeMap::new();
    for trade in trades.iter().filter(|trade| number(&trade["payStatus"]) == 1) {
        *by_shelf.entry(trade["locationId"].as_str().unwrap()).or_default() += 1;
    }
    let sales = harness.inhand("/router/sales", &[], &[("assetId", asset)]).await.body;
    let mut told = 0;
    for cabinet in sales["shelvesInfo"].as_array().unwrap() {
        for shelf in cabinet["shelfInfo"].as_array().unwrap() {
            let count = number(&shelf["goodsSales"]);
            assert_eq!(count, by_shelf.get(shelf["locationId"].as_str().unwrap()).copied().unwrap_or(0));
            told += count;
        }
    }
    assert!(told >= 10);
    let by_good: i64 = sales["salesInfo"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|cabinet| {
            cabinet["goodsInfo"].as_array().unwrap().iter().map(|good| number(&good["goodsSales"]))
        })
        .sum();
    assert_eq!(by_good, told);
    harness.sandbox.inhand().refill(asset);
    let sales = harness.inhand("/router/sales", &[], &[("assetId", asset)]).await.body;
    assert_eq!(number(&sales["salesInfo"][0]["goodsInfo"][0]["goodsSales"]), 0);
}

#[tokio::test]
async fn a_shelf_sells_out_with_a_time_and_a_refill_fills_it() {
    let harness = Harness::with_machines(5).await;
    let asset = "91000002";
    for _ in 0..400 {
        harness.clock.advance(1);
        harness.sandbox.inhand().sell_one(asset);
    }
    let shelves = async || {
        let status = harness.inhand("/router/status", &PAGE, &[("assetId", asset)]).await.body;
        status["vendingInfo"]["shelvesInfo"].as_array().unwrap().clone()
    };
    for shelf in shelves().await {
        assert_eq!(shelf["status"], "1");
        assert!((NOW - 20 * 86_400..=NOW + 400).contains(&seconds(&shelf["soldoutTime"])));
    }
    // The machine goes on taking money and tells that it has no stock.
    let last = (NOW + 400).to_string();
    let trades = harness.inhand_rows("/trade/list", &[("assetId", asset), ("startTime", &last)]).await;
    assert_ne!(number(&trades[0]["deliverStatus"]), 0);
    harness.sandbox.inhand().refill(asset);
    for shelf in shelves().await {
        assert_eq!(shelf["status"], "0");
        assert_eq!(number(&shelf["soldoutTime"]), 0);
    }
}

#[tokio::test]
async fn an_undelivered_refill_notice_accounts_for_what_was_sold() {
    let harness = Harness::new().await;
    harness.sandbox.inhand().refill("91000007");
    let body = harness
        .inhand("/refill/message", &[], &[("assetId", "91000007"), ("startTime", &NOW.to_string())])
        .await
        .body;
    let notice = &body["message"][0];
    let (since, until) = (seconds(&notice["lastRefillTime"]), seconds(&notice["refillTime"]));
    assert_eq!(until, NOW);
    let window =
        [("assetId", "91000007"), ("startTime", &(since + 1).to_string()), ("endTime", &until.to_string())];
    let trades = harness.inhand_rows("/trade/list", &window).await;
    let paid: Vec<&Value> = trades.iter().filter(|trade| number(&trade["payStatus"]) == 1).collect();
    let pay = |name: &str| {
        notice["paySales"].as_array().unwrap().iter().find(|pay| pay["name"] == name).unwrap().clone()
    };
    assert_eq!(number(&pay("total")["units"]), i64::try_from(paid.len()).unwrap());
    assert_eq!(number(&pay("total")["sales"]), paid.iter().map(|trade| number(&trade["cost"])).sum::<i64>());
    assert_eq!(
        number(&pay("cash")["units"]) + number(&pay("cashless")["units"]),
        number(&pay("total")["units"])
    );
    let all = harness.inhand("/refill/message", &[], &[]).await.body;
    assert!(all["message"].as_array().unwrap().len() > 3);
    let site = all["message"][0]["siteNumber"].as_str().unwrap();
    let one = harness.inhand("/refill/message", &[], &[("siteNumber", site)]).await.body;
    assert!(one["message"].as_array().unwrap().iter().all(|notice| notice["siteNumber"] == site));
}

#[tokio::test]
async fn statistics_come_as_a_list_or_as_a_list_in_a_list_and_misspell_now_and_then() {
    let harness = Harness::new().await;
    let assets: Vec<String> = (0..60).map(|index| harness.sandbox.inhand().asset_id(index)).collect();
    let (start, end) = ((NOW - 86_400).to_string(), NOW.to_string());
    let joined = assets.join(",");
    let asked = [("assetIds", joined.as_str()), ("startTime", &start), ("endTime", &end)];
    let plain = harness.inhand_get("/trade/statistic", &asked).await.body;
    harness.sandbox.shape_statistics(StatisticsShape::Nested);
    assert_eq!(harness.inhand_get("/trade/statistic", &asked).await.body, json!([plain]));
    for name in ["aliapyAmount", "aliapyCount", "alipayAmount", "alipayCount", "othereCount", "otherCount"] {
        assert!(plain.as_array().unwrap().iter().any(|row| row.get(name).is_some()), "{name}");
    }
}

#[tokio::test]
async fn some_times_are_milliseconds_and_some_numbers_are_strings() {
    let harness = Harness::with_machines(20).await;
    let trades = harness.inhand_rows("/trade/list", &[]).await;
    assert!(trades.iter().any(|trade| number(&trade["createTime"]) > 100_000_000_000));
    assert!(trades.iter().any(|trade| number(&trade["createTime"]) < 100_000_000_000));
    assert!(
        trades.iter().any(|trade| trade["price"].is_string())
            && trades.iter().any(|trade| trade["price"].is_i64())
    );
    assert!(trades.iter().any(|trade| trade["refundTime"] == ""));
}
