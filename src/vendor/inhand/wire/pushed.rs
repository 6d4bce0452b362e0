//! What the platform sends by itself (InHand §2.1, §4.1), beyond the shapes that its answers have too.
//!
//! The members of the message itself are read by name ([`super::super::webhook`]); here is what stands in them.

use serde::{Deserialize, Serialize};

use super::{Number, Rows, Word};

/// A machine that was set up (§2.1).
pub struct NewMachine {
    pub name: Word,
    pub site_name: Word,
    pub line_name: Word,
    pub location: Option<Location>,
    pub containers: Rows<Container>,
}

/// Where a machine stands, in degrees; as numbers or as text (Trap 5).
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Location {
    pub longitude: Word,
    pub latitude: Word,
}

/// A cabinet with its shelves (the table), or a shelf in a cabinet's place (the sample): Trap 5. A row is whatever it
/// has members of.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Container {
    pub cid: Word,
    pub shelves: Option<Rows<Container>>,
    pub location_id: Word,
    pub goods_id: Word,
    pub goods_name: Word,
    pub price: Number,
    pub img: Word,
    #[serde(rename = "Img")]
    pub capital_img: Word,
    pub capacity: Number,
}

/// What a machine reports of itself (§4.1). What it does not report is absent.
pub struct Report {
    pub vmc_online: Number,
    pub online: Number,
    pub door_state: Number,
    pub is_sale: Number,
    pub coin5_count: Number,
    pub coin10_count: Number,
    pub fault_code: Option<Vec<Word>>,
    pub vending_fault: Option<Rows<VendingFault>>,
    pub shelves_state: Rows<ShelfNews>,
    pub temper_state: Rows<CabinetTemperature>,
    pub versions: Rows<ControllerVersion>,
    pub apps: Rows<AppVersion>,
    pub fireware: Word,
}

/// A fault (§4.1 ①).
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct VendingFault {
    pub cid: Word,
    pub pcode: Word,
    pub ccode: Word,
}

/// A shelf's state (§4.1 ②).
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ShelfNews {
    pub cid: Word,
    pub shelves_id: Word,
    pub state: Number,
    pub soldout_time: Number,
}

/// A cabinet's climate (§4.1 ③).
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CabinetTemperature {
    pub cid: Word,
    pub temper_detail: Option<TemperatureDetail>,
}

/// The climate itself (§4.1 ④).
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct TemperatureDetail {
    #[serde(rename = "engyOnT")]
    pub engy_on_t: Word,
    #[serde(rename = "engyOffT")]
    pub engy_off_t: Word,
    #[serde(rename = "lampOnT")]
    pub lamp_on_t: Word,
    #[serde(rename = "lampOffT")]
    pub lamp_off_t: Word,
    #[serde(rename = "cryTemUL")]
    pub cry_tem_ul: Number,
    #[serde(rename = "cryTemDL")]
    pub cry_tem_dl: Number,
    #[serde(rename = "heatTemUL")]
    pub heat_tem_ul: Number,
    #[serde(rename = "heatTemDL")]
    pub heat_tem_dl: Number,
    #[serde(rename = "leftRmTem")]
    pub left_rm_tem: Number,
    #[serde(rename = "rightRmTem")]
    pub right_rm_tem: Number,
    #[serde(rename = "leftRmRef")]
    pub left_rm_ref: Number,
    #[serde(rename = "rightRmRef")]
    pub right_rm_ref: Number,
    #[serde(rename = "leftRmHeat")]
    pub left_rm_heat: Number,
    #[serde(rename = "rightRmHeat")]
    pub right_rm_heat: Number,
    #[serde(rename = "lampNorOp")]
    pub lamp_nor_op: Number,
    #[serde(rename = "lampAut")]
    pub lamp_aut: Number,
}

/// The version of a cabinet's controller (§4.1 ⑤).
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ControllerVersion {
    pub name: Word,
    #[serde(rename = "type")]
    pub kind: Word,
    pub value: Word,
}

/// The version of an application (§4.1 ⑥).
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AppVersion {
    pub name: Word,
    pub version: Word,
}

/// Our answer to a message or a call of the platform's (§7.1, §7.2, §8.1).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Told<'a> {
    pub result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goods_num: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_status: Option<&'static str>,
    /// In fen, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fee: Option<String>,
}
