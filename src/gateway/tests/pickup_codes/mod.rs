//! Pickup codes, made, told, cancelled, redeemed and held: once for each key, and told as they are.

mod changing;
mod creating;
mod listing;

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;

use super::{
    Fake, START, asker, first, gateway, manual_clock, name,
    rows::{machine, report, shelf, shelf_of},
};
use crate::{
    domain::{Id, ManualClock, PickupCodeIssuer, Shelf, ShelfState, Text},
    gateway::{
        Asker, Code, Commanded, CreatePickupCodes, FoundPickupCode, Gateway, PickupCodeFilter,
        RedeemPickupCode,
    },
};

/// Accounts of their own for each test, as all share one store: a Dingshang of one machine with two shelves, and an
/// InHand of two machines.
struct Bench {
    north: Text,
    metro: Text,
    fakes: [Arc<Fake>; 2],
    gateway: Arc<Gateway>,
    clock: Arc<ManualClock>,
    asker: Asker,
}

impl Bench {
    fn new(test: &str) -> Self {
        let (north, metro) = (format!("{test}-north"), format!("{test}-metro"));
        let fakes = [Fake::dingshang(), Fake::inhand()];
        {
            let mut script = fakes[0].script();
            script.machines = vec![machine("1")];
            let slot = |code: &str| Shelf {
                cabinet: "A".into(),
                slot: Some(format!("s{code}").into()),
                capacity: Some(3),
                ..shelf(code, ShelfState::Normal)
            };
            script.reports.insert("1".to_owned(), report(Some(true), vec![slot("1"), slot("2")]));
            fakes[1].script().machines = vec![machine("1"), machine("2")];
            let cola = shelf_of("cola").product.unwrap();
            fakes[1].script().products = vec![(*cola).clone()];
        }
        let clock = manual_clock();
        let gateway = gateway(&[(&north, &fakes[0]), (&metro, &fakes[1])], Arc::clone(&clock) as _);
        let asker = asker(&[&north, &metro]);
        Self { north: north.into(), metro: metro.into(), fakes, gateway: Arc::new(gateway), clock, asker }
    }

    /// Codes of Dingshang's for its first shelf.
    fn listed(&self, key: &str) -> CreatePickupCodes {
        let on = (name(&self.north), "1".into(), "A".into(), "1".into());
        CreatePickupCodes { shelf: Some(on), ..any(&self.north, PickupCodeIssuer::Vendor, key) }
    }

    /// Codes of InHand's.
    fn told(&self, key: &str) -> CreatePickupCodes {
        any(&self.metro, PickupCodeIssuer::Vendor, key)
    }

    /// Codes of our own.
    fn own(&self, key: &str) -> CreatePickupCodes {
        any(&self.metro, PickupCodeIssuer::Gateway, key)
    }

    async fn create(&self, wanted: &CreatePickupCodes) -> Commanded<Vec<FoundPickupCode>> {
        self.gateway.create_pickup_codes(&self.asker, wanted).await
    }

    /// Codes that are made without a problem, by their ids.
    async fn made(&self, wanted: &CreatePickupCodes) -> Vec<Id> {
        let done = self.create(wanted).await;
        assert!(done.problem.is_none(), "{done:?}");
        ids(&done.subject.unwrap())
    }

    async fn list(&self, filter: &PickupCodeFilter) -> Vec<Id> {
        ids(&self.gateway.pickup_codes(&self.asker, filter, &first(500)).await.unwrap().page.rows)
    }

    /// The codes of Dingshang's machine.
    async fn of_machine(&self) -> Vec<Id> {
        let machines = Some(vec![(name(&self.north), "1".into())]);
        self.list(&PickupCodeFilter { machines, ..PickupCodeFilter::default() }).await
    }

    fn redeem(&self, code: &str, key: &str) -> RedeemPickupCode {
        RedeemPickupCode {
            of: (name(&self.north), "1".into()),
            cabinet: "A".into(),
            shelf: "1".into(),
            code: code.into(),
            key: key.into(),
        }
    }
}

/// Codes of which nothing but that is said.
fn any(account: &str, issuer: PickupCodeIssuer, key: &str) -> CreatePickupCodes {
    CreatePickupCodes {
        account: name(account),
        issuer,
        machine: None,
        shelf: None,
        product_number: None,
        count: None,
        length: None,
        starts_at: None,
        expires_at: None,
        fee: None,
        key: key.into(),
    }
}

fn ids(codes: &[FoundPickupCode]) -> Vec<Id> {
    codes.iter().map(FoundPickupCode::id).collect()
}

fn told<T: std::fmt::Debug>(done: &Commanded<T>) -> (Code, String) {
    let problem = done.problem.as_ref().unwrap_or_else(|| panic!("{done:?}"));
    (problem.error.code(), problem.field.join("."))
}

fn digits(code: &FoundPickupCode) -> Text {
    match code {
        FoundPickupCode::Listed(listed) => listed.code.code.clone(),
        FoundPickupCode::Kept(kept) => kept.code.code.clone(),
    }
}

fn in_an_hour() -> Timestamp {
    START + Duration::from_hours(1)
}
