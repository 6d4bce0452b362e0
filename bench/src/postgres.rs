//! A PostgreSQL server of the measurement's own, on the clients' core: as it is set up by default, so that a commit is on
//! the disk.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// A running server, which is gone afterwards.
pub struct Postgres {
    programs: PathBuf,
    folder: TempDir,
}

impl Postgres {
    /// `None`: its programs are not here.
    pub fn start() -> Option<Self> {
        // Debian keeps them out of PATH, one folder a version.
        let versions = fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(Result::ok);
        let programs = versions.map(|version| version.path().join("bin")).max()?;
        let folder = tempfile::Builder::new().prefix("vendgraph-bench-").tempdir().expect("a folder");
        let server = Self { programs, folder };
        // It refuses to be root, and its folder must be its own.
        let owned = Command::new("chown").arg("postgres:").arg(server.folder.path()).status();
        assert!(owned.is_ok_and(|status| status.success()), "the server's folder is given to it");
        server.run("initdb", &["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]);
        let socket = format!("-k {} -c listen_addresses=", server.folder.path().display());
        server
            .run("pg_ctl", &["start", "-w", "-o", &socket, "-l", &server.path("log").display().to_string()]);
        Some(server)
    }

    /// As the gateway's configuration names it.
    pub fn url(&self) -> String {
        let socket = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{socket}/postgres")
    }

    /// The server's process, and those of its connections.
    pub fn processes(&self) -> Vec<u32> {
        let first = fs::read_to_string(self.path("data/postmaster.pid")).unwrap_or_default();
        let Some(server) = first.lines().next().and_then(|line| line.parse().ok()) else { return Vec::new() };
        let children =
            fs::read_to_string(format!("/proc/{server}/task/{server}/children")).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|process| process.parse().ok());
        std::iter::once(server).chain(children).collect()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let ended = as_postgres(&program)
            .arg("-D")
            .arg(self.path("data"))
            .args(arguments)
            .current_dir(self.folder.path())
            .stdout(Stdio::null())
            .status();
        assert!(ended.is_ok_and(|status| status.success()), "{} {arguments:?} failed", program.display());
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.run("pg_ctl", &["stop", "-w", "-m", "immediate"]);
    }
}

fn as_postgres(program: &Path) -> Command {
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}
