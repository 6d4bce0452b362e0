//! The pickup codes that we keep.

use jiff::Timestamp;

use super::{
    Connection, Fault, append,
    filter::{self, Machines},
    row::{Row, currency, millis},
    statement::{Statement, statement},
};
use crate::{
    domain::{Hold, IssuedPickupCode, Money, PickupCodeIssuer, PickupCodeState},
    store::{CodeFilter, IntentId, Page, Part, words::Word as _},
};

type Found = Result<Option<IssuedPickupCode>, Fault>;

pub(super) async fn by_number<C: Connection>(db: &mut C, account: &str, number: &str) -> Found {
    let sql = "SELECT * FROM pickup_codes WHERE account = $1 AND number = $2";
    let row = statement(sql).bind(account).bind(number).row(db).await?;
    row.as_ref().map(code).transpose()
}

pub(super) async fn by_digits<C: Connection>(db: &mut C, account: &str, digits: &str) -> Found {
    let sql = "SELECT * FROM pickup_codes WHERE account = $1 AND digits = $2 AND issuer = 'GATEWAY' \
               ORDER BY CASE WHEN state IN ('UNUSED', 'HELD') THEN 0 ELSE 1 END, created_at DESC, number DESC LIMIT 1";
    let row = statement(sql).bind(account).bind(digits).row(db).await?;
    row.as_ref().map(code).transpose()
}

pub(super) async fn of_intent<C: Connection>(
    db: &mut C,
    intent: IntentId,
) -> Result<Vec<IssuedPickupCode>, Fault> {
    let sql = "SELECT * FROM pickup_codes WHERE intent = $1 ORDER BY number";
    statement(sql).bind(intent.0).rows(db).await?.iter().map(code).collect()
}

pub(super) async fn page<C: Connection>(
    db: &mut C,
    wanted: &CodeFilter,
    part: &Part,
) -> Result<Page<IssuedPickupCode>, Fault> {
    let mut sql = Statement::growing("SELECT * FROM pickup_codes WHERE ");
    filter::accounts::<C>(&mut sql, &wanted.accounts);
    filter::machines(&mut sql, wanted.machines.as_deref(), Machines::LookedUp);
    if let Some(issuer) = wanted.issuer {
        sql.push(" AND issuer = ").push_bind(issuer.word());
    }
    if let Some(states) = &wanted.states {
        // The same as IssuedPickupCode::state_at.
        let now = millis(wanted.now);
        sql.push(" AND CASE WHEN state = 'HELD' AND held_until > ").push_bind(now).push(" THEN 'HELD'");
        sql.push(" WHEN state IN ('UNUSED', 'HELD') AND expires_at <= ")
            .push_bind(now)
            .push(" THEN 'EXPIRED'");
        sql.push(" WHEN state = 'HELD' THEN 'UNUSED' ELSE state END IN ");
        filter::words(&mut sql, states);
    }
    filter::part(&mut sql, part, "number");
    let rows = sql.rows(db).await?;
    let mut page = filter::cut(rows.iter().map(code).collect::<Result<Vec<_>, _>>()?, part.first);
    page.rows.iter_mut().for_each(|code| {
        code.settle(wanted.now);
    });
    Ok(page)
}

/// Live codes whose end or hold is over.
pub(super) async fn lapsed<C: Connection>(
    db: &mut C,
    now: Timestamp,
    first: usize,
) -> Result<Vec<IssuedPickupCode>, Fault> {
    let sql = "SELECT * FROM pickup_codes WHERE (state = 'HELD' AND held_until <= $1) \
               OR (state = 'UNUSED' AND expires_at <= $1) LIMIT 0 + $2";
    statement(sql).bind(millis(now)).bind(filter::limit(first)).rows(db).await?.iter().map(code).collect()
}

/// Writes a new code and its event; gives whether it did. It does not where the number is in use, or where the digits of one of our
/// own are those of another live code, whoever keeps that one.
pub(super) async fn insert<C: Connection>(
    db: &mut C,
    code: &IssuedPickupCode,
    intent: IntentId,
    now: Timestamp,
) -> Result<bool, Fault> {
    if by_number(db, code.account.as_str(), &code.number).await?.is_some() {
        return Ok(false);
    }
    if code.issuer == PickupCodeIssuer::Gateway && has_live(db, code, now).await? {
        return Ok(false);
    }
    let sql = "INSERT INTO pickup_codes (account, number, issuer, digits, machine, cabinet, shelf, product_number, \
               quantity, fee_minor, fee_currency, state, created_at, starts_at, expires_at, version, intent) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    statement(sql)
        .bind(code.account.as_str())
        .bind(&*code.number)
        .bind(code.issuer.word())
        .bind(&*code.code)
        .bind(code.machine.as_deref())
        .bind(code.cabinet.as_deref())
        .bind(code.shelf.as_deref())
        .bind(code.product_number.as_deref())
        .bind(i64::from(code.quantity))
        .bind(code.fee.map(Money::minor))
        .bind(currency(code.fee))
        .bind(code.state.word())
        .bind(millis(code.created_at))
        .bind(code.starts_at.map(millis))
        .bind(code.expires_at.map(millis))
        .bind(i64::from(code.version))
        .bind(intent.0)
        .execute(db)
        .await?;
    append::code(db, code, None, now).await?;
    Ok(true)
}

/// Writes what became of a stored code, and its event.
pub(super) async fn update<C: Connection>(
    db: &mut C,
    code: &IssuedPickupCode,
    now: Timestamp,
) -> Result<(), Fault> {
    let sql = "SELECT held_by FROM pickup_codes WHERE account = $1 AND number = $2";
    let before = statement(sql).bind(code.account.as_str()).bind(&*code.number).row(db).await?;
    let held_by = before.map(|row| row.maybe_text("held_by")).transpose()?.flatten();
    let sql = "UPDATE pickup_codes SET state = $3, used_at = $4, used_by = $5, held_by = $6, held_until = $7, \
               version = $8 WHERE account = $1 AND number = $2";
    statement(sql)
        .bind(code.account.as_str())
        .bind(&*code.number)
        .bind(code.state.word())
        .bind(code.used_at.map(millis))
        .bind(code.used_by.as_deref())
        .bind(code.hold.as_ref().map(|hold| &*hold.machine))
        .bind(code.hold.as_ref().map(|hold| millis(hold.until)))
        .bind(i64::from(code.version))
        .execute(db)
        .await?;
    append::code(db, code, held_by, now).await
}

/// Whether another code has these digits and is live. One of ours whose end is over is stored as that first: it gives
/// its digits back.
async fn has_live<C: Connection>(db: &mut C, new: &IssuedPickupCode, now: Timestamp) -> Result<bool, Fault> {
    let sql = "SELECT * FROM pickup_codes WHERE account = $1 AND digits = $2 AND state IN ('UNUSED', 'HELD')";
    let rows = statement(sql).bind(new.account.as_str()).bind(&*new.code).rows(db).await?;
    let mut live = false;
    for row in &rows {
        let mut other = code(row)?;
        if other.settle(now) && other.state == PickupCodeState::Expired {
            other.version = other.version.saturating_add(1);
            update(db, &other, now).await?;
        } else {
            live = true;
        }
    }
    Ok(live)
}

fn code<R: Row>(row: &R) -> Result<IssuedPickupCode, Fault> {
    let hold = row.maybe_text("held_by")?.zip(row.maybe_instant("held_until")?);
    Ok(IssuedPickupCode {
        account: row.account()?,
        number: row.text("number")?,
        issuer: row.word("issuer")?,
        code: row.text("digits")?,
        machine: row.maybe_text("machine")?,
        cabinet: row.maybe_text("cabinet")?,
        shelf: row.maybe_text("shelf")?,
        product_number: row.maybe_text("product_number")?,
        quantity: row.count("quantity")?,
        fee: row.maybe_money("fee_minor", "fee_currency")?,
        state: row.word("state")?,
        created_at: row.instant("created_at")?,
        starts_at: row.maybe_instant("starts_at")?,
        expires_at: row.maybe_instant("expires_at")?,
        used_at: row.maybe_instant("used_at")?,
        used_by: row.maybe_text("used_by")?,
        hold: hold.map(|(machine, until)| Hold { machine, until }),
        version: row.count("version")?,
    })
}
