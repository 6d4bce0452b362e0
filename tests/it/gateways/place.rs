//! Three gateways, their server, the lines between them, and both vendors.

use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, atomic::AtomicUsize},
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Mutex as Shared, watch};
use vendgraph::sandbox::{self, Sandbox};

use super::{
    front::{self, Places},
    line::line,
    server::Server,
};
use crate::{
    harness::{Setup, configuration},
    program::{self, Program},
};

/// How many gateways there are.
pub const COUNT: usize = 3;

/// How long an answer is waited for: longer than a gateway waits.
const ANSWERS_WITHIN: Duration = Duration::from_secs(30);

/// All of it. Everything ends with it.
pub struct Place {
    /// Both vendors; their clock is that of the machine.
    pub vendors: Sandbox,
    /// Where each gateway is.
    pub places: Places,
    /// Before all gateways.
    pub front: SocketAddr,
    /// For every scope and account.
    pub token: String,
    /// How many commands were answered for good.
    pub acknowledged: AtomicUsize,
    client: reqwest::Client,
    programs: [Shared<Option<Program>>; COUNT],
    lines: Vec<watch::Sender<bool>>,
    folder: TempDir,
    server: Shared<Server>,
}

/// What came of a code that was typed in.
pub struct Typed {
    /// Whether the goods came out.
    pub came_out: bool,
    /// Whether a gateway took the word that they did.
    pub is_told: bool,
}

impl Place {
    /// Starts the server, the vendors and all gateways. `adapt` is given the configuration that they have.
    pub async fn start(adapt: impl Fn(String) -> String) -> Arc<Self> {
        let server = Server::start().await;
        let vendors = sandbox::start(sandbox::Options {
            inhand: sandbox::InhandOptions { machines: 20, ..sandbox::InhandOptions::default() },
            ..sandbox::Options::default()
        });
        let vendors = vendors.await.expect("the sandboxes listen");
        let places: Places = Arc::new(Mutex::new([None; COUNT]));
        let front = front::stand(Arc::clone(&places)).await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (mut lines, mut token) = (Vec::new(), String::new());
        for number in 0..COUNT {
            let (cut, through) = watch::channel(true);
            let store = line(&server.url("vendgraph"), through).await;
            let setup = Setup { sections: "[limits]\nrequest_timeout = \"10s\"", ..Setup::default() };
            let text = configuration(&vendors, &setup, &store);
            let text = adapt(text.replace("http://127.0.0.1:9\"", &format!("http://{front}\"")));
            fs::write(folder.path().join(format!("{number}.toml")), &text).expect("it is written");
            token = program::token(&text, "tester");
            lines.push(cut);
        }
        let client = reqwest::Client::builder().timeout(ANSWERS_WITHIN).build().expect("it builds");
        let programs = std::array::from_fn(|_| Shared::new(None));
        let server = Shared::new(server);
        let acknowledged = AtomicUsize::new(0);
        let place =
            Self { vendors, places, front, token, acknowledged, client, programs, lines, folder, server };
        futures_util::future::join_all((0..COUNT).map(|number| place.run(number))).await;
        Arc::new(place)
    }

    /// Starts a gateway.
    pub async fn run(&self, number: usize) {
        let configuration: PathBuf = self.folder.path().join(format!("{number}.toml"));
        let program = Program::start(&configuration).await;
        let address = program.url.trim_start_matches("http://").trim_end_matches("/graphql").to_owned();
        *self.programs[number].lock().await = Some(program);
        self.places.lock().unwrap()[number] = Some(address.parse().expect("an address"));
    }

    /// Ends a gateway in the midst of whatever it is at (`kill -9`).
    pub async fn kill(&self, number: usize) {
        let program = self.programs[number].lock().await.take().expect("it runs");
        self.places.lock().unwrap()[number] = None;
        program.kill().await;
    }

    /// Ends the server in the midst of whatever it is at, and starts it again.
    pub async fn restart_the_server(&self) {
        self.server.lock().await.restart().await;
    }

    /// Cuts the line between a gateway and the server, or mends it.
    pub fn let_through(&self, number: usize, through: bool) {
        self.lines[number].send_replace(through);
    }

    /// Which gateways have logged a line with these words.
    pub async fn who_logged(&self, words: &str) -> Vec<usize> {
        let mut who = Vec::new();
        for (number, program) in self.programs.iter().enumerate() {
            if program.lock().await.as_ref().is_some_and(|program| program.has_logged(words)) {
                who.push(number);
            }
        }
        who
    }

    /// Where a gateway, or the next that runs, answers; `None`: none runs.
    pub fn url(&self, number: usize) -> Option<String> {
        let places = *self.places.lock().unwrap();
        let found = (0..COUNT).find_map(|further| places[(number + further) % COUNT]);
        found.map(|place| format!("http://{place}/graphql"))
    }

    /// Whether a gateway says that it is ready.
    pub async fn is_ready(&self, number: usize) -> bool {
        let Some(url) = self.url(number) else { return false };
        let asked = self.client.get(url.replace("/graphql", "/readyz")).send().await;
        asked.is_ok_and(|answer| answer.status().is_success())
    }

    /// Asks a gateway; `None` where it does not answer, or answers with an error.
    pub async fn try_ask(&self, number: usize, query: &str) -> Option<Value> {
        let request = self.client.post(self.url(number)?).header("content-type", "application/json");
        let request = request.bearer_auth(&self.token).body(json!({ "query": query }).to_string());
        let answer: Value = request.send().await.ok()?.json().await.ok()?;
        answer["errors"].is_null().then(|| answer["data"].clone())
    }

    /// Asks a gateway again and again until it answers.
    pub async fn ask(&self, number: usize, query: &str) -> Value {
        let end = tokio::time::Instant::now() + super::PATIENCE;
        loop {
            if let Some(answer) = self.try_ask(number, query).await {
                return answer;
            }
            assert!(tokio::time::Instant::now() < end, "no answer: {query}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// A shopper types a code at a machine of InHand's; whether something came out.
    pub async fn type_in(&self, machine: &str, code: &str) -> Typed {
        let url =
            format!("{}/_sandbox/machines/{machine}/redeem?code={code}&uses=2", self.vendors.inhand_url());
        let answer = self.client.post(url).send().await.expect("the sandbox answers");
        let told: Value = answer.json().await.expect("it is JSON");
        let uses = told["uses"].as_array().unwrap_or_else(|| panic!("{told}"));
        Typed {
            came_out: told["dispensed"].as_bool().unwrap_or_else(|| panic!("{told}")),
            is_told: uses.iter().any(|told| told["status"] == 200),
        }
    }
}
