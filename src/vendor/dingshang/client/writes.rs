//! The calls that change something at the vendor: each is sent once, and its success is one only with what it promises.
//!
//! Every one is signed, also those whose samples show no `sign` (Trap 3), except the one that places an order.

use http::Method;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::{
    CANCELLED_PICKUP_CODES, CONSUMES, Call, Client, Content, DELIVERIES, NEW_PICKUP_CODES, ORDER_UPDATE,
    ORDERS, REPLENISHMENTS, TEST_DELIVERIES, answer, json, name,
};
use crate::{
    domain::Text,
    vendor::{
        Error, Kind, Result,
        dingshang::{
            mapping::Parameters,
            wire::{Delivery, Maybe, NewOrder, Order},
        },
        transport::{Effect, Reply},
    },
};

/// A parameter of a payload; all are text.
type Parameter<'a> = (&'a str, &'a str);

impl Client {
    /// Plain JSON, without payload and signature; gives the order's number.
    pub async fn create_order(&self, order: &NewOrder<'_>) -> Result<Text> {
        let content = Content::Plain(json(ORDERS, order)?);
        let number = |Maybe(order): Maybe<Order>| order?.order_id.text();
        self.write(Call::post(ORDERS, &["orders"], content), number).await
    }

    pub async fn update_order(&self, machine: &str, order: &str, status: &str) -> Result<()> {
        let path = ["orders", name(order, Kind::NotFound, ORDER_UPDATE)?];
        let parameters = [machine_no(machine, ORDER_UPDATE)?, ("status", status)];
        self.put(ORDER_UPDATE, &path, &parameters).await
    }

    /// Gives the dispense with its number.
    pub async fn dispense(&self, machine: &str, order: &str, record: &str) -> Result<(Text, Delivery)> {
        let parameters = [
            machine_no(machine, DELIVERIES)?,
            ("method", "device.delivery.put"),
            ("order_id", name(order, Kind::NotFound, DELIVERIES)?),
            ("record_id", name(record, Kind::NotFound, DELIVERIES)?),
        ];
        let call = Call::post(DELIVERIES, &["deliveries"], Content::Signed(&parameters));
        self.write(call, numbered).await
    }

    /// Gives the dispense with its number.
    pub async fn test_dispense(
        &self,
        machine: &str,
        channel: &str,
        notify_url: &str,
    ) -> Result<(Text, Delivery)> {
        if channel.is_empty() {
            return Err(Error::new(Kind::ProductNotFound, TEST_DELIVERIES));
        }
        let parameters = [
            machine_no(machine, TEST_DELIVERIES)?,
            ("method", "device.delivery.put"),
            ("channel_name", channel),
            ("notify_url", notify_url),
        ];
        let call = Call::post(TEST_DELIVERIES, &["deliveries", "debug"], Content::Signed(&parameters));
        self.write(call, numbered).await
    }

    /// `what` says which shelves, and their stock.
    pub async fn replenish(&self, machine: &str, what: &Parameters) -> Result<()> {
        let parameters = join([machine_no(machine, REPLENISHMENTS)?], what);
        let call = Call::post(REPLENISHMENTS, &["replenishments"], Content::Signed(&parameters));
        self.write(call, nothing).await
    }

    /// `what` says for which slots, how many and how long.
    pub async fn create_pickup_codes(&self, machine: &str, what: &Parameters) -> Result<()> {
        let parameters = join([machine_no(machine, NEW_PICKUP_CODES)?], what);
        let call = Call::post(NEW_PICKUP_CODES, &["pickup_codes"], Content::Signed(&parameters));
        self.write(call, nothing).await
    }

    pub async fn cancel_pickup_code(&self, machine: &str, number: &str) -> Result<()> {
        let operation = CANCELLED_PICKUP_CODES;
        let parameters = [
            machine_no(machine, operation)?,
            ("method", "pickup_code.delete.id"),
            ("id", name(number, Kind::PickupCodeNotFound, operation)?),
        ];
        self.put(operation, &["pickup_codes"], &parameters).await.map_err(no_such_code)
    }

    pub async fn cancel_all_pickup_codes(&self, machine: &str) -> Result<()> {
        let parameters = [machine_no(machine, CANCELLED_PICKUP_CODES)?, ("method", "pickup_code.delete.all")];
        self.put(CANCELLED_PICKUP_CODES, &["pickup_codes"], &parameters).await
    }

    /// `what` says which slot, under which number of ours, and who is told; gives the order with its number.
    pub async fn redeem(&self, machine: &str, code: &str, what: &Parameters) -> Result<(Text, Order)> {
        let fixed = [
            machine_no(machine, CONSUMES)?,
            ("method", "event.consume.pickup_code"),
            ("code", name(code, Kind::PickupCodeNotFound, CONSUMES)?),
        ];
        let parameters = join(fixed, what);
        let call = Call::post(CONSUMES, &["consumes"], Content::Signed(&parameters));
        let numbered = |Maybe(order): Maybe<Order>| {
            let order = order?;
            Some((order.order_id.text()?, order))
        };
        self.write(call, numbered).await.map_err(no_such_code)
    }

    /// Cancelling and updating are PUT (Trap 8), and answer nothing.
    async fn put(&self, operation: &'static str, path: &[&str], parameters: &[Parameter<'_>]) -> Result<()> {
        let content = Content::Signed(parameters);
        self.write(Call { operation, method: Method::PUT, path, content }, nothing).await
    }

    /// Sends once. A success without what `told` looks for leaves the outcome unknown, like no answer at all; so does a no
    /// that is not the vendor's own: the 404 of a proxy does not tell what the vendor did.
    async fn write<T: DeserializeOwned, U: Send>(
        &self,
        call: Call<'_>,
        told: fn(T) -> Option<U>,
    ) -> Result<U> {
        let operation = call.operation;
        let read = |reply: Reply| {
            told(answer(operation, &reply).map_err(only_the_vendors)?)
                .ok_or_else(|| Error::new(Kind::Protocol, operation).with_source("a success without data"))
        };
        self.transport.call(operation, Effect::Write, || self.request(&call), read).await
    }
}

fn machine_no<'a>(machine: &'a str, operation: &'static str) -> Result<Parameter<'a>> {
    Ok(("machine_no", name(machine, Kind::MachineNotFound, operation)?))
}

/// What the call itself adds, and then `what`.
fn join<'a, const N: usize>(fixed: [Parameter<'a>; N], what: &'a Parameters) -> Vec<Parameter<'a>> {
    fixed.into_iter().chain(what.iter().map(|(name, value)| (*name, &**value))).collect()
}

#[expect(clippy::unnecessary_wraps, reason = "what a success carries may be missing elsewhere")]
fn nothing(_: IgnoredAny) -> Option<()> {
    Some(())
}

fn numbered(Maybe(delivery): Maybe<Delivery>) -> Option<(Text, Delivery)> {
    let delivery = delivery?;
    Some((delivery.delivery_id.text()?, delivery))
}

/// What an answer without a code of the vendor's says proves nothing.
fn only_the_vendors(mut error: Error) -> Error {
    if error.vendor_code.is_none() && !error.kind.is_no_answer() {
        error.kind = Kind::Protocol;
    }
    error
}

/// In a call about one pickup code, the record that the vendor does not find is that code. An answer without a code
/// of the vendor's speaks of the call.
fn no_such_code(mut error: Error) -> Error {
    if error.kind == Kind::NotFound && error.vendor_code.is_some() {
        error.kind = Kind::PickupCodeNotFound;
    }
    error
}
