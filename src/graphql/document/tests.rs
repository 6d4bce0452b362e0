//! Documents within the bounds, and beyond each of them.

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use async_graphql::{Request, ServerError, Variables, parser::types::OperationType};
use serde_json::json;

use super::{Bound, Documents, Limits, Operation, Refusal, scan, shape};

mod limits;

const SDL: &str = "
    interface Node { id: ID! }
    type Query {
      node(id: ID!): Node
      nodes(ids: [ID!]!): [Node]!
      machines(filter: Filter, first: Int, after: String): MachineConnection
      salesStatistics(machineIds: [ID!]!, from: String!): [Sales!]
    }
    type Mutation { refresh: Machine }
    input Filter { accountIds: [ID!] search: String }
    type MachineConnection { nodes: [Machine!]! edges: [MachineEdge!]! totalCount: Int! }
    type MachineEdge { cursor: String! node: Machine! }
    type Machine implements Node {
      id: ID! number: String! name: String online: Boolean site: Site shelves: [Shelf!] parent: Machine
      trades(first: Int): TradeConnection
    }
    type Site { name: String! }
    type Shelf { code: String! soldOut: Boolean product: Product }
    type Product { name: String! }
    type TradeConnection { nodes: [Trade!]! }
    type Trade { id: ID! machine: Machine }
    type Sales { total: Int! machine: Machine }
";

/// The query that graphql-js's `getIntrospectionQuery` makes with every option, which GraphiQL sends.
const INTROSPECTION: &str = include_str!("../../../tests/fixtures/graphql/introspection.graphql");

/// Limits of which each test is about one at most.
const WIDE: Limits = Limits {
    depth: 15,
    complexity: 5_000,
    tokens: 10_000,
    aliases: 10_000,
    directives: 10_000,
    root_fields: 10_000,
};

fn documents() -> Documents {
    Documents::new(SDL, WIDE).unwrap()
}

fn prepare(text: &str) -> Result<Operation, Refusal> {
    documents().prepare(&mut Request::new(text))
}

fn with_variables(text: &str, variables: serde_json::Value) -> Result<Operation, Refusal> {
    documents().prepare(&mut Request::new(text).variables(Variables::from_json(variables)))
}

fn exceeded(text: &str) -> (Bound, u64) {
    match prepare(text) {
        Err(Refusal::Exceeded { bound, found, .. }) => (bound, found),
        other => panic!("{other:?}"),
    }
}

/// What the first complexity that is refused is: the bound is set to nothing.
fn complexity(text: &str, variables: serde_json::Value) -> u64 {
    let documents = Documents::new(SDL, Limits { complexity: 0, ..WIDE }).unwrap();
    match documents.prepare(&mut Request::new(text).variables(Variables::from_json(variables))) {
        Err(Refusal::Exceeded { bound: Bound::Complexity, found, .. }) => found,
        other => panic!("{other:?}"),
    }
}

#[test]
fn everyday_queries_are_far_within_the_bounds() {
    let none = || json!({});
    assert_eq!(
        complexity("{ machines(first: 50) { nodes { number name online site { name } } } }", none()),
        121
    );
    assert_eq!(
        complexity("{ machines(first: 50) { nodes { shelves { code soldOut product { name } } } } }", none()),
        1201
    );
    // Many whole machines, with a dozen values each.
    assert!(prepare("{ machines(first: 150) { nodes { number name online id site { name } shelves { code soldOut product { name } } } } }").is_ok());
}

#[test]
fn pages_within_pages_multiply() {
    let text = "{ machines(first: 500) { nodes { trades(first: 50) { nodes { id } } } } }";
    assert_eq!(exceeded(text).0, Bound::Complexity);
    let edges = "{ machines(first: 500) { edges { node { trades { nodes { machine { id } } } } } } }";
    assert_eq!(exceeded(edges).0, Bound::Complexity);
    // Through fragments and inline fragments alike.
    let fragments =
        "{ machines(first: 500) { ...M } } fragment M on MachineConnection { ... { nodes { ...T } } }
                     fragment T on Machine { trades(first: 50) { ... on TradeConnection { nodes { id } } } }";
    assert_eq!(exceeded(fragments).0, Bound::Complexity);
}

#[test]
fn a_page_is_as_long_as_its_literal_its_variable_its_default_or_fifty() {
    let nodes =
        |first: &str| format!("query($n: Int = 20) {{ machines{first} {{ nodes {{ site {{ name }} }} }} }}");
    let of = |first: &str, variables| complexity(&nodes(first), variables);
    let page = |length: u64| 1 + (length * 21).div_ceil(10);
    assert_eq!(of("(first: 10)", json!({})), page(10));
    assert_eq!(of("", json!({})), page(50));
    assert_eq!(of("(first: $n)", json!({})), page(20));
    assert_eq!(of("(first: $n)", json!({ "n": 30 })), page(30));
    assert_eq!(of("(first: $n)", json!({ "n": null })), page(50));
    // What the field will refuse anyway is weighed as the greatest or the default page.
    assert_eq!(of("(first: 1000000)", json!({})), page(500));
    assert_eq!(of("(first: -1)", json!({})), page(50));
    assert_eq!(of("(first: \"x\")", json!({})), page(50));
}

#[test]
fn a_list_of_ids_multiplies_by_its_length() {
    let text =
        "query($ids: [ID!]!) { salesStatistics(machineIds: $ids, from: \"\") { total machine { id } } }";
    let ids = |count: usize| json!({ "ids": vec!["x"; count] });
    assert_eq!(complexity(text, ids(100)), 220);
    assert!(with_variables(text, ids(50)).is_ok());
    assert!(matches!(
        with_variables(text, ids(5000)),
        Err(Refusal::Exceeded { bound: Bound::Complexity, found: 11_000, limit: 5000 })
    ));
    assert_eq!(complexity("{ nodes(ids: [\"a\", \"b\", \"c\"]) { id } }", json!({})), 4);
}

/// `count` fragments on `Query`, each of which spreads the next one `times` times.
fn bomb(count: usize, times: usize) -> String {
    let mut text = String::from("{ ...F1 }\n");
    for number in 1..count {
        let spreads = format!("...F{} ", number + 1).repeat(times);
        writeln!(text, "fragment F{number} on Query {{ {spreads}}}").unwrap();
    }
    writeln!(text, "fragment F{count} on Query {{ __typename }}").unwrap();
    text
}

#[test]
fn thirty_one_fragments_that_double_are_refused_at_once() {
    for (count, times) in [(31, 2), (20, 4), (30, 50)] {
        let text = bomb(count, times);
        let begun = Instant::now();
        let (bound, found) = exceeded(&text);
        assert_eq!(bound, Bound::Fields);
        assert!(found > 1 << 30, "{found}");
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    }
    // One level further down, or with one fragment more, its nesting alone is too much.
    assert_eq!(exceeded(&bomb(40, 2)).0, Bound::Levels);
}

#[test]
fn a_fragment_that_reaches_itself_is_refused() {
    for text in [
        "{ node(id: 1) { ...A } } fragment A on Node { ...A }",
        "{ node(id: 1) { ...A ...A } } fragment A on Node { id ...B ...B } fragment B on Node { ... { ...A } ...A }",
        // Used by nobody: the validator would walk through it all the same.
        "{ node(id: 1) { id } } fragment A on Machine { parent { ...B } } fragment B on Machine { parent { ...A } }",
    ] {
        assert!(matches!(prepare(text), Err(Refusal::FragmentCycle { .. })), "{text}");
    }
}

#[test]
fn a_fragment_that_does_not_exist_is_left_to_validation() {
    assert!(prepare("{ node(id: 1) { ...Nowhere nothing { of(the: KIND) } } }").is_ok());
}

#[test]
fn depth_is_counted_through_fragments() {
    let nested = |depth: usize| {
        format!(
            "{{ node(id: 1) {{ ... on Machine {{ {} id {} }} }} }}",
            "parent {".repeat(depth - 2),
            "}".repeat(depth - 2)
        )
    };
    assert!(prepare(&nested(15)).is_ok());
    assert_eq!(exceeded(&nested(16)), (Bound::Depth, 16));
    let spread = format!(
        "{{ node(id: 1) {{ ...P }} }} fragment P on Machine {{ {} id {} }}",
        "parent {".repeat(14),
        "}".repeat(14)
    );
    assert_eq!(exceeded(&spread), (Bound::Depth, 16));
}

#[test]
fn a_long_chain_of_fragments_is_refused_before_it_is_descended() {
    let mut text = String::from("{ node(id: 1) { ...F0 } }");
    for number in 0..900 {
        write!(text, "fragment F{number} on Node{{...F{}}}", number + 1).unwrap();
    }
    assert_eq!(exceeded(&text), (Bound::Levels, shape::LEVELS as u64 + 1));
}

#[test]
fn deep_brackets_are_refused_before_the_parser_sees_them() {
    for opening in ["{a", "{a(x:[", "{a(x:{a:", "{...", "query($a:[", "{a(x:[\"\"\"\"\",{a:"] {
        let text = opening.repeat(5_000);
        assert!(
            matches!(
                prepare(&text),
                Err(Refusal::Exceeded { bound: Bound::Brackets, .. } | Refusal::UnterminatedString(_))
            ),
            "{opening}"
        );
    }
    let long = "{a".repeat(250_000);
    assert_eq!(exceeded(&long).0, Bound::Bytes);
}

#[test]
fn a_string_without_its_end_hides_no_brackets() {
    // The parser would read the four quotes as two empty strings, and then descend.
    let text = format!("{{a(x:[\"\"\"\"{}", "[".repeat(50_000));
    assert!(matches!(prepare(&text), Err(Refusal::UnterminatedString(position)) if position.column == 7));
    assert!(matches!(prepare("{ a(x: \"b\n\") }"), Err(Refusal::UnterminatedString(_))));
    assert!(matches!(prepare("{ a(x: \"b\\"), Err(Refusal::UnterminatedString(_))));
}

#[test]
fn brackets_in_strings_and_comments_are_no_brackets() {
    let many = "{".repeat(500);
    let text = format!(
        "# {many}\n{{ node(id: \"{many}\\\"{many}\") {{ id }} \
         again: node(id: \"\"\"{many}\\\"\"\" \" \"\" {many}\"\"\") {{ id }} }}"
    );
    assert_eq!(prepare(&text).map(|operation| operation.kind), Ok(OperationType::Query));
}

#[test]
fn many_tokens_fields_and_arguments_are_refused() {
    assert_eq!(exceeded(&format!("{{ {} }}", "id ".repeat(scan::TOKENS))).0, Bound::Tokens);
    let wide =
        format!("{{ {} }} fragment F on Query {{ {} }}", "...F ".repeat(100), "__typename ".repeat(1000));
    assert_eq!(exceeded(&wide).0, Bound::Fields);
    let arguments = "a: 1 ".repeat(shape::ARGUMENTS + 1);
    assert_eq!(exceeded(&format!("{{ node({arguments}) {{ id }} }}")).0, Bound::Arguments);
    assert_eq!(exceeded(&format!("{{ node @skip({arguments}) {{ id }} }}")).0, Bound::Arguments);
}

#[test]
fn a_mutation_makes_ten_changes_at_most_however_they_are_written() {
    let changes =
        |count: usize| (0..count).fold(String::new(), |all, at| format!("{all} a{at}: refresh {{ id }}"));
    let ten = changes(10);
    for within in [
        format!("mutation {{ {ten} }}"),
        format!("mutation {{ __typename ...F }} fragment F on Mutation {{ {ten} }}"),
        format!("query {{ node(id: 1) {{ id }} }} {}", "fragment F on Query { node(id: 1) { id } }"),
    ] {
        assert!(prepare(&within).is_ok(), "{within}");
    }
    let six = changes(6);
    for beyond in [
        format!("mutation {{ {} }}", changes(200)),
        format!("mutation {{ {ten} ... {{ refresh {{ id }} }} }}"),
        format!("mutation {{ ...F b: refresh {{ id }} ...F }} fragment F on Mutation {{ {six} }}"),
        // The operation that is asked for may be another one: the document is refused all the same.
        format!("query A {{ node(id: 1) {{ id }} }} mutation B {{ {} }}", changes(11)),
    ] {
        assert_eq!(exceeded(&beyond).0, Bound::Changes, "{beyond}");
    }
    let query = (0..11).fold(String::new(), |all, at| format!("{all} a{at}: node(id: 1) {{ id }}"));
    assert!(prepare(&format!("{{ {query} }}")).is_ok());
}

#[test]
fn graphiqls_introspection_is_within_the_bounds() {
    let operation = prepare(INTROSPECTION).unwrap();
    assert!(operation.introspects);
    assert!(!prepare("{ __typename }").unwrap().introspects);
}

#[test]
fn introspection_that_runs_in_circles_is_refused() {
    let text = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }";
    assert_eq!(exceeded(text).0, Bound::Introspection);
    let names: String = (0..900).fold(String::new(), |mut text, number| {
        write!(text, "a{number}: __type(name: \"Machine\") {{ name }} ").unwrap();
        text
    });
    assert_eq!(exceeded(&format!("{{ {names} }}")).0, Bound::Introspection);
}

#[test]
fn the_operation_is_chosen_as_the_specification_says() {
    let documents = documents();
    let choose = |text: &str, name: Option<&str>| {
        let mut request = Request::new(text);
        request.operation_name = name.map(str::to_owned);
        documents.prepare(&mut request).map(|operation| operation.kind)
    };
    let two = "query A { node(id: 1) { id } } mutation B { refresh { id } }";
    assert_eq!(choose(two, Some("A")), Ok(OperationType::Query));
    assert_eq!(choose(two, Some("B")), Ok(OperationType::Mutation));
    assert_eq!(choose(two, None), Err(Refusal::OperationNameNeeded));
    assert!(matches!(choose(two, Some("C")), Err(Refusal::UnknownOperation { .. })));
    assert!(matches!(choose("{ node(id: 1) { id } }", Some("A")), Err(Refusal::UnknownOperation { .. })));
    assert_eq!(choose("query A { node(id: 1) { id } }", None), Ok(OperationType::Query));
}

#[test]
fn a_refusal_tells_its_code_the_limit_and_what_was_found() {
    let error = ServerError::from(prepare(&format!("{{ {} }}", "id ".repeat(scan::TOKENS))).unwrap_err());
    let error = serde_json::to_value(error).unwrap();
    assert_eq!(error["extensions"], json!({ "code": "QUERY_TOO_COMPLEX", "found": 10_001, "limit": 10_000 }));
    assert_eq!(error["message"], "the document's number of tokens is 10001, and may be 10000 at most");
    let error = ServerError::from(prepare(&format!("{{ a {} ) }}", "b ".repeat(4000))).unwrap_err());
    assert_eq!(error.locations.len(), 1);
    assert!(error.message.chars().count() <= 401, "the parser quotes the whole line: {}", error.message);
}

#[test]
fn a_document_is_parsed_once() {
    let documents = documents();
    let text = "query($n: Int) { machines(first: $n) { nodes { id } } }";
    documents.prepare(&mut Request::new(text)).unwrap();
    let kept = documents.kept.get(text).unwrap();
    documents.prepare(&mut Request::new(text)).unwrap();
    assert!(std::sync::Arc::ptr_eq(&kept, &documents.kept.get(text).unwrap()));
    // What was refused is not kept.
    let deep = format!("{{ {} id {} }}", "parent {".repeat(20), "}".repeat(20));
    documents.prepare(&mut Request::new(&deep)).unwrap_err();
    assert!(documents.kept.get(deep.as_str()).is_none());
}

#[test]
fn a_variable_that_needs_a_value_must_have_one() {
    let text = "query($id: ID!, $n: Int! = 1, $after: String) { node(id: $id) { id } machines(first: $n, after: $after) { totalCount } }";
    assert!(with_variables(text, json!({ "id": "x" })).is_ok());
    assert!(with_variables(text, json!({ "id": "x", "n": 2, "after": null })).is_ok());
    for variables in [json!({}), json!({ "id": null }), json!({ "id": "x", "n": null })] {
        assert!(matches!(with_variables(text, variables), Err(Refusal::VariableMissing { .. })));
    }
}

#[test]
fn the_deepest_brackets_that_are_let_through_do_not_overflow_the_parser() {
    for (opening, closing) in [("[", "]"), ("{a:", "}")] {
        let depth = scan::BRACKETS - 2;
        let value = format!("{}1{}", opening.repeat(depth), closing.repeat(depth));
        assert!(prepare(&format!("{{ node(id: {value}) }}")).is_ok(), "{opening}");
    }
    let depth = scan::BRACKETS;
    assert_eq!(exceeded(&format!("{}a{}", "{a".repeat(depth), "}".repeat(depth))).0, Bound::Levels);
    assert_eq!(
        exceeded(&format!("{{{}a{}}}", "...{".repeat(depth - 1), "}".repeat(depth - 1))).0,
        Bound::Levels
    );
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_bounds_panic(text in "[{}()\\[\\]\"\\\\#a-c:.$@!1 \\n]{0,80}") {
        let _ = prepare(&text);
    }
}

#[test]
fn a_subscription_follows_one_field_that_stands_in_the_operation_itself() {
    for query in [
        "subscription { events { id } trades { id } }",
        "subscription { events { id } ... on Subscription { trades { id } } }",
        "subscription { ...One } fragment One on Subscription { events { id } }",
        "query A { a } subscription B { __typename events { id } }",
        "subscription { __typename }",
    ] {
        let document = async_graphql::parser::parse_query(query).unwrap();
        let refused = super::shape::measure(&document).unwrap_err();
        assert!(matches!(refused, super::Refusal::ManyFields(_)), "{query}: {refused}");
    }
    let document =
        async_graphql::parser::parse_query("subscription { events { ...One } } fragment One on Event { id }");
    assert!(super::shape::measure(&document.unwrap()).is_ok());
}
