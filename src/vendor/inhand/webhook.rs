//! The messages that the platform sends by itself (InHand §2–§4, §8): whether one is the platform's, and what it says.
//! Pure: bytes in, values out.
//!
//! What is read is the very text that was verified, member by member. So nothing that the signature does not cover can
//! be believed, whichever of two equal names another reader would take.

mod members;
mod pickup_code;
mod refusal;

use std::{fmt, iter};

use jiff::Timestamp;
use secrecy::SecretString;
use subtle::ConstantTimeEq as _;
use thiserror::Error;

use super::{mapping, sign::Parameters};
use crate::domain::{Happening, Text, TradeKind, event::Unreadable};

pub use pickup_code::{Answer, Call, Check, Use};
pub use refusal::Refusal;

/// What is wrong with a message is told in no more characters.
const LONGEST_PROBLEM: usize = 200;

/// A nonce is remembered, so that it must not be long; the platform's have 16 characters.
const LONGEST_NONCE: usize = 128;

/// Numbers of machines and orders are looked for, so that they must not be long; the platform's have 30 characters at most.
const LONGEST_NUMBER: usize = 128;

/// The messages; each has an address of its own, and nothing in a message says which it is (Trap 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Message {
    /// A machine was set up (§2.1).
    Machine,
    /// Something was sold (§3.1).
    Trade,
    /// Something was won (§3.1).
    Prize,
    /// A machine changed (§4.1).
    Status,
    /// A machine was refilled (§8.1).
    Refill,
}

/// What tells the messages of one account.
#[derive(Clone)]
pub struct Webhooks {
    client_id: Text,
    key: SecretString,
    /// The key before it, while the platform may sign with either.
    previous: Option<SecretString>,
}

/// A message that is the platform's.
#[derive(Debug)]
pub struct Verified<'a>(Parameters<'a>);

/// What a message says.
#[derive(Clone, Debug, PartialEq)]
pub struct News {
    /// The machine it is about.
    pub machine: Text,
    /// When it happened; `None` where the message does not say.
    pub occurred_at: Option<Timestamp>,
    /// What happened.
    pub happening: Happening,
}

/// A message that is the platform's and that we do not understand.
#[derive(Debug, Error)]
pub enum Undecodable {
    /// A member without which there is no news.
    #[error("`{0}` is missing or cannot be read")]
    Missing(&'static str),
    /// A number that is none, for its length.
    #[error("`{0}` is longer than any number")]
    Long(&'static str),
    /// A member of another shape than the document's.
    #[error("`{0}` has another shape: {1}")]
    Shape(&'static str, #[source] serde_json::Error),
}

impl Message {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Machine, Self::Trade, Self::Prize, Self::Status, Self::Refill];

    /// The word for it, which is also the last part of its address.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::Trade => "trade",
            Self::Prize => "prize",
            Self::Status => "status",
            Self::Refill => "refill",
        }
    }

    /// The message of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|message| message.word() == word)
    }
}

impl Webhooks {
    /// Those of an account, by the platform's id of it and the key that signs.
    pub fn new(client_id: impl Into<Text>, key: SecretString) -> Self {
        Self { client_id: client_id.into(), key, previous: None }
    }

    /// The same, which takes what another key signed, too: the one before, while a key is changed.
    #[must_use]
    pub fn also_by(self, previous: Option<SecretString>) -> Self {
        Self { previous, ..self }
    }

    /// Whether a message is this account's: its parameters from the address's query, which is empty as a rule, and
    /// from the body as it was sent.
    pub fn verify<'a>(&self, query: &'a [u8], body: &'a [u8]) -> Result<Verified<'a>, Refusal> {
        let mut parameters = Parameters::default();
        parameters.add_query(query)?;
        parameters.add_body(body)?;
        self.accept(&parameters)?;
        Verified::of(parameters)
    }

    /// Whether the parameters name this account and are signed with its key.
    fn accept(&self, parameters: &Parameters<'_>) -> Result<(), Refusal> {
        if !parameters.has_sign() {
            return Err(Refusal::SignMissing);
        }
        if !self.is_of(parameters) {
            return Err(Refusal::ClientUnknown);
        }
        let mut keys = iter::once(&self.key).chain(&self.previous);
        if keys.any(|key| parameters.verify(key)) { Ok(()) } else { Err(Refusal::SignWrong) }
    }

    /// Whether the parameters name this account; takes as long for a wrong name as for the right one.
    fn is_of(&self, parameters: &Parameters<'_>) -> bool {
        let given = parameters.get("clientId").unwrap_or_default();
        given.as_bytes().ct_eq(self.client_id.as_bytes()).into()
    }
}

impl fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhooks").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl<'a> Verified<'a> {
    /// A message that was verified when it came, read again from where it was kept.
    pub fn kept(query: &'a [u8], body: &'a [u8]) -> Result<Self, Refusal> {
        let mut parameters = Parameters::default();
        parameters.add_query(query)?;
        parameters.add_body(body)?;
        Self::of(parameters)
    }

    fn of(parameters: Parameters<'a>) -> Result<Self, Refusal> {
        nonce(&parameters, "nonce_str")?;
        Ok(Self(parameters))
    }

    /// What tells this message from every other one, and from itself when it is sent again.
    pub fn nonce(&self) -> &str {
        self.0.get("nonce_str").unwrap_or_default()
    }

    /// What the message says.
    pub fn decode(&self, message: Message) -> Result<News, Undecodable> {
        let machine = members::machine(&self.0)?;
        let (occurred_at, happening) = match message {
            Message::Machine => {
                let row = members::new_machine(&self.0)?;
                (None, Happening::MachineRegistered(mapping::registration(row, &machine)))
            }
            Message::Trade => self.trade(TradeKind::Sale)?,
            Message::Prize => self.trade(TradeKind::Prize)?,
            Message::Status => {
                let row = members::report(&self.0)?;
                (None, Happening::MachineStatus(mapping::status_news(row, &machine)))
            }
            Message::Refill => {
                let refill = mapping::refill(members::refill(&self.0)?);
                let refill = refill.ok_or(Undecodable::Missing("refillTime"))?;
                (Some(refill.refilled_at), Happening::Refill(refill))
            }
        };
        Ok(News { machine, occurred_at, happening })
    }

    fn trade(&self, kind: TradeKind) -> Result<(Option<Timestamp>, Happening), Undecodable> {
        let trade = mapping::pushed_trade(members::trade(&self.0), kind);
        let trade = trade.ok_or(Undecodable::Missing("orderNo"))?;
        if trade.order_number.len() > LONGEST_NUMBER {
            return Err(Undecodable::Long("orderNo"));
        }
        Ok((mapping::news_of_trade(&trade), Happening::Trade(trade)))
    }
}

impl Undecodable {
    /// How such a message is kept.
    pub fn into_happening(self, message: Message) -> Happening {
        let problem: String =
            self.to_string().chars().filter(|c| !c.is_control()).take(LONGEST_PROBLEM).collect();
        Happening::Unreadable(Unreadable { message: message.word().into(), problem: problem.into() })
    }
}

/// The nonce of a message or a call, which is remembered.
fn nonce<'p>(parameters: &'p Parameters<'_>, name: &str) -> Result<&'p str, Refusal> {
    parameters.get(name).filter(|nonce| nonce.len() <= LONGEST_NONCE).ok_or(Refusal::NonceMissing)
}

#[cfg(test)]
mod tests;
