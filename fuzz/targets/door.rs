//! `POST /graphql` of a whole gateway: every answer is one that the contract knows, and none is our own failure.
//!
//! What begins like a JSON object of texts is the body; everything else is the query in one.
#![no_main]

use std::{collections::BTreeSet, sync::LazyLock, time::Duration};

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use vendgraph_fuzz::{gateway::Gateway, spent};

/// Nothing that two small fleets can be asked for takes nearly as much of the processors; and waiting is bounded by the gateway
/// itself, with 15 s.
const PATIENCE: Duration = Duration::from_secs(5);

static GATEWAY: LazyLock<Gateway> = LazyLock::new(Gateway::start);
static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(reqwest::Client::new);

/// The contract's codes.
static CODES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let sdl = vendgraph::graphql::sdl();
    let (_, codes) = sdl.split_once("enum ErrorCode {").expect("the contract has codes");
    let (codes, _) = codes.split_once('}').expect("they end");
    let is_code = |line: &&str| !line.is_empty() && line.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    codes.lines().map(str::trim).filter(is_code).map(str::to_owned).collect()
});

fuzz_target!(|input: &[u8]| {
    let body = if input.starts_with(b"{\"") {
        input.to_vec()
    } else {
        json!({ "query": String::from_utf8_lossy(input) }).to_string().into_bytes()
    };
    let begun = spent::by_process();
    let (status, answer) = GATEWAY.runtime.block_on(async {
        let request = CLIENT
            .post(format!("http://{}/graphql", GATEWAY.address))
            .bearer_auth(&GATEWAY.token)
            .header("accept", "application/graphql-response+json")
            .header("content-type", "application/json")
            .body(body);
        let response = request.send().await.expect("the gateway answers");
        (response.status().as_u16(), response.bytes().await.expect("the answer is whole"))
    });
    let took = spent::by_process().saturating_sub(begun);
    assert!(took < PATIENCE, "it took {took:?}");
    assert!((200..500).contains(&status), "status {status}");
    let answer: Value = serde_json::from_slice(&answer).expect("the answer is JSON");
    for error in answer["errors"].as_array().into_iter().flatten() {
        let code = error["extensions"]["code"].as_str().expect("every error has a code");
        assert!(CODES.contains(code), "a code of no contract: {answer}");
        assert_ne!(code, "INTERNAL", "{answer}");
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{answer}");
    }
    assert!(answer.get("data").is_some() || answer.get("errors").is_some(), "{answer}");
});
