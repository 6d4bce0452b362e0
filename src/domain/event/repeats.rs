//! When news is old news.

use super::{Event, Happening};
use crate::domain::{DeliveryState, PaymentState, RefundState, Trade};

/// By which rule an event with the same subject, in the same account, counts as told already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Repeats {
    /// It happens once: any other event of the subject is the same one.
    Once,
    /// It tells how something is: news if it differs from the last that was told.
    Unchanged,
    /// It only moves forward: news if its rank is above all that was told.
    NoFurther(u32),
}

impl Event {
    /// What it is news of, and when that is told already; `None`: each is news by itself.
    pub fn subject(&self) -> Option<(String, Repeats)> {
        let machine = self.machine.as_deref().unwrap_or_default();
        let subject = match &self.happening {
            Happening::MachineRegistered(_) => (format!("registration/{machine}"), Repeats::Unchanged),
            Happening::MachineStatus(_) => (format!("status/{machine}"), Repeats::Unchanged),
            Happening::Trade(trade) => {
                // What failed of an order of ours may be tried again, so that its trades do not only move forward.
                let repeats = match trade.line {
                    Some(_) => Repeats::Unchanged,
                    None => Repeats::NoFurther(rank(trade)),
                };
                (format!("trade/{}", trade.key()), repeats)
            }
            Happening::Refill(refill) => {
                (format!("refill/{machine}/{}", refill.refilled_at.as_millisecond()), Repeats::Once)
            }
            Happening::Delivery(news) => {
                let order = news.trade_number.as_deref().unwrap_or_default();
                let record = news.record.as_deref().unwrap_or_default();
                let attempt = news.line.map_or(0, |(_, attempt)| attempt);
                (format!("delivery/{order}/{record}/{attempt}"), Repeats::Unchanged)
            }
            Happening::AccountHealth(_) => ("health".to_owned(), Repeats::Unchanged),
            Happening::Order(_)
            | Happening::PickupCode(_)
            | Happening::Touched(_)
            | Happening::Unreadable(_) => return None,
        };
        Some(subject)
    }
}

/// How far a trade is: what became of its refund, then of its goods, then of its payment.
fn rank(trade: &Trade) -> u32 {
    let refund = match trade.refund.as_ref().map(|refund| refund.state) {
        None => 0,
        Some(RefundState::InProgress) => 1,
        Some(RefundState::Failed) => 2,
        Some(RefundState::Done) => 3,
    };
    let delivery = match trade.delivery.state {
        DeliveryState::Unknown => 0,
        DeliveryState::Waiting => 1,
        DeliveryState::Dispensing => 2,
        DeliveryState::TimedOut => 3,
        DeliveryState::OutOfStock => 4,
        DeliveryState::NoSuchProduct => 5,
        DeliveryState::Cancelled => 6,
        DeliveryState::Failed => 7,
        DeliveryState::Dispensed => 8,
    };
    let payment = match trade.payment.state {
        PaymentState::Pending => 0,
        PaymentState::Failed => 1,
        PaymentState::Paid => 2,
    };
    (refund * 10 + delivery) * 10 + payment
}
