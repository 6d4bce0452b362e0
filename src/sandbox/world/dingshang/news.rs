//! What the platform has to tell merchants, until somebody sends it.

use serde_json::{Value, json};

use super::State;

/// More untold news than this is not kept: the oldest is forgotten.
const MOST_NEWS: usize = 1024;

/// Something that a merchant is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// A machine is done with a record, or was given up.
    Dispensed { order_id: u64, record_id: u64, succeeded: bool, floor_status: String, error: String },
    /// Nobody paid in time.
    Lapsed { order_id: u64 },
}

impl News {
    /// The message as it is posted. No document tells the members of the news of a lapse; what all messages
    /// have in common is there.
    pub(crate) fn message(&self) -> Value {
        match self {
            Self::Dispensed { order_id, record_id, succeeded, floor_status, error } => {
                let mut message = json!({
                    "method": "device.delivery.response",
                    "order_id": order_id,
                    "record_id": record_id,
                    "deliver_status": if *succeeded { "1" } else { "0" },
                    "floor_status": floor_status,
                });
                if !error.is_empty()
                    && let Some(members) = message.as_object_mut()
                {
                    members.insert("error_msg".to_owned(), json!(error));
                }
                message
            }
            Self::Lapsed { order_id } => json!({
                "method": "device.delivery.response",
                "order_id": order_id,
                "error_msg": "订单未支付",
            }),
        }
    }
}

impl State {
    /// Keeps news for the sender; an order without a place to tell it to tells nobody.
    pub(super) fn tell(&mut self, url: String, news: News) {
        if url.is_empty() {
            return;
        }
        if self.news.len() >= MOST_NEWS {
            self.news.pop_front();
        }
        self.news.push_back((url, news));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::News;

    #[test]
    fn a_failed_dispensing_is_told_as_in_the_vendors_sample() {
        let news = News::Dispensed {
            order_id: 60,
            record_id: 78,
            succeeded: false,
            floor_status: "3".to_owned(),
            error: "Slave Comm Error".to_owned(),
        };
        let sample = json!({
            "method": "device.delivery.response", "order_id": 60, "record_id": 78,
            "deliver_status": "0", "floor_status": "3", "error_msg": "Slave Comm Error",
        });
        assert_eq!(news.message(), sample);
    }
}
