//! What a search looks through, and what it found.

use std::{fmt, iter, sync::Arc};

use memchr::memmem::Finder;
use moka::sync::Cache;
use tokio::task::coop::consume_budget;

use crate::domain::Machine;

/// What is kept of what searches found, in bytes for each machine: every machine, found four times over.
const KEPT_BYTES: usize = 4 * size_of::<usize>();
/// The same, at the least.
const KEPT_AT_LEAST: usize = 16 * 1024;

/// Number, name, address and site of each machine of a fleet, in lower case, all in one text: a search reads on, instead of
/// jumping from machine to machine. What it found is kept, since the text never changes.
pub(super) struct Haystack {
    text: String,
    /// Where each machine's part of the text ends.
    ends: Vec<usize>,
    found: Cache<Arc<str>, Arc<[usize]>>,
}

impl Haystack {
    /// What machines are searched by; leaves turns to others as it goes.
    pub async fn of(machines: &[Machine]) -> Self {
        let kept = machines.len().saturating_mul(KEPT_BYTES).max(KEPT_AT_LEAST);
        let (mut text, mut ends) = (String::new(), Vec::with_capacity(machines.len()));
        for machine in machines {
            let site = machine.site.as_ref().map(|site| &site.name);
            let fields = [Some(&machine.number), machine.name.as_ref(), machine.address.as_ref(), site];
            for field in fields.into_iter().flatten() {
                text.push_str(&field.to_lowercase());
                text.push('\n');
            }
            ends.push(text.len());
            consume_budget().await;
        }
        text.shrink_to_fit();
        Self::new((text, ends), kept)
    }

    fn new((text, ends): (String, Vec<usize>), kept: usize) -> Self {
        let weight = |words: &Arc<str>, found: &Arc<[usize]>| {
            let bytes = size_of_val(words) + words.len() + size_of_val(found) + size_of_val(&**found);
            u32::try_from(bytes).unwrap_or(u32::MAX)
        };
        let found = Cache::builder().max_capacity(u64::try_from(kept).unwrap_or(u64::MAX)).weigher(weight);
        Self { text, ends, found: found.build() }
    }

    /// The positions of the machines that have these words, which are in lower case.
    pub fn search(&self, words: &str) -> Arc<[usize]> {
        if let Some(found) = self.found.get(words) {
            return found;
        }
        let found: Arc<[usize]> = self.look_for(words).collect();
        self.found.insert(words.into(), Arc::clone(&found));
        found
    }

    fn look_for(&self, words: &str) -> impl Iterator<Item = usize> {
        let finder = Finder::new(words);
        let (mut from, mut machine) = (0, 0);
        iter::from_fn(move || {
            loop {
                let at = from + finder.find(self.text.as_bytes().get(from..)?)?;
                machine += self.ends.get(machine..)?.partition_point(|end| *end <= at);
                let end = *self.ends.get(machine)?;
                if at + words.len() <= end {
                    from = end;
                    return Some(machine);
                }
                // They begin in one machine's part and end in another's.
                from = at + 1;
            }
        })
    }
}

impl fmt::Debug for Haystack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Haystack").field("machines", &self.ends.len()).finish_non_exhaustive()
    }
}

impl Default for Haystack {
    fn default() -> Self {
        Self::new(<_>::default(), 0)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use proptest::prelude::*;

    use super::*;
    use crate::domain::SiteRef;

    fn machine(
        (number, name, address, site): (String, Option<String>, Option<String>, Option<String>),
    ) -> Machine {
        let site = site.map(|name| SiteRef { number: "1".into(), name: name.into() });
        let (name, address) = (name.map(Into::into), address.map(Into::into));
        Machine { name, address, site, ..Machine::numbered(number.into()) }
    }

    fn built(machines: &[Machine]) -> Haystack {
        Haystack::of(machines).now_or_never().expect("so few are done in one turn")
    }

    /// Where words are, field by field.
    fn places(machines: &[Machine], words: &str) -> Vec<usize> {
        let has = |machine: &Machine| {
            let site = machine.site.as_ref().map(|site| &site.name);
            let fields = [Some(&machine.number), machine.name.as_ref(), machine.address.as_ref(), site];
            fields.into_iter().flatten().any(|field| field.to_lowercase().contains(words))
        };
        (0..machines.len()).filter(|at| has(&machines[*at])).collect()
    }

    proptest! {
        #[test]
        fn finds_the_machines_that_have_the_words_in_a_field(
            machines in prop::collection::vec(
                ("[ab1]{0,3}", prop::option::of("[aBÄ达 ]{0,4}"), prop::option::of("[ab]{0,2}"), prop::option::of("[达万]{0,2}"))
                    .prop_map(machine),
                0..12,
            ),
            words in "[abä达万1]{1,3}",
        ) {
            let haystack = built(&machines);
            let expected = places(&machines, &words);
            prop_assert_eq!(&*haystack.search(&words), expected.as_slice());
            prop_assert_eq!(&*haystack.search(&words), expected.as_slice(), "found again");
        }
    }

    #[test]
    fn words_that_reach_from_one_machine_into_the_next_are_in_neither() {
        let of = |numbers: [&str; 3]| built(&numbers.map(|number| Machine::numbered(number.into())));
        assert_eq!(&*of(["ab", "ca", "b"]).search("b\nc"), [0_usize; 0]);
        assert_eq!(&*of(["ab", "ab", "b"]).search("b"), [0, 1, 2]);
        assert_eq!(&*of(["a", "a", "a\na"]).search("a\na"), [2]);
    }
}
