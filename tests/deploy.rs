//! What `docker-compose.yml` gives the program is what the program takes: files, secrets, versions.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use vendgraph::{
    config::{Config, Files, Vendor, read_toml},
    sandbox::Options,
};

const COMPOSE: &str = include_str!("../docker-compose.yml");
const DOCKERFILE: &str = include_str!("../Dockerfile");
const GATEWAY: &str = include_str!("../deploy/vendgraph.toml");
const PROXY: &str = include_str!("../deploy/haproxy.cfg");

/// The files that a container sees: the secrets that the compose file gives it.
struct Secrets;

impl Files for Secrets {
    fn read_up_to(&self, path: &Path, _longest: u64) -> io::Result<String> {
        let name = path.strip_prefix("/run/secrets").map_err(io::Error::other)?.display().to_string();
        assert!(COMPOSE.contains(&format!("{name}: {{ file: ./deploy/secrets/{name} }}")), "{name}");
        assert!(COMPOSE.contains("secrets: [jwt_secret, store_url]"));
        Ok(match name.as_str() {
            "store_url" => "postgres://vendgraph:x@postgres:5432/vendgraph".to_owned(),
            _ => "0123456789abcdef0123456789abcdef".to_owned(),
        })
    }

    fn resolve(&self, path: &Path) -> PathBuf {
        path.to_owned()
    }
}

/// The variables that the image sets.
fn environment() -> Vec<(String, String)> {
    let set = DOCKERFILE.lines().filter_map(|line| line.strip_prefix("ENV ")?.split_once('='));
    set.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn the_gateways_file_is_taken_with_the_images_environment_and_the_secrets() {
    let config = Config::parse(GATEWAY, environment(), &Secrets).unwrap();
    assert_eq!(config.server.listen.to_string(), "0.0.0.0:8080");
    assert!(config.store.url.is_some());
}

#[test]
fn the_simulators_take_the_credentials_that_the_gateways_send() {
    let options: Options =
        read_toml(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/sandbox.toml"))).unwrap();
    let config = Config::parse(GATEWAY, environment(), &Secrets).unwrap();
    let addresses: Vec<String> = config
        .accounts
        .iter()
        .map(|account| match &account.vendor {
            Vendor::Dingshang { url, .. } => url.to_string(),
            Vendor::Inhand { base_url, .. } => base_url.to_string(),
        })
        .collect();
    let ports = [options.dingshang.listen.port(), options.inhand.listen.port()];
    assert_eq!(addresses, ports.map(|port| format!("http://sandbox:{port}/")));
    for credential in [
        format!("app_id = \"{}\"", options.dingshang.app_id),
        format!("app_secret = \"{}\"", options.dingshang.app_secret),
        format!("merchant_id = \"{}\"", options.dingshang.merchant_id),
        format!("client_id = \"{}\"", options.inhand.client_id),
        format!("key = \"{}\"", options.inhand.key),
    ] {
        assert!(GATEWAY.contains(&credential), "{credential}");
    }
    let pushes = options.inhand.push_url.unwrap();
    assert!(pushes.starts_with(config.server.public_url.unwrap().as_str()) && pushes.ends_with("/metro"));
}

#[test]
fn the_image_is_built_by_the_toolchain_that_the_tests_ran_on() {
    let toolchain = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rust-toolchain.toml")).unwrap();
    let version = toolchain.lines().find_map(|line| line.strip_prefix("channel = ")).unwrap();
    assert!(
        DOCKERFILE.contains(&format!("FROM rust:{}-slim-bookworm", version.trim_matches('"'))),
        "{version}"
    );
}

#[test]
fn who_is_told_to_end_has_the_time_for_it() {
    let config = Config::parse(GATEWAY, environment(), &Secrets).unwrap();
    let needed = config.server.drain + config.limits.request_timeout;
    let grace =
        COMPOSE.lines().find_map(|line| line.trim().strip_prefix("stop_grace_period: ")?.strip_suffix('s'));
    assert!(grace.unwrap().parse::<u64>().unwrap() > needed.as_secs(), "{needed:?}");
    // Two checks, 2 s apart, see that it is no longer ready.
    assert!(PROXY.contains("inter 2s fall 2") && config.server.drain.as_secs() > 4);
}
