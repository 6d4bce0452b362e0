//! Equal goods of one account's machines, kept once: ten thousand machines sell the same fifty. An adapter has its own, and
//! begins anew when the account is connected anew.
//!
//! Bounded in bytes. At the bound what nobody else holds is let go; where that gives no room, a product stays its
//! owner's own. They are hashed by a seeded hash that is quick rather than proof against chosen input: there are few enough of
//! them, and they are an operator's own.

use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use foldhash::fast::RandomState;

use crate::domain::Product;

/// The memory that one account's goods may take here.
const BYTES: usize = 16 * 1024 * 1024;
/// How many products come before it is looked again for what nobody holds: looking takes as long as there are products.
const BETWEEN_PURGES: usize = 1_024;

/// The products that the reports of one account share.
pub struct Interner(Mutex<Pool>);

/// Products, each once.
pub struct Pool {
    known: HashSet<Arc<Product>, RandomState>,
    bytes: usize,
    most: usize,
    since_purge: usize,
}

impl fmt::Debug for Interner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interner").finish_non_exhaustive()
    }
}

impl Default for Interner {
    fn default() -> Self {
        Self(Mutex::new(Pool::bounded(BYTES)))
    }
}

impl Interner {
    /// The products, for as long as one report is made.
    pub fn lock(&self) -> MutexGuard<'_, Pool> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pool {
    fn bounded(most: usize) -> Self {
        Self { known: HashSet::default(), bytes: 0, most, since_purge: BETWEEN_PURGES }
    }

    /// The one that is equal to it, or itself for those who come.
    pub fn share(&mut self, product: Product) -> Arc<Product> {
        if let Some(known) = self.known.get(&product) {
            return Arc::clone(known);
        }
        let bytes = product.bytes();
        let product = Arc::new(product);
        self.since_purge = self.since_purge.saturating_add(1);
        if self.bytes + bytes > self.most && self.since_purge > BETWEEN_PURGES {
            self.purge();
        }
        if self.bytes + bytes <= self.most {
            self.bytes += bytes;
            self.known.insert(Arc::clone(&product));
        }
        product
    }

    /// Lets go of what nobody else holds.
    fn purge(&mut self) {
        self.since_purge = 0;
        self.known.retain(|one| Arc::strong_count(one) > 1);
        self.bytes = self.known.iter().map(|one| one.bytes()).sum();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use iso_currency::Currency;

    use super::{BYTES, Pool};
    use crate::domain::{Money, Product};

    fn named(number: &str) -> Product {
        Product::named(number.into(), "Water".into())
    }

    #[test]
    fn equal_goods_are_one_and_others_are_not() {
        let mut pool = Pool::bounded(BYTES);
        let one = pool.share(named("a"));
        assert!(Arc::ptr_eq(&one, &pool.share(named("a"))));
        // The same number at another price, or of another name, is another product.
        let price = Money::parse("3.50", Currency::CNY).ok();
        for other in
            [named("b"), Product::named("a".into(), "Still water".into()), Product { price, ..named("a") }]
        {
            assert_eq!(*pool.share(other.clone()), other);
        }
    }

    #[test]
    fn what_nobody_holds_makes_room_and_without_room_a_product_stays_its_owners_own() {
        let mut pool = Pool::bounded(named("0").bytes() * 5 / 2);
        let (held, gone) = (pool.share(named("1")), pool.share(named("2")));
        drop(gone);
        let new = pool.share(named("3"));
        assert!(Arc::ptr_eq(&new, &pool.share(named("3"))), "2 made room");
        assert!(Arc::ptr_eq(&held, &pool.share(named("1"))), "1 is held");
        let (own, equal) = (pool.share(named("4")), pool.share(named("4")));
        assert!(!Arc::ptr_eq(&own, &equal), "there is no room");
    }
}
