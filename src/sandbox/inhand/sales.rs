//! The answer to `router/sales`: what a machine sold since its last refill, by goods and by shelf.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sandbox::world::goods;
use crate::sandbox::world::inhand::{Fleet, Machine};

use super::places::number;

pub(crate) fn of(fleet: &Fleet, machine: &Machine) -> Value {
    let history = fleet.history(machine);
    let sold = history.sold(machine, history.refill, None);
    let mut by_good: BTreeMap<(u8, usize), u64> = BTreeMap::new();
    let mut by_shelf: BTreeMap<u8, Vec<Value>> = BTreeMap::new();
    let wordy = machine.seed.with(60).one_in(4);
    for (shelf, sold) in machine.all_shelves().zip(&sold) {
        *by_good.entry((shelf.cabinet, shelf.good.index)).or_default() += sold.sales;
        by_shelf.entry(shelf.cabinet).or_default().push(json!({
            "locationId": shelf.location(),
            "goodsId": shelf.good.id(),
            "goodsNumber": shelf.good.number(),
            "goodsName": shelf.good.name,
            "goodsSales": sales(wordy, sold.sales),
        }));
    }
    let mut goods_of: BTreeMap<u8, Vec<Value>> = BTreeMap::new();
    for ((cabinet, index), count) in by_good {
        let good = goods::good(index);
        goods_of.entry(cabinet).or_default().push(json!({
            "goodsId": good.id(),
            "goodsNumber": good.number(),
            "goodsName": good.name,
            "goodsSales": sales(wordy, count),
        }));
    }
    json!({
        "assetId": machine.asset_id(),
        "salesInfo": cabinets(machine, goods_of, "goodsInfo"),
        "shelvesInfo": cabinets(machine, by_shelf, "shelfInfo"),
    })
}

fn cabinets(machine: &Machine, rows: BTreeMap<u8, Vec<Value>>, name: &str) -> Value {
    rows.into_iter()
        .map(|(cabinet, rows)| json!({ "cid": machine.cabinet_id(cabinet), name: rows }))
        .collect()
}

fn sales(wordy: bool, count: u64) -> Value {
    number(wordy, i64::try_from(count).unwrap_or(i64::MAX))
}
