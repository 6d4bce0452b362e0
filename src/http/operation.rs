//! One operation of one caller: brought within its bounds and run, whichever transport it came by.

use std::sync::Arc;

use async_graphql::{Request, Response, ServerError, parser::types::OperationType};
use tracing::{Instrument as _, field::Empty};

use super::{
    Door, Executed,
    answer::{self, Fault},
    parameters::Parameters,
    suggestions,
};
use crate::{
    auth::{Caller, Scope},
    gateway::Lease,
    graphql::document::{Found, Hash, Operation, Unfound},
    telemetry::metrics,
};

/// An operation that may be run.
pub(super) struct Prepared {
    request: Request,
    operation: Operation,
    caller: Arc<Caller>,
    /// As what it is counted.
    pub(super) counted: metrics::Operation,
    registers: Option<Registers>,
}

/// A document that is asked for by its hash from then on, once it is known to be good: whether it is valid, only its execution
/// tells.
#[derive(Debug)]
pub(super) struct Registers {
    hash: Hash,
    text: String,
}

impl Registers {
    /// It was executed.
    pub(super) fn executed(self, door: &Door) {
        door.0.documents.register(self.hash, &self.text);
    }
}

/// Why an operation is not run. It is counted where it is told: here, where that is within a socket or a stream
/// ([`Refused::tell`]), else where the request is answered.
#[derive(Debug)]
pub(super) enum Refused {
    /// Its document or its variables are wrong.
    Document(ServerError),
    /// The caller may not ask for it, or not like this.
    Fault(Fault),
}

impl Refused {
    /// The error that the caller is told of a refusal, which is counted.
    pub(super) fn tell(self) -> ServerError {
        match self {
            Self::Document(error) => {
                metrics::refused(&answer::code(&error));
                error
            }
            Self::Fault(fault) => fault.tell(),
        }
    }
}

/// Finds an operation's document, and checks the operation against every bound.
pub(super) fn prepare(door: &Door, caller: Arc<Caller>, parameters: Parameters) -> Result<Prepared, Refused> {
    let documents = &door.0.documents;
    let Parameters { document, operation_name, variables } = parameters;
    // Whoever operates the gateway tries things out: in GraphiQL, with documents that no manifest has yet.
    let exempt = caller.may(Scope::Admin);
    let Found { text, registers } = documents.find(document, exempt).map_err(|unfound| match unfound {
        Unfound::UnknownId => Refused::Document(Fault::from(unfound).error()),
        Unfound::UnknownHash | Unfound::OtherText | Unfound::Untrusted => Refused::Fault(unfound.into()),
    })?;
    let mut request = Request::new(text).variables(variables);
    request.operation_name = operation_name;
    let operation = documents.prepare(&mut request).map_err(|refusal| Refused::Document(refusal.into()))?;
    let registers = registers.map(|hash| Registers { hash, text: request.query.clone() });
    let counted = metrics::Operation::of(kind(operation.kind), operation.name());
    if operation.introspects && !door.settings().introspection && !caller.may(Scope::Admin) {
        return Err(Refused::Fault(Fault::Introspection));
    }
    Ok(Prepared { request, operation, caller, counted, registers })
}

const fn kind(kind: OperationType) -> metrics::Kind {
    match kind {
        OperationType::Query => metrics::Kind::Query,
        OperationType::Mutation => metrics::Kind::Mutation,
        OperationType::Subscription => metrics::Kind::Subscription,
    }
}

impl Prepared {
    pub(super) const fn kind(&self) -> OperationType {
        self.operation.kind
    }

    pub(super) fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Whether errors must not name what the caller did not.
    pub(super) fn hides_suggestions(&self, door: &Door) -> bool {
        !door.settings().introspection && !self.caller.may(Scope::Admin)
    }

    /// Runs a query or a mutation. A lease is given only for a query's answer without errors.
    pub(super) async fn run(self, door: &Door) -> (Response, Option<Lease>) {
        let hidden = self.hides_suggestions(door);
        let Self { request, operation, caller, counted, registers } = self;
        let running = counted.start();
        let span = tracing::debug_span!(
            "operation",
            kind = counted.kind().word(),
            name = counted.name(),
            errors = Empty,
        );
        let execution = door.0.behind.executor.execute(request, caller);
        let Executed { mut response, lease } = execution.instrument(span.clone()).await;
        span.record("errors", response.errors.len());
        if hidden {
            suggestions::remove(&mut response.errors);
        }
        door.0.documents.complete(&operation, &mut response);
        let refusal = answer::refusal(&response);
        running.end(response.errors.len(), refusal.as_deref());
        if refusal.is_none() {
            door.0.documents.executed(&operation);
            if let Some(registers) = registers {
                registers.executed(door);
            }
        }
        let whole = operation.kind == OperationType::Query && response.errors.is_empty();
        (response, lease.filter(|_| whole))
    }

    /// What a subscription asks for, how it is counted, and what is to be registered once it has told something.
    pub(super) fn into_request(self) -> (Request, Arc<Caller>, metrics::Following, Option<Registers>) {
        (self.request, self.caller, self.counted.follow(), self.registers)
    }
}
