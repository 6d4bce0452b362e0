//! Placing orders and changing them.

use super::agenda::{Due, LAPSES_AFTER};
use super::denied::Denied;
use super::machine::{Machine, Status};
use super::order::{Order, Record};
use super::{Fleet, State};

/// More orders than this are not kept.
const MOST_ORDERS: usize = 100_000;

/// New records are numbered from here, above all that the world began with.
const FIRST_RECORD: u64 = 50_000_000;

/// An order that a merchant wants.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) machine: String,
    pub(crate) trade_id: String,
    pub(crate) notify_url: String,
    /// Products and how many of each.
    pub(crate) lines: Vec<(u64, u32)>,
}

/// What a merchant says became of the payment: `status` 1 to 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payment {
    Paid,
    ToRefund,
    Closed,
    Revoked,
    UserPaying,
    Failed,
}

impl Payment {
    /// The order's status thereafter.
    fn status(self) -> &'static str {
        match self {
            Self::Paid => "SUCCESS",
            Self::ToRefund => "REFUND",
            Self::Closed => "CLOSED",
            Self::Revoked => "REVOKED",
            Self::UserPaying => "USERPAYING",
            Self::Failed => "PAYERROR",
        }
    }
}

impl Fleet {
    /// Places an order and takes its stock; gives its number.
    pub(crate) fn place(&self, wanted: &Wanted) -> Result<u64, Denied> {
        let now = self.now();
        let mut state = self.write();
        state.find(&wanted.machine).ok_or(Denied::NoSuchMachine)?;
        state.free_trade_id(&wanted.trade_id)?;
        state.ready(&wanted.machine)?;
        let id = state.take(wanted, "NOTPAY", now)?;
        state.agenda.insert((now + LAPSES_AFTER, Due::Lapse(id)));
        Ok(id)
    }

    /// Changes an order's payment. Anything but "paid" cancels it and returns the stock.
    pub(crate) fn update(&self, machine: &str, id: u64, payment: Payment) -> Result<(), Denied> {
        let mut state = self.write();
        let order = state.order_of(machine, id)?;
        if order.lapsed {
            return Err(Denied::Lapsed);
        }
        let delivering = order.records.iter().any(|record| record.status == "IS_DELIVERING");
        let delivered = order.records.iter().all(|record| record.status == "IS_SUCCESS");
        match payment {
            _ if order.ended => return Err(Denied::BadState),
            Payment::Paid if order.unpaid() => order.status = payment.status(),
            _ if order.unpaid() => state.end(id, payment.status()),
            _ if order.status != "SUCCESS" => return Err(Denied::BadState),
            Payment::Paid => return Err(Denied::AlreadyPaid),
            _ if delivering => return Err(Denied::BadState),
            _ if delivered => return Err(Denied::AlreadyDelivered),
            Payment::ToRefund | Payment::Closed | Payment::Revoked => state.end(id, payment.status()),
            Payment::UserPaying | Payment::Failed => return Err(Denied::BadState),
        }
        Ok(())
    }
}

impl State {
    /// A machine that takes orders now.
    pub(super) fn ready(&self, number: &str) -> Result<&Machine, Denied> {
        let machine = self.find(number).ok_or(Denied::NoSuchMachine)?;
        match machine.status {
            Status::Older(true) | Status::Operational => {}
            Status::Older(false) | Status::Maintenance => return Err(Denied::NotOperating),
            Status::Transfer => return Err(Denied::InTransfer),
        }
        if machine.online { Ok(machine) } else { Err(Denied::Offline) }
    }

    pub(super) fn free_trade_id(&self, trade_id: &str) -> Result<(), Denied> {
        if self.trades.contains_key(trade_id) { Err(Denied::TradeIdTaken) } else { Ok(()) }
    }

    /// An order of that machine; another machine's is no order here.
    pub(super) fn order_of(&mut self, machine: &str, id: u64) -> Result<&mut Order, Denied> {
        self.find(machine).ok_or(Denied::NoSuchMachine)?;
        let order = self.orders.get_mut(&id).filter(|order| order.machine == machine);
        order.ok_or(Denied::NoSuchRecord)
    }

    /// Takes the stock for an order and writes the order down; nothing is taken where something is missing.
    pub(super) fn take(&mut self, wanted: &Wanted, status: &'static str, now: i64) -> Result<u64, Denied> {
        if self.orders.len() >= MOST_ORDERS {
            return Err(Denied::NoRoom);
        }
        let machine = self.find(&wanted.machine).ok_or(Denied::NoSuchMachine)?;
        let mut records = Vec::new();
        for (product, quantity) in &wanted.lines {
            let slot = machine.slots.iter().find(|slot| slot.product_id == *product);
            let slot = slot.ok_or(Denied::NoSuchProduct)?;
            let lines = wanted.lines.iter().filter(|(other, _)| other == product);
            let all: u64 = lines.map(|(_, quantity)| u64::from(*quantity)).sum();
            if all > u64::from(slot.stock) {
                return Err(Denied::OutOfStock);
            }
            records.push(Record {
                id: 0,
                product_id: *product,
                quantity: *quantity,
                dispensed: 0,
                price: slot.price * i64::from(*quantity),
                status: "WAITING_PICKED_UP",
                notified: false,
            });
        }
        for record in &mut records {
            record.id = FIRST_RECORD + self.records;
            self.records += 1;
            if let Some(slot) = self.slot(&wanted.machine, record.product_id) {
                slot.stock -= record.quantity;
            }
        }
        Ok(self.keep(wanted, records, status, now))
    }

    fn keep(&mut self, wanted: &Wanted, records: Vec<Record>, status: &'static str, now: i64) -> u64 {
        let id = 1_100_000 + self.orders.len() as u64 + 1;
        let order = Order {
            id,
            machine: wanted.machine.clone(),
            trade_id: wanted.trade_id.clone(),
            notify_url: wanted.notify_url.clone(),
            created: now,
            amount: records.iter().map(|record| record.price).sum(),
            status,
            lapsed: false,
            ended: false,
            holds_stock: true,
            pickup_code_id: 0,
            notified: 0,
            records,
        };
        self.trades.insert(order.trade_id.clone(), id);
        self.orders.insert(id, order);
        id
    }
}
