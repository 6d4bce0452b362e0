//! The gateway and both sandboxes on free ports of this machine, and a client that asks.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::{runtime::Runtime, sync::oneshot, task::JoinHandle};
use vendgraph::{
    app::App,
    auth::{Caller, Grant, Minter, Scope},
    cli::dev::accounts,
    config::{self, Config},
    domain::{AccountName, Clock, ManualClock},
    gateway::Gateway,
    sandbox::{self, Sandbox, Vendor},
};

/// The secret that tokens are signed with.
pub const SECRET: &str = "a secret of at least thirty-two bytes";

use crate::{events::until, kept::Kept};

/// What a test may choose.
pub struct Setup {
    /// More of `[server]`.
    pub server: &'static str,
    /// More of the configuration, by sections.
    pub sections: &'static str,
    /// More of each account.
    pub account: &'static str,
    /// How many InHand machines there are.
    pub machines: usize,
    /// How long it goes on serving once told to end.
    pub drain: &'static str,
    /// How often it asks for what it may have missed.
    pub reconcile: &'static str,
    /// Where the store is; a file of its own unless it says otherwise.
    pub store: Option<Kept>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            server: "",
            sections: "",
            account: "",
            machines: 20,
            drain: "off",
            reconcile: "off",
            store: None,
        }
    }
}

/// A running system.
pub struct System {
    /// Both vendors; their clock stands still unless it is moved.
    pub vendors: Sandbox,
    /// The gateway's clock; it stands still unless it is moved.
    pub clock: Arc<ManualClock>,
    /// Where the gateway answers.
    pub url: String,
    config: Config,
    _store: Kept,
    client: reqwest::Client,
    process: Option<Process>,
}

/// The gateway on threads of its own, so that it can crash.
struct Process {
    runtime: Runtime,
    gateway: Arc<Gateway>,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<()>,
}

impl System {
    /// Starts everything with nothing in any cache.
    pub async fn start(mut setup: Setup) -> Self {
        let mut options = sandbox::Options::default();
        options.inhand.machines = setup.machines;
        let now = Timestamp::now();
        let second = sandbox::clock::Manual::at(now.as_second());
        let vendors = sandbox::start_at(options, Arc::new(second)).await.expect("the sandboxes listen");
        let store = setup.store.take().unwrap_or_else(Kept::in_a_file);
        let text = configuration(&vendors, &setup, &store.url());
        let config = Config::parse(&text, [], &config::Folder::of("".as_ref())).expect("it is right");
        let clock = Arc::new(ManualClock::new(now));
        let client = reqwest::Client::new();
        let url = String::new();
        let mut system = Self { vendors, clock, url, config, _store: store, client, process: None };
        system.restart().await;
        system
    }

    /// Starts the gateway on the store that there is.
    pub async fn restart(&mut self) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.expect("there are threads");
        let (config, clock) = (self.config.clone(), Arc::clone(&self.clock) as Arc<dyn Clock>);
        let app = runtime.spawn(async move { App::start(&config, clock, None).await }).await;
        let app = app.expect("it does not panic").expect("the gateway starts");
        self.url = format!("http://{}/graphql", app.address().expect("it listens"));
        let gateway = app.gateway();
        let (stop, stopped) = oneshot::channel();
        let served = runtime.spawn(app.serve(async {
            let _ = stopped.await;
        }));
        self.process = Some(Process { runtime, gateway, stop: Some(stop), served });
    }

    /// Ends the gateway in the midst of whatever it is at: nothing is finished, nothing more is written.
    pub async fn crash(&mut self) {
        if let Some(Process { runtime, .. }) = self.process.take() {
            let gone = tokio::task::spawn_blocking(|| runtime.shutdown_timeout(Duration::from_secs(20)));
            gone.await.expect("the threads end");
        }
    }

    /// Waits until the gateway has taken in all that it has written down.
    pub async fn heard(&self) {
        let gateway = &self.process.as_ref().expect("the gateway runs").gateway;
        until(async || gateway.heard_until() >= gateway.log_end(), &|| "the log".to_owned()).await;
    }

    /// Lets the gateway look now at everything that is not known.
    pub async fn reconcile(&self) {
        let process = self.process.as_ref().expect("the gateway runs");
        let gateway = Arc::clone(&process.gateway);
        process.runtime.spawn(async move { gateway.reconcile_once().await }).await.expect("it ends");
    }

    /// Lets the gateway ask now for what it may have missed.
    pub async fn look_for_missed(&self) {
        let process = self.process.as_ref().expect("the gateway runs");
        let gateway = Arc::clone(&process.gateway);
        let look = async move {
            for account in &gateway.all_accounts() {
                gateway.reconcile_account(account).await;
            }
        };
        process.runtime.spawn(look).await.expect("it ends");
    }

    /// Lets the gateway let go now of what is older than 30 days.
    pub async fn tidy(&self) {
        let process = self.process.as_ref().expect("the gateway runs");
        let gateway = Arc::clone(&process.gateway);
        let tidied = async move { gateway.tidy_log(Duration::from_hours(30 * 24)).await };
        process.runtime.spawn(tidied).await.expect("it ends").expect("the store lets go");
    }

    /// Moves the gateway's clock and the vendors'.
    pub async fn pass(&self, time: Duration) {
        let url = format!("{}/_sandbox/clock", self.vendors.dingshang_url());
        let step = json!({ "advance": time.as_secs() }).to_string();
        let moved = self.client.post(url).body(step).send().await.expect("the sandbox answers");
        assert!(moved.status().is_success(), "{moved:?}");
        self.clock.advance(time);
    }

    /// A token for these scopes and accounts (`*`: all).
    pub fn token(&self, scopes: &[Scope], accounts: &[&str]) -> String {
        self.token_of("tester", scopes, accounts)
    }

    /// A token of somebody in particular.
    pub fn token_of(&self, subject: &str, scopes: &[Scope], accounts: &[&str]) -> String {
        let accounts = match accounts {
            ["*"] => Grant::All,
            names => Grant::Named(names.iter().map(|name| AccountName::new(*name)).collect()),
        };
        let caller = Caller {
            subject: subject.into(),
            scopes: scopes.iter().copied().collect(),
            accounts,
            expires_at: self.clock.now() + Duration::from_hours(24),
        };
        Minter::new(&self.config.auth)
            .expect("there is a secret")
            .mint(&caller, self.clock.now())
            .expect("it signs")
    }

    /// Asks with every scope for every account.
    pub async fn ask(&self, query: &str) -> Value {
        self.ask_as(&self.token(&Scope::ALL, &["*"]), query).await
    }

    /// Asks with a token.
    pub async fn ask_as(&self, token: &str, query: &str) -> Value {
        self.post(Some(token), &json!({ "query": query })).await.1
    }

    /// Sends a body, and gives the status and the answer.
    pub async fn post(&self, token: Option<&str>, body: &Value) -> (u16, Value) {
        self.try_post(token, body).await.expect("the gateway answers")
    }

    /// Sends a body; an error where the gateway ends before it answers.
    pub async fn try_post(&self, token: Option<&str>, body: &Value) -> reqwest::Result<(u16, Value)> {
        let mut request = self
            .client
            .post(&self.url)
            .header("accept", "application/graphql-response+json")
            .header("content-type", "application/json")
            .body(body.to_string());
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let text = response.text().await?;
        Ok((status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"))))
    }

    /// How often an InHand call was made.
    pub fn inhand_calls(&self, path: &str) -> u64 {
        self.vendors.calls(Vendor::Inhand).count(path)
    }

    /// How often a Dingshang call was made.
    pub fn dingshang_calls(&self, path: &str) -> u64 {
        self.vendors.calls(Vendor::Dingshang).count(path)
    }

    /// Tells the gateway to end, and does not wait for it.
    pub fn stop(&mut self) {
        if let Some(stop) = self.process.as_mut().and_then(|process| process.stop.take()) {
            let _ = stop.send(());
        }
    }

    /// The status of a path of the gateway, on a connection of its own; `None` where the door is closed.
    pub async fn status(&self, path: &str) -> Option<u16> {
        let url = self.url.replace("/graphql", path);
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().expect("it builds");
        client.get(url).send().await.ok().map(|response| response.status().as_u16())
    }

    /// Stops everything; no call of ours may have been refused for its form or signature.
    pub async fn end(mut self) {
        self.stop();
        if let Some(Process { runtime, served, .. }) = self.process.take() {
            served.await.expect("the gateway ends by itself");
            runtime.shutdown_background();
        }
        for vendor in [Vendor::Dingshang, Vendor::Inhand] {
            let calls = self.vendors.calls(vendor);
            assert_eq!(
                (calls.unsigned(), calls.refused()),
                (0, 0),
                "{vendor:?} refused calls: {:?}",
                calls.record()
            );
        }
    }
}

impl Drop for System {
    fn drop(&mut self) {
        if let Some(Process { runtime, .. }) = self.process.take() {
            runtime.shutdown_background();
        }
    }
}

/// The codes of an answer's errors.
pub fn codes(answer: &Value) -> Vec<&str> {
    let errors = answer["errors"].as_array().map_or(&[][..], Vec::as_slice);
    errors.iter().filter_map(|error| error["extensions"]["code"].as_str()).collect()
}

/// The texts at a pointer below each member of a list.
pub fn texts<'a>(list: &'a Value, pointer: &str) -> Vec<&'a str> {
    let list = list.as_array().map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(|one| one.pointer(pointer)?.as_str()).collect()
}

/// The id of an account.
pub fn account_id(name: &str) -> String {
    vendgraph::domain::Id::Account { account: AccountName::new(name) }.encode()
}

/// The id of a machine.
pub fn machine_id(account: &str, number: &str) -> String {
    vendgraph::domain::Id::Machine { account: AccountName::new(account), machine: number.into() }.encode()
}

/// The configuration of a gateway before these vendors.
pub fn configuration(vendors: &Sandbox, setup: &Setup, store: &str) -> String {
    format!(
        r#"
        [server]
        listen = "127.0.0.1:0"
        drain = "{drain}"
        public_url = "http://127.0.0.1:9"
        {server}
        [fleet]
        sweep = "off"
        reconcile = "{reconcile}"
        {sections}
        [auth]
        secret = "{SECRET}"
        [store]
        url = '{store}'
        {accounts}
        "#,
        drain = setup.drain,
        server = setup.server,
        reconcile = setup.reconcile,
        sections = setup.sections,
        accounts = accounts(vendors, &format!("requests_per_second = 10000\n{}", setup.account)),
    )
}
