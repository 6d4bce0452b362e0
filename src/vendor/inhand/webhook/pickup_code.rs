//! The calls that we serve to the platform (InHand §7): is a pickup code good, and, once the goods came out, that it is
//! used. Also what we answer, to these and to messages.
//!
//! Their parameters come in the query, as a form or as JSON, and their nonce is called `nonceStr`. Their address names
//! no account: `clientId` does, and among accounts with one client id the key that verifies.

use super::{Refusal, Webhooks, nonce};
use crate::{
    domain::{Money, PickupCodeState, Text},
    vendor::inhand::{codes, sign::Parameters, wire::pushed::Told},
};

/// A call, read and not verified.
#[derive(Debug)]
pub struct Call<'a>(Parameters<'a>);

/// "Is this code good at this machine?" (§7.1)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The code.
    pub code: Text,
    /// The machine where it was typed.
    pub machine: Text,
    /// The number of the goods that were chosen there.
    pub product: Option<Text>,
    /// What tells this call from others.
    pub nonce: Text,
}

/// "The goods of this code came out." (§7.2)
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The code.
    pub code: Text,
    /// What tells this call from others.
    pub nonce: Text,
}

/// What we answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    /// The message is kept, the use is written down.
    Success,
    /// It is not; with a word that says why.
    Fail(&'a str),
    /// How a code is. The document wants all members whatever the result is.
    Checked {
        /// The word that says why it must not be given goods for, if so: then the result is FAIL.
        problem: Option<&'a str>,
        /// The number of the goods it is good for.
        product: Option<&'a str>,
        /// How it is. What the platform has no number for, and a code that there is none of, goes as over: never as unused.
        state: PickupCodeState,
        /// What the shopper paid for it.
        fee: Option<Money>,
    },
}

impl<'a> Call<'a> {
    /// Reads a call from the address's query and the body. A body that begins like an object is JSON, every other one a
    /// form: what `Content-Type` says of it is not asked.
    pub fn read(query: &'a [u8], body: &'a [u8]) -> Result<Self, Refusal> {
        let mut parameters = Parameters::default();
        parameters.add_query(query)?;
        let body = body.trim_ascii();
        if body.starts_with(b"{") {
            parameters.add_body(body)?;
        } else {
            parameters.add_query(body)?;
        }
        Ok(Self(parameters))
    }

    /// Which of the accounts it is from.
    pub fn account<'w, A>(
        &self,
        accounts: impl IntoIterator<Item = (A, &'w Webhooks)>,
    ) -> Result<A, Refusal> {
        let mut refusal = Refusal::ClientUnknown;
        for (account, webhooks) in accounts {
            match webhooks.accept(&self.0) {
                Ok(()) => return Ok(account),
                Err(Refusal::ClientUnknown) => {}
                Err(other) => refusal = other,
            }
        }
        Err(refusal)
    }

    /// The parameters of `pickupcode/check`.
    pub fn check(&self) -> Result<Check, Refusal> {
        Ok(Check {
            code: self.required("code")?,
            machine: self.required("assetId")?,
            product: self.0.get("goodsNum").map(Text::from),
            nonce: nonce(&self.0, "nonceStr")?.into(),
        })
    }

    /// The parameters of `pickupcode/use`.
    pub fn used(&self) -> Result<Use, Refusal> {
        Ok(Use { code: self.required("code")?, nonce: nonce(&self.0, "nonceStr")?.into() })
    }

    fn required(&self, name: &'static str) -> Result<Text, Refusal> {
        self.0.get(name).map(Text::from).ok_or(Refusal::ParameterMissing(name))
    }
}

impl Answer<'_> {
    /// The answer as it is sent.
    pub fn to_json(self) -> Vec<u8> {
        let success =
            Told { result: "SUCCESS", error_code: None, goods_num: None, code_status: None, fee: None };
        let told = match self {
            Self::Success => success,
            Self::Fail(error_code) => Told { result: "FAIL", error_code: Some(error_code), ..success },
            Self::Checked { problem, product, state, fee } => Told {
                result: if problem.is_some() { "FAIL" } else { "SUCCESS" },
                error_code: problem,
                goods_num: Some(product.unwrap_or_default()),
                code_status: Some(codes::code_status(state)),
                fee: Some(fee.map_or(0, Money::minor).to_string()),
            },
        };
        // Texts alone: there is nothing that could fail.
        serde_json::to_vec(&told).unwrap_or_default()
    }
}
