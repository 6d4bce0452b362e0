//! Intents: what was meant to be done, written down before it is done, and what came of it.

use std::fmt;

use jiff::Timestamp;

use super::Digest;
use crate::domain::{AccountName, IssuedPickupCode, Order, Text};

/// A command that somebody gave: its idempotency record and its place in the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The store's number of it; grows with time.
    pub id: IntentId,
    /// What was meant.
    pub wanted: NewIntent,
    /// Which process carries it out, by the name that the store gave it ([`super::Store::is_abandoned`]).
    pub begun_by: Text,
    /// How it ended; `None`: it is under way, or the program stopped while it was.
    pub end: Option<Ending>,
}

impl Intent {
    /// Whether it is not known what came of it: it is under way, or its answer was lost.
    pub fn is_unsettled(&self) -> bool {
        self.end.as_ref().is_none_or(|end| end.outcome == Outcome::Unknown)
    }
}

/// The store's number of an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IntentId(pub(super) i64);

impl fmt::Display for IntentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A command that is about to be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIntent {
    /// The account it is for.
    pub account: AccountName,
    /// Who gave it: the token's subject.
    pub subject: Text,
    /// What is to be done.
    pub action: Action,
    /// The caller's idempotency key, unique for subject, account and action; `None`: there was none, or it is
    /// forgotten.
    pub key: Option<Text>,
    /// The digest of the whole input, to tell a repeated command from another one under the same key.
    pub fingerprint: Digest,
    /// What it is done to.
    pub target: Target,
    /// The digest of the token in the callback address that the vendor is given.
    pub callback: Option<Digest>,
    /// When it began.
    pub begun_at: Timestamp,
}

/// What a command is done to, as far as it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The machine, by its number.
    pub machine: Option<Text>,
    /// The order, by our number of it.
    pub trade_number: Option<Text>,
    /// The order's line, by its position.
    pub line: Option<u32>,
    /// The cabinet.
    pub cabinet: Option<Text>,
    /// The shelf's code.
    pub shelf: Option<Text>,
    /// The pickup code: by its number; one that is redeemed by its digits, since nothing else is known of it.
    pub code: Option<Text>,
}

impl Target {
    /// An order, at its machine.
    pub fn order(order: &Order) -> Self {
        Self {
            machine: Some(order.machine.clone()),
            trade_number: Some(order.trade_number.clone()),
            ..Self::default()
        }
    }
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants are the mutations of the same name")]
pub enum Action {
    CreateOrder,
    PayOrder,
    CancelOrder,
    DispenseOrderLine,
    TestDispense,
    ReplenishMachine,
    ReplenishCategory,
    ReplenishShelf,
    CreatePickupCodes,
    CancelPickupCode,
    CancelAllPickupCodes,
    RedeemPickupCode,
}

impl Action {
    /// What only one unsettled command may hold at a time, of the target's account.
    ///
    /// An order takes one command at a time, and so does each of its lines; a command on the order excludes those
    /// on its lines. They hold the order until their outcome is known, so that no can is sent for twice because
    /// the first answer was lost. So does a test dispense its shelf. The making of pickup codes holds its machine only
    /// while it is under way.
    pub(super) fn claim(self, target: &Target) -> Option<String> {
        match self {
            Self::CreateOrder
            | Self::PayOrder
            | Self::CancelOrder
            | Self::DispenseOrderLine
            | Self::RedeemPickupCode => {
                let trade = target.trade_number.as_ref()?;
                Some(
                    target
                        .line
                        .map_or_else(|| format!("order/{trade}"), |line| format!("order/{trade}/{line}")),
                )
            }
            Self::TestDispense => {
                let part = |text: &Option<Text>| text.as_deref().unwrap_or_default().to_owned();
                Some(
                    ["shelf", &part(&target.machine), &part(&target.cabinet), &part(&target.shelf)].join("/"),
                )
            }
            // What is new in the vendor's list after it must be known to come of this command.
            Self::CreatePickupCodes => Some(format!("pickup-codes/{}", target.machine.as_ref()?)),
            Self::ReplenishMachine
            | Self::ReplenishCategory
            | Self::ReplenishShelf
            | Self::CancelPickupCode
            | Self::CancelAllPickupCodes => None,
        }
    }

    /// Whether its claim outlasts an unknown outcome.
    pub(super) fn claims_until_settled(self) -> bool {
        !matches!(self, Self::CreatePickupCodes)
    }

    /// Whether its key is given back also if it is found only later not to have been done: that a code is unused yet proves
    /// it, which the end of an order's time to pay does not.
    pub(super) fn is_proven_not_done(self) -> bool {
        matches!(self, Self::RedeemPickupCode)
    }
}

/// How an intent ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// When.
    pub at: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
    /// The vendor's code, where it gave one.
    pub vendor_code: Option<Text>,
    /// The vendor's message, where it gave one.
    pub vendor_message: Option<Text>,
    /// The kind of the error, where there was one; one word, for whoever reads the audit trail.
    pub error: Option<Text>,
    /// The vendor's number of the order that used the pickup code, where it was refused for that.
    pub used_by: Option<Text>,
}

impl Ending {
    /// An ending of which there is nothing more to say.
    pub fn new(outcome: Outcome, at: Timestamp) -> Self {
        Self { at, outcome, vendor_code: None, vendor_message: None, error: None, used_by: None }
    }
}

/// What came of an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is done.
    Done,
    /// The vendor, or we after the intent was written, said no.
    Refused,
    /// It may be done or not: the answer was lost.
    Unknown,
    /// It was never sent, or is found not to have been done.
    NotDone,
    /// It may have been done or not, and nothing will ever tell.
    Lost,
}

/// What is stored together with an intent's beginning or end: all of it or nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// An order. At the beginning of its creation it is new; later it is joined with the stored one, so that
    /// news which came meanwhile is not lost.
    pub order: Option<Order>,
    /// New pickup codes, which [`super::Store::codes_of`] finds by the intent.
    pub codes: Vec<IssuedPickupCode>,
    /// A pickup code that was used up, once the new ones are stored.
    pub used: Option<UsedCode>,
}

/// A pickup code that was used up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedCode {
    /// Our number of it.
    pub number: Text,
    /// What tells this use from another one ([`IssuedPickupCode::redeem`]).
    pub by: Text,
}

impl Change {
    /// Nothing besides the intent.
    pub fn none() -> Self {
        Self::default()
    }

    /// An order.
    pub fn order(order: Order) -> Self {
        Self { order: Some(order), ..Self::default() }
    }

    /// New pickup codes.
    pub fn codes(codes: Vec<IssuedPickupCode>) -> Self {
        Self { codes, ..Self::default() }
    }
}

/// Whether a command may be carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is written down, with its change: carry it out, then [`super::Store::end`] it. Exactly one caller is
    /// told so.
    New(Intent),
    /// The same command was given before, under the same key: answer what that one answered, or will.
    Again(Intent),
    /// Another input was given before, under the same key.
    Conflict(Intent),
    /// Another command holds the target. If that one is unsettled for long, settle it by asking the vendor.
    Busy(Intent),
    /// The trade number, a code's number or a live code's digits are in use: draw others, and begin again.
    Taken,
}
