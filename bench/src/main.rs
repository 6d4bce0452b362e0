//! What we say of speed: `make bench`. Prints figures; judges nothing.
//!
//! The real program over real sockets: `vendgraph serve` on a core of its own, and on another one the clients in this
//! process and `vendgraph sandbox` as both vendors. Each scenario is named on the command line (`make bench
//! ARGS="ingest fanout"`), or all run. Every figure tells how busy the machine was with anything else meanwhile: above a
//! few per cent it is worth nothing.

#![expect(clippy::cast_precision_loss, reason = "figures are printed with few digits")]

mod crash;
mod exchange;
mod fanout;
mod figures;
mod fleet;
mod follower;
mod ingest;
mod message;
mod stall;
mod system;

/// What can be measured, by name.
const SCENARIOS: [(&str, fn()); 5] = [
    ("fleet", fleet::run),
    ("ingest", ingest::run),
    ("fanout", fanout::run),
    ("stall", stall::run),
    ("crash", crash::run),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = arguments.iter().find(|name| SCENARIOS.iter().all(|(known, _)| known != name)) {
        panic!("there is no scenario `{unknown}`; there are {:?}", SCENARIOS.map(|(name, _)| name));
    }
    system::pin_clients();
    for (name, run) in SCENARIOS {
        if arguments.is_empty() || arguments.iter().any(|wanted| wanted == name) {
            println!("# {name}");
            run();
        }
    }
}
