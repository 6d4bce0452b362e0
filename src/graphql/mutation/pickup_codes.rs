//! Making, cancelling and redeeming pickup codes.

use async_graphql::{ComplexObject, Context, ID, InputObject, Object, SimpleObject};

use super::{
    UserError, commanded,
    orders::{OrderPayload, shelf},
};
use crate::{
    auth::Scope,
    gateway::{self, Blame as _, Commanded, CreatePickupCodes, FoundPickupCode, Problem, RedeemPickupCode},
    graphql::{
        field::guarded,
        input,
        types::{DateTime, Machine, PickupCode, PickupCodeIssuer},
    },
};

/// Changes to pickup codes.
#[derive(Debug, Default)]
pub struct PickupCodeMutation;

#[Object]
impl PickupCodeMutation {
    /// Makes pickup codes. Dingshang's (issuer VENDOR) are for a shelf, or one for each shelf of a machine; InHand's are
    /// for a machine and a product, each if given, and are made one by one: where not all could be made, those that were
    /// come beside `userErrors`. Those of this gateway (issuer GATEWAY) are for platforms that ask it (capability
    /// PICKUP_CODE_VERIFY). The same `idempotencyKey` gives the same codes. Needs `pickup-codes:write`.
    async fn create_pickup_codes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which codes.")] input: CreatePickupCodesInput,
    ) -> Option<PickupCodesPayload> {
        commanded(ctx, Scope::PickupCodesWrite, input.check(), |at, wanted| async move {
            at.gateway.create_pickup_codes(at.asker, &wanted).await
        })
        .await
    }

    /// Cancels one pickup code: one that its vendor lists, or one of this gateway's own, unless it is used, expired, or a
    /// machine dispenses for it (PICKUP_CODE_USED, its state HELD). To cancel it again is no error. Needs
    /// `pickup-codes:write`.
    async fn cancel_pickup_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which code.")] input: CancelPickupCodeInput,
    ) -> Option<PickupCodesPayload> {
        commanded(
            ctx,
            Scope::PickupCodesWrite,
            input::id("pickupCodeId", &input.pickup_code_id).blame(&["pickupCodeId"]),
            |at, id| async move { at.gateway.cancel_pickup_code(at.asker, &id).await.map(|code| [code]) },
        )
        .await
    }

    /// Cancels every unused pickup code of a machine: those that its vendor keeps, or, where the vendor can cancel none
    /// (InHand), those of this gateway's own that are for this machine alone. Codes for which the machine dispenses right
    /// now stay, with PICKUP_CODE_USED. Needs `pickup-codes:write`.
    async fn cancel_all_pickup_codes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which machine.")] input: CancelAllPickupCodesInput,
    ) -> Option<CancelAllPickupCodesPayload> {
        commanded(
            ctx,
            Scope::PickupCodesWrite,
            input::machine("machineId", &input.machine_id).blame(&["machineId"]),
            |at, machine| async move { at.gateway.cancel_all_pickup_codes(at.asker, &machine).await },
        )
        .await
    }

    /// Trades a pickup code for an order that needs no payment; `dispenseOrderLine` then brings out the goods. Of a code
    /// that is used (PICKUP_CODE_USED), `order` is the order that used it, where it went through this API. The same
    /// `idempotencyKey` gives the same order. Needs `pickup-codes:write`.
    async fn redeem_pickup_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which code, and where.")] input: RedeemPickupCodeInput,
    ) -> Option<OrderPayload> {
        commanded(ctx, Scope::PickupCodesWrite, input.check(), |at, wanted| async move {
            at.gateway.redeem_pickup_code(at.asker, &wanted).await
        })
        .await
    }
}

/// Pickup codes to be made.
#[derive(Debug, InputObject)]
pub struct CreatePickupCodesInput {
    /// The account that they are good at.
    account_id: ID,
    /// Who shall keep them and decide when they are used.
    issuer: PickupCodeIssuer,
    /// The machine that takes them; left out, any takes them. Dingshang needs it, or `shelfId`.
    machine_id: Option<ID>,
    /// The shelf that they are for; at Dingshang alone, and there, left out, one code is made for each shelf.
    shelf_id: Option<ID>,
    /// The number of the product that they are for; left out, any. Not at Dingshang, whose codes are for shelves.
    product_number: Option<String>,
    /// How many, 1 when left out: at Dingshang up to the shelf's capacity, at InHand up to 20, of this gateway's own up
    /// to 100.
    count: Option<i32>,
    /// How many digits each has, 6 to 10: left out, 6 at Dingshang, and 8 of this gateway's own. InHand's have 7.
    code_length: Option<i32>,
    /// From when on they are good; left out, at once. Not at Dingshang.
    starts_at: Option<DateTime>,
    /// Until when they are good; left out, for ever. In the future, and after `startsAt`.
    expires_at: Option<DateTime>,
    /// What was paid for each, in fen (CNY), from 0; of this gateway's own alone.
    fee_minor_units: Option<i32>,
    /// 1 to 255 printable characters of the caller's own, new for every set of codes that is meant; kept for 7 days.
    idempotency_key: String,
}

/// A pickup code to be cancelled.
#[derive(Debug, InputObject)]
pub struct CancelPickupCodeInput {
    /// The code.
    pickup_code_id: ID,
}

/// A machine whose pickup codes are to be cancelled.
#[derive(Debug, InputObject)]
pub struct CancelAllPickupCodesInput {
    /// The machine.
    machine_id: ID,
}

/// A pickup code to be redeemed.
#[derive(Debug, InputObject)]
pub struct RedeemPickupCodeInput {
    /// The shelf that it is for.
    shelf_id: ID,
    /// Its digits, 6 to 10.
    code: String,
    /// 1 to 255 printable characters of the caller's own, new for every redemption that is meant; kept for 7 days.
    idempotency_key: String,
}

/// What became of a command about pickup codes.
#[derive(SimpleObject)]
pub struct PickupCodesPayload {
    /// The codes, as they now stand.
    pickup_codes: Vec<PickupCode>,
    /// Why the command was not carried out, or not in whole; empty when it was.
    user_errors: Vec<UserError>,
}

/// What became of the cancellation of all pickup codes of a machine.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct CancelAllPickupCodesPayload {
    #[graphql(skip)]
    machine: Option<Machine>,
    /// Why it was not carried out, or not in whole; empty when it was.
    user_errors: Vec<UserError>,
}

#[ComplexObject]
impl CancelAllPickupCodesPayload {
    /// The machine; null when there is none. Needs the scope `machines:read`.
    async fn machine(&self, ctx: &Context<'_>) -> Option<Machine> {
        let machine = self.machine.clone()?;
        guarded(ctx, Scope::MachinesRead, Box::pin(async { Ok(machine) })).await
    }
}

/// Of one code, or of several: what there is of them.
impl<T: IntoIterator<Item = FoundPickupCode>> From<Commanded<T>> for PickupCodesPayload {
    fn from(commanded: Commanded<T>) -> Self {
        Self {
            pickup_codes: commanded.subject.into_iter().flatten().map(PickupCode).collect(),
            user_errors: commanded.problem.into_iter().map(UserError::from).collect(),
        }
    }
}

impl From<Commanded<gateway::Machine>> for CancelAllPickupCodesPayload {
    fn from(commanded: Commanded<gateway::Machine>) -> Self {
        Self {
            machine: commanded.subject.map(Machine),
            user_errors: commanded.problem.into_iter().map(UserError::from).collect(),
        }
    }
}

impl CreatePickupCodesInput {
    fn check(self) -> Result<CreatePickupCodes, Problem> {
        let machine = self.machine_id.map(|id| input::machine("machineId", &id)).transpose();
        let on = self.shelf_id.map(|id| shelf(&id, &["shelfId"])).transpose()?;
        Ok(CreatePickupCodes {
            account: input::account("accountId", &self.account_id).blame(&["accountId"])?,
            issuer: self.issuer.into(),
            machine: machine.blame(&["machineId"])?,
            shelf: on.map(|((account, machine), cabinet, code)| (account, machine, cabinet, code)),
            product_number: self.product_number.map(Into::into),
            count: self.count,
            length: self.code_length,
            starts_at: self.starts_at.map(|at| at.0),
            expires_at: self.expires_at.map(|at| at.0),
            fee: self.fee_minor_units,
            key: input::key(&self.idempotency_key).blame(&["idempotencyKey"])?,
        })
    }
}

impl RedeemPickupCodeInput {
    fn check(self) -> Result<RedeemPickupCode, Problem> {
        let (of, cabinet, on) = shelf(&self.shelf_id, &["shelfId"])?;
        let key = input::key(&self.idempotency_key).blame(&["idempotencyKey"])?;
        Ok(RedeemPickupCode { of, cabinet, shelf: on, code: self.code.into(), key })
    }
}
