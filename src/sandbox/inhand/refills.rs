//! A notice of a refill, as it is pushed and as `refill/message` tells one that could not be delivered.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::sandbox::world::inhand::{Notice, Shelf, Sold, Trade};

use super::places::number;

#[derive(Clone, Copy, Default)]
struct Sum {
    sales: i64,
    units: i64,
}

/// The account of a machine from one refill to the next. Money is fen.
pub(crate) fn notice(notice: &Notice) -> Value {
    let machine = &notice.machine;
    let sold = notice.history.sold(machine, notice.since, Some(notice.at));
    let trades = || notice.history.between(notice.since, Some(notice.at)).filter(|trade| trade.counts());
    let shelves: Vec<Value> = machine
        .all_shelves()
        .zip(sold)
        .zip(0..)
        .map(|((shelf, sold), place)| {
            let pay = payments(trades().filter(|trade| trade.shelf == place));
            shelf_row(notice, &shelf, sold, &pay)
        })
        .collect();
    let wordy = machine.seed.with(90).one_in(4);
    json!({
        "assetId": machine.asset_id(),
        "siteName": machine.site_name(),
        "siteNumber": machine.site_number(),
        "lineName": machine.line_name(),
        "lastRefillTime": number(wordy, notice.since.time),
        "refillTime": number(wordy, notice.at.time),
        "paySales": payments(trades()),
        "shelfPaySales": shelves,
    })
}

fn shelf_row(notice: &Notice, shelf: &Shelf, sold: Sold, pay: &Value) -> Value {
    let wordy = notice.machine.seed.with(91).one_in(4);
    json!({
        "cid": notice.machine.cabinet_id(shelf.cabinet),
        "locationId": shelf.location(),
        "goodsId": shelf.good.id(),
        "goodsName": shelf.good.name,
        "goodsNumber": shelf.good.number(),
        "price": number(wordy, shelf.price),
        "stock": number(wordy, i64::from(shelf.fill)),
        "refillCount": number(wordy, i64::from(sold.dispensed)),
        "paySales": pay,
    })
}

/// Total, cash and cashless are always there, the others where there were any.
fn payments<'a>(trades: impl Iterator<Item = &'a Trade>) -> Value {
    let mut sums: BTreeMap<(u8, &str), Sum> = BTreeMap::new();
    for always in [(0, "total"), (1, "cash"), (2, "cashless")] {
        sums.insert(always, Sum::default());
    }
    for trade in trades {
        let mut names = vec![(0, "total")];
        if trade.style == 4 {
            names.push((1, "cash"));
        } else {
            names.extend([(2, "cashless"), (3, name(trade.style))]);
        }
        for name in names {
            let sum = sums.entry(name).or_default();
            sum.sales += trade.price;
            sum.units += 1;
        }
    }
    let row = |((_, name), sum): (_, Sum)| json!({ "name": name, "sales": sum.sales, "units": sum.units });
    sums.into_iter().map(|(key, sum): ((u8, &str), Sum)| row((key, sum))).collect()
}

/// The name of a payStyle in a refill.
fn name(style: u8) -> &'static str {
    match style {
        1 => "baifubao",
        2 => "wechat",
        3 => "alipay",
        5 => "swingCard",
        8 => "game",
        9 => "alipaySoundWave",
        10 => "pos",
        11 => "oneCardsolution",
        12 => "agriculturalBank",
        13 => "wechatBarcode",
        14 => "vipPay",
        15 => "bestPay",
        16 => "jdpay",
        19 => "alipayBarcode",
        21 => "unionPay",
        22 => "dragon",
        23 => "qrcodepay",
        24 => "icbcpay",
        25 => "onePurse",
        26 => "unionReversepay",
        27 => "cvcpay",
        _ => "other",
    }
}
