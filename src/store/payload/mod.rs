//! What happened, as the log keeps it: JSON with the domain's own names, and the contract's words for states.
//!
//! What is not there is left out, so that a member that is added later changes no text that has none of it. Members
//! that are not known are passed over: a later version wrote them.

mod machine;
mod order;
mod parts;
#[cfg(test)]
mod tests;
mod trade;
mod wire;

use serde_json::{Deserializer, Error};

use crate::domain::{EventKind, Happening};
use wire::{Wire, Written};

/// The text of what happened. The same is always the same text.
pub(super) fn encode(happening: &Happening) -> Result<String, Error> {
    match happening {
        Happening::MachineRegistered(registration) => text(registration),
        Happening::MachineStatus(news) => text(news),
        Happening::Trade(trade) => text(trade),
        Happening::Refill(refill) => text(refill),
        Happening::Delivery(news) => text(news),
        Happening::Order(order) => text(order),
        Happening::PickupCode(code) => text(code),
        Happening::AccountHealth(health) => text(health),
        Happening::Touched(touched) => text(touched),
        Happening::Unreadable(unreadable) => text(unreadable),
    }
}

/// What happened, by its kind and its text. The error may quote the text: it is not for the log.
pub(super) fn decode(kind: EventKind, text: &str) -> Result<Happening, Error> {
    Ok(match kind {
        EventKind::MachineRegistered => Happening::MachineRegistered(value(text)?),
        EventKind::MachineStatus => Happening::MachineStatus(value(text)?),
        EventKind::Trade => Happening::Trade(value(text)?),
        EventKind::Refill => Happening::Refill(value(text)?),
        EventKind::Delivery => Happening::Delivery(value(text)?),
        EventKind::Order => Happening::Order(value(text)?),
        EventKind::PickupCode => Happening::PickupCode(value(text)?),
        EventKind::AccountHealth => Happening::AccountHealth(value(text)?),
        EventKind::Touched => Happening::Touched(value(text)?),
        EventKind::Unreadable => Happening::Unreadable(value(text)?),
    })
}

fn text<T: Wire>(value: &T) -> Result<String, Error> {
    serde_json::to_string(&Written(value))
}

fn value<T: Wire>(text: &str) -> Result<T, Error> {
    let mut json = Deserializer::from_str(text);
    let value = T::read(&mut json)?;
    json.end()?;
    Ok(value)
}
