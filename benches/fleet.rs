//! What the README says of speed: `make bench`. Prints figures; judges nothing.
//!
//! The real program, twice: `vendgraph sandbox` as both vendors, and `vendgraph serve` before it, over real sockets,
//! with 64 clients on keep-alive connections in this process. All three share the machine's cores.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a benchmark prints, and ends where it cannot go on"
)]

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

const SECRET: &str = "a secret of at least thirty-two bytes";
const MACHINES: usize = 10_000;
const CLIENTS: usize = 64;
/// How many wordings of one question a client has ready: more than it comes to ask in a run.
const WORDINGS: usize = 4_000;
/// How many wordings were used up, so that no run repeats another's.
static SAID: AtomicUsize = AtomicUsize::new(1);
const RUN: Duration = Duration::from_secs(10);
const LIST: &str = "{ machines(first: 50) { nodes { number name online site { name } } } }";

fn main() {
    // Cargo tests benchmarks by running them with `--test`: there is nothing to check quickly.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    warm(&folder.path().join("warm"));
    cold(&folder.path().join("cold"));
}

/// A list of 50 machines out of 10,000, the fleet view warm.
fn warm(folder: &std::path::Path) {
    let system = System::start(folder, MACHINES, "0ms", "5m");
    system.until_listed(MACHINES);
    // Asked to the letter, a list is answered from the kept answers; asked in words of its own each time, it is executed.
    for (how, alike) in [("asked alike", true), ("executed each time", false)].repeat(3) {
        let mut times = system.storm(LIST, alike);
        times.sort_unstable();
        println!(
            "warm list, {how}, {MACHINES} machines, {CLIENTS} clients: {:.0} requests/s, p50 {}, p99 {}, most {}; gateway {} MiB",
            times.len() as f64 / RUN.as_secs_f64(),
            show(at(&times, 50)),
            show(at(&times, 99)),
            show(at(&times, 100)),
            system.memory_mib(),
        );
    }
}

/// The shelves of 50 machines of which nothing is known, at a vendor that takes 20 ms a call.
fn cold(folder: &std::path::Path) {
    let system = System::start(folder, 2_000, "20ms", "off");
    system.until_listed(2_000);
    let mut times = Vec::new();
    let mut after = String::new();
    let mut client = system.connect();
    for _ in 0..30 {
        let query = format!(
            "{{ machines(first: 50{after}, filter: {{vendor: INHAND}}) {{ nodes {{ shelves {{ code soldOut }} }} pageInfo {{ endCursor }} }} }}"
        );
        let request = system.request(&query);
        let started = Instant::now();
        let answer = exchange(&mut client, &request);
        times.push(started.elapsed());
        assert!(!answer.contains("\"errors\""), "{answer}");
        let cursor = answer.split("\"endCursor\":").nth(1).and_then(|rest| rest.split('}').next());
        after = format!(", after: {}", cursor.expect("there is a next page"));
    }
    times.sort_unstable();
    let bound = Duration::from_millis(20 * 50_u64.div_ceil(32) + 50);
    println!(
        "cold shelves of 50 machines, 20 ms a call, 32 at once: p50 {}, most {}; aim {}",
        show(at(&times, 50)),
        show(at(&times, 100)),
        show(bound),
    );
}

/// The program, twice.
struct System {
    sandbox: Child,
    gateway: Child,
    address: String,
    token: String,
}

impl System {
    fn start(folder: &std::path::Path, machines: usize, latency: &str, sweep: &str) -> Self {
        fs::create_dir_all(folder).expect("a folder");
        let options = folder.join("sandbox.toml");
        fs::write(&options, format!("latency = \"{latency}\"\n[inhand]\nmachines = {machines}\n"))
            .expect("written");
        let mut sandbox = program(&["sandbox"], &options).stdout(Stdio::piped()).spawn().expect("it runs");
        let mut lines = BufReader::new(sandbox.stdout.take().expect("piped")).lines();
        let mut url = || {
            let line = lines.next().expect("a line").expect("text");
            line.split_once("  ").expect("a name and a value").1.to_owned()
        };
        let (dingshang, inhand) = (url(), url());
        let free =
            std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("it is bound");
        let config = folder.join("vendgraph.toml");
        let store = folder.display();
        let text = format!(
            "[server]\nlisten = \"{free}\"\n[auth]\nsecret = \"{SECRET}\"\n[store]\nurl = \"sqlite://{store}/vendgraph.db\"\n[fleet]\nsweep = \"{sweep}\"\n[[accounts]]\nname = \"north\"\nvendor = \"dingshang\"\nurl = \"{dingshang}\"\napp_id = \"ds-sandbox\"\napp_secret = \"sandbox-secret\"\nmerchant_id = \"M20240318\"\n[[accounts]]\nname = \"metro\"\nvendor = \"inhand\"\nbase_url = \"{inhand}\"\nclient_id = \"c-100\"\nkey = \"9f3c1a7be0\"\nmax_concurrency = 32\nrequests_per_second = 10000\n"
        );
        fs::write(&config, text).expect("written");
        let token = program(&["token"], &config)
            .args(["--subject", "bench", "--scope", "machines:read", "--accounts", "*", "--ttl", "1h"])
            .output()
            .expect("it runs");
        let token = String::from_utf8(token.stdout).expect("text").trim().to_owned();
        let gateway = program(&["serve"], &config).spawn().expect("it runs");
        Self { sandbox, gateway, address: free.to_string(), token }
    }

    fn until_listed(&self, machines: usize) {
        let request = self.request("{ machines(first: 1, filter: {vendor: INHAND}) { totalCount } }");
        let wanted = format!("\"totalCount\":{machines}}}");
        let deadline = Instant::now() + Duration::from_mins(1);
        while Instant::now() < deadline {
            if let Ok(mut stream) = TcpStream::connect(&self.address)
                && exchange(&mut stream, &request).contains(&wanted)
            {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("the fleet was not listed in time");
    }

    /// All clients at once, each asking again as soon as it is answered; `alike`: always the same to the letter.
    fn storm(&self, query: &str, alike: bool) -> Vec<Duration> {
        let first = if alike { 0 } else { SAID.fetch_add(CLIENTS * WORDINGS, Ordering::Relaxed) };
        let start = Arc::new(Barrier::new(CLIENTS));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let (start, mut stream) = (Arc::clone(&start), self.connect());
                let wordings = if alike { 1 } else { WORDINGS };
                let requests: Vec<_> = (0..wordings)
                    .map(|number| {
                        self.request_in_words(
                            query,
                            first + if alike { 0 } else { client * wordings + number },
                        )
                    })
                    .collect();
                thread::spawn(move || {
                    start.wait();
                    let (mut times, end) = (Vec::new(), Instant::now() + RUN);
                    for request in requests.iter().cycle() {
                        if Instant::now() >= end {
                            break;
                        }
                        let asked = Instant::now();
                        let answer = exchange(&mut stream, request);
                        times.push(asked.elapsed());
                        assert!(answer.starts_with("{\"data\""), "{answer}");
                    }
                    times
                })
            })
            .collect();
        clients.into_iter().flat_map(|client| client.join().expect("the client ends")).collect()
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("the gateway listens");
        stream.set_nodelay(true).expect("it is a TCP socket");
        stream
    }

    fn request(&self, query: &str) -> String {
        self.request_in_words(query, 0)
    }

    /// The same question in other words: what stands in `extensions` means nothing to the gateway.
    fn request_in_words(&self, query: &str, words: usize) -> String {
        let body = serde_json::json!({ "query": query, "extensions": { "words": words } }).to_string();
        format!(
            "POST /graphql HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\naccept: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.address,
            self.token,
            body.len()
        )
    }

    fn memory_mib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.gateway.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or_default() / 1024
    }
}

impl Drop for System {
    fn drop(&mut self) {
        for process in [&mut self.gateway, &mut self.sandbox] {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn program(command: &[&str], config: &std::path::Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_vendgraph"));
    program.args(command).arg("--config").arg(config).env("VENDGRAPH_LOG", "error").stdin(Stdio::null());
    program
}

/// Sends a request and reads its whole answer's body.
fn exchange(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).expect("it is sent");
    let (mut answer, mut chunk) = (Vec::with_capacity(16 * 1024), [0; 16 * 1024]);
    loop {
        let read = stream.read(&mut chunk).expect("an answer comes");
        assert!(read > 0, "the connection was closed");
        answer.extend_from_slice(&chunk[..read]);
        let Some(head) = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
        let length = String::from_utf8_lossy(&answer[..head])
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok()
            })
            .expect("the answer says its length");
        if answer.len() >= head + 4 + length {
            return String::from_utf8_lossy(&answer[head + 4..]).into_owned();
        }
    }
}

fn at(sorted: &[Duration], percent: usize) -> Duration {
    let position = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(position).copied().unwrap_or_default()
}

fn show(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1_000.0)
}
