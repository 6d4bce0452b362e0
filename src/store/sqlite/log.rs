//! Reading the event log.
//!
//! A page is read one of two ways. Near the head, where subscriptions wait, the log itself is walked: there is little of
//! it. From further back the runs of an index are read, one for each account or machine and kind, so that few
//! events among many are found at once.

use std::collections::BTreeSet;

use sqlx::{SqliteConnection, SqlitePool, query, sqlite::SqliteRow};

use super::{
    fault::Fault,
    filter,
    row::{Reader, millis},
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

macro_rules! columns {
    () => {
        "place, account, kind, machine, origin, occurred_at, received_at, payload"
    };
}
pub(super) use columns;

/// What is read of the log: `$1` the runs, `$2` after which place, `$3` how many, `$4` since when. `$keys`: what a run is of; `$run`:
/// that an event is of it.
macro_rules! page {
    (walk $keys:literal = $run:literal) => {
        concat!(
            "SELECT ", columns!(), " FROM events NOT INDEXED \
             WHERE place > max($2, (SELECT floor FROM event_log)) AND ", $keys, " IN (SELECT ", $run,
            " FROM json_each($1) AS run) AND ($4 IS NULL OR occurred_at >= $4) ORDER BY place LIMIT $3"
        )
    };
    (runs $keys:literal = $run:literal) => {
        // Of each run no more is read than the page can show, as a list, since SQLite joins no subquery laterally.
        concat!(
            "SELECT ", columns!(), " FROM events WHERE place IN (SELECT found.value FROM json_each($1) AS run, \
             json_each((SELECT json_group_array(place) FROM (SELECT place FROM events WHERE ", $keys, " = (", $run,
            ") AND place > max($2, (SELECT floor FROM event_log)) AND ($4 IS NULL OR occurred_at >= $4) \
             ORDER BY place LIMIT $3))) AS found \
             ORDER BY found.value LIMIT $3) ORDER BY place"
        )
    };
}

/// The last place that was given. In a transaction that writes: also by itself.
pub(super) async fn head(db: &mut SqliteConnection) -> Result<Place, Fault> {
    Ok(bounds(db).await?.head)
}

pub(super) async fn bounds(db: &mut SqliteConnection) -> Result<LogBounds, Fault> {
    // SQLite's own book of what AUTOINCREMENT gave; without a row until it gave something.
    let sql = "SELECT floor, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0) AS head \
               FROM event_log";
    let row = query(sql).fetch_one(db).await?;
    Ok(LogBounds { floor: place(Reader(&row), "floor")?, head: place(Reader(&row), "head")? })
}

/// Events after a place, oldest first. `head`: about how far the log reaches.
pub(super) async fn page(
    db: &SqlitePool,
    wanted: &EventFilter,
    (after, head): (Place, Place),
    first: usize,
) -> Result<Page<StoredEvent>, Fault> {
    let runs = Runs::of(wanted);
    let walk = head.0.saturating_sub(after.0) <= NEAR || runs.count() > MANY_RUNS;
    let bound = query(runs.sql(walk)).bind(runs.list()?).bind(number(after));
    let bound = bound.bind(filter::limit(first.saturating_add(1))).bind(wanted.since.map(millis));
    let rows = bound.fetch_all(db).await?;
    let more = rows.len() > first;
    Ok(Page { rows: rows.iter().take(first).map(stored).collect::<Result<_, _>>()?, more })
}

/// What is asked for, as runs of an index; each once.
enum Runs<'a> {
    /// By account and kind.
    Accounts(Vec<(&'a str, &'static str)>),
    /// By account, machine and kind.
    Machines(Vec<(&'a str, &'a str, &'static str)>),
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
            kinds.iter().map(move |kind| (account.as_str(), &**machine, *kind))
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

    fn sql(&self, walk: bool) -> &'static str {
        match (self, walk) {
            (Self::Accounts(_), true) => page!(walk "(account, kind)" = "run.value ->> 0, run.value ->> 1"),
            (Self::Accounts(_), false) => page!(runs "(account, kind)" = "run.value ->> 0, run.value ->> 1"),
            (Self::Machines(_), true) => {
                page!(walk "(account, machine, kind)" = "run.value ->> 0, run.value ->> 1, run.value ->> 2")
            }
            (Self::Machines(_), false) => {
                page!(runs "(account, machine, kind)" = "run.value ->> 0, run.value ->> 1, run.value ->> 2")
            }
        }
    }
}

fn once<T: Ord>(runs: impl Iterator<Item = T>) -> Vec<T> {
    runs.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Of what was told last of a machine, or of an account, the newest of a kind. News may come late, so it is not always the
/// last.
pub(super) async fn latest(
    db: &mut SqliteConnection,
    account: &AccountName,
    machine: Option<&str>,
    kind: EventKind,
) -> Result<Option<StoredEvent>, Fault> {
    macro_rules! latest {
        ($run:literal) => {
            concat!(
                "SELECT * FROM (SELECT ",
                columns!(),
                " FROM events WHERE ",
                $run,
                " ORDER BY place DESC LIMIT $3) AS told ORDER BY occurred_at DESC, place DESC LIMIT 1"
            )
        };
    }
    let bound = match machine {
        Some(machine) => query(latest!("account = $1 AND kind = $2 AND machine = $4"))
            .bind(account.as_str())
            .bind(kind.word())
            .bind(OUT_OF_ORDER)
            .bind(machine),
        None => query(latest!("account = $1 AND kind = $2"))
            .bind(account.as_str())
            .bind(kind.word())
            .bind(OUT_OF_ORDER),
    };
    bound.fetch_optional(db).await?.as_ref().map(stored).transpose()
}

pub(super) fn stored(row: &SqliteRow) -> Result<StoredEvent, Fault> {
    let row = Reader(row);
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

pub(super) fn place(row: Reader<'_>, column: &'static str) -> Result<Place, Fault> {
    let number = u64::try_from(row.whole(column)?);
    number.map(Place).map_err(|_| Fault::Value { column, wanted: "place" })
}
