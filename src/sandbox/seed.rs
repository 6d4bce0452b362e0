//! Deterministic chance: every fact of the simulated world that can be derived is derived from here,
//! so that a fleet of 100,000 machines costs no memory until something happens to it.

/// The odd constant of the splitmix generator (2^64 / golden ratio).
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// A point in the tree of derived chances. The same path from the same root is always the same value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seed(u64);

impl Seed {
    /// The root of a world.
    pub(crate) fn root(value: u64) -> Self {
        Self(mix(value.wrapping_add(GOLDEN)))
    }

    /// The child of this point named by `salt`.
    pub(crate) fn with(self, salt: u64) -> Self {
        Self(mix(self.0 ^ salt.wrapping_add(1).wrapping_mul(GOLDEN)))
    }

    /// All 64 bits of this point.
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    /// A number in `0..bound`, or 0 where the bound is 0.
    pub(crate) fn below(self, bound: u64) -> u64 {
        self.0.checked_rem(bound).unwrap_or(0)
    }

    /// The same as a signed number, for times and money.
    pub(crate) fn below_signed(self, bound: i64) -> i64 {
        let bound = u64::try_from(bound).unwrap_or(0);
        i64::try_from(self.below(bound)).unwrap_or(0)
    }

    /// True for one point in `n`.
    pub(crate) fn one_in(self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// One of `items`, or the default of an empty list.
    pub(crate) fn pick<T: Copy + Default>(self, items: &[T]) -> T {
        items.get(self.index(items.len())).copied().unwrap_or_default()
    }

    /// An index into a list of `len` items.
    pub(crate) fn index(self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).unwrap_or(0)
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::Seed;

    #[test]
    fn the_same_path_gives_the_same_value_and_another_path_another() {
        let root = Seed::root(7);
        assert_eq!(root.with(1).with(2), Seed::root(7).with(1).with(2));
        assert_ne!(root.with(1).with(2), root.with(2).with(1));
        assert_ne!(root.with(0), root);
    }

    #[test]
    fn a_bound_of_zero_is_harmless() {
        assert_eq!(Seed::root(1).below(0), 0);
        assert_eq!(Seed::root(1).pick::<u8>(&[]), 0);
    }
}
