//! From the members of a message, as they were verified, to the rows that `mapping` reads.

use serde::de::DeserializeOwned;

use super::{LONGEST_NUMBER, Undecodable};
use crate::{
    domain::Text,
    vendor::inhand::{
        sign::Parameters,
        wire::{self, Number, Rows, Word, pushed},
    },
};

/// The machine that a message is about.
pub fn machine(members: &Parameters<'_>) -> Result<Text, Undecodable> {
    let machine = word(members, "assetId").0.ok_or(Undecodable::Missing("assetId"))?;
    if machine.len() > LONGEST_NUMBER { Err(Undecodable::Long("assetId")) } else { Ok(machine) }
}

/// A machine that was set up (§2.1).
pub fn new_machine(members: &Parameters<'_>) -> Result<pushed::NewMachine, Undecodable> {
    Ok(pushed::NewMachine {
        name: word(members, "name"),
        site_name: word(members, "siteName"),
        line_name: word(members, "lineName"),
        // A place of another shape must not cost the shelves.
        location: members.get("location").and_then(|text| serde_json::from_str(text).ok()),
        containers: rows(members, "containers")?.unwrap_or_else(none),
    })
}

/// A trade (§3.1). What a list tells beyond that is absent.
pub fn trade(members: &Parameters<'_>) -> wire::Trade {
    wire::Trade {
        order_no: word(members, "orderNo"),
        trade_no: word(members, "tradeNo"),
        asset_id: word(members, "assetId"),
        cid: word(members, "cid"),
        location_id: word(members, "locationId"),
        goods_name: word(members, "goodsName"),
        goods_number: word(members, "goodsNumber"),
        deliver_status: number(members, "deliverStatus"),
        exec_ts: number(members, "exec_ts"),
        price: number(members, "price"),
        pay_status: number(members, "payStatus"),
        count: number(members, "count"),
        pay_time: number(members, "payTime"),
        create_time: number(members, "createTime"),
        refund_time: number(members, "refundTime"),
        refund_fee: number(members, "refundFee"),
        refund_status: number(members, "refundStatus"),
        pay_style: word(members, "payStyle"),
        ..wire::Trade::default()
    }
}

/// What a machine reported of itself (§4.1).
pub fn report(members: &Parameters<'_>) -> Result<pushed::Report, Undecodable> {
    Ok(pushed::Report {
        vmc_online: number(members, "vmcOnline"),
        online: number(members, "online"),
        door_state: number(members, "doorState"),
        is_sale: number(members, "isSale"),
        coin5_count: number(members, "coin5Count"),
        coin10_count: number(members, "coin10Count"),
        fault_code: words(members, "faultCode")?,
        vending_fault: rows(members, "vendingFault")?,
        shelves_state: rows(members, "shelvesState")?.unwrap_or_else(none),
        temper_state: rows(members, "temperState")?.unwrap_or_else(none),
        versions: rows(members, "versions")?.unwrap_or_else(none),
        apps: rows(members, "apps")?.unwrap_or_else(none),
        fireware: word(members, "fireware"),
    })
}

/// A refill (§8.1).
pub fn refill(members: &Parameters<'_>) -> Result<wire::Refill, Undecodable> {
    Ok(wire::Refill {
        asset_id: word(members, "assetId"),
        site_name: word(members, "siteName"),
        site_number: word(members, "siteNumber"),
        line_name: word(members, "lineName"),
        last_refill_time: number(members, "lastRefillTime"),
        refill_time: number(members, "refillTime"),
        pay_sales: rows(members, "paySales")?,
        shelf_pay_sales: rows(members, "shelfPaySales")?,
    })
}

fn word(members: &Parameters<'_>, name: &str) -> Word {
    Word(members.get(name).map(Text::from))
}

fn number(members: &Parameters<'_>, name: &str) -> Number {
    members.get(name).map(Number::of).unwrap_or_default()
}

fn rows<T: DeserializeOwned>(
    members: &Parameters<'_>,
    name: &'static str,
) -> Result<Option<Rows<T>>, Undecodable> {
    let text = members.get(name);
    text.map(|text| serde_json::from_str(text).map_err(|error| Undecodable::Shape(name, error))).transpose()
}

/// A list of scalars, or one by itself.
fn words(members: &Parameters<'_>, name: &'static str) -> Result<Option<Vec<Word>>, Undecodable> {
    let Some(text) = members.get(name) else { return Ok(None) };
    if !text.starts_with('[') {
        return Ok(Some(vec![Word(Some(text.into()))]));
    }
    serde_json::from_str(text).map(Some).map_err(|error| Undecodable::Shape(name, error))
}

fn none<T>() -> Rows<T> {
    Rows(Vec::new())
}
