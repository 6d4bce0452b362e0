//! A vendor whose answers are fixed: what InHand's simulator said of its list and of each machine, each said 10 ms after it was
//! asked for.
//!
//! It shares the cores with what is measured, so it does no more than that: the simulator's work would be taken for the
//! gateway's. And it answers on time, while tokio's timers go by whole milliseconds.

use std::{
    collections::HashMap,
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use tokio::net::{TcpListener, TcpStream};

use super::Answer;

const LATENCY: Duration = Duration::from_millis(10);
/// More than any request takes.
const LONGEST: usize = 8 * 1024;

struct Vendor {
    /// Whole answers, by the machine that is asked about; the list by nothing.
    answers: HashMap<String, Arc<[u8]>>,
    calls: AtomicU64,
    due: mpsc::Sender<Due>,
}

/// An answer, and when it is sent.
struct Due {
    at: Instant,
    stream: Arc<TcpStream>,
    answer: Arc<[u8]>,
}

/// Answers until it is killed. `/_sandbox/calls` says how often, as the simulator's does.
pub async fn serve(listener: TcpListener, answers: Vec<Answer>) -> io::Result<()> {
    let answers = answers.into_iter().map(|Answer { asked, answer }| (asked, whole(&answer))).collect();
    let (due, waiting) = mpsc::channel();
    thread::spawn(move || tell(waiting));
    let vendor = Arc::new(Vendor { answers, calls: AtomicU64::new(0), due });
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(listen(Arc::new(stream), Arc::clone(&vendor)));
    }
}

/// Sends what is due. All wait for as long, so who asked first is answered first.
fn tell(waiting: mpsc::Receiver<Due>) {
    for Due { at, stream, answer } in waiting {
        thread::sleep(at.saturating_duration_since(Instant::now()));
        // It fits into what the system keeps for a connection; who went away is told nothing.
        if let Ok(written) = stream.try_write(&answer) {
            assert_eq!(written, answer.len(), "an answer is sent whole");
        }
    }
}

/// Takes a connection's requests, one at a time.
async fn listen(stream: Arc<TcpStream>, vendor: Arc<Vendor>) -> io::Result<()> {
    let (mut request, mut chunk) = (Vec::new(), [0; LONGEST]);
    loop {
        stream.readable().await?;
        match stream.try_read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(read) => request.extend_from_slice(&chunk[..read]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        }
        let Some(asked) = asked(&request) else { continue };
        if asked.starts_with("GET ") {
            let told = format!("{{\"total\":{}}}", vendor.calls.load(Ordering::Relaxed));
            stream.try_write(&whole(&told))?;
        } else {
            vendor.calls.fetch_add(1, Ordering::Relaxed);
            let machine = asked.split_once("\"assetId\":\"").and_then(|(_, rest)| rest.split('"').next());
            let answer =
                vendor.answers.get(machine.unwrap_or_default()).expect("such a machine was recorded");
            let (stream, answer) = (Arc::clone(&stream), Arc::clone(answer));
            vendor.due.send(Due { at: Instant::now() + LATENCY, stream, answer }).expect("it is waited for");
        }
        request.clear();
    }
}

/// A request, if all of it is here.
fn asked(request: &[u8]) -> Option<&str> {
    let request = str::from_utf8(request).ok()?;
    let (head, body) = request.split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length = length.map_or(Some(0), |length| length.parse().ok())?;
    (body.len() == length).then_some(request)
}

fn whole(body: &str) -> Arc<[u8]> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    format!("{head}content-length: {}\r\n\r\n{body}", body.len()).into_bytes().into()
}
