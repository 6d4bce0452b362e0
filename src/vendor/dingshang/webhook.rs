//! What the vendor posts to an order's `notify_url` (*Callback*): how a dispense ended, or that an order lapsed.
//!
//! It is unsigned, its members are not fixed, and those of a lapse are in no document. So nothing here is more than a
//! claim, and a body that says nothing is a callback all the same: the order, which the address knows, is then read.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::{mapping, wire::Scalar};
use crate::domain::{Delivery, DeliveryState, ShelfState, Text};

/// Words of the vendor's are kept up to so many characters.
const LONGEST_REASON: usize = 200;

/// A number that is longer, in bytes, is none; the vendor's have a dozen digits.
const LONGEST_NUMBER: usize = 64;

/// What a callback claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// The vendor's number of the order.
    pub order_number: Option<Text>,
    /// The vendor's number of the order's line.
    pub record: Option<Text>,
    /// What is said to have become of the goods.
    pub delivery: Delivery,
    /// How the slot is said to be.
    pub shelf_state: ShelfState,
}

/// Reads a callback; what cannot be read is not claimed.
pub fn decode(body: &[u8]) -> Callback {
    let members: HashMap<String, &RawValue> = serde_json::from_slice(body).unwrap_or_default();
    let member = |name: &str| -> Scalar {
        let raw = members.get(name).and_then(|raw| serde_json::from_str(raw.get()).ok());
        raw.unwrap_or_default()
    };
    let state = match member("deliver_status").as_str() {
        "1" | "true" => DeliveryState::Dispensed,
        "0" | "false" => DeliveryState::Failed,
        _ => DeliveryState::Unknown,
    };
    let reason = ["error_msg", "fail_reason"].into_iter().find_map(|name| member(name).text());
    Callback {
        order_number: number(&member("order_id")),
        record: number(&member("record_id")),
        delivery: Delivery { state, at: None, failure_reason: reason.map(|reason| plain(&reason)) },
        shelf_state: mapping::floor_state(&member("floor_status")),
    }
}

fn number(member: &Scalar) -> Option<Text> {
    member.text().filter(|number| number.len() <= LONGEST_NUMBER)
}

/// Bounded and without control characters: anybody who has the address may have sent it.
fn plain(reason: &str) -> Text {
    reason.chars().filter(|c| !c.is_control()).take(LONGEST_REASON).collect::<String>().into()
}

#[cfg(test)]
mod tests {
    use proptest::{
        collection::vec,
        prelude::{any, proptest},
    };
    use serde_json::{Value, json};

    use super::{Callback, decode};
    use crate::domain::{DeliveryState, ShelfState};

    fn read(body: &Value) -> Callback {
        decode(body.to_string().as_bytes())
    }

    #[test]
    fn the_documents_sample_is_a_failure_with_its_reason_and_the_slots_state() {
        let callback = decode(
            br#"{"method":"device.delivery.response","order_id":60,"record_id":78,"deliver_status":"0",
            "floor_status":"3","error_msg":"Slave Comm Error"}"#,
        );
        assert_eq!((callback.order_number.as_deref(), callback.record.as_deref()), (Some("60"), Some("78")));
        assert_eq!(callback.delivery.state, DeliveryState::Failed);
        assert_eq!(callback.delivery.failure_reason.as_deref(), Some("Slave Comm Error"));
        assert_eq!(callback.shelf_state, ShelfState::MotorFault);
    }

    #[test]
    fn numbers_and_strings_are_alike_and_the_reason_has_two_names() {
        let callback =
            read(&json!({"order_id": "60", "record_id": 78, "deliver_status": 1, "floor_status": 1,
            "fail_reason": "Over\nCurrent", "new_member": {"a": [1]}}));
        assert_eq!((callback.order_number.as_deref(), callback.record.as_deref()), (Some("60"), Some("78")));
        assert_eq!(callback.delivery.state, DeliveryState::Dispensed);
        assert_eq!(callback.delivery.failure_reason.as_deref(), Some("OverCurrent"));
        assert_eq!(callback.shelf_state, ShelfState::Normal);
    }

    #[test]
    fn a_callback_without_a_result_claims_none() {
        let callback = read(&json!({"order_id": 60, "error_msg": "订单未支付"}));
        assert_eq!(callback.delivery.state, DeliveryState::Unknown);
        assert_eq!(callback.delivery.failure_reason.as_deref(), Some("订单未支付"));
        assert_eq!((callback.record, callback.shelf_state), (None, ShelfState::Unknown));
    }

    #[test]
    fn a_member_of_another_shape_costs_that_member_alone() {
        let callback = read(&json!({"order_id": [60], "record_id": 78, "deliver_status": 7}));
        assert_eq!((callback.order_number, callback.record.as_deref()), (None, Some("78")));
        assert_eq!(callback.delivery.state, DeliveryState::Unknown);
        let long = "x".repeat(1000);
        let reason = read(&json!({ "error_msg": long })).delivery.failure_reason;
        assert_eq!(reason.map(|reason| reason.len()), Some(200));
        assert_eq!(read(&json!({ "record_id": long })).record, None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_callback(bytes in vec(any::<u8>(), 0..200), text in any::<String>()) {
            decode(&bytes);
            decode(text.as_bytes());
            decode(format!("{{\"order_id\":{text}}}").as_bytes());
        }
    }
}
