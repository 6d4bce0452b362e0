//! A caller: whom the token names, and what it lets them see and do.

use std::{collections::BTreeSet, str::FromStr};

use jiff::Timestamp;

use crate::domain::{AccountName, Text};

/// Whom a verified token names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The token's `sub`.
    pub subject: Text,
    /// What they may do.
    pub scopes: Scopes,
    /// Which accounts exist for them.
    pub accounts: Grant,
    /// When the token ends.
    pub expires_at: Timestamp,
}

impl Caller {
    /// Whether they may do what `scope` allows.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(scope)
    }

    /// Whether the account exists for them.
    pub fn sees(&self, account: &AccountName) -> bool {
        match &self.accounts {
            Grant::All => true,
            Grant::Named(names) => names.contains(account),
        }
    }
}

/// The accounts a token names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Grant {
    /// Every account (`["*"]`).
    All,
    /// These; none where the token names none.
    Named(BTreeSet<AccountName>),
}

/// What a token may allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Machines, shelves, products, sites, lines, refills.
    MachinesRead,
    /// Trades and sums of sales.
    TradesRead,
    /// Who paid.
    TradesPii,
    /// Orders.
    OrdersRead,
    /// Placing, paying and cancelling orders, dispensing.
    OrdersWrite,
    /// Recording replenishments.
    ReplenishWrite,
    /// Pickup codes.
    PickupCodesRead,
    /// Creating, cancelling and redeeming pickup codes.
    PickupCodesWrite,
    /// Events and subscriptions.
    EventsRead,
    /// Looking behind the scenes.
    Admin,
}

impl Scope {
    /// Every scope, in the order of the interface's description.
    pub const ALL: [Self; 10] = [
        Self::MachinesRead,
        Self::TradesRead,
        Self::TradesPii,
        Self::OrdersRead,
        Self::OrdersWrite,
        Self::ReplenishWrite,
        Self::PickupCodesRead,
        Self::PickupCodesWrite,
        Self::EventsRead,
        Self::Admin,
    ];

    /// The scope as it stands in a token.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MachinesRead => "machines:read",
            Self::TradesRead => "trades:read",
            Self::TradesPii => "trades:pii",
            Self::OrdersRead => "orders:read",
            Self::OrdersWrite => "orders:write",
            Self::ReplenishWrite => "replenish:write",
            Self::PickupCodesRead => "pickup-codes:read",
            Self::PickupCodesWrite => "pickup-codes:write",
            Self::EventsRead => "events:read",
            Self::Admin => "admin",
        }
    }
}

/// A word that is no scope of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a scope; scopes are {all}", all = Scope::ALL.map(Scope::as_str).join(", "))]
pub struct UnknownScope(String);

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(word: &str) -> Result<Self, UnknownScope> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == word)
            .ok_or_else(|| UnknownScope(word.chars().take(60).collect()))
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u16);

impl Scopes {
    /// Reads a token's space-separated `scope`. Words that are not ours mean nothing here and are passed over:
    /// one token may serve several programs.
    pub fn from_claim(claim: &str) -> Self {
        claim.split_whitespace().filter_map(|word| word.parse().ok()).collect()
    }

    /// Whether the set holds `scope`.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & bit(scope) != 0
    }

    /// The scopes of the set, in order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.contains(*scope))
    }
}

const fn bit(scope: Scope) -> u16 {
    1 << scope as u16
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | bit(scope)))
    }
}
