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
    figures::{Meter, Times},
    message::{is_taken, sale},
    system::{Setup, System},
};

const RUN: Duration = Duration::from_secs(6);
/// The most messages that a run can send.
const MOST: usize = 240_000;

pub fn run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let system = System::start(folder.path(), &Setup::default());
    let mut told = 0;
    for repetition in 1..=3 {
        for tellers in [256, 64] {
            let messages = messages(&system, &mut told);
            let meter = Meter::start(system.gateway(), &[system.sandbox()]);
            let times = as_fast_as_taken(&system, &messages, tellers);
            let cost = meter.stop();
            println!(
                "{repetition}. as fast as taken, {tellers} tellers: {:.0} messages/s, {times}; {cost}",
                times.count() as f64 / RUN.as_secs_f64()
            );
        }
        for rate in [5_000, 10_000] {
            let messages = messages(&system, &mut told);
            let meter = Meter::start(system.gateway(), &[system.sandbox()]);
            let times = paced(&system, &messages, rate);
            println!("{repetition}. {rate} messages/s, 256 tellers: {times} from when due; {}", meter.stop());
        }
    }
}

fn messages(system: &System, told: &mut usize) -> Arc<Vec<Request>> {
    let first = *told;
    *told += MOST;
    Arc::new((first..first + MOST).map(|number| sale(&system.address, number)).collect())
}

/// Each teller tells its next as soon as its last is acknowledged.
fn as_fast_as_taken(system: &System, messages: &Arc<Vec<Request>>, tellers: usize) -> Times {
    tell(system, messages, tellers, async |started, _| (started.elapsed() < RUN).then(Instant::now))
}

/// So many a second, whoever of the tellers is free; the wait counts from when a message was due.
fn paced(system: &System, messages: &Arc<Vec<Request>>, rate: u32) -> Times {
    tell(system, messages, 256, async move |started, number| {
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
    system: &System,
    messages: &Arc<Vec<Request>>,
    tellers: usize,
    when: impl AsyncFn(Instant, usize) -> Option<Instant> + Clone + 'static,
) -> Times {
    let telling = async {
        let mut streams = Vec::new();
        for _ in 0..tellers {
            let stream = TcpStream::connect(&system.address).await.expect("the gateway listens");
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
