//! The adapter against a small platform over a real socket: what it sends, and what it makes of the answers.
//! The samples under `tests/fixtures/dingshang` are the vendor's documents' own, to the letter.

mod stub;
mod writes;

use std::sync::Arc;

use iso_currency::Currency;
use jiff::Timestamp;
use serde_json::{Value, json};

use self::stub::{Answer, KEY, NOW, Seen, Stub, ok, refused};
use super::sign;
use crate::{
    domain::{Money, PickupCodeState, Report, ShelfState, Window},
    vendor::{Error, Kind, TradeQuery, Vendor as _},
};

const PICKUP_CODES: &str = include_str!("../../../tests/fixtures/dingshang/pickup_codes.json");

fn sample(text: &str) -> Answer {
    (200, text.to_owned())
}

/// A page with rows `from..to` of the cabinet that was asked for.
fn page(seen: &Seen, from: u32, to: u32, last_page: u32) -> Answer {
    let cabinet = seen.parameter("cabinet_name");
    let rows: Vec<Value> = (from..to)
        .map(|n| {
            let channel = json!({"id": format!("{cabinet}{n}"), "name": format!("{cabinet}{n:02}"), "cabinet_name": cabinet});
            json!({"id": n, "channel": channel, "current_inventory": n % 3, "inventory": 9,
                   "good": {"id": n, "name": "Tea", "price": "3.00"}})
        })
        .collect();
    ok(&json!({"data": rows, "current_page": 1, "last_page": last_page, "per_page": 50}))
}

/// A machine with cabinets A and B, two pages in A and one in B; `/floors` answers `floors`.
fn machine(floors: &Answer) -> impl Fn(&Seen) -> Answer + Clone + use<> {
    let floors = floors.clone();
    move |seen| match (seen.path.as_str(), seen.parameter("cabinet_name"), seen.parameter("page")) {
        ("/rent/machines/16327129", ..) => ok(&json!({
            "is_online": true, "lng_lat": "116.549815,39.922273", "model": {"cabinet_names": ["A", "B"]}
        })),
        ("/floors", ..) => floors.clone(),
        ("/products", "A", "1") => page(seen, 1, 4, 2),
        ("/products", "A", "2") => page(seen, 3, 6, 2),
        ("/products", "B", "1") => page(seen, 7, 8, 1),
        _ => refused(404, "记录不存在"),
    }
}

async fn report_with(floors: Answer) -> Result<Report, Error> {
    Stub::start(machine(&floors)).await.report("16327129").await
}

fn codes(report: &Report) -> Vec<&str> {
    report.shelves.iter().map(|shelf| &*shelf.code).collect()
}

#[tokio::test]
async fn goods_of_two_reports_are_one() {
    let stub = Stub::start(machine(&ok(&json!([])))).await;
    let (one, other) = (stub.report("16327129").await.unwrap(), stub.report("16327129").await.unwrap());
    let [one, other] = [one, other].map(|report| report.shelves[0].product.clone().unwrap());
    assert!(Arc::ptr_eq(&one, &other), "{one:?}");
}

#[tokio::test]
async fn calls_without_a_payload_are_posts_with_the_credentials_in_their_headers() {
    let stub = Stub::start(|seen| match seen.path.as_str() {
        "/ping" => ok(&json!("pong")),
        "/rent/machines" => ok(&json!([{"machine_no": "16327129"}])),
        _ => ok(&json!({"is_online": true})),
    })
    .await;
    stub.account.ping().await.unwrap();
    assert_eq!(stub.account.machines().await.unwrap().len(), 1);
    assert!(stub.account.machine_detail("16327129").await.unwrap().online);
    assert_eq!(stub.paths(), ["/ping", "/rent/machines", "/rent/machines/16327129"]);
    for seen in stub.seen() {
        assert_eq!((seen.method.as_str(), seen.has_body), ("POST", false), "{}", seen.path);
        assert_eq!((seen.app_id.as_str(), seen.app_secret.as_str()), ("ds1", "app-secret"));
    }
}

#[tokio::test]
async fn trap_04_and_08_signed_reads_are_posts_that_name_the_machine_machine_no() {
    let stub = Stub::start(|_| ok(&json!([]))).await;
    let account = &stub.account;
    assert!(account.categories("00000001").await.unwrap().is_empty());
    assert!(account.pickup_codes("00000001", "811").await.unwrap().is_empty());
    assert_eq!(account.order("00000001", "60").await.unwrap_err().kind, Kind::Protocol, "no order in it");
    assert_eq!(account.delivery("00000001", "d-7").await.unwrap_err().kind, Kind::Protocol);
    let signed: Vec<_> = stub.seen().into_iter().filter(|seen| seen.has_body).collect();
    let paths: Vec<_> = signed.iter().map(|seen| seen.path.as_str()).collect();
    assert_eq!(paths, ["/categories", "/deliveries/d-7", "/orders/60", "/products/811/pickup_code"]);
    for seen in signed {
        assert_eq!((seen.method.as_str(), seen.app_id.as_str()), ("POST", "ds1"));
        let names: Vec<_> = seen.parameters.keys().map(String::as_str).collect();
        assert_eq!(names, ["machine_no", "sign", "timestamp"]);
        assert_eq!(seen.parameter("machine_no"), "00000001", "Trap 7: the zeros stay");
        assert_eq!(seen.parameter("timestamp"), NOW.to_string());
        let parameters =
            seen.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(seen.parameter("sign"), sign::signature(KEY, &parameters));
    }
}

#[tokio::test]
async fn the_documents_pickup_codes_are_read_and_the_query_is_signed_as_in_the_vector() {
    let stub = Stub::start(|_| sample(PICKUP_CODES)).await;
    let codes = stub.account.pickup_codes("16327129", "811").await.unwrap();
    assert_eq!(codes.len(), 2);
    assert_eq!((&*codes[0].number, &*codes[0].code, codes[0].quantity), ("2111", "9388106", 1));
    assert_eq!(codes[1].state, PickupCodeState::Unused);
    let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    assert_eq!(codes[0].created_at, at("2024-04-27T06:00:08Z"), "Trap 5: GMT+8");
    assert_eq!(codes[0].expires_at, at("2024-04-28T06:00:08Z"));
    assert_eq!(stub.seen()[0].parameter("sign"), "22F142CC0B9A9F17D244ACFBD0369298");
}

#[tokio::test]
async fn the_documents_other_samples_are_read_for_what_they_say() {
    async fn order(text: &'static str) -> Result<String, (Kind, Option<String>)> {
        let stub = Stub::start(move |_| sample(text)).await;
        let order = stub.account.order("16327129", "60").await;
        order.map(|order| order.number.to_string()).map_err(|e| (e.kind, e.vendor_code.map(String::from)))
    }
    let code = |code: &str| Some(code.to_owned());
    macro_rules! sample {
        ($name:literal) => {
            include_str!(concat!("../../../tests/fixtures/dingshang/", $name, ".json"))
        };
    }
    assert_eq!(order(sample!("order_placed")).await, Ok("1111111".to_owned()));
    assert_eq!(order(sample!("replenished")).await, Ok("60".to_owned()));
    assert_eq!(order(sample!("pickup_code_cancelled")).await, Ok("60".to_owned()));
    assert_eq!(order(sample!("order_failed")).await, Err((Kind::MachineOffline, code("30002"))));
    assert_eq!(order(sample!("pickup_codes_failed")).await, Err((Kind::MachineNotFound, code("30003"))));
    assert_eq!(order(sample!("pickup_code_cancel_failed")).await, Err((Kind::NotFound, code("80002"))));
    assert_eq!(order(sample!("replenish_failed")).await, Err((Kind::Rejected, code("0"))), "Trap 1");
}

#[tokio::test]
async fn trap_10_a_machines_shelves_are_all_pages_of_all_cabinets_each_row_once() {
    let floors = ok(&json!([
        {"status": "1", "channel": {"id": "A1"}}, {"status": "1", "channel": {"id": "A3"}},
        {"status": "2", "channel": {"id": "B7", "name": "B07", "cabinet_name": "B"}}
    ]));
    let stub = Stub::start(machine(&floors)).await;
    let report = stub.report("16327129").await.unwrap();
    assert_eq!(codes(&report), ["A01", "A02", "A03", "A04", "A05", "B07"]);
    let states: Vec<_> = report.shelves.iter().map(|shelf| shelf.state).collect();
    let (unknown, normal, sold_out) = (ShelfState::Unknown, ShelfState::Normal, ShelfState::SoldOut);
    assert_eq!(states, [normal, unknown, sold_out, unknown, unknown, ShelfState::Jammed]);
    assert_eq!(report.shelves[0].price, Some(Money::from_minor(300, Currency::CNY)));
    assert_eq!((report.status.online, report.status.sold_out_shelf_count), (Some(true), Some(1)));
    assert_eq!(&*report.status.faults.unwrap()[0].name, "B07: jammed");
    assert!(report.location.is_some());

    let products: Vec<_> = stub.seen().into_iter().filter(|seen| seen.path == "/products").collect();
    let asked: Vec<_> = products.iter().map(|p| (p.parameter("cabinet_name"), p.parameter("page"))).collect();
    assert_eq!(asked, [("A", "1"), ("A", "2"), ("B", "1")]);
    assert!(products.iter().all(|seen| seen.parameter("per_page") == "50"));
    assert_eq!(stub.paths().len(), 5, "detail and floors once each");
}

#[tokio::test]
async fn a_report_does_without_floors_and_then_calls_nothing_normal() {
    let gone = [
        (404, "<html>not found</html>".to_owned()),
        (502, "bad gateway".to_owned()),
        (200, "[]".to_owned()),
        refused(10001, "参数错误"),
    ];
    for floors in gone {
        let report = report_with(floors).await.unwrap();
        assert_eq!(codes(&report).len(), 6);
        assert_eq!(report.status.faults, None);
        let (sold_out, others): (Vec<_>, Vec<_>) = report.shelves.iter().partition(|s| s.stock == Some(0));
        assert!(sold_out.iter().all(|shelf| shelf.state == ShelfState::SoldOut));
        assert!(others.iter().all(|shelf| shelf.state == ShelfState::Unknown));
    }
    for (code, kind) in
        [(30003, Kind::MachineNotFound), (30002, Kind::MachineOffline), (10008, Kind::Credentials)]
    {
        assert_eq!(report_with(refused(code, "m")).await.unwrap_err().kind, kind);
    }
}

#[tokio::test]
async fn a_machine_without_a_main_cabinet_is_read_without_it() {
    let stub = Stub::start(|seen| match (seen.path.as_str(), seen.parameter("cabinet_name")) {
        ("/rent/machines/1", _) => ok(&json!({"model": {"cabinet_names": ["C"]}})),
        ("/products", "C") => page(seen, 1, 2, 1),
        ("/products", _) => refused(6038, "货柜不存在"),
        _ => ok(&json!([])),
    })
    .await;
    assert_eq!(codes(&stub.report("1").await.unwrap()), ["C01"]);
}

#[tokio::test]
async fn a_machine_without_products_has_no_shelves_and_one_with_too_many_pages_is_refused() {
    let empty = Stub::start(|seen| if seen.path.contains("/rent") { ok(&json!({})) } else { ok(&json!([])) });
    let report = empty.await.report("1").await.unwrap();
    assert_eq!((report.shelves.len(), report.status.online), (0, Some(false)));
    assert_eq!(report.status.faults, Some(Vec::new()));

    let stub = Stub::start(|seen| match seen.path.as_str() {
        "/products" => page(seen, 1, 2, u32::MAX),
        _ => ok(&json!({})),
    })
    .await;
    assert_eq!(stub.report("1").await.unwrap_err().kind, Kind::Protocol);
    assert_eq!(stub.paths(), ["/floors", "/products", "/rent/machines/1"], "and no page more is asked for");

    let of_lists = || ok(&json!({"data": vec![json!([]); 1_001], "last_page": 1}));
    for rows in [1_000, 1_001] {
        let stub = Stub::start(move |seen| match seen.path.as_str() {
            "/products" if rows == 1_000 => page(seen, 0, rows, 1),
            // A row is read as a list, too.
            "/products" => of_lists(),
            _ => ok(&json!({})),
        });
        let report = stub.await.report("1").await.map(|report| report.shelves.len());
        assert_eq!(
            report.map_err(|error| error.kind),
            if rows == 1_000 { Ok(1_000) } else { Err(Kind::Protocol) }
        );
    }
}

#[tokio::test]
async fn what_cannot_be_a_number_or_id_is_refused_without_a_call() {
    let stub = Stub::start(|_| ok(&json!({}))).await;
    let account = &stub.account;
    let long = "1".repeat(65);
    for odd in ["", "../x", "1/2", "1%2F2", "1 2", "é", long.as_str()] {
        assert_eq!(account.machine_detail(odd).await.unwrap_err().kind, Kind::MachineNotFound, "{odd}");
        assert_eq!(stub.report(odd).await.unwrap_err().kind, Kind::MachineNotFound);
        assert_eq!(account.categories(odd).await.unwrap_err().kind, Kind::MachineNotFound);
        assert_eq!(account.pickup_codes(odd, "1").await.unwrap_err().kind, Kind::MachineNotFound);
        assert_eq!(account.pickup_codes("1", odd).await.unwrap_err().kind, Kind::ProductNotFound);
        assert_eq!(account.order("1", odd).await.unwrap_err().kind, Kind::NotFound);
        assert_eq!(account.delivery("1", odd).await.unwrap_err().kind, Kind::NotFound);
    }
    assert!(stub.paths().is_empty());
}

#[tokio::test]
async fn what_the_vendor_does_not_offer_is_unsupported_without_a_call() {
    let stub = Stub::start(|_| ok(&json!([]))).await;
    let account = &stub.account;
    let now = Timestamp::UNIX_EPOCH;
    let refusals = [
        account.products().await.map(drop),
        account.lines().await.map(drop),
        account.trades(&TradeQuery::default(), 0..50).await.map(drop),
        account.sales_statistics(&["1".to_owned()], now, now).await.map(drop),
        account.sales_since_refill("1").await.map(drop),
        account.unreported_refills(None, Window::default()).await.map(drop),
    ];
    assert!(refusals.iter().all(|refusal| matches!(refusal, Err(error) if error.kind == Kind::Unsupported)));
    assert!(stub.paths().is_empty());
}

#[tokio::test]
async fn an_order_has_amounts_in_its_machines_currency_or_none() {
    async fn amount(detail: Answer) -> Option<Money> {
        let stub = Stub::start(move |seen| match seen.path.as_str() {
            "/orders/60" => ok(&json!({"order_id": 60, "amount": "3.00", "status": "NOTPAY"})),
            _ => detail.clone(),
        });
        stub.await.account.order("1", "60").await.unwrap().amount
    }
    assert_eq!(amount(ok(&json!({}))).await, Some(Money::from_minor(300, Currency::CNY)));
    let baht = ok(&json!({"currency": {"code": "THB"}}));
    assert_eq!(amount(baht).await, Some(Money::from_minor(300, Currency::THB)));
    assert_eq!(amount((502, String::new())).await, None);
}

#[tokio::test]
async fn an_envelope_speaks_before_the_http_status_and_what_is_none_is_a_protocol_error() {
    let cases = [
        ((401, refused(10008, "appid or appsecret is empty").1), Kind::Credentials),
        ((500, refused(30002, "设备已离线").1), Kind::MachineOffline),
        ((500, refused(500, "Server Error").1), Kind::Unavailable),
        ((503, ok(&json!([])).1), Kind::Unavailable),
        ((502, "<html>".to_owned()), Kind::Unavailable),
        ((429, String::new()), Kind::Unavailable),
        ((200, "<html>".to_owned()), Kind::Protocol),
        ((200, json!({"message": "ok"}).to_string()), Kind::Protocol),
        ((302, String::new()), Kind::Protocol),
        (ok(&json!({"machine_no": "1"})), Kind::Protocol),
        (ok(&json!([{"machine_no": {}}])), Kind::Protocol),
        ((200, json!({"code": "0", "message": "faulty"}).to_string()), Kind::Rejected),
    ];
    for (answer, kind) in cases {
        let told = answer.clone();
        let stub = Stub::start(move |_| told.clone()).await;
        assert_eq!(stub.account.machines().await.unwrap_err().kind, kind, "{answer:?}");
    }
}

#[tokio::test]
async fn secrets_appear_in_no_debug_output() {
    let stub = Stub::start(|_| ok(&json!("pong"))).await;
    let shown = format!("{stub:?}");
    assert!(!shown.contains("app-secret") && !shown.contains(KEY), "{shown}");
}
