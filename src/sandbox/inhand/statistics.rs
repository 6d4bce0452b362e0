//! A row of `trade/statistic`: the paid sales of a machine in a time, summed by the way of paying.

use serde_json::{Map, Value, json};

use crate::sandbox::world::inhand::{Filter, Fleet, Machine};

/// The way of paying of each column, the last being all others.
const COLUMNS: [(&str, &[u8]); 16] = [
    ("wechat", &[2]),
    ("alipay", &[3]),
    ("cash", &[4]),
    ("game", &[8]),
    ("baifubao", &[1]),
    ("alipaySoundWave", &[9]),
    ("swingCard", &[5]),
    ("posMachine", &[10]),
    ("oneCardsolution", &[11]),
    ("agriculturalBank", &[12]),
    ("vipPay", &[14]),
    ("bestPay", &[15]),
    ("jdpay", &[16]),
    ("wechatBarcode", &[13]),
    ("alipayBarcode", &[19]),
    ("other", &[6, 7, 20, 21, 22, 23, 24, 25, 26, 27]),
];

/// Ways of paying that need no network.
const OFFLINE: [u8; 4] = [4, 5, 10, 11];

#[derive(Clone, Copy, Default)]
struct Sum {
    amount: i64,
    count: u64,
}

impl Sum {
    fn add(&mut self, price: i64) {
        self.amount += price;
        self.count += 1;
    }
}

/// The statistics of a machine from `start` to `end`, both included. A sale that was refunded is a sale.
pub(crate) fn row(fleet: &Fleet, machine: &Machine, start: i64, end: i64) -> Value {
    let filter = Filter { start: Some(start), end: Some(end), style: None };
    let mut all = Sum::default();
    let mut online = Sum::default();
    let mut offline = Sum::default();
    let mut columns = [Sum::default(); COLUMNS.len()];
    let history = fleet.history(machine);
    for trade in history.trades.iter().filter(|trade| trade.counts() && filter.in_time(trade.time)) {
        all.add(trade.price);
        if OFFLINE.contains(&trade.style) { &mut offline } else { &mut online }.add(trade.price);
        for ((_, styles), column) in COLUMNS.iter().zip(&mut columns) {
            if styles.contains(&trade.style) {
                column.add(trade.price);
            }
        }
    }
    let mut row = Map::new();
    row.insert("assetId".to_owned(), json!(machine.asset_id()));
    row.insert("startTime".to_owned(), json!(start));
    row.insert("endTime".to_owned(), json!(end));
    row.insert("amount".to_owned(), json!(all.amount));
    row.insert("count".to_owned(), json!(all.count));
    pair(&mut row, "online", "online", online);
    pair(&mut row, "outline", "outline", offline);
    for ((name, _), sum) in COLUMNS.iter().zip(columns) {
        let (amount, count) = spelling(machine, name);
        pair(&mut row, amount, count, sum);
    }
    Value::Object(row)
}

fn pair(row: &mut Map<String, Value>, amount: &str, count: &str, sum: Sum) {
    row.insert(format!("{amount}Amount"), json!(sum.amount));
    row.insert(format!("{count}Count"), json!(sum.count));
}

/// Some machines' rows misspell: both names as in the document's sample, or one of them as in its table.
fn spelling<'a>(machine: &Machine, name: &'a str) -> (&'a str, &'a str) {
    let way = machine.seed.with(80).below(3);
    match (name, way) {
        ("alipay", 0) => ("aliapy", "aliapy"),
        ("alipay", 1) => ("aliapy", "alipay"),
        ("other", 1) => ("other", "othere"),
        _ => (name, name),
    }
}
