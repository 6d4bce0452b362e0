//! A document: parsed and brought within its bounds, and executed before a gateway that has everything that is asked for.

use std::{error::Error, sync::Arc};

use async_graphql::{Request, Response, Variables};
use divan::{Bencher, black_box};
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::{
    runtime::Runtime,
    time::{Duration, Instant},
};
use vendgraph::{
    app::App,
    auth::{Caller, Grant, Scope},
    cli::dev::accounts,
    config::{Config, Folder, Limits},
    domain::{AccountName, Clock, Id, ManualClock},
    gateway::Asker,
    graphql::{Schema, document::Documents, sdl},
    sandbox::{self, Sandbox},
};

const GOODS: &str =
    "{ products(first: 50) { nodes { id number name fullName price { amount currency } imageUrl } } }";
const MACHINE: &str = "query ($id: ID!) { machine(id: $id) { id number name shelves { code product { name } \
                       price { amount currency } stock { quantity basis } state soldOut } } }";

#[divan::bench(args = ["goods", "machine"])]
fn document_is_read_for_the_first_time(bencher: Bencher, name: &str) {
    let text = document(name);
    let (mut nth, documents) = (0_u64, documents());
    bencher
        .with_inputs(|| {
            nth += 1;
            Request::new(format!("{text} # {nth}")).variables(variables("x"))
        })
        .bench_local_values(|mut request| documents.prepare(&mut request).is_ok());
}

#[divan::bench(args = ["goods", "machine"])]
fn document_is_read_again(bencher: Bencher, name: &str) {
    let (text, documents) = (document(name), documents());
    bencher
        .with_inputs(|| Request::new(text).variables(variables("x")))
        .bench_local_values(|mut request| documents.prepare(&mut request).is_ok());
}

#[divan::bench(args = ["goods", "machine"])]
fn document_is_executed(bencher: Bencher, name: &str) {
    let (text, gateway) = (document(name), Before::start().expect("it starts"));
    let first = gateway.execute(gateway.request(text));
    assert!(first.errors.is_empty(), "{:?}", first.errors);
    bencher
        .with_inputs(|| gateway.request(text))
        .bench_local_values(|request| gateway.execute(black_box(request)));
}

fn document(name: &str) -> &'static str {
    if name == "goods" { GOODS } else { MACHINE }
}

fn documents() -> Documents {
    let limits = (&Limits::default()).into();
    Documents::new(&sdl(), limits).expect("it is a schema")
}

fn variables(machine: &str) -> Variables {
    Variables::from_json(serde_json::json!({ "id": machine }))
}

/// A schema before a gateway whose vendors are simulated, and whose clock stands still, so that nothing is ever old.
struct Before {
    runtime: Runtime,
    schema: Schema,
    documents: Documents,
    asker: Asker,
    machine: String,
    _app: App,
    _vendors: Sandbox,
    _folder: TempDir,
}

impl Before {
    fn start() -> Result<Self, Box<dyn Error>> {
        let (runtime, folder) = (Runtime::new()?, tempfile::tempdir()?);
        let clock = Arc::new(ManualClock::new(Timestamp::now()));
        let vendors = runtime.block_on(sandbox::start(sandbox::Options::default()))?;
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\n[auth]\nsecret = \"a secret of at least thirty-two bytes\"\n\
             [store]\nurl = 'sqlite://{}/vendgraph.db'\n{}",
            folder.path().display(),
            accounts(&vendors, "")
        );
        let config = Config::parse(&text, [], &Folder::of("".as_ref()))?;
        let app = runtime.block_on(App::start(&config, Arc::clone(&clock) as Arc<dyn Clock>, None))?;
        let caller = Caller {
            subject: "bench".into(),
            scopes: Scope::ALL.into_iter().collect(),
            accounts: Grant::Named([AccountName::new("metro")].into_iter().collect()),
            expires_at: Timestamp::MAX,
        };
        Ok(Self {
            schema: Schema::new(&app.gateway(), false),
            documents: documents(),
            asker: Asker { caller: Arc::new(caller), until: Instant::now() + Duration::from_hours(1) },
            machine: machine(&vendors).ok_or("no machine has 20 shelves")?,
            runtime,
            _app: app,
            _vendors: vendors,
            _folder: folder,
        })
    }

    fn request(&self, text: &str) -> Request {
        let mut request = Request::new(text).variables(variables(&self.machine)).data(self.asker.clone());
        self.documents.prepare(&mut request).expect("it is within its bounds");
        request
    }

    fn execute(&self, request: Request) -> Response {
        self.runtime.block_on(self.schema.execute(request))
    }
}

/// The id of a machine of 20 shelves.
fn machine(vendors: &Sandbox) -> Option<String> {
    let fleet = vendors.inhand();
    let numbers = (0..fleet.len()).map(|index| fleet.asset_id(index));
    let number =
        numbers.into_iter().find(|number| fleet.facts(number).is_some_and(|facts| facts.shelves == 20))?;
    Some(Id::Machine { account: AccountName::new("metro"), machine: number.into() }.encode())
}
