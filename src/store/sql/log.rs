//! Reading the event log.
//!
//! A page is read one of two ways. Near the head, where subscriptions wait, the log itself is walked: there is little of
//! it. From further back the runs of an index are read, one for each account or machine and kind, so that few
//! events among many are found at once.

use std::{borrow::Cow, collections::BTreeSet};

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
    let runs = Runs::of(wanted);
    let walk = head.0.saturating_sub(after.0) <= NEAR || runs.count() > MANY_RUNS;
    let bound = statement(runs.sql::<C>(walk)).bind(runs.list()?).bind(number(after));
    let bound = bound.bind(filter::limit(first.saturating_add(1))).bind(wanted.since.map(millis));
    filter::page(&bound.rows(db).await?, first, stored)
}

/// What is asked for, as runs of an index; each once.
enum Runs<'a> {
    /// By account and kind.
    Accounts(Vec<(&'a str, &'static str)>),
    /// By account, machine and kind.
    Machines(Vec<(&'a str, Cow<'a, str>, &'static str)>),
}

impl<'a> Runs<'a> {
    fn of(wanted: &'a EventFilter) -> Self {
        let shown = |kind: &EventKind| match &wanted.kinds {
            Some(kinds) => kinds.contains(kind),
            None => *kind != EventKind::Unreadable,
        };
        let kinds = EventKind::WORDS.iter().filter(|(kind, _)| shown(kind));
        let kinds: Vec<&'static str> = kinds.map(|(_, word)| *word).collect();
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

    fn list(&self) -> Result<String, Fault> {
        let list = match self {
            Self::Accounts(runs) => serde_json::to_string(runs),
            Self::Machines(runs) => serde_json::to_string(runs),
        };
        list.map_err(|_| Fault::Unwritable)
    }

    /// What is read of the log: `$1` the runs, `$2` after which place, `$3` how many, `$4` since when.
    fn sql<C: Connection>(&self, walk: bool) -> String {
        let Dialect { greater, members, each_run, onwards: (onwards, order), walked, .. } = C::DIALECT;
        let after = format!("{greater}($2, (SELECT floor FROM event_log))");
        let since = "(CAST($4 AS BIGINT) IS NULL OR occurred_at >= $4)";
        if walk {
            let (keys, run) = match self {
                Self::Accounts(_) => ("account, kind", "member.value ->> 0, member.value ->> 1"),
                Self::Machines(_) => {
                    ("account, machine, kind", "member.value ->> 0, member.value ->> 1, member.value ->> 2")
                }
            };
            // `IS TRUE`: looked up for each event, and not joined, which would read all there are and sort them.
            return format!(
                "SELECT {COLUMNS} FROM events{walked} WHERE place > {after} AND {since} \
                 AND (({keys}) IN (SELECT {run} FROM {members})) IS TRUE ORDER BY place LIMIT 0 + $3"
            );
        }
        let (of, kind) = match self {
            Self::Accounts(_) => ("account = member.value ->> 0", "member.value ->> 1"),
            Self::Machines(_) => {
                ("account = member.value ->> 0 AND machine = member.value ->> 1", "member.value ->> 2")
            }
        };
        // Of each run no more is read than the page can show.
        let (before, behind) = each_run;
        let onwards = onwards(kind, &after);
        format!(
            "SELECT {COLUMNS} FROM events WHERE {before}SELECT place FROM events WHERE {of} AND {onwards} \
             AND {since} ORDER BY {order} LIMIT 0 + $3{behind} ORDER BY place"
        )
    }
}

fn once<T: Ord>(runs: impl Iterator<Item = T>) -> Vec<T> {
    runs.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Of what was told last of a machine, or of an account, the newest of a kind. News may come late, so it is not always the
/// last.
pub(super) async fn latest<C: Connection>(
    db: &mut C,
    account: &AccountName,
    machine: Option<&str>,
    kind: EventKind,
) -> Result<Option<StoredEvent>, Fault> {
    let run = if machine.is_some() { " AND machine = $3" } else { "" };
    // The kind is no value: SQLite would plan the statement anew each time, to see whether an index of that kind alone serves.
    let sql = format!(
        "SELECT {COLUMNS} FROM (SELECT {COLUMNS} FROM events WHERE account = $1 AND kind = '{kind}'{run} \
         ORDER BY place DESC LIMIT 0 + $2) AS told ORDER BY {HAPPENED_AT} DESC, place DESC LIMIT 1",
        kind = kind.word()
    );
    let mut bound = statement(sql).bind(account.as_str()).bind(OUT_OF_ORDER);
    if let Some(machine) = machine {
        bound = bound.bind(machine);
    }
    bound.row(db).await?.as_ref().map(stored).transpose()
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
    let bound = statement(sql).bind(serde_json::to_string(&runs).map_err(|_| Fault::Unwritable)?);
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
