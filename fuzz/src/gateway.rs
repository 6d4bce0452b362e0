//! The whole gateway in this process, on a port of its own, before small made-up fleets that stand still.

use std::sync::Arc;

use tokio::runtime::Runtime;
use vendgraph::{
    app::App,
    auth::{Caller, Grant, Minter, Scope},
    cli::dev::accounts,
    config::{Config, Folder},
    domain::{Clock as _, SystemClock},
    sandbox::{self, Sandbox},
};

/// A gateway, and what it takes to ask it.
pub struct Gateway {
    /// Where it runs.
    pub runtime: Runtime,
    /// `127.0.0.1:PORT`.
    pub address: String,
    /// A token for everything.
    pub token: String,
    _vendors: Sandbox,
    _folder: tempfile::TempDir,
}

impl Gateway {
    /// Starts it.
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let (vendors, address, token) = runtime.block_on(begin(folder.path()));
        Self { runtime, address, token, _vendors: vendors, _folder: folder }
    }
}

async fn begin(folder: &std::path::Path) -> (Sandbox, String, String) {
    let mut options = sandbox::Options::default();
    options.inhand.machines = 3;
    options.dingshang.machines = 2;
    let vendors = sandbox::start(options).await.expect("the sandboxes listen");
    let text = format!(
        r#"
        [server]
        listen = "127.0.0.1:0"
        public_url = "http://127.0.0.1:9"
        [auth]
        secret = "a secret of at least thirty-two bytes"
        [store]
        url = 'sqlite://{store}'
        [fleet]
        sweep = "off"
        reconcile = "off"
        {accounts}
        "#,
        store = folder.join("fuzz.db").display(),
        accounts = accounts(&vendors, "requests_per_second = 100000"),
    );
    let config = Config::parse(&text, [], &Folder::of("".as_ref())).expect("it is right");
    let now = SystemClock.now();
    let caller = Caller {
        subject: "fuzz".into(),
        scopes: Scope::ALL.into_iter().collect(),
        accounts: Grant::All,
        expires_at: now + std::time::Duration::from_secs(30 * 24 * 3600),
    };
    let token = Minter::new(&config.auth).expect("there is a secret").mint(&caller, now).expect("it signs");
    let app = App::start(&config, Arc::new(SystemClock), None).await.expect("the gateway starts");
    let address = app.address().expect("it listens").to_string();
    tokio::spawn(app.serve(std::future::pending()));
    (vendors, address, token)
}
