//! One InHand machine as the seed makes it: where it stands, what it holds, how busy it is.

use crate::sandbox::seed::Seed;
use crate::sandbox::world::goods::{self, GOODS, Good};
use crate::sandbox::world::places::{self, Area};

const DAY: i64 = 86_400;

/// How many days of sales before the start of the sandbox are derived.
pub(super) const PAST_DAYS: i64 = 14;

const FAULTS: [&str; 6] =
    ["硬币器故障", "纸币器故障", "压缩机故障", "货道卡货", "门未关闭", "Payment terminal offline"];

/// A machine. Small enough to be made anew for every question.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Machine {
    pub(crate) index: u32,
    pub(crate) seed: Seed,
    /// Several machines stand at one site.
    pub(crate) site: u64,
    pub(crate) line: u64,
    /// 1 drinks, 2 spring, 3 locker.
    pub(crate) kind: u8,
    pub(crate) cabinets: u8,
    pub(crate) shelves: u8,
    pub(super) starts_online: bool,
    /// Twice the usual sales of a day.
    busy: u64,
    fleet: Seed,
}

/// A shelf of a machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shelf {
    /// 0 is the main cabinet.
    pub(crate) cabinet: u8,
    /// From 1 within the machine.
    pub(crate) number: u8,
    pub(crate) good: &'static Good,
    /// Fen.
    pub(crate) price: i64,
    /// How many a refill puts in.
    pub(crate) fill: u16,
    /// Fen, before any coupon.
    pub(crate) list_price: i64,
}

/// How many lines a fleet has.
pub(super) fn lines(machines: u32) -> u64 {
    (u64::from(machines) / 80).clamp(4, 400)
}

impl Machine {
    pub(super) fn derive(fleet: Seed, machines: u32, index: u32) -> Self {
        let seed = fleet.with(1).with(u64::from(index));
        // Of every eight machines one stands alone, one too, two and four share a site.
        let place = [0, 1, 2, 2, 3, 3, 3, 3];
        let eighth = usize::try_from(index % 8).unwrap_or(0);
        let site = u64::from(index / 8) * 4 + place.get(eighth).copied().unwrap_or(0);
        let cabinets = if seed.with(1).one_in(6) { 2 } else { 1 };
        Self {
            index,
            seed,
            site,
            line: fleet.with(2).with(site).below(lines(machines)),
            kind: seed.with(2).pick(&[1, 1, 2, 2, 2, 3]),
            cabinets,
            shelves: 14 + u8::try_from(seed.with(3).below(14)).unwrap_or(0),
            starts_online: !seed.with(4).one_in(12),
            busy: if seed.with(5).one_in(16) { 20 } else { 2 + seed.with(6).below(5) },
            fleet,
        }
    }

    pub(crate) fn asset_id(&self) -> String {
        (super::FIRST_ASSET + u64::from(self.index)).to_string()
    }

    pub(crate) fn name(&self) -> String {
        let make = if self.kind == 3 { "格子柜" } else { "售货机" };
        format!("{make}#{:03}", self.index + 1)
    }

    pub(crate) fn area(&self) -> Area {
        places::area_at(self.line)
    }

    pub(crate) fn line_name(&self) -> String {
        line_name(self.fleet, self.line)
    }

    pub(crate) fn site_seed(&self) -> Seed {
        self.fleet.with(3).with(self.site)
    }

    pub(crate) fn site_name(&self) -> String {
        self.area().site(self.site_seed())
    }

    pub(crate) fn site_id(&self) -> String {
        (132_340_000 + self.site).to_string()
    }

    pub(crate) fn site_number(&self) -> String {
        format!("S{:05}", self.site)
    }

    /// The id of a cabinet: the machine's own number for the first.
    pub(crate) fn cabinet_id(&self, cabinet: u8) -> String {
        if cabinet == 0 { self.asset_id() } else { cabinet.to_string() }
    }

    pub(crate) fn shelf(&self, place: u8) -> Shelf {
        let seed = self.seed.with(20).with(u64::from(place));
        let good = goods::good(seed.with(1).index(GOODS.len()));
        let list_price = good.price + seed.with(2).pick(&[0, 0, 0, 50, 100]);
        let short = seed.with(3).one_in(9);
        let fill = if short { 1 + seed.with(4).below(2) } else { 5 + seed.with(4).below(12) };
        let second = self.cabinets == 2 && place >= self.shelves - self.shelves / 3;
        Shelf {
            cabinet: u8::from(second),
            number: place + 1,
            good,
            list_price,
            price: list_price - seed.with(5).pick(&[0, 0, 0, 0, 0, 50]),
            fill: u16::try_from(fill).unwrap_or(1),
        }
    }

    pub(crate) fn all_shelves(&self) -> impl Iterator<Item = Shelf> + '_ {
        (0..self.shelves).map(|shelf| self.shelf(shelf))
    }

    /// When it was put up; before anything it sold.
    pub(crate) fn created(&self) -> i64 {
        1_600_000_000 + self.seed.with(7).below_signed(80_000_000)
    }

    /// The refill before the last before the sandbox started, and the last.
    pub(super) fn refills(&self, epoch: i64) -> (i64, i64) {
        let last = epoch - 6 * 3600 - self.seed.with(8).below_signed(5 * DAY);
        (last - DAY - self.seed.with(9).below_signed(6 * DAY), last)
    }

    pub(super) fn first_fault(&self, epoch: i64) -> Option<(&'static str, i64)> {
        self.seed.with(10).one_in(15).then(|| {
            let since = epoch - 60 - self.seed.with(11).below_signed(2 * DAY);
            (fault_name(self.seed.with(12)), since)
        })
    }

    /// How many sales there were on a day, counted back from the start of the sandbox.
    pub(super) fn sales_on(&self, day: i64) -> u64 {
        let day = u64::try_from(day).unwrap_or(0);
        self.seed.with(30).with(day).below(self.busy + 1)
    }
}

impl Shelf {
    pub(crate) fn location(&self) -> String {
        if self.cabinet == 0 { self.number.to_string() } else { format!("a{}", self.number) }
    }
}

/// The name of a line of a fleet.
pub(crate) fn line_name(fleet: Seed, line: u64) -> String {
    places::area_at(line).line(fleet.with(4).with(line), line + 1)
}

pub(super) fn fault_name(seed: Seed) -> &'static str {
    seed.pick(&FAULTS)
}
