//! The program, twice: as both vendors, and as the gateway before them.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::exchange::{Request, exchange, try_exchange};

const SECRET: &str = "a secret of at least thirty-two bytes";

/// The program, as `make bench` builds it.
pub const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/release/vendgraph");

/// The core of the gateway, and that of everything else.
const CORES: (&str, &str) = ("0", "1");
const ANY_CORE: &str = "0-1023";

/// What a scenario may choose.
pub struct Setup {
    /// How many InHand machines there are.
    pub machines: usize,
    /// How long a vendor's answer takes.
    pub latency: &'static str,
    /// Where InHand is; `None`: at its simulator.
    pub inhand: Option<String>,
    /// How often each machine's status is asked for.
    pub sweep: &'static str,
    /// Whether the gateway has a core of its own; else all share all cores.
    pub pinned: bool,
    /// How many calls an account may have under way.
    pub concurrency: usize,
    /// Where the gateway stores; `None`: in a file of SQLite.
    pub store: Option<String>,
    /// How many accounts there are beside the two; each sees the InHand machines as its own.
    pub accounts: usize,
    /// More of the configuration: sections that are not written otherwise.
    pub sections: &'static str,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            machines: 200,
            latency: "0ms",
            inhand: None,
            sweep: "off",
            pinned: true,
            concurrency: 32,
            store: None,
            accounts: 0,
            sections: "",
        }
    }
}

impl Setup {
    /// The gateway's configuration; `file`: where it stores unless something else is chosen.
    fn text(&self, address: &str, file: &str, (dingshang, inhand): (&str, &str)) -> String {
        let Self { sweep, concurrency, store, accounts, sections, .. } = self;
        let store = store.as_deref().unwrap_or(file);
        let account = |name: &str| {
            format!(
                "[[accounts]]\nname = \"{name}\"\nvendor = \"inhand\"\nbase_url = \"{inhand}\"\nclient_id = \"c-100\"\n\
                 key = \"9f3c1a7be0\"\nmax_concurrency = {concurrency}\nrequests_per_second = 10000\n"
            )
        };
        let further: String = (0..*accounts).map(|number| account(&further_account(number))).collect();
        format!(
            "[server]\nlisten = \"{address}\"\ndrain = \"off\"\n[auth]\nsecret = \"{SECRET}\"\n\
             [store]\nurl = \"{store}\"\n[fleet]\nsweep = \"{sweep}\"\nreconcile = \"off\"\n\
             [limits]\nrequests_per_second = \"off\"\nstreams_per_caller = 10000\nsubscriptions_per_caller = 10000\n\
             {sections}\
             [[accounts]]\nname = \"north\"\nvendor = \"dingshang\"\nurl = \"{dingshang}\"\napp_id = \"ds-sandbox\"\n\
             app_secret = \"sandbox-secret\"\nmerchant_id = \"M20240318\"\n{}{further}",
            account("metro")
        )
    }
}

/// The name of one of the accounts beside the two.
pub fn further_account(number: usize) -> String {
    format!("account{number}")
}

/// A running system.
pub struct System {
    sandbox: Child,
    gateway: Child,
    config: PathBuf,
    pinned: bool,
    /// The gateway, as its clients see it.
    pub server: Server,
    /// Where InHand, or what stands for it, listens.
    pub inhand: String,
}

/// A server that is measured: the gateway, or what stands beside it.
#[derive(Clone)]
pub struct Server {
    pub address: String,
    /// A token that may do everything.
    pub token: String,
    pub process: u32,
}

/// Puts this process on the clients' core, and all that it starts.
pub fn pin_clients() {
    let pinned = Command::new("taskset")
        .args(["-a", "-p", "-c", CORES.1, &std::process::id().to_string()])
        .stdout(Stdio::null())
        .status();
    assert!(pinned.is_ok_and(|status| status.success()), "it takes `taskset` and two cores");
}

impl System {
    pub fn start(folder: &Path, setup: &Setup) -> Self {
        fs::create_dir_all(folder).expect("a folder");
        let options = folder.join("sandbox.toml");
        let Setup { machines, latency, pinned, .. } = setup;
        let text = format!("latency = \"{latency}\"\n[inhand]\nmachines = {machines}\n");
        fs::write(&options, text).expect("written");
        let mut sandbox = program(*pinned, CORES.1, &["sandbox"], &options)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it runs");
        let mut lines = BufReader::new(sandbox.stdout.take().expect("piped")).lines();
        let mut url = || {
            let line = lines.next().expect("a line").expect("text");
            line.split_once("  ").expect("a name and a value").1.to_owned()
        };
        let (dingshang, inhand) = (url(), url());
        let inhand = setup.inhand.clone().unwrap_or(inhand);
        let address = free_address();
        let config = folder.join("vendgraph.toml");
        let store = format!("sqlite://{}/vendgraph.db", folder.display());
        fs::write(&config, setup.text(&address, &store, (&dingshang, &inhand))).expect("written");
        let scopes = "machines:read trades:read trades:pii orders:read events:read";
        let token = program(false, "", &["token"], &config)
            .args(["--subject", "bench", "--scope", scopes, "--accounts", "*", "--ttl", "2h"])
            .output()
            .expect("it runs");
        let token = String::from_utf8(token.stdout).expect("text").trim().to_owned();
        let gateway = serve(*pinned, &config);
        let server = Server { address, token, process: gateway.id() };
        let system = Self { sandbox, gateway, config, pinned: *pinned, server, inhand };
        system.server.until_listening();
        system
    }

    /// Ends the gateway as kill -9 does, and starts it again on what it left behind.
    pub fn crash(&mut self) {
        self.end();
        self.begin();
    }

    /// Ends the gateway as kill -9 does.
    pub fn end(&mut self) {
        self.gateway.kill().expect("it runs");
        self.gateway.wait().expect("it ends");
    }

    /// Forgets what an ended gateway left behind.
    pub fn forget(&self) {
        for file in ["vendgraph.db", "vendgraph.db-wal", "vendgraph.db-shm"] {
            let _ = fs::remove_file(self.config.with_file_name(file));
        }
    }

    /// Starts an ended gateway; how long it took until it answered.
    pub fn begin(&mut self) -> Duration {
        let started = Instant::now();
        self.gateway = serve(self.pinned, &self.config);
        self.server.process = self.gateway.id();
        let request = self.server.query("{ __typename }", 0);
        let answers = || {
            let stream = TcpStream::connect(&self.server.address).ok();
            stream.is_some_and(|mut stream| try_exchange(&mut stream, &request).is_some())
        };
        while !answers() {
            assert!(started.elapsed() < Duration::from_secs(20), "the gateway does not answer");
            thread::sleep(Duration::from_millis(1));
        }
        started.elapsed()
    }

    pub fn until_listed(&self, machines: usize) {
        let query = "{ machines(first: 1, filter: {vendor: INHAND}) { totalCount } }";
        let wanted = format!("\"totalCount\":{machines}}}");
        let listed = || self.server.ask(query).contains(&wanted);
        assert!(within(Duration::from_mins(2), listed), "the fleet was not listed in time");
    }

    /// Starts an ended gateway with another setup, on what it left behind.
    pub fn begin_as(&mut self, from: &str, to: &str) -> Duration {
        let text = fs::read_to_string(&self.config).expect("it was written");
        assert!(text.contains(from), "it has what is changed");
        fs::write(&self.config, text.replace(from, to)).expect("written");
        self.begin()
    }

    /// A connection to InHand, and its address.
    pub fn connect_vendor(&self) -> (TcpStream, &str) {
        let address = self.inhand.trim_start_matches("http://").trim_end_matches('/');
        (connect(address), address)
    }

    /// How often InHand was asked so far.
    pub fn vendor_calls(&self) -> u64 {
        let (mut stream, address) = self.connect_vendor();
        let answer = exchange(&mut stream, &Request::get(address, "/_sandbox/calls"));
        let record: serde_json::Value = serde_json::from_str(&answer).expect("it is JSON");
        record["total"].as_u64().expect("a count")
    }

    /// The sandbox's process.
    pub fn sandbox(&self) -> u32 {
        self.sandbox.id()
    }
}

impl Server {
    pub fn connect(&self) -> TcpStream {
        connect(&self.address)
    }

    /// A query; the same words make the same text.
    pub fn query(&self, query: &str, words: usize) -> Request {
        Request::post(&self.address, "/graphql", &self.head(), &body(query, &words.to_string()))
    }

    /// Asks once, over a connection of its own.
    pub fn ask(&self, query: &str) -> String {
        exchange(&mut self.connect(), &self.query(query, 0))
    }

    /// The lines in the head of each request, each with its end.
    pub fn head(&self) -> String {
        format!("authorization: Bearer {}\r\naccept: application/json\r\n", self.token)
    }

    pub fn until_listening(&self) {
        let listens = || TcpStream::connect(&self.address).is_ok();
        assert!(within(Duration::from_secs(20), listens), "the server does not listen");
    }
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the server listens");
    stream.set_nodelay(true).expect("it is a TCP socket");
    stream
}

/// A query's body; what stands in `extensions` means nothing to the gateway, and makes the same question another text.
pub fn body(query: &str, words: &str) -> String {
    serde_json::json!({ "query": query, "extensions": { "words": words } }).to_string()
}

/// An address that nobody listens at.
pub fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("it is bound").to_string()
}

impl Drop for System {
    fn drop(&mut self) {
        for process in [&mut self.gateway, &mut self.sandbox] {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Waits for a condition, looking again and again.
pub fn within(limit: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let end = Instant::now() + limit;
    while Instant::now() < end {
        if condition() {
            return true;
        }
        thread::sleep(Duration::from_millis(10));
    }
    condition()
}

fn serve(pinned: bool, config: &Path) -> Child {
    program(pinned, CORES.0, &["serve"], config).stdout(Stdio::null()).spawn().expect("it runs")
}

/// A program on the core of what is measured.
pub fn measured(program: &Path) -> Command {
    on(CORES.0, program)
}

/// A program on any core.
pub fn anywhere(program: &Path) -> Command {
    on(ANY_CORE, program)
}

fn on(core: &str, program: &Path) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", core]).arg(program).stdin(Stdio::null());
    command
}

fn program(pinned: bool, core: &str, command: &[&str], config: &Path) -> Command {
    let mut program = on(if pinned { core } else { ANY_CORE }, Path::new(PROGRAM));
    program.args(command).arg("--config").arg(config).env("VENDGRAPH_LOG", "error");
    program
}
