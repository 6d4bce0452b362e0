//! Arguments, checked and turned into what the use cases take.

use async_graphql::{ID, InputObject};

use super::{
    error::Failure,
    types::{DateTime, DeliveryState, EventKind, OrderState, PaymentMethod, PickupCodeState, Vendor},
};
use crate::{
    auth::Caller,
    domain::{AccountName, Id, Text, Window},
    gateway::{self, Input},
};

/// The longest text that a filter takes, in characters.
const LONGEST_TEXT: usize = 200;
/// As many characters as an idempotency key may have.
const LONGEST_KEY: usize = 255;
/// The greatest number of ids that a filter takes.
const MOST_IDS: usize = 500;

/// Which machines; all conditions must hold. What is not known of a machine matches neither `true` nor `false`.
#[derive(Debug, Default, InputObject)]
pub struct MachineFilter {
    /// Of these accounts; ids of other people's accounts match nothing.
    account_ids: Option<Vec<ID>>,
    /// Of this vendor.
    vendor: Option<Vendor>,
    /// Online, or not.
    online: Option<bool>,
    /// With something broken, or without.
    has_faults: Option<bool>,
    /// With a sold-out shelf, or without.
    sold_out: Option<bool>,
    /// At this site.
    site_id: Option<ID>,
    /// On the line of exactly this name.
    line_name: Option<String>,
    /// In the area of exactly this name.
    area_name: Option<String>,
    /// With this text, whatever its case, in number, name, address or site name.
    search: Option<String>,
}

/// Which sites; all conditions must hold.
#[derive(Debug, Default, InputObject)]
pub struct SiteFilter {
    /// Of these accounts.
    account_ids: Option<Vec<ID>>,
    /// On the line of exactly this name.
    line_name: Option<String>,
    /// In the area of exactly this name.
    area_name: Option<String>,
    /// With this text, whatever its case, in number, name or address.
    search: Option<String>,
}

/// Which lines; all conditions must hold.
#[derive(Debug, Default, InputObject)]
pub struct LineFilter {
    /// Of these accounts.
    account_ids: Option<Vec<ID>>,
    /// Of exactly this name.
    name: Option<String>,
    /// In the area of exactly this name.
    area_name: Option<String>,
}

/// Which products; all conditions must hold.
#[derive(Debug, Default, InputObject)]
pub struct ProductFilter {
    /// Of these accounts.
    account_ids: Option<Vec<ID>>,
    /// With this text, whatever its case, in number, name or full name.
    search: Option<String>,
    /// In the category of exactly this name.
    category_name: Option<String>,
}

/// Which trades; all conditions must hold.
#[derive(Debug, Default, InputObject)]
pub struct TradeFilter {
    /// Of these accounts.
    account_ids: Option<Vec<ID>>,
    /// Of these machines.
    machine_ids: Option<Vec<ID>>,
    /// Made at this time or later.
    from: Option<DateTime>,
    /// Made at this time or earlier.
    to: Option<DateTime>,
    /// Paid with this.
    payment_method: Option<PaymentMethod>,
    /// With the goods as far as this.
    delivery_state: Option<DeliveryState>,
}

/// Which orders; all conditions must hold.
#[derive(Debug, Default, InputObject)]
pub struct OrderFilter {
    /// Of these accounts.
    account_ids: Option<Vec<ID>>,
    /// At these machines.
    machine_ids: Option<Vec<ID>>,
    /// In one of these states.
    states: Option<Vec<OrderState>>,
    /// Placed at this time or later.
    from: Option<DateTime>,
    /// Placed at this time or earlier.
    to: Option<DateTime>,
}

/// Which refills; all conditions must hold.
#[derive(Debug, Default, InputObject)]
pub struct RefillFilter {
    /// Of these accounts.
    account_ids: Option<Vec<ID>>,
    /// Of these machines.
    machine_ids: Option<Vec<ID>>,
    /// Done at this time or later.
    from: Option<DateTime>,
    /// Done at this time or earlier.
    to: Option<DateTime>,
}

/// Which pickup codes; all conditions must hold.
#[derive(Debug, Default, InputObject)]
pub struct PickupCodeFilter {
    /// Of these accounts.
    account_ids: Option<Vec<ID>>,
    /// For one of these machines alone. Of vendors that list their codes shelf by shelf (Dingshang), at most 10.
    machine_ids: Option<Vec<ID>>,
    /// For one of these shelves alone; their machines count as those of `machineIds`.
    shelf_ids: Option<Vec<ID>>,
    /// In one of these states.
    states: Option<Vec<PickupCodeState>>,
}

/// Which events; all conditions must hold.
#[derive(Debug, Default, InputObject)]
pub struct EventFilter {
    /// Of these accounts.
    account_ids: Option<Vec<ID>>,
    /// At these machines.
    machine_ids: Option<Vec<ID>>,
    /// Of these kinds; all that the caller may be told of when left out. `MACHINE_REGISTERED`, `MACHINE_STATUS` and
    /// `REFILL` need the scope `machines:read`, `TRADE` needs `trades:read`, `ORDER` and `DELIVERY` need `orders:read`,
    /// `PICKUP_CODE` needs `pickup-codes:read`.
    kinds: Option<Vec<EventKind>>,
}

/// Which machines to ask now.
#[derive(Debug, InputObject)]
pub struct RefreshMachinesInput {
    /// Their global ids, at most 100.
    pub machine_ids: Vec<ID>,
}

type Checked<T> = Result<T, Input>;

impl MachineFilter {
    /// The filter, checked.
    pub fn check(self) -> Checked<gateway::MachineFilter> {
        Ok(gateway::MachineFilter {
            accounts: accounts("accountIds", self.account_ids)?,
            vendor: self.vendor.map(Into::into),
            online: self.online,
            has_faults: self.has_faults,
            sold_out: self.sold_out,
            site: self.site_id.map(|id| site("siteId", &id)).transpose()?,
            line_name: exact("lineName", self.line_name)?,
            area_name: exact("areaName", self.area_name)?,
            search: search(self.search)?,
        })
    }
}

impl SiteFilter {
    /// The filter, checked.
    pub fn check(self) -> Checked<gateway::SiteFilter> {
        Ok(gateway::SiteFilter {
            accounts: accounts("accountIds", self.account_ids)?,
            line_name: exact("lineName", self.line_name)?,
            area_name: exact("areaName", self.area_name)?,
            search: search(self.search)?,
        })
    }
}

impl LineFilter {
    /// The filter, checked.
    pub fn check(self) -> Checked<gateway::LineFilter> {
        Ok(gateway::LineFilter {
            accounts: accounts("accountIds", self.account_ids)?,
            name: exact("name", self.name)?,
            area_name: exact("areaName", self.area_name)?,
        })
    }
}

impl ProductFilter {
    /// The filter, checked.
    pub fn check(self) -> Checked<gateway::ProductFilter> {
        Ok(gateway::ProductFilter {
            accounts: accounts("accountIds", self.account_ids)?,
            search: search(self.search)?,
            category_name: exact("categoryName", self.category_name)?,
        })
    }
}

impl TradeFilter {
    /// The filter, checked.
    pub fn check(self) -> Checked<gateway::TradeFilter> {
        Ok(gateway::TradeFilter {
            accounts: accounts("accountIds", self.account_ids)?,
            machines: self.machine_ids.map(|ids| machines("machineIds", &ids)).transpose()?,
            window: window(self.from, self.to)?,
            method: self.payment_method.map(Into::into),
            delivery: self.delivery_state.map(Into::into),
        })
    }
}

impl OrderFilter {
    /// The filter, checked.
    pub fn check(self) -> Checked<gateway::orders::OrderFilter> {
        Ok(gateway::orders::OrderFilter {
            accounts: accounts("accountIds", self.account_ids)?,
            machines: self.machine_ids.map(|ids| machines("machineIds", &ids)).transpose()?,
            states: self.states.map(|states| states.into_iter().map(Into::into).collect()),
            window: window(self.from, self.to)?,
        })
    }
}

impl PickupCodeFilter {
    /// The filter, checked.
    pub fn check(self) -> Checked<gateway::PickupCodeFilter> {
        Ok(gateway::PickupCodeFilter {
            accounts: accounts("accountIds", self.account_ids)?,
            machines: self.machine_ids.map(|ids| machines("machineIds", &ids)).transpose()?,
            shelves: self.shelf_ids.map(|ids| shelves("shelfIds", &ids)).transpose()?,
            states: self.states.map(|states| states.into_iter().map(Into::into).collect()),
        })
    }
}

impl RefillFilter {
    /// The filter, checked.
    pub fn check(self) -> Checked<gateway::RefillFilter> {
        Ok(gateway::RefillFilter {
            accounts: accounts("accountIds", self.account_ids)?,
            machines: self.machine_ids.map(|ids| machines("machineIds", &ids)).transpose()?,
            window: window(self.from, self.to)?,
        })
    }
}

impl EventFilter {
    /// The filter, checked: of the kinds that the caller may be told of, those that it asks for. To ask by name for one
    /// that it may not be told of is refused.
    pub fn check(self, caller: &Caller) -> super::error::Result<gateway::EventFilter> {
        let accounts = accounts("accountIds", self.account_ids)?;
        let machines = self.machine_ids.map(|ids| machines("machineIds", &ids)).transpose()?;
        let denied = |kind: &EventKind| kind.scope().filter(|scope| !caller.may(*scope));
        if let Some(scope) = self.kinds.iter().flatten().find_map(denied) {
            return Err(Failure::Forbidden(scope));
        }
        let kinds = self.kinds.unwrap_or_else(|| EventKind::LOGGED.to_vec());
        let allowed = kinds.iter().filter(|kind| denied(kind).is_none());
        let kinds = allowed.filter_map(|kind| kind.logged()).collect();
        Ok(gateway::EventFilter { accounts, machines, kinds })
    }
}

/// Any id of ours.
pub fn id(argument: &'static str, id: &ID) -> Checked<Id> {
    Id::decode(id).map_err(|_| Input::Id { argument, expected: "an object" })
}

/// A machine's id.
pub fn machine(argument: &'static str, id: &ID) -> Checked<(AccountName, Text)> {
    match Id::decode(id) {
        Ok(Id::Machine { account, machine }) => Ok((account, machine)),
        _ => Err(Input::Id { argument, expected: "a machine" }),
    }
}

/// Machines' ids.
pub fn machines(argument: &'static str, ids: &[ID]) -> Checked<Vec<(AccountName, Text)>> {
    at_most(argument, ids, MOST_IDS)?;
    ids.iter().map(|id| machine(argument, id)).collect()
}

/// An idempotency key: 1 to 255 characters that can be printed. Control characters are kept for keys of our own
/// (`gateway/pickup_codes`).
pub fn key(text: &str) -> Checked<Text> {
    let argument = "idempotencyKey";
    if text.trim().is_empty() {
        return Err(Input::Empty { argument });
    }
    if text.chars().count() > LONGEST_KEY {
        return Err(Input::TooLong { argument, most: LONGEST_KEY });
    }
    if text.chars().any(char::is_control) {
        return Err(Input::Unprintable { argument });
    }
    Ok(text.into())
}

/// Shelves' ids: account, machine, cabinet, code.
fn shelves(argument: &'static str, ids: &[ID]) -> Checked<Vec<(AccountName, Text, Text, Text)>> {
    at_most(argument, ids, MOST_IDS)?;
    let shelf = |id: &ID| match Id::decode(id) {
        Ok(Id::Shelf { account, machine, cabinet, code }) => Ok((account, machine, cabinet, code)),
        _ => Err(Input::Id { argument, expected: "a shelf" }),
    };
    ids.iter().map(shelf).collect()
}

/// An account's id.
pub fn account(argument: &'static str, id: &ID) -> Checked<AccountName> {
    match Id::decode(id) {
        Ok(Id::Account { account }) => Ok(account),
        _ => Err(Input::Id { argument, expected: "an account" }),
    }
}

/// Refuses a list that is too long.
pub fn at_most<T>(argument: &'static str, list: &[T], most: usize) -> Checked<()> {
    let count = list.len();
    if count > most { Err(Input::TooMany { argument, count, most }) } else { Ok(()) }
}

fn site(argument: &'static str, id: &ID) -> Checked<(AccountName, Text)> {
    match Id::decode(id) {
        Ok(Id::Site { account, site }) => Ok((account, site)),
        _ => Err(Input::Id { argument, expected: "a site" }),
    }
}

fn accounts(argument: &'static str, ids: Option<Vec<ID>>) -> Checked<Option<Vec<AccountName>>> {
    let Some(ids) = ids else { return Ok(None) };
    at_most(argument, &ids, MOST_IDS)?;
    ids.iter().map(|id| account(argument, id)).collect::<Checked<_>>().map(Some)
}

fn exact(argument: &'static str, text: Option<String>) -> Checked<Option<String>> {
    match text {
        Some(text) if text.chars().count() > LONGEST_TEXT => {
            Err(Input::TooLong { argument, most: LONGEST_TEXT })
        }
        text => Ok(text),
    }
}

fn search(text: Option<String>) -> Checked<Option<String>> {
    let text = exact("search", text)?;
    Ok(text.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty()))
}

fn window(from: Option<DateTime>, to: Option<DateTime>) -> Checked<Window> {
    let window = Window { from: from.map(|at| at.0), to: to.map(|at| at.0) };
    match (window.from, window.to) {
        (Some(from), Some(to)) if from > to => Err(Input::Window),
        _ => Ok(window),
    }
}
