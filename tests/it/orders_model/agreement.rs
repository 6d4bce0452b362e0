//! Whether the vendor's books and ours agree.

use serde_json::Value;
use vendgraph::sandbox::world::dingshang::Order;

use super::{Certainty, KEYS, Model, trade};

impl Model {
    pub(super) async fn agrees(&self, certainty: Certainty) {
        let taken = self.system.taken();
        let stored = self.system.orders().await;
        for order in &taken {
            let ours = stored.iter().filter(|ours| trade(ours) == order.trade_id).count();
            assert_eq!(ours, 1, "the vendor's order {} is lost", order.trade_id);
        }
        for key in 0..KEYS {
            assert!(self.of_key(key).count() <= 1, "key {key} has several orders at the vendor");
        }
        for ours in &stored {
            let theirs = taken.iter().find(|order| order.trade_id == trade(ours));
            // As the vendor has it now, or as it is stored where the vendor is not asked.
            let ours = self.system.order(ours["id"].as_str().unwrap()).await;
            self.agrees_of(&ours, theirs, certainty);
        }
        self.stock_adds_up(&taken);
    }

    fn agrees_of(&self, ours: &Value, theirs: Option<&Order>, certainty: Certainty) {
        let state = ours["state"].as_str().unwrap();
        let Some(number) = ours["number"].as_str() else {
            assert!(matches!(state, "UNKNOWN" | "EXPIRED"), "{ours}");
            return;
        };
        let theirs = theirs.unwrap_or_else(|| panic!("the vendor has no such order: {ours}"));
        assert_eq!(number, theirs.id.to_string(), "{ours}");
        if certainty == Certainty::WhereToldSo && self.unsure.contains(&theirs.trade_id) {
            return;
        }
        let closed = self.closing.contains(&theirs.trade_id) && theirs.lapsed;
        assert!(state == of_order(theirs) || (closed && state == "CLOSED"), "{ours} {theirs:?}");
        let (line, record) = (&ours["lines"][0], &theirs.records[0]);
        let delivery = line["delivery"]["state"].as_str().unwrap();
        let fits: &[&str] = match record.status {
            "WAITING_PICKED_UP" if record.dispensed == 0 => &["WAITING"],
            // Between two pieces the vendor's line waits as before the first.
            "WAITING_PICKED_UP" => &["WAITING", "DISPENSING"],
            "IS_DELIVERING" => &["DISPENSING"],
            "IS_SUCCESS" => &["DISPENSED"],
            "IS_FAILED" => &["FAILED"],
            "IS_TIMEOUT" => &["TIMED_OUT"],
            // That an order has expired need not have been told by the vendor.
            "IS_REFUND" if state == "EXPIRED" => &["CANCELLED", "WAITING"],
            "IS_REFUND" => &["CANCELLED", "FAILED"],
            other => panic!("the sandbox says {other}"),
        };
        // News of a dispense that is under way come when somebody asks; the circuit may be open.
        let late = certainty == Certainty::WhereToldSo && delivery == "DISPENSING";
        assert!(late || fits.contains(&delivery), "{ours} {theirs:?}");
    }

    fn stock_adds_up(&self, taken: &[Order]) {
        let machine = self.system.vendors.dingshang().machine(&self.counter.number).unwrap();
        for shelf in &self.counter.shelves {
            let slot = machine.slots.iter().find(|slot| slot.product_id == shelf.product).unwrap();
            let mut gone = 0;
            for order in taken {
                for record in order.records.iter().filter(|record| record.product_id == shelf.product) {
                    assert!(record.dispensed <= record.quantity, "more came out than was ordered: {order:?}");
                    gone += if order.ended { record.dispensed } else { record.quantity };
                }
            }
            assert_eq!(slot.stock + gone, shelf.stock, "shelf {}", shelf.product);
        }
    }
}

/// Our word for the state of the vendor's order.
fn of_order(order: &Order) -> &'static str {
    match order.status {
        "NOTPAY" => "UNPAID",
        "SUCCESS" => "PAID",
        "REFUND" => "REFUND",
        "CLOSED" if order.lapsed => "EXPIRED",
        "CLOSED" => "CLOSED",
        "REVOKED" => "REVOKED",
        "PAYERROR" => "PAYMENT_FAILED",
        other => panic!("the sandbox says {other}"),
    }
}
