//! Many sockets that follow the same, beside plain async-graphql with as many as it bears.

use std::{fs, path::Path};

use crate::{
    answers::json,
    beside::Beside,
    exchange::Request,
    fanout::{Audience, EVENTS, Heard},
    figures::{Spread, undisturbed},
    follower::BEGINNING,
    goal::Goals,
    message::ORDER_NUMBER,
    system::{Setup, System},
};

const REPETITIONS: usize = 3;
/// Sockets, events a second, seconds.
const MANY: (usize, u32, u32) = (5_000, 20, 10);
const FEW: (usize, u32, u32) = (1_000, 20, 10);
/// So many that a core has no time left; of plain async-graphql's, more than one bears.
const FULL: (usize, u32, u32) = (5_000, 200, 10);
const PLAIN_FULL: (usize, u32, u32) = (1_000, 100, 10);

pub fn run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let nothing = folder.path().join("answers.json");
    fs::write(&nothing, "[]").expect("written");
    let (mut many, mut few, mut plain) = (Vec::new(), Vec::new(), Vec::new());
    let (mut full, mut plain_full) = (Vec::new(), Vec::new());
    for repetition in 1..=REPETITIONS {
        let folder = |name: &str| folder.path().join(format!("{repetition}-{name}"));
        let (heard, event) = ours(&folder("many"), MANY);
        many.push(told("the gateway", MANY, heard));
        full.push(told("the gateway", FULL, ours(&folder("full"), FULL).0));
        few.push(told("the gateway", FEW, ours(&folder("few"), FEW).0));
        plain.push(told("plain async-graphql", FEW, beside(&nothing, &event, FEW)));
        plain_full.push(told("plain async-graphql", PLAIN_FULL, beside(&nothing, &event, PLAIN_FULL)));
    }
    let of = |heard: &[Heard], figure: fn(&Heard) -> f64| Spread::of(heard.iter().map(figure));
    let over = |ours: &[Heard], plain: &[Heard]| {
        Spread::of(ours.iter().zip(plain).map(|(ours, plain)| ours.rate() / plain.rate()))
    };
    let mut goals = Goals::default();
    let whole = many.iter().map(|heard| heard.whole).min().unwrap_or_default();
    let p99 = of(&many, |heard| heard.late.at(990).as_secs_f64() * 1e3);
    goals.add(6, "5,000 sockets × 20 events/s", format!("{whole} heard of all, p99 {p99:.0} ms"), "5,000");
    let memory = format!(
        "{:.1} KiB open, {:.1} under load",
        of(&many, |heard| heard.open),
        of(&many, |heard| heard.loaded)
    );
    goals.add(6, "memory a connection", memory, "10");
    let rates =
        format!("{:.0}, of plain async-graphql {:.0}", of(&full, Heard::rate), of(&plain_full, Heard::rate));
    goals.add(6, "messages a core-second, each as many as it bears", rates, "100,000");
    let ratio = format!(
        "{:.1} where both have as much as they bear, {:.1} with 5,000 at {} events/s, {:.1} with as few",
        over(&full, &plain_full),
        over(&many, &plain),
        MANY.1,
        over(&few, &plain)
    );
    goals.add(6, "times plain async-graphql's with 1,000 sockets", ratio, "10");
    goals.tell();
}

fn told(who: &str, (sockets, rate, _): (usize, u32, u32), heard: Heard) -> Heard {
    println!("{who}, {sockets} sockets, {rate} events/s: {heard}");
    heard
}

/// What the gateway's subscribers hear, and one of the events.
fn ours(folder: &Path, load: (usize, u32, u32)) -> (Heard, serde_json::Value) {
    let mut attempt = 0;
    undisturbed(|| {
        attempt += 1;
        let system = System::start(&folder.join(attempt.to_string()), &Setup::default());
        let heard = Audience::of(&system).hear(load);
        let fields = EVENTS.split_once("events").expect("it asks for them").1.trim_end_matches('}');
        let query = format!("{{ events(first: 1, after: \"{BEGINNING}\") {{ nodes {fields} }} }}");
        let answer = json(&system.server.ask(&query));
        let (cost, event) = (heard.cost, answer["data"]["events"]["nodes"][0].clone());
        assert!(event.is_object(), "{answer}");
        ((heard, event), cost)
    })
    .0
}

/// What plain async-graphql's subscribers hear of events of the same shape.
fn beside(answers: &Path, event: &serde_json::Value, load: (usize, u32, u32)) -> Heard {
    undisturbed(|| {
        let beside = Beside::start("graphql", answers, "");
        let address = &beside.server.address;
        let message = move |number: usize| {
            let mut event = event.clone();
            event["trade"]["orderNumber"] = format!("{ORDER_NUMBER}{number:09}").into();
            Request::post(address, "/publish", "", &event.to_string())
        };
        let (server, message) = (&beside.server, Box::new(message));
        let heard = Audience { server, others: Vec::new(), shared: true, message }.hear(load);
        let cost = heard.cost;
        (heard, cost)
    })
    .0
}
