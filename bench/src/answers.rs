//! What an answer costs that is kept, and one that is executed: beside plain axum returning the same bytes, and plain
//! async-graphql making them.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::Value;

use crate::{
    beside::Beside,
    figures::{Meter, Spread, memory, undisturbed},
    goal::Goals,
    system::{Server, Setup, System, body},
    wrk::{Wording, storm},
};

const RUN: Duration = Duration::from_secs(3);
const REPETITIONS: usize = 3;
const SHELVES: usize = 20;

/// Who answers, and how it is asked.
struct Contender<'a> {
    name: &'static str,
    server: &'a Server,
    wording: Wording,
}

pub fn run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let system = System::start(folder.path(), &Setup::default());
    system.until_listed(200);
    let gateway = &system.server;
    let questions = [
        ("50 goods", goods(gateway)),
        ("a machine of 20 shelves", machine(gateway)),
        ("{__typename}", "{ __typename }".to_owned()),
    ];
    let answers = kept(folder.path(), gateway, &questions);
    let axum = Beside::start("axum", &answers, &gateway.token);
    let graphql = Beside::start("graphql", &answers, &gateway.token);
    let contender = |name, server, wording| Contender { name, server, wording };
    let contenders = [
        contender("plain axum", &axum.server, Wording::Alike),
        contender("plain async-graphql", &graphql.server, Wording::Alike),
        contender("the gateway, kept", gateway, Wording::Alike),
        contender("the gateway, executed", gateway, Wording::Anew),
    ];
    for (number, (name, query)) in questions.iter().enumerate() {
        for plain in [&axum.server, &graphql.server] {
            assert_eq!(plain.ask(query), gateway.ask(query), "all answer the same");
        }
        let mut goals = Goals::default();
        println!("{name}: {} bytes", gateway.ask(query).len());
        let (rates, costs) = measure(folder.path(), &contenders, query);
        let ratio = |above: &[f64], below: &[f64]| Spread::of(above.iter().zip(below).map(|(a, b)| a / b));
        // The client's core may be busier than the server's: what a request costs the server tells more then.
        let over = |ours: usize, plain: usize| {
            let (rate, cost) = (ratio(&rates[ours], &rates[plain]), ratio(&costs[plain], &costs[ours]));
            format!("{rate:.2} of {} in requests, {cost:.2} in processor time", contenders[plain].name)
        };
        if number < 2 {
            goals.add(1, name, over(2, 0), "0.85");
            goals.add(2, name, over(3, 1), "2");
        } else {
            goals.add(3, name, over(2, 0), "0.7");
        }
        goals.tell();
    }
}

/// A figure of each contender for each repetition.
type Figures = [Vec<f64>; 4];

/// The rates and costs of each contender; in turn, so that what slows the machine down slows all.
fn measure(folder: &Path, contenders: &[Contender; 4], query: &str) -> (Figures, Figures) {
    let (mut rates, mut costs) = (Figures::default(), Figures::default());
    for Contender { server, wording, .. } in contenders {
        storm(folder, server, (query, *wording), Duration::from_secs(1));
    }
    for _ in 0..REPETITIONS {
        for (at, Contender { server, wording, .. }) in contenders.iter().enumerate() {
            let (load, cost) = undisturbed(|| {
                let meter = Meter::start(server.process, &[]);
                (storm(folder, server, (query, *wording), RUN), meter.stop())
            });
            rates[at].push(load.rate);
            costs[at].push(cost.processor / load.requests * 1e6);
        }
    }
    for (at, Contender { name, server, .. }) in contenders.iter().enumerate() {
        println!(
            "  {name}: {:.0} requests/s, {:.2} µs of its core each, {} MiB",
            Spread::of(rates[at].clone()),
            Spread::of(costs[at].clone()),
            memory(server.process) / 1024,
        );
    }
    (rates, costs)
}

fn goods(gateway: &Server) -> String {
    let accounts = json(&gateway.ask("{ accounts { id name } }"));
    let accounts = accounts["data"]["accounts"].as_array().expect("a list");
    let metro = accounts.iter().find(|account| account["name"] == "metro").expect("it is configured");
    format!(
        "query Goods {{ products(filter: {{accountIds: [{}]}}, first: 50) {{ nodes {{ id number name fullName \
         price {{ amount currency }} imageUrl }} }} }}",
        metro["id"]
    )
}

/// Asks of the first machine that has so many shelves.
fn machine(gateway: &Server) -> String {
    let machines = json(
        &gateway.ask("{ machines(first: 50, filter: {vendor: INHAND}) { nodes { id shelves { code } } } }"),
    );
    let machines = machines["data"]["machines"]["nodes"].as_array().expect("a list");
    let fits =
        |machine: &&Value| machine["shelves"].as_array().is_some_and(|shelves| shelves.len() == SHELVES);
    let machine = machines.iter().find(fits).expect("one of them has 20 shelves");
    format!(
        "query Machine {{ machine(id: {}) {{ id number name shelves {{ code product {{ name }} \
         price {{ amount currency }} stock {{ quantity basis }} state soldOut }} }} }}",
        machine["id"]
    )
}

/// What the gateway answers, for those beside it.
fn kept(folder: &Path, gateway: &Server, questions: &[(&str, String)]) -> PathBuf {
    let answers: Vec<Value> = questions
        .iter()
        .map(|(_, query)| {
            let answer = gateway.ask(query);
            assert!(!answer.contains("\"errors\""), "{answer}");
            serde_json::json!({ "asked": body(query, "0"), "answer": answer })
        })
        .collect();
    let file = folder.join("answers.json");
    fs::write(&file, Value::Array(answers).to_string()).expect("written");
    file
}

pub fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| panic!("{text}"))
}
