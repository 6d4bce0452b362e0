//! How Dingshang machines and their business are made from the seed. The first few machines are the odd ones.

use crate::sandbox::seed::Seed;
use crate::sandbox::world::goods::GOODS;
use crate::sandbox::world::places;

use super::State;
use super::agenda::{Due, LAPSES_AFTER};
use super::machine::{Condition, Currency, Machine, Outcome, Slot, Status};
use super::order::{Delivery, Order, PickupCode, Record};

/// A machine dispenses within a second or so; the sandbox's clock knows no parts of a second.
const DISPENSE_SECONDS: i64 = 2;

/// The first product id of a machine is this times its place, from 1.
const PRODUCTS_PER_MACHINE: u64 = 1000;

/// The status of a delivery, and why it failed if it did.
type Ending = (&'static str, &'static str);

/// The status of an order and of its records, and the delivery of the first record where there was one.
type Story = (&'static str, &'static str, Option<Ending>);

/// One order of each kind, told in turn over the fleet.
const STORIES: [Story; 12] = [
    ("SUCCESS", "IS_SUCCESS", Some(("出货成功", ""))),
    ("NOTPAY", "WAITING_PICKED_UP", None),
    ("REFUND", "IS_REFUND", Some(("出货失败", "Goods are Stuck"))),
    ("SUCCESS", "IS_DELIVERING", Some(("出货中", ""))),
    ("CLOSED", "订单取消", None),
    ("SUCCESS", "IS_FAILED", Some(("出货失败", "Slave Comm Error"))),
    ("USERPAYING", "未取货", None),
    ("PICKUPCODE", "已取货", Some(("出货成功", ""))),
    ("REVOKED", "订单取消", None),
    ("SUCCESS", "IS_TIMEOUT", Some(("出货超时", "Feedback Error"))),
    ("PAYERROR", "WAITING_PICKED_UP", None),
    ("TESTPAY", "IS_PICKED_UP", Some(("出货成功", ""))),
];

/// How many orders a machine starts with.
const ORDERS: usize = 4;

pub(super) fn machine(fleet: Seed, index: usize) -> Machine {
    let place = index as u64;
    let seed = fleet.with(1).with(place);
    let area = places::area_at(seed.with(1).below(places::AREAS.len() as u64));
    let (longitude, latitude) = area.point(seed.with(2));
    let cabinets = match index % 4 {
        1 => vec!['A', 'B'],
        3 => vec!['A', 'B', 'C'],
        _ => vec!['A'],
    };
    let slots =
        cabinets.iter().zip(0..).flat_map(|(cabinet, nth)| slots(seed, place, *cabinet, nth)).collect();
    Machine {
        number: number(index),
        name: area.site(seed.with(3)),
        address: area.address(seed.with(4)),
        longitude,
        latitude,
        online: index < 2 || !seed.with(5).one_in(6),
        status: status(index),
        currency: match index {
            2 => Currency::Usd,
            3 => Currency::Jpy,
            _ => Currency::Cny,
        },
        kind: if index % 7 == 6 { 6 } else { 1 },
        created: 1_650_000_000 + seed.with(6).below_signed(60_000_000),
        cabinets,
        slots,
        pickup_codes: true,
        dispense_seconds: DISPENSE_SECONDS,
        lock_seconds: if index % 7 == 6 { 15 } else { 45 },
        drops_whole_lines: false,
        dispenses: None,
        contact: seed.with(7).pick(&["", "李工", "王经理", "Ms. Chen", "赵师傅"]),
        telephone: if seed.with(8).one_in(3) {
            String::new()
        } else {
            format!("138{:08}", seed.bits() % 100_000_000)
        },
    }
}

/// Eight digits, but one with a leading zero and one longer.
fn number(index: usize) -> String {
    match index {
        0 => "01632712".to_owned(),
        1 => "1632712900017".to_owned(),
        _ => (16_327_129 + (index as u64) * 7).to_string(),
    }
}

fn status(index: usize) -> Status {
    match index {
        4 => Status::Operational,
        5 => Status::Maintenance,
        6 => Status::Transfer,
        7 => Status::Older(false),
        _ => Status::Older(true),
    }
}

fn slots(machine: Seed, place: u64, cabinet: char, nth: u64) -> impl Iterator<Item = Slot> {
    let seed = machine.with(10).with(nth);
    let count = 18 + seed.below(7);
    let first = (place + 1) * PRODUCTS_PER_MACHINE + nth * 100;
    (0..count).map(move |slot| {
        let seed = seed.with(slot);
        let good = seed.with(1).index(GOODS.len());
        let list = GOODS.get(good).map_or(100, |good| good.price);
        let price = if seed.with(2).one_in(25) { 10 } else { list };
        let capacity = 5 + seed.with(3).below(6);
        let stock = if seed.with(4).one_in(7) { 0 } else { seed.with(5).below(capacity + 1) };
        Slot {
            product_id: first + slot + 1,
            cabinet,
            place: (u8::try_from(slot / 6 + 1).unwrap_or(1), u8::try_from(slot % 6 + 1).unwrap_or(1)),
            price,
            original_price: if seed.with(6).one_in(5) { price + 100 } else { 0 },
            stock: u32::try_from(stock).unwrap_or(0),
            capacity: u32::try_from(capacity).unwrap_or(5),
            condition: condition(seed.with(7)),
            good,
        }
    })
}

fn condition(seed: Seed) -> Condition {
    match seed.below(40) {
        0 => Condition::Missing,
        1 => Condition::Jammed,
        2 => Condition::MotorFault,
        3 => Condition::SerialTimeout,
        4 => Condition::Unlisted,
        _ => Condition::Normal,
    }
}

/// The orders, deliveries and pickup codes a machine starts with.
pub(super) fn business(fleet: Seed, state: &mut State, index: usize, machine: &Machine, now: i64) {
    let seed = fleet.with(2).with(index as u64);
    for (slot, nth) in machine.slots.iter().step_by(5).zip(0..) {
        codes(seed.with(100).with(nth), state, machine, slot, now);
    }
    for nth in 0..ORDERS {
        let story = STORIES.get((index * ORDERS + nth) % STORIES.len());
        if let Some(story) = story {
            order(seed.with(nth as u64), state, machine, *story, now);
        }
    }
}

fn order(seed: Seed, state: &mut State, machine: &Machine, story: Story, now: i64) {
    let (status, record_status, outcome) = story;
    let id = 1_100_000 + state.orders.len() as u64 + 1;
    let open = matches!(status, "NOTPAY" | "USERPAYING");
    let age = if open { 60 } else { 3600 + seed.below_signed(86_400) };
    let lines = if seed.with(1).one_in(3) { 2 } else { 1 };
    // An order made by redeeming a code is for what the code is good for.
    let mut used = state.codes.values().filter(|code| code.used && code.machine == machine.number);
    let code = used.next().filter(|_| status == "PICKUPCODE");
    let pickup_code_id = code.map_or(0, |code| code.id);
    let first =
        code.and_then(|code| machine.slots.iter().position(|slot| slot.product_id == code.product_id));
    let records: Vec<Record> = machine
        .slots
        .iter()
        .skip(first.unwrap_or_else(|| seed.with(2).index(machine.slots.len() / 2)))
        .take(lines)
        .zip(0..)
        .map(|(slot, line)| Record {
            id: id * 10 + line,
            product_id: slot.product_id,
            quantity: 1 + u32::from(line == 1),
            dispensed: if matches!(record_status, "IS_SUCCESS" | "IS_PICKED_UP" | "已取货") {
                1 + u32::from(line == 1)
            } else {
                0
            },
            price: slot.price * if line == 1 { 2 } else { 1 },
            status: record_status,
            notified: !open && line == 0,
        })
        .collect();
    let order = Order {
        id,
        machine: machine.number.clone(),
        trade_id: format!("20250101{:016}", seed.bits() % 10_000_000_000_000_000),
        notify_url: String::new(),
        created: now - age,
        amount: records.iter().map(|record| record.price).sum(),
        status,
        lapsed: false,
        ended: matches!(status, "REFUND" | "CLOSED" | "REVOKED" | "PAYERROR"),
        holds_stock: false,
        pickup_code_id,
        notified: u32::from(!open),
        records,
    };
    if let Some(outcome) = outcome {
        deliver(state, &order, outcome);
    }
    if order.unpaid() {
        state.agenda.insert((order.created + LAPSES_AFTER, Due::Lapse(id)));
    }
    state.trades.insert(order.trade_id.clone(), id);
    state.orders.insert(id, order);
}

/// The dispensing of the first line of an order.
fn deliver(state: &mut State, order: &Order, outcome: Ending) {
    let (status, fail_reason) = outcome;
    let Some(record) = order.records.first() else {
        return;
    };
    let id = 70_000 + state.deliveries.len() as u64 + 1;
    let done = if status == "出货中" { 0 } else { order.created + 40 };
    let taken = if status == "出货成功" { done + 12 } else { 0 };
    let delivery = Delivery {
        id,
        machine: order.machine.clone(),
        order_id: order.id,
        record_id: record.id,
        status,
        delivered: done,
        picked_up: taken,
        fail_reason: fail_reason.to_owned(),
        outcome: Outcome::Silent,
    };
    state.deliveries.insert(id, delivery);
}

/// An open code, one that never expires, one that has expired and one that was used.
fn codes(seed: Seed, state: &mut State, machine: &Machine, slot: &Slot, now: i64) {
    let kinds = [(Some(86_400), false), (None, false), (Some(-3_600), false), (Some(86_400), true)];
    for ((expires, used), nth) in kinds.into_iter().zip(0..) {
        let id = 2_100 + state.codes.len() as u64 + 1;
        let digits = seed.with(nth).bits() % 10_000_000;
        let code = PickupCode {
            id,
            machine: machine.number.clone(),
            product_id: slot.product_id,
            code: format!("{digits:07}"),
            created: now - 90_000,
            expires: expires.map(|after: i64| now + after),
            used,
            cancelled: false,
        };
        state.codes.insert(id, code);
    }
}
