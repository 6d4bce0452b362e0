//! Bounds what a document is once its fragments are spread out, in time linear in its text.
//!
//! A fragment is measured once and remembered, sums stop at `u64::MAX`, and descending stops at [`LEVELS`]: so
//! neither a fragment bomb nor a cycle nor a long chain of fragments costs more than reading them.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned,
    parser::types::{Directive, ExecutableDocument, Field, OperationType, Selection, SelectionSet},
};
use async_graphql_value::Value;

use super::refusal::{Bound, Refusal};

/// Most fields with all fragments spread out. Counted as the validator meets them: a field within an inline
/// fragment or a spread is looked at again for each fragment around it.
pub(super) const FIELDS: u64 = 20_000;

/// Deepest nesting of selection sets, whether fields or fragments open them. async-graphql refuses more than 32.
pub(super) const LEVELS: usize = 32;

/// Most arguments of one field or directive; the contract's widest field takes four. The validator compares the
/// arguments of equal fields with each other.
pub(super) const ARGUMENTS: usize = 16;

/// Most changes in one operation: they run one after the other, and each of them may ask vendors as much as a whole
/// request does.
pub(super) const CHANGES: u64 = 10;

/// What was measured, and is within the bounds of this file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// Deepest nesting of fields, introspection apart.
    pub(super) depth: usize,
    /// Whether `__schema` or `__type` is asked for.
    pub(super) introspects: bool,
}

/// Measures every operation and every fragment, used or not: the validator walks through all of them.
pub(super) fn measure(document: &ExecutableDocument) -> Result<Shape, Refusal> {
    let mut measuring = Measuring { document, fragments: HashMap::new() };
    let mut total = Extent::default();
    for (_, operation) in document.operations.iter() {
        check_directives(&operation.node.directives)?;
        let extent = measuring.set(&operation.node.selection_set.node, 1)?;
        if operation.node.ty == OperationType::Subscription
            && !is_one_field(&operation.node.selection_set.node)
        {
            return Err(Refusal::ManyFields(operation.pos));
        }
        if operation.node.ty == OperationType::Mutation && extent.own > CHANGES {
            return Err(Bound::Changes.exceeded(extent.own, CHANGES));
        }
        total.add_deeper(extent, 0);
    }
    let mut spread_out = total.work;
    for name in document.fragments.keys() {
        spread_out = spread_out.saturating_add(measuring.fragment(name, 1)?.work);
    }
    if spread_out > FIELDS {
        return Err(Bound::Fields.exceeded(spread_out, FIELDS));
    }
    Ok(Shape { depth: total.depth, introspects: total.introspects })
}

fn is_one_field(set: &SelectionSet) -> bool {
    matches!(set.items.as_slice(), [only] if matches!(only.node, Selection::Field(_)))
}

/// How far a selection set extends.
#[derive(Clone, Copy, Debug, Default)]
struct Extent {
    /// Fields of this set itself, those of its fragments included, introspection apart.
    own: u64,
    /// Likewise with introspection, and each spread counted as one more.
    fields: u64,
    /// Fields at all levels, counted as the validator meets them.
    work: u64,
    depth: usize,
    levels: usize,
    introspects: bool,
}

impl Extent {
    /// Adds what lies below, `fields_deep` fields further down.
    fn add_deeper(&mut self, below: Self, fields_deep: usize) {
        self.work = self.work.saturating_add(below.work);
        self.depth = self.depth.max(below.depth + fields_deep);
        self.levels = self.levels.max(below.levels + 1);
        self.introspects |= below.introspects;
    }
}

enum Fragment {
    InProgress,
    Measured(Extent),
}

struct Measuring<'a> {
    document: &'a ExecutableDocument,
    fragments: HashMap<&'a str, Fragment>,
}

impl<'a> Measuring<'a> {
    fn set(&mut self, set: &'a SelectionSet, level: usize) -> Result<Extent, Refusal> {
        check_level(level)?;
        let mut extent = Extent::default();
        for selection in &set.items {
            check_directives(selection.node.directives())?;
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, level, &mut extent)?,
                Selection::InlineFragment(inline) => {
                    let below = self.set(&inline.node.selection_set.node, level + 1)?;
                    extent.own = extent.own.saturating_add(below.own);
                    extent.fields = extent.fields.saturating_add(below.fields);
                    extent.add_deeper(below, 0);
                }
                Selection::FragmentSpread(spread) => {
                    let below = self.fragment(&spread.node.fragment_name.node, level + 1)?;
                    extent.own = extent.own.saturating_add(below.own);
                    extent.fields = extent.fields.saturating_add(below.fields).saturating_add(1);
                    extent.add_deeper(below, 0);
                }
            }
        }
        extent.work = extent.work.saturating_add(extent.fields);
        Ok(extent)
    }

    fn field(&mut self, field: &'a Field, level: usize, extent: &mut Extent) -> Result<(), Refusal> {
        check_arguments(&field.arguments)?;
        extent.fields = extent.fields.saturating_add(1);
        let introspection = field.name.node.starts_with("__");
        extent.introspects |= matches!(field.name.node.as_str(), "__schema" | "__type");
        if !introspection {
            extent.depth = extent.depth.max(1);
            extent.own = extent.own.saturating_add(1);
        }
        if !field.selection_set.node.items.is_empty() {
            let mut below = self.set(&field.selection_set.node, level + 1)?;
            if introspection {
                // What introspection may reach is bounded by `cost`: the standard query alone is fifteen deep.
                below.depth = 0;
            }
            extent.add_deeper(below, usize::from(!introspection));
        }
        Ok(())
    }

    /// A fragment that the document does not define measures nothing: validation says so.
    fn fragment(&mut self, name: &'a Name, level: usize) -> Result<Extent, Refusal> {
        match self.fragments.get(name.as_str()) {
            Some(Fragment::Measured(extent)) => {
                check_level(level + extent.levels)?;
                return Ok(*extent);
            }
            Some(Fragment::InProgress) => {
                return Err(Refusal::FragmentCycle { fragment: name.chars().take(60).collect() });
            }
            None => {}
        }
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Extent::default()) };
        check_directives(&fragment.node.directives)?;
        self.fragments.insert(name, Fragment::InProgress);
        let extent = self.set(&fragment.node.selection_set.node, level)?;
        self.fragments.insert(name, Fragment::Measured(extent));
        Ok(extent)
    }
}

fn check_level(level: usize) -> Result<(), Refusal> {
    if level > LEVELS {
        return Err(Bound::Levels.exceeded(level as u64, LEVELS as u64));
    }
    Ok(())
}

fn check_directives(directives: &[Positioned<Directive>]) -> Result<(), Refusal> {
    directives.iter().try_for_each(|directive| check_arguments(&directive.node.arguments))
}

fn check_arguments(arguments: &[(Positioned<Name>, Positioned<Value>)]) -> Result<(), Refusal> {
    if arguments.len() > ARGUMENTS {
        return Err(Bound::Arguments.exceeded(arguments.len() as u64, ARGUMENTS as u64));
    }
    Ok(())
}
