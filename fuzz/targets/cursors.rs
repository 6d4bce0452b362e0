//! Cursors, of the log and of lists: each place has one, and another text is none.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vendgraph::{domain::event::Place, gateway::PageRequest};

fuzz_target!(|text: &str| {
    if let Ok(place) = Place::decode(text) {
        assert_eq!(place.encode(), text);
    }
    if let Some(eight) = text.as_bytes().first_chunk::<8>() {
        let place = Place(u64::from_le_bytes(*eight));
        assert_eq!(Place::decode(&place.encode()), Ok(place));
    }
    let first = text.as_bytes().first_chunk::<4>().map(|four| i32::from_le_bytes(*four));
    if let Ok(page) = PageRequest::new(first, Some(text)) {
        assert!((1..=500).contains(&page.first));
        assert_eq!(page.after.map(|id| id.encode()).as_deref(), Some(text));
    }
});
