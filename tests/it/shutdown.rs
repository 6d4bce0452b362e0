//! What others see of us while we end.

use crate::harness::{Setup, System};

#[tokio::test]
async fn on_shutdown_readiness_goes_red_while_everything_is_still_served_and_then_the_door_closes() {
    let mut system = System::start(Setup { drain: "3s", ..Setup::default() }).await;
    assert_eq!(system.status("/readyz").await, Some(200));
    system.stop();
    loop {
        match system.status("/readyz").await {
            Some(200) => tokio::task::yield_now().await,
            red => break assert_eq!(red, Some(503), "red before the door closes"),
        }
    }
    assert_eq!(system.status("/livez").await, Some(200));
    let answer = system.ask("{ machines(first: 1) { totalCount } }").await;
    assert_eq!(answer["data"]["machines"]["totalCount"], 32, "{answer}");
    while system.status("/livez").await.is_some() {
        tokio::task::yield_now().await;
    }
    system.end().await;
}
