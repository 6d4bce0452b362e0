//! What goes wrong inside a backend, and what the store's error is for it.

use thiserror::Error;

use super::Backend;
use crate::store;

/// A failed step, before it is known in which operation.
#[derive(Debug, Error)]
pub(in crate::store) enum Fault {
    /// The database's word.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// A value that this program does not write.
    #[error("the column {column} holds no {wanted}")]
    Value { column: &'static str, wanted: &'static str },
    /// A value of ours that has no form in JSON, which there is none of.
    #[error("a value cannot be written as JSON")]
    Unwritable,
    /// An intent that was never begun.
    #[error("no such intent")]
    NoSuchIntent,
}

/// What kind of trouble a database tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Trouble {
    /// It may go over by itself.
    Unavailable,
    /// It takes nothing more.
    Full,
    /// It is damaged, or not made by this program.
    Corrupt,
}

impl Fault {
    /// The store's error for it.
    pub(super) fn during<B: Backend>(self, operation: &'static str) -> store::Error {
        let source = match self {
            Self::NoSuchIntent => return store::Error::NoSuchIntent,
            Self::Value { .. } | Self::Unwritable => {
                return store::Error::Corrupt { operation, source: Box::new(self) };
            }
            Self::Database(source) => source,
        };
        match B::trouble(&source) {
            Trouble::Unavailable if is_of_shape(&source) => {
                store::Error::Corrupt { operation, source: Box::new(source) }
            }
            Trouble::Unavailable => store::Error::Unavailable { operation, source },
            Trouble::Full => store::Error::Full { operation, source },
            Trouble::Corrupt => store::Error::Corrupt { operation, source: Box::new(source) },
        }
    }

    /// The store's error for it when it is opened.
    pub(in crate::store) fn at_opening(self) -> store::OpenError {
        match self {
            Self::Database(source) => store::OpenError::Database(source),
            Self::Value { .. } | Self::Unwritable | Self::NoSuchIntent => {
                store::OpenError::Database(sqlx::Error::Decode(Box::new(self)))
            }
        }
    }
}

/// Whether the rows are not of the shape that this program made.
fn is_of_shape(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::ColumnIndexOutOfBounds { .. }
            | sqlx::Error::Decode(_)
            | sqlx::Error::TypeNotFound { .. }
            | sqlx::Error::RowNotFound
    )
}
