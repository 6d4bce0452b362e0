//! What the vendor that does as it is told makes of refills and pickup codes.

use iso_currency::Currency;

use super::Fake;
use crate::{
    domain::{Money, OrderReport, OrderState, PickupCode, PickupCodeState, Text},
    vendor::{Error, Goods, Kind, NewCodes, NewPickupCodes, Redemption, Replenishment, Result},
};

impl Fake {
    /// The stock of what is refilled is what it was refilled to; of a machine or a category, that of all its shelves.
    pub(super) fn refill(&self, machine: &str, replenishment: &Replenishment) -> Result<()> {
        let mut script = self.script();
        script.replenished.push((machine.to_owned(), replenishment.clone()));
        for shelf in script.reports.get_mut(machine).into_iter().flat_map(|report| &mut report.shelves) {
            match replenishment {
                Replenishment::Machine { .. } => shelf.stock = shelf.capacity,
                Replenishment::Category { quantity, .. } => shelf.stock = Some(*quantity),
                Replenishment::Shelf { slot, quantity } if shelf.slot.as_ref() == Some(slot) => {
                    shelf.stock = Some(*quantity);
                }
                Replenishment::Shelf { .. } => {}
            }
        }
        drop(script);
        self.answer("replenish", ())
    }

    /// Told at InHand; at Dingshang listed for the slots that the machine's report names.
    pub(super) fn make_codes(&self, new: &NewPickupCodes) -> Result<NewCodes> {
        let machine = new.machine.as_deref().unwrap_or_default().to_owned();
        let mut script = self.script();
        script.wanted_codes.push(new.clone());
        if self.is_inhand() {
            script.codes_made += 1;
            let code = format!("{:07}", script.codes_made);
            if script.lose_after.is_some_and(|most| most <= script.codes_made) {
                return Err(Error::new(Kind::OutcomeUnknown, "create_pickup_codes"));
            }
            drop(script);
            return self.answer("create_pickup_codes", NewCodes::Told(vec![code.into()]));
        }
        let shelves = script.reports.get(&machine).map(|report| report.shelves.clone()).unwrap_or_default();
        let slots = shelves.into_iter().filter_map(|shelf| shelf.slot);
        let slots: Vec<Text> = match &new.goods {
            Goods::Slot(slot) => vec![slot.clone()],
            Goods::Product(_) | Goods::Any => slots.collect(),
        };
        for slot in slots {
            for _ in 0..new.count.unwrap_or(1) {
                script.codes_made += 1;
                let number = script.codes_made;
                let code = PickupCode {
                    number: number.to_string().into(),
                    code: format!("{number:06}").into(),
                    state: PickupCodeState::Unused,
                    quantity: 1,
                    created_at: None,
                    expires_at: new.expires_at,
                };
                script.codes.entry((machine.clone(), slot.to_string())).or_default().push(code);
            }
        }
        drop(script);
        self.answer("create_pickup_codes", NewCodes::Listed)
    }

    /// The first of a code's redemptions is order 1; whoever comes after is told so.
    pub(super) fn redeem(&self, redemption: &Redemption) -> Result<OrderReport> {
        let place = (redemption.machine.to_string(), redemption.slot.to_string());
        let used = self.script().codes.get_mut(&place).and_then(|codes| {
            let at = codes.iter().position(|code| code.code == redemption.code)?;
            Some(codes.remove(at))
        });
        let Some(code) = used else {
            let used = Error::new(Kind::PickupCodeUsed, "redeem_pickup_code");
            return Err(used.with_used_by(Some("1".into())));
        };
        let report = OrderReport {
            number: "1".into(),
            trade_number: Some(redemption.trade_number.clone()),
            state: OrderState::PickupCode,
            amount: Some(Money::from_minor(300, Currency::CNY)),
            pickup_code_number: Some(code.number),
            lines: Vec::new(),
        };
        self.answer("redeem_pickup_code", report)
    }
}
