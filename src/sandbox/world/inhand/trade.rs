//! One sale, and the question "which sales".

use crate::sandbox::seed::Seed;

use super::Machine;

/// payStyle as the vendor numbers it, the usual ones more often.
const STYLES: [u8; 48] = [
    2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 13, 13, 13, 19, 19, 19, 23, 23, 21, 21, 14, 1, 5, 6,
    7, 8, 9, 10, 11, 12, 15, 16, 20, 22, 24, 25, 26, 27, 4, 2, 3,
];

/// payStyle of a pickup code.
const CODE: u8 = 7;

/// payStyle of a game.
const GAME: u8 = 8;

/// A sale. Money is fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trade {
    /// When it was made, Unix seconds.
    pub(crate) time: i64,
    /// Orders sales (and refills) of one second; 0 for the derived past.
    pub(crate) sequence: u64,
    /// Unique within the machine.
    pub(crate) serial: u64,
    pub(crate) shelf: u8,
    pub(crate) style: u8,
    pub(crate) price: i64,
    pub(crate) list_price: i64,
    pub(crate) payment: Payment,
    pub(crate) delivery: Delivery,
    pub(crate) refund: Refund,
}

/// Whether the money came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payment {
    Pending,
    Paid,
    Failed,
}

/// Whether the goods came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    Dispensed,
    NoStock,
    NoSuchGoods,
    Waiting,
}

/// Whether the money went back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refund {
    None,
    UnderWay,
    Done,
    Failed,
}

impl Trade {
    /// A sale as chance makes it, from a shelf that has stock or has not.
    pub(super) fn made(seed: Seed, machine: &Machine, shelf: u8, stocked: bool) -> Self {
        let place = machine.shelf(shelf);
        let payment = payment(seed);
        let delivery = match payment {
            Payment::Pending | Payment::Failed => Delivery::Waiting,
            Payment::Paid if !stocked => Delivery::NoStock,
            Payment::Paid if seed.with(3).one_in(40) => Delivery::NoSuchGoods,
            Payment::Paid => Delivery::Dispensed,
        };
        let refund = match delivery {
            Delivery::Dispensed | Delivery::Waiting => Refund::None,
            Delivery::NoStock | Delivery::NoSuchGoods => {
                [Refund::Done, Refund::Done, Refund::UnderWay, Refund::Failed]
                    .get(seed.with(4).index(4))
                    .copied()
                    .unwrap_or(Refund::Done)
            }
        };
        Self {
            time: 0,
            sequence: 0,
            serial: 0,
            shelf,
            style: style(seed),
            price: place.price,
            list_price: place.list_price,
            payment,
            delivery,
            refund,
        }
    }

    /// A unit that a pickup code paid for.
    pub(super) fn by_code(machine: &Machine, shelf: u8) -> Self {
        Self { style: CODE, price: machine.shelf(shelf).price, ..Self::free(machine, shelf) }
    }

    /// A unit that was won in a game.
    pub(super) fn prize(seed: Seed, machine: &Machine) -> Self {
        let shelf = u8::try_from(seed.index(usize::from(machine.shelves))).unwrap_or(0);
        Self { style: GAME, ..Self::free(machine, shelf) }
    }

    fn free(machine: &Machine, shelf: u8) -> Self {
        Self {
            time: 0,
            sequence: 0,
            serial: 0,
            shelf,
            style: CODE,
            price: 0,
            list_price: machine.shelf(shelf).list_price,
            payment: Payment::Paid,
            delivery: Delivery::Dispensed,
            refund: Refund::None,
        }
    }

    /// The states it went through, of which it is the last: paid, dispensed or not, the money going back, gone back.
    pub(crate) fn steps(self) -> impl Iterator<Item = Self> {
        let waiting = Self { delivery: Delivery::Waiting, refund: Refund::None, ..self };
        let kept = Self { refund: Refund::None, ..self };
        let repaying = Self { refund: Refund::UnderWay, ..self };
        let mut steps = vec![waiting, kept, repaying, self];
        // Without a refund nothing is ever on its way back.
        steps.retain(|step| self.refund != Refund::None || step.refund == Refund::None);
        steps.dedup();
        steps.into_iter()
    }

    /// Whether it counts as a sale: in the statistics, since the last refill, in a refill's account.
    pub(crate) fn counts(&self) -> bool {
        self.payment == Payment::Paid
    }
}

fn payment(seed: Seed) -> Payment {
    match seed.with(2).below(80) {
        0 => Payment::Pending,
        1 => Payment::Failed,
        _ => Payment::Paid,
    }
}

/// Known without the rest, so that a list of a whole fleet is counted quickly.
pub(super) fn style(seed: Seed) -> u8 {
    seed.with(1).pick(&STYLES)
}

/// Which sales; both ends of the time are included.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) start: Option<i64>,
    pub(crate) end: Option<i64>,
    pub(crate) style: Option<u8>,
}

impl Filter {
    pub(crate) fn takes(&self, time: i64, style: u8) -> bool {
        self.in_time(time) && self.style.is_none_or(|wanted| wanted == style)
    }

    pub(crate) fn in_time(&self, time: i64) -> bool {
        self.start.is_none_or(|start| time >= start) && self.end.is_none_or(|end| time <= end)
    }
}
