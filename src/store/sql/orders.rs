//! Orders and their lines.

use jiff::Timestamp;

use super::{
    Connection, Fault, append,
    filter::{self, PAYING},
    row::{Row, currency, millis},
    statement::{Statement, statement},
};
use crate::{
    domain::{Delivery, Money, Order, OrderLine, OrderState},
    store::{Digest, OrderFilter, Page, Part, words::Word},
};

/// Orders, each with whether it may have been paid without our knowing it.
fn select<'q>(rest: &str) -> Statement<'q> {
    statement(format!("SELECT orders.*, {PAYING} AS paying FROM orders {rest}"))
}

type Found = Result<Option<Order>, Fault>;

/// Takes out an order of which the vendor has told nothing, and that has not expired either.
pub(super) async fn remove_unheard<C: Connection>(
    db: &mut C,
    account: &str,
    trade_number: &str,
) -> Result<(), Fault> {
    let Some(order) = by_trade_number(db, account, trade_number).await? else { return Ok(()) };
    if order.number.is_some() || order.state != OrderState::Unknown {
        return Ok(());
    }
    for sql in [
        "DELETE FROM order_lines WHERE account = $1 AND trade_number = $2",
        "DELETE FROM orders WHERE account = $1 AND trade_number = $2",
    ] {
        statement(sql).bind(account).bind(trade_number).execute(db).await?;
    }
    Ok(())
}

pub(super) async fn by_trade_number<C: Connection>(db: &mut C, account: &str, trade: &str) -> Found {
    let sql = select("WHERE account = $1 AND trade_number = $2");
    let row = sql.bind(account).bind(trade).row(db).await?;
    one(db, row).await
}

/// The oldest, should the vendor have given a number twice.
pub(super) async fn by_number<C: Connection>(db: &mut C, account: &str, number: &str) -> Found {
    let sql = select("WHERE account = $1 AND number = $2 ORDER BY created_at, trade_number LIMIT 1");
    let row = sql.bind(account).bind(number).row(db).await?;
    one(db, row).await
}

pub(super) async fn by_callback<C: Connection>(db: &mut C, token: &Digest) -> Found {
    let sql = select(
        "JOIN intents AS creation ON creation.account = orders.account \
         AND creation.trade_number = orders.trade_number WHERE creation.callback = $1",
    );
    let row = sql.bind(token.to_string()).row(db).await?;
    one(db, row).await
}

pub(super) async fn due<C: Connection>(
    db: &mut C,
    now: Timestamp,
    first: usize,
) -> Result<Vec<Order>, Fault> {
    let sql = select(&format!(
        "WHERE state IN ('UNKNOWN', 'UNPAID', 'PAYING') AND pay_before <= $1 AND NOT {PAYING} \
         ORDER BY pay_before, account, trade_number LIMIT 0 + $2"
    ));
    let rows = sql.bind(millis(now)).bind(filter::limit(first)).rows(db).await?;
    with_lines(db, &rows).await
}

pub(super) async fn page<C: Connection>(
    db: &mut C,
    wanted: &OrderFilter,
    part: &Part,
) -> Result<Page<Order>, Fault> {
    let by = filter::newest("trade_number");
    let sql = filter::list::<C>(wanted.machines.as_deref(), (&by, part.first), |sql, found| {
        sql.push("SELECT orders.*, ").push(PAYING).push(" AS paying FROM orders WHERE ");
        filter::orders::<C>(sql, wanted, found);
        filter::after(sql, part, "trade_number");
    });
    let rows = sql.rows(db).await?;
    let mut page = filter::cut(with_lines(db, &rows).await?, part.first);
    page.rows.iter_mut().for_each(|order| {
        order.lapse(wanted.now);
    });
    Ok(page)
}

/// Writes an order that is not stored yet, and its event.
pub(super) async fn insert<C: Connection>(db: &mut C, order: &Order, now: Timestamp) -> Result<(), Fault> {
    let sql = "INSERT INTO orders (account, trade_number, machine, number, state, amount_minor, amount_currency, \
               pickup_code_number, created_at, pay_before, closing, version) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    statement(sql)
        .bind(order.account.as_str())
        .bind(&*order.trade_number)
        .bind(&*order.machine)
        .bind(order.number.as_deref())
        .bind(order.state.word())
        .bind(order.amount.map(Money::minor))
        .bind(currency(order.amount))
        .bind(order.pickup_code_number.as_deref())
        .bind(millis(order.created_at))
        .bind(order.pay_before.map(millis))
        .bind(order.closing)
        .bind(i64::from(order.version))
        .execute(db)
        .await?;
    write_lines(db, order).await?;
    append::order(db, (None, order), now).await
}

/// Joins news into the stored order, with an event if that changed it; `None` where it is not stored.
pub(super) async fn join<C: Connection>(db: &mut C, news: &Order, now: Timestamp) -> Found {
    let Some(mut order) = by_trade_number(db, news.account.as_str(), &news.trade_number).await? else {
        return Ok(None);
    };
    let before = order.clone();
    order.join(news);
    if order == before {
        return Ok(Some(order));
    }
    order.version = order.version.saturating_add(1);
    let sql = "UPDATE orders SET number = $3, state = $4, amount_minor = $5, amount_currency = $6, \
               pickup_code_number = $7, closing = $8, version = $9 WHERE account = $1 AND trade_number = $2";
    statement(sql)
        .bind(order.account.as_str())
        .bind(&*order.trade_number)
        .bind(order.number.as_deref())
        .bind(order.state.word())
        .bind(order.amount.map(Money::minor))
        .bind(currency(order.amount))
        .bind(order.pickup_code_number.as_deref())
        .bind(order.closing)
        .bind(i64::from(order.version))
        .execute(db)
        .await?;
    write_lines(db, &order).await?;
    append::order(db, (Some(&before), &order), now).await?;
    Ok(Some(order))
}

async fn write_lines<C: Connection>(db: &mut C, order: &Order) -> Result<(), Fault> {
    let sql = "INSERT INTO order_lines (account, trade_number, position, cabinet, shelf, slot, product_name, \
               quantity, price_minor, price_currency, record, delivery_state, delivery_at, failure_reason, \
               delivery_number, attempts, earlier_state, delivery_read) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
               ON CONFLICT (account, trade_number, position) DO UPDATE SET product_name = excluded.product_name, \
               price_minor = excluded.price_minor, price_currency = excluded.price_currency, \
               record = excluded.record, delivery_state = excluded.delivery_state, \
               delivery_at = excluded.delivery_at, failure_reason = excluded.failure_reason, \
               delivery_number = excluded.delivery_number, attempts = excluded.attempts, \
               earlier_state = excluded.earlier_state, delivery_read = excluded.delivery_read";
    for line in &order.lines {
        statement(sql)
            .bind(order.account.as_str())
            .bind(&*order.trade_number)
            .bind(i64::from(line.position))
            .bind(&*line.cabinet)
            .bind(&*line.shelf)
            .bind(&*line.slot)
            .bind(line.product_name.as_deref())
            .bind(i64::from(line.quantity))
            .bind(line.price.map(Money::minor))
            .bind(currency(line.price))
            .bind(line.record.as_deref())
            .bind(line.delivery.state.word())
            .bind(line.delivery.at.map(millis))
            .bind(line.delivery.failure_reason.as_deref())
            .bind(line.delivery_number.as_deref())
            .bind(i64::from(line.attempts))
            .bind(line.earlier.map(Word::word))
            .bind(line.is_delivery_read)
            .execute(db)
            .await?;
    }
    Ok(())
}

async fn one<C: Connection>(db: &mut C, row: Option<C::Row>) -> Found {
    let found = with_lines(db, row.as_slice()).await?;
    Ok(found.into_iter().next())
}

/// The orders of the rows, in their order.
async fn with_lines<C: Connection>(db: &mut C, rows: &[C::Row]) -> Result<Vec<Order>, Fault> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut orders: Vec<Order> = rows.iter().map(order).collect::<Result<_, _>>()?;
    let mut sql = Statement::growing("SELECT * FROM order_lines WHERE (account, trade_number) IN (VALUES ");
    for (number, order) in orders.iter().enumerate() {
        sql.push(if number == 0 { "(" } else { ", (" }).push_bind(order.account.as_str().to_owned());
        sql.push(", ").push_bind(order.trade_number.to_string()).push(")");
    }
    sql.push(") ORDER BY position");
    let lines = sql.rows(db).await?;
    for row in &lines {
        let (account, trade) = (row.account()?, row.text("trade_number")?);
        let of = |order: &&mut Order| order.account == account && order.trade_number == trade;
        if let Some(order) = orders.iter_mut().find(of) {
            order.lines.push(line(row)?);
        }
    }
    Ok(orders)
}

/// An order without its lines.
pub(super) fn order<R: Row>(row: &R) -> Result<Order, Fault> {
    Ok(Order {
        account: row.account()?,
        trade_number: row.text("trade_number")?,
        machine: row.text("machine")?,
        number: row.maybe_text("number")?,
        state: row.word("state")?,
        amount: row.maybe_money("amount_minor", "amount_currency")?,
        lines: Vec::new(),
        pickup_code_number: row.maybe_text("pickup_code_number")?,
        created_at: row.instant("created_at")?,
        pay_before: row.maybe_instant("pay_before")?,
        closing: row.flag("closing")?,
        paying: row.flag("paying")?,
        version: row.count("version")?,
    })
}

pub(super) fn line<R: Row>(row: &R) -> Result<OrderLine, Fault> {
    Ok(OrderLine {
        position: row.count("position")?,
        cabinet: row.text("cabinet")?,
        shelf: row.text("shelf")?,
        slot: row.text("slot")?,
        product_name: row.maybe_text("product_name")?,
        quantity: row.count("quantity")?,
        price: row.maybe_money("price_minor", "price_currency")?,
        record: row.maybe_text("record")?,
        delivery: Delivery {
            state: row.word("delivery_state")?,
            at: row.maybe_instant("delivery_at")?,
            failure_reason: row.maybe_text("failure_reason")?,
        },
        attempts: row.count("attempts")?,
        delivery_number: row.maybe_text("delivery_number")?,
        earlier: row.maybe_word("earlier_state")?,
        is_delivery_read: row.flag("delivery_read")?,
    })
}
