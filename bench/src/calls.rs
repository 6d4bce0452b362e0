//! What takes 51 calls at a vendor that takes 10 ms for each: the list of an account's machines, and the shelves of the 50
//! that there are. Of accounts that are asked about once, of which nothing is known and to whose vendor no connection is
//! open; and of one account that is asked about again and again, of which nothing that was told counts any more. The vendor says
//! what the simulator said, at less than its cost.

use std::{
    fs,
    net::TcpStream,
    path::Path,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use crate::{
    answers::json,
    beside::Beside,
    exchange::exchange,
    figures::{Meter, Spread, Times, show, undisturbed},
    goal::Goals,
    message::question as ask_vendor,
    system::{Setup, System, further_account},
};

const REPETITIONS: usize = 3;
/// How often one client asks in a repetition, and how often all do.
const ASKED: usize = 10;
const CLIENTS: usize = 16;
const MACHINES: usize = 50;
/// One of them.
const MACHINE: &str = "91000000";
/// The list, and each machine.
const CALLS: u64 = 1 + MACHINES as u64;
/// Nothing that the vendor said counts for longer than it takes to ask again.
const SHORT: &str = "[cache]\nstatus = \"1ms\"\nsites = \"1ms\"\nmax_stale = \"1ms\"\n";
/// Accounts that a repetition uses up, if it has to be taken three times.
const ACCOUNTS: usize = (ASKED + ASKED + CLIENTS) * 3 * REPETITIONS;

pub fn run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let vendor = vendor(folder.path());
    let vendors = [vendor.server.process];
    let setup = || {
        let inhand = Some(format!("http://{}", vendor.server.address));
        Setup { inhand, pinned: false, concurrency: 64, ..Setup::default() }
    };
    let mut goals = Goals::default();
    let setup_again = Setup { sections: SHORT, ..setup() };
    let again = again(&System::start(&folder.path().join("again"), &setup_again), vendor.server.process);
    goals.add(4, "the same again, connections open", format!("{again:.2} × two round trips"), "1.06");
    let setup = Setup { accounts: ACCOUNTS, ..setup() };
    let system = System::start(&folder.path().join("first"), &setup);
    let round_trip = round_trip(&system);
    let mut accounts = (0..ACCOUNTS).map(|number| question(&system, &further_account(number)));
    let mut next = |count: usize| accounts.by_ref().take(count).collect::<Vec<_>>();
    let (mut alone, mut calls, mut sharing) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..REPETITIONS {
        let (times, cost) = undisturbed(|| {
            let (questions, meter) = (next(ASKED), Meter::start(system.server.process, &vendors));
            (one_after_the_other(&system, &questions), meter.stop())
        });
        println!("one client: {times}; {cost}");
        alone.push(times.at(500).as_secs_f64() / round_trip.as_secs_f64() / 2.0);
        let ((together, asked), cost) = undisturbed(|| {
            let (questions, meter) = (next(ASKED), Meter::start(system.server.process, &vendors));
            let before = system.vendor_calls();
            let lengths = questions.iter().map(|question| all_at_once(&system, &[question; CLIENTS]));
            let together = lengths.sum::<Duration>() / u32::try_from(ASKED).expect("it is small");
            ((together, system.vendor_calls() - before), meter.stop())
        });
        let asked = asked as f64 / (ASKED * CLIENTS) as f64;
        println!("{CLIENTS} clients, the same: {}, {asked:.2} calls a request; {cost}", show(together));
        let (apart, cost) = undisturbed(|| {
            let (questions, meter) = (next(CLIENTS), Meter::start(system.server.process, &vendors));
            (all_at_once(&system, &questions.iter().collect::<Vec<_>>()), meter.stop())
        });
        println!("{CLIENTS} clients, each something else: {}; {cost}", show(apart));
        calls.push(asked);
        sharing.push(apart.as_secs_f64() / together.as_secs_f64());
    }
    let alone = Spread::of(alone);
    goals.add(4, "51 calls, one client", format!("{alone:.2} × two round trips"), "1.06");
    goals.add(4, "16 clients, calls a request", format!("{:.2}", Spread::of(calls)), "3.2");
    goals.add(4, "16 clients, throughput", format!("{:.1} × as without sharing", Spread::of(sharing)), "2");
    goals.tell();
}

/// Of one account, whose connections are open: how long one client waits, in two round trips.
fn again(system: &System, vendor: u32) -> Spread {
    let round_trip = round_trip(system);
    println!("a call takes the vendor {}", show(round_trip));
    let questions = vec![question(system, "metro"); ASKED * 2];
    one_after_the_other(system, &questions);
    let ratios = (0..REPETITIONS).map(|_| {
        let (times, cost) = undisturbed(|| {
            let meter = Meter::start(system.server.process, &[vendor]);
            let beside = Meter::start(vendor, &[]);
            let before = system.vendor_calls();
            let times = one_after_the_other(system, &questions);
            assert_eq!(system.vendor_calls() - before, CALLS * questions.len() as u64, "nothing was cached");
            let (cost, beside) = (meter.stop(), beside.stop());
            let [ours, theirs] = [cost, beside].map(|cost| cost.processor / questions.len() as f64 * 1e3);
            println!("of the cores each takes the gateway {ours:.1} ms, the vendor {theirs:.1} ms");
            (times, cost)
        });
        println!("one client, again: {times}; {cost}");
        times.at(500).as_secs_f64() / round_trip.as_secs_f64() / 2.0
    });
    Spread::of(ratios.collect::<Vec<_>>())
}

/// A vendor that says what the simulator says, each time.
fn vendor(folder: &Path) -> Beside {
    let system = System::start(&folder.join("told"), &Setup { machines: MACHINES, ..Setup::default() });
    let (mut stream, address) = system.connect_vendor();
    let mut ask = |machine: Option<&str>| {
        let answer = exchange(&mut stream, &ask_vendor(address, machine));
        assert!(!answer.contains("FAIL"), "{answer}");
        answer
    };
    let list = ask(None);
    let rows = json(&list);
    let rows = rows.as_array().expect("a list").iter();
    let machines = rows.map(|row| row["assetId"].as_str().expect("a number").to_owned());
    let machines: Vec<_> = machines.map(|machine| (ask(Some(&machine)), machine)).collect();
    assert_eq!(machines.len(), MACHINES, "{list}");
    let told = |asked: &str, answer: &str| serde_json::json!({ "asked": asked, "answer": answer });
    let answers: Vec<_> = machines.iter().map(|(answer, machine)| told(machine, answer)).collect();
    let answers = [vec![told("", &list)], answers].concat();
    let file = folder.join("vendor.json");
    fs::write(&file, serde_json::Value::Array(answers).to_string()).expect("written");
    Beside::vendor(&file)
}

/// How long the vendor takes to tell of one machine.
fn round_trip(system: &System) -> Duration {
    let (mut stream, address) = system.connect_vendor();
    let request = ask_vendor(address, Some(MACHINE));
    let times = (0..50).map(|_| {
        let asked = Instant::now();
        exchange(&mut stream, &request);
        asked.elapsed()
    });
    Times::of(times.collect()).at(500)
}

fn question(system: &System, account: &str) -> String {
    let accounts = json(&system.server.ask("{ accounts { id name } }"));
    let accounts = accounts["data"]["accounts"].as_array().expect("a list");
    let account = accounts.iter().find(|one| one["name"] == account).expect("it is configured");
    format!(
        "{{ machines(first: 50, filter: {{accountIds: [{}]}}) {{ nodes {{ number shelves {{ code soldOut }} }} }} }}",
        account["id"]
    )
}

fn one_after_the_other(system: &System, questions: &[String]) -> Times {
    let mut stream = system.server.connect();
    let times = questions.iter().map(|question| ask(system, &mut stream, question));
    Times::of(times.collect())
}

/// Each client asks one question; how long until all are answered.
fn all_at_once(system: &System, questions: &[&String]) -> Duration {
    let start = Barrier::new(questions.len());
    let asking = |question: &String| {
        let mut stream = system.server.connect();
        start.wait();
        ask(system, &mut stream, question)
    };
    thread::scope(|scope| {
        let asking = &asking;
        let clients: Vec<_> =
            questions.iter().map(|question| scope.spawn(move || asking(question))).collect();
        clients.into_iter().map(|client| client.join().expect("it is answered")).max().unwrap_or_default()
    })
}

fn ask(system: &System, stream: &mut TcpStream, question: &str) -> Duration {
    let request = system.server.query(question, 0);
    let asked = Instant::now();
    let answer = exchange(stream, &request);
    assert!(!answer.contains("\"errors\"") && answer.contains("\"soldOut\""), "{answer}");
    asked.elapsed()
}
