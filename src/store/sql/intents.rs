//! Intents: the audit trail, and what keeps one command from being carried out twice.

use jiff::Timestamp;

use super::{
    Connection, Fault, append, codes, filter, orders,
    row::{Row, millis},
    statement,
};
use crate::{
    domain::{AccountName, Text, Verdict},
    store::{
        Action, Begun, Change, Digest, Ending, Intent, IntentId, NewIntent, Outcome, Page, Target, UsedCode,
        words::Word as _,
    },
};

/// Looks whether a command may be carried out, and writes it down if so. Whatever is answered but `New`, the caller
/// rolls back.
pub(super) async fn begin<C: Connection>(
    db: &mut C,
    (wanted, process): (&NewIntent, &str),
    change: &Change,
) -> Result<Begun, Fault> {
    if let Some(before) = by_key(db, wanted).await? {
        let same = before.wanted.fingerprint == wanted.fingerprint;
        return Ok(if same { Begun::Again(before) } else { Begun::Conflict(before) });
    }
    if is_taken(db, wanted, change).await? {
        return Ok(Begun::Taken);
    }
    let claim = wanted.action.claim(&wanted.target);
    if let Some(claim) = &claim
        && let Some(holder) = holder(db, wanted, claim).await?
    {
        return Ok(Begun::Busy(holder));
    }
    let intent = insert(db, (wanted, process), claim).await?;
    if let Some(order) = &change.order
        && orders::join(db, order, wanted.begun_at).await?.is_none()
        && makes_orders(wanted.action)
    {
        orders::insert(db, order, wanted.begun_at).await?;
    }
    for code in &change.codes {
        if !codes::insert(db, code, intent.id, wanted.begun_at).await? {
            return Ok(Begun::Taken);
        }
    }
    Ok(Begun::New(intent))
}

/// Writes down what came of an intent, unless that is written already, and joins its order.
pub(super) async fn end<C: Connection>(
    db: &mut C,
    id: IntentId,
    ending: &Ending,
    change: &Change,
) -> Result<Intent, Fault> {
    let Some(mut intent) = by_id(db, id).await? else { return Err(Fault::NoSuchIntent) };
    if intent.is_unsettled() {
        intent = write_ending(db, &intent, ending).await?;
        // Also what was refused may have been done in part, and what is not known may have been done.
        if ending.outcome != Outcome::NotDone {
            append::touched(db, &intent, ending.at).await?;
        }
        for code in &change.codes {
            codes::insert(db, code, id, ending.at).await?;
        }
        if let Some(UsedCode { number, by }) = &change.used
            && let Some(mut code) = codes::by_number(db, intent.wanted.account.as_str(), number).await?
            && code.redeem(by, ending.at) == Verdict::Good
        {
            code.version = code.version.saturating_add(1);
            codes::update(db, &code, ending.at).await?;
        }
    }
    if let Some(order) = &change.order {
        orders::join(db, order, ending.at).await?;
    }
    let refused = matches!(ending.outcome, Outcome::Refused | Outcome::NotDone);
    if refused
        && makes_orders(intent.wanted.action)
        && let Some(number) = &intent.wanted.target.trade_number
    {
        orders::remove_unheard(db, intent.wanted.account.as_str(), number).await?;
    }
    Ok(intent)
}

pub(super) async fn by_id<C: Connection>(db: &mut C, id: IntentId) -> Result<Option<Intent>, Fault> {
    let row = statement("SELECT * FROM intents WHERE id = $1").bind(id.0).row(db).await?;
    row.as_ref().map(intent).transpose()
}

/// The intent that was begun under the same key.
pub(super) async fn by_key<C: Connection>(db: &mut C, wanted: &NewIntent) -> Result<Option<Intent>, Fault> {
    let Some(key) = &wanted.key else { return Ok(None) };
    let sql =
        "SELECT * FROM intents WHERE account = $1 AND subject = $2 AND action = $3 AND idempotency_key = $4";
    let wanted = statement(sql)
        .bind(wanted.account.as_str())
        .bind(&*wanted.subject)
        .bind(wanted.action.word())
        .bind(&**key);
    wanted.row(db).await?.as_ref().map(intent).transpose()
}

pub(super) async fn by_callback<C: Connection>(db: &mut C, token: &Digest) -> Result<Option<Intent>, Fault> {
    let sql = "SELECT * FROM intents WHERE callback = $1";
    let row = statement(sql).bind(token.to_string()).row(db).await?;
    row.as_ref().map(intent).transpose()
}

pub(super) async fn unsettled<C: Connection>(
    db: &mut C,
    account: &AccountName,
    after: Option<IntentId>,
    first: usize,
) -> Result<Vec<Intent>, Fault> {
    let sql = "SELECT * FROM intents WHERE account = $1 AND (outcome IS NULL OR (outcome = 'UNKNOWN' AND claim IS NOT NULL)) \
               AND id > $2 ORDER BY id LIMIT 0 + $3";
    let after = after.map_or(0, |id| id.0);
    let wanted = statement(sql).bind(account.as_str()).bind(after).bind(filter::limit(first));
    wanted.rows(db).await?.iter().map(intent).collect()
}

pub(super) async fn told_used_by<C: Connection>(
    db: &mut C,
    redemption: &Intent,
) -> Result<Option<Text>, Fault> {
    let sql = "SELECT * FROM intents WHERE account = $1 AND action = $2 AND machine = $3 AND code = $4 AND id > $5 \
               AND used_by IS NOT NULL ORDER BY id DESC LIMIT 1";
    let wanted = &redemption.wanted;
    let told = statement(sql)
        .bind(wanted.account.as_str())
        .bind(wanted.action.word())
        .bind(wanted.target.machine.as_deref())
        .bind(wanted.target.code.as_deref())
        .bind(redemption.id.0);
    let told = told.row(db).await?.as_ref().map(intent).transpose()?;
    Ok(told.and_then(|told| told.end).and_then(|end| end.used_by))
}

pub(super) async fn trail<C: Connection>(
    db: &mut C,
    account: &AccountName,
    before: Option<IntentId>,
    first: usize,
) -> Result<Page<Intent>, Fault> {
    let sql = "SELECT * FROM intents WHERE account = $1 AND id < $2 ORDER BY id DESC LIMIT 0 + $3";
    let before = before.map_or(i64::MAX, |id| id.0);
    let wanted =
        statement(sql).bind(account.as_str()).bind(before).bind(filter::limit(first.saturating_add(1)));
    let rows = wanted.rows(db).await?.iter().map(intent).collect::<Result<Vec<_>, _>>()?;
    Ok(filter::cut(rows, first))
}

pub(super) async fn forget_keys<C: Connection>(
    db: &mut C,
    begun_before: Timestamp,
    first: usize,
) -> Result<u64, Fault> {
    let sql = "UPDATE intents SET idempotency_key = NULL WHERE id IN (SELECT id FROM intents \
               WHERE idempotency_key IS NOT NULL AND begun_at < $1 AND outcome IS NOT NULL \
               AND outcome <> 'UNKNOWN' ORDER BY begun_at LIMIT 0 + $2)";
    statement(sql).bind(millis(begun_before)).bind(filter::limit(first)).execute(db).await
}

/// Whether a new order's number or the callback's token is in use.
async fn is_taken<C: Connection>(db: &mut C, wanted: &NewIntent, change: &Change) -> Result<bool, Fault> {
    if let Some(order) = change.order.as_ref().filter(|_| makes_orders(wanted.action))
        && orders::by_trade_number(db, order.account.as_str(), &order.trade_number).await?.is_some()
    {
        return Ok(true);
    }
    match &wanted.callback {
        Some(token) => Ok(by_callback(db, token).await?.is_some()),
        None => Ok(false),
    }
}

/// Who holds what a command claims. What claims a whole order meets what claims one of its lines.
async fn holder<C: Connection>(db: &mut C, wanted: &NewIntent, claim: &str) -> Result<Option<Intent>, Fault> {
    let sql = "SELECT * FROM intents WHERE account = $1 AND claim IS NOT NULL AND (claim = $2 \
               OR (trade_number = $3 AND (line_position IS NULL OR CAST($4 AS BIGINT) IS NULL))) \
               ORDER BY id LIMIT 1";
    let line = wanted.target.line.map(i64::from);
    let holders = statement(sql)
        .bind(wanted.account.as_str())
        .bind(claim)
        .bind(wanted.target.trade_number.as_deref())
        .bind(line);
    holders.row(db).await?.as_ref().map(intent).transpose()
}

async fn insert<C: Connection>(
    db: &mut C,
    (wanted, process): (&NewIntent, &str),
    claim: Option<String>,
) -> Result<Intent, Fault> {
    let sql = "INSERT INTO intents (account, subject, action, idempotency_key, fingerprint, machine, \
               trade_number, line_position, cabinet, shelf, code, callback, claim, begun_at, begun_by) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING *";
    let row = statement(sql)
        .bind(wanted.account.as_str())
        .bind(&*wanted.subject)
        .bind(wanted.action.word())
        .bind(wanted.key.as_deref())
        .bind(wanted.fingerprint.to_string())
        .bind(wanted.target.machine.as_deref())
        .bind(wanted.target.trade_number.as_deref())
        .bind(wanted.target.line.map(i64::from))
        .bind(wanted.target.cabinet.as_deref())
        .bind(wanted.target.shelf.as_deref())
        .bind(wanted.target.code.as_deref())
        .bind(wanted.callback.as_ref().map(ToString::to_string))
        .bind(claim)
        .bind(millis(wanted.begun_at))
        .bind(process)
        .only_row(db)
        .await?;
    intent(&row)
}

async fn write_ending<C: Connection>(
    db: &mut C,
    intended: &Intent,
    ending: &Ending,
) -> Result<Intent, Fault> {
    let keeps = ending.outcome == Outcome::Unknown && intended.wanted.action.claims_until_settled();
    let gives_back = ending.outcome == Outcome::NotDone
        && (intended.end.is_none() || intended.wanted.action.is_proven_not_done());
    let sql = "UPDATE intents SET ended_at = $2, outcome = $3, vendor_code = $4, vendor_message = $5, error = $6, \
               claim = CASE WHEN $7 THEN claim ELSE NULL END, \
               idempotency_key = CASE WHEN $8 THEN NULL ELSE idempotency_key END, used_by = $9 WHERE id = $1 RETURNING *";
    let row = statement(sql)
        .bind(intended.id.0)
        .bind(millis(ending.at))
        .bind(ending.outcome.word())
        .bind(ending.vendor_code.as_deref())
        .bind(ending.vendor_message.as_deref())
        .bind(ending.error.as_deref())
        .bind(keeps)
        .bind(gives_back)
        .bind(ending.used_by.as_deref())
        .only_row(db)
        .await?;
    intent(&row)
}

fn makes_orders(action: Action) -> bool {
    matches!(action, Action::CreateOrder | Action::RedeemPickupCode)
}

fn intent<R: Row>(row: &R) -> Result<Intent, Fault> {
    let outcome: Option<Outcome> = row.maybe_word("outcome")?;
    let end = outcome.map(|outcome| {
        Ok::<_, Fault>(Ending {
            at: row.instant("ended_at")?,
            outcome,
            vendor_code: row.maybe_text("vendor_code")?,
            vendor_message: row.maybe_text("vendor_message")?,
            error: row.maybe_text("error")?,
            used_by: row.maybe_text("used_by")?,
        })
    });
    let fingerprint = row.maybe_digest("fingerprint")?;
    Ok(Intent {
        id: IntentId(row.whole("id")?),
        wanted: NewIntent {
            account: row.account()?,
            subject: row.text("subject")?,
            action: row.word("action")?,
            key: row.maybe_text("idempotency_key")?,
            fingerprint: fingerprint.ok_or(Fault::Value { column: "fingerprint", wanted: "digest" })?,
            target: Target {
                machine: row.maybe_text("machine")?,
                trade_number: row.maybe_text("trade_number")?,
                line: row.maybe_count("line_position")?,
                cabinet: row.maybe_text("cabinet")?,
                shelf: row.maybe_text("shelf")?,
                code: row.maybe_text("code")?,
            },
            callback: row.maybe_digest("callback")?,
            begun_at: row.instant("begun_at")?,
        },
        begun_by: row.text("begun_by")?,
        end: end.transpose()?,
    })
}
