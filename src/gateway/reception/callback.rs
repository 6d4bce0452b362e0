//! Dingshang's callbacks: what became of a dispense, as the machine tells it.
//!
//! They are not signed. Each order has an address of its own that nobody can guess, and who knows it may say what it
//! likes: it is a claim. What became of the order is read at the vendor.

use std::sync::Arc;

use bytes::Bytes;
use tokio::time::{Duration, Instant};

use super::{CALLBACK, Reception, Rejected, count};
use crate::{
    domain::{AccountName, DeliveryNews, Event, Happening, Order, Origin},
    store::{Digest, Intent, NewEvent},
    vendor::dingshang::webhook::{self, Callback},
};

/// How long the vendor is waited for when it is asked what is true of a callback.
const PATIENCE: Duration = Duration::from_secs(20);

impl Reception {
    /// Takes a callback of Dingshang's. When this is answered, it is on the disk; the order is read behind.
    pub async fn callback(&self, account: &str, token: &str, body: &Bytes) -> Result<(), Rejected> {
        let came = self.take_callback(account, token, body).await;
        count(came.as_ref().ok(), CALLBACK, &came, |_| "taken");
        came.map(drop)
    }

    /// Gives whose order it is about.
    async fn take_callback(&self, account: &str, token: &str, body: &Bytes) -> Result<AccountName, Rejected> {
        let gateway = &self.gateway;
        let intent =
            gateway.store().intent_by_callback(&Digest::of(token)).await?.ok_or(Rejected::NotFound)?;
        if intent.wanted.account.as_str() != account {
            return Err(Rejected::NotFound);
        }
        let order = match &intent.wanted.target.trade_number {
            Some(number) => gateway.store().order(&intent.wanted.account, number).await?,
            None => None,
        };
        let claimed = webhook::decode(body);
        let now = gateway.clock.now();
        let event = Event {
            account: intent.wanted.account.clone(),
            machine: intent.wanted.target.machine.clone(),
            origin: Origin::Pushed,
            occurred_at: now,
            received_at: now,
            happening: Happening::Delivery(claim(&intent, order.as_ref(), &claimed)),
        };
        gateway.post.inbox.put(NewEvent { event, nonce: None, message: Some(body.clone()) }).await?;
        let (gateway, number) = (Arc::clone(gateway), claimed.order_number);
        let account = intent.wanted.account.clone();
        self.gateway.commands.behind(async move {
            gateway.hear_of_callback(&intent, number, Instant::now() + PATIENCE).await;
        });
        Ok(account)
    }
}

/// What is claimed, as the event tells it.
fn claim(intent: &Intent, order: Option<&Order>, claimed: &Callback) -> DeliveryNews {
    let line = order.and_then(|order| {
        let mut lines = order.lines.iter();
        let known = lines.find(|line| line.record.is_some() && line.record == claimed.record);
        let only = || order.lines.first().filter(|_| order.lines.len() == 1);
        known.or_else(only)
    });
    DeliveryNews {
        trade_number: intent.wanted.target.trade_number.clone(),
        order_number: order.and_then(|order| order.number.clone()).or_else(|| claimed.order_number.clone()),
        line: line.map(|line| (line.position, line.attempts)),
        record: claimed.record.clone(),
        delivery: claimed.delivery.clone(),
        shelf_state: claimed.shelf_state,
    }
}
