//! What we say of speed: `make bench`. Prints figures; judges nothing.
//!
//! The real program over real sockets: `vendgraph serve` on a core of its own, and on another one the clients in this
//! process and `vendgraph sandbox` as both vendors. Each scenario is named on the command line (`make bench
//! ARGS="ingest fanout"`), or all run. Every figure tells how busy the machine was with anything else meanwhile: above a
//! few per cent it is worth nothing.

#![expect(clippy::cast_precision_loss, reason = "figures are printed with few digits")]

mod answers;
mod beside;
mod calls;
mod crash;
mod exchange;
mod fanout;
mod figures;
mod fleet;
mod follower;
mod goal;
mod growth;
mod ingest;
mod large;
mod message;
mod postgres;
mod sockets;
mod stall;
mod start;
mod system;
mod wrk;

/// What can be measured, by name.
const SCENARIOS: [(&str, fn()); 11] = [
    ("answers", answers::run),
    ("fleet", fleet::run),
    ("ingest", ingest::run),
    ("calls", calls::run),
    ("large", large::run),
    ("sockets", sockets::run),
    ("fanout", fanout::run),
    ("stall", stall::run),
    ("crash", crash::run),
    ("start", start::run),
    ("growth", growth::run),
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
