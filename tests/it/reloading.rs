//! Another configuration for the real program while it serves.

use std::{fs, path::PathBuf, time::Duration};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{fs::OpenOptions, io::AsyncWriteExt as _, time::timeout};
use vendgraph::sandbox::{self, Sandbox};

use crate::{
    follower::Follower,
    harness::{SECRET, Setup, configuration},
    kept::Kept,
    program::{Program, token},
};

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

const OTHER_SECRET: &str = "another secret of thirty-two bytes or more";
const ACCOUNTS: &str = "{ accounts { name } }";

/// The program, its vendors and its file.
struct Scene {
    vendors: Sandbox,
    program: Program,
    text: String,
    folder: TempDir,
    _store: Kept,
}

impl Scene {
    async fn new() -> Self {
        let vendors = sandbox::start(sandbox::Options::default()).await.unwrap();
        let store = Kept::in_a_file();
        let text = configuration(&vendors, &Setup::default(), &store.url());
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("vendgraph.toml"), &text).unwrap();
        let program = Program::start(&folder.path().join("vendgraph.toml")).await;
        let scene = Self { vendors, program, text, folder, _store: store };
        let door = scene.program.url.replace("/graphql", "/webhooks/inhand/metro");
        scene.vendors.pushes().push_to(Some(&door));
        scene
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("vendgraph.toml")
    }

    /// Writes another configuration, as whole as a mounted volume brings it.
    fn write(&self, text: &str) {
        let next = self.folder.path().join("next");
        fs::write(&next, text).unwrap();
        fs::rename(next, self.path()).unwrap();
    }

    /// The answer to a query, with its status.
    async fn ask(&self, token: &str, query: &str) -> (StatusCode, Value) {
        let request = reqwest::Client::new().post(&self.program.url).bearer_auth(token);
        let answer = request.json(&json!({ "query": query })).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    async fn accounts(&self, token: &str) -> Vec<String> {
        let (_, answer) = self.ask(token, ACCOUNTS).await;
        let names = answer["data"]["accounts"].as_array().unwrap_or_else(|| panic!("{answer}"));
        names.iter().map(|account| account["name"].as_str().unwrap().to_owned()).collect()
    }

    async fn is_followed(&self, follower: &mut Follower, online: bool) {
        let fleet = self.vendors.inhand();
        let machine = fleet.asset_id(7);
        assert!(fleet.set_online(&machine, online));
        let told = follower.next().await;
        assert_eq!(told["data"]["events"]["machineNumber"], json!(machine), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_a_hangup_accounts_keys_and_limits_change_and_nothing_that_is_followed_is_cut() {
    let mut scene = Scene::new().await;
    let old = token(&scene.text, "tester");
    let query = "subscription { events(filter: {kinds: [MACHINE_STATUS]}) { machineNumber } }";
    let mut follower = Follower::connect(&scene.program.url, &old, query, json!({})).await.unwrap();
    assert_eq!(scene.accounts(&old).await, ["metro", "north"]);
    scene.is_followed(&mut follower, false).await;

    let text = scene.text.replace("name = \"north\"", "name = \"east\"").replace(SECRET, OTHER_SECRET);
    let text = text.replace("drain = \"off\"", "drain = \"1s\"");
    let text = format!("{text}\n[limits]\ndepth = 2\n");
    scene.write(&text);
    scene.program.hang_up();
    let fixed = scene.program.logs("waits for the next start").await;
    assert!(fixed.contains("server.drain"), "{fixed}");

    assert_eq!(scene.ask(&old, ACCOUNTS).await.0, StatusCode::UNAUTHORIZED);
    let new = token(&text, "tester");
    assert_eq!(scene.accounts(&new).await, ["east", "metro"]);
    let deep = scene.ask(&new, "{ machines { nodes { number } } }").await.1;
    assert!(deep["errors"][0]["message"].as_str().unwrap().contains("depth"), "{deep}");
    // Through the same socket, by the token of before.
    scene.is_followed(&mut follower, true).await;
    // What is counted of the new account begins at 0.
    let metrics = reqwest::get(scene.program.url.replace("/graphql", "/metrics")).await.unwrap();
    let metrics = metrics.text().await.unwrap();
    for series in [
        "vendgraph_vendor_calls_total{account=\"east\",operation=\"orders\",outcome=\"outcome_unknown\"} 0\n",
        "vendgraph_reconciled_events_total{account=\"east\"} 0\n",
    ] {
        assert!(metrics.contains(series), "{series}:\n{metrics}");
    }
    scene.program.kill().await;
}

/// The program reads its configuration from a pipe: it stands at its very start for as long as nobody writes.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hangup_in_the_midst_of_the_start_ends_nobody_and_is_followed_afterwards() {
    let vendors = sandbox::start(sandbox::Options::default()).await.unwrap();
    let store = Kept::in_a_file();
    let text = configuration(&vendors, &Setup::default(), &store.url());
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("vendgraph.toml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut program = Program::spawn(&pipe);
    // It opens once the program reads.
    let mut options = OpenOptions::new();
    let opened = options.write(true).open(&pipe);
    let mut written = timeout(PATIENCE, opened).await.expect("it reads its configuration").unwrap();
    program.hang_up();
    written.write_all(text.as_bytes()).await.unwrap();
    written.shutdown().await.unwrap();
    drop(written);
    program.serves().await;
    // It is told to read again before it looks by itself.
    let other = text.replace("name = \"north\"", "name = \"east\"");
    timeout(PATIENCE, tokio::fs::write(&pipe, other)).await.expect("it reads again").unwrap();
    program.logs("the configuration has changed").await;
    program.kill().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_file_is_noticed_and_a_bad_one_is_refused_and_changes_nothing() {
    let mut scene = Scene::new().await;
    let token = token(&scene.text, "tester");
    scene.write(&scene.text.replace("[store]", "[stoer]"));
    let refused = scene.program.logs("it stays as it was").await;
    assert!(refused.contains("stoer"), "{refused}");
    assert_eq!(scene.accounts(&token).await, ["metro", "north"]);

    // Right by itself, and of no use: nothing of it is taken.
    let useless = scene.text.replace("name = \"north\"", "name = \"east\"");
    let manifest = r#"{"0000000000000000000000000000000000000000000000000000000000000000": "{ nothing }"}"#;
    fs::write(scene.folder.path().join("manifest.json"), manifest).unwrap();
    scene.write(&format!("{useless}\n[documents]\nmanifest = \"manifest.json\"\n"));
    scene.program.logs("documents.manifest").await;
    assert_eq!(scene.accounts(&token).await, ["metro", "north"]);

    scene.write(&useless);
    scene.program.logs("the configuration has changed").await;
    assert_eq!(scene.accounts(&token).await, ["east", "metro"]);
    scene.program.kill().await;
}
