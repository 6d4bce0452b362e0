//! Lines of orders beside their orders, listed and summed.
//!
//! Orders are walked by time, or by machine and time, and each one's lines with it, so that a page costs what it shows
//! and not what the store holds.

use super::{
    Connection, Fault,
    filter::{self, Machines},
    orders::{line, order},
    row::{Row as _, millis},
    statement::Statement,
};
use crate::store::{LineFilter, LinePlace, LineSum, OrderedLine, Page, words::Word as _};

/// [`crate::domain::Order::is_paid_by_pickup_code`].
const BY_PICKUP_CODE: &str = "(state = 'PICKUP_CODE' OR pickup_code_number IS NOT NULL)";

pub(super) async fn page<C: Connection>(
    db: &mut C,
    wanted: &LineFilter,
    first: usize,
    after: Option<&LinePlace>,
) -> Result<Page<OrderedLine>, Fault> {
    let by = "created_at DESC, account, trade_number, position";
    let sql = filter::list::<C>(wanted.orders.machines.as_deref(), (by, first), |sql, found| {
        sql.push("SELECT *, ").push(filter::PAYING).push(" AS paying");
        conditions::<C>(sql, wanted, found);
        let Some(LinePlace { order, position }) = after else { return };
        let at = millis(order.created_at);
        sql.push(" AND created_at <= ").push_bind(at);
        sql.push(" AND (created_at < ").push_bind(at);
        sql.push(" OR (account, trade_number, position) > (").push_bind(order.account.as_str());
        sql.push(", ").push_bind(&*order.number);
        sql.push(", ").push_bind(i64::from(*position)).push("))");
    });
    let ordered = |row: &C::Row| {
        let mut order = order(row)?;
        order.lapse(wanted.orders.now);
        Ok(OrderedLine { order, line: line(row)? })
    };
    filter::page(&sql.rows(db).await?, first, ordered)
}

pub(super) async fn sums<C: Connection>(db: &mut C, wanted: &LineFilter) -> Result<Vec<LineSum>, Fault> {
    let mut sql = Statement::growing("SELECT account, machine, ");
    sql.push(BY_PICKUP_CODE).push(
        " AS by_pickup_code, price_currency, CAST(SUM(price_minor) AS BIGINT) AS price, \
         CAST(SUM(quantity) AS BIGINT) AS pieces",
    );
    conditions::<C>(&mut sql, wanted, Machines::Among);
    sql.push(" GROUP BY account, machine, by_pickup_code, price_currency");
    sql.push(" ORDER BY account, machine, by_pickup_code, price_currency NULLS FIRST");
    let rows = sql.rows(db).await?;
    let sum = |row: &C::Row| {
        Ok(LineSum {
            account: row.account()?,
            machine: row.text("machine")?,
            by_pickup_code: row.flag("by_pickup_code")?,
            amount: row.maybe_money("price", "price_currency")?,
            pieces: row.whole("pieces")?,
        })
    };
    rows.iter().map(sum).collect()
}

fn conditions<'q, C: Connection>(sql: &mut Statement<'q>, wanted: &'q LineFilter, found: Machines) {
    sql.push(" FROM orders ").push(C::DIALECT.join).push(" order_lines USING (account, trade_number) WHERE ");
    filter::orders::<C>(sql, &wanted.orders, found);
    if let Some(by_pickup_code) = wanted.by_pickup_code {
        sql.push(" AND ").push(BY_PICKUP_CODE).push(" = ").push_bind(by_pickup_code);
    }
    if let Some(delivery) = wanted.delivery {
        sql.push(" AND delivery_state = ").push_bind(delivery.word());
    }
}
