//! Letting go of old events, nonces and intents, a few at a time from the oldest on, so that nobody waits long for the writer.

use jiff::Timestamp;

use super::{
    Connection, Fault, filter, log,
    row::{Row as _, millis},
    statement,
};
use crate::{domain::Place, store::IntentId};

/// Whether anything may yet become of an order: it is paid, or a machine is asked for what was paid for, also once more after
/// it failed.
const IS_OPEN: &str = "(orders.state IN ('UNKNOWN', 'UNPAID', 'PAYING') \
    OR (orders.state IN ('PAID', 'PICKUP_CODE', 'TEST') AND EXISTS (SELECT 1 FROM order_lines \
      WHERE order_lines.account = orders.account AND order_lines.trade_number = orders.trade_number \
      AND order_lines.delivery_state NOT IN ('DISPENSED', 'CANCELLED'))))";

/// Removes events and raises the floor to the last of them; gives how many came to lie under it.
pub(super) async fn events<C: Connection>(
    db: &mut C,
    received_before: Timestamp,
    first: usize,
) -> Result<u64, Fault> {
    let floor = log::bounds(db).await?.floor;
    let Some((last, count)) = oldest(db, floor, received_before, first).await? else { return Ok(0) };
    // Of each machine the last news of a kind stays, under the floor, until later news comes to lie there too.
    let sql = format!(
        "DELETE FROM events WHERE place IN ( \
                 SELECT place FROM events AS old WHERE place > $1 AND place <= $2 AND NOT ( \
                   kind IN ('MACHINE_REGISTERED', 'MACHINE_STATUS', 'REFILL') AND machine IS NOT NULL \
                   AND NOT EXISTS (SELECT 1 FROM events AS later WHERE later.account = old.account \
                     AND later.machine = old.machine AND later.kind = old.kind AND later.place > old.place \
                     AND later.occurred_at >= old.occurred_at)) \
                 UNION ALL \
                 SELECT kept.place FROM events AS later {join} events AS kept ON kept.account = later.account \
                   AND kept.machine = later.machine AND kept.kind = later.kind AND kept.place <= $1 \
                   AND kept.occurred_at <= later.occurred_at WHERE later.place > $1 AND later.place <= $2)",
        join = C::DIALECT.join
    );
    statement(sql).bind(log::number(floor)).bind(log::number(last)).execute(db).await?;
    statement("UPDATE event_log SET floor = $1").bind(log::number(last)).execute(db).await?;
    Ok(count)
}

/// Forgets nonces; gives of how many events, and of repeated messages besides.
pub(super) async fn nonces<C: Connection>(
    db: &mut C,
    received_before: Timestamp,
    first: usize,
) -> Result<u64, Fault> {
    let sql = "DELETE FROM repeated_nonces WHERE (account, nonce) IN (SELECT account, nonce FROM repeated_nonces \
               WHERE received_at < $1 ORDER BY received_at LIMIT 0 + $2)";
    let gone = statement(sql).bind(millis(received_before)).bind(filter::limit(first)).execute(db).await?;
    let greater = C::DIALECT.greater;
    let sql = format!("SELECT {greater}(forgotten_up_to, floor) AS forgotten_up_to FROM event_log");
    let from = log::place(&statement(sql).only_row(db).await?, "forgotten_up_to")?;
    let Some((last, count)) = oldest(db, from, received_before, first).await? else { return Ok(gone) };
    let sql = "UPDATE events SET nonce = NULL WHERE place > $1 AND place <= $2 AND nonce IS NOT NULL";
    statement(sql).bind(log::number(from)).bind(log::number(last)).execute(db).await?;
    statement("UPDATE event_log SET forgotten_up_to = $1").bind(log::number(last)).execute(db).await?;
    Ok(count.saturating_add(gone))
}

/// Forgets old intents, unless they are not settled or an order needs them; gives the last that was looked at.
pub(super) async fn intents<C: Connection>(
    db: &mut C,
    before: Timestamp,
    after: Option<IntentId>,
    first: usize,
) -> Result<Option<IntentId>, Fault> {
    // By number, which is by age, so that what is kept is passed over a little at a time as well.
    let from = after.map_or(0, |id| id.0);
    let sql = "SELECT max(id) AS last FROM (SELECT id, begun_at FROM intents WHERE id > $1 ORDER BY id LIMIT 0 + $2) AS next \
               WHERE begun_at < $3";
    let bound = statement(sql).bind(from).bind(filter::limit(first)).bind(millis(before));
    let Some(last) = bound.only_row(db).await?.maybe_whole("last")? else { return Ok(None) };
    // While anything may become of an order, its callback may come.
    let old = format!(
        "SELECT id FROM intents WHERE id > $1 AND id <= $2 AND ended_at < $3 AND outcome <> 'UNKNOWN' AND claim IS NULL \
         AND NOT (callback IS NOT NULL AND EXISTS (SELECT 1 FROM orders WHERE orders.account = intents.account \
           AND orders.trade_number = intents.trade_number AND {IS_OPEN}))"
    );
    for sql in [
        format!("UPDATE pickup_codes SET intent = NULL WHERE intent IN ({old})"),
        format!("DELETE FROM intents WHERE id IN ({old})"),
    ] {
        statement(sql).bind(from).bind(last).bind(millis(before)).execute(db).await?;
    }
    Ok(Some(IntentId(last)))
}

/// The last of the events after a place that were received before an instant, and how many they are: up to the first
/// that was received later, and not more than so many.
async fn oldest<C: Connection>(
    db: &mut C,
    after: Place,
    received_before: Timestamp,
    first: usize,
) -> Result<Option<(Place, u64)>, Fault> {
    let walked = C::DIALECT.walked;
    let sql =
        format!("SELECT place, received_at FROM events{walked} WHERE place > $1 ORDER BY place LIMIT 0 + $2");
    let rows = statement(sql).bind(log::number(after)).bind(filter::limit(first)).rows(db).await?;
    let before = millis(received_before);
    let old = |row: &&C::Row| row.whole("received_at").is_ok_and(|received_at| received_at < before);
    let old: Vec<&C::Row> = rows.iter().take_while(old).collect();
    let Some(last) = old.last() else { return Ok(None) };
    Ok(Some((log::place(*last, "place")?, u64::try_from(old.len()).unwrap_or(u64::MAX))))
}
