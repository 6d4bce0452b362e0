//! What platforms tell us and ask us by themselves: whether it is theirs, stored before it is acknowledged, and answered.
//!
//! Nothing of a message is believed before it is verified: InHand's by its signature, Dingshang's by an address that
//! nobody else knows.

mod callback;
mod pickup_codes;

use std::sync::Arc;

use arc_swap::ArcSwap;
use bytes::Bytes;

use super::{Error, Gateway};
use crate::{
    domain::{AccountName, Event, Origin},
    store::{Appended, NewEvent},
    telemetry::metrics,
    vendor::inhand::webhook::{Message, Refusal, Webhooks},
};

/// What is counted of InHand's questions, and of Dingshang's callbacks; of InHand's messages each is a sort of its own.
const CHECK: &str = "check";
const USE: &str = "use";
const CALLBACK: &str = "callback";

/// Takes what platforms tell, and answers what they ask.
#[derive(Debug)]
pub struct Reception {
    gateway: Arc<Gateway>,
    /// What tells the messages of each account of InHand's.
    inhand: ArcSwap<Vec<(AccountName, Webhooks)>>,
}

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Rejected {
    /// There is no such address.
    #[error("there is no such address")]
    NotFound,
    /// It is not the platform's.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It cannot be stored now, or what it is about cannot be read.
    #[error(transparent)]
    Gateway(Error),
}

impl<E: Into<Error>> From<E> for Rejected {
    fn from(error: E) -> Self {
        Self::Gateway(error.into())
    }
}

/// Counts what came of something that a platform sent; `of` says it where it was taken.
fn count<T>(
    account: Option<&AccountName>,
    kind: &str,
    taken: &Result<T, Rejected>,
    of: impl FnOnce(&T) -> &'static str,
) {
    let outcome = match taken {
        Ok(taken) => of(taken),
        Err(Rejected::NotFound) => "not_found",
        Err(Rejected::Refused(_)) => "refused",
        Err(Rejected::Gateway(_)) => "failed",
    };
    metrics::webhook(account.map(AccountName::as_str), kind, outcome);
}

/// Lets what may come of what these accounts' platforms send be counted from 0 on, so that the first that fails shows as an
/// increase. Whose a callback is that cannot be stored is not known.
fn begin_to_count(inhand: &[(AccountName, Webhooks)]) {
    for (account, _) in inhand {
        let begin = |kind, taken: &[&str]| {
            for outcome in taken.iter().chain(&["refused", "failed"]) {
                metrics::begin_webhook(Some(account.as_str()), kind, outcome);
            }
        };
        for message in Message::ALL {
            begin(message.word(), &["new", "known"]);
        }
        for kind in [CHECK, USE] {
            begin(kind, &["answered"]);
        }
    }
    metrics::begin_webhook(None, CALLBACK, "failed");
}

impl Reception {
    /// Takes messages for these accounts of InHand's, and callbacks for all of Dingshang's.
    pub fn new(gateway: Arc<Gateway>, inhand: Vec<(AccountName, Webhooks)>) -> Self {
        begin_to_count(&inhand);
        Self { gateway, inhand: ArcSwap::from_pointee(inhand) }
    }

    /// From now on messages are taken for these accounts of InHand's.
    pub fn set_accounts(&self, inhand: Vec<(AccountName, Webhooks)>) {
        begin_to_count(&inhand);
        self.inhand.store(Arc::new(inhand));
    }

    /// Takes one of InHand's messages. When this is answered, it is on the disk; whether it was new is told.
    ///
    /// A message that is signed and that we do not understand is kept all the same.
    pub async fn message(
        &self,
        account: &str,
        message: Message,
        (query, body): (&[u8], &Bytes),
    ) -> Result<Appended, Rejected> {
        let accounts = self.inhand.load_full();
        let ours = accounts.iter().find(|(name, _)| name.as_str() == account);
        let taken = match ours {
            Some(ours) => self.take(ours, message, (query, body)).await,
            None => Err(Rejected::NotFound),
        };
        count(ours.map(|(name, _)| name), message.word(), &taken, |appended| match appended {
            Appended::New(_) => "new",
            Appended::Known => "known",
        });
        taken
    }

    async fn take(
        &self,
        (account, webhooks): &(AccountName, Webhooks),
        message: Message,
        (query, body): (&[u8], &Bytes),
    ) -> Result<Appended, Rejected> {
        let verified = webhooks.verify(query, body)?;
        let received_at = self.gateway.clock.now();
        let (machine, occurred_at, happening) = match verified.decode(message) {
            Ok(news) => (Some(news.machine), news.occurred_at, news.happening),
            Err(undecodable) => {
                tracing::warn!(%account, ?message, problem = %undecodable, "a message is kept that we do not understand");
                (None, None, undecodable.into_happening(message))
            }
        };
        let event = Event {
            account: account.clone(),
            machine,
            origin: Origin::Pushed,
            occurred_at: occurred_at.unwrap_or(received_at),
            received_at,
            happening,
        };
        let nonce = Some(verified.nonce().into());
        let event = NewEvent { event, nonce, message: Some(body.clone()) };
        Ok(self.gateway.post.inbox.put(event).await?)
    }
}
