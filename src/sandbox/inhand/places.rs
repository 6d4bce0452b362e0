//! Lines, sites (one row a machine: the only list of machines there is) and goods.

use serde_json::{Value, json};

use crate::sandbox::world::goods::Good;
use crate::sandbox::world::inhand::{Fleet, Machine, line_name};
use crate::sandbox::world::places::area_at;

use super::parameters::{Page, Parameters};

/// Names that the rows of a list must have.
pub(crate) struct Wanted {
    line: Option<String>,
    area: Option<String>,
}

impl Wanted {
    pub(crate) fn of(parameters: &Parameters) -> Self {
        let named = |name| parameters.in_body(name).map(str::to_owned);
        Self { line: named("lineName"), area: named("areaName") }
    }

    fn all(&self) -> bool {
        self.line.is_none() && self.area.is_none()
    }

    fn takes(&self, fleet: &Fleet, line: u64) -> bool {
        self.area.as_ref().is_none_or(|area| area_at(line).name == area)
            && self.line.as_ref().is_none_or(|name| line_name(fleet.seed(), line) == *name)
    }
}

/// The lines, the last one first.
pub(crate) fn lines(fleet: &Fleet, wanted: &Wanted, page: Page) -> Value {
    let taken = (0..fleet.lines()).rev().filter(|line| wanted.takes(fleet, *line));
    cut(taken, page).map(|line| line_row(fleet, line)).collect()
}

fn line_row(fleet: &Fleet, line: u64) -> Value {
    let seed = fleet.seed().with(5).with(line);
    let created = 1_590_000_000 + seed.below_signed(60_000_000);
    json!({
        "name": line_name(fleet.seed(), line),
        "areaName": area_at(line).name,
        "description": seed.with(1).pick(&["", "线路描述信息", "每日上午补货", "Refilled on Mondays"]),
        // Some rows tell milliseconds.
        "createTime": if seed.with(2).one_in(4) { created * 1000 } else { created },
    })
}

/// The machines.
pub(crate) fn sites(fleet: &Fleet, wanted: &Wanted, page: Page) -> Value {
    if wanted.all() {
        return fleet.rows(page.cursor, page.limit).map(|machine| site_row(fleet, &machine)).collect();
    }
    // A name is looked up once, not once a machine.
    let lines: Vec<bool> = (0..fleet.lines()).map(|line| wanted.takes(fleet, line)).collect();
    let on_line =
        |machine: &Machine| usize::try_from(machine.line).ok().and_then(|line| lines.get(line).copied());
    let taken = fleet.listed().filter(|machine| on_line(machine) == Some(true));
    cut(taken, page).map(|machine| site_row(fleet, &machine)).collect()
}

fn cut<T>(rows: impl Iterator<Item = T>, page: Page) -> impl Iterator<Item = T> {
    let skipped = usize::try_from(page.cursor).unwrap_or(usize::MAX);
    rows.skip(skipped).take(usize::try_from(page.limit).unwrap_or(0))
}

fn site_row(fleet: &Fleet, machine: &Machine) -> Value {
    let offline = u8::from(!fleet.online(machine));
    let wordy = machine.seed.with(41).one_in(3);
    json!({
        "deviceName": machine.name(),
        "areaName": machine.area().name,
        "lineName": machine.line_name(),
        "createTime": number(wordy, machine.created()),
        "siteId": machine.site_id(),
        "siteName": machine.site_name(),
        "address": machine.area().address(machine.site_seed().with(9)),
        "assetId": machine.asset_id(),
        "online": number(wordy, i64::from(offline)),
        "shelfCount": number(machine.seed.with(42).one_in(4), i64::from(machine.shelves)),
        "cidCount": machine.cabinets,
        "vender": vender(machine),
        "fireware": firmware(machine),
        "vcs": "3.3",
    })
}

pub(super) fn vender(machine: &Machine) -> &'static str {
    machine.seed.with(43).pick(&["aucma", "fuji", "yile", "easytouch", "TCN"])
}

fn firmware(machine: &Machine) -> &'static str {
    machine.seed.with(44).pick(&["IHv3.0.16", "IHv3.0.18", "2.6", "IHv3.1.0"])
}

/// The platform's types waver: a number is now a number, now a string.
pub(super) fn number(as_text: bool, value: i64) -> Value {
    if as_text { json!(value.to_string()) } else { json!(value) }
}

/// The only price that is in yuan: `"1.5"`.
pub(crate) fn good(good: &Good) -> Value {
    json!({
        "number": good.number(),
        "name": good.name,
        "fullName": good.full_name,
        "typeName": good.category.name,
        "price": yuan(good.price),
        "packingForm": number(good.index.is_multiple_of(3), i64::from(good.packing)),
        "manufacturer": good.manufacturer,
    })
}

/// Fen in yuan, without zeros at the end.
fn yuan(fen: i64) -> String {
    let text = format!("{}.{:02}", fen / 100, fen % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::yuan;

    #[test]
    fn yuan_have_no_zeros_at_the_end() {
        assert_eq!(yuan(150), "1.5");
        assert_eq!(yuan(200), "2");
        assert_eq!(yuan(1000), "10");
        assert_eq!(yuan(1299), "12.99");
        assert_eq!(yuan(5), "0.05");
    }
}
