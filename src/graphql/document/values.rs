//! Values that do not fit their types, found before anything is executed (GraphQL §5.6.1, *Values of Correct Type*; §6.1.2,
//! *CoerceVariableValues*): whole numbers beyond an `Int`, which async-graphql takes for valid and fails at when it executes the
//! fields that use them, and others may have changed something already; and of variables, what is no time or decimal number, to
//! say why.

use async_graphql::{
    InputType, Pos, Positioned, Variables,
    parser::types::{
        BaseType, Directive, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet, Type,
    },
};
use async_graphql_value::{ConstValue, Number, Value};

use super::{refusal::Refusal, types::Types};
use crate::graphql::types::{DateTime, Decimal};

/// Checks the whole numbers that stand in a document. Of whatever type: none but `Int` takes any.
pub(super) fn check_literals(document: &ExecutableDocument) -> Result<(), Refusal> {
    for (_, operation) in document.operations.iter() {
        let operation = &operation.node;
        for definition in &operation.variable_definitions {
            let default = definition.node.default_value.as_ref();
            default.map_or(Ok(()), |default| literal(&default.node.clone().into_value(), default.pos))?;
        }
        directives(&operation.directives)?;
        selections(&operation.selection_set.node)?;
    }
    for fragment in document.fragments.values() {
        directives(&fragment.node.directives)?;
        selections(&fragment.node.selection_set.node)?;
    }
    Ok(())
}

/// Checks that every variable which needs a value has one, and the values that are given.
pub(super) fn check_variables(
    types: &Types,
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<(), Refusal> {
    for definition in &operation.variable_definitions {
        let name = definition.node.name.node.as_str();
        let ty = &definition.node.var_type.node;
        let given = variables.get(name);
        let missing = match given {
            Some(value) => *value == ConstValue::Null,
            None => definition.node.default_value.is_none(),
        };
        if missing && !ty.nullable {
            return Err(Refusal::variable_missing(name, definition.pos));
        }
        let default = definition.node.default_value.as_ref().map(|default| &default.node);
        if let Some(problem) = given.or(default).and_then(|value| misfit(types, ty, value, definition.pos)) {
            return Err(Refusal::variable_unfit(name, problem, definition.pos));
        }
    }
    Ok(())
}

/// Recurses no deeper than brackets nest (`scan`).
fn selections(set: &SelectionSet) -> Result<(), Refusal> {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                let Field { arguments, directives: on_it, selection_set, .. } = &field.node;
                values(arguments.iter().map(|(_, value)| value))?;
                directives(on_it)?;
                selections(&selection_set.node)?;
            }
            Selection::FragmentSpread(spread) => directives(&spread.node.directives)?,
            Selection::InlineFragment(fragment) => {
                directives(&fragment.node.directives)?;
                selections(&fragment.node.selection_set.node)?;
            }
        }
    }
    Ok(())
}

fn directives(all: &[Positioned<Directive>]) -> Result<(), Refusal> {
    all.iter().try_for_each(|directive| values(directive.node.arguments.iter().map(|(_, value)| value)))
}

fn values<'a>(mut all: impl Iterator<Item = &'a Positioned<Value>>) -> Result<(), Refusal> {
    all.try_for_each(|value| literal(&value.node, value.pos))
}

fn literal(value: &Value, position: Pos) -> Result<(), Refusal> {
    match value {
        Value::Number(number) if !fits(number) => {
            Err(Refusal::NumberUnfit { number: number.to_string(), position })
        }
        Value::List(list) => list.iter().try_for_each(|value| literal(value, position)),
        Value::Object(object) => object.values().try_for_each(|value| literal(value, position)),
        Value::Variable(_)
        | Value::Null
        | Value::Number(_)
        | Value::String(_)
        | Value::Boolean(_)
        | Value::Binary(_)
        | Value::Enum(_) => Ok(()),
    }
}

/// Why a value does not fit its type. Recurses no deeper than the type's lists, or the JSON that the value came in.
fn misfit(types: &Types, ty: &Type, value: &ConstValue, position: Pos) -> Option<String> {
    fn parsed<T: InputType>(value: &ConstValue, position: Pos) -> Option<String> {
        <T as InputType>::parse(Some(value.clone()))
            .err()
            .map(|error| error.into_server_error(position).message)
    }

    let name = match (&ty.base, value) {
        (_, ConstValue::Null) => return None,
        (BaseType::List(inner), ConstValue::List(list)) => {
            return list.iter().find_map(|value| misfit(types, inner, value, position));
        }
        // One value is as good as a list of it.
        (BaseType::List(inner), value) => return misfit(types, inner, value, position),
        (BaseType::Named(name), _) => name.as_str(),
    };
    match (name, value) {
        ("Int", ConstValue::Number(number)) if !fits(number) => Some(beyond_int(&number.to_string())),
        ("DateTime", value) => parsed::<DateTime>(value, position),
        ("Decimal", value) => parsed::<Decimal>(value, position),
        (input, ConstValue::Object(members)) => members
            .iter()
            .find_map(|(member, value)| misfit(types, types.takes(input, member)?, value, position)),
        _ => None,
    }
}

/// Whether a number is no whole number, or one of GraphQL's `Int` (§3.5.1): of 32 bits.
fn fits(number: &Number) -> bool {
    number.as_i64().map_or(!number.is_u64(), |number| i32::try_from(number).is_ok())
}

/// Why a whole number is none of GraphQL's.
pub(super) fn beyond_int(number: &str) -> String {
    format!("{number} is no Int, which is from {} to {}", i32::MIN, i32::MAX)
}

#[cfg(test)]
mod tests {
    use async_graphql::{Variables, parser::parse_query};
    use serde_json::{Value, json};

    use super::{check_literals, check_variables};
    use crate::graphql::document::types::Types;

    const SDL: &str = "scalar DateTime scalar Decimal type Query { a(n: Int, all: [Int], in: In): Int } \
                       input In { n: Int, more: [In!], at: DateTime, price: Decimal }";

    fn literals(text: &str) -> Result<(), String> {
        check_literals(&parse_query(text).unwrap()).map_err(|refusal| refusal.to_string())
    }

    fn variables(declared: &str, given: Value) -> Result<(), String> {
        let document = parse_query(format!("query ({declared}) {{ a }}")).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let types = Types::read(SDL).unwrap();
        let checked = check_variables(&types, &operation.node, &Variables::from_json(given));
        checked.map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn whole_numbers_of_a_document_are_ints_wherever_they_stand() {
        for (number, is_int) in [
            ("2147483647", true),
            ("-2147483648", true),
            ("2147483648", false),
            ("-2147483649", false),
            ("18446744073709551615", false),
            // Whether these are asked for is left to validation.
            ("3000000000.5", true),
            ("1e99", true),
            ("\"3000000000\"", true),
        ] {
            for text in [
                format!("{{ a(n: {number}) }}"),
                format!("{{ b: a {{ a(all: [1, {number}]) }} }}"),
                format!("{{ ... on Query {{ a(in: {{ more: [{{ n: {number} }}] }}) }} }}"),
                format!("{{ ...F }} fragment F on Query {{ a @on(n: {number}) }}"),
                format!("query ($n: Int = {number}) {{ a(n: $n) }}"),
                format!("query @on(n: {number}) {{ a }}"),
                format!("{{ ...F @on(n: {number}) }} fragment F on Query {{ a }}"),
            ] {
                assert_eq!(literals(&text).is_ok(), is_int, "{text}");
            }
        }
        let told = literals("{ a(n: 3000000000) }").unwrap_err();
        assert_eq!(told, "3000000000 is no Int, which is from -2147483648 to 2147483647");
    }

    #[test]
    fn a_variables_value_fits_its_type_down_to_the_last_member() {
        let many = 3_000_000_000_i64;
        for (declared, given, problem) in [
            ("$v: Int", json!(many), "is no Int"),
            ("$v: [[Int!]!]", json!([[1], [2, many]]), "is no Int"),
            ("$v: [Int!]", json!(many), "is no Int"),
            ("$v: In!", json!({ "more": [{ "n": 1 }, { "more": [{ "n": many }] }] }), "is no Int"),
            ("$v: DateTime", json!("tomorrow"), "not an RFC 3339 time"),
            ("$v: In", json!({ "more": { "at": "2026-13-01T00:00:00Z" } }), "not an RFC 3339 time"),
            ("$v: In", json!({ "price": "1,50" }), "not a decimal number"),
        ] {
            let told = variables(declared, json!({ "v": given })).unwrap_err();
            assert!(told.starts_with("variable `$v`: ") && told.contains(problem), "{declared}: {told}");
        }
        for (declared, given) in [
            ("$v: Int", json!(null)),
            ("$v: [Int]", json!([null, 7])),
            ("$v: In", json!({ "at": "2026-01-31T08:00:00+08:00", "price": "1.50", "more": null })),
            // Left to validation, which knows all types and members.
            ("$v: Int", json!("5")),
            ("$v: In", json!({ "unknown": many })),
            ("$v: Unknown", json!(many)),
        ] {
            assert_eq!(variables(declared, json!({ "v": given })), Ok(()), "{declared}");
        }
    }
}
