//! The gateway as a program of its own, which can be killed.

use std::{path::Path, process::Stdio, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    sync::watch,
};
use vendgraph::{
    auth::{Caller, Grant, Minter, Scope},
    config::Config,
};

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// A token that a configuration takes, for every scope and account.
pub fn token(text: &str, subject: &str) -> String {
    let config = Config::of_text(text).expect("the configuration is right");
    let now = jiff::Timestamp::now();
    let caller = Caller {
        subject: subject.into(),
        scopes: Scope::ALL.into_iter().collect(),
        accounts: Grant::All,
        expires_at: now + Duration::from_hours(1),
    };
    Minter::new(&config.auth).expect("there is a secret").mint(&caller, now).expect("it signs")
}

/// The running program.
pub struct Program {
    child: Child,
    /// Where it answers.
    pub url: String,
    /// Everything that it has logged.
    log: watch::Receiver<String>,
}

impl Program {
    /// Starts it with a configuration, and waits until it serves.
    pub async fn start(configuration: &Path) -> Self {
        let mut program = Self::spawn(configuration);
        program.serves().await;
        program
    }

    /// Starts it with a configuration.
    pub fn spawn(configuration: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_vendgraph"))
            .args(["--log-format", "json", "serve", "--config"])
            .arg(configuration)
            .env_remove("VENDGRAPH_LOG")
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("it runs");
        let mut lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        let (sender, log) = watch::channel(String::new());
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                sender.send_modify(|log| {
                    log.push_str(&line);
                    log.push('\n');
                });
            }
        });
        Self { child, url: String::new(), log }
    }

    /// Waits until it serves.
    pub async fn serves(&mut self) {
        let served = self.logs("serving").await;
        let line: Value = serde_json::from_str(&served).expect("a line of the log is JSON");
        self.url = format!("http://{}/graphql", line["address"].as_str().expect("it says where"));
    }

    /// Waits until it has logged a line with these words, and gives the line.
    pub async fn logs(&mut self, words: &str) -> String {
        let seen = tokio::time::timeout(PATIENCE, self.log.wait_for(|log| log.contains(words))).await;
        let log = seen.unwrap_or_else(|_| panic!("it never says {words}")).expect("it runs").clone();
        log.lines().find(|line| line.contains(words)).unwrap_or_default().to_owned()
    }

    /// Whether it has logged a line with these words.
    pub fn has_logged(&self, words: &str) -> bool {
        self.log.borrow().contains(words)
    }

    /// `kill -HUP`.
    pub fn hang_up(&self) {
        let process = self.child.id().expect("it runs").to_string();
        let told = std::process::Command::new("kill").args(["-HUP", &process]).status();
        assert!(told.expect("there is such a command").success());
    }

    /// `kill -9`.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it was running");
    }
}
