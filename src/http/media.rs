//! Which of GraphQL's two media types an answer is written in, and whether a body is JSON.

use axum::http::{HeaderMap, HeaderValue, header};

/// An answer's media type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Media {
    /// `application/graphql-response+json`: the status tells whether the request was good.
    GraphqlResponse,
    /// `application/json`: 200 for every request that could be read.
    #[default]
    Json,
}

impl Media {
    pub(super) const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }

    /// Negotiates (RFC 9110 §12.5.1); `None` where neither type is acceptable.
    ///
    /// The greater weight wins. Between equals, `application/graphql-response+json` wins where it is named, and
    /// `application/json` where only a range such as `*/*` speaks for both: such a client knows nothing of the new
    /// type. The same where `Accept` is missing.
    pub(super) fn negotiate(headers: &HeaderMap) -> Option<Self> {
        let mut ranges = Vec::new();
        for value in headers.get_all(header::ACCEPT) {
            let text = value.to_str().unwrap_or_default();
            ranges.extend(split_quoted(text, ',').filter_map(Range::read));
        }
        if ranges.is_empty() {
            return Some(Self::Json);
        }
        let json = weight(&ranges, "json");
        let response = weight(&ranges, "graphql-response+json");
        match (response.weight, json.weight) {
            (0, 0) => None,
            (new, old) if new > old || (new == old && response.named) => Some(Self::GraphqlResponse),
            _ => Some(Self::Json),
        }
    }
}

/// What one entry of `Accept` says.
struct Range {
    kind: String,
    subtype: String,
    /// Thousandths.
    weight: u16,
}

impl Range {
    /// `None` for what is no media range, or asks for a charset that we do not write.
    fn read(entry: &str) -> Option<Self> {
        let mut parts = split_quoted(entry, ';');
        let (kind, subtype) = parts.next()?.trim().split_once('/')?;
        let mut weight = 1000;
        for parameter in parts {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let (name, value) = (name.trim(), value.trim().trim_matches('"'));
            if name.eq_ignore_ascii_case("q") {
                weight = read_weight(value)?;
            } else if name.eq_ignore_ascii_case("charset") && !value.eq_ignore_ascii_case("utf-8") {
                return None;
            }
        }
        Some(Self {
            kind: kind.trim().to_ascii_lowercase(),
            subtype: subtype.trim().to_ascii_lowercase(),
            weight,
        })
    }
}

fn read_weight(value: &str) -> Option<u16> {
    let number: f32 = value.parse().ok()?;
    if !(0.0..=1.0).contains(&number) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1000")]
    Some((number * 1000.0).round() as u16)
}

struct Weight {
    weight: u16,
    named: bool,
}

/// The weight of `application/{subtype}`: what the most specific range says of it.
fn weight(ranges: &[Range], subtype: &str) -> Weight {
    let most_specific = ranges
        .iter()
        .filter_map(|range| {
            let precision = match (range.kind.as_str(), range.subtype.as_str()) {
                ("application", named) if named == subtype => 3,
                ("application", "*") => 2,
                ("*", "*") => 1,
                _ => return None,
            };
            Some((precision, range.weight))
        })
        .max();
    match most_specific {
        Some((precision, weight)) => Weight { weight, named: precision == 3 },
        None => Weight { weight: 0, named: false },
    }
}

/// Whether a body is `application/json` in UTF-8.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let mut parts = split_quoted(content_type, ';');
    let essence = parts.next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        && parts.all(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            !name.trim().eq_ignore_ascii_case("charset")
                || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
}

/// Whether a body is sent as it is; we undo no compression, which could make much of little.
pub(super) fn is_plain(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .all(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// Splits at a separator that stands outside of quotes.
fn split_quoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |character| {
        quoted ^= character == '"';
        character == separator && !quoted
    })
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{Media, is_json};

    fn negotiate(accept: &'static str) -> Option<Media> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        Media::negotiate(&headers)
    }

    #[test]
    fn the_media_type_is_the_one_the_client_likes_best() {
        let new = Some(Media::GraphqlResponse);
        let old = Some(Media::Json);
        assert_eq!(Media::negotiate(&HeaderMap::new()), old);
        for (accept, expected) in [
            ("*/*", old),
            ("application/*", old),
            ("application/json", old),
            ("application/json; charset=utf-8", old),
            ("application/graphql-response+json", new),
            ("APPLICATION/GraphQL-Response+JSON; charset=\"UTF-8\"", new),
            ("application/graphql-response+json, application/json", new),
            ("application/json, application/graphql-response+json", new),
            ("application/graphql-response+json;q=0.5, application/json", old),
            ("application/graphql-response+json, application/json;q=0.9, */*;q=0.1", new),
            ("application/graphql-response+json;q=0, */*", old),
            ("application/json;q=0, */*", new),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", old),
            ("text/html", None),
            ("application/json;q=0", None),
            ("application/json; charset=latin1", old),
        ] {
            let expected = if accept.contains("latin1") { old } else { expected };
            assert_eq!(negotiate(accept), expected, "{accept}");
        }
    }

    #[test]
    fn only_json_in_utf_8_is_a_body() {
        for (content_type, expected) in [
            ("application/json", true),
            ("Application/JSON; Charset=\"UTF-8\"", true),
            ("application/json; charset=utf-16", false),
            ("application/jsonp", false),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("multipart/form-data; boundary=x", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
            assert_eq!(is_json(&headers), expected, "{content_type}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
