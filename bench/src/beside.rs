//! The servers beside the gateway: plain axum, plain async-graphql and a vendor, see `bench/beside`.

use std::{
    collections::HashSet,
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::system::{Server, anywhere, free_address, measured};

/// As it is built together with this program.
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/bench/release/beside");
/// What they are built of.
const OURS: &str = include_str!("../Cargo.lock");
const PROGRAMS: &str = include_str!("../../Cargo.lock");

/// A running server.
pub struct Beside {
    child: Child,
    pub server: Server,
}

impl Beside {
    /// Starts `axum` or `graphql` on the gateway's core, which answers what is in the file.
    pub fn start(kind: &str, answers: &Path, token: &str) -> Self {
        assert!(is_of_equal_versions(), "bench/Cargo.lock has versions that Cargo.lock has not");
        Self::begin(measured(Path::new(PROGRAM)), (kind, answers), token, &[])
    }

    /// Starts what stands for InHand, on any core.
    pub fn vendor(answers: &Path) -> Self {
        Self::begin(anywhere(Path::new(PROGRAM)), ("vendor", answers), "", &[])
    }

    /// Starts what only asks that vendor, on any core.
    pub fn calls(answers: &Path, vendor: &Self) -> Self {
        let vendor = ["--vendor", &vendor.server.address];
        Self::begin(anywhere(Path::new(PROGRAM)), ("calls", answers), "", &vendor)
    }

    fn begin(mut command: Command, (kind, answers): (&str, &Path), token: &str, more: &[&str]) -> Self {
        let address = free_address();
        command.args([kind, "--listen", &address, "--answers"]).arg(answers).args(more).stdout(Stdio::null());
        let child = command.spawn().expect("it runs");
        let server = Server { address, token: token.to_owned(), process: child.id() };
        server.until_listening();
        Self { child, server }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether all that is built here is of the program's own versions.
fn is_of_equal_versions() -> bool {
    let programs: HashSet<_> = packages(PROGRAMS).collect();
    packages(OURS).all(|package| package.0 == "\"vendgraph-bench\"" || programs.contains(&package))
}

/// The names and versions in a lock file.
fn packages(lock: &str) -> impl Iterator<Item = (&str, &str)> {
    lock.split("[[package]]").filter_map(|package| {
        let value = |key| package.lines().find_map(|line| line.strip_prefix(key));
        Some((value("name = ")?, value("version = ")?))
    })
}
