//! How many messages a second are verified, stored and acknowledged, and how long the teller waits for it.

use std::{
    cell::Cell,
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::{LocalSet, spawn_local},
    time::sleep_until,
};

use crate::{
    exchange::Request,
    figures::{Meter, Spread, Times, undisturbed},
    goal::Goals,
    message::{is_taken, sale},
    postgres::Postgres,
    system::{Server, Setup, System},
};

const RUN: Duration = Duration::from_secs(5);
const REPETITIONS: usize = 3;
/// The most messages that a run can send.
const MOST: usize = 120_000;

pub fn run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    measure("SQLite", &System::start(folder.path(), &Setup::default()), None);
    match Postgres::start() {
        Some(postgres) => {
            let setup = Setup { store: Some(postgres.url()), ..Setup::default() };
            let system = System::start(&folder.path().join("postgres"), &setup);
            as_fast_as_taken(&system.server, &messages(&system.server, &mut 0, MOST / 10), 256);
            measure("PostgreSQL", &system, Some(&postgres));
        }
        None => println!("PostgreSQL is not installed here"),
    }
}

fn measure(store: &str, system: &System, postgres: Option<&Postgres>) {
    let mut goals = Goals::default();
    // Its processes come and go.
    let meter = || {
        let others = postgres.map(Postgres::processes).unwrap_or_default();
        Meter::start(system.server.process, &[&[system.sandbox()], &*others].concat())
    };
    // Some are told already, where the database had to be warmed.
    let mut told = MOST;
    for tellers in [256, 64] {
        let (mut rates, mut lates) = (Vec::new(), Vec::new());
        for _ in 0..REPETITIONS {
            let (times, cost) = undisturbed(|| {
                let messages = messages(&system.server, &mut told, MOST);
                let meter = meter();
                (as_fast_as_taken(&system.server, &messages, tellers), meter.stop())
            });
            let rate = times.count() as f64 / RUN.as_secs_f64();
            println!("{store}, as fast as taken, {tellers} tellers: {rate:.0} messages/s, {times}; {cost}");
            rates.push(times.count() as f64 / cost.processor);
            lates.push(times.at(990).as_secs_f64() * 1e3);
        }
        let found = format!("{:.0}, p99 {:.1} ms", Spread::of(rates), Spread::of(lates));
        let what = format!("{store}, as fast as taken from {tellers}, messages a core-second");
        goals.add(7, &what, found, "10,000, p99 25 ms");
    }
    for rate in [5_000, 10_000] {
        let mut lates = Vec::new();
        for _ in 0..REPETITIONS {
            let (times, cost) = undisturbed(|| {
                let messages = messages(&system.server, &mut told, MOST);
                let meter = meter();
                (paced(&system.server, &messages, rate), meter.stop())
            });
            println!("{store}, {rate} messages/s, 256 tellers: {times} from when due; {cost}");
            lates.push(times.at(990).as_secs_f64() * 1e3);
        }
        goals.add(
            7,
            &format!("{store}, {rate} messages/s, p99"),
            format!("{:.1} ms", Spread::of(lates)),
            "25 ms",
        );
    }
    goals.tell();
}

fn messages(server: &Server, told: &mut usize, most: usize) -> Arc<Vec<Request>> {
    let first = *told;
    *told += most;
    Arc::new((first..first + most).map(|number| sale(&server.address, number)).collect())
}

/// Each teller tells its next as soon as its last is acknowledged.
fn as_fast_as_taken(server: &Server, messages: &Arc<Vec<Request>>, tellers: usize) -> Times {
    tell(server, messages, tellers, async |started, _| (started.elapsed() < RUN).then(Instant::now))
}

/// So many a second, whoever of the tellers is free; the wait counts from when a message was due.
fn paced(server: &Server, messages: &Arc<Vec<Request>>, rate: u32) -> Times {
    tell(server, messages, 256, async move |started, number| {
        let due = Duration::from_secs(1) * u32::try_from(number).expect("it is small") / rate;
        if due >= RUN {
            return None;
        }
        sleep_until((started + due).into()).await;
        Some(started + due)
    })
}

/// Tells messages, all tellers on one thread; `when` waits until the next is due and says since when it is.
fn tell(
    server: &Server,
    messages: &Arc<Vec<Request>>,
    tellers: usize,
    when: impl AsyncFn(Instant, usize) -> Option<Instant> + Clone + 'static,
) -> Times {
    let telling = async {
        let mut streams = Vec::new();
        for _ in 0..tellers {
            let stream = TcpStream::connect(&server.address).await.expect("the gateway listens");
            stream.set_nodelay(true).expect("it is a TCP socket");
            streams.push(stream);
        }
        let (next, started) = (Rc::new(Cell::new(0)), Instant::now());
        let tellers: Vec<_> = streams
            .into_iter()
            .map(|mut stream| {
                let (messages, next, when) = (Arc::clone(messages), Rc::clone(&next), when.clone());
                spawn_local(async move {
                    let mut times = Vec::new();
                    loop {
                        let number = next.replace(next.get() + 1);
                        let Some(message) = messages.get(number) else { return times };
                        let Some(since) = when(started, number).await else { return times };
                        tell_one(&mut stream, message).await;
                        times.push(since.elapsed());
                    }
                })
            })
            .collect();
        let mut times = Vec::new();
        for teller in tellers {
            times.extend(teller.await.expect("it does not panic"));
        }
        Times::of(times)
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("it starts");
    LocalSet::new().block_on(&runtime, telling)
}

/// Tells one message, and waits for its acknowledgement, which comes in one piece.
async fn tell_one(stream: &mut TcpStream, message: &Request) {
    stream.write_all(message.bytes()).await.expect("it is sent");
    let mut answer = [0; 1024];
    let read = stream.read(&mut answer).await.expect("an answer comes");
    let answer = String::from_utf8_lossy(&answer[..read]);
    assert!(is_taken(&answer), "{answer}");
}
