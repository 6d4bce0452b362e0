//! The limits that the operator sets.

use async_graphql::Request;

use super::{Bound, Documents, Limits, Refusal, SDL, WIDE};

/// What is refused under these limits.
fn exceeded_under(limits: Limits, text: &str) -> Option<(Bound, u64)> {
    match Documents::new(SDL, limits).unwrap().prepare(&mut Request::new(text)) {
        Err(Refusal::Exceeded { bound, found, .. }) => Some((bound, found)),
        Err(other) => panic!("{other:?}"),
        Ok(_) => None,
    }
}

#[test]
fn aliases_and_repeated_fields_are_counted_through_fragments() {
    let limits = Limits { aliases: 3, ..WIDE };
    let node = "node(id: 1) { id }";
    for within in [
        format!("{{ a: {node} b: {node} c: {node} }}"),
        format!("{{ {node} b: {node} c: {node} d: {node} }}"),
        "{ node(id: 1) { id id id id } }".to_owned(),
        format!("{{ ...F }} fragment F on Query {{ a: {node} b: {node} c: {node} }}"),
    ] {
        assert_eq!(exceeded_under(limits, &within), None, "{within}");
    }
    for beyond in [
        format!("{{ a: {node} b: {node} c: {node} d: {node} }}"),
        "{ node(id: 1) { id id id id id } }".to_owned(),
        format!("{{ ...F ...F }} fragment F on Query {{ a: {node} b: {node} }}"),
        format!("{{ {node} }} query B {{ a: {node} b: {node} c: {node} d: {node} }}").replacen(
            '{',
            "query A {",
            1,
        ),
        format!("{{ {node} }} fragment F on Query {{ a: {node} b: {node} c: {node} d: {node} }}"),
    ] {
        assert_eq!(exceeded_under(limits, &beyond), Some((Bound::Aliases, 4)), "{beyond}");
    }
}

#[test]
fn directives_are_counted_wherever_they_stand() {
    let limits = Limits { directives: 2, ..WIDE };
    let skip = "@skip(if: false)";
    for (text, found) in [
        (format!("{{ node(id: 1) {skip} {{ id {skip} }} }}"), None),
        (format!("{{ node(id: 1) {skip} {skip} {{ id {skip} }} }}"), Some(3)),
        (
            format!(
                "{{ ...F {skip} ... {skip} {{ node(id: 1) {{ id }} }} }} fragment F on Query {{ node(id: 1) {{ id {skip} }} }}"
            ),
            Some(3),
        ),
        (format!("query($n: Int {skip} {skip}) {skip} {{ machines(first: $n) {{ totalCount }} }}"), Some(3)),
        (
            format!(
                "{{ node(id: 1) {{ id }} }} fragment F on Query {skip} {{ node(id: 1) {skip} {{ id {skip} }} }}"
            ),
            Some(3),
        ),
    ] {
        assert_eq!(exceeded_under(limits, &text), found.map(|found| (Bound::Directives, found)), "{text}");
    }
}

#[test]
fn an_operation_begins_with_so_many_fields_however_they_are_written() {
    let limits = Limits { root_fields: 2, ..WIDE };
    let node = "node(id: 1) { id }";
    assert_eq!(exceeded_under(limits, &format!("{{ __typename {node} b: {node} }}")), None);
    for beyond in [
        format!("{{ {node} b: {node} c: {node} }}"),
        format!("{{ {node} ...F }} fragment F on Query {{ b: {node} ... {{ c: {node} }} }}"),
    ] {
        assert_eq!(exceeded_under(limits, &beyond), Some((Bound::RootFields, 3)), "{beyond}");
    }
}

#[test]
fn the_operators_number_of_tokens_is_counted_before_anything_is_parsed() {
    let limits = Limits { tokens: 100, ..WIDE };
    assert_eq!(
        exceeded_under(limits, &format!("{{ node(id: 1) {{ {} }}", "id ".repeat(200))),
        Some((Bound::Tokens, 101))
    );
}
