//! Places and what counts as told already.

use proptest::prelude::{any, prop_assert_eq, proptest};

use super::Place;

proptest! {
    #[test]
    fn a_place_is_found_again_by_its_cursor(number in any::<u64>()) {
        prop_assert_eq!(Place::decode(&Place(number).encode()), Ok(Place(number)));
    }

    #[test]
    fn a_text_that_is_a_cursor_is_the_only_one_of_its_place(text in ".{0,50}") {
        if let Ok(place) = Place::decode(&text) {
            prop_assert_eq!(place.encode(), text);
        }
    }
}

#[test]
fn numbers_written_otherwise_are_no_cursors() {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    for text in ["event/01", "event/+1", "event/", "event/-1", "event/18446744073709551616", "order/1"] {
        assert!(Place::decode(&URL_SAFE_NO_PAD.encode(text)).is_err(), "{text}");
    }
}
