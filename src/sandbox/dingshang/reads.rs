//! The calls that only read.

use serde_json::{Value, json};

use crate::sandbox::world::dingshang::{Fleet, Machine, Slot};

use super::payload::Payload;
use super::refusal::Refusal;
use super::render;
use super::route::Call;

/// Rows of a page of products unless asked otherwise.
const ROWS: u64 = 10;

/// More rows than this are not given.
const MOST_ROWS: u64 = 50;

/// The `data` of an answer.
pub(crate) fn answer(call: &Call, payload: &Payload, fleet: &Fleet) -> Result<Value, Refusal> {
    match call {
        Call::Ping => Ok(json!("pong")),
        Call::Machines => Ok(fleet.read().machines.iter().map(render::machine_row).collect()),
        Call::Machine(number) => {
            let state = fleet.read();
            let machine = state.find(number).ok_or_else(Refusal::no_such_machine)?;
            Ok(render::machine_detail(machine))
        }
        Call::Products => of_machine(payload, fleet, |machine| products(payload, machine)),
        Call::Floors => of_machine(payload, fleet, |machine| {
            Ok(machine.slots.iter().map(|slot| render::floor(machine, slot)).collect())
        }),
        Call::Categories => of_machine(payload, fleet, |machine| Ok(render::categories(machine))),
        Call::Order(id) => order(payload, fleet, id),
        Call::Delivery(id) => delivery(payload, fleet, id),
        Call::PickupCodes(product) => pickup_codes(payload, fleet, product),
        // The other calls change something and are answered elsewhere.
        Call::Orders
        | Call::Deliveries
        | Call::DebugDelivery
        | Call::PickupCodeBatches
        | Call::Consumes
        | Call::Replenishments => Err(Refusal::no_such_call()),
    }
}

fn of_machine(
    payload: &Payload,
    fleet: &Fleet,
    read: impl FnOnce(&Machine) -> Result<Value, Refusal>,
) -> Result<Value, Refusal> {
    let number = payload.required("machine_no")?;
    read(fleet.read().find(number).ok_or_else(Refusal::no_such_machine)?)
}

fn products(payload: &Payload, machine: &Machine) -> Result<Value, Refusal> {
    let page = payload.number("page")?.filter(|page| *page > 0);
    let page = page.ok_or_else(|| Refusal::parameter("page is required, from 1"))?;
    let rows = payload.number("per_page")?.unwrap_or(ROWS).clamp(1, MOST_ROWS);
    let category = payload.number("category_id")?.unwrap_or(0);
    if !matches!(payload.get("select_all"), None | Some("0" | "1")) {
        return Err(Refusal::parameter("select_all must be 0 or 1"));
    }
    let cabinet = cabinet(payload, machine)?;
    let of_category = |slot: &&Slot| category == 0 || u64::from(slot.good().category.id) == category;
    let slots: Vec<&Slot> =
        machine.slots.iter().filter(|slot| slot.cabinet == cabinet).filter(of_category).collect();
    let (skipped, taken) = (usize::try_from((page - 1).saturating_mul(rows)), usize::try_from(rows));
    let shown: Vec<Value> = slots
        .iter()
        .skip(skipped.unwrap_or(usize::MAX))
        .take(taken.unwrap_or(0))
        .map(|slot| render::product(machine, slot))
        .collect();
    // An empty page loses its object: the vendor sends the empty list alone.
    if shown.is_empty() {
        return Ok(json!([]));
    }
    let total = slots.len() as u64;
    Ok(json!({
        "data": shown,
        "total": total,
        "current_page": page,
        "last_page": total.div_ceil(rows),
        "per_page": rows,
    }))
}

/// The cabinet that a call is about: by its name, by its address on the bus, or A.
pub(super) fn cabinet(payload: &Payload, machine: &Machine) -> Result<char, Refusal> {
    match (payload.get("cabinet_name"), payload.get("addr")) {
        (Some(_), Some(_)) => Err(Refusal::parameter("cabinet_name and addr exclude each other")),
        (None, None) => Ok('A'),
        (Some(name), None) => {
            let mut letters = name.chars();
            let (Some(letter @ 'A'..='Z'), None) = (letters.next(), letters.next()) else {
                return Err(Refusal::parameter("cabinet_name must be one of A to Z"));
            };
            let there = machine.cabinets.contains(&letter);
            there.then_some(letter).ok_or_else(Refusal::no_such_cabinet)
        }
        (None, Some(address)) => {
            let number = address.parse::<usize>().ok().filter(|number| (1..=8).contains(number));
            let number = number.ok_or_else(|| Refusal::parameter("addr must be 1 to 8"))?;
            machine.cabinets.get(number - 1).copied().ok_or_else(Refusal::no_such_cabinet)
        }
    }
}

fn order(payload: &Payload, fleet: &Fleet, id: &str) -> Result<Value, Refusal> {
    of_machine(payload, fleet, |_| Ok(Value::Null))?;
    let number = payload.required("machine_no")?;
    let state = fleet.read();
    let order =
        id.parse().ok().and_then(|id: u64| state.orders.get(&id)).filter(|order| order.machine == number);
    Ok(render::order(order.ok_or_else(Refusal::no_such_record)?))
}

fn delivery(payload: &Payload, fleet: &Fleet, id: &str) -> Result<Value, Refusal> {
    of_machine(payload, fleet, |_| Ok(Value::Null))?;
    let number = payload.required("machine_no")?;
    let state = fleet.read();
    let delivery = id.parse().ok().and_then(|id: u64| state.deliveries.get(&id));
    let delivery = delivery.filter(|delivery| delivery.machine == number);
    Ok(render::delivery(delivery.ok_or_else(Refusal::no_such_record)?))
}

fn pickup_codes(payload: &Payload, fleet: &Fleet, product: &str) -> Result<Value, Refusal> {
    let number = payload.required("machine_no")?;
    let state = fleet.read();
    let machine = state.find(number).ok_or_else(Refusal::no_such_machine)?;
    let product: u64 = product.parse().map_err(|_| Refusal::no_such_product())?;
    if !machine.slots.iter().any(|slot| slot.product_id == product) {
        return Err(Refusal::no_such_product());
    }
    let now = fleet.now();
    let codes = state.codes.values();
    let open = codes.filter(|code| code.machine == number && code.product_id == product && code.open(now));
    Ok(open.map(render::pickup_code).collect())
}
