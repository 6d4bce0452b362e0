//! Which media type an answer is written in, and whether a body is JSON.

use axum::http::{HeaderMap, HeaderValue, header};

/// What stands between parts where the client asks for nothing else: Apollo's own choice.
const BOUNDARY: &str = "graphql";

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
}

/// How an operation may be answered in many pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    /// `text/event-stream`: graphql-sse, distinct connections.
    Events,
    /// `multipart/mixed;subscriptionSpec=1.0`: Apollo's protocol.
    Parts {
        /// What stands between the parts.
        boundary: String,
    },
}

/// What the client takes as an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Accepted {
    /// How an answer in one piece is written; `None` where the client likes events better, or takes neither type.
    pub whole: Option<Media>,
    /// How a subscription is answered; `None` where the client named no way.
    pub stream: Option<Transport>,
}

impl Accepted {
    /// Negotiates (RFC 9110 §12.5.1).
    ///
    /// The greater weight wins. Between equals, `application/graphql-response+json` wins where it is named, and
    /// `application/json` where only a range such as `*/*` speaks for both: such a client knows nothing of the new
    /// type. The same where `Accept` is missing. A stream must be named, and between equals the first one wins; it
    /// answers queries too where it is liked better than JSON.
    pub(super) fn read(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(header::ACCEPT).iter().map(HeaderValue::as_bytes);
        // What most clients say, understood at a glance.
        if let (None | Some(b"*/*" | b"application/json"), None) = (values.next(), values.next()) {
            return Self { whole: Some(Media::Json), stream: None };
        }
        let mut ranges = Vec::new();
        for value in headers.get_all(header::ACCEPT) {
            let text = value.to_str().unwrap_or_default();
            ranges.extend(split_quoted(text, ',').filter_map(Range::read));
        }
        if ranges.is_empty() {
            return Self { whole: Some(Media::Json), stream: None };
        }
        let json = weight(&ranges, "json");
        let response = weight(&ranges, "graphql-response+json");
        let whole = match (response.weight, json.weight) {
            (0, 0) => None,
            (new, old) if new > old || (new == old && response.named) => Some(Media::GraphqlResponse),
            _ => Some(Media::Json),
        };
        let streams = ranges.iter().filter(|range| range.weight > 0);
        let best = streams
            .filter_map(|range| Some((range.weight, range.transport()?)))
            .reduce(|best, next| if next.0 > best.0 { next } else { best });
        match best {
            Some((weight, Transport::Events)) if weight > response.weight.max(json.weight) => {
                Self { whole: None, stream: Some(Transport::Events) }
            }
            // The parts carry subscriptions alone: whatever else such a client asks is answered in one piece.
            Some((_, parts @ Transport::Parts { .. })) => {
                Self { whole: whole.or(Some(Media::Json)), stream: Some(parts) }
            }
            best => Self { whole, stream: best.map(|(_, transport)| transport) },
        }
    }
}

/// What one entry of `Accept` says.
struct Range {
    kind: String,
    subtype: String,
    /// Thousandths.
    weight: u16,
    /// `subscriptionSpec=1.0`.
    subscriptions: bool,
    boundary: Option<String>,
}

impl Range {
    /// `None` for what is no media range, or asks for a charset that we do not write.
    fn read(entry: &str) -> Option<Self> {
        let mut parts = split_quoted(entry, ';');
        let (kind, subtype) = parts.next()?.trim().split_once('/')?;
        let mut range = Self {
            kind: kind.trim().to_ascii_lowercase(),
            subtype: subtype.trim().to_ascii_lowercase(),
            weight: 1000,
            subscriptions: false,
            boundary: None,
        };
        for parameter in parts {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let (name, value) = (name.trim(), value.trim().trim_matches('"'));
            if name.eq_ignore_ascii_case("q") {
                range.weight = read_weight(value)?;
            } else if name.eq_ignore_ascii_case("subscriptionSpec") {
                range.subscriptions = value == "1.0";
            } else if name.eq_ignore_ascii_case("boundary") {
                range.boundary = Some(value.to_owned()).filter(|value| is_boundary(value));
            } else if name.eq_ignore_ascii_case("charset") && !value.eq_ignore_ascii_case("utf-8") {
                return None;
            }
        }
        Some(range)
    }

    /// The way of streaming that this range names.
    fn transport(&self) -> Option<Transport> {
        match (self.kind.as_str(), self.subtype.as_str()) {
            ("text", "event-stream") => Some(Transport::Events),
            ("multipart", "mixed") if self.subscriptions => {
                let boundary = self.boundary.clone().unwrap_or_else(|| BOUNDARY.to_owned());
                Some(Transport::Parts { boundary })
            }
            _ => None,
        }
    }
}

/// Whether a boundary that a client asks for can be used as it is: short, and without what would need quotes or
/// escapes (RFC 2046 §5.1.1 allows more).
fn is_boundary(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=70).contains(&text.len()) && text.bytes().all(plain)
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

    use super::{Accepted, Media, Transport, is_json};

    fn accepted(accept: &'static str) -> Accepted {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        Accepted::read(&headers)
    }

    fn negotiate(accept: &'static str) -> Option<Media> {
        accepted(accept).whole
    }

    #[test]
    fn a_stream_is_given_to_who_names_it() {
        let (new, old) = (Some(Media::GraphqlResponse), Some(Media::Json));
        let events = Some(Transport::Events);
        let parts = |boundary: &str| Some(Transport::Parts { boundary: boundary.to_owned() });
        for (accept, whole, stream) in [
            ("text/event-stream", None, events.clone()),
            ("Text/Event-Stream;q=0.5, application/json;q=0.1", None, events.clone()),
            ("application/json, text/event-stream", old, events.clone()),
            ("text/event-stream, */*", old, events.clone()),
            ("text/event-stream;q=0", None, None),
            ("text/*", None, None),
            (
                // Apollo Kotlin and iOS.
                "multipart/mixed;subscriptionSpec=1.0, application/graphql-response+json, application/json",
                new,
                parts("graphql"),
            ),
            (
                // Apollo Client.
                "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,\
                 application/json;q=0.9",
                new,
                parts("graphql"),
            ),
            ("multipart/mixed; boundary=\"-\"; subscriptionSpec=\"1.0\", application/json", old, parts("-")),
            ("multipart/mixed;boundary=\"a b\";subscriptionSpec=1.0", old, parts("graphql")),
            ("multipart/mixed;subscriptionSpec=1.0", old, parts("graphql")),
            ("multipart/mixed;subscriptionSpec=2.0, application/json", old, None),
            ("multipart/mixed;deferSpec=20220824, application/json", old, None),
            (
                // urql, and GraphiQL's fetcher.
                "application/graphql-response+json, application/json, text/event-stream, multipart/mixed",
                new,
                events.clone(),
            ),
            ("multipart/mixed;subscriptionSpec=1.0;q=0.5, text/event-stream;q=0.9", None, events),
        ] {
            assert_eq!(accepted(accept), Accepted { whole, stream }, "{accept}");
        }
    }

    #[test]
    fn the_media_type_is_the_one_the_client_likes_best() {
        let new = Some(Media::GraphqlResponse);
        let old = Some(Media::Json);
        assert_eq!(Accepted::read(&HeaderMap::new()), Accepted { whole: old, stream: None });
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
