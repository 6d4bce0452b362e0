//! What a machine is and reports, as JSON.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::wire::{self, mirrored};
use crate::domain::{
    CabinetClimate, Category, CoinStock, ComponentVersion, Fault, GeoPoint, Money, NetworkInfo, Packaging,
    Product, Shelf, ShelfState, Status, Text,
    event::{Registration, ShelfNews, StatusNews},
};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Registration")]
struct RegistrationMirror {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    site_name: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line_name: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    location: Option<GeoPoint>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "wire")]
    shelves: Vec<Shelf>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "StatusNews")]
struct StatusNewsMirror {
    #[serde(with = "wire")]
    status: Status,
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "wire")]
    shelves: Vec<ShelfNews>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ShelfNews")]
struct ShelfNewsMirror {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cabinet: Option<Text>,
    code: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sold_out: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    sold_out_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Status")]
struct StatusMirror {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    online: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sellable: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    controller_online: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    door_open: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sold_out_shelf_count: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    faults: Option<Vec<Fault>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "wire")]
    cabinets: Vec<CabinetClimate>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    coins: Option<CoinStock>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    network: Option<NetworkInfo>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "wire")]
    versions: Vec<ComponentVersion>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Fault")]
struct FaultMirror {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cabinet: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<Text>,
    name: Text,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    since: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "CabinetClimate")]
struct CabinetClimateMirror {
    cabinet: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left_temperature: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    right_temperature: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cooling_low: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cooling_high: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    heating_low: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    heating_high: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left_cooling: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    right_cooling: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    left_heating: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    right_heating: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    light_always_on: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    light_automatic: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    light_on_at: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    light_off_at: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    energy_saving_on_at: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    energy_saving_off_at: Option<Text>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "CoinStock")]
struct CoinStockMirror {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    five_jiao: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    one_yuan: Option<i32>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "NetworkInfo")]
struct NetworkInfoMirror {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sim_number: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    iccid: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ip: Option<Text>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "ComponentVersion")]
struct ComponentVersionMirror {
    component: Text,
    version: Text,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Shelf")]
struct ShelfMirror {
    cabinet: Text,
    code: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    slot: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    product: Option<Arc<Product>>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    category: Option<Category>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    price: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    list_price: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    capacity: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stock: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sold_out: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    sold_out_at: Option<Timestamp>,
    #[serde(with = "wire")]
    state: ShelfState,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Category")]
struct CategoryMirror {
    number: Text,
    title: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sort_order: Option<i32>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Product")]
struct ProductMirror {
    number: Text,
    name: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    full_name: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category_name: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    price: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    list_price: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire")]
    packaging: Option<Packaging>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    manufacturer: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    image_url: Option<Text>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    image_urls: Vec<Text>,
}

mirrored!(
    Registration by RegistrationMirror,
    StatusNews by StatusNewsMirror,
    ShelfNews by ShelfNewsMirror,
    Status by StatusMirror,
    Fault by FaultMirror,
    CabinetClimate by CabinetClimateMirror,
    CoinStock by CoinStockMirror,
    NetworkInfo by NetworkInfoMirror,
    ComponentVersion by ComponentVersionMirror,
    Shelf by ShelfMirror,
    Category by CategoryMirror,
    Product by ProductMirror,
);
