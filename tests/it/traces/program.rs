//! The gateway as a program of its own, with everything that it logs.

use std::{fs, process::Stdio, time::Duration};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    sync::watch,
};
use vendgraph::sandbox::{self, Sandbox};

use super::collector::HEADER;
use crate::{
    harness::{SECRET, Setup, account_id, configuration, machine_id},
    kept::Kept,
    program::token,
};

/// The trace and the span that every request names.
pub const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
pub const CLIENT_SPAN: &str = "b7ad6b7169203331";

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// The running program, and the vendors before it.
pub struct Program {
    pub vendors: Sandbox,
    pub url: String,
    pub token: String,
    child: Child,
    log: watch::Receiver<String>,
    client: reqwest::Client,
    _store: Kept,
    _folder: TempDir,
}

impl Program {
    /// One that sends its spans there and logs what `filter` says.
    pub async fn start(collector: Option<&str>, filter: &str) -> Self {
        Self::begin(None, &traced(collector), Some(filter)).await
    }

    /// One whose account at InHand is at that address.
    pub async fn start_before(inhand: &str, collector: Option<&str>, filter: &str) -> Self {
        Self::begin(Some(inhand), &traced(collector), Some(filter)).await
    }

    /// One with these keys below `[telemetry]`, and that filter in its environment.
    pub async fn configured(telemetry: &str, filter: Option<&str>) -> Self {
        Self::begin(None, telemetry, filter).await
    }

    async fn begin(inhand: Option<&str>, telemetry: &str, filter: Option<&str>) -> Self {
        let vendors = sandbox::start(sandbox::Options::default()).await.expect("the sandboxes listen");
        let (folder, store) = (tempfile::tempdir().expect("a temporary folder"), Kept::in_a_file());
        let mut text = configuration(&vendors, &Setup::default(), &store.url());
        if let Some(inhand) = inhand {
            text = text.replace(&vendors.inhand_url(), inhand);
        }
        text = format!("{text}[telemetry]\n{telemetry}\n");
        let file = folder.path().join("vendgraph.toml");
        fs::write(&file, &text).expect("it is written");
        let token = token(&text, "a subject that nobody reads");
        let mut command = Command::new(env!("CARGO_BIN_EXE_vendgraph"));
        command.args(["serve", "--config"]).arg(file).env_remove("VENDGRAPH_LOG").env_remove("RUST_LOG");
        command.envs(filter.map(|filter| ("VENDGRAPH_LOG", filter)));
        if !telemetry.contains("log =") {
            command.args(["--log-format", "json"]);
        }
        command.stdin(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("it runs");
        let mut lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        let (sender, log) = watch::channel(String::new());
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                sender.send_modify(|log| log.extend([line.as_str(), "\n"]));
            }
        });
        let client = reqwest::Client::new();
        let url = String::new();
        let mut program = Self { vendors, url, token, child, log, client, _store: store, _folder: folder };
        let served = program.sees("\"message\":\"serving\"").await;
        let line: Value = serde_json::from_str(&served).expect("a line of the log is JSON");
        program.url = format!("http://{}/graphql", line["address"].as_str().expect("it says where"));
        program
    }

    /// Asks within the one trace.
    pub async fn ask(&self, query: &str) -> Value {
        let request = self.client.post(&self.url).bearer_auth(&self.token);
        let request = request
            .header("traceparent", format!("00-{TRACE}-{CLIENT_SPAN}-01"))
            .header("tracestate", "rojo=00f067aa0ba902b7")
            .header("content-type", "application/json")
            .body(json!({ "query": query }).to_string());
        let answer = request.send().await.expect("the gateway answers").text().await.expect("whole");
        serde_json::from_str(&answer).unwrap_or_else(|_| panic!("not JSON: {answer}"))
    }

    /// The first line of the log with these words, once there is one.
    pub async fn sees(&mut self, words: &str) -> String {
        let seen = self.log.wait_for(|log| log.contains(words));
        let log = tokio::time::timeout(PATIENCE, seen)
            .await
            .expect("it is logged in time")
            .expect("it runs")
            .clone();
        log.lines().find(|line| line.contains(words)).expect("it was seen").to_owned()
    }

    /// What nobody may read: the configuration's secrets, and the token.
    pub fn secrets(&self) -> Vec<String> {
        let options = self.vendors.options();
        let mut secrets = vec![SECRET.to_owned(), HEADER.1.to_owned(), self.token.clone()];
        secrets.push(options.dingshang.app_id.clone());
        secrets.push(options.dingshang.app_secret.clone());
        secrets.push(options.dingshang.merchant_id.clone());
        secrets.push(options.inhand.key.clone());
        secrets.push("a subject that nobody reads".to_owned());
        secrets
    }

    /// Makes a code of the gateway's own and types it in at its machine, which asks the gateway; gives the code, and one
    /// that nobody knows.
    pub async fn typed_in(&self) -> Vec<String> {
        let number = self.vendors.inhand().asset_id(0);
        let (account, machine) = (account_id("metro"), machine_id("metro", &number));
        let made = self
            .ask(&format!(
                "mutation Own {{ createPickupCodes(input: {{ accountId: \"{account}\", issuer: GATEWAY, machineId: \"{machine}\", \
                 count: 1, idempotencyKey: \"own\" }}) {{ pickupCodes {{ code }} userErrors {{ code }} }} }}"
            ))
            .await;
        let code = made["data"]["createPickupCodes"]["pickupCodes"][0]["code"].as_str();
        let code = code.unwrap_or_else(|| panic!("{made}")).to_owned();
        self.vendors.pushes().push_to(Some(&self.url.replace("/graphql", "/webhooks/inhand/metro")));
        let unknown = "77441199".to_owned();
        for typed in [&unknown, &code] {
            for way in ["query", "form"] {
                let address = format!(
                    "{}/_sandbox/machines/{number}/redeem?code={typed}&way={way}",
                    self.vendors.inhand_url()
                );
                let answer = self.client.post(address).send().await.expect("the sandbox answers");
                assert!(answer.status().is_success(), "{answer:?}");
            }
        }
        vec![code, unknown]
    }

    /// Ends the program as an operator does, and gives everything that it has logged.
    pub async fn end(mut self) -> String {
        let process = self.child.id().expect("it runs").to_string();
        let told = Command::new("kill").args(["-TERM", &process]).status().await.expect("there is kill");
        assert!(told.success());
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await.expect("it ends in time");
        assert!(ended.expect("it is waited for").success());
        // The reader ends with the pipe.
        let whole = tokio::time::timeout(PATIENCE, async { while self.log.changed().await.is_ok() {} });
        whole.await.expect("the log is read to its end");
        self.log.borrow().clone()
    }
}

/// The section that sends spans to a collector.
fn traced(collector: Option<&str>) -> String {
    let (name, value) = HEADER;
    collector.map_or_else(String::new, |url| {
        format!("otlp_endpoint = \"{url}\"\notlp_headers = \"{name}={value}\"\nsample_ratio = 1")
    })
}
