//! A place in the log, and the cursor that names it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use thiserror::Error;

/// What a cursor says before it is encoded.
const PREFIX: &str = "event/";

/// A place in the log. Places grow as events are appended, and are never given again; 0 is before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(pub u64);

/// A text that is no cursor of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a cursor of the event log")]
pub struct InvalidPlace;

impl Place {
    /// The cursor of this place: the unpadded URL-safe base64 of `event/` and its number. It is also the event's id.
    pub fn encode(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{PREFIX}{}", self.0))
    }

    /// The place that a cursor names. Each place has one cursor: others are refused.
    pub fn decode(cursor: &str) -> Result<Self, InvalidPlace> {
        // The greatest place takes 26 bytes: 35 characters.
        if cursor.len() > 40 {
            return Err(InvalidPlace);
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| InvalidPlace)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| InvalidPlace)?;
        let number: u64 =
            text.strip_prefix(PREFIX).and_then(|number| number.parse().ok()).ok_or(InvalidPlace)?;
        // `+1` and `01` are numbers too.
        let place = Self(number);
        if place.encode() == cursor { Ok(place) } else { Err(InvalidPlace) }
    }
}
