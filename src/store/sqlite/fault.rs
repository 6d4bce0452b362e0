//! What goes wrong inside this backend, and what the store's error is for it.

use thiserror::Error;

use crate::store;

/// A failed step, before it is known in which operation.
#[derive(Debug, Error)]
pub(super) enum Fault {
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

/// SQLite's primary result codes, <https://www.sqlite.org/rescode.html>.
const CORRUPT: i32 = 11;
const NOT_A_DATABASE: i32 = 26;
const FULL: i32 = 13;
const READ_ONLY: i32 = 8;
const PERMISSION: i32 = 3;

impl Fault {
    /// The store's error for it.
    pub(super) fn during(self, operation: &'static str) -> store::Error {
        let source = match self {
            Self::NoSuchIntent => return store::Error::NoSuchIntent,
            Self::Value { .. } | Self::Unwritable => {
                return store::Error::Corrupt { operation, source: Box::new(self) };
            }
            Self::Database(source) => source,
        };
        match primary_code(&source) {
            Some(CORRUPT | NOT_A_DATABASE) => store::Error::Corrupt { operation, source: Box::new(source) },
            Some(FULL | READ_ONLY | PERMISSION) => store::Error::Full { operation, source },
            _ if is_of_shape(&source) => store::Error::Corrupt { operation, source: Box::new(source) },
            _ => store::Error::Unavailable { operation, source },
        }
    }

    /// The store's error for it when it is opened.
    pub(super) fn at_opening(self) -> store::OpenError {
        match self {
            Self::Database(source) => store::OpenError::Database(source),
            Self::Value { .. } | Self::Unwritable | Self::NoSuchIntent => {
                store::OpenError::Database(sqlx::Error::Decode(Box::new(self)))
            }
        }
    }
}

fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
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
