//! Orders: placed with a plain body, paid or cancelled, and dispensed record by record.

use serde_json::{Map, Value, json};

use crate::sandbox::options::ErrorNumbers;
use crate::sandbox::world::dingshang::{Fleet, Payment, Wanted};

use super::payload::Payload;
use super::refusal::Refusal;
use super::render;

/// The one `method` of the calls that dispense.
const PUT: &str = "device.delivery.put";

/// The body is the parameters themselves, not signed.
pub(super) fn place(body: &[u8], fleet: &Fleet, numbers: ErrorNumbers) -> Result<Value, Refusal> {
    let members: Map<String, Value> =
        serde_json::from_slice(body).map_err(|_| Refusal::parameter("the body is not a JSON object"))?;
    let machine = text(&members, "machine_no")?.filter(|text| !text.is_empty());
    let notify_url = text(&members, "notify_url")?.filter(|text| !text.is_empty());
    let wanted = Wanted {
        machine: machine.ok_or_else(|| Refusal::parameter("machine_no is required"))?.to_owned(),
        trade_id: trade_id(text(&members, "trade_id")?)?.to_owned(),
        notify_url: notify_url.ok_or_else(|| Refusal::parameter("notify_url is required"))?.to_owned(),
        lines: lines(members.get("products"))?,
    };
    let id = fleet.place(&wanted).map_err(|denied| Refusal::denied(denied, numbers))?;
    Ok(json!({ "order_id": id }))
}

pub(super) fn update(
    payload: &Payload,
    fleet: &Fleet,
    id: &str,
    numbers: ErrorNumbers,
) -> Result<Value, Refusal> {
    let machine = payload.required("machine_no")?;
    let payment = match payload.required("status")? {
        "1" => Payment::Paid,
        "2" => Payment::ToRefund,
        "3" => Payment::Closed,
        "4" => Payment::Revoked,
        "5" => Payment::UserPaying,
        "6" => Payment::Failed,
        _ => return Err(Refusal::parameter("status must be 1 to 6")),
    };
    let id = id.parse().map_err(|_| Refusal::no_such_record())?;
    fleet.update(machine, id, payment).map_err(|denied| Refusal::denied(denied, numbers))?;
    Ok(json!(""))
}

pub(super) fn dispense(payload: &Payload, fleet: &Fleet, numbers: ErrorNumbers) -> Result<Value, Refusal> {
    let machine = payload.required("machine_no")?;
    payload.fixed("method", PUT)?;
    let (order, record) = (payload.required_number("order_id")?, payload.required_number("record_id")?);
    let started = fleet.dispense(machine, order, record);
    Ok(render::started(&started.map_err(|denied| Refusal::denied(denied, numbers))?))
}

pub(super) fn dispense_test(
    payload: &Payload,
    fleet: &Fleet,
    numbers: ErrorNumbers,
) -> Result<Value, Refusal> {
    let machine = payload.required("machine_no")?;
    payload.fixed("method", PUT)?;
    let (channel, url) = (payload.required("channel_name")?, payload.required("notify_url")?);
    let started = fleet.dispense_test(machine, channel, url);
    Ok(render::started(&started.map_err(|denied| Refusal::denied(denied, numbers))?))
}

/// The merchant's number: any text but none.
pub(super) fn trade_id(given: Option<&str>) -> Result<&str, Refusal> {
    given.filter(|text| !text.is_empty()).ok_or_else(Refusal::empty_trade_id)
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Refusal> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let text = value.as_str().ok_or_else(|| Refusal::parameter(format!("{name} must be a string")));
            text.map(Some)
        }
    }
}

fn lines(products: Option<&Value>) -> Result<Vec<(u64, u32)>, Refusal> {
    let list = products.and_then(Value::as_array).filter(|list| !list.is_empty());
    let list = list.ok_or_else(|| Refusal::parameter("products is required"))?;
    let line = |line: &Value| {
        let product = line.get("product_id").and_then(Value::as_u64);
        let quantity = line.get("quantity").and_then(Value::as_u64);
        let quantity = quantity.and_then(|quantity| u32::try_from(quantity).ok()).filter(|count| *count > 0);
        product
            .zip(quantity)
            .ok_or_else(|| Refusal::parameter("product_id and quantity must be whole numbers from 1"))
    };
    list.iter().map(line).collect()
}
