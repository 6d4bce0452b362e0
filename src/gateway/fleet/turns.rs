//! Work over a large fleet, in turns with everything else that the gateway does.

use tokio::task::yield_now;

/// So many machines are worked on in one turn: about half a millisecond, as long as ten answers take.
const TURN: usize = 512;

/// Counts the machines of a turn.
#[derive(Debug, Default)]
pub(super) struct Turns(usize);

impl Turns {
    /// After each machine: leaves the next turn to others where this one is over.
    pub async fn leave(&mut self) {
        self.0 += 1;
        if self.0.is_multiple_of(TURN) {
            yield_now().await;
        }
    }
}
