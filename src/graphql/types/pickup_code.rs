//! Pickup codes.

use async_graphql::{Context, Enum, ID, Object};

use super::{Connection, DateTime, Machine, Money, Shelf, VendorAccount};
use crate::{
    auth::Scope,
    domain::{IssuedPickupCode, Text},
    gateway::{self, FoundPickupCode, PickupCodePage},
    graphql::{
        error::Result,
        field::{field, guarded_option},
    },
};

/// Digits that a shopper trades for goods at a machine.
#[derive(Clone, Debug)]
pub struct PickupCode(pub FoundPickupCode);

impl PickupCode {
    /// A page of pickup codes.
    pub fn page(codes: PickupCodePage) -> Connection<Self> {
        Connection::new(codes.page, codes.sources, Self)
    }

    /// The machine and the shelf that it is good for.
    fn place(&self) -> (Option<&Text>, Option<(&Text, &Text)>) {
        match &self.0 {
            FoundPickupCode::Listed(listed) => {
                (Some(listed.machine.number()), Some((&listed.shelf.cabinet, &listed.shelf.code)))
            }
            FoundPickupCode::Kept(kept) => {
                let IssuedPickupCode { machine, cabinet, shelf, .. } = &kept.code;
                (machine.as_ref(), cabinet.as_ref().zip(shelf.as_ref()))
            }
        }
    }

    async fn found_machine(&self, ctx: &Context<'_>) -> Result<Option<gateway::Machine>> {
        if let FoundPickupCode::Listed(listed) = &self.0 {
            return Ok(Some(listed.machine.clone()));
        }
        let field = field(ctx)?;
        let (Some(number), _) = self.place() else { return Ok(None) };
        Ok(Some(field.gateway.machine(field.asker, self.0.account().name(), number).await?))
    }

    /// What only a code that we keep tells of itself.
    fn kept(&self) -> Option<&IssuedPickupCode> {
        match &self.0 {
            FoundPickupCode::Listed(_) => None,
            FoundPickupCode::Kept(kept) => Some(&kept.code),
        }
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
        VendorAccount(self.0.account().clone())
    }

    /// The machine it is good for; null: any machine. Needs the scope `machines:read`.
    async fn machine(&self, ctx: &Context<'_>) -> Option<Machine> {
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async { Ok(self.found_machine(ctx).await?.map(Machine)) }),
        )
        .await
    }

    /// The shelf it is good for; null: any shelf. Needs the scope `machines:read`.
    async fn shelf(&self, ctx: &Context<'_>) -> Option<Shelf> {
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let (_, Some((cabinet, code))) = self.place() else { return Ok(None) };
                let Some(machine) = self.found_machine(ctx).await? else { return Ok(None) };
                let (shelf, as_of) = machine.shelf(cabinet, code, field.asker).await?;
                Ok(Some(Shelf::new(machine, shelf, as_of)))
            }),
        )
        .await
    }

    /// The number of the product it is good for; null: any product, or it is not known.
    async fn product_number(&self) -> Option<&str> {
        match &self.0 {
            FoundPickupCode::Listed(listed) => listed.shelf.product.as_ref().map(|product| &*product.number),
            FoundPickupCode::Kept(kept) => kept.code.product_number.as_deref(),
        }
    }

    /// The digits.
    async fn code(&self) -> &str {
        match &self.0 {
            FoundPickupCode::Listed(listed) => &listed.code.code,
            FoundPickupCode::Kept(kept) => &kept.code.code,
        }
    }

    /// Whether it is still good. A code that its vendor keeps and cannot list (InHand, issuer VENDOR) is told as far as
    /// this gateway knows: UNUSED until its end, although the vendor may have taken it.
    async fn state(&self) -> PickupCodeState {
        self.0.state().into()
    }

    /// Who keeps the code and decides when it is used.
    async fn issuer(&self) -> PickupCodeIssuer {
        self.kept().map_or(PickupCodeIssuer::Vendor, |kept| kept.issuer.into())
    }

    /// How many pieces it is good for.
    async fn quantity(&self) -> u32 {
        match &self.0 {
            FoundPickupCode::Listed(listed) => listed.code.quantity,
            FoundPickupCode::Kept(kept) => kept.code.quantity,
        }
    }

    /// What was paid for it; null where that is not known.
    async fn fee(&self) -> Option<Money> {
        self.kept()?.fee.map(Money::from)
    }

    /// When it was made; null where the vendor does not tell.
    async fn created_at(&self) -> Option<DateTime> {
        match &self.0 {
            FoundPickupCode::Listed(listed) => listed.code.created_at.map(DateTime),
            FoundPickupCode::Kept(kept) => Some(DateTime(kept.code.created_at)),
        }
    }

    /// From when it is good; null: at once.
    async fn starts_at(&self) -> Option<DateTime> {
        self.kept()?.starts_at.map(DateTime)
    }

    /// Until when it is good; null: for ever.
    async fn expires_at(&self) -> Option<DateTime> {
        match &self.0 {
            FoundPickupCode::Listed(listed) => listed.code.expires_at.map(DateTime),
            FoundPickupCode::Kept(kept) => kept.code.expires_at.map(DateTime),
        }
    }

    /// When it was used; null when it was not, or that is not known.
    async fn used_at(&self) -> Option<DateTime> {
        self.kept()?.used_at.map(DateTime)
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
#[graphql(remote = "crate::domain::PickupCodeIssuer")]
pub enum PickupCodeIssuer {
    /// The machine's vendor.
    Vendor,
    /// This gateway.
    Gateway,
}
