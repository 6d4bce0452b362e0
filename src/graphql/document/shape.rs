//! Bounds what a document is once its fragments are spread out, in time linear in its text.
//!
//! A fragment is measured once and remembered, sums stop at `u64::MAX`, and descending stops at [`LEVELS`]: so
//! neither a fragment bomb nor a cycle nor a long chain of fragments costs more than reading them.

use std::collections::{HashMap, HashSet};

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
    /// Whether `__schema`, `__type`, or as a subgraph `_service`, is asked for.
    pub(super) introspects: bool,
    /// Fields that are aliased or repeated, all operations and their fragments together.
    pub(super) aliases: u64,
    /// Directives, likewise.
    pub(super) directives: u64,
    /// Fields of the operation that begins with most of them, introspection apart.
    pub(super) root_fields: u64,
}

/// Measures every operation and every fragment, used or not: the validator walks through all of them.
pub(super) fn measure(document: &ExecutableDocument) -> Result<Shape, Refusal> {
    let mut measuring = Measuring { document, fragments: HashMap::new() };
    let (mut total, mut root_fields) = (Extent::default(), 0);
    for (_, operation) in document.operations.iter() {
        let mut own = check_directives(&operation.node.directives)?;
        for variable in &operation.node.variable_definitions {
            own = own.saturating_add(check_directives(&variable.node.directives)?);
        }
        let extent = measuring.set(&operation.node.selection_set.node, 1)?;
        root_fields = root_fields.max(extent.own);
        total.directives = total.directives.saturating_add(own);
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
    let mut fragments = Extent::default();
    for name in document.fragments.keys() {
        fragments.add_deeper(measuring.fragment(name, 1)?, 0);
    }
    let spread_out = total.work.saturating_add(fragments.work);
    if spread_out > FIELDS {
        return Err(Bound::Fields.exceeded(spread_out, FIELDS));
    }
    let Extent { depth, introspects, aliases, directives, .. } = total;
    // What no operation uses is walked through, too.
    let (aliases, directives) = (aliases.max(fragments.aliases), directives.max(fragments.directives));
    Ok(Shape { depth, introspects, aliases, directives, root_fields })
}

fn is_one_field(set: &SelectionSet) -> bool {
    matches!(
        set.items.as_slice(),
        [only] if matches!(&only.node, Selection::Field(field) if !field.node.name.node.starts_with("__"))
    )
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
    /// Fields at all levels that are aliased, or repeat one of their set.
    aliases: u64,
    /// Directives at all levels.
    directives: u64,
    depth: usize,
    levels: usize,
    introspects: bool,
}

impl Extent {
    /// Adds what lies below, `fields_deep` fields further down.
    fn add_deeper(&mut self, below: Self, fields_deep: usize) {
        self.work = self.work.saturating_add(below.work);
        self.aliases = self.aliases.saturating_add(below.aliases);
        self.directives = self.directives.saturating_add(below.directives);
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
        let mut names = HashSet::new();
        for selection in &set.items {
            let directives = check_directives(selection.node.directives())?;
            extent.directives = extent.directives.saturating_add(directives);
            match &selection.node {
                Selection::Field(field) => {
                    let is_first = names.insert(field.node.name.node.as_str());
                    let counts = field.node.alias.is_some() || !is_first;
                    extent.aliases = extent.aliases.saturating_add(counts.into());
                    self.field(&field.node, level, &mut extent)?;
                }
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
        extent.introspects |= matches!(field.name.node.as_str(), "__schema" | "__type" | "_service");
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
        let directives = check_directives(&fragment.node.directives)?;
        self.fragments.insert(name, Fragment::InProgress);
        let mut extent = self.set(&fragment.node.selection_set.node, level)?;
        extent.directives = extent.directives.saturating_add(directives);
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

/// Checks the arguments of directives, and tells how many there are.
fn check_directives(directives: &[Positioned<Directive>]) -> Result<u64, Refusal> {
    directives.iter().try_for_each(|directive| check_arguments(&directive.node.arguments))?;
    Ok(directives.len() as u64)
}

fn check_arguments(arguments: &[(Positioned<Name>, Positioned<Value>)]) -> Result<(), Refusal> {
    if arguments.len() > ARGUMENTS {
        return Err(Bound::Arguments.exceeded(arguments.len() as u64, ARGUMENTS as u64));
    }
    Ok(())
}
