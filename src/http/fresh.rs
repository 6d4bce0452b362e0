//! What caches on the way may do with an answer to a GET: `Cache-Control`, `ETag`, and `304 Not Modified`.
//!
//! Every answer depends on whose token came, so that none is ever public: a browser may keep it, a proxy may not. For how
//! long, its lease says. What has no lease is true this once only, or about one caller alone (personal data, orders,
//! codes): nobody may keep that, nor an answer to a POST.

use std::{sync::LazyLock, time::Duration};

use axum::http::{HeaderMap, HeaderValue, header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use super::media::Media;

/// The longest time for which an answer may be used without asking again, in seconds.
const LONGEST: usize = 600;

/// How much of the digest a tag has, in bytes.
const TAG_BYTES: usize = 18;

/// Nobody may keep it.
pub(super) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// It may be kept, and is asked about before each use.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");

/// `Cache-Control` by seconds: made once, so that no request waits for one to be written.
static MAX_AGE: LazyLock<Vec<HeaderValue>> = LazyLock::new(|| {
    let value = |seconds: usize| match seconds {
        0 => ASK_AGAIN,
        _ => HeaderValue::try_from(format!("private, max-age={seconds}")).unwrap_or(ASK_AGAIN),
    };
    (0..=LONGEST).map(value).collect()
});

/// `Cache-Control` of an answer that stays true for so long.
pub(super) fn cache_control(fresh_for: Duration) -> HeaderValue {
    // Rounded down: a cache counts from when the answer arrives.
    let seconds = usize::try_from(fresh_for.as_secs()).unwrap_or(LONGEST).min(LONGEST);
    MAX_AGE.get(seconds).cloned().unwrap_or(ASK_AGAIN)
}

/// The strong validator of an answer: another one for other bytes, or for the same bytes in another media type
/// (RFC 9110 §8.8.1).
pub(super) fn tag(media: Media, body: &[u8]) -> Option<HeaderValue> {
    let digest = Sha256::new().chain_update(media.content_type()).chain_update(body).finalize();
    let digest = URL_SAFE_NO_PAD.encode(digest.get(..TAG_BYTES)?);
    HeaderValue::try_from(format!("\"{digest}\"")).ok()
}

/// Whether the client has this very answer (RFC 9110 §13.1.2); compared weakly, as for `If-None-Match` it must be. A tag
/// of ours has no comma.
pub(super) fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let entries = headers.get_all(header::IF_NONE_MATCH).iter();
    entries.flat_map(|entry| entry.as_bytes().split(|byte| *byte == b',')).any(|entry| {
        let entry = entry.trim_ascii();
        entry == b"*" || entry.strip_prefix(b"W/").unwrap_or(entry) == tag.as_bytes()
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{cache_control, is_known, tag};
    use crate::http::media::Media;

    #[test]
    fn time_is_told_in_whole_seconds_up_to_a_bound() {
        for (millis, expected) in [
            (0, "private, no-cache"),
            (999, "private, no-cache"),
            (1_000, "private, max-age=1"),
            (9_999, "private, max-age=9"),
            (600_000, "private, max-age=600"),
            (86_400_000, "private, max-age=600"),
        ] {
            assert_eq!(cache_control(Duration::from_millis(millis)), expected);
        }
        assert_eq!(cache_control(Duration::MAX), "private, max-age=600");
    }

    #[test]
    fn a_tag_is_of_the_bytes_and_their_media_type() {
        let one = tag(Media::Json, b"{}").unwrap();
        assert_eq!(Some(&one), tag(Media::Json, b"{}").as_ref());
        assert_ne!(Some(&one), tag(Media::Json, b"{ }").as_ref());
        assert_ne!(Some(&one), tag(Media::GraphqlResponse, b"{}").as_ref());
    }

    #[test]
    fn a_known_tag_is_found_among_others() {
        let known = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::IF_NONE_MATCH, HeaderValue::from_static(value));
            }
            is_known(&headers, &HeaderValue::from_static("\"abc\""))
        };
        for values in
            [&["\"abc\""][..], &["W/\"abc\""], &["*"], &["\"x\", W/\"y\" ,\"abc\""], &["\"x\"", "\"abc\""]]
        {
            assert!(known(values), "{values:?}");
        }
        for values in [&[][..], &["abc"], &["\"ab\""], &["\"x,\"", "w/\"abc\""], &[""]] {
            assert!(!known(values), "{values:?}");
        }
    }
}
