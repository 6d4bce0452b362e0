//! What machines write of themselves at once; and the objects that are always resolved field by field.

use async_graphql::parser::types::Field;

use super::{
    Line, Machine, MachineStatus, Order, PickupCode, Refill, Site, Trade, Vendor, machine::OperatingState,
    order::OrderLine,
};
use crate::graphql::json::{Json, Write};

impl Write for Machine {
    fn write(&self, field: &Field, to: &mut Json<'_>) -> Option<()> {
        let listed = self.0.listed();
        match field.name.node.as_str() {
            "id" => to.value(&self.0.id().encode()),
            "vendor" => to.word(Vendor::from(self.0.account.vendor())),
            "number" => to.value(self.0.number()),
            "name" => to.value(&listed.name),
            "manufacturer" => to.value(&listed.manufacturer),
            "address" => to.value(&listed.address),
            "areaName" => to.value(&listed.area_name),
            "online" => to.value(&self.0.known().online.map(|(online, _)| online)),
            "operatingState" => to.word(OperatingState::from(listed.operating_state)),
            "currency" => to.value(listed.currency?.code()),
            "createdAt" => to.maybe(listed.created_at, Json::shown),
            _ => None,
        }
    }
}

impl Write for Line {}
impl Write for MachineStatus {}
impl Write for Order {}
impl Write for OrderLine {}
impl Write for PickupCode {}
impl Write for Refill {}
impl Write for Site {}
impl Write for Trade {}
