//! A Dingshang machine and its slots.

use serde::{Deserialize, Serialize};

use crate::sandbox::world::goods::{self, Good};

/// A machine.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Mostly eight digits; a leading zero belongs to it.
    pub number: String,
    /// What the operator calls it.
    pub name: String,
    /// Where it stands.
    pub address: String,
    /// Millionths of a degree.
    pub longitude: i64,
    /// Millionths of a degree.
    pub latitude: i64,
    /// Whether it is connected.
    pub online: bool,
    /// Whether it is in operation, and how its server says so.
    pub status: Status,
    /// What its prices are in.
    pub currency: Currency,
    /// The vendor's machine_type, 1 to 6.
    pub kind: u8,
    /// Unix seconds.
    pub created: i64,
    /// The names of its cabinets, `A` first.
    pub cabinets: Vec<char>,
    /// All slots, cabinet by cabinet.
    pub slots: Vec<Slot>,
    /// Whether its pickup codes are switched on.
    pub pickup_codes: bool,
    /// How long it takes to dispense, in seconds.
    pub dispense_seconds: i64,
    /// How long at most it takes no other command, in seconds: 15 for locks, 30 for motors, 90 for belts, else 45.
    pub lock_seconds: i64,
    /// Whether one command drops the whole quantity of a record, as beverage machines can; else it drops one unit.
    pub drops_whole_lines: bool,
    /// How its next dispensings end, where a test wants to know better than the slots.
    pub dispenses: Option<Dispenses>,
    pub(crate) contact: &'static str,
    pub(crate) telephone: String,
}

/// How dispensings end that have not begun yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispenses {
    /// How.
    pub outcome: Outcome,
    /// Only the next so many; without it, until something else is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

/// How a dispensing ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// The goods came out.
    Succeeds,
    /// They did not, and the machine says why.
    Fails {
        /// Such as `Goods are Stuck`.
        reason: String,
        /// The state of the slot: `0` missing, `1` normal, `2` jammed, `3` motor, `47` serial time-out.
        floor_status: String,
    },
    /// The machine never answers, and is given up after 120 s.
    Silent,
}

/// A slot, which the vendor calls a product.
#[derive(Clone, Debug)]
pub struct Slot {
    /// The id that orders and pickup codes use.
    pub product_id: u64,
    /// The cabinet it is in.
    pub cabinet: char,
    /// Its row and column in the cabinet, from 1.
    pub place: (u8, u8),
    /// Hundredths of the major unit, whatever the currency.
    pub price: i64,
    /// Hundredths of the major unit; 0 is "none".
    pub original_price: i64,
    /// How many units are in it.
    pub stock: u32,
    /// How many fit in.
    pub capacity: u32,
    /// What its motor says.
    pub condition: Condition,
    pub(crate) good: usize,
}

/// Whether a machine is in operation. Older servers tell a bool, newer ones a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words are the vendor's own")]
pub enum Status {
    /// A bool; false is not sent.
    Older(bool),
    Operational,
    Maintenance,
    Transfer,
}

/// A currency, of those that stand in the fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the ISO codes")]
pub enum Currency {
    /// Not sent at all.
    Cny,
    Usd,
    Jpy,
}

/// What a slot's motor says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the meanings in the vendor's table")]
pub enum Condition {
    Missing,
    Normal,
    Jammed,
    MotorFault,
    SerialTimeout,
    /// A number that no table knows.
    Unlisted,
}

impl Slot {
    /// The name of what is in it.
    pub fn good_name(&self) -> &'static str {
        self.good().name
    }

    pub(crate) fn good(&self) -> &'static Good {
        goods::good(self.good)
    }

    /// The vendor's name of the slot, such as `A21`.
    pub fn channel(&self) -> String {
        let (row, column) = self.place;
        format!("{}{row}{column}", self.cabinet)
    }
}

impl Machine {
    /// The number of a cabinet on the machine's bus, from 1: the vendor's `addr`.
    pub fn address_of(&self, cabinet: char) -> usize {
        self.cabinets.iter().position(|name| *name == cabinet).map_or(0, |place| place + 1)
    }
}
