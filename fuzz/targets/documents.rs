//! GraphQL documents before they are executed: bounded in time, and the same the second time, when they are kept.
//!
//! Before a NUL stands the document, after it the variables.
#![no_main]

use std::{sync::LazyLock, time::Duration};

use async_graphql::{Request, Variables};
use libfuzzer_sys::fuzz_target;
use vendgraph::{
    config::Limits,
    graphql::{document::Documents, sdl},
};
use vendgraph_fuzz::spent;

/// No document takes more of a processor, in a build that counts every branch.
const PATIENCE: Duration = Duration::from_secs(2);

static DOCUMENTS: LazyLock<Documents> =
    LazyLock::new(|| Documents::new(&sdl(), (&Limits::default()).into()).expect("the schema reads itself"));

fuzz_target!(|text: &str| {
    let (document, variables) = text.split_once('\0').unwrap_or((text, "{}"));
    let variables = serde_json::from_str(variables).map(Variables::from_json).unwrap_or_default();
    let request = || Request::new(document).variables(variables.clone());
    let begun = spent::by_thread();
    let first = DOCUMENTS.prepare(&mut request());
    let second = DOCUMENTS.prepare(&mut request());
    let took = spent::by_thread().saturating_sub(begun);
    assert!(took < PATIENCE, "it took {took:?}");
    match (first, second) {
        (Ok(first), Ok(second)) => {
            assert_eq!((first.kind, first.introspects), (second.kind, second.introspects));
            assert!(document.len() <= 128 * 1024);
        }
        (Err(first), Err(second)) => assert_eq!(first.code(), second.code()),
        (first, second) => panic!("first {first:?}, then {second:?}"),
    }
});
