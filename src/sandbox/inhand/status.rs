//! The answer to `router/status`: one machine as it is now.

use serde_json::{Value, json};

use crate::sandbox::world::inhand::{Fleet, Machine, Shelf, Sold};
use crate::sandbox::world::places::degrees;

use super::places::{number, vender};

pub(crate) fn of(fleet: &Fleet, machine: &Machine) -> Value {
    let history = fleet.history(machine);
    let sold = history.sold(machine, history.refill, None);
    let shelves: Vec<Value> =
        machine.all_shelves().zip(sold).map(|(shelf, sold)| shelf_row(machine, &shelf, sold)).collect();
    let faults: Vec<Value> = fleet
        .faults(machine)
        .into_iter()
        .map(|(name, since)| json!({ "name": name, "time": since.to_string() }))
        .collect();
    let (longitude, latitude) = machine.area().point(machine.site_seed());
    let offline = i64::from(!fleet.online(machine));
    json!({
        "assetId": machine.asset_id(),
        "vender": vender(machine),
        "lines": { "name": machine.line_name(), "info": "线路描述信息" },
        "areaName": machine.area().name,
        "siteName": machine.site_name(),
        "routerInfo": {
            "version": "v1.0",
            "vcs": "v2.0",
            "info": {
                "net": machine.seed.with(50).pick(&["WIFI", "4G", "LAN"]),
                "phone": format!("151{:08}", machine.seed.with(51).below(100_000_000)),
                "iccid": format!("8986{:016}", machine.seed.with(52).below(10_000_000_000_000_000)),
                "ip": "",
            },
            "region": { "lon": degrees(longitude), "lat": degrees(latitude) },
            "online": number(machine.seed.with(53).one_in(3), offline),
        },
        "vendingInfo": { "shelvesInfo": shelves, "faultInfo": faults },
    })
}

/// Times of selling out are strings; some machines tell milliseconds, and "not sold out" is "" or 0.
fn shelf_row(machine: &Machine, shelf: &Shelf, sold: Sold) -> Value {
    let empty = sold.dispensed >= shelf.fill;
    let since = match (empty, machine.seed.with(54).one_in(4)) {
        (false, true) => "0".to_owned(),
        (false, false) => String::new(),
        (true, true) => (sold.last * 1000).to_string(),
        (true, false) => sold.last.to_string(),
    };
    json!({
        "locationId": shelf.location(),
        "goodsName": shelf.good.name,
        "number": shelf.good.number(),
        "status": if empty { "1" } else { "0" },
        "soldoutTime": since,
    })
}
