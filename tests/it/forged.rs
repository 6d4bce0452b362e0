//! Forged tokens against the running gateway, whose signer's keys are at an address: each a known way to break in, sent in
//! every way in which a token may be sent.

mod signer;

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use vendgraph::{
    app::App,
    config::{self, Config},
    domain::{Clock, ManualClock},
};

use crate::{follower::Follower, harness::codes, kept::Kept};
use signer::{NOW, Signer, base64url, claims, encode, signed, token};

/// The least time between two fetches of the signer's keys.
const PAUSE: Duration = Duration::from_secs(10);

const QUERY: &str = "{ accounts { name } }";

/// A gateway without accounts, before a signer.
struct Gate {
    signer: Signer,
    clock: Arc<ManualClock>,
    url: String,
    client: reqwest::Client,
    stop: oneshot::Sender<()>,
    served: JoinHandle<()>,
    _store: Kept,
}

impl Gate {
    async fn start() -> Self {
        let (signer, store) = (Signer::start().await, Kept::in_a_file());
        let text = format!(
            "[server]\nlisten = '127.0.0.1:0'\ndrain = 'off'\n[store]\nurl = '{}'\n\
             [auth]\njwks_url = '{}'\nissuer = 'https://login.example.com'\naudience = 'vendgraph'\n",
            store.url(),
            signer.url
        );
        let config = Config::parse(&text, [], &config::Folder::of("".as_ref())).expect("it is right");
        let clock = Arc::new(ManualClock::new(NOW));
        let app = App::start(&config, Arc::clone(&clock) as Arc<dyn Clock>, None).await.expect("it starts");
        let url = format!("http://{}/graphql", app.address().expect("it listens"));
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(app.serve(async {
            let _ = stopped.await;
        }));
        Self { signer, clock, url, client: reqwest::Client::new(), stop, served, _store: store }
    }

    /// Sends a query with these headers called `authorization`; the status, and the answer where it is JSON.
    async fn post(&self, authorization: &[&str]) -> (u16, Value) {
        let mut request = self.client.post(&self.url).header("content-type", "application/json");
        for value in authorization {
            request = request.header("authorization", *value);
        }
        let response = request.body(json!({ "query": QUERY }).to_string()).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or_default())
    }

    /// Whether a token lets in, by POST, by GET and by WebSocket; they must agree.
    async fn lets_in(&self, token: &str) -> bool {
        let (status, answer) = self.post(&[&format!("Bearer {token}")]).await;
        let is_in = status == 200;
        assert!(is_in || (status, codes(&answer)) == (401, vec!["UNAUTHENTICATED"]), "{status} {answer}");
        assert!(is_in || answer.get("data").is_none(), "{answer}");
        let got = self.client.get(&self.url).query(&[("query", QUERY)]).bearer_auth(token).send().await;
        assert_eq!(got.unwrap().status() == 200, is_in, "GET and POST agree");
        assert_eq!(Follower::knock(&self.url, token).await, if is_in { Ok(()) } else { Err(4403) });
        is_in
    }

    async fn end(self) {
        self.stop.send(()).expect("it runs");
        self.served.await.expect("it ends by itself");
    }
}

/// The good header of each key.
fn header(kid: &str) -> Value {
    let name = match kid {
        "ec" => "ES256",
        "ed" => "EdDSA",
        _ => "RS256",
    };
    json!({ "alg": name, "kid": kid })
}

/// The good header of the RSA key, with one member more or other.
fn with(member: &str, value: Value) -> Value {
    let mut header = header("rsa");
    header[member] = value;
    header
}

#[tokio::test]
async fn a_token_of_the_signers_lets_in_whichever_key_it_uses() {
    let gate = Gate::start().await;
    for kid in ["rsa", "ec", "ed"] {
        assert!(gate.lets_in(&token(&header(kid), &claims(), kid)).await, "{kid}");
    }
    assert_eq!(gate.signer.asked(), 1);
    gate.end().await;
}

#[tokio::test]
async fn no_forged_token_lets_in() {
    let gate = Gate::start().await;
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let there = format!("http://{}/keys", elsewhere.local_addr().unwrap());
    let own = signer::jwk("rsa", "other");
    let forged = [
        // No signature, however `none` is spelled.
        unsigned(&json!({ "alg": "none" })),
        unsigned(&json!({ "alg": "None", "kid": "rsa" })),
        unsigned(&json!({ "alg": "nOnE", "kid": "rsa" })),
        unsigned(&json!({ "alg": "", "kid": "rsa" })),
        unsigned(&json!({ "alg": null, "kid": "rsa" })),
        unsigned(&json!({ "kid": "rsa" })),
        unsigned(&header("rsa")),
        // Another algorithm than the key's, and another key than the algorithm's.
        signed(&with("alg", json!("RS512")), &claims(), "rsa", Algorithm::RS512),
        signed(&with("alg", json!("PS256")), &claims(), "rsa", Algorithm::PS256),
        signed(&header("rsa"), &claims(), "ec", Algorithm::ES256),
        signed(&header("ed"), &claims(), "ec", Algorithm::ES256),
        signed(&header("ec"), &claims(), "ed", Algorithm::EdDSA),
        // Keys that the token brings, or points to.
        token(&with("jwk", own.clone()), &claims(), "other"),
        token(&with("jku", json!(there)), &claims(), "other"),
        token(&json!({ "alg": "RS256", "kid": there, "jku": there }), &claims(), "other"),
        token(&with("x5u", json!(there)), &claims(), "other"),
        token(&with("x5c", json!(["MIIB"])), &claims(), "other"),
        token(&json!({ "alg": "RS256", "jwk": own }), &claims(), "other"),
        // Extensions that must be understood, the signature being good.
        token(&with("crit", json!(["b64"])), &claims(), "rsa"),
        token(&with("crit", json!(["exp"])), &claims(), "rsa"),
        // No name of a key, where there are several.
        token(&json!({ "alg": "RS256" }), &claims(), "rsa"),
        token(&with("kid", json!(null)), &claims(), "rsa"),
    ];
    for token in &forged {
        assert!(!gate.lets_in(token).await, "{token}");
    }
    let asked = tokio::time::timeout(Duration::from_millis(50), elsewhere.accept()).await;
    assert!(asked.is_err(), "where a token points to is not asked");
    assert_eq!(gate.signer.asked(), 1, "no forged token makes us fetch keys");
    gate.end().await;
}

#[tokio::test]
async fn a_public_key_is_no_shared_secret_however_it_is_written_down() {
    let gate = Gate::start().await;
    for secret in signer::public_forms() {
        for kid in ["rsa", "ec", "ed"] {
            let header = json!({ "alg": "HS256", "kid": kid });
            assert!(!gate.lets_in(&signer::with_secret(&header, &claims(), &secret)).await, "{kid}");
        }
    }
    gate.end().await;
}

#[tokio::test]
async fn claims_that_do_not_hold_let_nobody_in() {
    let gate = Gate::start().await;
    let now = NOW.as_second();
    for (claim, value) in [
        ("iss", json!(null)),
        ("iss", json!("https://login.example.com/")),
        ("iss", json!(["https://login.example.com"])),
        ("aud", json!(null)),
        ("aud", json!("vendgraph2")),
        ("aud", json!(["other"])),
        ("aud", json!({ "vendgraph": true })),
        ("exp", json!(null)),
        ("exp", json!(now)),
        ("exp", json!(0)),
        ("exp", json!((now + 60).to_string())),
        ("exp", json!(1e300)),
        ("nbf", json!(now + 60)),
        ("sub", json!(null)),
        ("sub", json!("")),
        ("accounts", json!("*")),
        ("accounts", json!({ "*": true })),
        ("scope", json!({ "admin": true })),
    ] {
        let mut claims = claims();
        claims[claim] = value.clone();
        assert!(!gate.lets_in(&token(&header("rsa"), &claims, "rsa")).await, "{claim}: {value}");
    }
    for missing in ["iss", "aud", "exp", "sub"] {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(missing);
        assert!(!gate.lets_in(&token(&header("rsa"), &claims, "rsa")).await, "without {missing}");
    }
    let mut list = claims();
    list["scope"] = json!(["machines:read", "admin"]);
    assert!(gate.lets_in(&token(&header("rsa"), &list, "rsa")).await, "some signers write a list");
    gate.end().await;
}

#[tokio::test]
async fn a_header_or_claim_that_is_there_twice_lets_nobody_in() {
    let gate = Gate::start().await;
    let claims = claims().to_string();
    let admin = claims.replacen('{', r#"{"accounts":["*"],"#, 1);
    let both = claims.replacen('{', r#"{"exp":9999999999,"#, 1);
    for (header, claims) in [
        (r#"{"alg":"none","alg":"RS256","kid":"rsa"}"#, &claims),
        (r#"{"alg":"RS256","kid":"stranger","kid":"rsa"}"#, &claims),
        (r#"{"alg":"RS256","kid":"rsa"}"#, &admin),
        (r#"{"alg":"RS256","kid":"rsa"}"#, &both),
    ] {
        let text = format!("{}.{}", base64url(header.as_bytes()), base64url(claims.as_bytes()));
        assert!(!gate.lets_in(&signer::sign(&text, "rsa", Algorithm::RS256)).await, "{header} {claims}");
    }
    gate.end().await;
}

#[tokio::test]
async fn a_good_token_that_is_written_oddly_or_sent_oddly_lets_nobody_in() {
    let gate = Gate::start().await;
    let good = token(&header("rsa"), &claims(), "rsa");
    let parts: Vec<&str> = good.split('.').collect();
    let [head, body, signature] = parts.as_slice() else { panic!("three parts") };
    for odd in [
        format!("{good}="),
        format!("{good}=="),
        format!("{good}."),
        format!("{good}.x"),
        format!("{good}A"),
        format!("{good} {good}"),
        format!(".{good}"),
        format!("{head}=.{body}.{signature}"),
        format!("{head}.{body}=.{signature}"),
        format!("{head}.{body}. {signature}"),
        format!("{head}.{body}.\t{signature}"),
        format!("{head}.{body}.{signature}{}", "A".repeat(7000)),
        format!("{head}.{body}.{}", signature.replace('-', "+").replace('_', "/") + "=="),
        format!("{head}.{body}"),
        format!("{head}..{signature}"),
        "null".to_owned(),
    ] {
        assert!(!gate.lets_in(&odd).await, "{odd}");
    }
    let bearer = format!("Bearer {good}");
    for twice in [[bearer.as_str(), "Bearer x.y.z"], ["Bearer x.y.z", &bearer], [&bearer, &bearer]] {
        assert_eq!(gate.post(&twice).await.0, 401, "two headers");
    }
    for scheme in [good.clone(), format!("Basic {good}"), format!("Bearer{good}"), format!("Bearer,{good}")] {
        assert_eq!(gate.post(&[&scheme]).await.0, 401, "{scheme}");
    }
    for name in ["access_token", "token", "authorization"] {
        let url = [("query", QUERY), (name, &good)];
        assert_eq!(gate.client.get(&gate.url).query(&url).send().await.unwrap().status(), 401, "{name}");
    }
    let huge = gate.post(&[&format!("Bearer {}", "A".repeat(60_000))]).await.0;
    assert!((400..500).contains(&huge), "{huge}");
    assert!(gate.lets_in(&good).await, "and the door still works");
    gate.end().await;
}

#[tokio::test]
async fn a_storm_of_unknown_keys_is_one_fetch_in_ten_seconds_and_keeps_nobody_out() {
    let gate = Gate::start().await;
    let good = format!("Bearer {}", token(&header("rsa"), &claims(), "rsa"));
    assert_eq!(gate.post(&[&good]).await.0, 200);
    let kid = |number: usize| match number % 4 {
        0 => format!("../../../../etc/passwd{number}"),
        1 => format!("' OR 1=1; DROP TABLE keys; --{number}"),
        2 => format!("rsa\u{0}{number}"),
        _ => format!("{number}{}", "k".repeat(4000)),
    };
    let strangers: Vec<String> = (0..100)
        .map(|number| {
            format!("Bearer {}", token(&json!({ "alg": "RS256", "kid": kid(number) }), &claims(), "rsa"))
        })
        .collect();
    let good = [good.as_str()];
    for asked in [1, 2, 3] {
        let stormed = join_all(strangers.iter().map(async |stranger| gate.post(&[stranger]).await));
        let (stormed, meanwhile) = tokio::join!(stormed, gate.post(&good));
        assert!(stormed.iter().all(|(status, _)| *status == 401), "{stormed:?}");
        assert_eq!(meanwhile.0, 200, "who has a good token does not wait for them");
        assert_eq!(gate.signer.asked(), asked);
        gate.clock.advance(PAUSE);
    }
    for kid in [json!(5), json!(["rsa"]), json!({ "rsa": 1 }), json!(true)] {
        let odd = token(&json!({ "alg": "RS256", "kid": kid }), &claims(), "rsa");
        assert!(!gate.lets_in(&odd).await, "{kid}");
    }
    gate.end().await;
}

/// A token with an empty signature.
fn unsigned(header: &Value) -> String {
    format!("{}.{}.", encode(header), encode(&claims()))
}
