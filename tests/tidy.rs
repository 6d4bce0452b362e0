//! The rules of `ARCHITECTURE.md`, as tests. A rule that is broken tells file and line.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, helpers included"
)]

#[path = "tidy/paths.rs"]
mod paths;
#[path = "tidy/source.rs"]
mod source;

use std::collections::{BTreeMap, BTreeSet};

use paths::Named;
use source::Source;

/// The layers, highest first. A module uses only what stands in rows below its own; the rows of the modules that
/// are still to come keep their places.
const ROWS: [&[&str]; 6] = [
    &["http"],
    &["graphql"],
    &["gateway"],
    &["events"],
    &["vendor", "store", "auth"],
    &["domain", "config", "telemetry"],
];

/// These see everything of ours.
const ABOVE_ALL: [&str; 2] = ["app", "cli"];

/// This sees nothing of ours.
const APART: &str = "sandbox";

/// Where a foreign crate may be named: files, or folders with a `/` at their end. Test code may name it too where
/// its folder is in the third column.
const HOMES: [(&str, &[&str], &[&str]); 17] = [
    ("async_graphql", &["src/graphql/", "src/http/", "src/app"], &[]),
    ("async_graphql_value", &["src/graphql/", "src/http/"], &[]),
    ("axum", &["src/http/", "src/sandbox/", "src/app"], &["src/"]),
    ("tower_http", &["src/http/"], &[]),
    // The address of the signers' keys is not a vendor's, and has a small bounded GET of its own.
    ("reqwest", &["src/vendor/transport/", "src/auth/jwks.rs", "src/auth/error.rs"], &["src/"]),
    // What searches found, parsed documents and finished answers are kept where they are made; the cache knows nothing of them.
    (
        "moka",
        &[
            "src/gateway/cache.rs",
            "src/gateway/cache/",
            "src/gateway/fleet/haystack.rs",
            "src/graphql/document/",
            "src/http/kept.rs",
        ],
        &[],
    ),
    ("prometheus_client", &["src/telemetry/"], &[]),
    ("opentelemetry", &["src/telemetry/"], &[]),
    ("opentelemetry_otlp", &["src/telemetry/"], &[]),
    ("opentelemetry_sdk", &["src/telemetry/"], &[]),
    ("tracing_opentelemetry", &["src/telemetry/"], &[]),
    ("tracing_subscriber", &["src/telemetry/", "src/config/telemetry.rs"], &["src/"]),
    ("jsonwebtoken", &["src/auth/"], &[]),
    ("clap", &["src/cli/"], &[]),
    ("toml", &["src/config/", "src/cli/", "src/sandbox/options.rs"], &["src/"]),
    ("sqlx", &["src/store/"], &[]),
    ("anyhow", &["src/main.rs", "src/app"], &[]),
];

/// Crates that must not be named in a folder, and why.
const BANNED: [(&str, &str, &str); 5] = [
    ("src/domain/", "serde", "what vending is does not depend on how it is written down"),
    ("src/domain/", "serde_json", "what vending is does not depend on how it is written down"),
    ("src/domain/", "tokio", "pure values do no I/O"),
    ("src/gateway/", "serde_json", "wire shapes end in a vendor's mapping"),
    ("src/gateway/", "http", "what goes over the wire is the adapters' and the door's"),
];

/// Longest file, in lines.
const LONGEST: usize = 400;

/// Files that may be longer, with the reason. None is better.
const LONGER: [(&str, &str); 0] = [];

/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 10] =
    ["util", "utils", "common", "manager", "managers", "helper", "helpers", "misc", "service", "services"];

fn ours() -> Vec<Source> {
    let found = source::under("src");
    assert!(found.len() > 20, "the sources are not where this test looks for them");
    found
}

fn every_file() -> Vec<Source> {
    ["src", "tests", "bench", "benches", "examples"].into_iter().flat_map(source::under).collect()
}

#[track_caller]
fn none(breaches: &[String], rule: &str) {
    assert!(breaches.is_empty(), "{rule}\n{}\n", breaches.join("\n"));
}

/// What a rule finds in the paths of all files.
fn in_paths(breach: impl Fn(&Source, &Named) -> Option<String>) -> Vec<String> {
    let of_file = |source: &Source| -> Vec<String> {
        let told =
            |named: &Named| breach(source, named).map(|told| format!("{}: {told}", source.at(named.line)));
        paths::in_file(source).iter().filter_map(told).collect()
    };
    ours().iter().flat_map(of_file).collect()
}

fn row(module: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&module))
}

/// The top-level module that a file belongs to; `main.rs` and `lib.rs` belong to none.
fn home(source: &Source) -> Option<&str> {
    source.module().first().copied()
}

#[test]
fn every_file_opens_with_its_purpose() {
    let opens = |source: &Source| source.text.lines().next().is_some_and(|line| line.starts_with("//! "));
    let breaches: Vec<_> =
        every_file().iter().filter(|source| !opens(source)).map(|source| source.at(1)).collect();
    none(&breaches, "a file's first line begins with `//! ` and says what the file is for");
}

#[test]
fn no_file_is_longer_than_four_hundred_lines() {
    let mut breaches = Vec::new();
    for source in every_file() {
        let lines = source.text.lines().count();
        let excused = LONGER.iter().any(|(path, _)| *path == source.path);
        if lines > LONGEST && !excused {
            breaches.push(format!("{}: {lines} lines", source.at(LONGEST + 1)));
        } else if lines <= LONGEST && excused {
            breaches.push(format!("{}: is short enough now; take it from LONGER", source.path));
        }
    }
    none(&breaches, "a file has at most 400 lines");
}

#[test]
fn documentation_holds_no_code_that_would_have_to_be_run() {
    let is_code = |line: &str| {
        let text = line.trim_start().strip_prefix("///").or_else(|| line.trim_start().strip_prefix("//!"));
        text.is_some_and(|text| text.trim() == "```" || text.trim() == "```rust")
    };
    let opened = |source: &Source| -> Vec<String> {
        let mut within = false;
        let mut breaches = Vec::new();
        for (at, line) in source.text.lines().enumerate() {
            let closes = within && is_code(line);
            if is_code(line) && !closes {
                breaches.push(source.at(at + 1));
            }
            within = !closes && (within || line.contains("```"));
        }
        breaches
    };
    let breaches: Vec<_> = ours().iter().flat_map(opened).collect();
    none(&breaches, "tests are in tests: `make test` runs no documentation, so a fence in it names `text`");
}

#[test]
fn layers_point_one_way() {
    let breaches = in_paths(|source, named| {
        let (from, (to, _)) = (home(source)?, named.of_ours()?);
        if from == to || ABOVE_ALL.contains(&from) || !is_module(to) {
            return None;
        }
        let allowed = from != APART && row(from)? < row(to).unwrap_or(0);
        (!allowed).then(|| format!("{from} must not use {to}"))
    });
    none(&breaches, "a module uses only rows below its own, modules of one row do not know each other");
}

fn is_module(name: &str) -> bool {
    row(name).is_some() || ABOVE_ALL.contains(&name) || name == APART
}

#[test]
fn every_module_has_its_row() {
    let breaches: Vec<_> = ours()
        .iter()
        .filter(|source| home(source).is_some_and(|home| !is_module(home)))
        .map(|source| source.at(1))
        .collect();
    none(&breaches, "a top-level module stands in ROWS, ABOVE_ALL or APART of tests/tidy.rs");
}

#[test]
fn the_two_adapters_do_not_know_each_other_nor_the_transport_them() {
    let breaches = in_paths(|source, named| {
        let (to, rest) = named.of_ours()?;
        let (from, to) = match (source.module().as_slice(), to, rest.first()) {
            (["vendor", from, ..], "vendor", Some(to)) => ((*from).to_owned(), to.clone()),
            _ => return None,
        };
        let adapter = |name: &str| matches!(name, "dingshang" | "inhand");
        let breach = from != to && adapter(&to) && (adapter(&from) || from == "transport");
        breach.then(|| format!("vendor::{from} must not use vendor::{to}"))
    });
    none(&breaches, "an adapter knows the transport, and neither knows the other adapter");
}

#[test]
fn top_level_modules_use_each_other_in_no_circle() {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in ours() {
        let Some(from) = home(&source) else { continue };
        let to = paths::in_file(&source);
        let to = to.iter().filter(|named| !source.is_test(named.line)).filter_map(Named::of_ours);
        let to = to.map(|(to, _)| to.to_owned()).filter(|to| to != from && is_module(to));
        uses.entry(from.to_owned()).or_default().extend(to);
    }
    let breaches: Vec<_> =
        uses.keys().filter_map(|module| circle(&uses, &mut vec![module.clone()])).collect();
    none(&breaches, "no module uses, through others, itself");
}

/// A way from the first of `way` back to it.
fn circle(uses: &BTreeMap<String, BTreeSet<String>>, way: &mut Vec<String>) -> Option<String> {
    for next in uses.get(way.last()?).into_iter().flatten() {
        if way.first() == Some(next) {
            return Some(format!("{} → {next}", way.join(" → ")));
        }
        if !way.contains(next) {
            way.push(next.clone());
            if let Some(found) = circle(uses, way) {
                return Some(found);
            }
            way.pop();
        }
    }
    None
}

#[test]
fn foreign_crates_stay_in_their_homes() {
    let breaches = in_paths(|source, named| {
        let foreign = named.parts.first()?;
        let (_, homes, in_tests) = HOMES.iter().find(|(name, ..)| name == foreign)?;
        let lives = |homes: &[&str]| homes.iter().any(|home| source.path.starts_with(home));
        let at_home = lives(homes) || (source.is_test(named.line) && lives(in_tests));
        (!at_home).then(|| format!("{foreign} lives in {}", homes.join(", ")))
    });
    none(&breaches, "a foreign crate is named only where HOMES of tests/tidy.rs says");
}

#[test]
fn the_inner_layers_are_free_of_wire_shapes() {
    let breaches = in_paths(|source, named| {
        let foreign = named.parts.first()?;
        let (.., why) =
            BANNED.iter().find(|(folder, name, _)| name == foreign && source.path.starts_with(folder))?;
        (!source.is_test(named.line)).then(|| format!("{foreign} is not for this folder: {why}"))
    });
    none(&breaches, "a folder does not name the crates that BANNED of tests/tidy.rs lists for it");
}

#[test]
fn nothing_but_tests_unwraps_or_expects() {
    let mut breaches = Vec::new();
    for source in ours() {
        for at in 0..source.tokens.len() {
            let line = source.tokens[at].line;
            let taken = ["unwrap", "expect", "unwrap_err", "expect_err"]
                .into_iter()
                .find(|name| source.reads(at, &[".", name, "("]) || source.reads(at, &["::", name]));
            if let Some(taken) = taken.filter(|_| !source.is_test(line)) {
                breaches.push(format!("{}: {taken}", source.at(line)));
            }
        }
    }
    none(&breaches, "outside tests a failure is handled or handed on");
}

#[test]
fn nothing_is_imported_by_a_star() {
    let breaches = in_paths(|source, named| {
        let [before @ .., last] = named.parts.as_slice() else { return None };
        // What clippy's `wildcard_imports` allows too: a file's own tests, and a prelude made for it.
        let excused = source.is_test(named.line)
            && (before.last().is_some_and(|part| part == "prelude")
                || before.first().is_some_and(|p| p == "crate"));
        (last == "*" && !excused).then(|| format!("{}::*", before.join("::")))
    });
    none(&breaches, "imports name what they import");
}

#[test]
fn no_name_says_nothing() {
    let mut breaches = Vec::new();
    for source in every_file() {
        let empty = |name: &str| EMPTY_NAMES.contains(&name);
        if source.path.trim_end_matches(".rs").split('/').any(empty) {
            breaches.push(source.path.clone());
        }
        let named = |at: &usize| source.reads(*at, &["mod"]) && empty(&source.tokens[at + 1].text);
        let places = (0..source.tokens.len() - 1).filter(named);
        breaches.extend(places.map(|at| source.at(source.tokens[at].line)));
    }
    none(&breaches, "a module is named for what is in it");
}

#[test]
fn tests_folders_are_compiled_for_tests_alone() {
    let mut breaches = Vec::new();
    for source in ours().iter().filter(|source| !source.path.contains("/tests")) {
        let declares = |at: &usize| source.reads(*at, &["mod", "tests"]);
        let places = (0..source.tokens.len()).filter(declares);
        let lines = places.map(|at| source.tokens[at].line).filter(|line| !source.is_test(*line));
        breaches.extend(lines.map(|line| source.at(line)));
    }
    none(&breaches, "`#[cfg(test)]` stands before `mod tests`");
}

#[test]
fn the_reader_of_sources_sees_what_is_there() {
    let text = "//! A.\nuse crate::{vendor::{self, Error as E}, domain::*};\nuse super::super::auth;\n\
                // use crate::http;\nconst A: &str = \"use crate::http; \\\" crate::cli::x\";\n\
                const B: &str = r#\"crate::http::y \"# ;\nfn f<'a>(c: &'a char) -> bool { *c == '\"' || g(crate::app::z) }\n\
                #[cfg(test)]\nmod tests {\n    use super::f;\n    fn t() { x().unwrap(); }\n}\n";
    let source = Source::new("src/gateway/fleet/known.rs".to_owned(), text.to_owned());
    let seen: Vec<_> =
        paths::in_file(&source).iter().map(|named| (named.parts.join("::"), named.line)).collect();
    let wanted = [
        ("crate::vendor", 2),
        ("crate::vendor::Error", 2),
        ("crate::domain::*", 2),
        ("crate::gateway::auth", 3),
        ("crate::app::z", 7),
        ("crate::gateway::fleet::known::f", 10),
    ];
    assert_eq!(seen, wanted.map(|(path, line)| (path.to_owned(), line)));
    assert!(!source.is_test(7) && source.is_test(8) && source.is_test(12), "{source:?}");
}
