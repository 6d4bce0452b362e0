//! Replenishing a cabinet, a category of it, or one product; which of them, the `method` says.

use serde_json::{Value, json};

use crate::sandbox::options::ErrorNumbers;
use crate::sandbox::world::dingshang::{Fill, Fleet};

use super::payload::Payload;
use super::reads;
use super::refusal::Refusal;

pub(super) fn answer(payload: &Payload, fleet: &Fleet, numbers: ErrorNumbers) -> Result<Value, Refusal> {
    let machine = payload.required("machine_no")?;
    let found = fleet.machine(machine).ok_or_else(Refusal::no_such_machine)?;
    let fill = match payload.required("method")? {
        "replenishment.machine.all" => Fill::Cabinet(reads::cabinet(payload, &found)?),
        "replenishment.category.id" => {
            let cabinet = reads::cabinet(payload, &found)?;
            Fill::Category(cabinet, payload.required_number("category_id")?, stock(payload)?)
        }
        "replenishment.product.id" => Fill::Product(payload.required_number("product_id")?, stock(payload)?),
        _ => {
            return Err(Refusal::parameter(
                "method must be replenishment.machine.all, .category.id or .product.id",
            ));
        }
    };
    fleet.replenish(machine, fill).map_err(|denied| Refusal::denied(denied, numbers))?;
    Ok(json!({}))
}

/// `current_inventory`, or `max_total`, as it was called once. Given both, they must be equal.
fn stock(payload: &Payload) -> Result<u32, Refusal> {
    let (new, old) = (payload.number("current_inventory")?, payload.number("max_total")?);
    if new.zip(old).is_some_and(|(new, old)| new != old) {
        return Err(Refusal::parameter("current_inventory and max_total differ"));
    }
    let stock = new.or(old).ok_or_else(|| Refusal::parameter("current_inventory is required"))?;
    Ok(u32::try_from(stock).unwrap_or(u32::MAX))
}
