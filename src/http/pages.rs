//! The web pages, served from the binary: no other host is contacted.

use std::{
    borrow::Cow,
    io::{self, Read as _},
    net::IpAddr,
};

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, uri::Authority},
    response::{IntoResponse, Response},
};
use flate2::read::GzDecoder;
use rust_embed::{EmbeddedFile, RustEmbed};
use secrecy::{ExposeSecret, SecretString};

use super::{Door, fresh};

/// What Vite built; absent until `web/` was built, and the crate builds without it.
#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Built;

/// What the dashboard may do: nothing inline, nothing from another host, and no other page may frame them.
/// `'self'` covers sockets to this host, too (CSP level 3 §6.7.2.8).
const STRICT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What GraphiQL and the assets may do: its editor writes style elements as it goes, and runs workers.
const EDITOR_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What no page of ours needs of a browser.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), serial=(), usb=()";

/// Where the developer's token goes.
const TOKEN_PLACE: &str = r#"<meta name="vendgraph-dev-token" content="">"#;

/// What stands in for a page before `web/` was built.
const NOT_BUILT: &str = "<!doctype html><meta charset=\"utf-8\"><title>vendgraph</title>\
     <p>The web pages are not part of this build. Build them with \
     <code>npm --prefix web ci &amp;&amp; npm --prefix web run build</code>, then build the program again.\n";

/// `GET /graphiql`.
pub(super) async fn graphiql(State(door): State<Door>, headers: HeaderMap) -> Response {
    let settings = door.settings();
    let token = settings.dev_token.as_ref().filter(|_| is_unmistakable(&headers));
    page(("graphiql.html", EDITOR_POLICY), settings.graphiql, token)
}

/// `GET /dashboard`.
pub(super) async fn dashboard(State(door): State<Door>, headers: HeaderMap) -> Response {
    let settings = door.settings();
    let token = settings.dev_token.as_ref().filter(|_| is_unmistakable(&headers));
    page(("dashboard.html", STRICT_POLICY), settings.dashboard, token)
}

/// Whether a browser asks by an address, or by a name of this machine alone. Any other name may be a stranger's that was
/// made to lead here (DNS rebinding): the stranger's page could read ours, and the developer's token in it.
fn is_unmistakable(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()?.parse::<Authority>().ok());
    host.is_some_and(|host| {
        let name = host.host();
        let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        name.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok()
    })
}

/// A page of this name and policy, where it is switched on; or how to build it.
fn page((name, policy): (&str, &'static str), on: bool, dev_token: Option<&SecretString>) -> Response {
    if !on {
        return StatusCode::NOT_FOUND.into_response();
    }
    let Some(page) = Built::get(name) else {
        return html(NOT_BUILT.to_owned(), policy);
    };
    let page = String::from_utf8_lossy(&page.data);
    match dev_token {
        Some(token) => html(with_token(&page, token.expose_secret()), policy),
        None => html(page.into_owned(), policy),
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
    let settings = door.settings();
    if leads_out || !(settings.graphiql || settings.dashboard) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match Built::get(&format!("assets/{path}.gz")) {
        Some(file) => send(&path, file, &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A file that is kept compressed, to whoever takes it so; every browser does.
fn send(name: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let tag = HeaderValue::try_from(format!("\"{}\"", hex::encode(file.metadata.sha256_hash()))).ok();
    let mut response = if tag.as_ref().is_some_and(|tag| fresh::is_known(headers, tag)) {
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
    headers.extend(tag.map(|tag| (header::ETAG, tag)));
    // A worker runs under the policy of its own file; none of ours needs more than this.
    secure(headers, EDITOR_POLICY);
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

fn html(page: String, policy: &'static str) -> Response {
    let mut response = Response::new(Body::from(page));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    // A page may hold a token, and names the assets of this very build.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    secure(headers, policy);
    response
}

fn secure(headers: &mut HeaderMap, policy: &'static str) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS),
        // No page of another host has a hold of ours, and none loads our files.
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        // For browsers that do not know `frame-ancestors`.
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    headers.extend(fixed.map(|(name, value)| (name, HeaderValue::from_static(value))));
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
