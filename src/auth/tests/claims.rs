//! What a proved token must say, and when.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Error, Fault, NOW, SECRET, auth, clock, fault, good, hs256, shared};
use crate::{
    auth::{Caller, Grant, Minter, Scope, Verifier},
    config::{Auth, Proof},
    domain::AccountName,
};

fn with(claim: &str, value: Value) -> String {
    let mut claims = good();
    claims[claim] = value;
    hs256(&claims)
}

fn without(claim: &str) -> String {
    let mut claims = good();
    claims.as_object_mut().unwrap().remove(claim);
    hs256(&claims)
}

async fn caller(token: &str) -> Arc<Caller> {
    shared().verify(token).await.unwrap()
}

#[tokio::test]
async fn a_token_ends_at_its_end_and_not_a_moment_later() {
    let clock = clock();
    let verifier = Verifier::new(&auth(), clock.clone()).unwrap();
    let token = with("exp", json!(NOW + 10));
    clock.advance(Duration::from_millis(9_999));
    assert_eq!(verifier.verify(&token).await.unwrap().expires_at, Timestamp::from_second(NOW + 10).unwrap());
    clock.advance(Duration::from_millis(1));
    assert_eq!(verifier.verify(&token).await, Err(Error::Expired), "though it is remembered");
    assert_eq!(shared().verify(&with("exp", json!(NOW))).await, Err(Error::Expired));
    assert_eq!(shared().verify(&with("exp", json!(-1))).await, Err(Error::Expired));
}

#[tokio::test]
async fn an_end_and_a_subject_are_required() {
    let odd = [json!(null), json!("1900000000"), json!(1e300), json!([]), json!(true), json!(u64::MAX)];
    for exp in odd {
        assert_eq!(fault(&shared(), &with("exp", exp.clone())).await, Fault::Claims, "{exp}");
    }
    for sub in [json!(null), json!(5), json!(""), json!("a\nb"), json!("a".repeat(257))] {
        assert_eq!(fault(&shared(), &with("sub", sub.clone())).await, Fault::Claims, "{sub}");
    }
    assert_eq!(fault(&shared(), &without("exp")).await, Fault::Claims);
    assert_eq!(fault(&shared(), &without("sub")).await, Fault::Claims);
    assert_eq!(fault(&shared(), &hs256(&json!(["ada"]))).await, Fault::Claims);
}

#[tokio::test]
async fn a_start_may_lie_five_seconds_ahead() {
    assert!(shared().verify(&with("nbf", json!(NOW + 5))).await.is_ok());
    assert_eq!(fault(&shared(), &with("nbf", json!(NOW + 6))).await, Fault::NotYet);
    assert_eq!(fault(&shared(), &with("nbf", json!("soon"))).await, Fault::Claims);
}

#[tokio::test]
async fn issuer_and_audience_are_those_configured() {
    let strict = Auth { issuer: Some("us".to_owned()), audience: Some("vendgraph".to_owned()), ..auth() };
    let verifier = Verifier::new(&strict, clock()).unwrap();
    let token = |iss: Value, aud: Value| {
        let mut claims = good();
        (claims["iss"], claims["aud"]) = (iss, aud);
        hs256(&claims)
    };
    assert!(verifier.verify(&token(json!("us"), json!("vendgraph"))).await.is_ok());
    assert!(verifier.verify(&token(json!("us"), json!(["x", "vendgraph"]))).await.is_ok());
    for iss in [json!(null), json!("them"), json!("US"), json!("us/")] {
        assert_eq!(fault(&verifier, &token(iss, json!("vendgraph"))).await, Fault::Issuer);
    }
    for aud in [json!(null), json!("x"), json!([]), json!("vendgraph x")] {
        assert_eq!(fault(&verifier, &token(json!("us"), aud)).await, Fault::Audience);
    }
    assert!(shared().verify(&token(json!("them"), json!("x"))).await.is_ok(), "nothing is configured");
}

#[tokio::test]
async fn scopes_are_words_or_a_list_and_strange_ones_mean_nothing() {
    let expected = [Scope::MachinesRead, Scope::Admin];
    for scope in [json!("admin  machines:read openid"), json!(["machines:read", "admin", "openid"])] {
        let caller = caller(&with("scope", scope)).await;
        assert_eq!(caller.scopes.iter().collect::<Vec<_>>(), expected);
    }
    assert_eq!(caller(&without("scope")).await.scopes.iter().count(), 0);
    assert_eq!(fault(&shared(), &with("scope", json!(5))).await, Fault::Claims);
}

#[tokio::test]
async fn accounts_are_those_named_none_or_all() {
    let named = |names: &[&str]| Grant::Named(names.iter().copied().map(AccountName::new).collect());
    assert_eq!(caller(&without("accounts")).await.accounts, named(&[]));
    assert_eq!(caller(&with("accounts", json!(null))).await.accounts, named(&[]));
    assert_eq!(
        caller(&with("accounts", json!(["north", "metro"]))).await.accounts,
        named(&["metro", "north"])
    );
    assert_eq!(caller(&with("accounts", json!(["*"]))).await.accounts, Grant::All);
    let mixed = caller(&with("accounts", json!(["*", "north"]))).await;
    assert!(mixed.sees(&AccountName::new("north")) && !mixed.sees(&AccountName::new("metro")));
    assert_eq!(fault(&shared(), &with("accounts", json!("*"))).await, Fault::Claims);
}

#[tokio::test]
async fn a_minted_token_names_the_same_caller() {
    let auth = Auth { issuer: Some("us".to_owned()), audience: Some("vendgraph".to_owned()), ..auth() };
    let minter = Minter::new(&auth).unwrap();
    let now = Timestamp::from_second(NOW).unwrap();
    for accounts in [Grant::All, Grant::Named([AccountName::new("north")].into()), Grant::Named([].into())] {
        let caller = Caller {
            subject: "ada".into(),
            scopes: [Scope::TradesRead, Scope::Admin].into_iter().collect(),
            accounts,
            expires_at: Timestamp::from_second(NOW + 60).unwrap(),
        };
        let token = minter.mint(&caller, now).unwrap();
        assert_eq!(Verifier::new(&auth, clock()).unwrap().verify(&token).await, Ok(Arc::new(caller)));
    }
}

#[tokio::test]
async fn a_secret_that_was_changed_proves_its_tokens_while_it_is_named_and_signs_none() {
    let old = hs256(&good());
    let next = Auth { proof: Proof::Secret("the next secret, of 32 bytes or more".into()), ..auth() };
    let now = Timestamp::from_second(NOW).unwrap();
    let with = |previous: Option<&str>| Auth { previous_secret: previous.map(Into::into), ..next.clone() };
    let verifier = |auth: &Auth| Verifier::new(auth, clock()).unwrap();
    let both = with(Some(SECRET));
    assert!(verifier(&both).verify(&old).await.is_ok());
    assert_eq!(fault(&verifier(&with(None)), &old).await, Fault::Signature);
    let caller = verifier(&both).verify(&old).await.unwrap();
    let minted = Minter::new(&both).unwrap().mint(&caller, now).unwrap();
    assert!(verifier(&with(None)).verify(&minted).await.is_ok(), "it is signed with the new one");
    assert!(verifier(&both).verify(&minted).await.is_ok());
}
