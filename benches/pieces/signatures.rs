//! Dingshang's signature, which is made for each call.

use divan::{Bencher, black_box};
use jiff::Timestamp;
use vendgraph::vendor::dingshang::sign::{Parameters, payload, signature};

const KEY: &str = "M20240318";

/// What a call about a machine says.
const CALL: [(&str, &str); 4] = [
    ("machine_no", "16327129"),
    ("method", "replenishment.machine.all"),
    ("cabinet_name", "A"),
    ("timestamp", "1714030791"),
];

#[divan::bench]
fn dingshangs_signature_is_made(bencher: Bencher) {
    let parameters: Parameters<'_> = CALL.into_iter().collect();
    bencher.bench(|| signature(KEY, black_box(&parameters)));
}

#[divan::bench]
fn dingshangs_payload_is_made(bencher: Bencher) {
    let parameters: Parameters<'_> = CALL.into_iter().take(3).collect();
    let now = Timestamp::from_second(1_714_030_791).expect("it is a time");
    bencher.bench(|| payload(KEY, black_box(&parameters), now));
}
