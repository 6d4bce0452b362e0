//! Whatever shape an answer has, reading it ends well.

use jiff::Timestamp;
use proptest::{
    collection::{btree_map, vec},
    prelude::{Just, Strategy, any, prop_oneof, proptest},
    sample::select,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::report;
use crate::vendor::inhand::{
    mapping::{line, machine, product, refill, refill_sales, statistics, trade},
    wire::Rows,
};

/// JSON of any shape, with the platform's names here and there.
fn any_json() -> impl Strategy<Value = Value> {
    let names = [
        "assetId",
        "orderNo",
        "number",
        "name",
        "price",
        "amount",
        "count",
        "refillTime",
        "refundStatus",
        "routerInfo",
        "vendingInfo",
        "shelvesInfo",
        "faultInfo",
        "region",
        "lat",
        "lon",
        "online",
        "status",
        "salesInfo",
        "goodsInfo",
        "paySales",
        "shelfPaySales",
        "locationId",
        "goodsNumber",
        "message",
        "list",
        "total",
        "createTime",
        "aliapyAmount",
        "units",
        "sales",
    ];
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[0-9.eE+-]{0,40}".prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    scalar.prop_recursive(5, 60, 8, move |inner| {
        let object = btree_map(select(names.to_vec()), inner.clone(), 0..8);
        prop_oneof![vec(inner, 0..4).prop_map(Value::from), object.prop_map(|object| json!(object))]
    })
}

fn map_all<R: DeserializeOwned, T>(json: &str, map: impl Fn(R) -> Option<T>) {
    if let Ok(Rows(rows)) = serde_json::from_str::<Rows<R>>(json) {
        rows.into_iter().filter_map(map).for_each(drop);
    }
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic(json in any_json()) {
        let json = json.to_string();
        map_all(&json, machine);
        map_all(&json, line);
        map_all(&json, product);
        map_all(&json, report);
        map_all(&json, refill);
        map_all(&json, refill_sales);
        map_all(&json, trade);
        map_all(&json, |row| statistics(&row, (Timestamp::MIN, Timestamp::MAX)));
    }
}
