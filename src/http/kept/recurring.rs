//! Which questions recur. An answer is kept to those alone: most that are asked once are never asked again, and what they
//! would take is room, and time to make room.

use std::{
    fmt,
    hash::{BuildHasher as _, Hash, RandomState},
    iter::repeat_with,
    sync::atomic::{AtomicU64, Ordering},
};

/// How many questions are remembered: a power of two, 256 KiB.
const PLACES: usize = 1 << 15;

/// Remembers which questions were asked, until another takes its place.
pub(super) struct Recurring {
    hasher: RandomState,
    marks: Box<[AtomicU64]>,
}

impl fmt::Debug for Recurring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recurring").field("places", &self.marks.len()).finish_non_exhaustive()
    }
}

impl Recurring {
    pub(super) fn new() -> Self {
        let marks = repeat_with(AtomicU64::default).take(PLACES).collect();
        Self { hasher: RandomState::new(), marks }
    }

    /// Whether a question was asked before, as far as that is remembered; from now on it was.
    pub(super) fn is_again(&self, question: &impl Hash) -> bool {
        // 0 is the mark of nothing.
        let mark = self.hasher.hash_one(question) | 1;
        let place = usize::try_from(mark >> (u64::BITS - PLACES.ilog2())).ok();
        let place = place.and_then(|place| self.marks.get(place));
        place.is_some_and(|place| place.swap(mark, Ordering::Relaxed) == mark)
    }
}

#[cfg(test)]
mod tests {
    use super::{PLACES, Recurring};

    #[test]
    fn what_is_asked_a_second_time_recurs() {
        let recurring = Recurring::new();
        assert!(!recurring.is_again(&"one"));
        assert!(recurring.is_again(&"one"));
        assert!(recurring.is_again(&"one"));
    }

    #[test]
    fn what_was_never_asked_does_not_recur_however_much_was_asked() {
        let recurring = Recurring::new();
        let mistaken = (0..4 * PLACES).filter(|question| recurring.is_again(question)).count();
        assert_eq!(mistaken, 0, "one in 2^48 is mistaken");
    }
}
