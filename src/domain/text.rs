//! A text of a row: a number, a name, a code.

/// A text that is cheap to hold many times. Up to 23 bytes, which is nearly all that vendors say, lie in the value itself;
/// longer ones are shared by its copies.
pub type Text = smol_str::SmolStr;

/// The two counts of an `Arc`, and what the allocator rounds up by.
pub(super) const SHARED: usize = 16 + 12;

/// The memory that a text takes outside of itself, whoever else holds it; none for a short one.
pub fn bytes_outside(text: &Text) -> usize {
    if text.is_heap_allocated() { text.len() + SHARED } else { 0 }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::{prop_assert, prop_assert_eq, proptest};

    use super::{Text, bytes_outside};

    proptest! {
        #[test]
        fn only_long_texts_take_memory_outside_and_all_are_found_by_what_they_say(said in ".{0,40}") {
            let text = Text::from(said.as_str());
            prop_assert_eq!(&*text, said.as_str());
            prop_assert!(said.len() > 23 || bytes_outside(&text) == 0);
            let long = Text::from(format!("{said}, and what makes it long"));
            prop_assert!(bytes_outside(&long) > long.len());
            let found = HashSet::from([text]);
            prop_assert!(found.contains(said.as_str()));
        }
    }
}
