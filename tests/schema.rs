//! The public schema: its kept text is current, it keeps the contract that clients were given, and it explains itself.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, helpers included")]

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use async_graphql::parser::{
    parse_schema,
    types::{FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind, TypeSystemDefinition},
};

use vendgraph::graphql::federation;

const KEPT: &str = include_str!("../schema.graphql");
const CONTRACT: &str = include_str!("fixtures/contract.graphql");

/// What the contract promises and nothing answers yet: a type, or one of a type's members. Each is absent, for there
/// are no stubs; whoever builds it takes it from here.
const NOT_YET: &[&str] = &[];

/// One type, by the names of its members.
#[derive(Debug, Default)]
struct Shape {
    kind: &'static str,
    description: Option<String>,
    implements: BTreeSet<String>,
    members: BTreeMap<String, Member>,
}

/// A field, an input field or an enum value.
#[derive(Debug, Default)]
struct Member {
    description: Option<String>,
    /// Its type as written; empty for an enum value.
    is: String,
    /// Whether whoever gives the type must give this too.
    required: bool,
    arguments: BTreeMap<String, Member>,
}

fn schema(text: &str) -> BTreeMap<String, Shape> {
    let document = parse_schema(text).unwrap();
    let types = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => Some(definition.node),
        TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
    });
    types.map(|definition| (definition.name.node.to_string(), shape(definition))).collect()
}

fn shape(definition: TypeDefinition) -> Shape {
    let description = definition.description.map(|text| text.node);
    let names = |names: Vec<async_graphql::Positioned<async_graphql::Name>>| {
        names.into_iter().map(|name| name.node.to_string()).collect()
    };
    let (kind, implements, members) = match definition.kind {
        TypeKind::Scalar => ("scalar", BTreeSet::new(), BTreeMap::new()),
        TypeKind::Object(object) => {
            ("type", names(object.implements), object.fields.into_iter().map(|f| field(f.node)).collect())
        }
        TypeKind::Interface(interface) => (
            "interface",
            names(interface.implements),
            interface.fields.into_iter().map(|f| field(f.node)).collect(),
        ),
        TypeKind::Union(union) => ("union", names(union.members), BTreeMap::new()),
        TypeKind::Enum(values) => {
            let value = |value: async_graphql::parser::types::EnumValueDefinition| {
                let description = value.description.map(|text| text.node);
                (value.value.node.to_string(), Member { description, ..Member::default() })
            };
            ("enum", BTreeSet::new(), values.values.into_iter().map(|v| value(v.node)).collect())
        }
        TypeKind::InputObject(object) => {
            ("input", BTreeSet::new(), object.fields.into_iter().map(|f| input(f.node)).collect())
        }
    };
    Shape { kind, description, implements, members }
}

fn field(field: FieldDefinition) -> (String, Member) {
    let member = Member {
        description: field.description.map(|text| text.node),
        is: field.ty.node.to_string(),
        required: false,
        arguments: field.arguments.into_iter().map(|argument| input(argument.node)).collect(),
    };
    (field.name.node.to_string(), member)
}

fn input(input: InputValueDefinition) -> (String, Member) {
    let member = Member {
        description: input.description.map(|text| text.node),
        required: !input.ty.node.nullable && input.default_value.is_none(),
        is: input.ty.node.to_string(),
        arguments: BTreeMap::new(),
    };
    (input.name.node.to_string(), member)
}

#[track_caller]
fn none(breaches: &[String], rule: &str) {
    assert!(breaches.is_empty(), "{rule}:\n{}\n", breaches.join("\n"));
}

#[test]
fn the_kept_schema_is_the_programs() {
    assert!(
        KEPT == vendgraph::graphql::sdl(),
        "schema.graphql is out of date: run `make schema`, and read the diff"
    );
}

#[test]
fn the_schema_keeps_the_contract() {
    let (ours, mut missing) = (schema(KEPT), Vec::new());
    for (name, promised) in schema(CONTRACT) {
        if NOT_YET.contains(&name.as_str()) {
            continue;
        }
        let Some(given) = ours.get(&name) else {
            missing.push(format!("{} {name} is missing", promised.kind));
            continue;
        };
        if given.kind != promised.kind {
            missing.push(format!("{name} is a {}, not a {}", given.kind, promised.kind));
        }
        for interface in promised.implements.difference(&given.implements) {
            missing.push(format!("{name} does not implement {interface}"));
        }
        for (member, promised) in &promised.members {
            let path = format!("{name}.{member}");
            if !NOT_YET.contains(&path.as_str()) {
                missing.extend(broken(&path, promised, given.members.get(member)));
            }
        }
    }
    none(&missing, "clients are written against these");
}

/// What a member promised and does not keep.
fn broken(path: &str, promised: &Member, given: Option<&Member>) -> Vec<String> {
    let Some(given) = given else { return vec![format!("{path} is missing")] };
    let mut found = Vec::new();
    if given.is != promised.is {
        found.push(format!("{path} is {}, not {}", given.is, promised.is));
    }
    for (name, argument) in &promised.arguments {
        found.extend(broken(&format!("{path}({name})"), argument, given.arguments.get(name)));
    }
    found
}

#[test]
fn what_is_added_to_the_contract_is_demanded_of_nobody() {
    let (ours, mut demands) = (schema(KEPT), Vec::new());
    for (name, promised) in schema(CONTRACT) {
        let Some(given) = ours.get(&name) else { continue };
        for (member, given) in &given.members {
            let promised = promised.members.get(member);
            if given.required && promised.is_none() {
                demands.push(format!("{name}.{member}"));
            }
            let added = |argument: &&String| promised.is_some_and(|it| !it.arguments.contains_key(*argument));
            let required = given.arguments.iter().filter(|(_, argument)| argument.required);
            demands.extend(
                required
                    .map(|(argument, _)| argument)
                    .filter(added)
                    .map(|it| format!("{name}.{member}({it})")),
            );
        }
    }
    none(&demands, "clients that know only the contract do not give these");
}

#[test]
fn what_is_not_built_yet_is_absent_and_promised() {
    let (ours, contract) = (schema(KEPT), schema(CONTRACT));
    let has = |schema: &BTreeMap<String, Shape>, path: &str| match path.split_once('.') {
        Some((name, member)) => schema.get(name).is_some_and(|shape| shape.members.contains_key(member)),
        None => schema.contains_key(path),
    };
    let here = NOT_YET.iter().filter(|path| has(&ours, path)).map(|path| format!("{path} is here now"));
    let never = NOT_YET.iter().filter(|path| !has(&contract, path));
    let stale: Vec<_> = here.chain(never.map(|path| format!("{path} is in no contract"))).collect();
    none(&stale, "take these from NOT_YET");
}

#[test]
fn everything_in_the_schema_is_described() {
    let mut silent = Vec::new();
    let mut look = |path: String, description: &Option<String>| {
        if description.as_deref().is_none_or(|text| text.trim().is_empty()) {
            silent.push(path);
        }
    };
    for (name, shape) in schema(KEPT) {
        look(name.clone(), &shape.description);
        for (member, given) in &shape.members {
            look(format!("{name}.{member}"), &given.description);
            for (argument, given) in &given.arguments {
                look(format!("{name}.{member}({argument})"), &given.description);
            }
        }
    }
    none(&silent, "these say nothing of themselves: write what they are, their unit, and when they are null");
}

#[test]
fn no_two_members_of_a_type_are_described_alike() {
    let mut alike = Vec::new();
    for (name, shape) in schema(KEPT) {
        let mut told: BTreeMap<&str, &str> = BTreeMap::new();
        for (member, given) in &shape.members {
            let Some(text) = given.description.as_deref() else { continue };
            if let Some(other) = told.insert(text.trim(), member) {
                alike.push(format!("{name}.{other} and {name}.{member}: {}", text.trim()));
            }
        }
    }
    none(&alike, "a description that fits two members describes neither");
}

/// The types whose objects `node` finds.
fn nodes() -> Vec<String> {
    let types = schema(KEPT).into_iter();
    types.filter(|(_, shape)| shape.implements.contains("Node")).map(|(name, _)| name).collect()
}

#[test]
fn the_subgraph_is_the_schema_with_a_key_for_every_object_that_is_found_by_its_id() {
    let subgraph = federation::sdl();
    for name in nodes() {
        let head = format!("type {name} implements Node @key(fields: \"id\") {{");
        assert!(subgraph.contains(&head), "{head}");
    }
    assert_eq!(subgraph.matches("@key(fields").count(), nodes().len());
    let (kept, printed) = (schema(KEPT), schema(subgraph));
    assert!(kept.keys().eq(printed.keys()), "{:?}", printed.keys());
    for (name, shape) in &kept {
        assert!(shape.members.keys().eq(printed[name].members.keys()), "{name}");
    }
}

#[test]
fn the_subgraph_composes_with_another_one_that_adds_to_its_entities() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    if !folder.join("node_modules").is_dir() {
        assert!(std::env::var_os("CI").is_none(), "run `npm ci` in tests/clients first");
        println!("not composed: run `npm ci` in tests/clients first");
        return;
    }
    let mut node = Command::new("node");
    node.arg("compose.mjs").current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = node.stderr(Stdio::piped()).spawn().unwrap();
    node.stdin.take().unwrap().write_all(federation::sdl().as_bytes()).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let supergraph = String::from_utf8(output.stdout).unwrap();
    for name in nodes() {
        let body = supergraph.split(&format!("type {name} ")).nth(1).unwrap_or_default();
        let head = body.split('{').next().unwrap_or_default();
        assert!(head.contains("@join__type(graph: VENDGRAPH, key: \"id\")"), "{name}: {head}");
    }
    assert!(supergraph.contains("campaign: Campaign @join__field(graph: CAMPAIGNS)"), "{supergraph}");
}
