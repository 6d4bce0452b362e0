//! Up to when something was read at a vendor, so that reading goes on there.

use super::{
    Connection, Fault,
    row::{Row as _, millis},
    statement,
};
use jiff::Timestamp;

pub(super) async fn get<C: Connection>(
    db: &mut C,
    account: &str,
    what: &str,
) -> Result<Option<Timestamp>, Fault> {
    let sql = "SELECT at FROM marks WHERE account = $1 AND what = $2";
    let row = statement(sql).bind(account).bind(what).row(db).await?;
    row.as_ref().map(|row| row.instant("at")).transpose()
}

pub(super) async fn set<C: Connection>(
    db: &mut C,
    account: &str,
    what: &str,
    at: Timestamp,
) -> Result<(), Fault> {
    let sql = "INSERT INTO marks (account, what, at) VALUES ($1, $2, $3) \
               ON CONFLICT (account, what) DO UPDATE SET at = excluded.at WHERE excluded.at > marks.at";
    statement(sql).bind(account).bind(what).bind(millis(at)).execute(db).await?;
    Ok(())
}
