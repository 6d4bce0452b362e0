//! The audit suite of the npm package `graphql-http`, whole: MUST, SHOULD and MAY.

use std::{path::Path, process::Stdio};

use tokio::process::Command;

use super::{Server, TOKEN};

#[tokio::test]
async fn the_audit_suite_passes_whole() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audit");
    if !folder.join("node_modules").is_dir() {
        assert!(std::env::var_os("CI").is_none(), "run `npm ci` in tests/audit first");
        println!("not audited: run `npm ci` in tests/audit first");
        return;
    }
    let server = Server::start().await;
    let run = Command::new("node")
        .arg("audit.mjs")
        .current_dir(folder)
        .env("VENDGRAPH_URL", format!("{}/graphql", server.url))
        .env("VENDGRAPH_TOKEN", TOKEN)
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    assert!(said.contains("61 passed, 0 failed"), "{said}");
}
