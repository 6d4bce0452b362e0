//! What machines, sites and lines write of themselves at once; and the objects that are always resolved field by field.

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
            // Whoever is given a machine has the scope that its site takes.
            "site" => to.maybe(listed.site.as_ref(), |to, _| to.object(field, &Site(self.0.known_site()?))),
            "line" => to.maybe(self.0.line(), |to, line| to.object(field, &Line(line))),
            "areaName" => to.value(&listed.area_name),
            "online" => to.value(&self.0.known().online.map(|(online, _)| online)),
            "operatingState" => to.word(OperatingState::from(listed.operating_state)),
            "currency" => to.value(listed.currency?.code()),
            "createdAt" => to.maybe(listed.created_at, Json::shown),
            _ => None,
        }
    }
}

impl Write for Site {
    fn write(&self, field: &Field, to: &mut Json<'_>) -> Option<()> {
        let site = &self.0.row.site;
        match field.name.node.as_str() {
            "id" => to.value(&self.0.id().encode()),
            "number" => to.value(&site.number),
            "name" => to.value(&site.name),
            "address" => to.value(&site.address),
            "areaName" => to.value(&site.area_name),
            "line" => to.maybe(self.0.line(), |to, line| to.object(field, &Line(line))),
            _ => None,
        }
    }
}

impl Write for Line {
    fn write(&self, field: &Field, to: &mut Json<'_>) -> Option<()> {
        match field.name.node.as_str() {
            "id" => to.value(&self.0.id().encode()),
            "name" => to.value(&self.0.key.name),
            "areaName" => to.value(&self.0.key.area_name),
            _ => None,
        }
    }
}

impl Write for MachineStatus {}
impl Write for Order {}
impl Write for OrderLine {}
impl Write for PickupCode {}
impl Write for Refill {}
impl Write for Trade {}
