//! What was missed: while we were away, or while a vendor was, it told nobody. So it is asked.
//!
//! Trades are read from where reading ended last, with some overlap, since they come late; refills that could not be
//! reported are listed by the vendor itself; orders that may have changed are read one by one. (The sweep reads how the
//! machines are.) What is found enters the log as RECONCILED; what was told before, or is pushed later, is known again there.
//! One call at a time is under way for an account: it is for those who wait that a vendor is asked first.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep};

use crate::{
    domain::{Capability, Event, Happening, HealthState, Origin, Text, Trade, Window},
    events::inbox::Refused,
    gateway::{Account, Gateway, Result},
    store::{Appended, NewEvent},
    vendor::TradeQuery,
};

/// How often it is looked whether a vendor answers again.
const LOOK: Duration = Duration::from_secs(1);
/// The shortest time between two readings, however often a vendor goes and comes.
const PAUSE: Duration = Duration::from_secs(10);
/// How far back the trades are read of an account of which none were read yet.
const FIRST: SignedDuration = SignedDuration::from_hours(1);
/// How far the next reading goes back behind the end of the last one.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);
/// A window with more trades than this is read in halves.
const MOST: u64 = 500;
/// No window is narrower: vendors count whole seconds.
const NARROWEST: SignedDuration = SignedDuration::from_secs(1);
/// How long one call is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// Up to when trades were read.
const TRADES: &str = "trades";

/// What a reading brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reconciled {
    /// How many events that were missed.
    pub found: usize,
    /// Whether everything could be read.
    pub whole: bool,
}

/// Asks one account at the start, then as often as `every`, and when it answers again, for ever.
pub async fn reconcile(gateway: &Gateway, account: &Arc<Account>, every: Duration) {
    loop {
        // While it is away it tells nobody. It is asked when it is surely back: one call that gets through may be the
        // probe that others were waiting for.
        let mut was_away = !gateway.reconcile_account(account).await.whole;
        let now = Instant::now();
        while now.elapsed() < every {
            sleep(LOOK).await;
            match account.health().state {
                HealthState::Down => was_away = true,
                HealthState::Up if was_away && now.elapsed() >= PAUSE => break,
                HealthState::Up | HealthState::Degraded => {}
            }
        }
    }
}

impl Gateway {
    /// Asks an account once for everything that may have been missed.
    pub async fn reconcile_account(&self, account: &Arc<Account>) -> Reconciled {
        let (mut found, mut whole) = (0, true);
        for (what, outcome) in [
            ("trades", self.missed_trades(account).await),
            ("refills", self.missed_refills(account).await),
            ("orders", self.read_open_orders(account, Instant::now() + PATIENCE).await),
        ] {
            match outcome {
                Ok(count) => found += count,
                Err(error) => {
                    // A refusal is an answer: it would be the same if it were asked again at once.
                    whole &= !error.is_retryable();
                    tracing::warn!(account = %account.name(), what, %error, "what was missed is asked for again later");
                }
            }
        }
        if found > 0 {
            tracing::info!(account = %account.name(), found, "missed events were found");
        }
        Reconciled { found, whole }
    }

    async fn missed_trades(&self, account: &Arc<Account>) -> Result<usize> {
        if !account.can(Capability::TradeHistory) {
            return Ok(0);
        }
        let now = self.clock.now();
        let mark = self.store().mark(account.name(), TRADES).await?;
        let from = mark.map_or_else(|| now.checked_sub(FIRST), |mark| mark.checked_sub(OVERLAP));
        let mut windows = vec![(from.unwrap_or(now), now)];
        let mut found = 0;
        while let Some((from, to)) = windows.pop() {
            let window = Window { from: Some(from), to: Some(to) };
            let query = TradeQuery { machine: None, window, method: None };
            let page = account.trades(query.clone(), MOST, Instant::now() + PATIENCE).await?.value;
            let middle = from.checked_add(to.duration_since(from) / 2).unwrap_or(to);
            let splits = page.total > MOST && to.duration_since(from) > NARROWEST;
            if splits {
                // The earlier half first: what is read is then read up to its end.
                windows.push((middle, to));
                windows.push((from, middle));
                continue;
            }
            let page = match page.total {
                total if total > MOST => account.trades(query, total, Instant::now() + PATIENCE).await?.value,
                _ => page,
            };
            let events = page.trades.iter().map(|trade| {
                let at = trade.created_at.or(trade.payment.paid_at);
                (trade.machine_number.clone(), at, Happening::Trade(Trade::clone(trade)))
            });
            found += self.tell_missed(account, events.collect()).await?;
            self.store().set_mark(account.name(), TRADES, to).await?;
        }
        Ok(found)
    }

    async fn missed_refills(&self, account: &Arc<Account>) -> Result<usize> {
        if !account.can(Capability::EventsRefill) {
            return Ok(0);
        }
        let refills = account.refills(None, Instant::now() + PATIENCE).await?;
        let events = refills.value.iter().map(|refill| {
            (refill.machine_number.clone(), Some(refill.refilled_at), Happening::Refill(refill.clone()))
        });
        self.tell_missed(account, events.collect()).await
    }

    /// Puts what was found into the log; gives how much of it was news.
    async fn tell_missed(
        &self,
        account: &Arc<Account>,
        found: Vec<(Text, Option<Timestamp>, Happening)>,
    ) -> Result<usize> {
        let now = self.clock.now();
        let event = |(machine, at, happening)| {
            let event = Event {
                account: account.name().clone(),
                machine: Some(machine),
                origin: Origin::Reconciled,
                occurred_at: Option::unwrap_or(at, now),
                received_at: now,
                happening,
            };
            self.post.inbox.put(NewEvent { event, nonce: None, message: None })
        };
        let outcomes: Vec<std::result::Result<Appended, Refused>> =
            futures_util::future::join_all(found.into_iter().map(event)).await;
        let mut news = 0;
        for outcome in outcomes {
            if let Appended::New(_) = outcome? {
                news += 1;
            }
        }
        Ok(news)
    }
}
