//! From our commands to the vendor's parameters. What cannot be said in them is refused before anything is sent.

use jiff::{Timestamp, tz};

use crate::{
    domain::Text,
    vendor::{
        Error, Goods, Kind, NewOrder, NewPickupCodes, OrderUpdate, Place, Redemption, Replenishment, Result,
        dingshang::{
            client::{CONSUMES, NEW_PICKUP_CODES, ORDERS, REPLENISHMENTS, name},
            wire,
        },
    },
};

/// Parameters of a payload beside those that the call itself adds.
pub type Parameters = Vec<(&'static str, Text)>;

/// The body that places an order. A slot that is no number names nothing at this vendor.
pub fn new_order(order: &NewOrder) -> Result<wire::NewOrder<'_>> {
    let products = order.lines.iter().map(|line| {
        let product_id = line.slot.parse().map_err(|_| Error::new(Kind::ProductNotFound, ORDERS))?;
        Ok(wire::NewOrderProduct { product_id, quantity: line.quantity })
    });
    Ok(wire::NewOrder {
        machine_no: name(&order.machine, Kind::MachineNotFound, ORDERS)?,
        trade_id: name(&order.trade_number, Kind::BadInput, ORDERS)?,
        notify_url: order.notify_url.as_str(),
        products: products.collect::<Result<_>>()?,
    })
}

/// The `status` that tells of an update.
pub const fn order_status(update: OrderUpdate) -> &'static str {
    match update {
        OrderUpdate::Paid => "1",
        OrderUpdate::Refund => "2",
        OrderUpdate::Closed => "3",
        OrderUpdate::Revoked => "4",
        OrderUpdate::Paying => "5",
        OrderUpdate::PaymentFailed => "6",
    }
}

/// What was refilled. The sample of the whole machine's call bears the category's method; its text, which fixes
/// `replenishment.machine.all`, is right (Trap 2). The stock goes out under both of its names.
pub fn replenishment(replenishment: &Replenishment) -> Result<Parameters> {
    let (method, of, quantity, place) = match replenishment {
        Replenishment::Machine { place } => ("replenishment.machine.all", None, None, place.as_ref()),
        Replenishment::Category { category, quantity, place } => {
            let of = ("category_id", given(category, Kind::NotFound, REPLENISHMENTS)?);
            ("replenishment.category.id", Some(of), Some(*quantity), place.as_ref())
        }
        Replenishment::Shelf { slot, quantity } => {
            let of = ("product_id", given(slot, Kind::ProductNotFound, REPLENISHMENTS)?);
            ("replenishment.product.id", Some(of), Some(*quantity), None)
        }
    };
    let mut parameters = vec![("method", Text::from(method))];
    parameters.extend(of);
    if let Some(quantity) = quantity {
        let quantity = Text::from(quantity.to_string());
        parameters.extend([("current_inventory", quantity.clone()), ("max_total", quantity)]);
    }
    match place {
        None => {}
        Some(Place::Cabinet(cabinet)) => {
            parameters.push(("cabinet_name", given(cabinet, Kind::BadInput, REPLENISHMENTS)?));
        }
        Some(Place::Driver(address)) => parameters.push(("addr", Text::from(address.number().to_string()))),
    }
    Ok(parameters)
}

/// The machine of codes to be made, and which. Codes for any machine, for a product wherever it lies, with a start,
/// or several for every slot at once, are not to be had here.
pub fn new_pickup_codes(codes: &NewPickupCodes) -> Result<(&str, Parameters)> {
    let refused = |kind| Error::new(kind, NEW_PICKUP_CODES);
    let NewPickupCodes { machine, goods, count, length, starts_at, expires_at } = codes;
    let Some(machine) = machine.as_deref().filter(|_| starts_at.is_none()) else {
        return Err(refused(Kind::Unsupported));
    };
    if *count == Some(0) || length.is_some_and(|length| !(6..=10).contains(&length)) {
        return Err(refused(Kind::BadInput));
    }
    let (method, slot, count) = match goods {
        Goods::Slot(slot) => {
            let slot = given(slot, Kind::ProductNotFound, NEW_PICKUP_CODES)?;
            ("pickup_code.product.id", Some(("product_id", slot)), *count)
        }
        Goods::Any if count.is_none_or(|count| count == 1) => ("pickup_code.product.all", None, None),
        Goods::Any | Goods::Product(_) => return Err(refused(Kind::Unsupported)),
    };
    let number = |number: u32| Text::from(number.to_string());
    let mut parameters = vec![("method", Text::from(method)), ("expired_at", end(*expires_at))];
    parameters.extend(slot);
    parameters.extend(length.map(|length| ("code_length", number(length))));
    parameters.extend(count.map(|count| ("count", number(count))));
    Ok((machine, parameters))
}

/// What a redemption carries beside machine and code.
pub fn redemption(redemption: &Redemption) -> Result<Parameters> {
    Ok(vec![
        ("product_id", given(&redemption.slot, Kind::ProductNotFound, CONSUMES)?),
        ("trade_id", given(&redemption.trade_number, Kind::BadInput, CONSUMES)?),
        ("notify_url", Text::from(redemption.notify_url.as_str())),
    ])
}

/// The end of a code to the second, in GMT+8 (Trap 5); empty: never.
fn end(at: Option<Timestamp>) -> Text {
    let at = at.map(|at| tz::offset(8).to_datetime(at).strftime("%Y-%m-%d %H:%M:%S").to_string());
    Text::from(at.unwrap_or_default())
}

fn given(text: &Text, unknown: Kind, operation: &'static str) -> Result<Text> {
    name(text, unknown, operation).map(|_| text.clone())
}
