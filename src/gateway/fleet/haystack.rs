//! What a search looks through, and what it found.

use std::{
    fmt, iter,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use memchr::memmem::Finder;
use moka::{policy::EvictionPolicy, sync::Cache};

use crate::domain::Machine;

/// So many of the latest searches are kept with what they found.
const KEPT: u64 = 32;

/// Number, name, address and site of each machine of a fleet, in lower case, all in one text: a search reads on, instead of
/// jumping from machine to machine. What it found is kept: all machines are added before anybody searches.
#[derive(Default)]
pub(super) struct Haystack {
    text: String,
    /// Where each machine's part of the text ends.
    ends: Vec<usize>,
    /// Made by who searches first: fleets are listed far more often than many of them are searched.
    searches: OnceLock<Searches>,
}

type Searches = Cache<Arc<str>, Arc<Search>>;

/// A search, as far as anybody needed to know what it finds.
struct Search {
    finder: Finder<'static>,
    found: Mutex<Found>,
}

/// What was found so far.
struct Found {
    /// The positions of machines, in their order.
    machines: Vec<usize>,
    /// From where in the text on nobody has looked yet; `None`: all of it was looked through.
    next: Option<usize>,
}

impl Search {
    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Haystack {
    /// Adds a machine, at the next position.
    pub fn add(&mut self, machine: &Machine) {
        let site = machine.site.as_ref().map(|site| &site.name);
        let fields = [Some(&machine.number), machine.name.as_ref(), machine.address.as_ref(), site];
        for field in fields.into_iter().flatten() {
            self.text.push_str(&field.to_lowercase());
            self.text.push('\n');
        }
        self.ends.push(self.text.len());
    }

    /// All machines are added.
    pub fn end(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// Whether the machine at a position has these words, which are in lower case.
    pub fn has(&self, position: usize, words: &str) -> bool {
        let Some(end) = self.ends.get(position) else { return false };
        let begin = position.checked_sub(1).and_then(|before| self.ends.get(before));
        let part = self.text.get(begin.copied().unwrap_or_default()..*end);
        part.is_some_and(|part| part.contains(words))
    }

    /// The positions, from `begin` on, of the machines that have these words, which are in lower case. Looks no further than it
    /// is asked.
    pub fn search(&self, words: &str, begin: usize) -> impl Iterator<Item = usize> {
        let searches = self.searches.get_or_init(searches);
        let search = searches.get(words).unwrap_or_else(|| {
            let finder = Finder::new(words).into_owned();
            let found = Mutex::new(Found { machines: Vec::new(), next: Some(0) });
            let search = Arc::new(Search { finder, found });
            searches.insert(words.into(), Arc::clone(&search));
            search
        });
        let mut asked = search.found().machines.partition_point(|position| *position < begin);
        let positions = iter::from_fn(move || {
            let mut found = search.found();
            while found.machines.len() <= asked {
                self.look_on(&search.finder, &mut found)?;
            }
            asked += 1;
            found.machines.get(asked - 1).copied()
        });
        positions.skip_while(move |position| *position < begin)
    }

    /// Finds one machine more; `None`: there is none.
    fn look_on(&self, finder: &Finder<'_>, found: &mut Found) -> Option<()> {
        let mut from = found.next.take()?;
        let mut machine = found.machines.last().map_or(0, |last| last + 1);
        loop {
            let at = from + finder.find(self.text.as_bytes().get(from..)?)?;
            machine += self.ends.get(machine..)?.partition_point(|end| *end <= at);
            let end = *self.ends.get(machine)?;
            if at + finder.needle().len() <= end {
                found.machines.push(machine);
                found.next = Some(end);
                return Some(());
            }
            // They begin in one machine's part and end in another's.
            from = at + 1;
        }
    }
}

impl fmt::Debug for Haystack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Haystack").field("machines", &self.ends.len()).finish_non_exhaustive()
    }
}

fn searches() -> Searches {
    Cache::builder().max_capacity(KEPT).eviction_policy(EvictionPolicy::lru()).build()
}

#[cfg(test)]
mod tests {
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
        let mut haystack = Haystack::default();
        for machine in machines {
            haystack.add(machine);
        }
        haystack
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
            begin in 0_usize..12,
        ) {
            let haystack = built(&machines);
            let expected = places(&machines, &words);
            prop_assert_eq!(haystack.search(&words, 0).take(2).collect::<Vec<_>>(), expected.iter().copied().take(2).collect::<Vec<_>>());
            prop_assert_eq!(haystack.search(&words, 0).collect::<Vec<_>>(), expected.as_slice(), "from there on");
            prop_assert_eq!(haystack.search(&words, 0).collect::<Vec<_>>(), expected.as_slice(), "found again");
            let after = haystack.search(&words, begin).collect::<Vec<_>>();
            prop_assert_eq!(after, expected.iter().copied().filter(|at| *at >= begin).collect::<Vec<_>>());
            let has = (0..=machines.len()).filter(|at| haystack.has(*at, &words));
            prop_assert_eq!(has.collect::<Vec<_>>(), expected, "one by one");
        }
    }

    #[test]
    fn words_that_reach_from_one_machine_into_the_next_are_in_neither() {
        let of = |numbers: [&str; 3]| built(&numbers.map(|number| Machine::numbered(number.into())));
        let found = |numbers, words| of(numbers).search(words, 0).collect::<Vec<_>>();
        assert_eq!(found(["ab", "ca", "b"], "b\nc"), [0_usize; 0]);
        assert_eq!(found(["ab", "ab", "b"], "b"), [0, 1, 2]);
        assert_eq!(found(["a", "a", "a\na"], "a\na"), [2]);
    }
}
