//! The nonces that were used: each is good once.

use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

/// So many are remembered.
const REMEMBERED: usize = 65_536;

/// A window over the latest nonces, by their hashes.
#[derive(Debug, Default)]
pub(crate) struct Nonces {
    order: VecDeque<u64>,
    seen: HashSet<u64>,
}

impl Nonces {
    /// Uses a nonce up; false where it was used before.
    pub(crate) fn first(&mut self, nonce: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        nonce.hash(&mut hasher);
        let hash = hasher.finish();
        if !self.seen.insert(hash) {
            return false;
        }
        self.order.push_back(hash);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{Nonces, REMEMBERED};

    #[test]
    fn a_nonce_is_good_once_and_the_window_is_bounded() {
        let mut nonces = Nonces::default();
        assert!(nonces.first("a"));
        assert!(!nonces.first("a"));
        for number in 0..REMEMBERED {
            assert!(nonces.first(&number.to_string()));
        }
        assert_eq!(nonces.seen.len(), REMEMBERED);
        assert!(nonces.first("a"));
    }
}
