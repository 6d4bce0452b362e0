//! Pickup codes: made, taken back and redeemed; which of these a call is, its `method` says.

use serde_json::{Value, json};

use crate::sandbox::clock;
use crate::sandbox::options::ErrorNumbers;
use crate::sandbox::world::dingshang::{Batch, Denied, Fleet, Wanted};

use super::orders;
use super::payload::Payload;
use super::refusal::Refusal;
use super::render;

/// How many digits a code has unless asked otherwise.
const LENGTH: u64 = 6;

pub(super) fn create(payload: &Payload, fleet: &Fleet, numbers: ErrorNumbers) -> Result<Value, Refusal> {
    let machine = payload.required("machine_no")?;
    let product = match payload.required("method")? {
        "pickup_code.product.id" => Some(payload.required_number("product_id")?),
        "pickup_code.product.all" => None,
        _ => return Err(Refusal::parameter("method must be pickup_code.product.id or .all")),
    };
    let length = payload.number("code_length")?.unwrap_or(LENGTH);
    if !(6..=10).contains(&length) {
        return Err(Refusal::parameter("code_length must be 6 to 10"));
    }
    // One for each product where all are meant; `quantity` is ignored by the vendor.
    let count = if product.is_some() { payload.number("count")?.unwrap_or(1) } else { 1 };
    let batch = Batch {
        expires: expiry(payload, fleet.now())?,
        length: u32::try_from(length).unwrap_or(6),
        count: u32::try_from(count).unwrap_or(u32::MAX),
    };
    if count == 0 {
        return Err(too_many());
    }
    fleet.make_codes(machine, product, batch).map_err(|denied| {
        if denied == Denied::OverCapacity { too_many() } else { Refusal::denied(denied, numbers) }
    })?;
    Ok(json!({}))
}

pub(super) fn cancel(payload: &Payload, fleet: &Fleet, numbers: ErrorNumbers) -> Result<Value, Refusal> {
    let machine = payload.required("machine_no")?;
    let id = match payload.required("method")? {
        "pickup_code.delete.id" => Some(payload.required_number("id")?),
        "pickup_code.delete.all" => None,
        _ => return Err(Refusal::parameter("method must be pickup_code.delete.id or .all")),
    };
    fleet.cancel_codes(machine, id).map_err(|denied| Refusal::denied(denied, numbers))?;
    Ok(json!({}))
}

/// The answer is the order; nothing is dispensed yet.
pub(super) fn redeem(payload: &Payload, fleet: &Fleet, numbers: ErrorNumbers) -> Result<Value, Refusal> {
    let machine = payload.required("machine_no")?;
    payload.fixed("method", "event.consume.pickup_code")?;
    let code = payload.required("code")?;
    let wanted = Wanted {
        machine: machine.to_owned(),
        lines: vec![(payload.required_number("product_id")?, 1)],
        notify_url: payload.required("notify_url")?.to_owned(),
        trade_id: orders::trade_id(payload.get("trade_id"))?.to_owned(),
    };
    let order = fleet.redeem(code, &wanted).map_err(|denied| Refusal::denied(denied, numbers))?;
    Ok(render::order(&order))
}

fn expiry(payload: &Payload, now: i64) -> Result<Option<i64>, Refusal> {
    let Some(text) = payload.get("expired_at") else {
        return Ok(None);
    };
    let time = clock::from_gmt8(text).ok_or_else(|| Refusal::parameter("expired_at must be a time"))?;
    if time <= now {
        return Err(Refusal::parameter("expired_at is over"));
    }
    Ok(Some(time))
}

fn too_many() -> Refusal {
    Refusal::parameter("count must be from 1 to the capacity")
}
