//! Shelves that are tried without an order.

use std::time::Duration;

use vendgraph::sandbox::{Effect, Fault, Vendor};

use crate::{
    harness::{Setup, System},
    orders::{Counter, ERRORS},
};

/// The call that tries a shelf.
const TRY: &str = "POST /deliveries/debug";

fn test(shelf: &str) -> String {
    format!(
        "mutation {{ testDispense(input: {{shelfId: \"{shelf}\"}}) {{ deliveryId delivery {{ state }} {ERRORS} }} }}"
    )
}

#[tokio::test]
async fn a_test_whose_answer_was_lost_is_not_sent_again_until_the_vendor_has_given_it_up() {
    let mut system = System::start(Setup::default()).await;
    let counter = Counter::filled(&system.vendors);
    system.vendors.faults(Vendor::Dingshang).add(Fault::new(Effect::Cut).after().on_call(TRY).times(1));
    let request = test(&counter.shelves[0].id);
    for _ in 0..2 {
        assert_eq!(system.tell(&request).await.error(), Some("OUTCOME_UNKNOWN"));
    }
    system.pass(Duration::from_secs(118)).await;
    system.reconcile().await;
    system.crash().await;
    system.restart().await;
    assert_eq!(system.tell(&request).await.error(), Some("OUTCOME_UNKNOWN"));
    assert_eq!(system.sent(TRY), 1);
    let other = system.tell(&test(&counter.shelves[1].id)).await;
    assert_eq!(other.error(), None, "another shelf is not held: {other:?}");
    system.pass(Duration::from_secs(3)).await;
    let tried = system.tell(&request).await;
    assert_eq!((&tried.0["delivery"]["state"], tried.error()), (&"DISPENSING".into(), None), "{tried:?}");
    assert_eq!(system.sent(TRY), 3);
    system.end().await;
}
