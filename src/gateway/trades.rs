//! Trades across accounts, newest first.
//!
//! A vendor promises no order, and its offsets move as trades come in. So pages are cut by time: windows walk
//! back from the newest, each read whole and sorted here, and a cursor is the trade it stands at.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use super::{
    Account, Asker, Error, Freshness, Gateway, Input, Page, PageRequest, Result, Source, SourceStatus,
};
use crate::{
    domain::{AccountName, Capability, DeliveryState, Id, PaymentMethod, Text, Trade, Window},
    vendor::TradeQuery,
};

/// How many trades one look at a window takes.
const LOOK: u64 = 100;
/// A window with more trades than this is narrowed rather than read.
const WINDOW_MOST: u64 = 1_000;
/// The first window behind the newest trade.
const FIRST_SPAN: SignedDuration = SignedDuration::from_hours(24);
/// No window is wider: beyond it the window is open.
const WIDEST_SPAN: SignedDuration = SignedDuration::from_hours(24 * 3_650);
/// No window is narrower: times at vendors are whole seconds.
const NARROWEST_SPAN: SignedDuration = SignedDuration::from_secs(1);
/// How many windows one page may take.
const MOST_LOOKS: usize = 60;
/// Up to so many machines are asked one by one; above it, the account is read and sifted here.
const MOST_MACHINE_CALLS: usize = 8;

/// Which trades are asked for.
#[derive(Clone, Debug, Default)]
pub struct TradeFilter {
    /// Of these accounts.
    pub accounts: Option<Vec<AccountName>>,
    /// Of these machines.
    pub machines: Option<Vec<(AccountName, Text)>>,
    /// In this span of time.
    pub window: Window,
    /// Paid with this.
    pub method: Option<PaymentMethod>,
    /// Delivered, or not, like this.
    pub delivery: Option<DeliveryState>,
}

/// A trade and its account.
#[derive(Clone, Debug)]
pub struct TradeRow {
    /// Whose it is.
    pub account: Arc<Account>,
    /// The trade.
    pub trade: Trade,
}

/// A page of trades.
#[derive(Debug)]
pub struct TradePage {
    /// The page.
    pub page: Page<TradeRow>,
    /// What became of each account's share.
    pub sources: Vec<SourceStatus>,
}

/// Where a trade stands in the list: newest first, then by account and order number.
type Position = (Reverse<Timestamp>, AccountName, Text);

impl TradeRow {
    /// Its global id.
    pub fn id(&self) -> Id {
        Id::Trade {
            account: self.account.name().clone(),
            machine: Arc::clone(&self.trade.machine_number),
            created_at: self.trade.created_at,
            order: Arc::clone(&self.trade.order_number),
        }
    }
}

impl Gateway {
    /// The trades that match, newest first.
    pub async fn trades(
        &self,
        asker: &Asker,
        filter: &TradeFilter,
        request: &PageRequest,
    ) -> Result<TradePage> {
        if let Window { from: Some(from), to: Some(to) } = filter.window
            && from > to
        {
            return Err(Input::Window.into());
        }
        let after = match &request.after {
            None => None,
            Some(Id::Trade { account, created_at, order, .. }) => {
                Some((Reverse(created_at.unwrap_or(Timestamp::MIN)), account.clone(), Arc::clone(order)))
            }
            Some(_) => return Err(Input::Cursor.into()),
        };
        let (mut accounts, unable) =
            self.able(asker, filter.accounts.as_deref(), Capability::TradeHistory, "trades");
        if let Some(machines) = &filter.machines {
            accounts.retain(|account| machines.iter().any(|(of, _)| of == account.name()));
        }
        let searches = accounts.iter().map(|account| {
            let search = Search { account, filter, after: after.as_ref(), wanted: request.first + 1, asker };
            search.run()
        });
        let answers = join_all(searches).await;
        let mut found = BTreeMap::new();
        let mut sources = unable;
        for (account, answer) in accounts.into_iter().zip(answers) {
            let outcome = answer.map(|share| {
                found.extend(share.found);
                share.freshness
            });
            sources.push(SourceStatus { account, outcome });
        }
        sources.sort_by(|a, b| a.account.name().cmp(b.account.name()));
        Ok(TradePage { page: Page::take(found.into_values(), request), sources })
    }

    /// The trade of that order, looked for around the time it was made.
    pub async fn trade(
        &self,
        asker: &Asker,
        account: &AccountName,
        place: (&Text, Option<Timestamp>),
        order: &str,
    ) -> Result<TradeRow> {
        let (machine, created_at) = place;
        let account = self.account(asker, account)?;
        if !account.can(Capability::TradeHistory) {
            return Err(Error::NotFound);
        }
        let query = TradeQuery {
            machine: Some(machine.to_string()),
            window: Window { from: created_at, to: created_at },
            method: None,
        };
        let page = account.trades(query, WINDOW_MOST, asker.until).await?;
        let trade = page.value.trades.iter().find(|trade| &*trade.order_number == order);
        let trade = trade.cloned().ok_or(Error::NotFound)?;
        Ok(TradeRow { account: Arc::clone(account), trade })
    }
}

/// One account's share of a page.
struct Search<'a> {
    account: &'a Arc<Account>,
    filter: &'a TradeFilter,
    after: Option<&'a Position>,
    wanted: usize,
    asker: &'a Asker,
}

/// What a search found, and how fresh it is.
struct Share {
    found: BTreeMap<Position, TradeRow>,
    freshness: Freshness,
}

impl Search<'_> {
    async fn run(self) -> Result<Share> {
        let mine =
            |(of, number): &(AccountName, Text)| (of == self.account.name()).then(|| number.to_string());
        let machines: Option<Vec<String>> =
            self.filter.machines.as_ref().map(|machines| machines.iter().filter_map(mine).collect());
        let asked: Vec<Option<String>> = match &machines {
            Some(machines) if machines.len() <= MOST_MACHINE_CALLS => {
                machines.iter().cloned().map(Some).collect()
            }
            _ => vec![None],
        };
        let shares = join_all(asked.into_iter().map(|machine| self.walk(machine, machines.as_deref()))).await;
        let mut all = Share {
            found: BTreeMap::new(),
            freshness: Freshness { as_of: Timestamp::MAX, stale: false, source: Source::Live },
        };
        for share in shares {
            let share = share?;
            all.found.extend(share.found);
            all.freshness.as_of = all.freshness.as_of.min(share.freshness.as_of);
        }
        Ok(all)
    }

    /// Walks back through time until enough is found or nothing is left.
    async fn walk(&self, machine: Option<String>, machines: Option<&[String]>) -> Result<Share> {
        let newest = self.after.map(|(Reverse(at), _, _)| *at);
        let mut to =
            [newest.filter(|at| *at > Timestamp::MIN), self.filter.window.to].into_iter().flatten().min();
        let mut span = FIRST_SPAN;
        let mut share = Share {
            found: BTreeMap::new(),
            freshness: Freshness { as_of: Timestamp::MAX, stale: false, source: Source::Live },
        };
        for _ in 0..MOST_LOOKS {
            let from = self.start(to, span);
            let query = TradeQuery {
                machine: machine.clone(),
                window: Window { from, to },
                method: self.filter.method.filter(|method| *method != PaymentMethod::Other),
            };
            let first = self.account.trades(query.clone(), LOOK, self.asker.until).await?;
            let total = first.value.total.max(first.value.trades.len() as u64);
            if total > WINDOW_MOST && span > NARROWEST_SPAN {
                span = narrower(span, total);
                continue;
            }
            let page =
                if total > LOOK { self.account.trades(query, total, self.asker.until).await? } else { first };
            share.freshness.as_of = share.freshness.as_of.min(page.as_of);
            self.keep(&mut share.found, &page.value.trades, machines);
            if share.found.len() >= self.wanted || from.is_none() || from == self.filter.window.from {
                return Ok(share);
            }
            to = from.and_then(|from| from.checked_sub(NARROWEST_SPAN).ok());
            span = wider(span, total);
        }
        Ok(share)
    }

    /// Where the window of that width starts; `None`: at the beginning of time. Whole minutes, so that askers of
    /// the same minute share their calls.
    fn start(&self, to: Option<Timestamp>, span: SignedDuration) -> Option<Timestamp> {
        let earliest = self.filter.window.from;
        if span > WIDEST_SPAN {
            return earliest;
        }
        let end = to.unwrap_or_else(|| self.account.now());
        let start = end.checked_sub(span).ok()?;
        let second = start.as_second();
        let whole = if span >= FIRST_SPAN { second - second.rem_euclid(60) } else { second };
        let start = Timestamp::from_second(whole).ok()?;
        Some(earliest.map_or(start, |earliest| earliest.max(start)))
    }

    fn keep(&self, found: &mut BTreeMap<Position, TradeRow>, trades: &[Trade], machines: Option<&[String]>) {
        for trade in trades {
            let at = position(self.account.name(), trade);
            let wanted = self.after.is_none_or(|after| *after < at)
                && self.filter.method.is_none_or(|method| trade.payment.method == method)
                && self.filter.delivery.is_none_or(|state| trade.delivery.state == state)
                && machines.is_none_or(|machines| machines.iter().any(|one| **one == *trade.machine_number));
            if wanted {
                found.insert(at, TradeRow { account: Arc::clone(self.account), trade: trade.clone() });
            }
        }
    }
}

fn position(account: &AccountName, trade: &Trade) -> Position {
    (Reverse(trade.created_at.unwrap_or(Timestamp::MIN)), account.clone(), Arc::clone(&trade.order_number))
}

/// A span that likely holds about half of what one window may.
fn narrower(span: SignedDuration, total: u64) -> SignedDuration {
    let parts = i32::try_from(2 * total / WINDOW_MOST).unwrap_or(i32::MAX).max(2);
    (span / parts).max(NARROWEST_SPAN)
}

/// A span some times as wide, the emptier the last one was.
fn wider(span: SignedDuration, total: u64) -> SignedDuration {
    let fits = (WINDOW_MOST / 2).checked_div(total);
    let times = fits.map_or(16, |fits| i32::try_from(fits).unwrap_or(8).clamp(1, 8));
    span.checked_mul(times).unwrap_or(SignedDuration::MAX)
}
