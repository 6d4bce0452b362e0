//! The real binary: `sandbox`, `check`, `serve` and `schema`, as an operator runs them.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use crate::harness::SECRET;

/// A process that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn vendgraph() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vendgraph"));
    command.env_remove("VENDGRAPH_LOG").env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

/// The first line of a process's output that starts with each of the names, by name.
fn announced(running: &mut Running, names: &[&str]) -> Vec<String> {
    let lines = BufReader::new(running.0.stdout.take().expect("stdout is piped")).lines();
    let mut found = vec![String::new(); names.len()];
    for line in lines {
        let line = line.expect("the output is text");
        for (name, place) in names.iter().zip(&mut found) {
            if let Some(value) = line.strip_prefix(&format!("{name}  ")) {
                value.clone_into(place);
            }
        }
        if found.iter().all(|value| !value.is_empty()) {
            return found;
        }
    }
    panic!("the process ended after telling {found:?}");
}

#[test]
fn check_says_per_account_what_works() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = folder.path().join("sandbox.toml");
    fs::write(&options, "seed = 7\n[inhand]\nmachines = 3\n").expect("it is written");
    let mut sandbox = vendgraph();
    sandbox.args(["sandbox", "--config"]).arg(&options).stdout(Stdio::piped());
    let mut sandbox = Running(sandbox.spawn().expect("it runs"));
    let urls = announced(&mut sandbox, &["dingshang", "inhand"]);
    let config = folder.path().join("vendgraph.toml");
    let write = |key: &str| {
        let text = format!(
            "[auth]\nsecret = \"{SECRET}\"\n[[accounts]]\nname = \"north\"\nvendor = \"dingshang\"\nurl = \"{}\"\napp_id = \"ds-sandbox\"\napp_secret = \"sandbox-secret\"\nmerchant_id = \"{key}\"\n[[accounts]]\nname = \"metro\"\nvendor = \"inhand\"\nbase_url = \"{}\"\nclient_id = \"c-100\"\nkey = \"9f3c1a7be0\"\n",
            urls[0], urls[1]
        );
        fs::write(&config, text).expect("it is written");
    };
    let check = || vendgraph().args(["check", "--config"]).arg(&config).output().expect("it runs");

    write("M20240318");
    let output = check();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("metro  ok  3 machines") && text.contains("north  ok  12 machines"), "{text}");

    write("a wrong signing key");
    let output = check();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("metro  ok") && text.contains("north  failed") && text.contains("4006"), "{text}");
    assert!(!text.contains("a wrong signing key"), "{text}");
}

#[test]
fn dev_needs_nothing_and_serve_stops_when_told() {
    let mut dev = vendgraph();
    dev.args(["dev", "--port", "0", "--machines", "3"]).stdout(Stdio::piped());
    let mut dev = Running(dev.spawn().expect("it runs"));
    let told = announced(&mut dev, &["GraphiQL", "endpoint", "token", "dashboard"]);
    let body = r#"{"query":"{ machines { totalCount } }"}"#;
    let answer = tokio::runtime::Runtime::new().expect("a runtime").block_on(async {
        let request =
            reqwest::Client::new().post(&told[1]).header("authorization", format!("Bearer {}", told[2]));
        let response = request.header("content-type", "application/json").body(body).send().await;
        response.expect("it answers").text().await.expect("it is text")
    });
    assert_eq!(answer, r#"{"data":{"machines":{"totalCount":15}}}"#);
    let killed = Command::new("kill").args(["-TERM", &dev.0.id().to_string()]).status().expect("kill runs");
    assert!(killed.success());
    assert_eq!(dev.0.wait().expect("it ends").code(), Some(0));
}

#[test]
fn schema_prints_what_the_repository_keeps() {
    let output = vendgraph().arg("schema").output().expect("it runs");
    let kept =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql")).expect("it is kept");
    assert_eq!(String::from_utf8_lossy(&output.stdout), kept);
}
