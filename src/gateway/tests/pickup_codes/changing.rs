//! Codes that are cancelled, redeemed, held and used: each once.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;

use super::{Bench, digits, ids, in_an_hour, told};
use crate::{
    domain::{Id, OrderState, PickupCodeState, Text, Verdict},
    gateway::tests::name,
    gateway::{Code, CreatePickupCodes, PickupCodeFilter},
};

#[tokio::test]
async fn a_cancelled_code_is_told_so_and_what_is_over_is_told_why() {
    let bench = Bench::new("cancel");
    let cancel = async |id: &Id| bench.gateway.cancel_pickup_code(&bench.asker, id).await;
    let listed = bench.made(&CreatePickupCodes { count: Some(2), ..bench.listed("k") }).await;
    for _ in 0..2 {
        let done = cancel(&listed[0]).await;
        assert!(done.problem.is_none(), "{done:?}");
        assert_eq!(done.subject.unwrap().state(), PickupCodeState::Cancelled);
    }
    assert_eq!(
        (bench.fakes[0].calls("cancel_pickup_code"), bench.of_machine().await),
        (1, vec![listed[1].clone()])
    );
    let theirs = bench.made(&bench.told("k")).await;
    assert_eq!(told(&cancel(&theirs[0]).await).0, Code::UnsupportedByVendor);
    let own = CreatePickupCodes { count: Some(4), expires_at: Some(in_an_hour()), ..bench.own("o") };
    let codes = bench.create(&own).await.subject.unwrap();
    let (metro, at) = (name(&bench.metro), ids(&codes));
    assert_eq!(cancel(&at[0]).await.subject.unwrap().state(), PickupCodeState::Cancelled);
    assert!(cancel(&at[0]).await.problem.is_none(), "to cancel it again is good");
    bench.gateway.use_pickup_code(&metro, &digits(&codes[1]), &"n".into()).await.unwrap();
    bench.gateway.hold_pickup_code(&metro, &digits(&codes[2]), (&"1".into(), None)).await.unwrap();
    for (id, state) in [(&at[1], PickupCodeState::Used), (&at[2], PickupCodeState::Held)] {
        let done = cancel(id).await;
        assert_eq!(told(&done).0, Code::PickupCodeUsed);
        assert_eq!(done.subject.unwrap().state(), state);
    }
    bench.clock.advance(Duration::from_hours(2));
    assert_eq!(told(&cancel(&at[3]).await).0, Code::PickupCodeExpired);
    let strange = Id::IssuedPickupCode { account: name("nobody"), code: "1".into() };
    assert_eq!(told(&cancel(&strange).await), (Code::NotFound, "pickupCodeId".to_owned()));
}

#[tokio::test]
async fn all_codes_of_a_machine_are_cancelled_its_vendors_or_ours() {
    let bench = Bench::new("all");
    bench.made(&CreatePickupCodes { count: Some(3), ..bench.listed("k") }).await;
    let of = |account: &Text, number: &str| (name(account), Text::from(number));
    let done = bench.gateway.cancel_all_pickup_codes(&bench.asker, &of(&bench.north, "1")).await;
    assert!(done.problem.is_none() && done.subject.is_some(), "{done:?}");
    assert_eq!((bench.fakes[0].calls("cancel_all_pickup_codes"), bench.of_machine().await), (1, Vec::new()));
    let own = |machine: &str| CreatePickupCodes {
        machine: Some((name(&bench.metro), machine.into())),
        count: Some(3),
        ..bench.own(machine)
    };
    let (one, two) = (bench.made(&own("1")).await, bench.made(&own("2")).await);
    let free = bench.made(&bench.own("free")).await;
    let done = bench.gateway.cancel_all_pickup_codes(&bench.asker, &of(&bench.metro, "1")).await;
    assert!(done.problem.is_none(), "{done:?}");
    let unused =
        PickupCodeFilter { states: Some(vec![PickupCodeState::Unused]), ..PickupCodeFilter::default() };
    let left = bench.list(&unused).await;
    assert!(one.iter().all(|id| !left.contains(id)) && two.iter().chain(&free).all(|id| left.contains(id)));
}

#[tokio::test]
async fn a_code_is_redeemed_once_and_who_comes_after_is_led_to_the_order_that_used_it() {
    let bench = Bench::new("redeem");
    let code = digits(&bench.create(&bench.listed("k")).await.subject.unwrap()[0]);
    let redeem = async |code: &str, key: &str| {
        bench.gateway.redeem_pickup_code(&bench.asker, &bench.redeem(code, key)).await
    };
    assert_eq!(told(&redeem("12345", "bad").await), (Code::BadUserInput, "code".to_owned()));
    let done = redeem(&code, "r").await;
    assert!(done.problem.is_none(), "{done:?}");
    let order = done.subject.unwrap().order;
    assert_eq!((order.state, order.number.as_deref()), (OrderState::PickupCode, Some("1")));
    assert_eq!(redeem(&code, "r").await.subject.unwrap().order.trade_number, order.trade_number);
    let late = redeem(&code, "s").await;
    assert_eq!(told(&late).0, Code::PickupCodeUsed);
    assert_eq!(late.subject.unwrap().order.trade_number, order.trade_number);
    assert_eq!(bench.fakes[0].calls("redeem_pickup_code"), 2);
    let again = bench.create(&bench.listed("k")).await.subject.unwrap();
    assert_eq!(again[0].state(), PickupCodeState::Used, "it is remembered as used");
    assert_eq!(told(&redeem("999999", "r").await).0, Code::Conflict);
}

#[tokio::test]
async fn a_redemption_whose_answer_is_lost_is_unknown_and_never_sent_again() {
    let bench = Bench::new("unredeemed");
    let code = digits(&bench.create(&bench.listed("k")).await.subject.unwrap()[0]);
    bench.fakes[0].lose("redeem_pickup_code");
    for _ in 0..3 {
        let done = bench.gateway.redeem_pickup_code(&bench.asker, &bench.redeem(&code, "r")).await;
        assert_eq!(told(&done).0, Code::OutcomeUnknown);
        assert_eq!(done.subject.unwrap().order.state, OrderState::Unknown);
    }
    assert_eq!(bench.fakes[0].calls("redeem_pickup_code"), 1);
}

#[tokio::test]
async fn of_two_hundred_holds_of_one_of_our_codes_one_wins_and_its_use_is_granted_once() {
    let bench = Bench::new("holds");
    let digits = digits(&bench.create(&bench.own("k")).await.subject.unwrap()[0]);
    assert_eq!((digits.len(), digits.bytes().all(|digit| digit.is_ascii_digit())), (8, true));
    let metro = name(&bench.metro);
    let holds = (0..200).map(|machine: u32| {
        let (gateway, metro, digits) = (Arc::clone(&bench.gateway), metro.clone(), digits.clone());
        tokio::spawn(async move {
            let by = Text::from(machine.to_string());
            gateway.hold_pickup_code(&metro, &digits, (&by, None)).await.unwrap().unwrap().0
        })
    });
    let verdicts = join_all(holds).await;
    let count = |verdict| verdicts.iter().filter(|told| matches!(told, Ok(told) if *told == verdict)).count();
    assert_eq!((count(Verdict::Good), count(Verdict::Held)), (1, 199));
    let used = async |nonce: &str| {
        bench.gateway.use_pickup_code(&metro, &digits, &nonce.into()).await.unwrap().unwrap().0
    };
    assert_eq!(
        (used("n").await, used("n").await, used("m").await),
        (Verdict::Good, Verdict::Good, Verdict::Used)
    );
    let unknown = bench.gateway.hold_pickup_code(&metro, "000000000", (&"1".into(), None)).await;
    assert_eq!(unknown.unwrap(), None);
}
