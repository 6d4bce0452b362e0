//! The sorts of events, one type each.

use async_graphql::{Context, ID, Object};

use super::{EventKind, EventOrigin, GapReason};
use crate::{
    auth::Scope,
    domain::{self, Id},
    gateway::{self, FoundPickupCode, Gap, KeptPickupCode, LoggedEvent, PlacedOrder, TradeRow},
    graphql::{
        field::{field, guarded_option},
        types::{
            DateTime, Machine, MachineStatus, Order, PickupCode, Refill, Trade, VendorAccount,
            account::AccountHealth, shelf::ShelfState, status::text, trade::Delivery,
        },
    },
};

/// An event type: what all have, and its own fields. async-graphql takes an object's fields from one `impl`.
macro_rules! event {
    ($doc:literal, $name:ident, $told:ty, $kind:ident, { $($own:tt)* }) => {
        #[doc = $doc]
        #[derive(Clone, Debug)]
        pub struct $name {
            pub(super) logged: LoggedEvent,
            pub(in crate::graphql) told: $told,
        }

        #[doc = $doc]
        #[Object]
        impl $name {
            /// Identifies it; the same as its cursor.
            pub async fn id(&self) -> ID {
                self.logged.stored.place.encode().into()
            }

            /// Its place in the log, for `after`.
            pub async fn cursor(&self) -> String {
                self.logged.stored.place.encode()
            }

            /// What kind it is.
            pub async fn kind(&self) -> EventKind {
                EventKind::$kind
            }

            /// The account it happened at.
            pub async fn account(&self) -> Option<VendorAccount> {
                Some(VendorAccount(self.logged.account.clone()))
            }

            /// The machine it happened at; null when it happened at none, or the machine is no longer in the fleet. Needs
            /// the scope `machines:read`.
            pub async fn machine(&self, ctx: &Context<'_>) -> Option<Machine> {
                let number = self.logged.stored.event.machine.as_ref()?;
                Machine::find(ctx, self.logged.account.name(), number).await
            }

            /// The number of that machine; null when it happened at none.
            pub async fn machine_number(&self) -> Option<String> {
                text(self.logged.stored.event.machine.as_ref())
            }

            /// Who told.
            pub async fn origin(&self) -> EventOrigin {
                self.logged.stored.event.origin.into()
            }

            /// When it happened; when this gateway received it, where the vendor does not say.
            pub async fn occurred_at(&self) -> DateTime {
                DateTime(self.logged.stored.event.occurred_at)
            }

            /// When this gateway heard of it.
            pub async fn received_at(&self) -> DateTime {
                DateTime(self.logged.stored.event.received_at)
            }

            $($own)*
        }
    };
}

event!(
    "A machine was set up at its vendor's platform.",
    MachineRegisteredEvent,
    domain::Registration,
    MachineRegistered,
    {
        /// Its name; null where the vendor does not tell.
        async fn name(&self) -> Option<&str> {
            self.told.name.as_deref()
        }

        /// The name of its site; null where the vendor does not tell.
        async fn site_name(&self) -> Option<&str> {
            self.told.site_name.as_deref()
        }

        /// The name of its line; null where the vendor does not tell.
        async fn line_name(&self) -> Option<&str> {
            self.told.line_name.as_deref()
        }
    }
);

event!(
    "A machine reported how it is, or was found changed.",
    MachineStatusEvent,
    domain::StatusNews,
    MachineStatus,
    {
        /// What was reported: what the machine left out is null or empty here, and stays as it was. All of it together is
        /// `machine.status`.
        async fn status(&self) -> MachineStatus {
            MachineStatus::told(&self.told.status, &self.logged)
        }

        /// The codes of the shelves that are reported as sold out.
        async fn sold_out_shelves(&self) -> Vec<&str> {
            self.told
                .shelves
                .iter()
                .filter(|shelf| shelf.sold_out == Some(true))
                .map(|shelf| &*shelf.code)
                .collect()
        }
    }
);

event!(
    "Something was sold or won, or there is news of it: paid, dispensed, paid back.",
    TradeEvent,
    TradeRow,
    Trade,
    {
        /// The trade, as it then was.
        async fn trade(&self) -> Trade {
            Trade(self.told.clone())
        }
    }
);

event!("A machine was refilled.", RefillEvent, Refill, Refill, {
    /// The refill.
    async fn refill(&self) -> Refill {
        self.told.clone()
    }
});

event!(
    "A machine told whether goods came out. It is a claim of the machine's: what became of the order, `order` says, \
     which is read at the vendor.",
    DeliveryEvent,
    domain::DeliveryNews,
    Delivery,
    {
        /// The order, as this gateway knows it now; null: a test dispense.
        async fn order(&self, ctx: &Context<'_>) -> Option<Order> {
            let trade_number = self.told.trade_number.as_ref()?;
            guarded_option(
                ctx,
                Scope::OrdersRead,
                Box::pin(async {
                    let field = field(ctx)?;
                    let account = self.logged.account.name();
                    match field.gateway.kept_order(field.asker, account, trade_number).await {
                        Ok(order) => Ok(Some(Order(order))),
                        Err(gateway::Error::NotFound) => Ok(None),
                        Err(error) => Err(error.into()),
                    }
                }),
            )
            .await
        }

        /// The vendor's number of the order; null where it is not known.
        async fn order_number(&self) -> Option<&str> {
            self.told.order_number.as_deref()
        }

        /// The order's line, as in `OrderLine.id`; null where it is not known.
        async fn line_id(&self) -> Option<ID> {
            let trade_number = self.told.trade_number.clone()?;
            let (position, _attempt) = self.told.line?;
            let account = self.logged.account.name().clone();
            Some(Id::OrderLine { account, trade_number, position }.encode().into())
        }

        /// What the machine claims.
        async fn delivery(&self) -> Delivery {
            Delivery::from(&self.told.delivery)
        }

        /// How the machine says that the slot is.
        async fn shelf_state(&self) -> ShelfState {
            self.told.shelf_state.into()
        }
    }
);

event!("An order placed through this API changed.", OrderEvent, PlacedOrder, Order, {
    /// The order, as it then was.
    async fn order(&self) -> Order {
        Order(self.told.clone())
    }
});

event!(
    "A pickup code that this gateway keeps was made, held, used or cancelled, or has ended.",
    PickupCodeEvent,
    KeptPickupCode,
    PickupCode,
    {
        /// The code, as it then was.
        async fn pickup_code(&self) -> PickupCode {
            PickupCode(FoundPickupCode::Kept(self.told.clone()))
        }
    }
);

event!(
    "A vendor ceased to answer, or answers again.",
    AccountHealthEvent,
    domain::AccountHealth,
    AccountHealth,
    {
        /// How the vendor was answering then.
        async fn health(&self) -> AccountHealth {
            (&self.told).into()
        }
    }
);

/// What comes after the cursor is not kept any more: what happened up to this event's own cursor is not in the log.
#[derive(Clone, Copy, Debug)]
pub struct GapEvent(pub Gap);

/// What comes after the cursor is not kept any more: what happened up to this event's own cursor is not in the log.
#[Object]
impl GapEvent {
    /// Identifies it; the same as its cursor.
    pub async fn id(&self) -> ID {
        self.0.until.encode().into()
    }

    /// Its place in the log, for `after`.
    pub async fn cursor(&self) -> String {
        self.0.until.encode()
    }

    /// What kind it is.
    pub async fn kind(&self) -> EventKind {
        EventKind::Gap
    }

    /// Null: what is missing may be of any account.
    pub async fn account(&self) -> Option<VendorAccount> {
        None
    }

    /// Null: what is missing may be of any machine.
    pub async fn machine(&self) -> Option<Machine> {
        None
    }

    /// Null, as the machine is.
    pub async fn machine_number(&self) -> Option<String> {
        None
    }

    /// Who told: this gateway.
    pub async fn origin(&self) -> EventOrigin {
        EventOrigin::Internal
    }

    /// When it was found that something is missing.
    pub async fn occurred_at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// The same as `occurredAt`.
    pub async fn received_at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// Why.
    async fn reason(&self) -> GapReason {
        GapReason::Retention
    }
}
