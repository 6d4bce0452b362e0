//! The answer to `code/create`: a pickup code that the platform keeps and checks itself.

use serde_json::{Value, json};

use crate::sandbox::world::goods::GOODS;
use crate::sandbox::world::inhand::{Code, Fleet};

use super::Refusal;
use super::parameters::{self, Parameters, malformed};

/// All parameters may be left out; one that is given is checked when the code is used, so it must make sense.
pub(crate) fn create(parameters: &Parameters, fleet: &Fleet) -> Result<Value, Refusal> {
    let asset = parameters.in_query("assetId");
    if asset.is_some_and(|id| fleet.find(id).is_none()) {
        return Err(Refusal::no_such_machine());
    }
    let product = parameters.in_query("productCode");
    if product.is_some_and(|number| !GOODS.iter().any(|good| good.number() == number)) {
        return Err(Refusal::no_such_goods());
    }
    let start = parameters::time("startTime", parameters.in_query("startTime"))?;
    let end = parameters::time("endTime", parameters.in_query("endTime"))?;
    if end.is_some_and(|end| end <= fleet.now() || start.is_some_and(|start| start >= end)) {
        return Err(malformed("endTime"));
    }
    let code = fleet.make_code(Code {
        code: String::new(),
        asset_id: asset.map(str::to_owned),
        product_code: product.map(str::to_owned),
        start,
        end,
        created: fleet.now(),
    });
    Ok(json!({ "result": "SUCCESS", "code": code }))
}
