//! A row of `trade/list`, and the same trade as it is pushed.

use serde_json::{Map, Value, json};

use crate::sandbox::seed::Seed;
use crate::sandbox::world::inhand::{Delivery, Machine, Payment, Refund, Shelf, Trade};

use super::places::number;

/// A sale as the platform lists it. Money is fen.
pub(crate) fn row(machine: &Machine, trade: &Trade) -> Value {
    let shelf = machine.shelf(trade.shelf);
    let seed = machine.seed.with(70).with(trade.serial);
    let row = Row { machine, trade, wordy: seed.with(1).one_in(3), millis: seed.with(2).one_in(5), seed };
    let mut members = row.goods(&shelf);
    for part in [row.when(), row.money(), row.refund()] {
        if let (Some(all), Value::Object(part)) = (members.as_object_mut(), part) {
            all.extend(part);
        }
    }
    members
}

/// The members of a pushed trade (§3.1) that a listed one has too.
#[rustfmt::skip] // A table is read by its lines.
const PUSHED: [&str; 21] = [
    "assetId", "orderNo", "goodsId", "goodsName", "goodsNumber", "locationId", "price", "type", "typeName",
    "payStyle", "count", "payStatus", "payTime", "cid", "deliverStatus", "exec_ts", "refundStatus", "refundFee",
    "refundTime", "tradeNo", "createTime",
];

/// A sale or prize as the platform pushes it, and the number of its order. Its `deliverStatus` is of another table.
pub(crate) fn pushed(machine: &Machine, trade: &Trade) -> (String, Map<String, Value>) {
    let Value::Object(listed) = row(machine, trade) else {
        return (String::new(), Map::new());
    };
    let order = listed.get("orderNo").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut members: Map<String, Value> =
        listed.into_iter().filter(|(name, _)| PUSHED.contains(&name.as_str())).collect();
    let delivered = match trade.delivery {
        Delivery::Waiting => -1,
        Delivery::Dispensed => 0,
        Delivery::NoStock => 2,
        Delivery::NoSuchGoods => 3,
    };
    members.insert("deliverStatus".to_owned(), number(!trade.serial.is_multiple_of(3), delivered));
    let id = format!("566fbf12{:08x}{:08x}", machine.index, trade.serial);
    members.insert("id".to_owned(), json!(id));
    (order, members)
}

struct Row<'a> {
    machine: &'a Machine,
    trade: &'a Trade,
    seed: Seed,
    /// Numbers as strings.
    wordy: bool,
    /// Times in milliseconds.
    millis: bool,
}

impl Row<'_> {
    fn goods(&self, from: &Shelf) -> Value {
        let machine = self.machine;
        let order = self.order();
        json!({
            "gwId": format!("5466a0f1e4b0{:012x}", machine.index),
            "orderNo": order,
            "tradeNo": format!("{}{:06}", machine.asset_id(), self.trade.serial),
            "deviceId": format!("5466b1d2c3e4{:012x}", machine.index),
            "siteId": machine.site_id(),
            "lineId": format!("5466c0ffee00{:012x}", machine.line),
            "lineName": machine.line_name(),
            "locationId": from.location(),
            "assetId": machine.asset_id(),
            "machineType": self.number(i64::from(machine.kind)),
            "cid": machine.cabinet_id(from.cabinet),
            "goodsId": from.good.id(),
            "goodsName": from.good.name,
            "goodsNumber": from.good.number(),
            "type": from.good.category.long_id(),
            "typeName": from.good.category.name,
            "deliverStatus": self.number(match self.trade.delivery {
                Delivery::Dispensed => 0,
                Delivery::NoStock => 1,
                Delivery::NoSuchGoods => 2,
                Delivery::Waiting => 3,
            }),
        })
    }

    fn when(&self) -> Value {
        let made = self.trade.time;
        let paid = self.trade.payment == Payment::Paid;
        let came = self.trade.delivery == Delivery::Dispensed;
        json!({
            "createTime": self.time(made),
            "traCreateTime": self.time(made),
            "payTime": if paid { self.time(made + 4) } else { self.number(0) },
            "notice_ts": if paid { self.time(made + 5) } else { json!("") },
            "recv_ts": self.time(made),
            "exec_ts": if came { self.time(made + 11) } else { self.number(0) },
        })
    }

    fn money(&self) -> Value {
        let trade = self.trade;
        let saved = trade.list_price - trade.price;
        let scanned = matches!(trade.style, 2 | 3 | 13 | 19);
        let mut members = json!({
            "price": self.number(trade.price),
            "price_1": self.number(trade.list_price),
            "payStatus": self.number(match trade.payment {
                Payment::Pending => 0,
                Payment::Paid => 1,
                Payment::Failed => 2,
            }),
            "count": self.number(1),
            "cost": self.number(trade.price),
            "payStyle": trade.style.to_string(),
            "transaction_id": if scanned { format!("42000{:020}", self.seed.bits()) } else { String::new() },
            "coupon_id": if saved > 0 { format!("C{:06}", self.seed.below(1_000_000)) } else { String::new() },
            "coupon_fee": self.number(saved),
            "coupon_count": self.number(i64::from(saved > 0)),
            "fee": self.number(0),
            "currency": 1,
            "pfFee": if self.wordy { json!("0.6") } else { json!(0.6) },
        });
        if let Some(members) = members.as_object_mut() {
            if scanned {
                members
                    .insert("openId".to_owned(), json!(format!("oUpF8u{:020x}", self.seed.with(3).bits())));
                members.insert("back_type".to_owned(), json!("CFT"));
            }
            if trade.style == 12 {
                let phone = format!("139{:08}", self.seed.with(4).below(100_000_000));
                members.insert("phone".to_owned(), json!(phone));
            }
        }
        members
    }

    fn refund(&self) -> Value {
        let status = match self.trade.refund {
            Refund::None if self.wordy => {
                return json!({ "refundStatus": "0", "refundFee": "0", "refundTime": "" });
            }
            Refund::None => return json!({ "refundFee": 0, "refundTime": 0 }),
            Refund::UnderWay => 1,
            Refund::Done => 2,
            Refund::Failed => 3,
        };
        json!({
            "refundStatus": self.number(status),
            "refundFee": self.number(self.trade.price),
            "refundTime": self.time(self.trade.time + 30),
            "refundOrderNo": format!("R{}", self.order()),
            "refundTradeNo": format!("50000{:020}", self.seed.with(5).bits()),
        })
    }

    /// Unique over the fleet: the machine and its own count are in it.
    fn order(&self) -> String {
        let milli = self.seed.with(6).below(1000);
        format!("{}{milli:03}-{}{:06}", self.trade.time, self.machine.index, self.trade.serial)
    }

    fn number(&self, value: i64) -> Value {
        number(self.wordy, value)
    }

    fn time(&self, seconds: i64) -> Value {
        self.number(if self.millis { seconds * 1000 } else { seconds })
    }
}
