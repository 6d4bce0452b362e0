//! What the platform sends, in its own words (InHand §3–§11), read leniently.
//!
//! Members that we do not know are passed over, and those that are absent break nothing (Trap 11).

#![expect(clippy::struct_field_names, reason = "the names are the platform's")]

mod lenient;
pub mod pushed;

use std::collections::HashMap;

use serde::Deserialize;

pub use self::lenient::{Exact, Number, Rows, Word};

/// What tells a failure from an answer.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Envelope {
    pub result: Word,
    pub error_code: Word,
}

/// The answer of `code/create` (§10).
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct NewCode {
    pub code: Word,
}

/// The answer of `trade/list` (§3.2).
#[derive(Deserialize)]
pub struct Trades {
    pub total: Number,
    pub list: Rows<Trade>,
}

/// A listed trade (§3.2). `openId` and `phone` identify a person; hence no `Debug`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Trade {
    pub order_no: Word,
    pub trade_no: Word,
    pub asset_id: Word,
    pub cid: Word,
    pub location_id: Word,
    pub goods_name: Word,
    pub goods_number: Word,
    pub deliver_status: Number,
    #[serde(rename = "exec_ts")]
    pub exec_ts: Number,
    pub price: Number,
    #[serde(rename = "price_1")]
    pub price_1: Number,
    pub pay_status: Number,
    pub count: Number,
    pub cost: Number,
    pub pay_time: Number,
    pub create_time: Number,
    pub tra_create_time: Number,
    pub refund_time: Number,
    pub refund_order_no: Word,
    pub refund_fee: Number,
    pub refund_status: Number,
    pub pay_style: Word,
    #[serde(rename = "transaction_id")]
    pub transaction_id: Word,
    pub open_id: Word,
    pub phone: Word,
    pub currency: Number,
}

/// One machine's sales (§5.1): 40 members that differ by a name in front of `Amount` and `Count`.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub struct Statistics(pub HashMap<String, Word>);

/// A machine's status (§6.1).
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MachineStatus {
    pub asset_id: Word,
    pub router_info: Option<RouterInfo>,
    pub vending_info: Option<VendingInfo>,
}

/// The machine's computer.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RouterInfo {
    pub version: Word,
    pub vcs: Word,
    pub info: Option<Connection>,
    pub region: Option<Region>,
    pub online: Number,
}

/// How the machine's computer reaches the network.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Connection {
    pub net: Word,
    pub phone: Word,
    pub iccid: Word,
    pub ip: Word,
}

/// Where the machine is, in degrees.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Region {
    pub lon: Word,
    pub lat: Word,
}

/// The vending side of a machine; an absent list is no news.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VendingInfo {
    pub shelves_info: Option<Rows<ShelfInfo>>,
    pub fault_info: Option<Rows<FaultInfo>>,
}

/// A shelf in a status. The document shows no `cid` here.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ShelfInfo {
    pub cid: Word,
    #[serde(rename = "locationId")]
    pub location_id: Word,
    #[serde(rename = "goodsName")]
    pub goods_name: Word,
    pub number: Word,
    pub status: Number,
    /// Written with a small `o`, as the platform does.
    #[serde(rename = "soldoutTime")]
    pub soldout_time: Number,
}

/// A fault in a status.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct FaultInfo {
    pub name: Word,
    pub time: Number,
}

/// What a machine sold since its last refill (§6.2).
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Sales {
    pub asset_id: Word,
    pub sales_info: Option<Rows<CabinetGoods>>,
    pub shelves_info: Option<Rows<CabinetShelves>>,
}

/// A cabinet's sales by goods.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CabinetGoods {
    pub cid: Word,
    pub goods_info: Option<Rows<GoodsSales>>,
}

/// A cabinet's sales by shelf.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CabinetShelves {
    pub cid: Word,
    pub shelf_info: Option<Rows<GoodsSales>>,
}

/// How often goods were sold, of a whole cabinet or off one shelf.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GoodsSales {
    pub location_id: Word,
    pub goods_id: Word,
    pub goods_number: Word,
    pub goods_name: Word,
    pub goods_sales: Number,
}

/// The answer of `refill/message` (§8.2).
#[derive(Deserialize)]
pub struct Refills {
    pub message: Rows<Refill>,
}

/// A refill (§8.1).
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Refill {
    pub asset_id: Word,
    pub site_name: Word,
    pub site_number: Word,
    pub line_name: Word,
    pub last_refill_time: Number,
    pub refill_time: Number,
    pub pay_sales: Option<Rows<PaySales>>,
    pub shelf_pay_sales: Option<Rows<ShelfPaySales>>,
}

/// A refill's sales by payment: `sales` is the amount, `units` the pieces.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PaySales {
    pub name: Word,
    pub sales: Number,
    pub units: Number,
}

/// What a refill did to one shelf.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ShelfPaySales {
    pub cid: Word,
    pub location_id: Word,
    pub goods_id: Word,
    pub goods_name: Word,
    pub goods_number: Word,
    pub price: Number,
    pub stock: Number,
    pub refill_count: Number,
    pub pay_sales: Option<Rows<PaySales>>,
}

/// A line (§9.1).
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Line {
    pub name: Word,
    pub area_name: Word,
    pub description: Word,
    pub create_time: Number,
}

/// A row of `router/sites` (§9.2): one machine, with its site.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Site {
    pub device_name: Word,
    pub area_name: Word,
    pub line_name: Word,
    pub create_time: Number,
    pub site_id: Word,
    pub site_name: Word,
    pub address: Word,
    pub asset_id: Word,
    pub online: Number,
    pub cid_count: Number,
    /// The platform's spelling of "vendor": who made the machine (Trap 4).
    pub vender: Word,
}

/// Goods (§11).
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Goods {
    pub number: Word,
    pub name: Word,
    pub full_name: Word,
    pub type_name: Word,
    /// In yuan, while every other price is in fen (Trap 7).
    pub price: Exact,
    pub packing_form: Number,
    pub manufacturer: Word,
}
