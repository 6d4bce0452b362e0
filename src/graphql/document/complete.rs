//! Makes an answer what the specification says it is, where async-graphql 7.2.1 falls short.
//!
//! Measured of it: a field that fails is left out of its object, where the specification wants `null`, and where the
//! field may not be null, `null` for the object around it (GraphQL §6.4.4, *Handling Execution Errors*); an object
//! without a field left becomes `null`; and members stand in the order in which they were ready, not in the order
//! in which they were asked for (§7.2.2).
//!
//! What was asked for is gathered once per document into a [`Plan`]. Where nothing failed and all is in order, going
//! through an answer only compares names.

use std::collections::{BTreeMap, HashMap, hash_map::Entry};

use async_graphql::{
    Name, PathSegment, Response, ServerError,
    parser::types::{BaseType, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type},
};
use async_graphql_value::ConstValue;

use super::types::Types;

type Members = async_graphql::indexmap::IndexMap<Name, ConstValue>;

/// The members of an object, in the order in which they were asked for.
#[derive(Debug, Default)]
pub(super) struct Plan {
    members: Vec<Member>,
    /// Whether one of them, or below them, is asked for more than once.
    pub repeats: bool,
}

#[derive(Debug)]
struct Member {
    key: Name,
    /// Absent for what the SDL does not tell, such as introspection: it may be null.
    ty: Option<Type>,
    below: Plan,
}

impl Plan {
    /// What an operation asks for.
    pub(super) fn of(types: &Types, document: &ExecutableDocument, operation: &OperationDefinition) -> Self {
        Self::gather(types, document, &[(types.root(operation.ty), &operation.selection_set.node)])
    }

    /// Merges selection sets, each on its type, into one plan.
    fn gather<'a>(
        types: &'a Types,
        document: &'a ExecutableDocument,
        sets: &[(&'a str, &'a SelectionSet)],
    ) -> Self {
        let mut gathering =
            Gathering { types, document, order: Vec::new(), members: HashMap::new(), repeats: false };
        for (parent, set) in sets {
            gathering.set(parent, set);
        }
        let Gathering { order, mut members, mut repeats, .. } = gathering;
        let member = |key: &'a Name| {
            let gathered = members.remove(key.as_str())?;
            let below = Self::gather(types, document, &gathered.below);
            repeats |= below.repeats;
            Some(Member { key: key.clone(), ty: gathered.ty.cloned(), below })
        };
        let members = order.into_iter().filter_map(member).collect();
        Self { members, repeats }
    }
}

struct Gathering<'a> {
    types: &'a Types,
    document: &'a ExecutableDocument,
    order: Vec<&'a Name>,
    members: HashMap<&'a str, Gathered<'a>>,
    repeats: bool,
}

struct Gathered<'a> {
    ty: Option<&'a Type>,
    below: Vec<(&'a str, &'a SelectionSet)>,
}

impl<'a> Gathering<'a> {
    fn set(&mut self, parent: &'a str, set: &'a SelectionSet) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let key = &field.node.response_key().node;
                    let gives = self.types.gives(parent, &field.node.name.node);
                    let gathered = match self.members.entry(key.as_str()) {
                        Entry::Occupied(before) => {
                            self.repeats = true;
                            before.into_mut()
                        }
                        Entry::Vacant(free) => {
                            self.order.push(key);
                            free.insert(Gathered { ty: gives.map(|gives| &gives.ty), below: Vec::new() })
                        }
                    };
                    if !field.node.selection_set.node.items.is_empty() {
                        let named = gives.map_or("", |gives| gives.named.as_str());
                        gathered.below.push((named, &field.node.selection_set.node));
                    }
                }
                Selection::InlineFragment(inline) => {
                    let on = inline.node.type_condition.as_ref();
                    let on = on.map_or(parent, |condition| condition.node.on.node.as_str());
                    self.set(on, &inline.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        self.set(on, &fragment.node.selection_set.node);
                    }
                }
            }
        }
    }
}

/// Whether nothing ran, because the document or its variables are wrong: whatever fails during execution fails at a field.
pub fn is_refused(response: &Response) -> bool {
    let errors = &response.errors;
    response.data == ConstValue::Null
        && !errors.is_empty()
        && errors.iter().all(|error| error.path.is_empty())
}

/// Mends an answer. One without data, because nothing ran, stays as it is.
pub(super) fn complete(plan: &Plan, response: &mut Response) {
    if is_refused(response) {
        return;
    }
    let failures = Failures::of(&response.errors);
    let root = Type { base: BaseType::Named(Name::new("")), nullable: true };
    let data = std::mem::take(&mut response.data);
    // `{}` and `null` look alike in what async-graphql gives; something ran, so it is `{}`.
    let data = if data == ConstValue::Null { ConstValue::Object(Members::new()) } else { data };
    response.data = mend(data, Some(&root), plan, Some(&failures)).unwrap_or_default();
}

/// Where errors happened, as a tree of the answer's places.
#[derive(Debug, Default)]
struct Failures(BTreeMap<Place, Failures>);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Key(Name),
    Index(usize),
}

impl Failures {
    fn of(errors: &[ServerError]) -> Self {
        let mut root = Self::default();
        for error in errors {
            error.path.iter().fold(&mut root, |failures, segment| {
                let place = match segment {
                    PathSegment::Field(key) => Place::Key(Name::new(key)),
                    PathSegment::Index(index) => Place::Index(*index),
                };
                failures.0.entry(place).or_default()
            });
        }
        root
    }

    fn at<'a>(failures: Option<&'a Self>, place: &Place) -> Option<&'a Self> {
        failures?.0.get(place)
    }
}

/// Mends a value; `None` where it would be null and may not be.
fn mend(
    value: ConstValue,
    ty: Option<&Type>,
    plan: &Plan,
    failures: Option<&Failures>,
) -> Option<ConstValue> {
    let nullable = ty.is_none_or(|ty| ty.nullable);
    let mended = match value {
        ConstValue::Object(members) if !plan.members.is_empty() => {
            mend_object(members, plan, failures).map(ConstValue::Object)
        }
        ConstValue::List(items) => mend_list(items, ty, plan, failures),
        ConstValue::Null if is_lost_object(ty, plan, failures) => {
            mend_object(Members::new(), plan, failures).map(ConstValue::Object)
        }
        ConstValue::Null => None,
        leaf @ (ConstValue::Number(_)
        | ConstValue::String(_)
        | ConstValue::Boolean(_)
        | ConstValue::Binary(_)
        | ConstValue::Enum(_)
        | ConstValue::Object(_)) => Some(leaf),
    };
    match mended {
        None if nullable => Some(ConstValue::Null),
        mended => mended,
    }
}

/// Whether a null stands for an object that lost all its members: some of them failed, or it may not be null.
fn is_lost_object(ty: Option<&Type>, plan: &Plan, failures: Option<&Failures>) -> bool {
    let is_list = ty.is_some_and(|ty| matches!(ty.base, BaseType::List(_)));
    let members_failed = failures.is_some_and(|failures| {
        failures
            .0
            .keys()
            .any(|place| plan.members.iter().any(|member| *place == Place::Key(member.key.clone())))
    });
    !is_list && !plan.members.is_empty() && (members_failed || ty.is_some_and(|ty| !ty.nullable))
}

fn mend_list(
    items: Vec<ConstValue>,
    ty: Option<&Type>,
    plan: &Plan,
    failures: Option<&Failures>,
) -> Option<ConstValue> {
    let of = ty.and_then(|ty| match &ty.base {
        BaseType::List(of) => Some(of.as_ref()),
        BaseType::Named(_) => None,
    });
    if plan.members.is_empty() {
        return Some(ConstValue::List(items));
    }
    let mended = items.into_iter().enumerate().map(|(index, item)| {
        let below = Failures::at(failures, &Place::Index(index));
        mend(item, of, plan, below)
    });
    mended.collect::<Option<Vec<_>>>().map(ConstValue::List)
}

fn mend_object(mut members: Members, plan: &Plan, failures: Option<&Failures>) -> Option<Members> {
    if failures.is_none() && is_in_order(&members, plan) {
        let mut asked = plan.members.iter();
        for (key, value) in &mut members {
            let Some(member) = asked.find(|member| member.key == *key) else { break };
            if !member.below.members.is_empty() {
                *value = mend(std::mem::take(value), member.ty.as_ref(), &member.below, None)?;
            }
        }
        return Some(members);
    }
    let mut ordered = Members::with_capacity(plan.members.len());
    for member in &plan.members {
        let below = failures.and_then(|_| Failures::at(failures, &Place::Key(member.key.clone())));
        let value = match (members.swap_remove(&member.key), below) {
            (Some(value), below) => mend(value, member.ty.as_ref(), &member.below, below)?,
            // It failed and was left out.
            (None, Some(_)) if member.ty.as_ref().is_none_or(|ty| ty.nullable) => ConstValue::Null,
            (None, Some(_)) => return None,
            // It was skipped, or belongs to another type of object.
            (None, None) => continue,
        };
        ordered.insert(member.key.clone(), value);
    }
    ordered.extend(members);
    Some(ordered)
}

fn is_in_order(members: &Members, plan: &Plan) -> bool {
    let mut asked = plan.members.iter();
    members.keys().all(|key| asked.any(|member| member.key == *key))
}

#[cfg(test)]
mod tests {
    use async_graphql::{PathSegment, Response, ServerError, Value};
    use serde_json::{Value as Json, json};

    use super::{Plan, complete};
    use crate::graphql::document::types::Types;

    const SDL: &str = "
        type Query { machine: Machine machines: [Machine!] must: Machine! maybes: [Machine]! thing: Thing }
        interface Thing { id: ID! }
        type Machine implements Thing { id: ID! name: String site: Site! }
        type Site { id: ID! name: String }
    ";

    /// Mends `data` with errors at `paths`; members keep their order, as the text shows it.
    fn mended(query: &str, data: &str, paths: &[Json]) -> String {
        let types = Types::read(SDL).unwrap();
        let document = async_graphql::parser::parse_query(query).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let plan = Plan::of(&types, &document, &operation.node);
        let mut response = Response::new(serde_json::from_str::<Value>(data).unwrap());
        for path in paths {
            let segments = path.as_array().unwrap().iter().map(|segment| match segment.as_u64() {
                Some(index) => PathSegment::Index(usize::try_from(index).unwrap()),
                None => PathSegment::Field(segment.as_str().unwrap().to_owned()),
            });
            response.errors.push(ServerError::new("failed", None).with_path(segments.collect()));
        }
        complete(&plan, &mut response);
        serde_json::to_string(&response.data).unwrap()
    }

    #[test]
    fn what_failed_is_null_where_it_may_be() {
        let query = "{ machine { id name } }";
        let failed = mended(query, r#"{"machine":{"id":"1"}}"#, &[json!(["machine", "name"])]);
        assert_eq!(failed, r#"{"machine":{"id":"1","name":null}}"#);
        assert_eq!(mended(query, "null", &[json!(["machine"])]), r#"{"machine":null}"#);
        // async-graphql makes null of an object whose last member failed.
        let last = mended("{ machine { name } }", r#"{"machine":null}"#, &[json!(["machine", "name"])]);
        assert_eq!(last, r#"{"machine":{"name":null}}"#);
    }

    #[test]
    fn what_failed_and_may_not_be_null_takes_the_nearest_that_may_with_it() {
        let query = "{ machine { id site { id } } must { id } }";
        let whole = r#"{"machine":{"id":"1","site":null},"must":{"id":"2"}}"#;
        let inner = mended(query, whole, &[json!(["machine", "site", "id"])]);
        assert_eq!(inner, r#"{"machine":null,"must":{"id":"2"}}"#);
        let root = mended(query, r#"{"machine":{"id":"1","site":{"id":"s"}}}"#, &[json!(["must"])]);
        assert_eq!(root, "null");
        let list = mended(
            "{ machines { id } }",
            r#"{"machines":[{"id":"1"},null]}"#,
            &[json!(["machines", 1, "id"])],
        );
        assert_eq!(list, r#"{"machines":null}"#);
        let item =
            mended("{ maybes { id } }", r#"{"maybes":[{"id":"1"},null]}"#, &[json!(["maybes", 1, "id"])]);
        assert_eq!(item, r#"{"maybes":[{"id":"1"},null]}"#);
        // The whole list was left out because of one item.
        let left_out =
            mended("{ machine { id } machines { id } }", r#"{"machine":null}"#, &[json!(["machines", 1])]);
        assert_eq!(left_out, r#"{"machine":null,"machines":null}"#);
    }

    #[test]
    fn members_stand_in_the_order_in_which_they_were_asked_for() {
        let query = "{ second: machine { ...N id } machines { site { name id } id } }
                     fragment N on Machine { name ... { site { id } } }";
        let data = r#"{"machines":[{"id":"2","site":{"id":"s","name":null}}],
                       "second":{"site":{"id":"s"},"id":"1","name":"x"}}"#;
        assert_eq!(
            mended(query, data, &[]),
            r#"{"second":{"name":"x","site":{"id":"s"},"id":"1"},"machines":[{"site":{"name":null,"id":"s"},"id":"2"}]}"#
        );
    }

    #[test]
    fn what_was_skipped_or_is_of_another_type_is_not_made_up() {
        let query = "{ thing { id ... on Site { name } ... on Machine { name } } machine { id @skip(if: true) } must { ... on Site { id } } }";
        let data = r#"{"thing":{"id":"1"},"machine":null,"must":null}"#;
        assert_eq!(mended(query, data, &[]), r#"{"thing":{"id":"1"},"machine":null,"must":{}}"#);
        assert_eq!(mended("{ machine @skip(if: true) { id } }", "null", &[]), "{}");
    }

    #[test]
    fn introspection_keeps_what_it_has() {
        let query = "{ __schema { queryType { name } types { name } } __typename }";
        let data =
            r#"{"__typename":"Query","__schema":{"types":[{"name":"A"}],"queryType":{"name":"Query"}}}"#;
        assert_eq!(
            mended(query, data, &[]),
            r#"{"__schema":{"queryType":{"name":"Query"},"types":[{"name":"A"}]},"__typename":"Query"}"#
        );
    }
}
