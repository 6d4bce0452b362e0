//! The web pages, served from the binary: no other host is contacted.

use std::{
    borrow::Cow,
    io::{self, Read as _},
};

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use flate2::read::GzDecoder;
use rust_embed::{EmbeddedFile, RustEmbed};
use secrecy::{ExposeSecret, SecretString};

use super::{Door, Settings};

/// What Vite built; absent until `web/` was built, and the crate builds without it.
#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Built;

/// What a page may do. GraphiQL's editor sets styles inline and runs workers; nothing comes from another host, and
/// no other page may frame ours. The dashboard needs no more than this.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Where the developer's token goes.
const TOKEN_PLACE: &str = r#"<meta name="vendgraph-dev-token" content="">"#;

/// What stands in for a page before `web/` was built.
const NOT_BUILT: &str = "<!doctype html><meta charset=\"utf-8\"><title>vendgraph</title>\
     <p>The web pages are not part of this build. Build them with \
     <code>npm --prefix web ci &amp;&amp; npm --prefix web run build</code>, then build the program again.\n";

/// `GET /graphiql`.
pub(super) async fn graphiql(State(door): State<Door>) -> Response {
    let Settings { graphiql, dev_token, .. } = door.settings();
    page("graphiql.html", *graphiql, dev_token.as_ref())
}

/// `GET /dashboard`.
pub(super) async fn dashboard(State(door): State<Door>) -> Response {
    let Settings { dashboard, dev_token, .. } = door.settings();
    page("dashboard.html", *dashboard, dev_token.as_ref())
}

/// A page of this name, where it is switched on; or how to build it.
fn page(name: &str, on: bool, dev_token: Option<&SecretString>) -> Response {
    if !on {
        return StatusCode::NOT_FOUND.into_response();
    }
    let Some(page) = Built::get(name) else {
        return html(NOT_BUILT.to_owned());
    };
    let page = String::from_utf8_lossy(&page.data);
    match dev_token {
        Some(token) => html(with_token(&page, token.expose_secret())),
        None => html(page.into_owned()),
    }
}

/// `GET /assets/…`: files whose names hold a hash of their content. The pages share them.
pub(super) async fn asset(
    State(door): State<Door>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    // A debug build reads the folder itself, where `..` would lead out of `assets/`.
    let leads_out = path.split('/').any(|part| part == "..");
    let Settings { graphiql, dashboard, .. } = door.settings();
    if leads_out || !(*graphiql || *dashboard) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match Built::get(&format!("assets/{path}.gz")) {
        Some(file) => send(&path, file, &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A file that is kept compressed, to whoever takes it so; every browser does.
fn send(name: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag = format!("\"{}\"", hex::encode(file.metadata.sha256_hash()));
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else if takes_gzip(headers) {
        let mut response = Response::new(body(file.data));
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        response
    } else {
        let Ok(data) = unpacked(&file.data) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
        Response::new(Body::from(data))
    };
    let kind = mime_guess::from_path(name).first_or_octet_stream();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(kind.as_ref()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    secure(headers);
    response
}

/// A release build has the file in its own memory, and sends it from there.
fn body(data: Cow<'static, [u8]>) -> Body {
    match data {
        Cow::Borrowed(data) => Body::from(data),
        Cow::Owned(data) => Body::from(data),
    }
}

/// Whether `Accept-Encoding` names gzip, and does not refuse it (RFC 9110, section 12.5.3).
fn takes_gzip(headers: &HeaderMap) -> bool {
    let offers = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    offers.flat_map(|value| value.split(',')).any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        parts.next().is_some_and(|coding| coding.eq_ignore_ascii_case("gzip"))
            && !parts.any(|weight| weight.replace(' ', "").trim_end_matches(['0', '.']) == "q=")
    })
}

fn unpacked(data: &[u8]) -> io::Result<Vec<u8>> {
    let mut whole = Vec::new();
    GzDecoder::new(data).read_to_end(&mut whole)?;
    Ok(whole)
}

fn html(page: String) -> Response {
    let mut response = Response::new(Body::from(page));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    // A page may hold a token, and names the assets of this very build.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    secure(headers);
    response
}

fn secure(headers: &mut HeaderMap) {
    const POLICY: HeaderValue = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
    let fixed: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    headers.extend(fixed);
}

fn with_token(page: &str, token: &str) -> String {
    let mut escaped = String::with_capacity(token.len());
    for character in token.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    let filled = TOKEN_PLACE.replace("content=\"\"", &format!("content=\"{escaped}\""));
    page.replacen(TOKEN_PLACE, &filled, 1)
}

#[cfg(test)]
mod tests {
    use super::{TOKEN_PLACE, with_token};

    #[test]
    fn the_developers_token_is_escaped_into_the_page() {
        let page = format!("<head>{TOKEN_PLACE}</head>");
        let filled = with_token(&page, "a\"><script>&'");
        assert_eq!(
            filled,
            "<head><meta name=\"vendgraph-dev-token\" content=\"a&quot;&gt;&lt;script&gt;&amp;&#39;\"></head>"
        );
    }
}
