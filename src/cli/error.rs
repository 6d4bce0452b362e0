//! Why a command did not do what was asked.

use std::{io, process::ExitCode};

use crate::{app, auth, config, telemetry};

/// Why a command did not do what was asked; one line that says what to change.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] config::Error),
    /// The log, or the traces, cannot be started.
    #[error(transparent)]
    Log(#[from] telemetry::StartError),
    /// A scope that there is not.
    #[error("--scope: {0}")]
    UnknownScope(#[from] auth::caller::UnknownScope),
    /// An account that the configuration does not have.
    #[error("--accounts: there is no account `{name}`; {known}")]
    UnknownAccount {
        /// As written.
        name: String,
        /// What there is.
        known: String,
    },
    /// No caller can be of that name.
    #[error("--subject: write 1 to 256 bytes without control characters")]
    Subject,
    /// The end lies outside time.
    #[error("--ttl: write a shorter duration")]
    Ttl,
    /// The token cannot be made.
    #[error(transparent)]
    Mint(#[from] auth::MintError),
    /// The answer cannot be written.
    #[error("stdout cannot be written ({0}); send it elsewhere")]
    Output(#[source] io::Error),
    /// The gateway cannot start.
    #[error(transparent)]
    App(#[from] app::Error),
    /// The simulators cannot start.
    #[error("the sandbox cannot listen ({0}); choose free ports of this machine")]
    Sandbox(#[source] io::Error),
    /// Nobody answers that all is well.
    #[error("not healthy: {0}")]
    NoAnswer(String),
    /// The throw-away store has no place.
    #[error("no folder can be made for the throw-away store ({0}); set TMPDIR to one that may be written")]
    Folder(#[source] io::Error),
    /// The system does not say where we listen.
    #[error("the address that is listened on is not known ({0})")]
    Address(#[source] io::Error),
}

impl Error {
    /// 2 where the command line itself is wrong, else 1.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::UnknownScope(_) | Self::UnknownAccount { .. } | Self::Subject | Self::Ttl => {
                ExitCode::from(2)
            }
            Self::Config(_)
            | Self::Log(_)
            | Self::Mint(_)
            | Self::Output(_)
            | Self::App(_)
            | Self::Sandbox(_)
            | Self::NoAnswer(_)
            | Self::Folder(_)
            | Self::Address(_) => ExitCode::from(1),
        }
    }
}
