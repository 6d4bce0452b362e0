//! What kinds of events there are, and who may be told of them.

use async_graphql::Enum;

use crate::{auth::Scope, domain};

/// What kind of event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum)]
pub enum EventKind {
    /// A machine was set up at its vendor's platform.
    MachineRegistered,
    /// A machine reported how it is, or was found changed.
    MachineStatus,
    /// Something was sold or won, or there is news of it.
    Trade,
    /// A machine was refilled.
    Refill,
    /// A machine told whether goods came out.
    Delivery,
    /// An order placed through this API changed.
    Order,
    /// A pickup code that this gateway keeps changed.
    PickupCode,
    /// A vendor ceased to answer, or answers again.
    AccountHealth,
    /// What comes after the cursor is not kept any more.
    Gap,
}

impl EventKind {
    /// Every kind that stands in the log.
    pub const LOGGED: [Self; 8] = [
        Self::MachineRegistered,
        Self::MachineStatus,
        Self::Trade,
        Self::Refill,
        Self::Delivery,
        Self::Order,
        Self::PickupCode,
        Self::AccountHealth,
    ];

    /// What a caller must be allowed in order to be told of it, besides `events:read`.
    pub const fn scope(self) -> Option<Scope> {
        match self {
            Self::MachineRegistered | Self::MachineStatus | Self::Refill => Some(Scope::MachinesRead),
            Self::Trade => Some(Scope::TradesRead),
            Self::Delivery | Self::Order => Some(Scope::OrdersRead),
            Self::PickupCode => Some(Scope::PickupCodesRead),
            Self::AccountHealth | Self::Gap => None,
        }
    }

    /// The kind of the log; none of a gap, which is where there is no log.
    pub const fn logged(self) -> Option<domain::EventKind> {
        Some(match self {
            Self::MachineRegistered => domain::EventKind::MachineRegistered,
            Self::MachineStatus => domain::EventKind::MachineStatus,
            Self::Trade => domain::EventKind::Trade,
            Self::Refill => domain::EventKind::Refill,
            Self::Delivery => domain::EventKind::Delivery,
            Self::Order => domain::EventKind::Order,
            Self::PickupCode => domain::EventKind::PickupCode,
            Self::AccountHealth => domain::EventKind::AccountHealth,
            Self::Gap => return None,
        })
    }
}

/// Who told of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::Origin")]
pub enum EventOrigin {
    /// The vendor, by itself.
    Pushed,
    /// The vendor, when this gateway asked what it had missed.
    Reconciled,
    /// This gateway: it did it, or saw it.
    Internal,
}

/// Why events are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum GapReason {
    /// The cursor is older than what the log keeps, or is of a log that is no more.
    Retention,
}
