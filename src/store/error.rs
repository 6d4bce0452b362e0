//! What can go wrong with the store. The texts are for the log: they may name files, never what is stored.

use std::path::PathBuf;

use thiserror::Error;

/// Why the store gave no answer. None of these says whether a change that was being made was made: a commit whose
/// answer is lost may have reached the disk, so look before you change anything again.
#[derive(Debug, Error)]
pub enum Error {
    /// It cannot be reached, or all its connections were busy for too long. May go over by itself.
    #[error("the store is unavailable ({operation})")]
    Unavailable {
        /// What was being done.
        operation: &'static str,
        /// What the database says.
        source: sqlx::Error,
    },
    /// There is no room left, or it may not be written to. Somebody must look.
    #[error("the store takes nothing more ({operation})")]
    Full {
        /// What was being done.
        operation: &'static str,
        /// What the database says.
        source: sqlx::Error,
    },
    /// It holds what cannot be: a damaged file, or a value that this program never wrote. Somebody must look.
    #[error("the store is damaged ({operation})")]
    Corrupt {
        /// What was being done.
        operation: &'static str,
        /// What is wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The intent that is to be ended was never begun.
    #[error("the store knows no such intent")]
    NoSuchIntent,
}

/// Why the store could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Not the address of a store.
    #[error("the store's url must read sqlite:///path/to/file.db or postgres://user:password@host/database")]
    Address,
    /// The folder for the file is not there.
    #[error("the store's folder {} does not exist: make it", .0.display())]
    NoFolder(PathBuf),
    /// The file or its folder may not be written.
    #[error("the store {} cannot be opened for writing: look at its owner and permissions", path.display())]
    NotWritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A later version of this program wrote the store.
    #[error(
        "the store was written by a later version of this program: its schema is {found}, this program knows {known}"
    )]
    Newer {
        /// The schema of the store.
        found: i64,
        /// The latest schema that this program knows.
        known: i64,
    },
    /// The schema could not be brought up to date.
    #[error("the store's schema cannot be brought up to date")]
    Schema(#[source] Box<sqlx::migrate::MigrateError>),
    /// The database does not open.
    #[error("the store does not open ({0})")]
    Database(#[source] sqlx::Error),
    /// The server takes too long to answer.
    #[error("the store's server does not answer: look at its address and that this machine reaches it")]
    Silent,
}
