//! The conditions that lists have in common, and where a page ends.

use jiff::{SignedDuration, Timestamp};
use sqlx::{QueryBuilder, Sqlite};

use super::row::millis;
use crate::{
    domain::{AccountName, OrderState, Text, Window},
    store::{OrderFilter, Page, Part, words::Word},
};

/// Beside what is looked for, so that a list of nothing is SQL too: it equals nothing.
const NOTHING: &str = "(NULL";

/// The `+` keeps SQLite from gathering all rows of an account in order to sort them: lists are walked by time.
pub(super) fn accounts(sql: &mut QueryBuilder<Sqlite>, accounts: &[AccountName]) {
    sql.push("+account IN ").push(NOTHING);
    for account in accounts {
        sql.push(", ").push_bind(account.as_str().to_owned());
    }
    sql.push(")");
}

pub(super) fn machines(sql: &mut QueryBuilder<Sqlite>, machines: Option<&[(AccountName, Text)]>) {
    let Some(machines) = machines else { return };
    if let [(account, machine)] = machines {
        // As equations SQLite walks the machine's own rows by time.
        sql.push(" AND account = ").push_bind(account.as_str().to_owned());
        sql.push(" AND machine = ").push_bind(machine.to_string());
        return;
    }
    sql.push(" AND (account, machine) IN (VALUES (NULL, NULL)");
    for (account, machine) in machines {
        sql.push(", (").push_bind(account.as_str().to_owned());
        sql.push(", ").push_bind(machine.to_string()).push(")");
    }
    sql.push(")");
}

/// The conditions on orders.
pub(super) fn orders(sql: &mut QueryBuilder<Sqlite>, wanted: &OrderFilter) {
    accounts(sql, &wanted.accounts);
    machines(sql, wanted.machines.as_deref());
    if let Some(states) = &wanted.states {
        state_at(sql, wanted.now, states);
    }
    window(sql, wanted.window);
}

/// Whether an order may have been paid without our knowing it: nobody knows yet what came of a payment.
pub(super) const PAYING: &str = "EXISTS (SELECT 1 FROM intents WHERE intents.account = orders.account \
    AND intents.trade_number = orders.trade_number AND intents.claim IS NOT NULL AND intents.action = 'PAY_ORDER')";

/// One of these states, as it is then: a lapsed order is told as expired ([`crate::domain::Order::lapse`]).
fn state_at(sql: &mut QueryBuilder<Sqlite>, now: Timestamp, states: &[OrderState]) {
    sql.push(" AND CASE WHEN state IN ('UNKNOWN', 'UNPAID', 'PAYING') AND pay_before <= ");
    sql.push_bind(millis(now)).push(" AND NOT ").push(PAYING).push(" THEN 'EXPIRED' ELSE state END IN ");
    words(sql, states);
}

fn window(sql: &mut QueryBuilder<Sqlite>, window: Window) {
    if let Some(from) = window.from {
        // Rows bear whole milliseconds: the one that `from` lies in began before it.
        let ceiling = from.saturating_add(SignedDuration::from_nanos(999_999)).unwrap_or(from);
        sql.push(" AND created_at >= ").push_bind(millis(ceiling));
    }
    if let Some(to) = window.to {
        sql.push(" AND created_at <= ").push_bind(millis(to));
    }
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
