//! What SQLite's error codes mean to the store.

use crate::store::sql::Trouble;

/// SQLite's primary result codes, <https://www.sqlite.org/rescode.html>.
const CORRUPT: i32 = 11;
const NOT_A_DATABASE: i32 = 26;
const FULL: i32 = 13;
const READ_ONLY: i32 = 8;
const PERMISSION: i32 = 3;

/// What kind of trouble it tells of.
pub(super) fn trouble(error: &sqlx::Error) -> Trouble {
    match primary_code(error) {
        Some(CORRUPT | NOT_A_DATABASE) => Trouble::Corrupt,
        Some(FULL | READ_ONLY | PERMISSION) => Trouble::Full,
        _ => Trouble::Unavailable,
    }
}

fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}
