//! Global ids: opaque to clients, stable, and enough to find the object again.
//!
//! An id is the unpadded URL-safe base64 of `kind/part/…`, the parts percent-escaped where they hold `/` or
//! `%`. Every object has exactly one id: what does not come out of [`Id::encode`] to the letter is refused.

use std::{fmt, iter};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use thiserror::Error;

use super::{AccountName, Text};

/// No id that we give out is longer; longer ones are refused unread.
const LONGEST: usize = 1024;

/// What an object's global id says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the members are the vendor's own numbers of what they are named after")]
pub enum Id {
    Account { account: AccountName },
    Machine { account: AccountName, machine: Text },
    Shelf { account: AccountName, machine: Text, cabinet: Text, code: Text },
    Category { account: AccountName, machine: Text, category: Text },
    Product { account: AccountName, product: Text },
    Site { account: AccountName, site: Text },
    Line { account: AccountName, area: Option<Text>, line: Text },
    Trade { account: AccountName, machine: Text, created_at: Option<Timestamp>, order: Text },
    Refill { account: AccountName, machine: Text, refilled_at: Timestamp },
    PickupCode { account: AccountName, machine: Text, cabinet: Text, shelf: Text, code: Text },
    IssuedPickupCode { account: AccountName, code: Text },
    Order { account: AccountName, trade_number: Text },
    OrderLine { account: AccountName, trade_number: Text, position: u32 },
    Delivery { account: AccountName, machine: Text, delivery: Text },
}

/// A text that is no id of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not an id of this API")]
pub struct InvalidId;

impl Id {
    /// The account that the object belongs to.
    pub fn account(&self) -> &AccountName {
        match self {
            Self::Account { account }
            | Self::Machine { account, .. }
            | Self::Shelf { account, .. }
            | Self::Category { account, .. }
            | Self::Product { account, .. }
            | Self::Site { account, .. }
            | Self::Line { account, .. }
            | Self::Trade { account, .. }
            | Self::Refill { account, .. }
            | Self::PickupCode { account, .. }
            | Self::IssuedPickupCode { account, .. }
            | Self::Order { account, .. }
            | Self::OrderLine { account, .. }
            | Self::Delivery { account, .. } => account,
        }
    }

    /// The id as clients see it.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.plain())
    }

    /// Reads an id that a client sends back.
    pub fn decode(text: &str) -> Result<Self, InvalidId> {
        if text.len() > LONGEST {
            return Err(InvalidId);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidId)?;
        let plain = String::from_utf8(bytes).map_err(|_| InvalidId)?;
        let id = Self::from_plain(&plain).ok_or(InvalidId)?;
        (id.plain() == plain).then_some(id).ok_or(InvalidId)
    }

    fn from_plain(plain: &str) -> Option<Self> {
        let mut parts = plain.split('/').map(unescape);
        let kind = parts.next()??;
        let account = AccountName::new(parts.next()??);
        let rest: Vec<Text> = parts.map(|part| part.map(Text::from)).collect::<Option<_>>()?;
        Some(match (kind.as_str(), rest.as_slice()) {
            ("account", []) => Self::Account { account },
            ("machine", [machine]) => Self::Machine { account, machine: machine.clone() },
            ("shelf", [machine, cabinet, code]) => Self::Shelf {
                account,
                machine: machine.clone(),
                cabinet: cabinet.clone(),
                code: code.clone(),
            },
            ("category", [machine, category]) => {
                Self::Category { account, machine: machine.clone(), category: category.clone() }
            }
            ("product", [product]) => Self::Product { account, product: product.clone() },
            ("site", [site]) => Self::Site { account, site: site.clone() },
            ("line", [line]) => Self::Line { account, area: None, line: line.clone() },
            ("line", [line, area]) => Self::Line { account, area: Some(area.clone()), line: line.clone() },
            ("trade", [machine, order]) => {
                Self::Trade { account, machine: machine.clone(), created_at: None, order: order.clone() }
            }
            ("trade", [machine, order, at]) => Self::Trade {
                account,
                machine: machine.clone(),
                created_at: Some(instant(at)?),
                order: order.clone(),
            },
            ("refill", [machine, at]) => {
                Self::Refill { account, machine: machine.clone(), refilled_at: instant(at)? }
            }
            ("pickup-code", [machine, cabinet, shelf, code]) => Self::PickupCode {
                account,
                machine: machine.clone(),
                cabinet: cabinet.clone(),
                shelf: shelf.clone(),
                code: code.clone(),
            },
            ("pickup-code", [code]) => Self::IssuedPickupCode { account, code: code.clone() },
            ("order", [trade]) => Self::Order { account, trade_number: trade.clone() },
            ("order-line", [trade, position]) => {
                Self::OrderLine { account, trade_number: trade.clone(), position: position.parse().ok()? }
            }
            ("delivery", [machine, delivery]) => {
                Self::Delivery { account, machine: machine.clone(), delivery: delivery.clone() }
            }
            _ => return None,
        })
    }
}

impl Id {
    /// The id before it is encoded: what it is, and its parts.
    fn plain(&self) -> String {
        let mut text = String::with_capacity(64);
        let mut write = |kind: &str, parts: &[&str]| {
            text.push_str(kind);
            for part in iter::once(self.account().as_str()).chain(parts.iter().copied()) {
                text.push('/');
                escape(&mut text, part);
            }
        };
        match self {
            Self::Account { .. } => write("account", &[]),
            Self::Machine { machine, .. } => write("machine", &[machine]),
            Self::Shelf { machine, cabinet, code, .. } => write("shelf", &[machine, cabinet, code]),
            Self::Category { machine, category, .. } => write("category", &[machine, category]),
            Self::Product { product, .. } => write("product", &[product]),
            Self::Site { site, .. } => write("site", &[site]),
            Self::Line { area: None, line, .. } => write("line", &[line]),
            Self::Line { area: Some(area), line, .. } => write("line", &[line, area]),
            Self::Trade { machine, order, created_at: None, .. } => write("trade", &[machine, order]),
            Self::Trade { machine, order, created_at: Some(at), .. } => {
                write("trade", &[machine, order, &at.as_millisecond().to_string()]);
            }
            Self::Refill { machine, refilled_at, .. } => {
                write("refill", &[machine, &refilled_at.as_millisecond().to_string()]);
            }
            Self::PickupCode { machine, cabinet, shelf, code, .. } => {
                write("pickup-code", &[machine, cabinet, shelf, code]);
            }
            Self::IssuedPickupCode { code, .. } => write("pickup-code", &[code]),
            Self::Order { trade_number, .. } => write("order", &[trade_number]),
            Self::OrderLine { trade_number, position, .. } => {
                write("order-line", &[trade_number, &position.to_string()]);
            }
            Self::Delivery { machine, delivery, .. } => write("delivery", &[machine, delivery]),
        }
        text
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.plain())
    }
}

/// Adds a part of an id, with the separator escaped.
fn escape(text: &mut String, part: &str) {
    for piece in part.split_inclusive(['/', '%']) {
        let plain = piece.trim_end_matches(['/', '%']);
        text.push_str(plain);
        match piece.as_bytes().get(plain.len()) {
            Some(b'/') => text.push_str("%2F"),
            Some(_) => text.push_str("%25"),
            None => {}
        }
    }
}

fn unescape(part: &str) -> Option<String> {
    let mut pieces = part.split('%');
    let mut plain = pieces.next()?.to_owned();
    for piece in pieces {
        let (escaped, rest) = piece.split_at_checked(2)?;
        plain.push(match escaped {
            "2F" => '/',
            "25" => '%',
            _ => return None,
        });
        plain.push_str(rest);
    }
    Some(plain)
}

fn instant(text: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(text.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use jiff::Timestamp;
    use proptest::{
        option,
        prelude::{Just, Strategy, any, prop_oneof, proptest},
    };

    use super::{AccountName, Id, InvalidId, Text};

    fn part() -> impl Strategy<Value = Text> {
        "[a-z0-9/%冰 é]{0,12}".prop_map(Text::from)
    }

    fn instant() -> impl Strategy<Value = Timestamp> {
        (0_i64..4_000_000_000_000).prop_map(|ms| Timestamp::from_millisecond(ms).unwrap_or_default())
    }

    fn id() -> impl Strategy<Value = Id> {
        let account = || part().prop_map(AccountName::new);
        prop_oneof![
            account().prop_map(|account| Id::Account { account }),
            (account(), part()).prop_map(|(account, machine)| Id::Machine { account, machine }),
            (account(), part(), part(), part()).prop_map(|(account, machine, cabinet, code)| Id::Shelf {
                account,
                machine,
                cabinet,
                code
            }),
            (account(), part(), part()).prop_map(|(account, machine, category)| Id::Category {
                account,
                machine,
                category
            }),
            (account(), option::of(part()), part()).prop_map(|(account, area, line)| Id::Line {
                account,
                area,
                line
            }),
            (account(), part(), option::of(instant()), part()).prop_map(
                |(account, machine, created_at, order)| { Id::Trade { account, machine, created_at, order } }
            ),
            (account(), part(), instant()).prop_map(|(account, machine, refilled_at)| Id::Refill {
                account,
                machine,
                refilled_at
            }),
            (account(), Just(Text::from("1/2")))
                .prop_map(|(account, product)| Id::Product { account, product }),
            (account(), part()).prop_map(|(account, code)| Id::IssuedPickupCode { account, code }),
            (account(), part()).prop_map(|(account, trade_number)| Id::Order { account, trade_number }),
            (account(), part(), any::<u32>()).prop_map(|(account, trade_number, position)| Id::OrderLine {
                account,
                trade_number,
                position
            }),
            (account(), part(), part()).prop_map(|(account, machine, delivery)| Id::Delivery {
                account,
                machine,
                delivery
            }),
        ]
    }

    proptest! {
        #[test]
        fn an_id_survives_its_text(id in id()) {
            assert_eq!(Id::decode(&id.encode()), Ok(id));
        }

        #[test]
        fn any_text_is_an_id_or_refused(text in any::<String>(), bytes in any::<Vec<u8>>()) {
            for text in [text.clone(), URL_SAFE_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(bytes)] {
                if let Ok(id) = Id::decode(&text) {
                    assert_eq!(id.encode(), text);
                }
            }
        }
    }

    #[test]
    fn an_object_has_one_id_only() {
        for other in [
            "machine/a/%41",
            "machine/a/%2f",
            "trade/a/m/o/007",
            "machine/a/b/c",
            "machine/a",
            "robot/a/b",
            "order-line/a/1/01",
        ] {
            assert_eq!(Id::decode(&URL_SAFE_NO_PAD.encode(other)), Err(InvalidId), "{other}");
        }
    }
}
