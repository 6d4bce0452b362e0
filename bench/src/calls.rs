//! What takes 51 calls at a vendor that takes 10 ms for each: the list of an account's machines, and the shelves of the 50
//! that there are. Of accounts that are asked about once, of which nothing is known and to whose vendor no connection is
//! open; and of one account that is asked about again and again, of which nothing that was told counts any more. The vendor says
//! what the simulator said, at less than its cost. Beside it the same calls by plain reqwest, whose answers are not even decoded.

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
    system::{Server, Setup, System, further_account},
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
    let answers = folder.path().join("vendor.json");
    let vendor = vendor(folder.path(), &answers);
    let vendors = [vendor.server.process];
    let setup = || {
        let inhand = Some(format!("http://{}", vendor.server.address));
        Setup { inhand, pinned: false, concurrency: 64, ..Setup::default() }
    };
    let mut goals = Goals::default();
    let setup_again = Setup { sections: SHORT, ..setup() };
    let (again, plain) = again(&System::start(&folder.path().join("again"), &setup_again), &vendor, &answers);
    let found = format!("{again:.2} × two round trips, the calls alone {plain:.2} by plain reqwest");
    goals.add(4, "the same again, connections open", found, "1.06");
    let setup = Setup { accounts: ACCOUNTS, ..setup() };
    let system = System::start(&folder.path().join("first"), &setup);
    let round_trip = round_trip(&system);
    let mut accounts = (0..ACCOUNTS).map(|number| question(&system, &further_account(number)));
    let mut next = |count: usize| accounts.by_ref().take(count).collect::<Vec<_>>();
    let (mut alone, mut calls, mut sharing) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..REPETITIONS {
        let (times, cost) = undisturbed(|| {
            let (questions, meter) = (next(ASKED), Meter::start(system.server.process, &vendors));
            (one_after_the_other(&system.server, &questions, is_told), meter.stop())
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

/// Of one account, whose connections are open: how long one client waits, in two round trips; by the gateway, and by what makes
/// the calls alone.
fn again(system: &System, vendor: &Beside, answers: &Path) -> (Spread, Spread) {
    let round_trip = round_trip(system);
    println!("a call takes the vendor {}", show(round_trip));
    let in_round_trips = |times: &Times| times.at(500).as_secs_f64() / round_trip.as_secs_f64() / 2.0;
    let plain = Beside::calls(answers, vendor);
    let questions = vec![question(system, "metro"); ASKED * 2];
    let measured = |what: &str, server: &Server, is_answer: fn(&str) -> bool| {
        let (times, cost) = undisturbed(|| {
            let (meter, beside) = (
                Meter::start(server.process, &[vendor.server.process]),
                Meter::start(vendor.server.process, &[]),
            );
            let before = system.vendor_calls();
            let times = one_after_the_other(server, &questions, is_answer);
            assert_eq!(system.vendor_calls() - before, CALLS * questions.len() as u64, "nothing was cached");
            let (cost, beside) = (meter.stop(), beside.stop());
            let [own, theirs] = [&cost, &beside].map(|cost| cost.processor / questions.len() as f64 * 1e3);
            println!("of the cores each takes {what} {own:.1} ms, the vendor {theirs:.1} ms");
            (times, cost)
        });
        println!("one client, again, {what}: {times}; {cost}");
        in_round_trips(&times)
    };
    let both = [
        ("the gateway", &system.server, is_told as fn(&str) -> bool),
        ("plain reqwest", &plain.server, |answer| !answer.is_empty()),
    ];
    for (_, server, is_answer) in both {
        one_after_the_other(server, &questions, is_answer);
    }
    // In turn, so that both are measured at the same speed of the machine.
    let mut ratios = [Vec::new(), Vec::new()];
    for _ in 0..REPETITIONS {
        for (ratios, (what, server, is_answer)) in ratios.iter_mut().zip(both) {
            ratios.push(measured(what, server, is_answer));
        }
    }
    let [gateway, plain] = ratios.map(Spread::of);
    (gateway, plain)
}

/// A vendor that says what the simulator says, each time; what that is goes into the file.
fn vendor(folder: &Path, file: &Path) -> Beside {
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
    fs::write(file, serde_json::Value::Array(answers).to_string()).expect("written");
    Beside::vendor(file)
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

fn one_after_the_other(server: &Server, questions: &[String], is_answer: fn(&str) -> bool) -> Times {
    let mut stream = server.connect();
    let times = questions.iter().map(|question| ask(server, &mut stream, question, is_answer));
    Times::of(times.collect())
}

/// Each client asks one question; how long until all are answered.
fn all_at_once(system: &System, questions: &[&String]) -> Duration {
    let start = Barrier::new(questions.len());
    let asking = |question: &String| {
        let mut stream = system.server.connect();
        start.wait();
        ask(&system.server, &mut stream, question, is_told)
    };
    thread::scope(|scope| {
        let asking = &asking;
        let clients: Vec<_> =
            questions.iter().map(|question| scope.spawn(move || asking(question))).collect();
        clients.into_iter().map(|client| client.join().expect("it is answered")).max().unwrap_or_default()
    })
}

fn ask(server: &Server, stream: &mut TcpStream, question: &str, is_answer: fn(&str) -> bool) -> Duration {
    let request = server.query(question, 0);
    let asked = Instant::now();
    let answer = exchange(stream, &request);
    assert!(is_answer(&answer), "{answer}");
    asked.elapsed()
}

/// Whether the gateway told of all that it was asked.
fn is_told(answer: &str) -> bool {
    !answer.contains("\"errors\"") && answer.contains("\"soldOut\"")
}
