//! Reading the event log.
//!
//! A page is read one of two ways. Near the head, where subscriptions wait, the log itself is walked: there is little of
//! it. From further back the runs of an index are read, one for each account or machine and kind, so that few
//! events among many are found at once.

use std::{borrow::Cow, collections::BTreeSet};

use serde::Serialize;

use super::{
    Connection, Dialect, Fault, filter,
    row::{Row, millis},
    statement::{statement, storable},
};
use crate::{
    domain::{AccountName, Event, EventKind, Happening, Place, Text, Unreadable},
    store::{EventFilter, LogBounds, Page, StoredEvent, payload, words::Word as _},
};

/// So many events are walked sooner than an index is asked.
const NEAR: u64 = 1_000;

/// Of more runs than this some are likely to hold what comes next, so the log is walked.
const MANY_RUNS: usize = 1_024;

/// Of so many that were told last of a machine the newest is looked for.
const OUT_OF_ORDER: i64 = 32;

/// When an event happened, as [`Event::happened_at`] says.
const HAPPENED_AT: &str = "CASE WHEN occurred_at > received_at THEN received_at ELSE occurred_at END";

/// Whether an event is asked for by its time, `$4`.
const SINCE: &str = "(CAST($4 AS BIGINT) IS NULL OR occurred_at >= $4)";

pub(super) const COLUMNS: &str = "place, account, kind, machine, origin, occurred_at, received_at, payload";

/// The last place that was given. In a transaction that writes: also by itself.
pub(in crate::store) async fn head<C: Connection>(db: &mut C) -> Result<Place, Fault> {
    Ok(bounds(db).await?.head)
}

pub(super) async fn bounds<C: Connection>(db: &mut C) -> Result<LogBounds, Fault> {
    // Of what is gone the floor tells: it is the last place that was let go of.
    let greater = C::DIALECT.greater;
    let last = "coalesce((SELECT max(place) FROM events), 0)";
    let sql = format!("SELECT floor, {greater}(floor, {last}) AS head FROM event_log");
    let row = statement(sql).only_row(db).await?;
    Ok(LogBounds { floor: place(&row, "floor")?, head: place(&row, "head")? })
}

/// Events after a place, oldest first. `head`: about how far the log reaches.
pub(super) async fn page<C: Connection>(
    db: &mut C,
    wanted: &EventFilter,
    (after, head): (Place, Place),
    first: usize,
) -> Result<Page<StoredEvent>, Fault> {
    let near = head.0.saturating_sub(after.0) <= NEAR;
    let (sql, members) = if near && wanted.machines.is_none() && wanted.kinds.is_none() {
        let accounts: Vec<[&str; 1]> = wanted.accounts.iter().map(|account| [account.as_str()]).collect();
        (all_of_accounts::<C>(), list(&accounts)?)
    } else {
        let runs = Runs::of(wanted);
        (runs.sql::<C>(near || runs.count() > MANY_RUNS), list(&runs)?)
    };
    let bound = statement(sql).bind(members).bind(number(after));
    let bound = bound.bind(filter::limit(first.saturating_add(1))).bind(wanted.since.map(millis));
    filter::page(&bound.rows(db).await?, first, stored)
}

/// What is read of the log where it is walked: what is among `$1`, by these columns; `$2` after which place, `$3` how many, `$4`
/// since when. `those`: what else is asked of it.
fn walked<C: Connection>((columns, members): (&str, &str), those: &str) -> String {
    let Dialect { members: from, walked, .. } = C::DIALECT;
    // `IS TRUE`: looked up for each event, and not joined, which would read all there are and sort them.
    format!(
        "SELECT {COLUMNS} FROM events{walked} WHERE place > {after} AND {SINCE}{those} \
         AND (({columns}) IN (SELECT {members} FROM {from})) IS TRUE ORDER BY place LIMIT 0 + $3",
        after = after::<C>()
    )
}

/// All that is shown of accounts, as whoever follows the whole log reads it again and again: by the accounts alone, since as runs
/// they would be many times as many.
fn all_of_accounts<C: Connection>() -> String {
    let kinds: Vec<_> = shown(None).map(|kind| format!("'{kind}'")).collect();
    walked::<C>(("account", "member.value ->> 0"), &format!(" AND kind IN ({})", kinds.join(", ")))
}

/// The kinds that are asked for.
fn shown(kinds: Option<&[EventKind]>) -> impl Iterator<Item = &'static str> {
    let is_shown = move |kind: &EventKind| match kinds {
        Some(kinds) => kinds.contains(kind),
        None => *kind != EventKind::Unreadable,
    };
    EventKind::WORDS.iter().filter(move |(kind, _)| is_shown(kind)).map(|(_, word)| *word)
}

/// After which place events are read: `$2`, or what is kept.
fn after<C: Connection>() -> String {
    format!("{}($2, (SELECT floor FROM event_log))", C::DIALECT.greater)
}

/// What is asked for, as runs of an index; each once.
#[derive(Serialize)]
#[serde(untagged)]
enum Runs<'a> {
    /// By account and kind.
    Accounts(Vec<(&'a str, &'static str)>),
    /// By account, machine and kind.
    Machines(Vec<(&'a str, Cow<'a, str>, &'static str)>),
}

impl<'a> Runs<'a> {
    fn of(wanted: &'a EventFilter) -> Self {
        let kinds: Vec<&'static str> = shown(wanted.kinds.as_deref()).collect();
        let Some(machines) = &wanted.machines else {
            let of_account =
                |account: &'a AccountName| kinds.iter().map(move |kind| (account.as_str(), *kind));
            return Self::Accounts(once(wanted.accounts.iter().flat_map(of_account)));
        };
        let machines = machines.iter().filter(|(account, _)| wanted.accounts.contains(account));
        let of_machine = |(account, machine): &'a (AccountName, Text)| {
            kinds.iter().map(move |kind| (account.as_str(), storable(machine), *kind))
        };
        Self::Machines(once(machines.flat_map(of_machine)))
    }

    fn count(&self) -> usize {
        match self {
            Self::Accounts(runs) => runs.len(),
            Self::Machines(runs) => runs.len(),
        }
    }

    /// What is read of the log: `$1` the runs, the other values as where it is walked.
    fn sql<C: Connection>(&self, walk: bool) -> String {
        if walk {
            let columns = match self {
                Self::Accounts(_) => ("account, kind", "member.value ->> 0, member.value ->> 1"),
                Self::Machines(_) => {
                    ("account, machine, kind", "member.value ->> 0, member.value ->> 1, member.value ->> 2")
                }
            };
            return walked::<C>(columns, "");
        }
        let (of, kind) = match self {
            Self::Accounts(_) => ("account = member.value ->> 0", "member.value ->> 1"),
            Self::Machines(_) => {
                ("account = member.value ->> 0 AND machine = member.value ->> 1", "member.value ->> 2")
            }
        };
        // Of each run no more is read than the page can show.
        let Dialect { each_run: (before, behind), onwards: (onwards, order), .. } = C::DIALECT;
        let onwards = onwards(kind, &after::<C>());
        format!(
            "SELECT {COLUMNS} FROM events WHERE {before}SELECT place FROM events WHERE {of} AND {onwards} \
             AND {SINCE} ORDER BY {order} LIMIT 0 + $3{behind} ORDER BY place"
        )
    }
}

fn list(members: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(members).map_err(|_| Fault::Unwritable)
}

fn once<T: Ord>(runs: impl Iterator<Item = T>) -> Vec<T> {
    runs.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Of what was told last of a machine, or of an account, the newest of each kind. News may come late, so it is not always the
/// last.
pub(super) async fn latest<C: Connection>(
    db: &mut C,
    account: &AccountName,
    machine: Option<&str>,
    kinds: &[EventKind],
) -> Result<Vec<StoredEvent>, Fault> {
    let run = if machine.is_some() { " AND machine = $3" } else { "" };
    // The kind is no value: SQLite would plan the statement anew each time, to see whether an index of that kind alone serves.
    let newest = |kind: &EventKind| {
        format!(
            "SELECT * FROM (SELECT {COLUMNS} FROM (SELECT {COLUMNS} FROM events WHERE account = $1 AND kind = '{kind}'{run} \
             ORDER BY place DESC LIMIT 0 + $2) AS told ORDER BY {HAPPENED_AT} DESC, place DESC LIMIT 1) AS newest",
            kind = kind.word()
        )
    };
    let sql = kinds.iter().map(newest).collect::<Vec<_>>().join(" UNION ALL ");
    let mut bound = statement(sql).bind(account.as_str()).bind(OUT_OF_ORDER);
    if let Some(machine) = machine {
        bound = bound.bind(machine);
    }
    bound.rows(db).await?.iter().map(stored).collect()
}

/// Of each of these machines the last events of a kind, in the order of their places.
pub(super) async fn last_words<C: Connection>(
    db: &mut C,
    account: &AccountName,
    machines: &[Text],
    kind: EventKind,
    each: usize,
) -> Result<Vec<StoredEvent>, Fault> {
    let runs: Vec<_> =
        once(machines.iter().map(|machine| (account.as_str(), storable(machine), kind.word())));
    let (before, behind) = C::DIALECT.each_run;
    let sql = format!(
        "SELECT {COLUMNS} FROM events WHERE {before}SELECT place FROM events WHERE account = member.value ->> 0 \
         AND machine = member.value ->> 1 AND kind = member.value ->> 2 ORDER BY place DESC LIMIT 0 + $2{behind} \
         ORDER BY place"
    );
    let all = runs.len().saturating_mul(each);
    let bound = statement(sql).bind(list(&runs)?);
    let bound = bound.bind(filter::limit(each)).bind(filter::limit(all));
    bound.rows(db).await?.iter().map(stored).collect()
}

pub(super) fn stored<R: Row>(row: &R) -> Result<StoredEvent, Fault> {
    // What a newer gateway wrote and this one does not know must not keep anybody from what comes after it.
    let known =
        row.word("kind").ok().and_then(|kind| payload::decode(kind, row.borrowed("payload").ok()?).ok());
    let happening = known.unwrap_or_else(|| {
        Happening::Unreadable(Unreadable { message: "event".into(), problem: "not of this version".into() })
    });
    let event = Event {
        account: row.account()?,
        machine: row.maybe_text("machine")?,
        origin: row.word("origin")?,
        occurred_at: row.instant("occurred_at")?,
        received_at: row.instant("received_at")?,
        happening,
    };
    Ok(StoredEvent { place: place(row, "place")?, event })
}

/// A place as it is stored.
pub(super) fn number(place: Place) -> i64 {
    i64::try_from(place.0).unwrap_or(i64::MAX)
}

pub(super) fn place<R: Row>(row: &R, column: &'static str) -> Result<Place, Fault> {
    let number = u64::try_from(row.whole(column)?);
    number.map(Place).map_err(|_| Fault::Value { column, wanted: "place" })
}
