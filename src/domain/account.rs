//! A vendor account: one set of credentials at one vendor's platform.

use std::{borrow::Borrow, fmt};

use super::Text;

/// Whose platform an account belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Vendor {
    /// Dingshang (鼎商), Open API v1.
    Dingshang,
    /// InHand (映翰通), Smart Vending API V0.9.
    Inhand,
}

/// An account's name as the operator configured it; unique in one gateway.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountName(Text);

impl AccountName {
    /// Takes the name as it stands in the configuration.
    pub fn new(name: impl Into<Text>) -> Self {
        Self(name.into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for AccountName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a vendor can do at all, whatever the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Capability {
    /// Machines can be listed.
    Machines,
    /// The shelves of a machine can be read.
    Shelves,
    /// The stock of a shelf is reported as a number.
    StockLevels,
    /// Temperatures, faults, network and versions are reported.
    MachineTelemetry,
    /// Machines are grouped into sites.
    Sites,
    /// Sites are grouped into replenishment lines.
    Lines,
    /// The account's products can be listed.
    ProductCatalogue,
    /// A machine's products are grouped into categories.
    Categories,
    /// Past trades can be listed.
    TradeHistory,
    /// Sales can be summed by the vendor.
    SalesStatistics,
    /// Orders can be placed.
    Orders,
    /// A machine can be told to dispense.
    Dispense,
    /// A replenishment can be recorded.
    Replenish,
    /// Pickup codes can be created.
    PickupCodeCreate,
    /// Pickup codes can be listed.
    PickupCodeList,
    /// Pickup codes can be cancelled.
    PickupCodeCancel,
    /// A pickup code can be redeemed through the API.
    PickupCodeRedeem,
    /// The vendor asks us whether a pickup code is good.
    PickupCodeVerify,
    /// The vendor reports changes of a machine.
    EventsMachine,
    /// The vendor reports trades.
    EventsTrade,
    /// The vendor reports refills.
    EventsRefill,
    /// The vendor reports dispense results.
    EventsDelivery,
}

/// The short of an account's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HealthState {
    /// Answers, or was never asked.
    Up,
    /// Failed last, by its platform or by refusing our credentials.
    Degraded,
    /// Failed so often that it was not asked for a while, and has not answered since.
    Down,
}
