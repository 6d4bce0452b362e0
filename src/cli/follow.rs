//! A gateway that follows its configuration: told so by SIGHUP, or when what the configuration was read from has changed.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio::{task::spawn_blocking, time::sleep};

use crate::{
    app::Reload,
    config::{Config, Fingerprint},
};

/// How often the files are looked at. Content is compared, so that a volume whose links are swapped is noticed too.
const EVERY: Duration = Duration::from_secs(2);

/// Follows the file at `path`, from how it was when it was read first; for ever.
pub async fn follow(path: PathBuf, reload: Arc<Reload>, mut last: Fingerprint, mut hung_up: Hangups) {
    loop {
        let told = tokio::select! {
            () = hung_up.next() => true,
            () = sleep(EVERY) => false,
        };
        let (path, before) = (path.clone(), last.clone());
        let read = move || (told || !before.stands()).then(|| Config::load_with_fingerprint(&path));
        let Ok(Some((config, fingerprint))) = spawn_blocking(read).await else { continue };
        last = fingerprint;
        let applied = async { Ok::<_, super::Error>(reload.apply(config?).await?) };
        match applied.await {
            Err(error) => {
                tracing::error!(%error, "the configuration cannot be followed: it stays as it was");
            }
            Ok(fixed) => {
                tracing::info!("the configuration has changed");
                for key in fixed {
                    tracing::warn!(key, "a change of this key waits for the next start");
                }
            }
        }
    }
}

/// SIGHUPs, where there are such. One that comes before it is waited for is not lost, and ends nobody.
pub struct Hangups(#[cfg(unix)] Option<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Hangups {
    /// From now on they are heard.
    pub fn new() -> Self {
        Self(tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok())
    }

    async fn next(&mut self) {
        let told = match &mut self.0 {
            Some(signal) => signal.recv().await,
            None => None,
        };
        if told.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
impl Hangups {
    /// There are none.
    pub fn new() -> Self {
        Self()
    }

    async fn next(&mut self) {
        std::future::pending().await
    }
}
