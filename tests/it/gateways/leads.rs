//! What is done for all is done by one, and by another when that one is killed.

use serde_json::Value;
use tokio::time::{Duration, Instant, sleep_until};
use vendgraph::sandbox::{Effect, Fault, Vendor};

use super::{
    place::{COUNT, Place},
    until,
};
use crate::harness::texts;

/// The call that reads a machine's status, of which a sweep makes one for each machine.
const STATUS: &str = "/osapi/router/status";
const MACHINES: u64 = 20;
/// How often machines are swept.
const SWEEP: Duration = Duration::from_secs(2);

/// The numbers of InHand's machines that are online or not, as a gateway has it without asking them.
async fn machines(place: &Place, gateway: usize, online: bool) -> Vec<String> {
    let query = format!(
        "{{ machines(first: 100, filter: {{ vendor: INHAND, online: {online} }}) {{ nodes {{ number }} }} }}"
    );
    let answer = place.ask(gateway, &query).await;
    texts(&answer["machines"]["nodes"], "/number").into_iter().map(str::to_owned).collect()
}

/// When the account `metro` was down and up again, as the log tells, in its order.
async fn health(place: &Place, gateway: usize) -> Vec<String> {
    let query = "{ events(first: 500, filter: { kinds: [ACCOUNT_HEALTH] }) { nodes { account { name } \
                 ... on AccountHealthEvent { health { state } } } } }";
    let answer = place.ask(gateway, query).await;
    let nodes = answer["events"]["nodes"].as_array().cloned().unwrap_or_default();
    let of_metro = nodes.iter().filter(|node| node["account"]["name"] == "metro");
    let told: Vec<_> = of_metro.filter_map(|node| node["health"]["state"].as_str()).collect();
    assert!(told.iter().zip(told.iter().skip(1)).all(|(one, next)| one != next), "{told:?}");
    // What failed once is degraded, until it is down or up.
    told.into_iter().filter(|state| *state != "DEGRADED").map(str::to_owned).collect()
}

/// Changes whether a machine is online, and waits until every gateway knows, without asking it.
async fn all_know(place: &Place, machine: &str, online: bool) {
    assert!(place.vendors.inhand().set_online(machine, online));
    let running: Vec<usize> =
        (0..COUNT).filter(|number| place.places.lock().unwrap()[*number].is_some()).collect();
    for number in running {
        let known = async || machines(place, number, online).await.iter().any(|known| known == machine);
        until("the change", known).await;
    }
}

/// The one gateway that does the account's work.
async fn leader(place: &Place) -> usize {
    let words = "\"what\":\"account/metro\"";
    until("somebody leads", async || !place.who_logged(words).await.is_empty()).await;
    let who = place.who_logged(words).await;
    assert_eq!(who.len(), 1, "one leads: {who:?}");
    who[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_three_gateways_sweeps_and_watches_and_another_takes_over_when_it_is_killed() {
    let adapt = |text: String| {
        let text = text.replace("sweep = \"off\"", &format!("sweep = \"{}s\"", SWEEP.as_secs()));
        text.replace("[limits]", "[cache]\nstatus = \"500ms\"\n[limits]")
    };
    let place = Place::start(adapt).await;
    let calls = || place.vendors.calls(Vendor::Inhand).count(STATUS);
    let first = leader(&place).await;
    until("the first round", async || calls() >= MACHINES).await;
    // Two whole rounds and what is left of others: three gateways that sweep would make three times as many calls.
    let (from, start) = (calls(), Instant::now());
    sleep_until(start + SWEEP * 2).await;
    let (made, took) = (calls() - from, start.elapsed());
    let most = u128::from(MACHINES) * (took.as_millis() + SWEEP.as_millis() * 3 / 2) / SWEEP.as_millis();
    assert!(u128::from(made) < most, "{made} calls in {took:?}");
    assert_eq!(leader(&place).await, first);
    let machine = place.vendors.inhand().asset_id(3);
    let online = machines(&place, first, true).await.contains(&machine);
    all_know(&place, &machine, !online).await;

    // Nobody asks but who sweeps: what it finds of the vendor's health is told once, and what comes of that by who takes over.
    let faults = place.vendors.faults(Vendor::Inhand);
    faults.add(Fault::new(Effect::Status(500)));
    let other = (first + 1) % COUNT;
    until("the vendor is down", async || health(&place, other).await == ["DOWN"]).await;
    place.kill(first).await;
    faults.clear();
    let second = leader(&place).await;
    assert_ne!(second, first);
    until("the vendor is back", async || health(&place, other).await == ["DOWN", "UP"]).await;
    all_know(&place, &machine, online).await;
    // Who comes back follows, and knows what the other found.
    place.run(first).await;
    all_know(&place, &machine, !online).await;
    assert_eq!(leader(&place).await, second);
    let log: Value = place.ask(first, "{ events(first: 1) { nodes { id } } }").await;
    assert!(log["events"]["nodes"][0]["id"].is_string(), "{log}");
}
