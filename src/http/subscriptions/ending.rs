//! When whatever is followed ends, although there is more to come: with its token, and at the shutdown.

use std::{pin::Pin, sync::Arc};

use jiff::Timestamp;
use tokio::time::{Sleep, sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;

use crate::{
    auth::Caller,
    domain::{Clock, clock::elapsed},
    http::Door,
};

/// Why it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The token has expired.
    Token,
    /// We shut down.
    Shutdown,
}

/// Waits for the end.
pub(super) struct Ending {
    closing: Pin<Box<WaitForCancellationFutureOwned>>,
    clock: Arc<dyn Clock>,
    token: Option<Token>,
}

struct Token {
    expires_at: Timestamp,
    timer: Pin<Box<Sleep>>,
}

impl Ending {
    /// An end at the shutdown alone.
    pub(super) fn new(door: &Door) -> Self {
        let closing = Box::pin(door.0.streams.closing.clone().cancelled_owned());
        Self { closing, clock: Arc::clone(&door.0.behind.clock), token: None }
    }

    /// Ends with the caller's token, too.
    pub(super) fn with_token_of(&mut self, caller: &Caller) {
        let left = elapsed(self.clock.now(), caller.expires_at);
        self.token = Some(Token { expires_at: caller.expires_at, timer: Box::pin(sleep(left)) });
    }

    /// Done at the end; loses nothing when it is dropped before.
    pub(super) async fn ended(&mut self) -> End {
        let Self { closing, clock, token } = self;
        tokio::select! {
            () = closing.as_mut() => End::Shutdown,
            () = expired(token, clock.as_ref()) => End::Token,
        }
    }
}

/// Done when the token has expired by the clock on the wall, which timers do not follow.
async fn expired(token: &mut Option<Token>, clock: &dyn Clock) {
    let Some(token) = token else { return std::future::pending().await };
    loop {
        token.timer.as_mut().await;
        let left = elapsed(clock.now(), token.expires_at);
        if left.is_zero() {
            return;
        }
        token.timer.set(sleep(left));
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;
    use tokio::time::{sleep, timeout};

    use super::{Token, expired};
    use crate::domain::{Clock, ManualClock};

    #[tokio::test(start_paused = true)]
    async fn a_token_ends_by_the_clock_on_the_wall() {
        let clock = ManualClock::new(Timestamp::UNIX_EPOCH);
        let life = Duration::from_mins(1);
        let expires_at = clock.now() + life;
        let mut token = Some(Token { expires_at, timer: Box::pin(sleep(life)) });
        assert!(timeout(life * 3, expired(&mut token, &clock)).await.is_err());
        clock.advance(life);
        assert!(timeout(life, expired(&mut token, &clock)).await.is_ok());
    }
}
