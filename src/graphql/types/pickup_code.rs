//! Pickup codes.

use async_graphql::{Context, Enum, ID, Object};

use super::{Connection, DateTime, Machine, Money, Shelf, VendorAccount};
use crate::{
    auth::Scope,
    gateway::{PickupCodePage, ShelfPickupCode},
    graphql::field::{field, guarded},
};

/// Digits that a shopper trades for goods at a machine.
#[derive(Clone, Debug)]
pub struct PickupCode(pub ShelfPickupCode);

impl PickupCode {
    /// A page of pickup codes.
    pub fn page(codes: PickupCodePage) -> Connection<Self> {
        Connection::new(codes.page, codes.sources, |code| (code.id(), Self(code)))
    }
}

/// Digits that a shopper trades for goods at a machine.
#[Object]
impl PickupCode {
    /// Global id.
    pub async fn id(&self) -> ID {
        self.0.id().encode().into()
    }

    /// The account it belongs to.
    async fn account(&self) -> VendorAccount {
        VendorAccount(self.0.machine.account.clone())
    }

    /// The machine it is good for; null: any machine. Needs the scope `machines:read`.
    async fn machine(&self, ctx: &Context<'_>) -> Option<Machine> {
        guarded(ctx, Scope::MachinesRead, Box::pin(async { Ok(Machine(self.0.machine.clone())) })).await
    }

    /// The shelf it is good for; null: any shelf. Needs the scope `machines:read`.
    async fn shelf(&self, ctx: &Context<'_>) -> Option<Shelf> {
        guarded(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let (cabinet, code) = (&self.0.shelf.cabinet, &self.0.shelf.code);
                let (shelf, as_of) = self.0.machine.shelf(cabinet, code, field.asker).await?;
                Ok(Shelf::new(self.0.machine.clone(), shelf, as_of))
            }),
        )
        .await
    }

    /// The number of the product it is good for; null: any product.
    async fn product_number(&self) -> Option<&str> {
        self.0.shelf.product.as_ref().map(|product| &*product.number)
    }

    /// The digits.
    async fn code(&self) -> &str {
        &self.0.code.code
    }

    /// Whether it is still good.
    async fn state(&self) -> PickupCodeState {
        self.0.code.state.into()
    }

    /// Who keeps the code and decides when it is used.
    async fn issuer(&self) -> PickupCodeIssuer {
        PickupCodeIssuer::Vendor
    }

    /// How many pieces it is good for.
    async fn quantity(&self) -> u32 {
        self.0.code.quantity
    }

    /// What was paid for it; null where the vendor does not tell.
    async fn fee(&self) -> Option<Money> {
        None
    }

    /// When it was made; null where the vendor does not tell.
    async fn created_at(&self) -> Option<DateTime> {
        self.0.code.created_at.map(DateTime)
    }

    /// From when it is good; null: at once.
    async fn starts_at(&self) -> Option<DateTime> {
        None
    }

    /// Until when it is good; null: for ever.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.code.expires_at.map(DateTime)
    }

    /// When it was used; null when it was not.
    async fn used_at(&self) -> Option<DateTime> {
        None
    }
}

/// Whether a pickup code is still good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::PickupCodeState")]
pub enum PickupCodeState {
    /// Good.
    Unused,
    /// A machine is dispensing for it.
    Held,
    /// Used.
    Used,
    /// Past its end.
    Expired,
    /// Cancelled.
    Cancelled,
    /// Not told by the vendor, or a state that this API has no name for yet.
    Unknown,
}

/// Who keeps a pickup code and decides when it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PickupCodeIssuer {
    /// The machine's vendor.
    Vendor,
    /// This gateway.
    Gateway,
}
