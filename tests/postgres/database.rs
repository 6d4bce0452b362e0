//! A database of its own for a test, on the server that TEST_POSTGRES_URL names.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use url::Url;

/// An empty database, which is dropped at the end.
pub struct Database {
    server: Url,
    name: String,
}

impl Database {
    /// Makes the database. A test without a server fails: it would test nothing.
    pub async fn new() -> Self {
        let url = std::env::var("TEST_POSTGRES_URL").expect(
            "TEST_POSTGRES_URL is not set: run `make test-rust`, or what you run by tests/with-postgres.sh",
        );
        let server = Url::parse(&url).expect("TEST_POSTGRES_URL is a URL");
        let database = Self { server, name: format!("vendgraph_test_{:032x}", rand::random::<u128>()) };
        database.command(&format!("CREATE DATABASE {}", database.name)).await;
        database
    }

    /// Where it is.
    pub fn url(&self) -> String {
        let mut url = self.server.clone();
        url.set_path(&self.name);
        url.into()
    }

    /// A connection beside the stores'.
    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url()).await.expect("the server answers")
    }

    async fn command(&self, sql: &str) {
        let connected = PgConnection::connect(self.server.as_str()).await;
        let mut connection = connected.expect("the server answers");
        let done = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await;
        done.expect("the user may make databases");
        connection.close().await.expect("it closes");
    }
}

impl Drop for Database {
    /// Also of a test that failed, whose stores are still open.
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let dropped = async { tokio::time::timeout(Duration::from_secs(20), self.command(&sql)).await };
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                // Best done, but no reason to fail: what is left goes with the server.
                let _ = runtime.expect("a thread has a runtime").block_on(dropped);
            });
        });
    }
}
