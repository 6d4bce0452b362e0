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

use crate::exchange::{Request, exchange};

const SECRET: &str = "a secret of at least thirty-two bytes";

/// The program, as `make bench` builds it.
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/release/vendgraph");

/// The core of the gateway, and that of everything else.
const CORES: (&str, &str) = ("0", "1");
const ANY_CORE: &str = "0-1023";

/// What a scenario may choose.
pub struct Setup {
    /// How many InHand machines there are.
    pub machines: usize,
    /// How long a vendor's answer takes.
    pub latency: &'static str,
    /// How often each machine's status is asked for.
    pub sweep: &'static str,
    /// Whether the gateway has a core of its own; else all share all cores.
    pub pinned: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self { machines: 200, latency: "0ms", sweep: "off", pinned: true }
    }
}

/// A running system.
pub struct System {
    sandbox: Child,
    gateway: Child,
    config: PathBuf,
    pinned: bool,
    /// Where the gateway listens.
    pub address: String,
    /// A token that may do everything.
    pub token: String,
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
        let Setup { machines, latency, sweep, pinned } = setup;
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
        let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("it is bound");
        let config = folder.join("vendgraph.toml");
        let store = folder.display();
        let text = format!(
            "[server]\nlisten = \"{free}\"\ndrain = \"off\"\n[auth]\nsecret = \"{SECRET}\"\n\
             [store]\nurl = \"sqlite://{store}/vendgraph.db\"\n[fleet]\nsweep = \"{sweep}\"\nreconcile = \"off\"\n\
             [limits]\nrequests_per_second = \"off\"\nstreams_per_caller = 10000\nsubscriptions_per_caller = 10000\n\
             [[accounts]]\nname = \"north\"\nvendor = \"dingshang\"\nurl = \"{dingshang}\"\napp_id = \"ds-sandbox\"\n\
             app_secret = \"sandbox-secret\"\nmerchant_id = \"M20240318\"\n\
             [[accounts]]\nname = \"metro\"\nvendor = \"inhand\"\nbase_url = \"{inhand}\"\nclient_id = \"c-100\"\n\
             key = \"9f3c1a7be0\"\nmax_concurrency = 32\nrequests_per_second = 10000\n"
        );
        fs::write(&config, text).expect("written");
        let scopes = "machines:read trades:read trades:pii orders:read events:read";
        let token = program(false, "", &["token"], &config)
            .args(["--subject", "bench", "--scope", scopes, "--accounts", "*", "--ttl", "2h"])
            .output()
            .expect("it runs");
        let token = String::from_utf8(token.stdout).expect("text").trim().to_owned();
        let gateway = serve(*pinned, &config);
        let system = Self { sandbox, gateway, config, pinned: *pinned, address: free.to_string(), token };
        system.until_ready();
        system
    }

    /// Ends the gateway as kill -9 does, and starts it again on what it left behind.
    pub fn crash(&mut self) {
        self.gateway.kill().expect("it runs");
        self.gateway.wait().expect("it ends");
        self.gateway = serve(self.pinned, &self.config);
        self.until_ready();
    }

    pub fn until_listed(&self, machines: usize) {
        let query = "{ machines(first: 1, filter: {vendor: INHAND}) { totalCount } }";
        let request = self.query(query, 0);
        let wanted = format!("\"totalCount\":{machines}}}");
        let listed = || exchange(&mut self.connect(), &request).contains(&wanted);
        assert!(within(Duration::from_mins(1), listed), "the fleet was not listed in time");
    }

    fn until_ready(&self) {
        let listens = || TcpStream::connect(&self.address).is_ok();
        assert!(within(Duration::from_secs(20), listens), "the gateway does not listen");
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("the gateway listens");
        stream.set_nodelay(true).expect("it is a TCP socket");
        stream
    }

    /// A query; what stands in `extensions` means nothing to the gateway, and makes the same question another text.
    pub fn query(&self, query: &str, words: usize) -> Request {
        let body = serde_json::json!({ "query": query, "extensions": { "words": words } }).to_string();
        let head = format!("authorization: Bearer {}\r\naccept: application/json\r\n", self.token);
        Request::post(&self.address, "/graphql", &head, &body)
    }

    /// The gateway's process.
    pub fn gateway(&self) -> u32 {
        self.gateway.id()
    }

    /// The sandbox's process.
    pub fn sandbox(&self) -> u32 {
        self.sandbox.id()
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

fn program(pinned: bool, core: &str, command: &[&str], config: &Path) -> Command {
    let mut program = Command::new("taskset");
    program.args(["-c", if pinned { core } else { ANY_CORE }, PROGRAM]);
    program.args(command).arg("--config").arg(config).env("VENDGRAPH_LOG", "error").stdin(Stdio::null());
    program
}
