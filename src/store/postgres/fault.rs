//! What PostgreSQL's error codes mean to the store.

use crate::store::sql::Trouble;

/// What kind of trouble it tells of, by its SQLSTATE
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
pub(super) fn trouble(error: &sqlx::Error) -> Trouble {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code).unwrap_or_default();
    match &*code {
        // A disk that is full, a server that only reads, a user who may not write.
        "53100" | "25006" | "42501" => Trouble::Full,
        code => match code.get(..2) {
            // Data that is none, a constraint that our own statements keep, tables that are not ours, damaged files.
            Some("22" | "23" | "42" | "54" | "XX") => Trouble::Corrupt,
            _ => Trouble::Unavailable,
        },
    }
}
