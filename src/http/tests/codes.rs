//! What the documents say of the codes that clients read.

use std::{collections::BTreeSet, fs, path::Path};

use crate::http::codes;

#[test]
fn operators_are_told_of_every_code_and_of_no_other() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operating.md");
    let text = fs::read_to_string(path).unwrap();
    let (_, section) = text.split_once("\n## What error codes mean\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
    let told: Vec<&str> =
        cells.flat_map(|cell| cell.split(", ")).map(|code| code.trim_matches('`')).collect();
    assert_eq!(told.iter().copied().collect::<BTreeSet<_>>(), codes().collect());
    assert_eq!(told.len(), codes().count(), "each once: {told:?}");
}
