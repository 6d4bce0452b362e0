//! Bounds what answering an operation may cost: its complexity.
//!
//! Counted in tenths: a leaf weighs a tenth, an object 1. What is below `nodes` or `edges` of a connection counts
//! `first` times (50 where it is not given), and what is below a field that takes a list of ids counts once for each
//! of them. Lists of machines, sites and shelves count as many as there are as a rule; other lists, such as a machine's
//! faults, count once: they lead to nothing else. `@skip` and `@include` change nothing: a document costs what it
//! may cost.
//!
//! Introspection is weighed apart, by what the schema has rather than by what the fleet has.

use async_graphql::{
    Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::{ConstValue, Value};

use super::{
    refusal::{Bound, Refusal},
    types::{Count, Types},
};

const LEAF: u64 = 1;
const OBJECT: u64 = 10;

/// `first` where it is not given (interface, *Settled questions*).
const PAGE: u64 = 50;

/// The greatest `first`; what lies beyond is refused by the field itself.
const GREATEST_PAGE: u64 = 500;

/// What an introspection may weigh. The standard query, with everything that GraphiQL adds, weighs some 40,000.
const INTROSPECTION: u64 = 150_000;

/// What `__schema` or `__type` weighs by itself: async-graphql looks through the whole schema for each of them.
const SCHEMA: u64 = 200;

/// What a connection weighs by itself for which every shelf of a machine is asked, however short its page is; and the
/// one of the root, which asks up to ten machines.
const SHELF_BY_SHELF: u64 = 20;
const MACHINE_BY_MACHINE: u64 = 10 * SHELF_BY_SHELF;

/// What a request asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) document: &'a ExecutableDocument,
    pub(super) operation: &'a OperationDefinition,
    pub(super) variables: &'a Variables,
}

/// Checks an operation against the greatest complexity that is allowed.
///
/// Fragments are spread out here without memory of them: `shape` has bounded what that gives.
pub(super) fn check(types: &Types, asked: &Asked<'_>, limit: u64) -> Result<(), Refusal> {
    let mut weighing = Weighing { types, asked, introspection: 0 };
    let root = types.root(asked.operation.ty);
    let tenths = weighing.set(&asked.operation.selection_set.node, Some(root), 1);
    let found = tenths.div_ceil(OBJECT);
    if found > limit {
        return Err(Bound::Complexity.exceeded(found, limit));
    }
    if weighing.introspection > INTROSPECTION {
        return Err(Bound::Introspection.exceeded(weighing.introspection, INTROSPECTION));
    }
    Ok(())
}

struct Weighing<'a> {
    types: &'a Types,
    asked: &'a Asked<'a>,
    introspection: u64,
}

impl<'a> Weighing<'a> {
    /// Weighs a selection set on `parent`; `page` is how many `nodes` and `edges` it has, if it is a connection's.
    fn set(&mut self, set: &'a SelectionSet, parent: Option<&'a str>, page: u64) -> u64 {
        set.items.iter().fold(0, |sum: u64, selection| {
            sum.saturating_add(match &selection.node {
                Selection::Field(field) => self.field(&field.node, parent, page),
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    let on = condition.map_or(parent, |condition| Some(condition.node.on.node.as_str()));
                    self.set(&inline.node.selection_set.node, on, page)
                }
                Selection::FragmentSpread(spread) => {
                    match self.asked.document.fragments.get(&spread.node.fragment_name.node) {
                        Some(fragment) => {
                            let on = Some(fragment.node.type_condition.node.on.node.as_str());
                            self.set(&fragment.node.selection_set.node, on, page)
                        }
                        None => 0,
                    }
                }
            })
        })
    }

    fn field(&mut self, field: &'a Field, parent: Option<&'a str>, page: u64) -> u64 {
        let name = field.name.node.as_str();
        let below = &field.selection_set.node;
        if matches!(name, "__schema" | "__type") {
            let weight = self.introspection(below);
            self.introspection = self.introspection.saturating_add(SCHEMA).saturating_add(weight);
            return OBJECT;
        }
        if below.items.is_empty() {
            return LEAF;
        }
        let gives = parent.and_then(|parent| self.types.gives(parent, name));
        let named = gives.map(|gives| gives.named.as_str());
        let times = if matches!(name, "nodes" | "edges") { page } else { 1 };
        match gives.map(|gives| &gives.count) {
            Some(Count::Page) => {
                let page = self.first(field);
                let own = match (parent, name) {
                    (Some("Machine"), "pickupCodes") => SHELF_BY_SHELF * OBJECT,
                    (Some("Query"), "pickupCodes") => MACHINE_BY_MACHINE * OBJECT,
                    _ => OBJECT,
                };
                own.saturating_add(self.set(below, named, page))
            }
            Some(Count::PerEntry(arguments)) => {
                let entries =
                    arguments.iter().map(|argument| self.entries(field, argument)).max().unwrap_or(1);
                OBJECT.saturating_add(self.set(below, named, 1)).saturating_mul(entries.max(1))
            }
            Some(Count::Typically(typical)) => {
                OBJECT.saturating_add(self.set(below, named, 1)).saturating_mul(*typical)
            }
            Some(Count::One) | None => OBJECT.saturating_add(self.set(below, named, 1)).saturating_mul(times),
        }
    }

    /// How many objects a connection field asks for.
    fn first(&self, field: &Field) -> u64 {
        let number = match field.get_argument("first").map(|value| &value.node) {
            Some(Value::Number(number)) => number.as_u64(),
            Some(Value::Variable(variable)) => match self.variable(variable) {
                Some(ConstValue::Number(number)) => number.as_u64(),
                _ => None,
            },
            _ => None,
        };
        number.unwrap_or(PAGE).clamp(1, GREATEST_PAGE)
    }

    /// How many entries a list argument has.
    fn entries(&self, field: &Field, argument: &str) -> u64 {
        let length = match field.get_argument(argument).map(|value| &value.node) {
            Some(Value::List(list)) => list.len(),
            Some(Value::Variable(variable)) => match self.variable(variable) {
                Some(ConstValue::List(list)) => list.len(),
                _ => 1,
            },
            _ => 1,
        };
        length as u64
    }

    /// A variable's value: as the request gives it, else its default.
    fn variable(&self, name: &str) -> Option<&ConstValue> {
        self.asked.variables.get(name).or_else(|| {
            let definitions = &self.asked.operation.variable_definitions;
            let definition = definitions.iter().find(|definition| definition.node.name.node == name)?;
            definition.node.default_value.as_ref().map(|value| &value.node)
        })
    }

    /// Weighs what is asked of the schema: lists by roughly what a schema of this size has.
    fn introspection(&self, set: &'a SelectionSet) -> u64 {
        set.items.iter().fold(0, |sum: u64, selection| {
            sum.saturating_add(match &selection.node {
                Selection::Field(field) => {
                    let times: u64 = match field.node.name.node.as_str() {
                        "types" => 100,
                        "fields" => 8,
                        "inputFields" | "enumValues" | "possibleTypes" | "directives" => 4,
                        _ => 1,
                    };
                    let below = self.introspection(&field.node.selection_set.node);
                    below.saturating_add(1).saturating_mul(times)
                }
                Selection::InlineFragment(inline) => self.introspection(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => self
                    .asked
                    .document
                    .fragments
                    .get(&spread.node.fragment_name.node)
                    .map_or(0, |fragment| self.introspection(&fragment.node.selection_set.node)),
            })
        })
    }
}
