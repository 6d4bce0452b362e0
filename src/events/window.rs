//! The newest entries of something that stands in the log's order, in memory.

use std::collections::VecDeque;

use crate::domain::Place;

/// All entries after `start` up to `end`, as far as there is room.
#[derive(Debug)]
pub struct Window<T> {
    start: Place,
    end: Place,
    entries: VecDeque<(Place, T)>,
    /// How many entries may stand in it.
    most: usize,
    /// What they weigh, and may weigh.
    weight: usize,
    heaviest: usize,
    weigh: fn(&T) -> usize,
}

/// What a window has after a place.
#[derive(Debug)]
pub enum After<T> {
    /// These, and with them everything up to that place.
    Entries(Vec<(Place, T)>, Place),
    /// The window begins later, after this place.
    Older(Place),
}

impl<T: Clone> Window<T> {
    /// An empty window at a place of the log, for at most so many entries, which may weigh so much by that measure.
    pub fn new(at: Place, most: usize, (heaviest, weigh): (usize, fn(&T) -> usize)) -> Self {
        Self { start: at, end: at, entries: VecDeque::new(), most, weight: 0, heaviest, weigh }
    }

    /// After which place it has everything.
    pub fn start(&self) -> Place {
        self.start
    }

    /// Moves on to `end`, with the entries on the way there. The newest entry has room, however heavy it is.
    pub fn extend(&mut self, entries: impl IntoIterator<Item = (Place, T)>, end: Place) {
        for entry in entries {
            self.weight += (self.weigh)(&entry.1);
            self.entries.push_back(entry);
        }
        while self.entries.len() > self.most || (self.weight > self.heaviest && self.entries.len() > 1) {
            let Some((place, oldest)) = self.entries.pop_front() else { break };
            self.weight -= (self.weigh)(&oldest);
            self.start = place;
        }
        self.end = self.end.max(end);
    }

    /// At most `first` of the entries after a place.
    pub fn after(&self, place: Place, first: usize) -> After<T> {
        if place < self.start {
            return After::Older(self.start);
        }
        let from = self.entries.partition_point(|(at, _)| *at <= place);
        let entries: Vec<_> = self.entries.range(from..).take(first).cloned().collect();
        let through = match entries.last() {
            Some((last, _)) if entries.len() == first => *last,
            _ => self.end.max(place),
        };
        After::Entries(entries, through)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{
        collection::vec,
        prelude::{prop_assert, prop_assert_eq, proptest},
    };

    use super::{After, Window};
    use crate::domain::Place;

    proptest! {
        #[test]
        fn whoever_reads_on_is_given_every_entry_once_or_is_told_to_read_elsewhere(
            steps in vec((1_u64..4, 0_usize..40), 1..60), from in 0_u64..80, first in 1_usize..5,
        ) {
            let mut window = Window::new(Place(0), 8, (100, |weight: &usize| *weight));
            let (mut place, mut all) = (0, Vec::new());
            for (gap, weight) in steps {
                place += gap;
                all.push(place);
                window.extend([(Place(place), weight)], Place(place));
            }
            let mut at = Place(from.min(place));
            match window.after(at, first) {
                After::Older(start) => prop_assert!(at < start && start <= Place(place)),
                After::Entries(..) => {
                    let expected: Vec<_> = all.iter().copied().filter(|entry| *entry > at.0).collect();
                    let mut read = Vec::new();
                    while at < Place(place) {
                        let After::Entries(entries, through) = window.after(at, first) else { unreachable!() };
                        prop_assert!(entries.len() <= first && through > at);
                        read.extend(entries.into_iter().map(|(place, _)| place.0));
                        at = through;
                    }
                    prop_assert_eq!(read, expected);
                }
            }
        }
    }
}
