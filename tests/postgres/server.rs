//! A PostgreSQL server of a test's own, which can be ended and started again. It ends with the test, however that ends.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, chown},
    path::{Path, PathBuf},
    process::{Command as Blocking, Stdio},
    time::Duration,
};

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    time::{Instant, sleep, timeout},
};

/// How long the server's programs are waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// Ends the server at once when nobody holds its input any more.
const UNTIL_THE_INPUT_ENDS: &str =
    r#""$@" </dev/null & server=$!; cat >/dev/null; kill -QUIT $server; wait $server"#;

/// A running server, or one that was ended.
pub struct Server {
    // Ended before its folder goes.
    running: Option<Child>,
    programs: PathBuf,
    user: Option<(u32, u32)>,
    folder: TempDir,
}

impl Server {
    /// Makes a server with an empty database `vendgraph`, and starts it.
    pub async fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("vendgraph-server.").tempdir_in("/tmp").unwrap();
        let user = (fs::metadata("/proc/self").unwrap().uid() == 0).then(|| (id("-u"), id("-g")));
        if let Some((user, group)) = user {
            // The server refuses to be root.
            chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let mut server = Self { running: None, programs: programs(), user, folder };
        let mut initdb = server.command(&server.programs.join("initdb"));
        initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]);
        initdb.arg(server.data()).stdout(Stdio::null());
        let made = timeout(PATIENCE, initdb.status()).await.expect("it is made in time").expect("it runs");
        assert!(made.success(), "initdb: {made}");
        server.run().await;
        let mut connection = PgConnection::connect(&server.url("postgres")).await.unwrap();
        let sql = AssertSqlSafe("CREATE DATABASE vendgraph".to_owned());
        sqlx::query(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        server
    }

    /// Ends it in the midst of whatever it is at, and starts it again.
    pub async fn restart(&mut self) {
        if let Some(mut running) = self.running.take() {
            drop(running.stdin.take());
            timeout(PATIENCE, running.wait()).await.expect("it ends in time").expect("it ran");
        }
        self.run().await;
    }

    /// Where one of its databases is.
    pub fn url(&self, database: &str) -> String {
        let folder = self.folder.path().to_str().unwrap().replace('/', "%2F");
        format!("postgres://postgres@{folder}/{database}")
    }

    async fn run(&mut self) {
        let mut command = self.command(Path::new("/bin/sh"));
        command.args(["-c", UNTIL_THE_INPUT_ENDS, "sh"]).arg(self.programs.join("postgres"));
        command.arg("-D").arg(self.data()).arg("-k").arg(self.folder.path());
        // What a test stores need not outlive the machine; it does outlive the server.
        for setting in ["listen_addresses=", "fsync=off", "max_connections=100", "log_min_messages=panic"] {
            command.args(["-c", setting]);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        self.running = Some(command.spawn().expect("it runs"));
        let end = Instant::now() + PATIENCE;
        while PgConnection::connect(&self.url("postgres")).await.is_err() {
            assert!(Instant::now() < end, "the server does not start");
            sleep(Duration::from_millis(50)).await;
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path());
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let Some(mut running) = self.running.take() else { return };
        drop(running.stdin.take());
        // Its files are gone once it is.
        let end = std::time::Instant::now() + Duration::from_secs(10);
        while matches!(running.try_wait(), Ok(None)) && std::time::Instant::now() < end {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The folder of the server's programs, found as tests/with-postgres.sh finds it.
fn programs() -> PathBuf {
    if let Some(folder) = std::env::var_os("POSTGRES_BIN") {
        return folder.into();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    if let Some(folder) = std::env::split_paths(&path).find(|folder| folder.join("initdb").exists()) {
        return folder;
    }
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let version = |folder: &PathBuf| folder.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let newest = versions.map(|version| version.path()).max_by_key(version);
    newest.expect("PostgreSQL is here: see tests/with-postgres.sh").join("bin")
}

/// A number of the user `postgres`.
fn id(of: &str) -> u32 {
    let told = Blocking::new("id").args([of, "postgres"]).output().expect("there is id");
    String::from_utf8_lossy(&told.stdout).trim().parse().expect("there is a user postgres")
}
