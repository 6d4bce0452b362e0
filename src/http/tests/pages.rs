//! The pages, health, and what is not there.

use secrecy::SecretString;
use serde_json::json;

use super::{Answer, Server, settings};
use crate::http::{Listening, Settings};

/// The pages, by the path that each is at.
const PAGES: [&str; 2] = ["graphiql", "dashboard"];

async fn get(server: &Server, path: &str) -> Answer {
    Answer::of(server.client.get(format!("{}{path}", server.url))).await
}

/// Whether `web/` was built with this page.
fn is_built(page: &Answer) -> bool {
    let built = !page.text.contains("not part of this build");
    if !built {
        println!("not tried: `web/` is not built");
    }
    built
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_are_kept_by_nobody() {
    let server = Server::start().await;
    for name in PAGES {
        let page = get(&server, &format!("/{name}")).await;
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"), "{name}");
        assert_eq!(page.header("cache-control"), "no-store", "{name}");
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{name}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{name}");
        assert_eq!(page.header("cross-origin-opener-policy"), "same-origin", "{name}");
        assert_eq!(page.header("cross-origin-resource-policy"), "same-origin", "{name}");
        assert_eq!(page.header("x-frame-options"), "DENY", "{name}");
        assert!(page.header("permissions-policy").contains("camera=(), "), "{name}");
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{name}: {policy}");
        assert!(
            policy.contains("connect-src 'self';") && policy.ends_with("frame-ancestors 'none'"),
            "{policy}"
        );
        // GraphiQL's editor writes style elements as it goes.
        assert_eq!(policy.contains("unsafe-inline"), name == "graphiql", "{name}: {policy}");
        assert!(!policy.contains("unsafe-eval"), "{policy}");
        assert!(!page.text.contains("https://"), "{}", page.text);
        assert!(page.text.contains("vendgraph"), "{}", page.text);
    }
}

#[tokio::test]
async fn a_page_that_is_switched_off_is_not_there() {
    let graphiql_off = Settings { graphiql: false, ..settings() };
    let dashboard_off = Settings { dashboard: false, ..settings() };
    for (settings, statuses) in [(graphiql_off, [404, 200]), (dashboard_off, [200, 404])] {
        let server = Server::with(settings, Listening::default()).await;
        for (name, status) in PAGES.into_iter().zip(statuses) {
            assert_eq!(get(&server, &format!("/{name}")).await.status, status, "{name}");
        }
    }
}

#[tokio::test]
async fn assets_are_there_while_any_page_is() {
    let whole = Server::start().await;
    let page = get(&whole, "/graphiql").await;
    if !is_built(&page) {
        return;
    }
    let script = script_of(&page, "graphiql");
    for (graphiql, dashboard, status) in [(true, false, 200), (false, true, 200), (false, false, 404)] {
        let settings = Settings { graphiql, dashboard, ..settings() };
        let server = Server::with(settings, Listening::default()).await;
        assert_eq!(get(&server, &script).await.status, status, "{graphiql} {dashboard}");
    }
}

#[tokio::test]
async fn the_developers_token_is_in_the_pages_under_dev_alone() {
    let token = SecretString::from("developer-token");
    let dev = Server::with(Settings { dev_token: Some(token), ..settings() }, Listening::default()).await;
    let server = Server::start().await;
    let place = "<meta name=\"vendgraph-dev-token\" content=\"";
    for name in PAGES {
        let page = get(&dev, &format!("/{name}")).await;
        if is_built(&page) {
            assert!(page.text.contains(&format!("{place}developer-token\">")), "{}", page.text);
            let page = get(&server, &format!("/{name}")).await;
            assert!(page.text.contains(&format!("{place}\">")), "{}", page.text);
        }
    }
}

#[tokio::test]
async fn the_developers_token_is_not_told_to_a_name_that_may_be_a_strangers() {
    let token = SecretString::from("developer-token");
    let dev = Server::with(Settings { dev_token: Some(token), ..settings() }, Listening::default()).await;
    for name in PAGES {
        for (host, told) in [
            ("localhost:8080", true),
            ("127.0.0.1:8080", true),
            ("192.168.1.7", true),
            ("[::1]:8080", true),
            ("evil.example.com:8080", false),
            ("localhost.evil.example.com", false),
            ("127.0.0.1.evil.example.com", false),
            ("", false),
        ] {
            let page = dev.client.get(format!("{}/{name}", dev.url)).header("host", host);
            let page = Answer::of(page).await;
            if is_built(&page) {
                assert_eq!(page.text.contains("developer-token"), told, "{name} at {host:?}");
            }
        }
    }
}

#[tokio::test]
async fn what_a_page_names_is_there_and_may_be_kept_for_ever() {
    let server = Server::start().await;
    for name in PAGES {
        let page = get(&server, &format!("/{name}")).await;
        if !is_built(&page) {
            continue;
        }
        let script = script_of(&page, name);
        let answer = get(&server, &script).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/javascript"));
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
        let tag = answer.header("etag");
        // As proxies send it on: weakened, or among others.
        for (known, status) in [
            (tag.to_owned(), 304),
            (format!("W/{tag}"), 304),
            (format!("\"other\", {tag}"), 304),
            ("*".to_owned(), 304),
            ("\"other\"".to_owned(), 200),
        ] {
            let again = server.client.get(format!("{}{script}", server.url)).header("if-none-match", &known);
            assert_eq!(Answer::of(again).await.status, status, "{known}");
        }
    }
}

#[tokio::test]
async fn an_asset_goes_out_compressed_as_it_is_kept_and_whole_to_who_does_not_take_that() {
    let server = Server::start().await;
    let page = get(&server, "/dashboard").await;
    if !is_built(&page) {
        return;
    }
    let script = script_of(&page, "dashboard");
    // One that unpacks nothing by itself.
    let client = reqwest::Client::builder().no_gzip().build().unwrap();
    let ask = async |encoding: &str| {
        let request = client.get(format!("{}{script}", server.url));
        let answer = request.header("accept-encoding", encoding).send().await.unwrap();
        assert_eq!(answer.headers()["vary"], "accept-encoding", "{encoding}");
        assert_eq!(answer.headers()["content-type"], "text/javascript", "{encoding}");
        let coding =
            answer.headers().get("content-encoding").map(|coding| coding.to_str().unwrap().to_owned());
        (coding, answer.bytes().await.unwrap())
    };
    for encoding in ["br, GZIP ; q=0.5", "gzip"] {
        let (coding, body) = ask(encoding).await;
        assert_eq!(coding.as_deref(), Some("gzip"), "{encoding}");
        assert!(body.starts_with(&[0x1f, 0x8b]), "{encoding}");
    }
    for encoding in ["identity", "br", "gzip;q=0, br", "gzip; q=0.000"] {
        let (coding, body) = ask(encoding).await;
        assert_eq!(coding, None, "{encoding}");
        assert!(str::from_utf8(&body).unwrap().contains("import"), "{encoding}");
    }
}

/// The path of a page's own script.
fn script_of(page: &Answer, name: &str) -> String {
    let start = format!("/assets/{name}-");
    page.text.split('"').find(|piece| piece.starts_with(&start)).unwrap().to_owned()
}

#[tokio::test]
async fn nothing_beside_the_built_pages_is_an_asset() {
    let server = Server::start().await;
    for path in ["..%2f..%2f..%2fCargo.toml", "%2fetc%2fpasswd", "..%2fgraphiql.html", "none.js", ""] {
        let answer = Answer::of(server.client.get(format!("{}/assets/{path}", server.url))).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn health_is_told_to_everybody() {
    let server = Server::start().await;
    let ask = |path: &str| Answer::of(server.client.get(format!("{}{path}", server.url)));
    assert_eq!(ask("/livez").await.status, 200);
    let ready = ask("/readyz").await;
    assert_eq!((ready.status, ready.json()), (200, json!({ "status": "ready" })));
    server.gate.obstacles.lock().unwrap().push("the store is out of reach".to_owned());
    let unready = ask("/readyz").await;
    assert_eq!(unready.status, 503);
    assert_eq!(unready.json(), json!({ "status": "unready", "reasons": ["the store is out of reach"] }));
    assert_eq!(ask("/livez").await.status, 200);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let server = Server::start().await;
    assert_eq!(Answer::of(server.client.get(format!("{}/nowhere", server.url))).await.status, 404);
    assert_eq!(Answer::of(server.client.post(format!("{}/livez", server.url))).await.status, 405);
    assert_eq!(Answer::of(server.client.delete(format!("{}/graphiql", server.url))).await.status, 405);
}
