//! Why a document goes no further, in words for the caller.

use async_graphql::{ErrorExtensionValues, Pos, ServerError, parser};

/// The longest message that reaches a caller, in characters: the parser quotes the line it fell over.
const MESSAGE_CHARACTERS: usize = 400;

/// A document is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not GraphQL.
    #[error("{0}")]
    Syntax(parser::Error),
    /// A string without its end.
    #[error("a string that begins at line {} has no end", .0.line)]
    UnterminatedString(Pos),
    /// A fragment that contains itself.
    #[error("fragment `{fragment}` spreads itself, directly or through others")]
    FragmentCycle {
        /// Which.
        fragment: String,
    },
    /// `operationName` names nothing in the document.
    #[error("the document has no operation named `{name}`")]
    UnknownOperation {
        /// What was asked for, shortened.
        name: String,
    },
    /// Several operations, and no `operationName`.
    #[error("the document has several operations: say which one in `operationName`")]
    OperationNameNeeded,
    /// A subscription that does not follow one field, written in the operation itself: async-graphql passes over
    /// fragments there, and what stands in them would never be told; `__typename` has no events.
    #[error(
        "a subscription has one field of the schema's, in the operation itself, not in a fragment and not skipped: \
         follow each by itself"
    )]
    ManyFields(Pos),
    /// A variable that must have a value has none.
    #[error("variable `${name}` must be given, and not be null")]
    VariableMissing {
        /// Which, shortened.
        name: String,
        /// Where it is declared.
        position: Pos,
    },
    /// A variable's value does not fit its type.
    #[error("variable `${name}`: {problem}")]
    VariableUnfit {
        /// Which, shortened.
        name: String,
        /// Why.
        problem: String,
        /// Where it is declared.
        position: Pos,
    },
    /// A whole number is beyond GraphQL's.
    #[error("{}", super::values::beyond_int(.number))]
    NumberUnfit {
        /// As it is written.
        number: String,
        /// Where it is written.
        position: Pos,
    },
    /// It is greater than a bound.
    #[error("{bound} is {found}, and may be {limit} at most")]
    Exceeded {
        /// Which bound.
        bound: Bound,
        /// What the document has; counting may have stopped on the way.
        found: u64,
        /// What it may have.
        limit: u64,
    },
}

/// What is bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Bytes of text.
    Bytes,
    /// Tokens of text.
    Tokens,
    /// Brackets within brackets.
    Brackets,
    /// Arguments of one field or directive.
    Arguments,
    /// Selection sets within selection sets, fragments included.
    Levels,
    /// Fields once every fragment is spread out.
    Fields,
    /// Changes in one mutation.
    Changes,
    /// Fields that an operation begins with.
    RootFields,
    /// Fields that are aliased or repeated.
    Aliases,
    /// Directives.
    Directives,
    /// Fields within fields.
    Depth,
    /// Complexity.
    Complexity,
    /// What an introspection may cost.
    Introspection,
}

impl std::fmt::Display for Bound {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Bytes => "the document's size in bytes",
            Self::Tokens => "the document's number of tokens",
            Self::Brackets => "the document's nesting of brackets",
            Self::Arguments => "the number of arguments of one field",
            Self::Levels => "the document's nesting of selections and fragments",
            Self::Fields => "the document's number of fields with its fragments spread out",
            Self::Changes => "the number of changes in one operation",
            Self::RootFields => "the number of fields that one operation begins with",
            Self::Aliases => {
                "the document's number of aliased and repeated fields with its fragments spread out"
            }
            Self::Directives => "the document's number of directives with its fragments spread out",
            Self::Depth => "the operation's depth",
            Self::Complexity => "the operation's complexity",
            Self::Introspection => "the introspection's complexity",
        })
    }
}

impl Bound {
    pub(super) const fn exceeded(self, found: u64, limit: u64) -> Refusal {
        Refusal::Exceeded { bound: self, found, limit }
    }
}

impl Refusal {
    pub(super) fn unknown_operation(name: &str) -> Self {
        Self::UnknownOperation { name: name.chars().take(60).collect() }
    }

    pub(super) fn variable_missing(name: &str, position: Pos) -> Self {
        Self::VariableMissing { name: name.chars().take(60).collect(), position }
    }

    pub(super) fn variable_unfit(name: &str, problem: String, position: Pos) -> Self {
        Self::VariableUnfit { name: name.chars().take(60).collect(), problem, position }
    }

    /// The contract's `ErrorCode`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Exceeded { .. } => "QUERY_TOO_COMPLEX",
            Self::Syntax(_)
            | Self::UnterminatedString(_)
            | Self::FragmentCycle { .. }
            | Self::UnknownOperation { .. }
            | Self::VariableMissing { .. }
            | Self::VariableUnfit { .. }
            | Self::NumberUnfit { .. }
            | Self::ManyFields(_)
            | Self::OperationNameNeeded => "BAD_USER_INPUT",
        }
    }

    fn locations(&self) -> Vec<Pos> {
        match self {
            Self::Syntax(error) => error.positions().collect(),
            Self::UnterminatedString(position)
            | Self::ManyFields(position)
            | Self::VariableMissing { position, .. }
            | Self::VariableUnfit { position, .. }
            | Self::NumberUnfit { position, .. } => vec![*position],
            Self::FragmentCycle { .. }
            | Self::UnknownOperation { .. }
            | Self::OperationNameNeeded
            | Self::Exceeded { .. } => Vec::new(),
        }
    }
}

impl From<Refusal> for ServerError {
    fn from(refusal: Refusal) -> Self {
        let mut message: String = refusal.to_string();
        if let Some((end, _)) = message.char_indices().nth(MESSAGE_CHARACTERS) {
            message.truncate(end);
            message.push('…');
        }
        let mut error = Self::new(message, None);
        error.locations = refusal.locations();
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", refusal.code());
        if let Refusal::Exceeded { found, limit, .. } = refusal {
            extensions.set("found", found);
            extensions.set("limit", limit);
        }
        error.extensions = Some(extensions);
        error
    }
}
