//! Dingshang's callbacks, which anybody may send who knows the address: bounded, plain, and never a failure.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vendgraph::{domain::DeliveryState, vendor::dingshang::webhook::decode};

fuzz_target!(|body: &[u8]| {
    let callback = decode(body);
    assert_eq!(callback, decode(body));
    for number in [&callback.order_number, &callback.record].into_iter().flatten() {
        assert!((1..=64).contains(&number.len()), "{number}");
    }
    if let Some(reason) = &callback.delivery.failure_reason {
        assert!(reason.chars().count() <= 200 && !reason.chars().any(char::is_control), "{reason:?}");
    }
    let is_object = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(body).is_ok();
    assert!(is_object || callback.delivery.state == DeliveryState::Unknown, "claimed out of nothing");
});
