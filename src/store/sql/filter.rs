//! The conditions that lists have in common, and where a page ends.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{Connection, Fault, row::millis, statement::Statement};
use crate::{
    domain::{AccountName, OrderState, Text, Window},
    store::{OrderFilter, Page, Part, words::Word},
};

/// Beside what is looked for, so that a list of nothing is SQL too: it equals nothing.
const NOTHING: &str = "(NULL";

/// Not by the index of accounts, whose rows would all be gathered in order to sort them: lists are walked by time.
pub(super) fn accounts<'q, C: Connection>(sql: &mut Statement<'q>, accounts: &'q [AccountName]) {
    sql.push(C::DIALECT.unindexed).push("account IN ").push(NOTHING);
    for account in accounts {
        sql.push(", ").push_bind(account.as_str());
    }
    sql.push(")");
}

/// How the rows of several machines are found.
#[derive(Clone, Copy)]
pub(super) enum Machines {
    /// As the database finds best: where all of them are wanted.
    Among,
    /// Whichever row is walked is looked up. As a join PostgreSQL would compare each with each machine once it expects to have
    /// enough soon: where it does not, of 200,000 rows, that takes 7 s.
    LookedUp,
    /// One machine's, inside of [`list`].
    OfEach,
}

pub(super) fn machines<'q>(
    sql: &mut Statement<'q>,
    machines: Option<&'q [(AccountName, Text)]>,
    found: Machines,
) {
    match (machines, found) {
        (None, _) => {}
        (Some(_), Machines::OfEach) => {
            sql.push(" AND account = of_account AND machine = of_machine");
        }
        // As equations: a database walks the machine's own rows by time.
        (Some([(account, machine)]), _) => {
            sql.push(" AND account = ").push_bind(account.as_str());
            sql.push(" AND machine = ").push_bind(&**machine);
        }
        (Some(machines), found) => {
            sql.push(" AND ((account, machine) IN (VALUES (NULL, NULL)");
            for machine in machines {
                sql.push(", ");
                pair(sql, machine);
            }
            sql.push(if matches!(found, Machines::LookedUp) { ")) IS TRUE" } else { "))" });
        }
    }
}

fn pair<'q>(sql: &mut Statement<'q>, (account, machine): &'q (AccountName, Text)) {
    sql.push("(").push_bind(account.as_str());
    sql.push(", ").push_bind(&**machine).push(")");
}

/// So many rows are read of several machines rather than that the list is walked.
const MOST_OF_EACH: usize = 20_000;

/// The first rows of a list in that order, and one more. Where a database can, the rows of several machines are read of each
/// by itself, no more than the list can show, so that it costs the same however many others there are.
pub(super) fn list<'q, C: Connection>(
    machines: Option<&'q [(AccountName, Text)]>,
    (order, first): (&str, usize),
    rows: impl FnOnce(&mut Statement<'q>, Machines),
) -> Statement<'q> {
    let are_few =
        |machines: &&[_]| machines.len() > 1 && machines.len().saturating_mul(first) <= MOST_OF_EACH;
    let several = machines.filter(|_| C::DIALECT.joins_laterally).filter(are_few);
    let mut sql = Statement::growing("");
    let Some(several) = several else {
        rows(&mut sql, Machines::LookedUp);
        end(&mut sql, order, first);
        return sql;
    };
    sql.push("SELECT found.* FROM (VALUES ");
    for (number, machine) in several.iter().collect::<BTreeSet<_>>().into_iter().enumerate() {
        sql.push(if number == 0 { "" } else { ", " });
        pair(&mut sql, machine);
    }
    sql.push(") AS wanted (of_account, of_machine) CROSS JOIN LATERAL (");
    rows(&mut sql, Machines::OfEach);
    end(&mut sql, order, first);
    sql.push(") AS found");
    end(&mut sql, order, first);
    sql
}

/// The order of a list and its end: one row more than asked for tells whether there are more.
fn end(sql: &mut Statement<'_>, order: &str, first: usize) {
    sql.push(" ORDER BY ").push(order).push(" LIMIT 0 + ").push_bind(limit(first.saturating_add(1)));
}

/// The conditions on orders.
pub(super) fn orders<'q, C: Connection>(sql: &mut Statement<'q>, wanted: &'q OrderFilter, found: Machines) {
    accounts::<C>(sql, &wanted.accounts);
    machines(sql, wanted.machines.as_deref(), found);
    if let Some(states) = &wanted.states {
        state_at(sql, wanted.now, states);
    }
    window(sql, "created_at", wanted.window);
}

/// Whether an order may have been paid without our knowing it: nobody knows yet what came of a payment.
pub(super) const PAYING: &str = "EXISTS (SELECT 1 FROM intents WHERE intents.account = orders.account \
    AND intents.trade_number = orders.trade_number AND intents.claim IS NOT NULL AND intents.action = 'PAY_ORDER')";

/// One of these states, as it is then: a lapsed order is told as expired ([`crate::domain::Order::lapse`]).
fn state_at(sql: &mut Statement<'_>, now: Timestamp, states: &[OrderState]) {
    sql.push(" AND CASE WHEN state IN ('UNKNOWN', 'UNPAID', 'PAYING') AND pay_before <= ");
    sql.push_bind(millis(now)).push(" AND NOT ").push(PAYING).push(" THEN 'EXPIRED' ELSE state END IN ");
    words(sql, states);
}

/// That what a column tells lies in a window.
pub(super) fn window(sql: &mut Statement<'_>, column: &'static str, window: Window) {
    if let Some(from) = window.from {
        // Rows bear whole milliseconds: the one that `from` lies in began before it.
        let ceiling = from.saturating_add(SignedDuration::from_nanos(999_999)).unwrap_or(from);
        sql.push(" AND ").push(column).push(" >= ").push_bind(millis(ceiling));
    }
    if let Some(to) = window.to {
        sql.push(" AND ").push(column).push(" <= ").push_bind(millis(to));
    }
}

/// The words of some states, in brackets.
pub(super) fn words<W: Word>(sql: &mut Statement<'_>, kinds: &[W]) {
    sql.push(NOTHING);
    for kind in kinds {
        sql.push(", ").push_bind(kind.word());
    }
    sql.push(")");
}

/// What a part of a list is ordered by, the newest first.
pub(super) fn newest(number: &str) -> String {
    format!("created_at DESC, account DESC, {number} DESC")
}

/// Where a part of a list begins.
pub(super) fn after<'q>(sql: &mut Statement<'q>, part: &'q Part, number: &'static str) {
    if let Some(after) = &part.after {
        sql.push(" AND (created_at, account, ").push(number).push(") < (");
        sql.push_bind(millis(after.created_at)).push(", ");
        sql.push_bind(after.account.as_str()).push(", ");
        sql.push_bind(&*after.number).push(")");
    }
}

/// Where a part of a list begins and ends, and its order.
pub(super) fn part<'q>(sql: &mut Statement<'q>, part: &'q Part, number: &'static str) {
    after(sql, part, number);
    end(sql, &newest(number), part.first);
}

/// A page of the rows that were read, of which the one too many only tells that there are more.
pub(super) fn cut<T>(mut rows: Vec<T>, first: usize) -> Page<T> {
    let more = rows.len() > first;
    rows.truncate(first);
    Page { rows, more }
}

/// The same of rows that are read only now, without the one too many.
pub(super) fn page<R, T>(
    rows: &[R],
    first: usize,
    read: impl Fn(&R) -> Result<T, Fault>,
) -> Result<Page<T>, Fault> {
    Ok(Page { rows: rows.iter().take(first).map(read).collect::<Result<_, _>>()?, more: rows.len() > first })
}

/// How many rows there may be. Statements say `LIMIT 0 + $n`: at a value alone SQLite looks when it plans, and so it would plan
/// the statement anew each time.
pub(super) fn limit(first: usize) -> i64 {
    i64::try_from(first).unwrap_or(i64::MAX)
}
