//! One vendor's trouble stays its own.

use std::time::{Duration, Instant};

use vendgraph::sandbox::{Effect, Fault, Vendor};

use crate::harness::{Setup, System, codes, texts};

const BOTH: &str = "{ machines(first: 500) { totalCount nodes { vendor } sources { account { name } ok error { code message retryable } } } }";

#[tokio::test]
async fn a_vendor_that_is_down_lying_or_silent_takes_nothing_of_the_others() {
    for (effect, code) in [
        (Effect::Status(503), "VENDOR_UNAVAILABLE"),
        (Effect::Cut, "VENDOR_UNAVAILABLE"),
        (Effect::CutInBody, "VENDOR_UNAVAILABLE"),
        (Effect::WrongShape, "VENDOR_PROTOCOL"),
        (Effect::Garbage, "VENDOR_PROTOCOL"),
        (Effect::Truncated, "VENDOR_PROTOCOL"),
        (Effect::Oversized { bytes: 20_000_000 }, "VENDOR_PROTOCOL"),
        (Effect::Hang, "VENDOR_TIMEOUT"),
        (Effect::Refuse { code: "sign_error".into(), message: String::new() }, "VENDOR_CREDENTIALS"),
        (Effect::Refuse { code: "4711".into(), message: String::new() }, "VENDOR_REJECTED"),
    ] {
        let setup = Setup { account: "timeout = \"1s\"", ..Setup::default() };
        let system = System::start(setup).await;
        system.vendors.faults(Vendor::Inhand).add(Fault::new(effect.clone()));
        let started = Instant::now();
        let answer = system.ask(BOTH).await;
        assert!(started.elapsed() < Duration::from_secs(5), "{effect:?} took {:?}", started.elapsed());
        let machines = &answer["data"]["machines"];
        assert_eq!(texts(&machines["nodes"], "/vendor"), ["DINGSHANG"; 12], "{effect:?}: {answer}");
        assert_eq!(texts(&machines["sources"], "/account/name"), ["metro", "north"], "{effect:?}: {answer}");
        assert_eq!(machines["sources"][0]["error"]["code"], code, "{effect:?}: {answer}");
        assert_eq!(machines["sources"][1]["ok"], true, "{effect:?}: {answer}");
        assert!(!answer.to_string().contains("127.0.0.1"), "{effect:?} shows an address: {answer}");
    }
}

#[tokio::test]
async fn what_is_known_is_served_marked_stale_while_the_vendor_does_not_answer() {
    let setup = Setup { account: "timeout = \"1s\"\nretries = 0", ..Setup::default() };
    let system = System::start(setup).await;
    let query = "{ machines(first: 1, filter: {vendor: INHAND}) { nodes { status { freshness { stale source } } } } }";
    let stale = "/data/machines/nodes/0/status/freshness/stale";
    assert_eq!(system.ask(query).await.pointer(stale).unwrap(), false);
    system
        .vendors
        .faults(Vendor::Inhand)
        .add(Fault::new(Effect::Status(500)).on_path("/osapi/router/status"));
    system.clock.advance(Duration::from_mins(1));
    assert_eq!(system.ask(query).await.pointer(stale).unwrap(), true);
    system.clock.advance(Duration::from_hours(1));
    let answer = system.ask(query).await;
    assert!(answer["data"]["machines"]["nodes"][0]["status"].is_null(), "{answer}");
    assert_eq!(codes(&answer), ["VENDOR_UNAVAILABLE"], "{answer}");
    let error = &answer["errors"][0];
    assert_eq!(error["extensions"]["account"], "metro", "{answer}");
    assert_eq!(error["extensions"]["retryable"], true, "{answer}");
    assert_eq!(error["path"].to_string(), r#"["machines","nodes",0,"status"]"#, "{answer}");
    system.vendors.faults(Vendor::Inhand).clear();
    system.clock.advance(Duration::from_secs(40));
    assert_eq!(system.ask(query).await.pointer(stale).unwrap(), false);
}

#[tokio::test]
async fn one_machine_in_trouble_costs_its_own_fields_alone() {
    let system = System::start(Setup::default()).await;
    let number = system.vendors.inhand().asset_id(1);
    let refusal = Effect::Refuse { code: "busy".into(), message: String::new() };
    system.vendors.faults(Vendor::Inhand).add(Fault::new(refusal).on_machine(number.clone()));
    let answer = system
        .ask("{ machines(first: 20, filter: {vendor: INHAND}) { nodes { number shelves { code } } } }")
        .await;
    let nodes = answer["data"]["machines"]["nodes"].as_array().unwrap();
    for node in nodes {
        assert_eq!(node["shelves"].is_null(), node["number"] == number.as_str(), "{node}");
    }
    assert_eq!(codes(&answer), ["VENDOR_REJECTED"], "{answer}");
    assert_eq!(answer["errors"][0]["extensions"]["vendorCode"], "busy", "{answer}");
}

#[tokio::test]
async fn an_answer_comes_within_the_deadline_however_slow_a_vendor_is() {
    let setup = Setup {
        sections: "[limits]\nrequest_timeout = \"2s\"",
        account: "timeout = \"30s\"\nretries = 0",
        ..Setup::default()
    };
    let system = System::start(setup).await;
    system.vendors.faults(Vendor::Inhand).add(Fault::new(Effect::Hang));
    let started = Instant::now();
    let answer = system.ask(BOTH).await;
    // Of the 30 s for which the vendor may be waited for.
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    let machines = &answer["data"]["machines"];
    assert_eq!(texts(&machines["nodes"], "/vendor"), ["DINGSHANG"; 12], "{answer}");
    assert_eq!(machines["sources"][0]["error"]["code"], "VENDOR_TIMEOUT", "{answer}");
}

#[tokio::test]
async fn an_account_that_keeps_failing_is_down_and_is_not_asked_for_a_while() {
    let setup = Setup { account: "timeout = \"1s\"\nretries = 0", ..Setup::default() };
    let system = System::start(setup).await;
    system.vendors.faults(Vendor::Dingshang).add(Fault::new(Effect::Status(500)));
    for _ in 0..8 {
        system.ask("{ machines(filter: {vendor: DINGSHANG}) { totalCount } }").await;
    }
    let asked = system.vendors.calls(Vendor::Dingshang).total();
    assert!(asked < 8, "{asked} calls were made");
    let answer = system.ask("{ accounts { name health { state lastError { code } } } }").await;
    assert_eq!(texts(&answer["data"]["accounts"], "/health/state"), ["UP", "DOWN"], "{answer}");
    assert_eq!(
        answer["data"]["accounts"][1]["health"]["lastError"]["code"], "VENDOR_UNAVAILABLE",
        "{answer}"
    );
}
