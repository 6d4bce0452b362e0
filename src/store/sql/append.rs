//! Appending to the event log: what is news, and where it stands.
//!
//! A few statements for a whole batch, not for each event: what is known is asked for with a list in JSON, and rows are
//! written many at a time. Who writes is alone until its end, so a place is taken by counting on: a later place is never
//! to be read before an earlier one, as it could be if a sequence gave places to transactions that overtake one
//! another.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use jiff::Timestamp;

use super::{
    Connection, Fault, Parameter, log,
    row::{Row, millis},
    statement::{statement, storable},
};
use crate::{
    domain::{Event, Happening, IssuedPickupCode, Order, Origin, Place, Text, Touched, event::Repeats},
    store::{Appended, Intent, NewEvent, payload, words::Word as _},
};

/// How many rows a statement writes, largest first: each is prepared once and kept.
const ROWS: [usize; 3] = [64, 8, 1];

/// How many values a row has.
const COLUMNS: usize = 12;

/// An event with what the log finds it again by.
pub(super) struct Entry<'a> {
    new: &'a NewEvent,
    subject: Option<(String, Repeats)>,
    nonce: Option<String>,
    payload: String,
}

impl<'a> Entry<'a> {
    /// Prepares an event, before the writer is waited for.
    pub(super) fn new(new: &'a NewEvent) -> Result<Self, Fault> {
        Ok(Self {
            new,
            subject: new.event.subject().map(|(subject, repeats)| (storable(&subject).into_owned(), repeats)),
            nonce: new.nonce.as_deref().map(|nonce| storable(nonce).into_owned()),
            payload: payload::encode(&new.event.happening).map_err(|_| Fault::Unwritable)?,
        })
    }

    fn account(&self) -> &'a str {
        self.new.event.account.as_str()
    }

    fn key(&self) -> Option<(&'a str, &str)> {
        self.subject.as_ref().map(|(subject, _)| (self.account(), subject.as_str()))
    }

    fn nonce_key(&self) -> Option<(&'a str, &str)> {
        self.nonce.as_ref().map(|nonce| (self.account(), nonce.as_str()))
    }

    fn rank(&self) -> Option<u32> {
        match self.subject {
            Some((_, Repeats::NoFurther(rank))) => Some(rank),
            Some((_, Repeats::Once | Repeats::Unchanged)) | None => None,
        }
    }

    /// Whether it was told already, where this was told last of its subject.
    fn is_told_by(&self, last: &Last) -> bool {
        match self.subject {
            Some((_, Repeats::Once)) => true,
            Some((_, Repeats::Unchanged)) => last.payload == self.payload,
            Some((_, Repeats::NoFurther(rank))) => last.rank.is_some_and(|told| told >= rank),
            None => false,
        }
    }
}

/// What was told last of a subject.
struct Last {
    rank: Option<u32>,
    payload: String,
}

/// Appends what is news, as if one after the other. The second of the answer is the last place given.
pub(super) async fn append<C: Connection>(
    db: &mut C,
    entries: &[Entry<'_>],
) -> Result<(Vec<Appended>, Place), Fault> {
    let mut nonces = known_nonces(db, entries).await?;
    let mut subjects = last_told(db, entries).await?;
    let mut head = log::head(db).await?;
    let mut answers = Vec::with_capacity(entries.len());
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        let repeated = entry.nonce_key().is_some_and(|nonce| nonces.contains(&nonce));
        let told = entry.key().and_then(|key| subjects.get(&key)).is_some_and(|last| entry.is_told_by(last));
        if repeated || told {
            answers.push(Appended::Known);
            if !repeated {
                nonces.extend(entry.nonce_key());
                remember(db, entry).await?;
            }
            continue;
        }
        head = Place(head.0.saturating_add(1));
        answers.push(Appended::New(head));
        rows.push((head, entry));
        nonces.extend(entry.nonce_key());
        if let Some(key) = entry.key() {
            subjects.insert(key, Last { rank: entry.rank(), payload: entry.payload.clone() });
        }
    }
    write(db, &rows).await?;
    Ok((answers, head))
}

/// Remembers the nonce of a message that told what was known.
async fn remember<C: Connection>(db: &mut C, entry: &Entry<'_>) -> Result<(), Fault> {
    let Some((account, nonce)) = entry.nonce_key() else { return Ok(()) };
    let sql = "INSERT INTO repeated_nonces (account, nonce, received_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let received_at = millis(entry.new.event.received_at);
    statement(sql).bind(account).bind(nonce).bind(received_at).execute(db).await?;
    Ok(())
}

/// Appends that an order changed, or was placed (`before`: `None`), and what that is news of.
pub(super) async fn order<C: Connection>(
    db: &mut C,
    (before, order): (Option<&Order>, &Order),
    now: Timestamp,
) -> Result<(), Fault> {
    let event = |happening| Event {
        account: order.account.clone(),
        machine: Some(order.machine.clone()),
        origin: Origin::Internal,
        occurred_at: now,
        received_at: now,
        happening,
    };
    internal(db, order.news_since(before).into_iter().map(event)).await
}

/// Appends that a code changed, or was issued. It happened at the machine that it is for, else at the one that holds it,
/// or held it until now.
pub(super) async fn code<C: Connection>(
    db: &mut C,
    code: &IssuedPickupCode,
    held_by: Option<Text>,
    now: Timestamp,
) -> Result<(), Fault> {
    let holder = || code.hold.as_ref().map(|hold| hold.machine.clone());
    let machine: Option<Text> = code.machine.clone().or_else(holder).or(held_by);
    let event = Event {
        account: code.account.clone(),
        machine,
        origin: Origin::Internal,
        occurred_at: now,
        received_at: now,
        happening: Happening::PickupCode(code.clone()),
    };
    internal(db, [event]).await
}

/// Appends that a command reached the machine that it is about, if it is about one.
pub(super) async fn touched<C: Connection>(
    db: &mut C,
    command: &Intent,
    now: Timestamp,
) -> Result<(), Fault> {
    let Some(machine) = &command.wanted.target.machine else { return Ok(()) };
    let event = Event {
        account: command.wanted.account.clone(),
        machine: Some(machine.clone()),
        origin: Origin::Internal,
        occurred_at: now,
        received_at: now,
        happening: Happening::Touched(Touched { by: command.begun_by.clone() }),
    };
    internal(db, [event]).await
}

async fn internal<C: Connection>(db: &mut C, events: impl IntoIterator<Item = Event>) -> Result<(), Fault> {
    let new = |event| NewEvent { event, nonce: None, message: None };
    let events: Vec<_> = events.into_iter().map(new).collect();
    let entries = events.iter().map(Entry::new).collect::<Result<Vec<_>, _>>()?;
    let head = log::head(db).await?.0;
    let places = (1..).map(|further| Place(head.saturating_add(further)));
    write(db, &places.zip(&entries).collect::<Vec<_>>()).await
}

async fn known_nonces<'a, C: Connection>(
    db: &mut C,
    entries: &'a [Entry<'_>],
) -> Result<HashSet<(&'a str, &'a str)>, Fault> {
    let wanted: Vec<_> = entries.iter().filter_map(Entry::nonce_key).collect();
    if wanted.is_empty() {
        return Ok(HashSet::new());
    }
    // Not `EXISTS`: PostgreSQL would gather all the nonces there are, to look for these among them.
    let sql = format!(
        "SELECT member.key AS position FROM {members} WHERE coalesce((SELECT place FROM events \
         WHERE account = member.value ->> 0 AND nonce = member.value ->> 1), (SELECT received_at FROM \
         repeated_nonces WHERE account = member.value ->> 0 AND nonce = member.value ->> 1)) IS NOT NULL",
        members = C::DIALECT.members
    );
    let rows = statement(sql).bind(list(&wanted)?).rows(db).await?;
    rows.iter().map(|row| at(&wanted, row)).collect()
}

async fn last_told<'a, C: Connection>(
    db: &mut C,
    entries: &'a [Entry<'_>],
) -> Result<HashMap<(&'a str, &'a str), Last>, Fault> {
    let wanted: Vec<_> = entries.iter().filter_map(Entry::key).collect();
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    // A payload is compared only where there is no rank.
    let sql = format!(
        "SELECT member.key AS position, last.rank, CASE WHEN last.rank IS NULL THEN last.payload ELSE '' END \
         AS payload FROM {members} JOIN events AS last ON last.place = (SELECT place FROM events \
         WHERE account = member.value ->> 0 AND subject = member.value ->> 1 ORDER BY place DESC LIMIT 1)",
        members = C::DIALECT.members
    );
    let rows = statement(sql).bind(list(&wanted)?).rows(db).await?;
    let told = |row: &C::Row| {
        let last = Last { rank: row.maybe_count("rank")?, payload: row.borrowed("payload")?.to_owned() };
        Ok((at(&wanted, row)?, last))
    };
    rows.iter().map(told).collect()
}

/// Keys as a list in JSON.
fn list(keys: &[(&str, &str)]) -> Result<String, Fault> {
    serde_json::to_string(keys).map_err(|_| Fault::Unwritable)
}

/// The key that a row is about.
fn at<'a, R: Row>(wanted: &[(&'a str, &'a str)], row: &R) -> Result<(&'a str, &'a str), Fault> {
    let position = usize::try_from(row.whole("position")?).unwrap_or(usize::MAX);
    wanted.get(position).copied().ok_or(Fault::Value { column: "position", wanted: "position" })
}

async fn write<C: Connection>(db: &mut C, rows: &[(Place, &Entry<'_>)]) -> Result<(), Fault> {
    let mut rest = rows;
    for many in ROWS {
        let sql = insertion(many, C::DIALECT.parameter);
        while let Some((now, later)) = rest.split_at_checked(many) {
            insert(db, sql, now).await?;
            rest = later;
        }
    }
    Ok(())
}

/// The statement that writes so many rows.
fn insertion(rows: usize, parameter: Parameter) -> &'static str {
    static NUMBERED: LazyLock<[String; ROWS.len()]> = LazyLock::new(|| insertions(Parameter::Numbered));
    static NEXT: LazyLock<[String; ROWS.len()]> = LazyLock::new(|| insertions(Parameter::Next));
    let statements = match parameter {
        Parameter::Numbered => &NUMBERED,
        Parameter::Next => &NEXT,
    };
    let at = ROWS.iter().position(|many| *many == rows);
    at.and_then(|at| statements.get(at)).map_or("", String::as_str)
}

fn insertions(parameter: Parameter) -> [String; ROWS.len()] {
    ROWS.map(|rows| {
        let row = |first: usize| {
            let values: Vec<String> =
                (first..first + COLUMNS).map(|number| parameter.shown(number)).collect();
            format!("({})", values.join(", "))
        };
        let values: Vec<String> = (0..rows).map(|number| row(number * COLUMNS + 1)).collect();
        let values = values.join(", ");
        format!(
            "INSERT INTO events (place, account, kind, machine, origin, occurred_at, received_at, subject, \
             rank, nonce, payload, message) VALUES {values}"
        )
    })
}

async fn insert<C: Connection>(
    db: &mut C,
    sql: &'static str,
    rows: &[(Place, &Entry<'_>)],
) -> Result<(), Fault> {
    let mut insertion = statement(sql);
    for (place, entry) in rows {
        let Event { account, machine, origin, occurred_at, received_at, happening } = &entry.new.event;
        insertion = insertion
            .bind(log::number(*place))
            .bind(account.as_str())
            .bind(happening.kind().word())
            .bind(machine.as_deref())
            .bind(origin.word())
            .bind(millis(*occurred_at))
            .bind(millis(*received_at))
            .bind(entry.subject.as_ref().map(|(subject, _)| subject.as_str()))
            .bind(entry.rank().map(i64::from))
            .bind(entry.nonce.as_deref())
            .bind(entry.payload.as_str())
            .bind(entry.new.message.as_deref());
    }
    insertion.execute(db).await?;
    Ok(())
}
