//! The npm clients that people use, against the door: graphql-ws, graphql-sse, @apollo/client with its link for persisted
//! queries, and the old subscriptions-transport-ws.

use std::{collections::HashMap, path::Path, process::Stdio, sync::Arc, time::Duration};

use tokio::{process::Command, time::interval};

use super::{Server, TOKEN};
use crate::graphql::document::Policy;

/// What the clients ask for by an id.
const MANIFEST: &str = include_str!("../../../tests/clients/manifest.json");

#[tokio::test]
async fn the_clients_that_people_use_follow_events() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    if !folder.join("node_modules").is_dir() {
        assert!(std::env::var_os("CI").is_none(), "run `npm ci` in tests/clients first");
        println!("not followed: run `npm ci` in tests/clients first");
        return;
    }
    let server = Server::start().await;
    let trusted: HashMap<String, String> = serde_json::from_str(MANIFEST).unwrap();
    server.documents.adopt(Policy::new(trusted, false));
    let log = Arc::clone(&server.log);
    let writing = tokio::spawn(async move {
        let mut pace = interval(Duration::from_millis(20));
        loop {
            pace.tick().await;
            log.append();
        }
    });
    let run = Command::new("node")
        .args(["--test", "--test-force-exit", "--test-reporter=spec"])
        .current_dir(folder)
        .env("VENDGRAPH_URL", format!("{}/graphql", server.url))
        .env("VENDGRAPH_TOKEN", TOKEN)
        // The log of these tests does not look at fields.
        .env("VENDGRAPH_FAKE", "1")
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    writing.abort();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    server.log.until_open(0).await;
}
