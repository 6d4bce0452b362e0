//! Lines of orders beside their orders, listed and summed.
//!
//! `CROSS JOIN` keeps SQLite to the order that is written: orders by time, or by machine and time, and each one's lines
//! with it, so that a page costs what it shows and not what the store holds.

use sqlx::{QueryBuilder, Sqlite, SqliteConnection, sqlite::SqliteRow};

use super::{
    fault::Fault,
    filter,
    orders::{line, order},
    row::{Reader, millis},
};
use crate::store::{LineFilter, LinePlace, LineSum, OrderedLine, Page, words::Word as _};

/// [`crate::domain::Order::is_paid_by_pickup_code`].
const BY_PICKUP_CODE: &str = "(state = 'PICKUP_CODE' OR pickup_code_number IS NOT NULL)";

pub(super) async fn page(
    db: &mut SqliteConnection,
    wanted: &LineFilter,
    first: usize,
    after: Option<&LinePlace>,
) -> Result<Page<OrderedLine>, Fault> {
    let mut sql = QueryBuilder::new(format!("SELECT *, {} AS paying", filter::PAYING));
    conditions(&mut sql, wanted);
    if let Some(LinePlace { order, position }) = after {
        let at = millis(order.created_at);
        sql.push(" AND created_at <= ").push_bind(at);
        sql.push(" AND (created_at < ").push_bind(at);
        sql.push(" OR (account, trade_number, position) > (").push_bind(order.account.as_str().to_owned());
        sql.push(", ").push_bind(order.number.to_string());
        sql.push(", ").push_bind(i64::from(*position)).push("))");
    }
    sql.push(" ORDER BY created_at DESC, account, trade_number, position LIMIT ");
    sql.push_bind(filter::limit(first.saturating_add(1)));
    let rows = sql.build().persistent(false).fetch_all(&mut *db).await?;
    let more = rows.len() > first;
    let ordered = |row: &SqliteRow| {
        let mut order = order(row)?;
        order.lapse(wanted.orders.now);
        Ok(OrderedLine { order, line: line(row)? })
    };
    Ok(Page { rows: rows.iter().take(first).map(ordered).collect::<Result<_, Fault>>()?, more })
}

pub(super) async fn sums(db: &mut SqliteConnection, wanted: &LineFilter) -> Result<Vec<LineSum>, Fault> {
    let mut sql = QueryBuilder::new("SELECT account, machine, ");
    sql.push(BY_PICKUP_CODE).push(
        " AS by_pickup_code, price_currency, CAST(SUM(price_minor) AS BIGINT) AS price, \
         CAST(SUM(quantity) AS BIGINT) AS pieces",
    );
    conditions(&mut sql, wanted);
    sql.push(" GROUP BY account, machine, by_pickup_code, price_currency");
    sql.push(" ORDER BY account, machine, by_pickup_code, price_currency");
    let rows = sql.build().persistent(false).fetch_all(&mut *db).await?;
    let sum = |row: &SqliteRow| {
        let row = Reader(row);
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

fn conditions(sql: &mut QueryBuilder<Sqlite>, wanted: &LineFilter) {
    sql.push(" FROM orders CROSS JOIN order_lines USING (account, trade_number) WHERE ");
    filter::orders(sql, &wanted.orders);
    if let Some(by_pickup_code) = wanted.by_pickup_code {
        sql.push(" AND ").push(BY_PICKUP_CODE).push(" = ").push_bind(by_pickup_code);
    }
    if let Some(delivery) = wanted.delivery {
        sql.push(" AND delivery_state = ").push_bind(delivery.word());
    }
}
