//! Pickup codes: made, told, cancelled; those that a vendor keeps and lists, and those that we keep.
//!
//! A vendor that lists its codes is asked for them, slot by slot. We keep the others: our own, which a platform asks us
//! about ([`Gateway::hold_pickup_code`], [`Gateway::use_pickup_code`]), and those that a vendor made and cannot list.
//! Codes of a listing vendor that were made through us are remembered too, so that who repeats the command is told the
//! same codes, but they stay the vendor's: no list is made of what is remembered.

mod again;
mod cancel;
mod create;
mod filter;
mod list;
mod own;
mod vendor;

use std::sync::Arc;

use super::{Account, Gateway, Machine, Page, Result, SourceStatus, lease};
use crate::{
    domain::{Capability, Id, IssuedPickupCode, PickupCode, PickupCodeIssuer, PickupCodeState, Shelf, Text},
    gateway::PlacedOrder,
};

pub use create::CreatePickupCodes;
pub use filter::PickupCodeFilter;

/// A pickup code, wherever it is kept.
#[derive(Clone, Debug)]
pub enum FoundPickupCode {
    /// Its vendor listed it.
    Listed(ShelfPickupCode),
    /// We keep or remember it.
    Kept(KeptPickupCode),
}

/// A pickup code that its vendor listed, and the shelf it is good for.
#[derive(Clone, Debug)]
pub struct ShelfPickupCode {
    /// The machine.
    pub machine: Machine,
    /// The shelf.
    pub shelf: Shelf,
    /// The code.
    pub code: PickupCode,
}

/// A pickup code as it is stored, and whose it is.
#[derive(Clone, Debug)]
pub struct KeptPickupCode {
    /// The account it is good at.
    pub account: Arc<Account>,
    /// The code.
    pub code: IssuedPickupCode,
}

/// A page of pickup codes.
#[derive(Debug)]
pub struct PickupCodePage {
    /// The page.
    pub page: Page<FoundPickupCode>,
    /// What became of each account's share.
    pub sources: Vec<SourceStatus>,
}

impl FoundPickupCode {
    /// Its global id.
    pub fn id(&self) -> Id {
        match self {
            Self::Listed(listed) => listed.id(),
            Self::Kept(kept) => kept.id(),
        }
    }

    /// The account it is good at.
    pub fn account(&self) -> &Arc<Account> {
        match self {
            Self::Listed(listed) => &listed.machine.account,
            Self::Kept(kept) => &kept.account,
        }
    }

    /// Whether it is still good.
    pub fn state(&self) -> PickupCodeState {
        match self {
            Self::Listed(listed) => listed.code.state,
            Self::Kept(kept) => kept.code.state,
        }
    }
}

impl ShelfPickupCode {
    /// Its global id.
    pub fn id(&self) -> Id {
        Id::PickupCode {
            account: self.machine.account.name().clone(),
            machine: self.machine.number().clone(),
            cabinet: self.shelf.cabinet.clone(),
            shelf: self.shelf.code.clone(),
            code: self.code.number.clone(),
        }
    }
}

impl KeptPickupCode {
    /// Its global id: for a code that is remembered, the one by which its vendor's list has it.
    pub fn id(&self) -> Id {
        let account = self.account.name().clone();
        let IssuedPickupCode { machine, cabinet, shelf: on, number, .. } = &self.code;
        match (machine, cabinet, on) {
            (Some(machine), Some(cabinet), Some(on)) if is_listed(&self.account) => Id::PickupCode {
                account,
                machine: machine.clone(),
                cabinet: cabinet.clone(),
                shelf: on.clone(),
                code: number.rsplit('/').next().unwrap_or_default().into(),
            },
            _ => Id::IssuedPickupCode { account, code: number.clone() },
        }
    }
}

/// Whether an account's vendor lists its codes, which then belong to slots.
fn is_listed(account: &Account) -> bool {
    account.can(Capability::PickupCodeList)
}

/// Our number of a code that we remember: the vendor's own, which is not promised to be unique across machines.
pub(super) fn remembered(machine: &str, number: &str) -> Text {
    format!("{machine}/{number}").into()
}

/// A listed code as it is remembered.
fn remember(
    account: &Account,
    (machine, cabinet, shelf): (&Text, &Text, &Text),
    code: &PickupCode,
) -> IssuedPickupCode {
    IssuedPickupCode {
        account: account.name().clone(),
        number: remembered(machine, &code.number),
        issuer: PickupCodeIssuer::Vendor,
        code: code.code.clone(),
        machine: Some(machine.clone()),
        cabinet: Some(cabinet.clone()),
        shelf: Some(shelf.clone()),
        product_number: None,
        quantity: code.quantity,
        fee: None,
        state: code.state,
        created_at: code.created_at.unwrap_or_else(|| account.now()),
        starts_at: None,
        expires_at: code.expires_at,
        used_at: None,
        used_by: None,
        hold: None,
        version: 0,
    }
}

impl Gateway {
    /// A code as it is stored, whoever asks.
    async fn kept(&self, account: &Arc<Account>, number: &str) -> Result<Option<KeptPickupCode>> {
        lease::note_once();
        let code = self.store().code(account.name(), number).await?;
        Ok(code.map(|code| self.as_now(account, code)))
    }

    fn as_now(&self, account: &Arc<Account>, mut code: IssuedPickupCode) -> KeptPickupCode {
        lease::note_once();
        code.settle(self.clock.now());
        KeptPickupCode { account: Arc::clone(account), code }
    }

    /// The pickup code that paid for an order, where we remember it.
    pub async fn pickup_code_of(&self, placed: &PlacedOrder) -> Result<Option<FoundPickupCode>> {
        let Some(number) = &placed.order.pickup_code_number else { return Ok(None) };
        let number = remembered(&placed.order.machine, number);
        Ok(self.kept(&placed.account, &number).await?.map(FoundPickupCode::Kept))
    }
}
