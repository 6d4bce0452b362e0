//! The command line as operators meet it: the real program, its output and its exit codes.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, helpers included")]

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use vendgraph::{
    auth::{Error, Grant, Scope, Verifier},
    config::Config,
    domain::{AccountName, SystemClock},
};

const COMMANDS: [&str; 8] = ["dev", "serve", "sandbox", "check", "health", "migrate", "schema", "token"];

const CONFIG: &str = r#"
[auth]
secret = "0123456789abcdef0123456789abcdef"
issuer = "https://login.example.com"
audience = "vendgraph"

[[accounts]]
name = "north"
vendor = "dingshang"
url = "https://www.awish.vip"
app_id = "ds-1"
app_secret = "s-1"
merchant_id = "m-1"

[[accounts]]
name = "metro"
vendor = "inhand"
base_url = "http://vending.example.net"
client_id = "c-100"
key = "k-100"
"#;

/// A folder with a configuration in it.
struct Place(TempDir);

impl Place {
    fn with(config: &str) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("vendgraph.toml"), config).unwrap();
        Self(folder)
    }

    fn config(&self) -> PathBuf {
        self.0.path().join("vendgraph.toml")
    }

    fn token(&self, scope: &str, accounts: &str) -> Output {
        let file = self.config();
        let file = file.to_str().unwrap();
        run(&["token", "--config", file, "--subject", "ada", "--scope", scope, "--accounts", accounts])
    }
}

fn vendgraph() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vendgraph"));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy().to_ascii_uppercase();
        if text.starts_with("VENDGRAPH") || text == "RUST_LOG" {
            command.env_remove(name);
        }
    }
    command
}

fn run(arguments: &[&str]) -> Output {
    vendgraph().args(arguments).output().unwrap()
}

fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

/// The one line on stderr.
fn complaint(output: &Output) -> &str {
    let text = std::str::from_utf8(&output.stderr).unwrap();
    assert_eq!(text.lines().count(), 1, "one line: {text}");
    assert!(output.stdout.is_empty(), "nothing on stdout");
    text.trim_end()
}

#[test]
fn help_is_there_for_every_command() {
    let whole = run(&["--help"]);
    assert_eq!(whole.status.code(), Some(0));
    for command in COMMANDS {
        assert!(out(&whole).contains(command), "{command} in the help of all");
        let help = run(&[command, "--help"]);
        assert_eq!(help.status.code(), Some(0), "{command}");
        assert!(out(&help).contains(&format!("Usage: vendgraph {command}")), "{}", out(&help));
        assert!(help.stderr.is_empty());
    }
}

#[test]
fn version_is_the_crates() {
    let version = run(&["--version"]);
    assert_eq!(version.status.code(), Some(0));
    assert_eq!(out(&version), format!("vendgraph {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_use_is_one_line_and_exit_code_2() {
    for (arguments, told) in [
        (&[][..], "requires a subcommand"),
        (&["serv"], "serve"),
        (&["serve"], "--config <FILE>"),
        (&["serve", "--confg", "x"], "--config"),
        (&["dev", "--machines", "0"], "1..=100000"),
        (
            &["token", "--config", "x", "--subject", "s", "--scope", "", "--accounts", "", "--ttl", "soon"],
            "\"1h\"",
        ),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let line = complaint(&output);
        assert!(line.starts_with("error: ") && line.contains(told), "{arguments:?}: {line}");
    }
}

#[test]
fn a_wrong_configuration_names_file_key_and_remedy_with_exit_code_1() {
    let place = Place::with(&CONFIG.replace("app_id", "app_idd"));
    for command in ["serve", "check"] {
        let output = run(&[command, "--config", place.config().to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1), "{command}");
        let line = complaint(&output);
        let told = "vendgraph.toml: accounts.north.app_idd is not a key; did you mean app_id?";
        assert!(line.ends_with(told), "{line}");
    }
    let gone = run(&["serve", "--config", "/nowhere/vendgraph.toml"]);
    assert_eq!(gone.status.code(), Some(1));
    assert!(complaint(&gone).contains("name a readable file with --config"));
}

#[test]
fn a_key_or_section_that_is_given_twice_is_named_with_its_line_and_no_value() {
    for (config, told) in [
        (
            CONFIG.replace("app_id =", "app_secret = \"hush\"\napp_id ="),
            "line 13: app_secret is given a second time",
        ),
        (format!("{CONFIG}\n[auth]\nissuer = \"hush\""), "auth is given a second time"),
    ] {
        let place = Place::with(&config);
        let output = run(&["check", "--config", place.config().to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1));
        let line = complaint(&output);
        assert!(line.contains(told) && !line.contains("hush"), "{line}");
    }
}

#[test]
fn every_line_that_check_logs_of_a_call_names_the_account() {
    // Nothing listens on port 1.
    let nowhere = CONFIG.replace("https://www.awish.vip", "http://127.0.0.1:1");
    let nowhere = nowhere.replace("http://vending.example.net", "http://127.0.0.1:1");
    let place = Place::with(&nowhere);
    let mut check = vendgraph();
    check.args(["check", "--config"]).arg(place.config()).env("VENDGRAPH_LOG", "vendgraph=debug");
    let output = check.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let log = std::str::from_utf8(&output.stderr).unwrap();
    let calls: Vec<&str> = log.lines().filter(|line| line.contains("vendgraph::vendor")).collect();
    for account in ["north", "metro"] {
        let span = format!("vendor{{account={account}}}");
        assert!(calls.iter().any(|line| line.contains(&span)), "{account}: {log}");
    }
    assert!(calls.iter().all(|line| line.contains("vendor{account=")), "{log}");
}

#[test]
fn the_environment_stands_over_the_file_and_is_named_when_wrong() {
    let place = Place::with(CONFIG);
    let output = vendgraph()
        .args(["check", "--config"])
        .arg(place.config())
        .env("VENDGRAPH__ACCOUNTS__METRO__TIMEOUT", "soon")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let line = complaint(&output);
    assert!(
        line.contains(
            "accounts.metro.timeout (set by VENDGRAPH__ACCOUNTS__METRO__TIMEOUT): write a duration"
        ),
        "{line}"
    );
}

#[tokio::test]
async fn a_minted_token_is_accepted_under_the_same_configuration() {
    let place = Place::with(CONFIG);
    let config = Config::load(&place.config()).unwrap();
    let verifier = Verifier::new(&config.auth, Arc::new(SystemClock)).unwrap();

    let minted = place.token("machines:read trades:pii", "north,metro");
    assert_eq!(minted.status.code(), Some(0), "{minted:?}");
    let caller = verifier.verify(out(&minted).trim_end()).await.unwrap();
    assert_eq!(&*caller.subject, "ada");
    assert_eq!(caller.scopes.iter().collect::<Vec<_>>(), [Scope::MachinesRead, Scope::TradesPii]);
    assert_eq!(caller.accounts, Grant::Named(["north", "metro"].map(AccountName::new).into()));
    let left = caller.expires_at.duration_since(Timestamp::now());
    assert!(left > SignedDuration::from_mins(59) && left <= SignedDuration::from_secs(3601), "{left}");

    let all = place.token("admin", "*");
    assert_eq!(verifier.verify(out(&all).trim_end()).await.unwrap().accounts, Grant::All);

    let other = config.auth.clone();
    let stranger = vendgraph::config::Auth { audience: Some("another".to_owned()), ..other };
    let refused = Verifier::new(&stranger, Arc::new(SystemClock)).unwrap().verify(out(&all).trim_end()).await;
    assert!(matches!(refused, Err(Error::Invalid(_))));
}

#[test]
fn a_token_for_what_there_is_not_is_refused_with_what_there_is() {
    let place = Place::with(CONFIG);
    let scope = place.token("machines:write", "north");
    assert_eq!(scope.status.code(), Some(2));
    let line = complaint(&scope);
    assert!(line.contains("`machines:write`") && line.contains("machines:read, trades:read"), "{line}");
    let account = place.token("admin", "north,south");
    assert_eq!(account.status.code(), Some(2));
    assert!(complaint(&account).contains("no account `south`; accounts are north, metro"));
}

#[test]
fn migrate_makes_the_store_says_its_schema_and_may_be_repeated() {
    let place = Place::with(CONFIG);
    let file = place.0.path().join("kept.db");
    let store = format!("{CONFIG}\n[store]\nurl = \"sqlite://{}\"\n", file.display());
    fs::write(place.config(), store).unwrap();
    for _ in 0..2 {
        let output = run(&["migrate", "--config", place.config().to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(out(&output), "the store's schema is 2, the latest that this program knows\n");
        assert!(file.is_file());
    }
}

/// Answers one request with this, at the address that is given back.
fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/readyz", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let _ = socket.read(&mut [0; 1024]);
        socket.write_all(answer.as_bytes()).unwrap();
    });
    url
}

#[test]
fn health_is_what_the_gateway_says_and_a_code_for_whoever_watches_it() {
    let well = run(&["health", "--url", &answering("HTTP/1.1 200 OK\r\n\r\n{\"status\":\"ready\"}")]);
    assert_eq!((well.status.code(), out(&well)), (Some(0), "{\"status\":\"ready\"}\n"));
    let ill = "HTTP/1.1 503 Service Unavailable\r\n\r\n{\"reasons\":[\"the store does not answer\"]}";
    let ill = run(&["health", "--url", &answering(ill)]);
    assert_eq!(ill.status.code(), Some(1));
    assert!(complaint(&ill).contains("503 {\"reasons\":[\"the store does not answer\"]}"), "{ill:?}");
    for url in [answering(""), answering("200 OK"), "http://127.0.0.1:1/".into()] {
        assert_eq!(run(&["health", "--url", &url]).status.code(), Some(1), "{url}");
    }
    for (url, told) in
        [("readyz", "relative URL"), ("https://127.0.0.1/", "only plain http is spoken here, not `https`")]
    {
        let wrong = run(&["health", "--url", url]);
        assert_eq!(wrong.status.code(), Some(2), "{url}");
        assert!(complaint(&wrong).contains(told), "{wrong:?}");
    }
}

#[test]
fn a_store_that_cannot_be_reached_is_told_with_its_reason_and_without_its_password() {
    // Nothing listens on port 1.
    let store =
        "[server]\nlisten = \"127.0.0.1:0\"\n[store]\nurl = \"postgres://me:s3cret@127.0.0.1:1/vendgraph\"\n";
    let place = Place::with(&format!("{CONFIG}\n{store}"));
    for command in ["migrate", "serve"] {
        let output = vendgraph()
            .args([command, "--config"])
            .arg(place.config())
            .env("VENDGRAPH_LOG", "trace")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{command}");
        let log = std::str::from_utf8(&output.stderr).unwrap();
        let line = log.lines().last().unwrap();
        assert!(line.contains("store.url: ") && line.contains("Connection refused"), "{line}");
        assert!(!log.contains("s3cret"), "{log}");
    }
}

#[test]
fn no_token_is_minted_where_another_signs() {
    let keys = "jwks_url = \"https://login.example.com/keys\"";
    let place = Place::with(&CONFIG.replace("secret = \"0123456789abcdef0123456789abcdef\"", keys));
    let output = place.token("admin", "*");
    assert_eq!(output.status.code(), Some(1));
    assert!(complaint(&output).contains("auth.secret"));
}

#[test]
fn a_trusted_document_that_is_not_good_is_named() {
    let place = Place::with(CONFIG);
    let manifest = place.0.path().join("documents.json");
    let store = format!("[store]\nurl = \"sqlite://{}\"\n", place.0.path().join("kept.db").display());
    let listen = "[server]\nlisten = \"127.0.0.1:0\"\n";
    let documents = "[documents]\nmode = \"trusted\"\nmanifest = \"documents.json\"\n";
    fs::write(place.config(), format!("{CONFIG}{store}{listen}{documents}")).unwrap();
    let apollo = |name: &str, body: &str| {
        format!(
            r#"{{"format":"apollo-persisted-query-manifest","version":1,
                "operations":[{{"id":"1f","name":"{name}","type":"query","body":"{body}"}}]}}"#
        )
    };
    let deep = format!("{}id{}", "{ node(id: 1) ".repeat(20), " }".repeat(20));
    for (text, expected) in [
        ("[]".to_owned(), "documents.manifest: the file \"documents.json\" is no manifest"),
        (apollo("Fleet", "query Fleet { machins { nodes { id } } }"), "the operation `Fleet` (id 1f): "),
        (apollo("Fleet", "query Fleet {"), "the operation `Fleet` (id 1f): "),
        (format!(r#"{{"1f":"query Deep {deep}"}}"#), "the operation `Deep` (id 1f): "),
        (r#"{"1f":"{ nothing }"}"#.to_owned(), "the document with the id 1f: "),
    ] {
        fs::write(&manifest, &text).unwrap();
        for command in ["serve", "check"] {
            let output = run(&[command, "--config", place.config().to_str().unwrap()]);
            assert!(matches!(output.status.code(), Some(1 | 2)), "{text}: {output:?}");
            let log = std::str::from_utf8(&output.stderr).unwrap();
            let line = log.lines().last().unwrap();
            assert!(line.contains("documents.manifest: ") && line.contains(expected), "{text}: {line}");
        }
    }
    fs::remove_file(&manifest).unwrap();
    let missing = run(&["check", "--config", place.config().to_str().unwrap()]);
    assert!(complaint(&missing).contains("cannot be read"), "{missing:?}");
}

#[test]
fn the_schema_is_printed_and_as_a_subgraph_with_its_keys() {
    let plain = run(&["schema"]);
    assert_eq!(out(&plain), include_str!("../schema.graphql"));
    let subgraph = run(&["schema", "--federation"]);
    assert!(out(&subgraph).contains("type Machine implements Node @key(fields: \"id\") {"));
    assert!(out(&subgraph).contains("https://specs.apollo.dev/federation/v2"));
    assert!(!out(&plain).contains("@key"));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let mut child = vendgraph().arg("--help").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.stderr.is_empty(), "{output:?}");
    assert_eq!(output.status.code(), Some(0));
}
