//! Trades across accounts, newest first.
//!
//! A vendor promises no order, and its offsets move as trades come in. So pages are cut by time: windows walk
//! back from the newest, each read whole and sorted here, and a cursor is the trade it stands at. Windows are
//! whole seconds, as vendors count them, and neighbours share their seam: some trades bear milliseconds, and
//! none may fall between two windows. How a window is chosen is `trade_walk`'s. What a vendor keeps no trades of comes from
//! the orders that went through us (`orders/trades`), in the same order.

use std::{cmp::Reverse, sync::Arc};

use futures_util::future::{join, join_all};
use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    Account, Asker, Error, Freshness, Gateway, Input, Page, PageRequest, Result, Source, SourceStatus, lease,
    trade_walk::{Search, WINDOW_MOST, whole_seconds},
};
use crate::{
    domain::{AccountName, Capability, DeliveryState, Id, PaymentMethod, Text, Trade, Window},
    vendor::{self, TradeQuery},
};

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
    /// What tells it from all others of its account ([`Trade::key`]).
    pub key: Text,
}

/// A page of trades.
#[derive(Debug)]
pub struct TradePage {
    /// The page.
    pub page: Page<TradeRow>,
    /// What became of each account's share.
    pub sources: Vec<SourceStatus>,
}

/// Where a trade stands in the list: newest first, then by account and key.
pub(super) type Position = (Reverse<Timestamp>, AccountName, Text);

impl TradeRow {
    /// A trade of that account.
    pub fn new(account: Arc<Account>, trade: Trade) -> Self {
        Self { account, key: trade.key(), trade }
    }

    /// Its global id.
    pub fn id(&self) -> Id {
        Id::Trade {
            account: self.account.name().clone(),
            machine: self.trade.machine_number.clone(),
            created_at: self.trade.created_at,
            order: self.key.clone(),
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
                Some((Reverse(created_at.unwrap_or(Timestamp::MIN)), account.clone(), order.clone()))
            }
            Some(_) => return Err(Input::Cursor.into()),
        };
        let mut accounts = self.chosen(asker, filter.accounts.as_deref());
        if let Some(machines) = &filter.machines {
            accounts.retain(|account| machines.iter().any(|(of, _)| of == account.name()));
        }
        let (told, stored): (Vec<_>, Vec<_>) =
            accounts.into_iter().partition(|account| account.can(Capability::TradeHistory));
        let (after, wanted) = (after.as_ref(), request.first + 1);
        let searches = told.iter().map(|account| Search { account, filter, after, wanted, asker }.run());
        let (answers, kept) =
            join(join_all(searches), self.stored_trades(&stored, filter, after, wanted)).await;
        if !stored.is_empty() {
            lease::note_once();
        }
        let freshness = Freshness { as_of: self.clock.now(), stale: false, source: Source::Store };
        let outcome = kept.as_ref().map(|_| freshness).map_err(Clone::clone);
        let mut found = kept.unwrap_or_default();
        let status = |account| SourceStatus { account, outcome: outcome.clone() };
        let mut sources: Vec<_> = stored.into_iter().map(status).collect();
        let mut read_back_to = None;
        for (account, answer) in told.into_iter().zip(answers) {
            let outcome = answer.map(|share| {
                found.extend(share.found);
                read_back_to = read_back_to.max(share.read_back_to);
                share.freshness
            });
            sources.push(SourceStatus { account, outcome });
        }
        sources.sort_by(|a, b| a.account.name().cmp(b.account.name()));
        // Older than this, some account may have trades that are not read yet: they are for the next page.
        let rows = found
            .into_iter()
            .take_while(|((Reverse(at), _, _), _)| read_back_to.is_none_or(|read| read <= *at))
            .map(|(_, row)| row);
        let mut page = Page::take(rows, request);
        page.has_next |= read_back_to.is_some() && !page.rows.is_empty();
        Ok(TradePage { page, sources })
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
        let account = &self.account(asker, account)?;
        if !account.can(Capability::TradeHistory) {
            return self.stored_trade(asker, account, place, order).await;
        }
        if !is_listed(account, machine, asker.until).await {
            return Err(Error::NotFound);
        }
        let query = TradeQuery {
            machine: Some(machine.to_string()),
            window: whole_seconds(Window { from: created_at, to: created_at }),
            method: None,
        };
        let page = account.trades(query, WINDOW_MOST, asker.until).await.map_err(no_such_trade)?;
        let trade = page.value.trades.iter().find(|trade| &*trade.order_number == order);
        let trade = trade.cloned().ok_or(Error::NotFound)?;
        Ok(TradeRow::new(Arc::clone(account), trade))
    }
}

/// Whether a machine may be asked about: its vendor lists it, or the listing cannot be had.
pub(super) async fn is_listed(account: &Account, machine: &str, until: Instant) -> bool {
    account.listing(until).await.map_or(true, |listing| listing.value.machine(machine).is_some())
}

/// A machine that the vendor does not know has no trade: the id names nothing.
fn no_such_trade(error: Error) -> Error {
    if let Error::Vendor { error, .. } = &error
        && error.kind == vendor::Kind::MachineNotFound
    {
        return Error::NotFound;
    }
    error
}

/// Where a trade stands. What has no time stands at the end.
pub(super) fn position(account: &AccountName, created_at: Option<Timestamp>, key: &Text) -> Position {
    (Reverse(created_at.unwrap_or(Timestamp::MIN)), account.clone(), key.clone())
}
