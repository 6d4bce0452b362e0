//! What the platform sends by itself, in our words; the glossary heads `mapping`.

use std::sync::Arc;

use jiff::Timestamp;

use super::{count, degrees, fen, instant, told_trade};
use crate::{
    domain::{
        CabinetClimate, CoinStock, ComponentVersion, DeliveryState, Fault, GeoPoint, Product, Shelf,
        ShelfState, Status, Text, Trade, TradeKind,
        event::{Registration, ShelfNews, StatusNews},
    },
    vendor::inhand::{
        codes,
        wire::{self, Number, Rows, Word, pushed},
    },
};

/// The main cabinet, in a status.
const MASTER: &str = "master";

/// A machine that was set up (§2.1).
pub fn registration(row: pushed::NewMachine, machine: &Text) -> Registration {
    let mut shelves = Vec::new();
    for container in row.containers.0 {
        add_shelves(container, machine, &mut shelves);
    }
    let place = row.location.unwrap_or_default();
    Registration {
        name: row.name.0,
        site_name: row.site_name.0,
        line_name: row.line_name.0,
        location: degrees(&place.latitude)
            .zip(degrees(&place.longitude))
            .and_then(|(latitude, longitude)| GeoPoint::new(latitude, longitude)),
        shelves,
    }
}

/// The shelves that a container is or holds (Trap 5), in the cabinet that it names or stands in.
fn add_shelves(container: pushed::Container, cabinet: &Text, shelves: &mut Vec<Shelf>) {
    let cabinet = container.cid.0.unwrap_or_else(|| cabinet.clone());
    if let Some(code) = container.location_id.0 {
        // A path that is good in the platform alone (§2.1) shows nobody anything.
        let image = container.img.0.or(container.capital_img.0).filter(|path| path.starts_with("http"));
        let product = container.goods_id.0.map(|number| {
            let name = container.goods_name.0.unwrap_or_else(|| number.clone());
            Arc::new(Product { image_url: image, ..Product::named(number, name) })
        });
        shelves.push(Shelf {
            cabinet: cabinet.clone(),
            code,
            slot: None,
            product,
            category: None,
            price: fen(container.price),
            list_price: None,
            capacity: count(container.capacity),
            stock: None,
            sold_out: None,
            sold_out_at: None,
            state: ShelfState::Unknown,
        });
    }
    for shelf in container.shelves.map(|Rows(rows)| rows).unwrap_or_default() {
        add_shelves(shelf, &cabinet, shelves);
    }
}

/// A pushed trade (§3.1); which of the two kinds it is, the address tells that it was sent to (Trap 10).
pub fn pushed_trade(row: wire::Trade, kind: TradeKind) -> Option<Trade> {
    told_trade(row, kind, codes::pushed_delivery)
}

/// When that happened which a trade is news of: the last that it tells. Times of what has not happened are sent as
/// well (the sample's `refundTime` lies before its payment, and nothing is refunded).
pub fn news_of_trade(trade: &Trade) -> Option<Timestamp> {
    let delivered = trade.delivery.state != DeliveryState::Waiting;
    [
        trade.created_at,
        trade.payment.paid_at,
        trade.delivery.at.filter(|_| delivered),
        trade.refund.as_ref().and_then(|refund| refund.at),
    ]
    .into_iter()
    .flatten()
    .max()
}

/// What a machine reported of itself (§4.1).
pub fn status_news(row: pushed::Report, machine: &Text) -> StatusNews {
    let five_jiao = small(row.coin5_count);
    let one_yuan = small(row.coin10_count);
    let coins = (five_jiao.is_some() || one_yuan.is_some()).then_some(CoinStock { five_jiao, one_yuan });
    let firmware = row.fireware.0.map(|version| ComponentVersion { component: "firmware".into(), version });
    let controllers = row.versions.0.into_iter().filter_map(controller_version);
    let apps = row
        .apps
        .0
        .into_iter()
        .filter_map(|app| Some(ComponentVersion { component: app.name.0?, version: app.version.0? }));
    StatusNews {
        status: Status {
            online: codes::online(row.online.0),
            sellable: flag(row.is_sale),
            controller_online: flag(row.vmc_online),
            door_open: flag(row.door_state).map(|closed| !closed),
            sold_out_shelf_count: None,
            faults: faults(row.fault_code, row.vending_fault),
            cabinets: row.temper_state.0.into_iter().map(|cabinet| climate(cabinet, machine)).collect(),
            coins,
            network: None,
            versions: firmware.into_iter().chain(controllers).chain(apps).collect(),
        },
        shelves: row.shelves_state.0.into_iter().filter_map(shelf_news).collect(),
    }
}

/// Both lists of faults in one; told as soon as one of them is there. A code of 0 is no fault: the sample shows six.
fn faults(codes: Option<Vec<Word>>, named: Option<Rows<pushed::VendingFault>>) -> Option<Vec<Fault>> {
    if codes.is_none() && named.is_none() {
        return None;
    }
    let named = named.map(|Rows(rows)| rows).unwrap_or_default().into_iter().filter_map(|row| {
        let name = row.ccode.0.or_else(|| row.pcode.0.clone())?;
        Some(Fault { cabinet: named_cabinet(row.cid), code: row.pcode.0, name, since: None })
    });
    // Such a code has no name in the document.
    let codes = codes.unwrap_or_default().into_iter().filter_map(|Word(code)| code);
    let codes = codes.filter(|code| **code != *"0").map(|code| Fault {
        cabinet: None,
        code: Some(code.clone()),
        name: code,
        since: None,
    });
    Some(named.chain(codes).collect())
}

/// A cabinet's name; `None` for the main one.
fn named_cabinet(cid: Word) -> Option<Text> {
    cid.0.filter(|cid| **cid != *MASTER)
}

fn shelf_news(row: pushed::ShelfNews) -> Option<ShelfNews> {
    let sold_out = flag(row.state);
    Some(ShelfNews {
        cabinet: named_cabinet(row.cid),
        code: row.shelves_id.0?,
        sold_out,
        sold_out_at: instant(row.soldout_time).filter(|_| sold_out != Some(false)),
    })
}

fn climate(row: pushed::CabinetTemperature, machine: &Text) -> CabinetClimate {
    let detail = row.temper_detail.unwrap_or_default();
    CabinetClimate {
        cabinet: named_cabinet(row.cid).unwrap_or_else(|| machine.clone()),
        left_temperature: small(detail.left_rm_tem),
        right_temperature: small(detail.right_rm_tem),
        cooling_low: small(detail.cry_tem_dl),
        cooling_high: small(detail.cry_tem_ul),
        heating_low: small(detail.heat_tem_dl),
        heating_high: small(detail.heat_tem_ul),
        left_cooling: flag(detail.left_rm_ref),
        right_cooling: flag(detail.right_rm_ref),
        left_heating: flag(detail.left_rm_heat),
        right_heating: flag(detail.right_rm_heat),
        light_always_on: flag(detail.lamp_nor_op),
        light_automatic: flag(detail.lamp_aut),
        light_on_at: detail.lamp_on_t.0,
        light_off_at: detail.lamp_off_t.0,
        energy_saving_on_at: detail.engy_on_t.0,
        energy_saving_off_at: detail.engy_off_t.0,
    }
}

/// `controller` (主控) and `driver` (驱动) of the main cabinet; those of the others with the cabinet's name.
fn controller_version(row: pushed::ControllerVersion) -> Option<ComponentVersion> {
    let part = match row.kind.as_deref() {
        Some("1") | None => Text::from("controller"),
        Some("2") => Text::from("driver"),
        Some(other) => Text::from(format!("controller part {other}")),
    };
    let component = match named_cabinet(row.name) {
        Some(cabinet) => Text::from(format!("{part} {cabinet}")),
        None => part,
    };
    Some(ComponentVersion { component, version: row.value.0? })
}

/// 0 and 1; every other number says nothing (Trap 11).
const fn flag(Number(number): Number) -> Option<bool> {
    match number {
        Some(0) => Some(false),
        Some(1) => Some(true),
        _ => None,
    }
}

fn small(Number(number): Number) -> Option<i32> {
    i32::try_from(number?).ok()
}
