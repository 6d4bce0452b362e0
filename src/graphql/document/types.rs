//! Where the schema has connections and lists: a table from type and field to what the field gives.

use std::collections::HashMap;

use async_graphql::{
    Positioned,
    parser::{
        parse_schema,
        types::{BaseType, FieldDefinition, OperationType, Type, TypeKind, TypeSystemDefinition},
    },
};

/// What a field gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gives {
    /// The type's name, without list and non-null.
    pub(super) named: String,
    /// The whole type.
    pub(super) ty: Type,
    /// How many of it there may be.
    pub(super) count: Count,
}

/// How many objects a field gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Count {
    /// One, or a list of details that leads to nothing else (weighed as one).
    One,
    /// So many, as a rule: a list whose length the caller does not choose, but whose members lead on to others.
    Typically(u64),
    /// A page: `first` of them below `nodes` and `edges`.
    Page,
    /// As many as the longest of these list arguments has entries.
    PerEntry(Vec<String>),
}

/// The schema's fields by type.
#[derive(Debug)]
pub(super) struct Types {
    query: String,
    mutation: String,
    subscription: String,
    fields: HashMap<String, HashMap<String, Gives>>,
    /// What the members of inputs take.
    inputs: HashMap<String, HashMap<String, Type>>,
}

impl Types {
    /// Reads an SDL.
    pub(super) fn read(sdl: &str) -> Result<Self, async_graphql::parser::Error> {
        let mut types = Self {
            query: "Query".to_owned(),
            mutation: "Mutation".to_owned(),
            subscription: "Subscription".to_owned(),
            fields: HashMap::new(),
            inputs: HashMap::new(),
        };
        for definition in parse_schema(sdl)?.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => {
                    let roots = schema.node;
                    let named = |root: Option<Positioned<async_graphql::Name>>, or: String| {
                        root.map_or(or, |name| name.node.to_string())
                    };
                    types.query = named(roots.query, types.query);
                    types.mutation = named(roots.mutation, types.mutation);
                    types.subscription = named(roots.subscription, types.subscription);
                }
                TypeSystemDefinition::Type(definition) => {
                    let fields = match definition.node.kind {
                        TypeKind::Object(object) => object.fields,
                        TypeKind::Interface(interface) => interface.fields,
                        TypeKind::InputObject(input) => {
                            let members = input.fields.into_iter().map(|member| member.node);
                            let members =
                                members.map(|member| (member.name.node.to_string(), member.ty.node));
                            types.inputs.insert(definition.node.name.node.to_string(), members.collect());
                            continue;
                        }
                        TypeKind::Scalar | TypeKind::Union(_) | TypeKind::Enum(_) => continue,
                    };
                    let known = types.fields.entry(definition.node.name.node.to_string()).or_default();
                    known.extend(
                        fields.iter().map(|field| (field.node.name.node.to_string(), gives(&field.node))),
                    );
                }
                TypeSystemDefinition::Directive(_) => {}
            }
        }
        Ok(types)
    }

    /// The type that an operation begins at.
    pub(super) fn root(&self, kind: OperationType) -> &str {
        match kind {
            OperationType::Query => &self.query,
            OperationType::Mutation => &self.mutation,
            OperationType::Subscription => &self.subscription,
        }
    }

    /// What a field of a type gives; `None` where there is no such field.
    pub(super) fn gives(&self, parent: &str, field: &str) -> Option<&Gives> {
        self.fields.get(parent)?.get(field)
    }

    /// What a member of an input takes; `None` where there is no such member.
    pub(super) fn takes(&self, input: &str, member: &str) -> Option<&Type> {
        self.inputs.get(input)?.get(member)
    }
}

fn gives(field: &FieldDefinition) -> Gives {
    let (named, is_list) = name_of(&field.ty.node);
    let lists = field
        .arguments
        .iter()
        .filter(|argument| name_of(&argument.node.ty.node).1)
        .map(|argument| argument.node.name.node.to_string())
        .collect::<Vec<_>>();
    let count = if named.ends_with("Connection") {
        Count::Page
    } else if is_list && !lists.is_empty() {
        Count::PerEntry(lists)
    } else {
        typical(field, named, is_list)
    };
    Gives { named: named.to_owned(), ty: field.ty.node.clone(), count }
}

/// How many machines a site has, sites a line, and shelves a machine. They lead back to each other
/// (`site { machines { site { machines …`), so that weighing them as one would bound nothing.
const TYPICAL: [(&str, u64); 3] = [("Machine", 20), ("Site", 20), ("Shelf", 10)];

fn typical(field: &FieldDefinition, named: &str, is_list: bool) -> Count {
    // A connection's `nodes` are weighed by its `first`.
    if !is_list || field.name.node == "nodes" {
        return Count::One;
    }
    TYPICAL.iter().find(|(name, _)| *name == named).map_or(Count::One, |(_, count)| Count::Typically(*count))
}

/// A type's name, and whether it is a list.
fn name_of(mut wrapped: &Type) -> (&str, bool) {
    let mut is_list = false;
    loop {
        match &wrapped.base {
            BaseType::Named(name) => return (name.as_str(), is_list),
            BaseType::List(inner) => {
                is_list = true;
                wrapped = inner;
            }
        }
    }
}
