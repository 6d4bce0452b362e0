//! An account's products: its vendor's catalogue, or, where the vendor has none, what stands on the shelves.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt as _, stream};
use tokio::time::Instant;

use super::{Account, cache::Weigh, error};
use crate::{
    domain::{Capability, Product, Text},
    vendor,
};

/// How many machines are asked at a time for what stands on their shelves.
const AT_A_TIME: usize = 8;
/// How long the walk over all shelves may take; whoever asked does not wait as long.
const WALK: Duration = Duration::from_mins(10);

/// The products of one account, by number.
#[derive(Debug, Default)]
pub struct Catalogue {
    products: Vec<Arc<Product>>,
    positions: HashMap<Text, usize>,
    /// Why it is not whole, if it is not: what a machine that was walked over answered instead of its shelves.
    missing: Option<Arc<vendor::Error>>,
}

impl Catalogue {
    /// Asks the vendor, or walks over the shelves.
    pub async fn gather(account: Arc<Account>, client: Arc<dyn vendor::Vendor>) -> vendor::Result<Self> {
        if account.can(Capability::ProductCatalogue) {
            let products = client.products().await?;
            return Ok(Self::new(products.into_iter().map(Arc::new)));
        }
        let until = Instant::now() + WALK;
        let listing = account.listing(until).await.map_err(of_vendor)?;
        let rows = listing.value.machines().to_vec();
        let reports: Vec<_> = stream::iter(rows)
            .map(|row| {
                let account = Arc::clone(&account);
                async move { account.known_report(&row, until).await }
            })
            .buffer_unordered(AT_A_TIME)
            .collect()
            .await;
        let mut products = Vec::new();
        let mut failure = None;
        for report in reports {
            match report {
                Ok(report) => {
                    products.extend(report.value.shelves.iter().filter_map(|shelf| shelf.product.clone()));
                }
                Err(error) => failure = Some(error),
            }
        }
        match failure {
            Some(error) if products.is_empty() => Err(of_vendor(error)),
            failure => {
                let missing = failure.map(|error| Arc::new(of_vendor(error)));
                Ok(Self { missing, ..Self::new(products.into_iter()) })
            }
        }
    }

    /// A catalogue of these products; the first of a number counts.
    pub fn new(products: impl Iterator<Item = Arc<Product>>) -> Self {
        let mut by_number = BTreeMap::new();
        for product in products {
            by_number.entry(product.number.clone()).or_insert(product);
        }
        let positions = by_number.keys().enumerate().map(|(at, number)| (number.clone(), at)).collect();
        Self { products: by_number.into_values().collect(), positions, missing: None }
    }

    /// Why it is not whole, if it is not.
    pub fn missing(&self) -> Option<&Arc<vendor::Error>> {
        self.missing.as_ref()
    }

    /// Every product, by number.
    pub fn products(&self) -> &[Arc<Product>] {
        &self.products
    }

    /// The product of that number.
    pub fn product(&self, number: &str) -> Option<&Arc<Product>> {
        self.positions.get(number).and_then(|at| self.products.get(*at))
    }
}

impl Weigh for Catalogue {
    fn weight(&self) -> usize {
        self.products.len() * 800
    }
}

/// What the vendor said, taken out of what a caller would be told.
fn of_vendor(error: error::Error) -> vendor::Error {
    match error {
        error::Error::Vendor { error, .. } => error::again(error),
        error::Error::Input(_)
        | error::Error::NotFound
        | error::Error::Refused(_)
        | error::Error::Busy
        | error::Error::Store(_)
        | error::Error::Internal(_)
        | error::Error::NoCallback => {
            vendor::Error::new(vendor::Kind::Protocol, "catalogue").with_source(error)
        }
    }
}
