//! Making codes: what fits, once for each key, also where an answer is lost.

use std::time::Duration;

use futures_util::future::join_all;

use super::{Bench, in_an_hour, told};
use crate::{
    domain::{PickupCodeIssuer, PickupCodeState},
    gateway::tests::{START, name},
    gateway::{Code, CreatePickupCodes, PickupCodeFilter},
    vendor::{Goods, Kind},
};

/// What is refused, with which code, and which argument is to blame.
fn misfits(bench: &Bench) -> Vec<(CreatePickupCodes, Code, &'static str)> {
    let metro_machine = |number: &str| Some((name(&bench.metro), number.into()));
    let shelf = bench.listed("k").shelf;
    let gone = |code: &str| shelf.clone().map(|(a, b, c, _)| (a, b, c, code.into()));
    vec![
        (CreatePickupCodes { shelf: None, ..bench.listed("k") }, Code::BadUserInput, "machineId"),
        (CreatePickupCodes { count: Some(0), ..bench.listed("k") }, Code::BadUserInput, "count"),
        (CreatePickupCodes { count: Some(4), ..bench.listed("k") }, Code::BadUserInput, "count"),
        (CreatePickupCodes { length: Some(5), ..bench.listed("k") }, Code::BadUserInput, "codeLength"),
        (CreatePickupCodes { length: Some(11), ..bench.listed("k") }, Code::BadUserInput, "codeLength"),
        (CreatePickupCodes { expires_at: Some(START), ..bench.listed("k") }, Code::BadUserInput, "expiresAt"),
        (
            CreatePickupCodes { starts_at: Some(in_an_hour()), ..bench.listed("k") },
            Code::BadUserInput,
            "startsAt",
        ),
        (
            CreatePickupCodes { product_number: Some("cola".into()), ..bench.listed("k") },
            Code::BadUserInput,
            "productNumber",
        ),
        (CreatePickupCodes { fee: Some(1), ..bench.listed("k") }, Code::BadUserInput, "feeMinorUnits"),
        (CreatePickupCodes { shelf: gone("9"), ..bench.listed("k") }, Code::NotFound, "shelfId"),
        (
            CreatePickupCodes { account: name(&bench.metro), ..bench.listed("k") },
            Code::BadUserInput,
            "shelfId",
        ),
        (
            CreatePickupCodes { machine: metro_machine("1"), ..bench.listed("k") },
            Code::BadUserInput,
            "machineId",
        ),
        (
            CreatePickupCodes { issuer: PickupCodeIssuer::Gateway, ..bench.listed("k") },
            Code::UnsupportedByVendor,
            "issuer",
        ),
        (CreatePickupCodes { account: name("nobody"), ..bench.told("k") }, Code::NotFound, "accountId"),
        (CreatePickupCodes { machine: metro_machine("9"), ..bench.told("k") }, Code::NotFound, "machineId"),
        (CreatePickupCodes { count: Some(21), ..bench.told("k") }, Code::BadUserInput, "count"),
        (CreatePickupCodes { length: Some(8), ..bench.told("k") }, Code::BadUserInput, "codeLength"),
        (CreatePickupCodes { fee: Some(1), ..bench.told("k") }, Code::BadUserInput, "feeMinorUnits"),
        (CreatePickupCodes { count: Some(101), ..bench.own("k") }, Code::BadUserInput, "count"),
        (CreatePickupCodes { length: Some(5), ..bench.own("k") }, Code::BadUserInput, "codeLength"),
        (CreatePickupCodes { fee: Some(-1), ..bench.own("k") }, Code::BadUserInput, "feeMinorUnits"),
        (CreatePickupCodes { machine: metro_machine("9"), ..bench.own("k") }, Code::NotFound, "machineId"),
        (
            CreatePickupCodes { product_number: Some("tea".into()), ..bench.own("k") },
            Code::NotFound,
            "productNumber",
        ),
        (
            CreatePickupCodes {
                starts_at: Some(in_an_hour()),
                expires_at: Some(in_an_hour()),
                ..bench.own("k")
            },
            Code::BadUserInput,
            "startsAt",
        ),
    ]
}

#[tokio::test]
async fn what_does_not_fit_the_vendor_or_the_issuer_is_refused_before_anything_is_sent() {
    let bench = Bench::new("misfits");
    for (wanted, code, field) in misfits(&bench) {
        assert_eq!(told(&bench.create(&wanted).await), (code, field.to_owned()), "{wanted:?}");
    }
    let whole = CreatePickupCodes {
        shelf: None,
        machine: Some((name(&bench.north), "1".into())),
        count: Some(2),
        ..bench.listed("k")
    };
    assert_eq!(told(&bench.create(&whole).await), (Code::BadUserInput, "count".to_owned()));
    assert_eq!(bench.fakes.each_ref().map(|fake| fake.calls("create_pickup_codes")), [0, 0]);
    assert_eq!(bench.list(&PickupCodeFilter::default()).await, []);
}

#[tokio::test]
async fn codes_of_a_vendor_that_lists_are_those_that_were_not_there_before() {
    let bench = Bench::new("listed");
    let one = bench.made(&bench.listed("1")).await;
    let three = bench
        .made(&CreatePickupCodes { count: Some(3), expires_at: Some(in_an_hour()), ..bench.listed("2") })
        .await;
    assert_eq!((one.len(), three.len()), (1, 3));
    let all = CreatePickupCodes {
        shelf: None,
        machine: Some((name(&bench.north), "1".into())),
        ..bench.listed("3")
    };
    let each = bench.made(&all).await;
    assert_eq!(each.len(), 2, "one for each shelf");
    assert_eq!(bench.fakes[0].script().wanted_codes.pop().map(|wanted| wanted.goods), Some(Goods::Any));
    let mut every = [one, three, each].concat();
    let mut listed = bench.of_machine().await;
    every.sort_by_key(ToString::to_string);
    listed.sort_by_key(ToString::to_string);
    assert_eq!(every, listed);
    assert_eq!(bench.list(&PickupCodeFilter::default()).await, [], "no machine is named, so none is asked");
}

#[tokio::test]
async fn a_hundred_who_create_with_one_key_make_one_call_and_get_the_same_codes() {
    let bench = Bench::new("hundred");
    for (at, wanted) in [bench.listed("k"), bench.told("k")].into_iter().enumerate() {
        let answers = join_all((0..100).map(|_| bench.made(&wanted))).await;
        assert_eq!(bench.fakes[at].calls("create_pickup_codes"), 1);
        assert!(!answers[0].is_empty() && answers.iter().all(|codes| *codes == answers[0]));
    }
    let own = CreatePickupCodes { count: Some(5), ..bench.own("own") };
    let answers = join_all((0..100).map(|_| bench.made(&own))).await;
    assert!(answers[0].len() == 5 && answers.iter().all(|codes| *codes == answers[0]));
    assert_eq!(bench.list(&PickupCodeFilter::default()).await.len(), 6);
}

#[tokio::test]
async fn twenty_who_create_for_one_shelf_at_once_get_a_code_each() {
    let bench = Bench::new("twenty");
    let wanted: Vec<_> = (0..20).map(|key| bench.listed(&key.to_string())).collect();
    let mut codes = join_all(wanted.iter().map(|wanted| bench.made(wanted))).await.concat();
    codes.sort_by_key(ToString::to_string);
    codes.dedup();
    assert_eq!(codes.len(), 20);
}

#[tokio::test]
async fn the_same_key_gives_the_same_codes_when_the_vendor_is_down_and_their_time_is_over() {
    let bench = Bench::new("same");
    let (listed, told_once) = (
        CreatePickupCodes { expires_at: Some(in_an_hour()), ..bench.listed("k") },
        CreatePickupCodes { expires_at: Some(in_an_hour()), count: Some(2), ..bench.told("k") },
    );
    let own = CreatePickupCodes { expires_at: Some(in_an_hour()), ..bench.own("o") };
    let before = [bench.made(&listed).await, bench.made(&told_once).await, bench.made(&own).await];
    bench.clock.advance(Duration::from_hours(2));
    for fake in &bench.fakes {
        for operation in ["machines", "report", "pickup_codes", "create_pickup_codes", "products"] {
            fake.fail(operation, Kind::Unavailable);
        }
    }
    let again = [bench.made(&listed).await, bench.made(&told_once).await, bench.made(&own).await];
    assert_eq!(again, before);
    let state = bench.create(&listed).await.subject.unwrap()[0].state();
    assert_eq!(state, PickupCodeState::Expired);
    for other in [
        CreatePickupCodes { count: Some(2), ..listed },
        CreatePickupCodes { count: Some(1), ..told_once },
        CreatePickupCodes { fee: Some(5), ..own },
    ] {
        assert_eq!(told(&bench.create(&other).await), (Code::Conflict, "idempotencyKey".to_owned()));
    }
}

#[tokio::test]
async fn a_lost_answer_whose_codes_are_listed_is_told_and_one_whose_are_not_is_unknown_and_never_sent_again()
{
    let bench = Bench::new("lost");
    bench.fakes[0].lose("create_pickup_codes");
    let two = CreatePickupCodes { count: Some(2), ..bench.listed("1") };
    assert_eq!(bench.made(&two).await.len(), 2);
    bench.fakes[0].fail("create_pickup_codes", Kind::OutcomeUnknown);
    for _ in 0..3 {
        let done = bench.create(&bench.listed("2")).await;
        assert_eq!((told(&done).0, done.subject.unwrap().len()), (Code::OutcomeUnknown, 0));
    }
    assert_eq!(bench.fakes[0].calls("create_pickup_codes"), 2);
}

#[tokio::test]
async fn at_a_vendor_that_tells_each_once_the_first_lost_answer_ends_the_row_and_what_was_made_is_told() {
    let bench = Bench::new("row");
    let three = CreatePickupCodes { count: Some(3), ..bench.told("k") };
    bench.fakes[1].script().lose_after = Some(2);
    for _ in 0..3 {
        let done = bench.create(&three).await;
        assert_eq!((told(&done).0, done.subject.unwrap().len()), (Code::OutcomeUnknown, 1));
    }
    assert_eq!(bench.fakes[1].calls("create_pickup_codes"), 2);
}

#[tokio::test]
async fn what_was_not_sent_is_made_when_the_command_is_given_again() {
    let bench = Bench::new("again");
    bench.fakes[0].fail("pickup_codes", Kind::MachineOffline);
    assert_eq!(told(&bench.create(&bench.listed("k")).await).0, Code::MachineOffline);
    bench.fakes[1].fail("create_pickup_codes", Kind::CircuitOpen);
    assert_eq!(told(&bench.create(&bench.told("k")).await).0, Code::VendorUnavailable);
    bench.fakes.iter().for_each(|fake| fake.mend());
    assert_eq!(bench.made(&bench.listed("k")).await.len(), 1);
    assert_eq!(bench.made(&bench.told("k")).await.len(), 1);
}
