//! One account's share of a page of trades: a walk back through time, window by window, each read whole.
//!
//! Windows grow where little was sold and shrink where a window would hold too much. Once a window was too
//! full, the walk closes in on what fills it: every look halves what is left or brings in rows, so that a list
//! without filters is never given up. One whose filter matches hardly anything may be: then the page is shorter
//! and says that there are more, or, where nothing was found at all, the source says why.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use super::{
    Account, Asker, Error, Freshness, Input, Result, Source,
    trades::{Position, TradeFilter, TradeRow, position},
};
use crate::{
    domain::{AccountName, PaymentMethod, Text, Trade, Window},
    vendor::{self, TradeQuery},
};

/// How many trades one look at a window takes.
const LOOK: u64 = 100;
/// A window with more trades than this is narrowed rather than read.
pub(super) const WINDOW_MOST: u64 = 1_000;
/// Of a window with fewer trades than this little is learnt about how dense the next one is.
const FEW: u64 = WINDOW_MOST / 16;
/// The first window behind the newest trade.
const FIRST_SPAN: SignedDuration = SignedDuration::from_hours(24);
/// No window is narrower: vendors count whole seconds.
const NARROWEST_SPAN: SignedDuration = SignedDuration::from_secs(1);
/// 2000-01-01: neither platform is as old. What bears an earlier time, or none, is read in one piece.
const BEGINNING: Timestamp = Timestamp::constant(946_684_800, 0);
/// How many windows one page may take. A second is closed in on from the beginning in 30.
const MOST_LOOKS: usize = 60;
/// How often a window is read that changes while it is read.
const MOST_READS: usize = 3;
/// Up to so many machines are asked one by one; above it, the account is read and sifted here.
const MOST_MACHINE_CALLS: usize = 8;

/// One account's share of a page.
pub(super) struct Search<'a> {
    pub account: &'a Arc<Account>,
    pub filter: &'a TradeFilter,
    pub after: Option<&'a Position>,
    pub wanted: usize,
    pub asker: &'a Asker,
}

/// What a search found, and how fresh it is.
pub(super) struct Share {
    pub found: BTreeMap<Position, TradeRow>,
    pub freshness: Freshness,
    /// Everything at or after this instant is found; `None`: everything is.
    pub read_back_to: Option<Timestamp>,
}

/// What a window holds.
enum Contents {
    /// All its trades, in one reading or more, and how many it holds.
    All(Vec<vendor::TradePage>, u64),
    /// More than are read at a time.
    TooMany(u64),
}

impl Search<'_> {
    pub(super) async fn run(self) -> Result<Share> {
        let mine =
            |(of, number): &(AccountName, Text)| (of == self.account.name()).then(|| number.to_string());
        let mut machines: Option<Vec<String>> =
            self.filter.machines.as_ref().map(|machines| machines.iter().filter_map(mine).collect());
        if let Some(machines) = &mut machines
            && let Ok(listing) = self.account.listing(self.asker.share_until()).await
        {
            // A machine that the vendor does not list has no trades; asking for them would be refused.
            machines.retain(|number| listing.value.machine(number).is_some());
        }
        let asked: Vec<Option<String>> = match &machines {
            Some(machines) if machines.len() <= MOST_MACHINE_CALLS => {
                machines.iter().cloned().map(Some).collect()
            }
            _ => vec![None],
        };
        let shares = join_all(asked.into_iter().map(|machine| self.walk(machine, machines.as_deref()))).await;
        let mut all = Share::empty();
        for share in shares {
            match share {
                Ok(share) => {
                    all.found.extend(share.found);
                    all.freshness.as_of = all.freshness.as_of.min(share.freshness.as_of);
                    all.read_back_to = all.read_back_to.max(share.read_back_to);
                }
                // A machine that the vendor does not know has no trades, and takes away no other's.
                Err(Error::Vendor { error, .. })
                    if machines.is_some() && error.kind == vendor::Kind::MachineNotFound => {}
                Err(error) => return Err(error),
            }
        }
        if all.read_back_to.is_some() && all.complete() == 0 {
            return Err(Input::TooRare.into());
        }
        all.freshness.as_of = all.freshness.as_of.min(self.account.now());
        Ok(all)
    }

    /// Walks back through time until enough is found or nothing is left.
    async fn walk(&self, machine: Option<String>, machines: Option<&[String]>) -> Result<Share> {
        let Window { from: earliest, to: latest } = whole_seconds(self.filter.window);
        let after = self.after.map(|(Reverse(at), _, _)| second_after(*at).max(BEGINNING));
        let mut to = [after, latest].into_iter().flatten().min();
        let mut span = FIRST_SPAN;
        // From here to `to` there are too many trades for one window.
        let mut too_full: Option<Timestamp> = None;
        let mut share = Share { read_back_to: Some(Timestamp::MAX), ..Share::empty() };
        for _ in 0..MOST_LOOKS {
            let from = self.start(to, span, earliest);
            let query = TradeQuery {
                machine: machine.clone(),
                window: Window { from, to },
                method: self.filter.method.filter(|method| *method != PaymentMethod::Other),
            };
            let width = to.unwrap_or_else(|| self.account.now()).duration_since(from.unwrap_or(BEGINNING));
            let (pages, total) = match self.read(query, width, &mut share.freshness).await? {
                Contents::All(pages, total) => (pages, total),
                Contents::TooMany(total) => {
                    let parts = if too_full.is_some() { 2 } else { parts(total) };
                    span = (width / parts).max(NARROWEST_SPAN);
                    too_full = Some(from.unwrap_or(BEGINNING));
                    continue;
                }
            };
            for page in &pages {
                self.keep(&mut share.found, &page.trades, machines);
            }
            let Some(from) = from.filter(|from| earliest.is_none_or(|earliest| earliest < *from)) else {
                return Ok(Share { read_back_to: None, ..share });
            };
            share.read_back_to = Some(from);
            if share.complete() >= self.wanted {
                return Ok(share);
            }
            to = Some(from);
            too_full = too_full.filter(|start| *start < from);
            span = next_span(span, total, too_full.map(|start| from.duration_since(start)));
        }
        Ok(share)
    }

    /// Reads a window of that width, unless it holds too much.
    async fn read(
        &self,
        query: TradeQuery,
        width: SignedDuration,
        freshness: &mut Freshness,
    ) -> Result<Contents> {
        let first = self.account.trades(query.clone(), LOOK, self.asker.until).await?;
        let mut total = count(&first.value);
        // The window that ends now is wider by a part of a second.
        if total > WINDOW_MOST && width.as_secs() > NARROWEST_SPAN.as_secs() {
            return Ok(Contents::TooMany(total));
        }
        freshness.as_of = freshness.as_of.min(first.as_of);
        if total <= LOOK {
            return Ok(Contents::All(vec![first.value.as_ref().clone()], total));
        }
        let mut pages = Vec::new();
        for _ in 0..MOST_READS {
            // Trades that come in meanwhile push others past the end: leave room, and look again if it is short.
            let most = total.saturating_add(LOOK);
            let page = self.account.trades(query.clone(), most, self.asker.until).await?;
            total = count(&page.value);
            let is_whole = total <= most && page.value.trades.len() as u64 >= total;
            pages.push(page.value.as_ref().clone());
            if is_whole {
                break;
            }
        }
        Ok(Contents::All(pages, total))
    }

    /// Where the window of that width starts; `None`: at the beginning of time. Whole minutes where it is wide,
    /// so that askers of the same minute share their calls.
    fn start(
        &self,
        to: Option<Timestamp>,
        span: SignedDuration,
        earliest: Option<Timestamp>,
    ) -> Option<Timestamp> {
        let end = to.unwrap_or_else(|| self.account.now());
        let Some(start) = end.checked_sub(span).ok().filter(|start| *start >= BEGINNING) else {
            return earliest;
        };
        let second = start.as_second();
        let whole = if span >= FIRST_SPAN { second - second.rem_euclid(60) } else { second };
        let start = Timestamp::from_second(whole).unwrap_or(BEGINNING);
        Some(earliest.map_or(start, |earliest| earliest.max(start)))
    }

    fn keep(&self, found: &mut BTreeMap<Position, TradeRow>, trades: &[Trade], machines: Option<&[String]>) {
        for trade in trades {
            let at = position(self.account.name(), trade.created_at, &trade.order_number);
            let wanted = self.after.is_none_or(|after| *after < at)
                && self.filter.window.contains(trade.created_at)
                && self.filter.method.is_none_or(|method| trade.payment.method == method)
                && self.filter.delivery.is_none_or(|state| trade.delivery.state == state)
                && machines.is_none_or(|machines| machines.iter().any(|one| **one == *trade.machine_number));
            if wanted {
                found.insert(at, TradeRow::new(Arc::clone(self.account), trade.clone()));
            }
        }
    }
}

impl Share {
    fn empty() -> Self {
        Self {
            found: BTreeMap::new(),
            freshness: Freshness { as_of: Timestamp::MAX, stale: false, source: Source::Live },
            read_back_to: None,
        }
    }

    /// How many were found of which it is certain that none is missing among them.
    fn complete(&self) -> usize {
        let certain = |at: Timestamp| self.read_back_to.is_none_or(|read| read <= at);
        self.found.keys().take_while(|(Reverse(at), _, _)| certain(*at)).count()
    }
}

/// The window, widened to whole seconds.
pub(super) fn whole_seconds(window: Window) -> Window {
    Window { from: window.from.map(second_before), to: window.to.map(second_after) }
}

fn second_before(at: Timestamp) -> Timestamp {
    let second = at.as_second() - i64::from(at.subsec_nanosecond() < 0);
    Timestamp::from_second(second).unwrap_or(Timestamp::MIN)
}

/// The first whole second at that instant or after it.
pub(super) fn second_after(at: Timestamp) -> Timestamp {
    let second = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}

/// How many trades a query matches.
fn count(page: &vendor::TradePage) -> u64 {
    page.total.max(page.trades.len() as u64)
}

/// Into how many parts a window is cut so that one likely holds about half of what a window may.
fn parts(total: u64) -> i32 {
    i32::try_from(2 * (total / WINDOW_MOST)).unwrap_or(i32::MAX).max(2)
}

/// The width of the next window: wider, the emptier this one was, but at most half of what is left of a window
/// that was too full.
fn next_span(span: SignedDuration, total: u64, too_full: Option<SignedDuration>) -> SignedDuration {
    let times = match (WINDOW_MOST / 2).checked_div(total) {
        None => 16,
        Some(fits) => i32::try_from(fits).unwrap_or(8).clamp(1, 8),
    };
    let wider = span.checked_mul(times).unwrap_or(SignedDuration::MAX);
    match too_full.map(|left| (left / 2).max(NARROWEST_SPAN)) {
        None => wider,
        Some(half) if total < FEW => half,
        Some(half) => wider.min(half),
    }
}
