//! Equal goods and texts of one account's machines, kept once: ten thousand machines sell the same fifty goods from
//! shelves of the same codes.
//!
//! Bounded in bytes. At the bound what nobody else holds is let go; where that gives no room, a value stays its
//! owner's own, and is weighed as such ([`share_of`]).

use std::{
    collections::HashSet,
    fmt,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use super::cache::Weigh;
use crate::domain::{Product, Report, Text};

/// The memory that one account's goods may take here.
const PRODUCTS_BYTES: usize = 16 * 1024 * 1024;
/// The memory that one account's texts may take here.
const TEXTS_BYTES: usize = 8 * 1024 * 1024;
/// How many values come before it is looked again for what nobody holds: looking takes as long as there are values.
const BETWEEN_PURGES: usize = 1_024;

/// What the reports of one account share.
pub struct Interner(Mutex<Pools>);

struct Pools {
    products: Pool<Product>,
    texts: Pool<str>,
}

/// Values of one sort, each once.
struct Pool<T: ?Sized> {
    known: HashSet<Arc<T>>,
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
        Self::bounded(PRODUCTS_BYTES, TEXTS_BYTES)
    }
}

impl Interner {
    fn bounded(products: usize, texts: usize) -> Self {
        Self(Mutex::new(Pools { products: Pool::new(products), texts: Pool::new(texts) }))
    }

    /// Lets a machine's report share what is equal in others. What is the machine's alone (slots, addresses, faults)
    /// is left as it is; a cabinet that bears the machine's number shares that.
    pub fn share(&self, report: &mut Report, machine: &Text) {
        let mut pools = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Pools { products, texts } = &mut *pools;
        for shelf in &mut report.shelves {
            if shelf.cabinet == *machine {
                shelf.cabinet = Arc::clone(machine);
            } else {
                texts.share(&mut shelf.cabinet);
            }
            texts.share(&mut shelf.code);
            if let Some(product) = &mut shelf.product {
                products.share(product);
            }
            if let Some(category) = &mut shelf.category {
                texts.share(&mut category.number);
                texts.share(&mut category.title);
            }
        }
        for version in &mut report.status.versions {
            texts.share(&mut version.component);
            texts.share(&mut version.version);
        }
        // What was collected in place may have room for far more than it holds.
        report.shelves.shrink_to_fit();
    }
}

impl<T: ?Sized + Eq + Hash + Weigh> Pool<T> {
    fn new(most: usize) -> Self {
        Self { known: HashSet::new(), bytes: 0, most, since_purge: BETWEEN_PURGES }
    }

    fn share(&mut self, value: &mut Arc<T>) {
        if let Some(known) = self.known.get(&**value) {
            *value = Arc::clone(known);
            return;
        }
        let bytes = value.weight();
        self.since_purge = self.since_purge.saturating_add(1);
        if self.bytes + bytes > self.most && self.since_purge > BETWEEN_PURGES {
            self.purge();
        }
        if self.bytes + bytes <= self.most {
            self.bytes += bytes;
            self.known.insert(Arc::clone(value));
        }
    }

    /// Lets go of what nobody else holds.
    fn purge(&mut self) {
        self.since_purge = 0;
        self.known.retain(|one| Arc::strong_count(one) > 1);
        self.bytes = self.known.iter().map(|one| one.weight()).sum();
    }
}

/// What one holder of a value answers for: all of it when nobody shares it. So values that stay one machine's own weigh
/// in full however many of its shelves hold them, and what all machines share weighs next to nothing.
pub fn share_of<T: ?Sized + Weigh>(value: &Arc<T>) -> usize {
    value.weight().div_ceil(Arc::strong_count(value).max(1))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Interner, share_of};
    use crate::{
        domain::{Product, Report, Shelf, Text},
        gateway::{
            cache::Weigh as _,
            tests::rows::{report, shelf_of},
        },
    };

    fn product(report: &Report) -> &Arc<Product> {
        report.shelves[0].product.as_ref().unwrap()
    }

    /// A report of shelves with these products, each a value of its own, as they come from a vendor.
    fn selling(products: &[&str], interner: &Interner) -> Report {
        let shelves: Vec<Shelf> = products.iter().map(|product| shelf_of(product)).collect();
        let mut report = report(None, shelves);
        interner.share(&mut report, &Text::from("m"));
        report
    }

    #[test]
    fn equal_goods_of_two_machines_are_one_and_others_are_not() {
        let interner = Interner::default();
        let (one, other, third) =
            (selling(&["a"], &interner), selling(&["a"], &interner), selling(&["b"], &interner));
        assert!(Arc::ptr_eq(product(&one), product(&other)));
        assert!(Arc::ptr_eq(&one.shelves[0].code, &third.shelves[0].code));
        assert!(!Arc::ptr_eq(product(&one), product(&third)));
        // The same number at another price, or of another name, is another value.
        let mut dearer = report(None, vec![shelf_of("a")]);
        let named = Product::named("a".into(), "Another name".into());
        dearer.shelves[0].product = Some(Arc::new(named));
        interner.share(&mut dearer, &Text::from("m"));
        assert_eq!(&*product(&dearer).name, "Another name");
    }

    #[test]
    fn what_nobody_holds_makes_room_and_without_room_a_value_stays_its_owners_own() {
        let weight = product(&selling(&["0"], &Interner::default())).weight();
        let interner = Interner::bounded(weight * 5 / 2, 1_000);
        let (held, gone) = (selling(&["1"], &interner), selling(&["2"], &interner));
        drop(gone);
        let new = selling(&["3"], &interner);
        assert!(Arc::ptr_eq(product(&new), product(&selling(&["3"], &interner))), "2 made room");
        let (own, equal) = (selling(&["4"], &interner), selling(&["4"], &interner));
        assert!(!Arc::ptr_eq(product(&own), product(&equal)), "there is no room");
        assert_eq!(share_of(product(&own)), product(&own).weight());
        assert!(share_of(product(&held)) < product(&held).weight());
    }
}
