//! What was sold with an order that went through us: each line of it is a trade, where its vendor keeps none.
//!
//! A line is a trade as soon as its order can be paid for, and as long as it may have been: lapsed, closed and revoked
//! orders are none, nor are tests, nor orders of which it is not known whether there are any.

use super::{Order, OrderLine, OrderState};
use crate::domain::{
    Happening, Money, Payment, PaymentMethod, PaymentState, Refund, RefundState, Trade, TradeKind,
};

/// The states in which an order's lines are trades, and what each says of the payment.
pub const SALES: [(OrderState, PaymentState); 6] = [
    (OrderState::Unpaid, PaymentState::Pending),
    (OrderState::Paying, PaymentState::Pending),
    (OrderState::Paid, PaymentState::Paid),
    (OrderState::PickupCode, PaymentState::Paid),
    (OrderState::Refund, PaymentState::Paid),
    (OrderState::PaymentFailed, PaymentState::Failed),
];

impl Order {
    /// The trade that a line of it is; `None`: it is none.
    pub fn trade(&self, line: &OrderLine) -> Option<Trade> {
        let (_, state) = SALES.into_iter().find(|(state, _)| *state == self.state)?;
        // How much goes back, and when, nobody tells; further than this an order's state does not follow it.
        let refund = Refund { state: RefundState::Done, amount: None, at: None, number: None };
        Some(Trade {
            kind: TradeKind::Sale,
            order_number: self.number.as_ref().unwrap_or(&self.trade_number).clone(),
            trade_number: Some(self.trade_number.clone()),
            line: Some(line.position),
            machine_number: self.machine.clone(),
            cabinet: Some(line.cabinet.clone()),
            shelf_code: Some(line.shelf.clone()),
            product_number: None,
            product_name: line.product_name.clone(),
            quantity: line.quantity,
            unit_price: line.price.and_then(|price| unit_price(price, line.quantity)),
            list_price: None,
            total: line.price,
            payment: Payment {
                method: PaymentMethod::of_order(self.is_paid_by_pickup_code()),
                vendor_method: None,
                state,
                paid_at: None,
                transaction_number: None,
                payer_open_id: None,
                payer_phone: None,
            },
            delivery: line.delivery.clone(),
            refund: (self.state == OrderState::Refund).then_some(refund),
            created_at: Some(self.created_at),
        })
    }

    /// What the log is told when the order, as it now is, is stored in place of `before` (`None`: it was not stored): the
    /// order itself, then each line whose trade is new or has changed. A line that is no trade any more tells nothing:
    /// the order does.
    ///
    /// No vendor that takes orders keeps trades as well; one that did would have told them by itself.
    pub fn news_since(&self, before: Option<&Self>) -> Vec<Happening> {
        let told = |line: &OrderLine| {
            let before = before?;
            before.trade(before.line(line.position)?)
        };
        let sales = self.lines.iter().filter_map(|line| {
            let trade = self.trade(line)?;
            (told(line).as_ref() != Some(&trade)).then_some(Happening::Trade(trade))
        });
        std::iter::once(Happening::Order(self.clone())).chain(sales).collect()
    }
}

impl PaymentMethod {
    /// How an order that went through us is paid.
    pub const fn of_order(by_pickup_code: bool) -> Self {
        if by_pickup_code { Self::PickupCode } else { Self::Merchant }
    }
}

/// What one piece cost; `None` where the line's price does not divide.
fn unit_price(price: Money, quantity: u32) -> Option<Money> {
    let quantity = i64::from(quantity);
    (price.minor().checked_rem(quantity)? == 0)
        .then(|| Money::from_minor(price.minor() / quantity, price.currency()))
}
