//! Events: what happened, as the log keeps it.

mod kind;
mod told;

use std::sync::Arc;

use async_graphql::{ID, Interface};

use super::{DateTime, Machine, Refill, VendorAccount};
use crate::{
    domain::Happening,
    gateway::{Followed, KeptPickupCode, PlacedOrder, TradeRow},
};

pub use kind::{EventKind, EventOrigin, GapReason};
pub use told::{
    AccountHealthEvent, DeliveryEvent, GapEvent, MachineRegisteredEvent, MachineStatusEvent, OrderEvent,
    PickupCodeEvent, RefillEvent, TradeEvent,
};

/// Something that happened. Events stand in one log, in one order for all accounts.
#[expect(clippy::duplicated_attributes, reason = "two fields of an interface may have one type")]
#[derive(Clone, Interface)]
#[graphql(
    field(name = "id", ty = "ID", desc = "Identifies it; the same as its cursor."),
    field(name = "cursor", ty = "String", desc = "Its place in the log, for `after`."),
    field(name = "kind", ty = "EventKind", desc = "What kind it is."),
    field(
        name = "account",
        ty = "Option<VendorAccount>",
        desc = "The account it happened at; null of a gap."
    ),
    field(
        name = "machine",
        ty = "Option<Machine>",
        desc = "The machine it happened at; null when it happened at none, or the machine is no longer in the fleet. \
                Needs the scope `machines:read`."
    ),
    field(
        name = "machine_number",
        ty = "Option<String>",
        desc = "The number of that machine; null when it happened at none."
    ),
    field(name = "origin", ty = "EventOrigin", desc = "Who told."),
    field(
        name = "occurred_at",
        ty = "DateTime",
        desc = "When it happened; when this gateway received it, where the vendor does not say."
    ),
    field(name = "received_at", ty = "DateTime", desc = "When this gateway heard of it.")
)]
pub enum Event {
    /// A machine was set up.
    MachineRegistered(MachineRegisteredEvent),
    /// A machine reported how it is.
    MachineStatus(MachineStatusEvent),
    /// Something was sold or won.
    Trade(TradeEvent),
    /// A machine was refilled.
    Refill(RefillEvent),
    /// A machine told whether goods came out.
    Delivery(DeliveryEvent),
    /// An order changed.
    Order(OrderEvent),
    /// A pickup code changed.
    PickupCode(PickupCodeEvent),
    /// A vendor ceased to answer, or answers again.
    AccountHealth(AccountHealthEvent),
    /// Something is missing.
    Gap(GapEvent),
}

impl Event {
    /// What a follower was given, as the API tells it; `None` for what no caller is shown.
    pub fn of(followed: Followed) -> Option<Self> {
        let logged = match followed {
            Followed::Event(logged) => logged,
            Followed::Gap(gap) => return Some(Self::Gap(GapEvent(gap))),
        };
        let (account, stored) = (Arc::clone(&logged.account), Arc::clone(&logged.stored));
        let event = &stored.event;
        Some(match &event.happening {
            Happening::MachineRegistered(told) => {
                Self::MachineRegistered(MachineRegisteredEvent { logged, told: told.clone() })
            }
            Happening::MachineStatus(told) => {
                Self::MachineStatus(MachineStatusEvent { logged, told: told.clone() })
            }
            Happening::Trade(trade) => {
                Self::Trade(TradeEvent { logged, told: TradeRow::new(account, trade.clone()) })
            }
            Happening::Refill(refill) => {
                Self::Refill(RefillEvent { logged, told: Refill::new(account, refill.clone()) })
            }
            Happening::Delivery(told) => Self::Delivery(DeliveryEvent { logged, told: told.clone() }),
            Happening::Order(order) => {
                Self::Order(OrderEvent { logged, told: PlacedOrder { account, order: order.clone() } })
            }
            Happening::PickupCode(code) => Self::PickupCode(PickupCodeEvent {
                logged,
                told: KeptPickupCode { account, code: code.clone() },
            }),
            Happening::AccountHealth(told) => {
                Self::AccountHealth(AccountHealthEvent { logged, told: told.clone() })
            }
            Happening::Touched(_) | Happening::Unreadable(_) => return None,
        })
    }
}
