//! Vendor accounts, their abilities and their health.

use std::sync::Arc;

use async_graphql::{Enum, ID, Object, SimpleObject};

use super::{DateTime, SourceError};
use crate::{
    domain,
    gateway::{Account, Code, error::code},
    vendor::transport,
};

/// Whose platform a machine is connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::Vendor")]
pub enum Vendor {
    /// Dingshang (鼎商).
    Dingshang,
    /// InHand (映翰通).
    Inhand,
}

/// One set of credentials at one vendor's platform, as the operator configured it.
pub struct VendorAccount(pub Arc<Account>);

/// One set of credentials at one vendor's platform, as the operator configured it.
#[Object]
impl VendorAccount {
    /// Global id.
    pub async fn id(&self) -> ID {
        self.0.id().encode().into()
    }

    /// Whose platform it is.
    async fn vendor(&self) -> Vendor {
        self.0.vendor().into()
    }

    /// The name in the gateway's configuration.
    async fn name(&self) -> &str {
        self.0.name().as_str()
    }

    /// What the vendor can do at all, whatever the machine.
    async fn capabilities(&self) -> Vec<Capability> {
        self.0.capabilities().iter().map(|capability| (*capability).into()).collect()
    }

    /// How the vendor has been answering this gateway.
    async fn health(&self) -> AccountHealth {
        self.0.health().into()
    }
}

/// How a vendor has been answering this gateway.
#[derive(Clone, Debug, SimpleObject)]
pub struct AccountHealth {
    /// The short of it.
    state: HealthState,
    /// When it last answered; null when it never did.
    last_success_at: Option<DateTime>,
    /// What last went wrong; null when it was made good by a later success.
    last_error: Option<SourceError>,
}

impl From<transport::Health> for AccountHealth {
    fn from(health: transport::Health) -> Self {
        Self {
            state: health.state.into(),
            last_success_at: health.last_success_at.map(DateTime),
            last_error: health.last_error.map(|error| SourceError {
                code: code(error.kind).into(),
                message: error.kind.to_string(),
                retryable: error.kind.is_transient(),
            }),
        }
    }
}

impl From<&domain::AccountHealth> for AccountHealth {
    fn from(health: &domain::AccountHealth) -> Self {
        let error = health.error_code.as_deref().and_then(Code::of_word);
        Self {
            state: health.state.into(),
            last_success_at: health.last_success_at.map(DateTime),
            last_error: error.map(|code| SourceError {
                code: code.into(),
                message: "the vendor did not answer as it should".to_owned(),
                retryable: matches!(code, Code::VendorUnavailable | Code::VendorTimeout | Code::Overloaded),
            }),
        }
    }
}

/// The short of an account's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::HealthState")]
pub enum HealthState {
    /// Answers.
    Up,
    /// Fails at times.
    Degraded,
    /// Failed so often that it was not asked for a while, and has not answered since.
    Down,
}

/// Something a vendor can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::Capability")]
pub enum Capability {
    /// List machines.
    Machines,
    /// Tell the shelves of a machine.
    Shelves,
    /// Tell how many pieces a shelf holds.
    StockLevels,
    /// Tell temperatures, faults, network and versions.
    MachineTelemetry,
    /// Group machines into sites.
    Sites,
    /// Group sites into replenishment lines.
    Lines,
    /// List the account's products.
    ProductCatalogue,
    /// Group a machine's products into categories.
    Categories,
    /// List past trades.
    TradeHistory,
    /// Sum up sales.
    SalesStatistics,
    /// Take orders.
    Orders,
    /// Dispense on command.
    Dispense,
    /// Record a replenishment.
    Replenish,
    /// Create pickup codes.
    PickupCodeCreate,
    /// List pickup codes.
    PickupCodeList,
    /// Cancel pickup codes.
    PickupCodeCancel,
    /// Redeem a pickup code through the API.
    PickupCodeRedeem,
    /// Ask this gateway whether a pickup code is good.
    PickupCodeVerify,
    /// Report changes of a machine.
    EventsMachine,
    /// Report trades.
    EventsTrade,
    /// Report refills.
    EventsRefill,
    /// Report dispense results.
    EventsDelivery,
}
