//! The messages that the platform sends by itself (§2.1, §3.1, §4.1, §8.1), written and signed.
//!
//! The raw text of a member is made once, and is what is signed and what is sent. Machines differ in how they write:
//! with and without white space, letters as they are or escaped, numbers as numbers or as text.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::sandbox::world::inhand::{Change, Fleet, Machine, News, Refill, Shelf};
use crate::sandbox::world::places::degrees;

use super::places::number;
use super::{refills, sign, trades};

/// Which message; each has an address of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Machine,
    Trade,
    Prize,
    Status,
    Refill,
}

/// A message, not signed yet.
pub(crate) struct Message {
    pub(crate) kind: Kind,
    pub(crate) machine: Machine,
    /// The number of a trade's order.
    pub(crate) order: Option<String>,
    /// What is to be kept where the message cannot be delivered.
    pub(crate) refill: Option<Refill>,
    members: Map<String, Value>,
}

impl Kind {
    /// The last part of its address.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::Trade => "trade",
            Self::Prize => "prize",
            Self::Status => "status",
            Self::Refill => "refill",
        }
    }
}

/// The message that tells these news.
pub(crate) fn message(fleet: &Fleet, news: News) -> Message {
    let index = match news {
        News::Created(index) | News::Changed(index, _) | News::Sold(index, _) | News::Won(index, _) => index,
        News::Refilled(refill) => refill.machine,
    };
    let machine = fleet.machine(index);
    let (mut order, mut refill) = (None, None);
    let (kind, members) = match news {
        News::Created(_) => (Kind::Machine, members(created(&machine))),
        News::Changed(_, change) => (Kind::Status, status(fleet, &machine, change)),
        News::Sold(_, trade) | News::Won(_, trade) => {
            let (number, members) = trades::pushed(&machine, &trade);
            order = Some(number);
            (if matches!(news, News::Won(..)) { Kind::Prize } else { Kind::Trade }, members)
        }
        News::Refilled(told) => {
            refill = Some(told);
            (Kind::Refill, members(refills::notice(&fleet.notice(told))))
        }
    };
    Message { kind, machine, order, refill, members }
}

impl Message {
    /// The body, signed under a nonce; with a signature that is not right where it shall not be.
    pub(crate) fn body(&self, client_id: &str, key: &str, nonce: &str, sound: bool) -> String {
        let seed = self.machine.seed.with(95);
        let (spacious, escaping) = (seed.with(1).one_in(3), seed.with(2).one_in(4));
        let mut signed = BTreeMap::new();
        let mut body = String::from("{");
        let own = [("clientId", json!(client_id)), ("nonce_str", json!(nonce))];
        let members = self.members.iter().map(|(name, value)| (name.as_str(), value));
        for (name, value) in members.chain(own.iter().map(|(name, value)| (*name, value))) {
            let raw = match value {
                Value::String(text) if escaping => escaped(text),
                Value::Object(_) | Value::Array(_) if spacious => format!("{value:#}"),
                Value::Null
                | Value::Bool(_)
                | Value::Number(_)
                | Value::String(_)
                | Value::Array(_)
                | Value::Object(_) => value.to_string(),
            };
            let space = if spacious { " : " } else { ":" };
            body.extend(["\"", name, "\"", space, &raw, ","]);
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Null => String::new(),
                Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => raw,
            };
            signed.insert(name.to_owned(), text);
        }
        let wrong = if sound { "" } else { "?" };
        let mut sign = sign::sign(&signed, &format!("{key}{wrong}"));
        if seed.with(3).one_in(3) {
            sign.make_ascii_uppercase();
        }
        body.extend(["\"sign\":\"", &sign, "\"}"]);
        body
    }
}

/// A text with everything that is not ASCII escaped.
fn escaped(text: &str) -> String {
    let mut all = String::new();
    for letter in json!(text).to_string().chars() {
        if letter.is_ascii() {
            all.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                all.extend(["\\u", &format!("{unit:04x}")]);
            }
        }
    }
    all
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}

/// Some machines have their shelves in their cabinets, as in the table, some in the cabinets' place, as in the sample.
fn created(machine: &Machine) -> Value {
    let seed = machine.seed.with(96);
    let nested = seed.with(1).one_in(2);
    let slots = |cabinet: u8| -> Vec<Value> {
        let shelves = machine.all_shelves().filter(|shelf| shelf.cabinet == cabinet);
        shelves.map(|shelf| slot(machine, &shelf)).collect()
    };
    let containers: Vec<Value> = if nested {
        let cabinets = (0..machine.cabinets).map(|cabinet| {
            json!({ "cid": machine.cabinet_id(cabinet), "type": machine.kind, "shelves": slots(cabinet) })
        });
        cabinets.collect()
    } else {
        (0..machine.cabinets).flat_map(slots).collect()
    };
    let (longitude, latitude) = machine.area().point(machine.site_seed());
    let (longitude, latitude) = (degrees(longitude), degrees(latitude));
    let location = if seed.with(2).one_in(2) {
        json!({ "longitude": longitude, "latitude": latitude })
    } else {
        let number = |text: String| text.parse::<f64>().map_or(Value::Null, Value::from);
        json!({ "longitude": number(longitude), "latitude": number(latitude) })
    };
    json!({
        "name": machine.name(),
        "assetId": machine.asset_id(),
        "siteName": machine.site_name(),
        "lineName": machine.line_name(),
        "location": location,
        "containers": containers,
    })
}

fn slot(machine: &Machine, shelf: &Shelf) -> Value {
    let wordy = machine.seed.with(97).one_in(2);
    json!({
        "location_id": shelf.location(),
        "goods_id": shelf.good.id(),
        "goods_name": shelf.good.name,
        "price": number(wordy, shelf.price),
        (if wordy { "Img" } else { "img" }): shelf.good.id(),
        "Imgmd5": "",
        "capacity": number(wordy, i64::from(shelf.fill)),
        "valve": 3,
    })
}

/// What changed; some machines tell everything else as well, some tell the rest as empty.
fn status(fleet: &Fleet, machine: &Machine, change: Change) -> Map<String, Value> {
    let seed = machine.seed.with(98);
    let wordy = seed.with(1).one_in(3);
    let mut all = members(json!({
        "assetId": machine.asset_id(),
        "siteName": machine.site_name(),
        "lineName": machine.line_name(),
    }));
    let mut put = |name: &str, value: Value| all.insert(name.to_owned(), value);
    if seed.with(2).one_in(3) {
        put("online", number(wordy, i64::from(!fleet.online(machine))));
        put("isSale", number(wordy, 1));
        put("vmcOnline", number(wordy, 1));
        put("coin5Count", number(wordy, 20 + seed.with(3).below_signed(60)));
        put("coin10Count", number(wordy, 20 + seed.with(4).below_signed(60)));
        put("fireware", json!("IHv3.0.16"));
        put("versions", json!([{ "name": "master", "type": "1", "value": "339" }]));
        put("apps", json!([{ "name": "InBoxCore", "version": "1.68.r4698" }]));
    } else if seed.with(5).one_in(2) {
        for name in ["fireware", "temperState", "coin5Count"] {
            put(name, json!(""));
        }
    }
    match change {
        Change::Network => put("online", number(wordy, i64::from(!fleet.online(machine)))),
        Change::Faults => {
            put("faultCode", json!([0, 0, 0, 0, 0, 0]));
            put("vendingFault", faults(fleet, machine))
        }
        Change::SoldOut(place, since) => {
            put("shelvesState", json!([shelf_state(machine, &machine.shelf(place), Some(since))]))
        }
        Change::Filled => {
            let states = machine.all_shelves().map(|shelf| shelf_state(machine, &shelf, None));
            put("shelvesState", states.collect())
        }
        Change::Door(open) => put("doorState", number(wordy, i64::from(!open))),
        Change::Climate(warmth) => put("temperState", climate(warmth)),
    };
    all
}

fn faults(fleet: &Fleet, machine: &Machine) -> Value {
    let faults = fleet.faults(machine).into_iter();
    faults.map(|(name, _)| json!({ "cid": machine.asset_id(), "pcode": "故障", "ccode": name })).collect()
}

fn shelf_state(machine: &Machine, shelf: &Shelf, sold_out: Option<i64>) -> Value {
    let wordy = machine.seed.with(99).one_in(2);
    let mut state = json!({
        "cid": machine.cabinet_id(shelf.cabinet),
        "shelvesId": shelf.location(),
        "state": number(wordy, i64::from(sold_out.is_some())),
    });
    if let (Some(since), Some(members)) = (sold_out, state.as_object_mut()) {
        members.insert("soldoutTime".to_owned(), json!(since.to_string()));
    }
    state
}

fn climate(warmth: u64) -> Value {
    let warmer = i64::try_from(warmth % 7).unwrap_or(0);
    json!([{ "cid": "master", "temperDetail": {
        "engyOnT": "23:0", "engyOffT": "6:0", "lampOnT": "18:0", "lampOffT": "23:30",
        "cryTemUL": 10, "cryTemDL": 4, "heatTemUL": 60, "heatTemDL": 50,
        "leftRmTem": 5 + warmer, "rightRmTem": 4 + warmer,
        "leftRmRef": u8::from(warmer > 3), "rightRmRef": u8::from(warmer > 4), "leftRmHeat": 0, "rightRmHeat": 0,
        "lampNorOp": 0, "lampAut": 1,
    } }])
}
