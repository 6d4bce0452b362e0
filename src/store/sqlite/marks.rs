//! Up to when something was read at a vendor, so that reading goes on there.

use jiff::Timestamp;
use sqlx::{SqliteConnection, query};

use super::{
    fault::Fault,
    row::{Reader, millis},
};

pub(super) async fn get(
    db: &mut SqliteConnection,
    account: &str,
    what: &str,
) -> Result<Option<Timestamp>, Fault> {
    let sql = "SELECT at FROM marks WHERE account = $1 AND what = $2";
    let row = query(sql).bind(account).bind(what).fetch_optional(db).await?;
    row.as_ref().map(|row| Reader(row).instant("at")).transpose()
}

pub(super) async fn set(
    db: &mut SqliteConnection,
    account: &str,
    what: &str,
    at: Timestamp,
) -> Result<(), Fault> {
    let sql = "INSERT INTO marks (account, what, at) VALUES ($1, $2, $3) \
               ON CONFLICT (account, what) DO UPDATE SET at = max(at, excluded.at)";
    query(sql).bind(account).bind(what).bind(millis(at)).execute(db).await?;
    Ok(())
}
