//! What a caller's document may cost, decided before async-graphql sees it.
//!
//! Three steps, each of which makes the next one safe:
//!
//! 1. [`scan`] reads the text without recursion and bounds its size, tokens and brackets, because the parser
//!    recurses: a deep text would overflow the stack.
//! 2. [`shape`] bounds what the parsed document is once its fragments are spread out, because async-graphql 7.2.1
//!    spreads them again and again: 31 fragments that each spread the next one twice would spin a core for ever.
//! 3. [`cost`] bounds what answering may cost, with the variables that this request brings.
//!
//! Beside them [`values`] finds what does not fit its type and would be found too late.
//!
//! And the answer is brought into the specification's shape by [`complete`].
//!
//! The first two depend on the text alone, so a document that passed is kept parsed, and asking it again pays for
//! the third step only. Whether fields and types exist is left to validation.
//!
//! Before all that, a request may name its document instead of sending it, and only trusted ones may be answered
//! ([`persisted`]).

mod complete;
mod cost;
mod persisted;
mod refusal;
mod scan;
mod shape;
mod types;
mod values;

#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use arc_swap::ArcSwap;
use async_graphql::{
    Request, Response,
    parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType},
};
use moka::sync::Cache;

use self::{complete::Plan, persisted::Persisted, shape::Shape, types::Types};
pub use self::{
    complete::is_refused,
    persisted::{Found, Hash, Name, Policy, Reference, Unfound},
    refusal::{Bound, Refusal},
};
use super::{json::AtOnce, schema::Validated};
use crate::config;

/// What the parsed documents that are kept may weigh together, in bytes (estimated).
const KEPT_BYTES: u64 = 32 * 1024 * 1024;

/// What a token of a parsed document weighs in memory, in bytes: names, positions and vectors, by estimate.
const TOKEN_BYTES: usize = 200;

/// The bounds that the operator sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deep fields may nest (`limits.depth`). Introspection is bounded by itself.
    pub depth: usize,
    /// How much an operation may weigh (`limits.complexity`); [`cost`] tells how it is counted.
    pub complexity: usize,
    /// How many tokens the text may have (`limits.tokens`); never more than the validator has time for.
    pub tokens: usize,
    /// How many fields may be aliased, or stand in their selection set again, fragments spread out (`limits.aliases`).
    pub aliases: u64,
    /// How many directives there may be, fragments spread out (`limits.directives`).
    pub directives: u64,
    /// How many fields an operation may begin with, fragments spread out (`limits.root_fields`).
    pub root_fields: u64,
}

impl From<&config::Limits> for Limits {
    fn from(limits: &config::Limits) -> Self {
        let config::Limits { depth, complexity, tokens, aliases, directives, root_fields, .. } = *limits;
        Self { depth, complexity, tokens, aliases, directives, root_fields }
    }
}

impl Limits {
    /// Checks what depends on the text alone; of a kept document, too: the limits may have been others.
    fn check(&self, tokens: usize, shape: &Shape) -> Result<(), Refusal> {
        for (bound, found, limit) in [
            (Bound::Tokens, tokens as u64, self.tokens as u64),
            (Bound::Depth, shape.depth as u64, self.depth as u64),
            (Bound::RootFields, shape.root_fields, self.root_fields),
            (Bound::Aliases, shape.aliases, self.aliases),
            (Bound::Directives, shape.directives, self.directives),
        ] {
            if found > limit {
                return Err(bound.exceeded(found, limit));
            }
        }
        Ok(())
    }
}

/// The operation that a request asks for.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Query, mutation or subscription.
    pub kind: OperationType,
    /// Whether the document asks for the schema itself (`__schema`, `__type`).
    pub introspects: bool,
    document: Arc<Document>,
    plan: Arc<Plan>,
    name: Option<String>,
}

/// Every document that callers send passes through here.
#[derive(Debug)]
pub struct Documents {
    types: Types,
    limits: ArcSwap<Limits>,
    kept: Cache<Arc<str>, Arc<Document>>,
    persisted: Persisted,
}

/// A document that is within the bounds which depend on its text alone.
#[derive(Debug)]
struct Document {
    executable: ExecutableDocument,
    tokens: usize,
    shape: Shape,
    weight: u32,
    /// Whether it was found to be valid.
    valid: AtomicBool,
    /// What its operations ask for, by name; the one that is alone, or of whom no name was given, has none.
    plans: Mutex<HashMap<Option<String>, Arc<Plan>>>,
}

impl Operation {
    /// Its name, where it has one.
    pub fn name(&self) -> Option<&str> {
        match (&self.name, &self.document.executable.operations) {
            // The only one there is need not be named by the request.
            (None, DocumentOperations::Multiple(operations)) => {
                operations.keys().next().map(async_graphql::Name::as_str)
            }
            (name, _) => name.as_deref(),
        }
    }
}

impl Documents {
    /// Reads the schema's SDL, which tells where connections and lists are.
    ///
    /// # Errors
    /// Where `sdl` is not a schema.
    pub fn new(sdl: &str, limits: Limits) -> Result<Self, async_graphql::parser::Error> {
        let kept = Cache::builder()
            .max_capacity(KEPT_BYTES)
            .weigher(|_: &Arc<str>, document: &Arc<Document>| document.weight)
            .build();
        let limits = ArcSwap::from_pointee(limits);
        Ok(Self { types: Types::read(sdl)?, limits, kept, persisted: Persisted::new() })
    }

    /// From now on these are the bounds, also of documents that are kept. Answers that are kept are those of the policy
    /// before, so a policy is to be adopted after this.
    pub fn set_limits(&self, limits: Limits) {
        self.limits.store(Arc::new(limits));
    }

    /// Checks the request's document against every bound, and puts the parsed document into the request.
    ///
    /// # Errors
    /// What is wrong with the document, in words for the caller.
    pub fn prepare(&self, request: &mut Request) -> Result<Operation, Refusal> {
        let document = self.document(&request.query)?;
        let operation = choose(&document.executable, request.operation_name.as_deref())?;
        values::check_variables(&self.types, operation, &request.variables)?;
        let asked = cost::Asked { document: &document.executable, operation, variables: &request.variables };
        cost::check(&self.types, &asked, self.limits.load().complexity as u64)?;
        let kind = operation.ty;
        let plan = document.plan(&self.types, operation, request.operation_name.as_ref());
        if !plan.repeats {
            request.data.insert(AtOnce);
        }
        // Where there are variables, whether it is valid depends on them too.
        if document.valid.load(Ordering::Acquire) && operation.variable_definitions.is_empty() {
            request.data.insert(Validated);
        }
        request.set_parsed_query(document.executable.clone());
        let (introspects, name) = (document.shape.introspects, request.operation_name.clone());
        Ok(Operation { kind, introspects, document, plan, name })
    }

    /// An operation was executed, so its document is valid: it need not be looked at again.
    pub fn executed(&self, operation: &Operation) {
        operation.document.valid.store(true, Ordering::Release);
    }

    /// Makes async-graphql's answer to an operation what the specification says: what failed is null, and all is in
    /// the order in which it was asked for ([`complete`]).
    pub fn complete(&self, operation: &Operation, response: &mut Response) {
        complete::complete(&operation.plan, response);
    }

    fn document(&self, text: &str) -> Result<Arc<Document>, Refusal> {
        if let Some(document) = self.kept.get(text) {
            self.limits.load().check(document.tokens, &document.shape)?;
            return Ok(document);
        }
        let tokens = scan::scan(text, self.limits.load().tokens)?;
        let executable = async_graphql::parser::parse_query(text).map_err(Refusal::Syntax)?;
        let shape = shape::measure(&executable)?;
        self.limits.load().check(tokens, &shape)?;
        values::check_literals(&executable)?;
        let weight = u32::try_from(text.len() * 2 + tokens * TOKEN_BYTES).unwrap_or(u32::MAX);
        let (valid, plans) = (AtomicBool::new(false), Mutex::default());
        let document = Arc::new(Document { executable, tokens, shape, weight, valid, plans });
        self.kept.insert(Arc::from(text), Arc::clone(&document));
        Ok(document)
    }
}

impl Document {
    /// What an operation asks for, gathered when first it is asked.
    fn plan(&self, types: &Types, operation: &OperationDefinition, name: Option<&String>) -> Arc<Plan> {
        let mut plans = self.plans.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let plan = plans.entry(name.cloned());
        Arc::clone(plan.or_insert_with(|| Arc::new(Plan::of(types, &self.executable, operation))))
    }
}

/// The operation that a request asks for (GraphQL §6.1, *GetOperation*).
fn choose<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<&'a OperationDefinition, Refusal> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Ok(&operation.node),
        (DocumentOperations::Single(_), Some(name)) => Err(Refusal::unknown_operation(name)),
        (DocumentOperations::Multiple(operations), Some(name)) => operations
            .get(name)
            .map(|operation| &operation.node)
            .ok_or_else(|| Refusal::unknown_operation(name)),
        (DocumentOperations::Multiple(operations), None) => {
            let mut all = operations.values();
            match (all.next(), all.next()) {
                (Some(only), None) => Ok(&only.node),
                _ => Err(Refusal::OperationNameNeeded),
            }
        }
    }
}
