//! The worst that fits within the bounds: how long async-graphql's validator takes over it.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use super::{Answer, Server};

/// Documents that make the validator work, each up to a bound. Where one is over, the bound does its work.
fn worst() -> Vec<(&'static str, String)> {
    let joined = |range: std::ops::Range<usize>, piece: &dyn Fn(usize) -> String| {
        range.fold(String::new(), |mut text, number| {
            write!(text, "{} ", piece(number)).unwrap();
            text
        })
    };
    let arguments = joined(0..16, &|number| format!("a{number}: 1"));
    vec![
        ("unknown fields", format!("{{ {} }}", joined(0..9_900, &|number| format!("machinf{number}")))),
        ("equal fields", format!("{{ {} }}", "machine{name}".repeat(2_400))),
        (
            "equal fields, unlike arguments",
            format!("{{ machine({arguments}) {{ name }} {} }}", "machine{name}".repeat(2_300)),
        ),
        ("conflicting leaves", format!("{{ machine {{ name({arguments}) {} }} }}", "name ".repeat(9_800))),
        (
            "conflicts seen from within fragments",
            format!(
                "{{ machine {{ {} name({arguments}) {} {} }} }}",
                "... {".repeat(20),
                "name ".repeat(900),
                "}".repeat(20)
            ),
        ),
        (
            "every set spreads one wide fragment",
            format!(
                "{{ {} }} fragment F on Machine {{ {} }}",
                joined(0..100, &|number| format!("m{number}: machine {{ ...F }}")),
                joined(0..90, &|number| format!("n{number}: name"))
            ),
        ),
        (
            "many operations",
            format!(
                "{} fragment F on Query {{ machine {{ name }} }}",
                joined(0..1_200, &|number| format!("query Q{number} {{ ...F }}"))
            ),
        ),
        (
            "many variables",
            format!(
                "query({}) {{ machine {{ name }} }}",
                joined(0..2_400, &|number| format!("$v{number}: Int"))
            ),
        ),
        (
            "long names",
            format!("{{ {} }}", joined(0..120, &|number| format!("{}{number}", "machine".repeat(140)))),
        ),
        (
            "many fragments, unused",
            joined(0..1_000, &|number| format!("fragment F{number} on Machine {{ name }}"))
                + "{ machine { name } }",
        ),
        ("introspection", include_str!("../../../tests/fixtures/graphql/introspection.graphql").to_owned()),
    ]
}

#[tokio::test]
async fn the_worst_documents_within_the_bounds_validate_at_once() {
    let server = Server::start().await;
    for (what, query) in worst() {
        let begun = Instant::now();
        let answer = Answer::of(server.post().json(&serde_json::json!({ "query": query }))).await;
        let elapsed = begun.elapsed();
        let said = answer.json()["errors"][0]["message"]
            .as_str()
            .unwrap_or_default()
            .chars()
            .take(90)
            .collect::<String>();
        println!("{what}: {elapsed:?}, {} {said}", answer.status);
        // Unoptimised, on a busy machine; a release build takes a tenth of it.
        assert!(elapsed < Duration::from_secs(15), "{what}: {elapsed:?}");
    }
}
