//! The adapter against a small platform on a real socket.

mod platform;
mod writes;

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
    thread::sleep,
    time::Duration,
};

use futures_util::{FutureExt as _, future::pending};
use jiff::Timestamp;
use serde_json::{Value, json};

use self::platform::{Platform, Seen};
use super::{Credentials, InvalidBaseUrl};
use crate::{
    domain::{PaymentMethod, Window},
    vendor::{Detail, Kind, TradeQuery, Vendor as _},
};

/// The documents' times are about this one; those of the platform have ten digits.
const EPOCH: i64 = 1_450_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(EPOCH + second).unwrap()
}

/// Answers a page of a listing.
fn page(rows: &[Value], seen: &Seen) -> String {
    let page: Vec<&Value> = rows.iter().skip(seen.number("cursor")).take(seen.number("limit")).collect();
    json!(page).to_string()
}

fn sites(count: usize) -> Vec<Value> {
    (0..count).map(|n| json!({"assetId": format!("{n:06}"), "online": n % 2, "siteId": n / 2})).collect()
}

fn trade_page(count: usize, seen: &Seen) -> String {
    let trades: Vec<Value> = (0..count).map(|n| json!({"orderNo": n.to_string(), "assetId": "1"})).collect();
    let list: Value = serde_json::from_str(&page(&trades, seen)).unwrap();
    json!({"result": "SUCCESS", "total": count.to_string(), "list": list}).to_string()
}

/// Nothing in a status needs a detail: whoever awaited this one would wait for ever.
fn no_detail() -> Detail<'static> {
    pending().boxed()
}

async fn kind_of_report(answer: &'static str) -> Kind {
    let platform = Platform::start(move |_| answer.to_owned()).await;
    platform.vendor.report("151111", no_detail()).await.unwrap_err().kind
}

#[tokio::test]
async fn every_call_puts_its_parameters_where_the_document_says() {
    let platform = Platform::start(|seen| match seen.path.as_str() {
        "/osapi/trade/list" => trade_page(1, seen),
        "/osapi/trade/statistic" => r#"[[{"assetId":"a","amount":1,"count":1}]]"#.to_owned(),
        "/osapi/refill/message" => r#"{"message":[]}"#.to_owned(),
        "/osapi/router/status" | "/osapi/router/sales" => r#"{"assetId":"a"}"#.to_owned(),
        _ => "[]".to_owned(),
    })
    .await;
    let vendor = &platform.vendor;
    let window = Window { from: Some(at(5)), to: Some(at(9)) };
    let query = TradeQuery { machine: Some("a".to_owned()), window, method: Some(PaymentMethod::Wechat) };
    vendor.ping().await.unwrap();
    vendor.machines().await.unwrap();
    vendor.products().await.unwrap();
    vendor.lines().await.unwrap();
    vendor.report("a", no_detail()).await.unwrap();
    vendor.sales_since_refill("a").await.unwrap();
    vendor.unreported_refills(Some("a"), window).await.unwrap();
    vendor.trades(&query, 0..30).await.unwrap();
    vendor.sales_statistics(&["a".to_owned()], at(5), at(9)).await.unwrap();

    let listing = "limit cursor | clientId nonce_str sign";
    let expected = [
        ("POST /osapi/router/lines", listing),
        ("POST /osapi/router/sites", listing),
        ("POST /osapi/router/goods", listing),
        ("POST /osapi/router/lines", listing),
        ("POST /osapi/router/status", "limit cursor | assetId clientId nonce_str sign"),
        ("POST /osapi/router/sales", "| assetId clientId nonce_str sign"),
        ("POST /osapi/refill/message", "| assetId clientId endTime nonce_str sign startTime"),
        (
            "POST /osapi/trade/list",
            "limit cursor | assetId clientId endTime nonce_str payStyle sign startTime",
        ),
        ("GET /osapi/trade/statistic", "assetIds startTime endTime clientId nonce_str sign |"),
    ];
    let seen = platform.seen();
    assert_eq!(seen.len(), expected.len());
    for (seen, (call, parameters)) in seen.iter().zip(expected) {
        assert_eq!(format!("{} {}", seen.method, seen.path), call);
        assert_eq!(seen.placement(), parameters, "{call}");
        assert_eq!(seen.parameter("clientId"), "c-100");
    }
    assert_eq!((seen[0].number("limit"), seen[0].number("cursor")), (1, 0));
    assert_eq!((seen[1].number("limit"), seen[1].number("cursor")), (100, 0));
    let trades = ["limit", "startTime", "endTime", "payStyle"].map(|name| seen[7].parameter(name));
    assert_eq!(trades, ["30", "1450000005", "1450000009", "2"]);
}

/// The platform of these tests answers a wrong signature, computed its own way, with FAIL.
#[tokio::test]
async fn trap_09_every_call_is_signed_over_query_and_body_with_a_fresh_nonce() {
    let platform = Platform::start(|seen| match seen.method.as_str() {
        "GET" => "[]".to_owned(),
        _ => r#"{"assetId":"冰 &=#1"}"#.to_owned(),
    })
    .await;
    for _ in 0..3 {
        platform.vendor.report("冰 &=#1", no_detail()).await.unwrap();
        platform.vendor.sales_statistics(&["冰 &=#1".to_owned()], at(5), at(9)).await.unwrap();
    }
    let nonces: HashSet<String> = platform.seen().iter().map(|seen| seen.parameter("nonce_str")).collect();
    assert_eq!(nonces.len(), 6);
    assert!(nonces.iter().all(|nonce| nonce.len() >= 16 && nonce.chars().all(char::is_alphanumeric)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 8)]
async fn a_listing_out_of_order_and_with_rows_repeated_gives_every_row_as_the_platform_did() {
    let machines = sites(1_200);
    let repeated: Vec<Value> = machines.iter().chain(machines.iter().step_by(35)).cloned().collect();
    // 7919 is prime, so this is every row, out of order.
    let rows: Vec<Value> =
        (0..repeated.len()).map(|n| repeated[n * 7_919 % repeated.len()].clone()).collect();
    let told: Vec<String> = rows.iter().map(|row| row["assetId"].as_str().unwrap().to_owned()).collect();
    let platform = Platform::start(move |seen| {
        // Of pages that are asked for together, the first come last.
        sleep(Duration::from_millis(30) / u32::try_from(1 + seen.number("cursor") / 100).unwrap());
        page(&rows, seen)
    })
    .await;
    let found = platform.vendor.machines().await.unwrap();
    let found: Vec<&str> = found.iter().map(|machine| &*machine.number).collect();
    assert_eq!(found, told, "in whichever order the pages come");
    // 1,235 rows: waves of 1, 2, 4 and 8 pages of 100.
    let cursors: BTreeSet<usize> = platform.seen().iter().map(|seen| seen.number("cursor")).collect();
    assert_eq!(cursors, (0..15).map(|page| page * 100).collect());
    assert_eq!(platform.seen().len(), 15);
}

#[tokio::test]
async fn a_listing_of_whole_pages_ends_with_the_empty_one() {
    for (count, calls) in [(0, 1), (99, 1), (100, 3), (300, 7)] {
        let rows = sites(count);
        let platform = Platform::start(move |seen| page(&rows, seen)).await;
        assert_eq!(platform.vendor.machines().await.unwrap().len(), count);
        assert_eq!(platform.seen().len(), calls, "{count}");
    }
}

#[tokio::test]
async fn a_machine_added_while_paging_breaks_nothing() {
    let rows = sites(450);
    let platform = Platform::start(move |seen| {
        // From the second page on there is one row more in front, which moves all others by one.
        let grown: Vec<Value> = std::iter::once(json!({"assetId": "new"})).chain(rows.clone()).collect();
        page(if seen.number("cursor") == 0 { &rows } else { &grown }, seen)
    })
    .await;
    let found = platform.vendor.machines().await.unwrap();
    let numbers: HashSet<_> = found.iter().map(|machine| &machine.number).collect();
    assert_eq!((found.len(), numbers.len()), (451, 450), "the last of the first page comes again");
}

#[tokio::test]
async fn twenty_thousand_machines_are_listed_whole() {
    let rows = sites(20_000);
    let platform = Platform::start(move |seen| page(&rows, seen)).await;
    assert_eq!(platform.vendor.machines().await.unwrap().len(), 20_000);
    assert!(platform.seen().len() < 200 + 8 + 1);
}

#[tokio::test]
async fn a_listing_without_end_is_given_up() {
    let full = json!(vec![json!({"number": "1"}); 100]).to_string();
    let mut platform = Platform::start(move |_| full.clone()).await;
    platform.vendor.client.most_pages = 40;
    assert_eq!(platform.vendor.products().await.unwrap_err().kind, Kind::Protocol);
    assert_eq!(platform.seen().len(), 40);

    let long = json!(vec![json!({"number": "1"}); 1_000]).to_string();
    let mut platform = Platform::start(move |_| long.clone()).await;
    platform.vendor.client.most_pages = 40;
    assert_eq!(platform.vendor.products().await.unwrap_err().kind, Kind::Protocol);
    assert_eq!(platform.seen().len(), 7, "they have more rows than 40 pages");

    let full = json!({"total": u64::MAX >> 1, "list": [{"orderNo": 1, "assetId": 1}]}).to_string();
    let mut platform = Platform::start(move |_| full.clone()).await;
    platform.vendor.client.most_pages = 40;
    let trades = platform.vendor.trades(&TradeQuery::default(), 0..u64::MAX).await;
    assert_eq!(trades.unwrap_err().kind, Kind::Protocol);
    assert!(platform.seen().len() < 50);
}

#[tokio::test]
async fn the_statistics_of_fifty_machines_are_one_call() {
    let machines: Vec<String> = (0..50).map(|n| format!("{n:08}")).collect();
    let platform = Platform::start(|seen| {
        let asked = seen.parameter("assetIds");
        let rows = asked.split(',').skip(1).chain(["stranger"]);
        json!([rows.map(|id| json!({"assetId": id, "amount": 5, "count": "1"})).collect::<Vec<_>>()])
            .to_string()
    })
    .await;
    let asked: Vec<String> = machines.iter().chain(&machines).cloned().chain(["a,b".to_owned()]).collect();
    let statistics = platform.vendor.sales_statistics(&asked, at(5), at(9)).await.unwrap();
    let numbers: Vec<&str> = statistics.iter().map(|statistics| &*statistics.machine_number).collect();
    assert_eq!(numbers, machines.iter().skip(1).collect::<Vec<_>>());
    assert_eq!(platform.seen().len(), 1);
    assert_eq!(platform.seen()[0].parameter("assetIds"), machines.join(","));
}

#[tokio::test]
async fn the_statistics_of_very_many_machines_keep_the_urls_short() {
    let platform = Platform::start(|seen| {
        let rows = seen.parameter("assetIds");
        json!(rows.split(',').map(|id| json!({"assetId": id, "amount": 5, "count": 1})).collect::<Vec<_>>())
            .to_string()
    })
    .await;
    let machines: Vec<String> = (0..2_000).map(|n| format!("{n:08}")).collect();
    let statistics = platform.vendor.sales_statistics(&machines, at(5), at(9)).await.unwrap();
    assert_eq!(statistics.len(), 2_000);
    assert_eq!(platform.seen().len(), 4);
    assert!(platform.seen().iter().all(|seen| seen.url_length < 7_000));
}

#[tokio::test]
async fn trades_are_those_at_the_positions_asked_for() {
    let platform = Platform::start(|seen| trade_page(255, seen)).await;
    for (range, expected) in [(0..30, 0..30), (30..60, 30..60), (30..255, 30..255), (250..900, 250..255)] {
        let found = platform.vendor.trades(&TradeQuery::default(), range.clone()).await.unwrap();
        let positions: Vec<u64> =
            found.trades.iter().map(|trade| trade.order_number.parse().unwrap()).collect();
        assert_eq!((found.total, positions), (255, expected.collect()), "{range:?}");
    }
    for range in [400..500, 7..7, u64::MAX - 1..u64::MAX] {
        let found = platform.vendor.trades(&TradeQuery::default(), range).await.unwrap();
        assert_eq!((found.total, found.trades.len()), (255, 0));
    }
    assert!(platform.seen().iter().all(|seen| {
        let (limit, cursor) = (seen.number("limit"), seen.number("cursor"));
        limit <= 100 && cursor.is_multiple_of(limit)
    }));
}

#[tokio::test]
async fn no_page_of_trades_is_asked_for_in_vain() {
    let platform = Platform::start(|seen| trade_page(120, seen)).await;
    let found = platform.vendor.trades(&TradeQuery::default(), 0..1_000).await.unwrap();
    assert_eq!((found.trades.len(), platform.seen().len()), (120, 2));
}

#[tokio::test]
async fn trades_that_the_platform_cannot_have_are_not_asked_for() {
    let platform = Platform::start(|seen| trade_page(9, seen)).await;
    let of = |method| TradeQuery { method: Some(method), ..TradeQuery::default() };
    let found = platform.vendor.trades(&of(PaymentMethod::Merchant), 0..9).await.unwrap();
    assert_eq!((found.total, found.trades.len()), (0, 0));
    let other = platform.vendor.trades(&of(PaymentMethod::Other), 0..9).await;
    assert_eq!(other.unwrap_err().kind, Kind::Unsupported);
    let backwards = Window { from: Some(at(9)), to: Some(at(5)) };
    let query = TradeQuery { window: backwards, ..TradeQuery::default() };
    assert_eq!(platform.vendor.trades(&query, 0..9).await.unwrap().total, 0);
    assert_eq!(platform.seen().len(), 0);
}

#[tokio::test]
async fn a_notice_that_failed_twice_is_one_refill_and_other_machines_are_left_out() {
    let platform = Platform::start(|_| {
        let notice = |machine: &str, at: i64| json!({"assetId": machine, "refillTime": EPOCH + at});
        json!({"message": [notice("1", 9), notice("2", 9), notice("1", 5), notice("1", 9)]}).to_string()
    })
    .await;
    let refills = platform.vendor.unreported_refills(Some("1"), Window::default()).await.unwrap();
    assert_eq!(refills.iter().map(|refill| refill.refilled_at).collect::<Vec<_>>(), [at(9), at(5)]);
    let refills = platform.vendor.unreported_refills(None, Window::default()).await.unwrap();
    assert_eq!(refills.len(), 3);
}

#[tokio::test]
async fn a_window_shrinks_to_the_whole_seconds_inside_it() {
    let platform = Platform::start(|seen| trade_page(0, seen)).await;
    let half = |millisecond| Some(Timestamp::from_millisecond(EPOCH * 1_000 + millisecond).unwrap());
    let window = Window { from: half(4_500), to: half(9_500) };
    platform.vendor.trades(&TradeQuery { window, ..TradeQuery::default() }, 0..9).await.unwrap();
    let seen = platform.seen();
    assert_eq!(
        (seen[0].parameter("startTime"), seen[0].parameter("endTime")),
        ("1450000005".into(), "1450000009".into())
    );
}

#[tokio::test]
async fn an_answer_that_says_nothing_of_the_machine_means_that_there_is_none() {
    for answer in ["", "null", "{ }", "[]", "[[]]", r#"{"result":"SUCCESS"}"#, r#"{"assetId":"151112"}"#] {
        assert_eq!(kind_of_report(answer).await, Kind::MachineNotFound, "{answer}");
    }
}

#[tokio::test]
async fn goods_of_two_machines_are_one() {
    let platform = Platform::start(|seen| {
        let shelf = json!({"locationId": "1", "number": "6920", "goodsName": "Tea"});
        json!({"assetId": seen.parameter("assetId"), "vendingInfo": {"shelvesInfo": [shelf]}}).to_string()
    })
    .await;
    let (one, other) = (platform.vendor.report("1", no_detail()), platform.vendor.report("2", no_detail()));
    let goods = [one.await, other.await].map(|report| report.unwrap().shelves.remove(0).product.unwrap());
    assert!(Arc::ptr_eq(&goods[0], &goods[1]), "{goods:?}");
}

#[tokio::test]
async fn an_answer_of_another_shape_is_a_protocol_error() {
    for answer in ["<html>", r#"{"hello":1}"#, "7", r#""oops""#, r#"{"assetId":"151111","vendingInfo":7}"#] {
        assert_eq!(kind_of_report(answer).await, Kind::Protocol, "{answer}");
    }
    let platform = Platform::start(|_| r#"{"hello":1}"#.to_owned()).await;
    let vendor = &platform.vendor;
    assert_eq!(vendor.machines().await.unwrap_err().kind, Kind::Protocol);
    assert_eq!(vendor.unreported_refills(None, Window::default()).await.unwrap_err().kind, Kind::Protocol);
    let trades = vendor.trades(&TradeQuery::default(), 0..1).await;
    assert_eq!(trades.unwrap_err().kind, Kind::Protocol);
}

#[tokio::test]
async fn a_refusal_keeps_the_platforms_code() {
    let platform = Platform::start(|_| r#"{"result":"FAIL","errorCode":"20001"}"#.to_owned()).await;
    let error = platform.vendor.ping().await.unwrap_err();
    assert_eq!((error.kind, error.vendor_code.as_deref()), (Kind::Rejected, Some("20001")));
    assert_eq!(error.to_string(), "router/lines: the vendor refused (vendor code 20001)");
}

#[tokio::test]
async fn what_can_be_no_machines_number_is_not_asked_for() {
    let platform = Platform::start(|_| "[]".to_owned()).await;
    let vendor = &platform.vendor;
    for machine in ["", "1,2", "1\n", "\u{7f}", &"9".repeat(65)] {
        assert_eq!(vendor.report(machine, no_detail()).await.unwrap_err().kind, Kind::MachineNotFound);
        assert_eq!(vendor.sales_since_refill(machine).await.unwrap_err().kind, Kind::MachineNotFound);
        let refills = vendor.unreported_refills(Some(machine), Window::default()).await;
        assert_eq!(refills.unwrap_err().kind, Kind::MachineNotFound);
        let query = TradeQuery { machine: Some(machine.to_owned()), ..TradeQuery::default() };
        assert_eq!(vendor.trades(&query, 0..1).await.unwrap_err().kind, Kind::MachineNotFound);
        assert!(vendor.sales_statistics(&[machine.to_owned()], at(5), at(9)).await.unwrap().is_empty());
    }
    assert_eq!(platform.seen().len(), 0);
}

#[tokio::test]
async fn what_the_platform_does_not_offer_is_not_asked_for() {
    let platform = Platform::start(|_| "[]".to_owned()).await;
    let vendor = &platform.vendor;
    assert_eq!(vendor.machine_detail("1").await.unwrap_err().kind, Kind::Unsupported);
    assert_eq!(vendor.categories("1").await.unwrap_err().kind, Kind::Unsupported);
    assert_eq!(vendor.pickup_codes("1", "1").await.unwrap_err().kind, Kind::Unsupported);
    assert_eq!(vendor.order("1", "1").await.unwrap_err().kind, Kind::Unsupported);
    assert_eq!(vendor.delivery("1", "1").await.unwrap_err().kind, Kind::Unsupported);
    assert_eq!(platform.seen().len(), 0);
}

#[test]
fn the_base_url_may_have_a_path_but_no_secrets() {
    let adapter = |url: &str| platform::adapter(url).map(|_| ());
    assert_eq!(adapter("https://vending.example.net/prefix/"), Ok(()));
    for url in ["ftp://a", "mailto:a@b.c", "http://u@a", "http://u:p@a", "http://a?x=1", "http://a#x"] {
        assert_eq!(adapter(url), Err(InvalidBaseUrl), "{url}");
    }
}

#[tokio::test]
async fn the_calls_stand_under_the_base_urls_path() {
    let platform = Platform::start(|_| "[]".to_owned()).await;
    let vendor = platform::adapter(&format!("{}/prefix/", platform.url)).unwrap();
    vendor.ping().await.unwrap();
    assert_eq!(platform.seen()[0].path, "/prefix/osapi/router/lines");
}

#[test]
fn neither_the_key_nor_the_url_is_in_debug_output() {
    let credentials = platform::credentials("http://u:hidden@vending.example.net");
    let adapter = platform::adapter("http://vending.example.net").unwrap();
    for text in [format!("{credentials:?}"), format!("{adapter:?}")] {
        assert!(text.contains("c-100"), "{text}");
        assert!(
            !text.contains(platform::KEY) && !text.contains("example") && !text.contains("hidden"),
            "{text}"
        );
    }
    let _: &Credentials = &credentials;
}
