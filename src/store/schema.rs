//! Bringing a database's schema up to date.

use sqlx::{
    SqlSafeStr as _,
    migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator},
};

use super::OpenError;

/// A schema: its number, its name, and the SQL that makes it from the one before. One that was released is never
/// changed: what must differ comes as a new one.
pub(super) type Schema = (i64, &'static str, &'static str);

/// Makes what is missing, oldest first; gives the number of the schema that there is then. Where a database is shared,
/// one does so at a time, and the others wait.
pub(super) async fn bring_up_to_date<C: Migrate>(
    schemas: &[Schema],
    connection: &mut C,
) -> Result<i64, OpenError> {
    let migrations = schemas.iter().map(|&(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let migrator = Migrator::with_migrations(migrations.collect());
    let known = schemas.iter().map(|(version, ..)| *version).max().unwrap_or_default();
    // `run` would do, were its future not one that the compiler cannot see to be `Send`.
    let Err(error) = migrator.run_direct(None, connection, false).await else { return Ok(known) };
    if let MigrateError::VersionMissing(found) = error
        && found > known
    {
        return Err(OpenError::Newer { found, known });
    }
    Err(OpenError::Schema(Box::new(error)))
}
