//! The conditions that lists have in common, and where a page ends.

use sqlx::{QueryBuilder, Sqlite};

use super::row::millis;
use crate::{
    domain::{AccountName, Text},
    store::{Page, Part, words::Word},
};

/// Beside what is looked for, so that a list of nothing is SQL too: it equals nothing.
const NOTHING: &str = "(NULL";

pub(super) fn accounts(sql: &mut QueryBuilder<Sqlite>, accounts: &[AccountName]) {
    sql.push("account IN ").push(NOTHING);
    for account in accounts {
        sql.push(", ").push_bind(account.as_str().to_owned());
    }
    sql.push(")");
}

pub(super) fn machines(sql: &mut QueryBuilder<Sqlite>, machines: Option<&[(AccountName, Text)]>) {
    let Some(machines) = machines else { return };
    sql.push(" AND (account, machine) IN (VALUES (NULL, NULL)");
    for (account, machine) in machines {
        sql.push(", (").push_bind(account.as_str().to_owned());
        sql.push(", ").push_bind(machine.to_string()).push(")");
    }
    sql.push(")");
}

/// The words of some states, in brackets.
pub(super) fn words<W: Word>(sql: &mut QueryBuilder<Sqlite>, kinds: &[W]) {
    sql.push(NOTHING);
    for kind in kinds {
        sql.push(", ").push_bind(kind.word());
    }
    sql.push(")");
}

/// The order of a list, and where a part of it begins and ends. One row more than asked for tells whether there are
/// more.
pub(super) fn part(sql: &mut QueryBuilder<Sqlite>, part: &Part, number: &'static str) {
    if let Some(after) = &part.after {
        sql.push(format_args!(" AND (created_at, account, {number}) < ("));
        sql.push_bind(millis(after.created_at)).push(", ");
        sql.push_bind(after.account.as_str().to_owned()).push(", ");
        sql.push_bind(after.number.to_string()).push(")");
    }
    sql.push(format_args!(" ORDER BY created_at DESC, account DESC, {number} DESC LIMIT "));
    sql.push_bind(limit(part.first.saturating_add(1)));
}

pub(super) fn cut<T>(mut rows: Vec<T>, part: &Part) -> Page<T> {
    let more = rows.len() > part.first;
    rows.truncate(part.first);
    Page { rows, more }
}

pub(super) fn limit(first: usize) -> i64 {
    i64::try_from(first).unwrap_or(i64::MAX)
}
