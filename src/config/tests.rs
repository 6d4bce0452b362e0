//! Configurations, right and wrong.

use std::{
    collections::HashMap,
    io,
    num::NonZeroU32,
    path::{Path, PathBuf},
    time::Duration,
};

use proptest::prelude::*;
use secrecy::{ExposeSecret, SecretString};

use super::{Config, Error, Files, Limits, Proof, Vendor};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const AUTH: &str = "[auth]\nsecret = \"0123456789abcdef0123456789abcdef\"\n";
const SAMPLE: &str = r#"
[server]
listen = "0.0.0.0:8080"
public_url = "https://vending.example.com"
introspection = false
graphiql = false
dashboard = false
cors_origins = ["https://dash.example.com"]

[auth]
secret = { env = "VENDGRAPH_JWT_SECRET" }
issuer = "https://login.example.com"
audience = "vendgraph"

[store]
url = "sqlite:///var/lib/vendgraph/vendgraph.db"

[cache]
status = "10s"
products = "10m"
sites = "5m"
max_stale = "1h"

[fleet]
sweep = "off"

[limits]
depth = 15
complexity = 5000
body_bytes = 1048576
request_timeout = "15s"

[[accounts]]
name = "north"
vendor = "dingshang"
url = "https://www.awish.vip"
app_id = "ds-1"
app_secret = { env = "NORTH_APP_SECRET" }
merchant_id = { file = "merchant" }

[[accounts]]
name = "metro-2"
vendor = "inhand"
base_url = "http://vending.example.net"
client_id = "c-100"
key = "k-100"
timeout = "500ms"
max_concurrency = 4
requests_per_second = 10
retries = 0
"#;

/// Files that are only told of.
struct Told(HashMap<&'static str, &'static str>);

impl Files for Told {
    fn read_up_to(&self, path: &Path, _longest: u64) -> io::Result<String> {
        let text = path.to_str().and_then(|path| self.0.get(path)).copied();
        text.map(str::to_owned).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn resolve(&self, path: &Path) -> PathBuf {
        Path::new("/etc/vendgraph").join(path)
    }
}

fn parse(text: &str, environment: &[(&str, &str)]) -> Result<Config, Error> {
    let files = Told(HashMap::from([
        ("merchant", "m-1\n"),
        ("windows", "m-2\r\n"),
        ("two", "m-3\n\n"),
        ("empty", "\n"),
    ]));
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::parse(text, environment, &files)
}

fn sample(more: &[(&str, &str)]) -> Result<Config, Error> {
    let mut environment =
        vec![("VENDGRAPH_JWT_SECRET", SECRET), ("NORTH_APP_SECRET", "s-1"), ("HOME", "/root")];
    environment.extend_from_slice(more);
    parse(SAMPLE, &environment)
}

fn problem(text: &str, environment: &[(&str, &str)]) -> String {
    let told = parse(text, environment).expect_err("it is wrong").to_string();
    assert!(!told.contains('\n'), "one line: {told}");
    told
}

fn account(lines: &str) -> String {
    format!("{AUTH}[[accounts]]\nname = \"north\"\n{lines}")
}

fn dingshang(config: &Config) -> [&str; 3] {
    match &config.accounts[0].vendor {
        Vendor::Dingshang { app_id, app_secret, merchant_id, .. } => {
            [app_id, app_secret, merchant_id].map(SecretString::expose_secret)
        }
        Vendor::Inhand { .. } => panic!("another vendor"),
    }
}

#[test]
fn the_interfaces_sample_is_read() {
    let config = sample(&[]).unwrap();
    assert_eq!(config.server.listen.to_string(), "0.0.0.0:8080");
    assert_eq!(config.server.cors_origins, ["https://dash.example.com"]);
    assert!(!config.server.introspection && !config.server.graphiql && !config.server.dashboard);
    assert_eq!(config.auth.audience.as_deref(), Some("vendgraph"));
    assert_eq!(config.fleet.sweep, None);
    assert_eq!(config.cache, super::Cache::default());
    assert_eq!(config.limits, super::Limits::default());
    assert_eq!(config.accounts[0].calls, super::Calls::default());
    assert_eq!(dingshang(&config), ["ds-1", "s-1", "m-1"]);
    assert_eq!(config.accounts[1].calls.timeout, Duration::from_millis(500));
    assert_eq!(config.accounts[1].calls.retries, 0);
}

#[test]
fn what_is_left_out_has_a_default() {
    let config = parse(AUTH, &[]).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert!(config.server.introspection && config.server.graphiql && config.server.dashboard);
    assert!(config.server.public_url.is_none());
    assert_eq!(config.fleet.sweep, Some(Duration::from_mins(5)));
    assert_eq!(config.server.drain, Duration::from_secs(2));
    assert_eq!(config.limits, Limits::default());
    assert!(config.accounts.is_empty() && config.store.url.is_none());
}

#[test]
fn every_value_can_be_overridden() {
    let config = sample(&[
        ("VENDGRAPH__SERVER__LISTEN", "127.0.0.1:1"),
        ("VENDGRAPH__SERVER__INTROSPECTION", "true"),
        ("VENDGRAPH__SERVER__CORS_ORIGINS", "https://a.example, https://b.example"),
        ("VENDGRAPH__LIMITS__DEPTH", "7"),
        ("VENDGRAPH__LIMITS__REQUESTS_PER_SECOND", "3"),
        ("VENDGRAPH__FLEET__SWEEP", "1m"),
        ("VENDGRAPH__SERVER__DRAIN", "off"),
        ("VENDGRAPH__ACCOUNTS__NORTH__APP_SECRET", "s-2"),
        ("VENDGRAPH__ACCOUNTS__NORTH__MERCHANT_ID__FILE", "windows"),
        ("vendgraph__accounts__Metro_2__retries", "3"),
    ])
    .unwrap();
    assert_eq!(config.server.listen.port(), 1);
    assert_eq!(config.server.drain, Duration::ZERO);
    assert!(config.server.introspection);
    assert_eq!(config.server.cors_origins, ["https://a.example", "https://b.example"]);
    assert_eq!(config.limits.depth, 7);
    assert_eq!(config.limits.requests_per_second.map(NonZeroU32::get), Some(3));
    let off = sample(&[("VENDGRAPH__LIMITS__REQUESTS_PER_SECOND", "off")]).unwrap();
    assert_eq!(off.limits.requests_per_second, None);
    assert_eq!(config.fleet.sweep, Some(Duration::from_mins(1)));
    assert_eq!(dingshang(&config), ["ds-1", "s-2", "m-2"]);
    assert_eq!(config.accounts[1].calls.retries, 3);
}

#[test]
fn an_overridden_secret_needs_nothing_of_what_it_stands_over() {
    let environment = [("VENDGRAPH__AUTH__SECRET", SECRET)];
    assert!(parse("[auth]\nsecret = { env = \"UNSET\" }\n", &environment).is_ok());
    assert!(parse("", &environment).is_ok());
}

#[test]
fn one_trailing_line_break_of_a_secrets_file_does_not_count() {
    let secret = |file: &str| {
        let config = sample(&[("VENDGRAPH__ACCOUNTS__NORTH__APP_ID__FILE", file)]);
        config.map(|config| dingshang(&config)[0].to_owned()).map_err(|error| error.to_string())
    };
    assert_eq!(secret("merchant").as_deref(), Ok("m-1"));
    assert_eq!(secret("windows").as_deref(), Ok("m-2"));
    let told = secret("two").unwrap_err();
    assert!(told.contains("accounts.north.app_id") && told.contains("line break"), "{told}");
    assert!(secret("empty").unwrap_err().contains("not empty"));
}

#[test]
fn an_unknown_key_is_named_with_its_path_and_the_nearest_key() {
    let sandbox = "vendor = \"dingshang\"\nurl = \"https://x\"\napp_idd = \"1\"\n";
    assert_eq!(problem(&account(sandbox), &[]), "accounts.north.app_idd is not a key; did you mean app_id?");
    assert_eq!(problem("[servr]\n", &[]), "servr is not a key; did you mean server?");
    assert_eq!(
        problem("[cache]\nzzzzzz = 1\n", &[]),
        "cache.zzzzzz is not a key; known here: status, products, sites, max_stale"
    );
    assert_eq!(
        problem("[auth]\nsecret = { envv = \"A\" }\n", &[]),
        "auth.secret.envv is not a key; did you mean env?"
    );
    assert_eq!(
        problem(&account("vendor = \"inhand\"\nurl = \"https://x\"\n"), &[]),
        "accounts.north.url is not a key; did you mean base_url?"
    );
    assert_eq!(
        problem(&format!("{AUTH}[[accounts]]\nnmae = \"north\"\n"), &[]),
        "accounts[0].nmae is not a key; did you mean name?"
    );
}

#[test]
fn an_override_of_an_unknown_key_names_its_variable() {
    let told = |variable: &str| problem(SAMPLE, &[(variable, "1")]);
    assert_eq!(
        told("VENDGRAPH__SERVER__LISTEM"),
        "server.listem (set by VENDGRAPH__SERVER__LISTEM) is not a key; did you mean listen?"
    );
    assert_eq!(
        told("VENDGRAPH__ACCOUNTS__SOUTH__KEY"),
        "accounts.south.key (set by VENDGRAPH__ACCOUNTS__SOUTH__KEY): there is no account of that name; the accounts \
         are north, metro-2"
    );
    assert!(told("VENDGRAPH__SERVR__LISTEN").contains("did you mean server?"));
    assert!(told("VENDGRAPH__SERVER__LISTEN__FILE").contains("did you mean listen?"));
    assert!(told("VENDGRAPH__SERVER").contains("VENDGRAPH__SERVER"));
    assert!(told("VENDGRAPH__").contains("VENDGRAPH__"));
    assert!(told("VENDGRAPH__ACCOUNTS__NORTH__NAME").contains("the environment finds the account by it"));
}

#[test]
fn an_override_that_fits_two_accounts_is_refused() {
    let text = SAMPLE.replace("metro-2", "a-b").replace("\"north\"", "\"A_B\"");
    let told = problem(&text, &[("VENDGRAPH__ACCOUNTS__A_B__RETRIES", "1")]);
    assert!(told.contains("fits both accounts"), "{told}");
    let nested = SAMPLE.replace("metro-2", "north__x");
    let environment = [("VENDGRAPH__ACCOUNTS__NORTH__X__RETRIES", "many"), ("NORTH_APP_SECRET", "s")];
    let told = problem(&nested, &environment);
    assert!(told.starts_with("accounts.north__x.retries"), "{told}");
}

#[test]
fn a_wrong_value_is_told_by_its_key_and_what_to_write_instead() {
    for (text, told) in [
        ("[server]\nlisten = 8080\n", "server.listen: write an IP address and a port"),
        ("[server]\nlisten = \"localhost\"\n", "server.listen: write an IP address and a port"),
        ("[server]\ngraphiql = \"yes\"\n", "server.graphiql: write true or false"),
        ("[server]\ndashboard = \"yes\"\n", "server.dashboard: write true or false"),
        ("[server]\npublic_url = \"ftp://x\"\n", "server.public_url: write an address such as"),
        ("[server]\npublic_url = \"https://u:p@x\"\n", "server.public_url: write an address such as"),
        ("[server]\ncors_origins = [\"https://x/app\"]\n", "server.cors_origins: write a list of origins"),
        ("[limits]\ndepth = 0\n", "limits.depth: write a whole number from 1 to 100"),
        ("[limits]\nbody_bytes = -1\n", "limits.body_bytes: write a whole number from 1 to"),
        (
            "[limits]\nrequests_per_second = 0\n",
            "limits.requests_per_second: write a whole number from 1 to 1000000, or \"off\"",
        ),
        ("[limits]\nheader_bytes = 512\n", "limits.header_bytes: write a whole number from 10240 to"),
        ("[limits]\nburst = 0\n", "limits.burst: write a whole number from 1 to"),
        ("[limits]\nrequest_timeout = 15\n", "limits.request_timeout: write a duration"),
        ("[cache]\nstatus = \"0s\"\n", "cache.status: write a duration longer than nothing"),
        ("[fleet]\nsweep = false\n", "fleet.sweep: write a duration such as \"5m\", or \"off\""),
        ("[store]\nurl = \"mysql://x\"\n", "store.url: write \"sqlite:///path"),
        ("[store]\nretention = \"23h\"\n", "store.retention: write a span of time of 24h or more"),
        (
            "[store]\naudit_retention = \"167h\"\n",
            "store.audit_retention: write a span of time of 168h or more",
        ),
        ("server = 5\n", "server: write a section [server]"),
        ("accounts = 5\n", "accounts: write each account as a section [[accounts]]"),
        ("[accounts.north]\n", "accounts: write each account as a section [[accounts]]"),
        ("[[accounts]]\nname = \"no rth\"\n", "accounts[0].name: write a name of its own"),
        (
            "[[accounts]]\nname = \"a\"\nvendor = \"acme\"\n",
            "accounts.a.vendor: write \"dingshang\" or \"inhand\"",
        ),
        ("[[accounts]]\nname = \"a\"\n", "accounts.a.vendor is missing; write \"dingshang\" or \"inhand\""),
        ("[[accounts]]\n", "accounts[0].name is missing; write a name"),
    ] {
        let whole = if text.starts_with('[') { format!("{AUTH}{text}") } else { format!("{text}{AUTH}") };
        let found = problem(&whole, &[]);
        assert!(found.starts_with(told), "{text:?}: {found}");
    }
    let told = problem(
        SAMPLE,
        &[("VENDGRAPH__LIMITS__DEPTH", "deep"), ("VENDGRAPH_JWT_SECRET", SECRET), ("NORTH_APP_SECRET", "s")],
    );
    assert_eq!(told, "limits.depth (set by VENDGRAPH__LIMITS__DEPTH): write a whole number from 1 to 100");
}

#[test]
fn two_accounts_of_one_name_are_refused() {
    let told = problem(&SAMPLE.replace("metro-2", "north"), &[]);
    assert!(told.starts_with("accounts[1].name: write another name; north is taken"), "{told}");
}

#[test]
fn exactly_one_proof_is_wanted() {
    assert!(problem("", &[]).starts_with("auth is missing; write a section [auth] with one of"));
    assert!(problem("[auth]\nissuer = \"x\"\n", &[]).starts_with("auth is missing"));
    let both = format!("{AUTH}jwks_file = \"keys.json\"\n");
    assert_eq!(problem(&both, &[]), "auth: write only one of auth.secret, auth.jwks_file");
    assert_eq!(
        problem(AUTH, &[("VENDGRAPH__AUTH__JWKS_URL", "https://x")]),
        "auth: write only one of auth.secret, auth.jwks_url (set by VENDGRAPH__AUTH__JWKS_URL)"
    );
    let short = problem("", &[("VENDGRAPH__AUTH__SECRET", "short")]);
    assert!(
        short.starts_with("auth.secret (set by VENDGRAPH__AUTH__SECRET): write a secret of at least"),
        "{short}"
    );
    let short = problem("[auth]\nsecret = \"0123456789abcdef0123456789abcde\"\n", &[]);
    assert!(short.starts_with("auth.secret: write a secret of at least 32 bytes"), "{short}");
    let file = parse("[auth]\njwks_file = \"keys.json\"\n", &[]).unwrap();
    assert!(
        matches!(file.auth.proof, Proof::JwksFile(path) if path == Path::new("/etc/vendgraph/keys.json"))
    );
    let url = parse("[auth]\njwks_url = \"https://login.example.com/keys\"\n", &[]).unwrap();
    assert!(matches!(url.auth.proof, Proof::JwksUrl(_)));
}

#[test]
fn a_secret_that_is_not_there_names_its_key_and_where_it_was_looked_for() {
    assert_eq!(
        problem("[auth]\nsecret = { env = \"UNSET\" }\n", &[]),
        "auth.secret: the environment variable UNSET is not set; set it, or give the secret another way"
    );
    let told = problem("[auth]\nsecret = { file = \"gone\" }\n", &[]);
    assert!(told.starts_with("auth.secret: the file /etc/vendgraph/gone cannot be read"), "{told}");
    for text in
        ["secret = 5", "secret = {}", "secret = { env = 5 }", "secret = { env = \"A\", file = \"B\" }"]
    {
        let told = problem(&format!("[auth]\n{text}\n"), &[]);
        assert!(told.starts_with("auth.secret: write the secret as text in quotes, {"), "{told}");
    }
}

#[test]
fn a_secret_is_shown_nowhere() {
    let shown = format!("{:?}", sample(&[("VENDGRAPH__STORE__URL", "postgres://u:hunter2@db/v")]).unwrap());
    for secret in [SECRET, "s-1", "m-1", "k-100", "hunter2"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn broken_toml_tells_the_place_and_not_the_line() {
    let told = problem("[auth]\nissuer = \"ü\"\nsecret = \"hunter2\n", &[]);
    assert!(told.starts_with("line 3, column "), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn a_file_of_its_own_shape_names_the_key_that_does_not_fit() {
    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Options {
        fleet: Fleet,
    }
    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Fleet {
        machines: u32,
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.toml");
    let read = |text: &str| {
        std::fs::write(&file, text).unwrap();
        super::read_toml::<Options>(&file).map_err(|error| error.to_string())
    };
    assert_eq!(read("[fleet]\nmachines = 5\n").unwrap().fleet.machines, 5);
    for (text, told) in [
        ("[fleet]\nmachines = \"many\"\n", "fleet.machines: invalid type"),
        ("[fleet]\nmachine = 5\n", "fleet.machine: unknown field"),
        ("[fleet\n", "line 1, column"),
    ] {
        let found = read(text).unwrap_err();
        assert!(found.contains(told) && found.contains("sandbox.toml: ") && !found.contains('\n'), "{found}");
    }
}

proptest! {
    #[test]
    fn no_error_shows_a_value(before in "[ -~]{0,12}", after in "[ -~\n]{0,12}", key in "secret|secrt|issuer|jwks_url") {
        let text = format!("[auth]\n{key} = {before}hunter2{after}\n");
        if let Err(error) = parse(&text, &[("VENDGRAPH__CACHE__STATUS", "hunter2")]) {
            // A key is told, and `hunter2` may have become one.
            let as_key = matches!(error.problem, super::Problem::UnknownKey { .. });
            prop_assert!(as_key || !format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
    }
}
