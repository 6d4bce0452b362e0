//! The refills that the log tells of, listed by when they were done: news of them comes late.

use super::{
    Connection, Fault,
    filter::{self, Machines},
    log,
    row::millis,
    statement::Statement,
};
use crate::store::{Page, RefillFilter, RefillPlace, StoredEvent};

pub(super) async fn page<C: Connection>(
    db: &mut C,
    wanted: &RefillFilter,
    after: Option<&RefillPlace>,
    first: usize,
) -> Result<Page<StoredEvent>, Fault> {
    let mut sql =
        Statement::growing(format!("SELECT {} FROM events WHERE kind = 'REFILL' AND ", log::COLUMNS));
    filter::accounts::<C>(&mut sql, &wanted.accounts);
    filter::machines(&mut sql, wanted.machines.as_deref(), Machines::LookedUp);
    filter::window(&mut sql, "occurred_at", wanted.window);
    if let Some(RefillPlace { refilled_at, account, machine }) = after {
        let at = millis(*refilled_at);
        sql.push(" AND occurred_at <= ").push_bind(at);
        sql.push(" AND (occurred_at < ").push_bind(at);
        sql.push(" OR (account, machine) > (").push_bind(account.as_str());
        sql.push(", ").push_bind(&**machine).push("))");
    }
    sql.push(" ORDER BY occurred_at DESC, account, machine LIMIT 0 + ");
    sql.push_bind(filter::limit(first.saturating_add(1)));
    filter::page(&sql.rows(db).await?, first, log::stored)
}
