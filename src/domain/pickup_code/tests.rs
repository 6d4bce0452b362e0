//! Behaviour of the codes that we keep.

use jiff::{SignedDuration, Timestamp};
use proptest::{
    collection, option,
    prelude::{Strategy, prop_oneof, proptest},
};

use super::{AccountName, IssuedPickupCode, PickupCodeIssuer, PickupCodeState, Text, Verdict};

fn second(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}

fn code() -> IssuedPickupCode {
    IssuedPickupCode {
        account: AccountName::new("metro"),
        number: "1".into(),
        issuer: PickupCodeIssuer::Gateway,
        code: "1234567".into(),
        machine: None,
        cabinet: None,
        shelf: None,
        product_number: None,
        quantity: 1,
        fee: None,
        state: PickupCodeState::Unused,
        created_at: second(0),
        starts_at: None,
        expires_at: None,
        used_at: None,
        used_by: None,
        hold: None,
        version: 0,
    }
}

fn text(text: &str) -> Text {
    text.into()
}

#[test]
fn a_hold_keeps_other_machines_away_for_ninety_seconds() {
    let mut code = code();
    assert_eq!(code.hold(&text("m1"), None, second(0)), Verdict::Good);
    assert_eq!(code.hold(&text("m2"), None, second(89)), Verdict::Held);
    assert_eq!(code.check("m1", None, second(89)), Verdict::Good);
    assert_eq!(code.state_at(second(90)), PickupCodeState::Unused);
    assert_eq!(code.hold(&text("m2"), None, second(90)), Verdict::Good);
    assert_eq!(code.hold(&text("m1"), None, second(91)), Verdict::Held);
}

#[test]
fn a_code_is_good_at_its_machine_for_its_product_in_its_time() {
    let code = IssuedPickupCode {
        machine: Some("m1".into()),
        product_number: Some("p1".into()),
        starts_at: Some(second(10)),
        expires_at: Some(second(20)),
        ..code()
    };
    assert_eq!(code.check("m1", Some("p1"), second(9)), Verdict::NotStarted);
    assert_eq!(code.check("m1", Some("p1"), second(10)), Verdict::Good);
    assert_eq!(code.check("m1", None, second(19)), Verdict::Good);
    assert_eq!(code.check("m2", Some("p1"), second(15)), Verdict::WrongMachine);
    assert_eq!(code.check("m1", Some("p2"), second(15)), Verdict::WrongProduct);
    assert_eq!(code.check("m1", Some("p1"), second(20)), Verdict::Expired);
}

#[test]
fn a_use_is_good_once_and_its_repetition_is_good_again() {
    let mut code = code();
    code.hold(&text("m1"), None, second(0));
    assert_eq!(code.redeem(&text("n1"), second(5)), Verdict::Good);
    assert_eq!(code.redeem(&text("n1"), second(500)), Verdict::Good);
    assert_eq!(code.redeem(&text("n2"), second(6)), Verdict::Used);
    assert_eq!(code.check("m1", None, second(6)), Verdict::Used);
    assert_eq!((code.state, code.used_at), (PickupCodeState::Used, Some(second(5))));
}

#[test]
fn a_use_without_a_hold_is_good_for_a_good_code_alone() {
    assert_eq!(code().redeem(&text("n"), second(0)), Verdict::Good);
    let mut early = IssuedPickupCode { starts_at: Some(second(10)), ..code() };
    assert_eq!(early.redeem(&text("n"), second(0)), Verdict::NotStarted);
    let mut late = IssuedPickupCode { expires_at: Some(second(10)), ..code() };
    assert_eq!(late.redeem(&text("n"), second(10)), Verdict::Expired);
}

#[test]
fn a_hold_that_was_granted_in_time_outlasts_the_end() {
    let mut code = IssuedPickupCode { expires_at: Some(second(10)), ..code() };
    assert_eq!(code.hold(&text("m1"), None, second(9)), Verdict::Good);
    assert_eq!(code.redeem(&text("n"), second(40)), Verdict::Good);
}

#[test]
fn a_code_that_a_machine_dispenses_for_is_not_cancelled() {
    let mut code = code();
    code.hold(&text("m1"), None, second(0));
    assert_eq!(code.cancel(second(1)), Verdict::Held);
    assert_eq!(code.cancel(second(90)), Verdict::Good);
    assert_eq!(code.cancel(second(91)), Verdict::Good);
    assert_eq!(code.redeem(&text("n"), second(92)), Verdict::Cancelled);
}

#[derive(Clone, Debug)]
enum Step {
    Hold(u8),
    Redeem(u8),
    Cancel,
    Settle,
}

fn steps() -> impl Strategy<Value = Vec<(Step, i64)>> {
    let step = prop_oneof![
        (0..3_u8).prop_map(Step::Hold),
        (0..3_u8).prop_map(Step::Redeem),
        (0..1_u8).prop_map(|_| Step::Cancel),
        (0..1_u8).prop_map(|_| Step::Settle),
    ];
    collection::vec((step, 0..60_i64), 0..20)
}

proptest! {
    #[test]
    fn a_code_is_used_at_most_once_and_never_comes_back(steps in steps(), end in option::of(0..600_i64)) {
        let mut code = IssuedPickupCode { expires_at: end.map(second), ..code() };
        let mut now = 0;
        let mut used_by = None;
        for (step, later) in steps {
            now += later;
            let over = matches!(
                code.state,
                PickupCodeState::Used | PickupCodeState::Cancelled | PickupCodeState::Expired
            );
            let before = code.clone();
            match step {
                Step::Hold(machine) => {
                    code.hold(&machine.to_string().into(), None, second(now));
                }
                Step::Redeem(nonce) => {
                    let good = code.redeem(&nonce.to_string().into(), second(now)) == Verdict::Good;
                    assert!(!good || *used_by.get_or_insert(nonce) == nonce);
                }
                Step::Cancel => {
                    code.cancel(second(now));
                }
                Step::Settle => {
                    code.settle(second(now));
                }
            }
            assert!(!over || code == before);
        }
    }
}
