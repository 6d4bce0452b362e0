//! The vendor's error numbers, both generations of them, and what they mean to us.
//!
//! Reference, *Error codes* and Trap 1. A number that we do not know is a refusal and keeps number and words.

use http::StatusCode;

use super::client;
use crate::vendor::{Error, Kind};

/// What an answer's `code` and `message` say went wrong; nothing if it is a success, which takes both: code 0
/// with other words than `ok` is a failure (Trap 1).
pub fn failure(operation: &'static str, code: i64, message: &str) -> Option<Error> {
    let kind = match (code, message) {
        (0, "ok") => return None,
        (0, words) => kind_of_words(operation, words),
        (code, _) => kind_of_code(code).unwrap_or(Kind::Rejected),
    };
    Some(Error::new(kind, operation).with_vendor(code.to_string(), Some(message)))
}

/// What an answer that is none of the vendor's envelopes says by its HTTP status alone.
pub fn kind_of_status(status: StatusCode) -> Kind {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Kind::Credentials,
        // A call that the vendor took away, as it warns of `/floors`, does not speak against the platform.
        StatusCode::NOT_FOUND | StatusCode::GONE => Kind::NotFound,
        StatusCode::TOO_MANY_REQUESTS => Kind::Unavailable,
        status if status.is_server_error() => Kind::Unavailable,
        _ => Kind::Protocol,
    }
}

/// Trap 1: 库存 is the stock, 不足 "not enough", 未支付 "not paid". Words about the stock that do not say what is
/// wrong with it ("1 个货道库存更新失败") mean too little where goods are taken out, and elsewhere, as in a
/// replenishment, too much. 正在出货 is "is dispensing": a machine gives out one piece at a time.
fn kind_of_words(operation: &str, words: &str) -> Kind {
    if words.contains("库存") {
        let takes = matches!(operation, client::ORDERS | client::DELIVERIES | client::CONSUMES);
        if takes || words.contains("不足") { Kind::OutOfStock } else { Kind::CapacityExceeded }
    } else if words.contains("未支付") {
        Kind::OrderUnpaid
    } else if words.contains("正在出货") && matches!(operation, client::DELIVERIES | client::TEST_DELIVERIES)
    {
        Kind::MachineBusy
    } else {
        Kind::Rejected
    }
}

fn kind_of_code(code: i64) -> Option<Kind> {
    Some(match code {
        // Credentials missing, wrong, or of a merchant that may not use the platform; then rights, and last the
        // signature: all of them are mended in the account's configuration.
        1000
        | 4000
        | 4001
        | 4002
        | 4009
        | 6017
        | 6018
        | 6020
        | 6023
        | 6039
        | 10008
        | 10009
        | 10010
        | 10013
        | 10014
        | 6002..=6005
        | 6007
        | 6044
        | 4006 => Kind::Credentials,
        // Bad parameters, an empty trade number; a code that exists already, too few codes, an order that
        // could not be made, a payment that failed: no kind of their own (interface.md, *Settled questions*).
        400 | 4003 | 6021 | 6029 | 10001 | 6041 | 6030 | 6035 | 6048 | 6053 => Kind::Rejected,
        6026 | 30001 | 30003 => Kind::MachineNotFound,
        4008 | 6025 | 30002 => Kind::MachineOffline,
        5001 | 5002 | 6006 | 30004 => Kind::MachineNotOperational,
        404 | 4004 | 80002 => Kind::NotFound,
        6045 => Kind::ProductNotFound,
        6046 | 6056 | 60002 => Kind::ProductOffSale,
        6047 | 60003 => Kind::OutOfStock,
        6042 | 40005 => Kind::OrderExpired,
        6043 | 40006 => Kind::OrderStateInvalid,
        6054 => Kind::OrderUnpaid,
        6049 => Kind::OrderAlreadyPaid,
        6034 => Kind::OrderAlreadyDelivered,
        6040 => Kind::DuplicateTradeNumber,
        6031 | 10023 => Kind::PickupCodesDisabled,
        6033 | 10025 => Kind::PickupCodeUsed,
        6032 => Kind::PickupCodeExpired,
        6038 => Kind::BadInput,
        // The vendor's own "I am broken", which counts against its platform. The first two stand twice in
        // the vendor's table, so that only the message tells which was meant.
        6013 | 6014 => Kind::Unavailable,
        6015 => Kind::Timeout,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::{client, failure, kind_of_status};
    use crate::vendor::Kind;

    fn kind(code: i64, message: &str) -> Option<Kind> {
        failure("test", code, message).map(|error| error.kind)
    }

    #[test]
    fn trap_01_code_0_succeeds_only_with_the_message_ok() {
        assert_eq!(kind(0, "ok"), None);
        assert_eq!(kind(0, "OK"), Some(Kind::Rejected));
        assert_eq!(kind(0, ""), Some(Kind::Rejected));
        assert_eq!(kind(0, "具体信息"), Some(Kind::Rejected));
        assert_eq!(kind(0, "超出货道最大库存"), Some(Kind::CapacityExceeded));
        assert_eq!(kind(0, "1 个货道库存更新失败"), Some(Kind::CapacityExceeded));
        assert_eq!(kind(0, "库存不足"), Some(Kind::OutOfStock));
        assert_eq!(kind(0, "订单未支付"), Some(Kind::OrderUnpaid));
        assert_eq!(kind(30003, "ok"), Some(Kind::MachineNotFound));
        let taking = failure(client::ORDERS, 0, "商品库存更新失败").unwrap();
        assert_eq!(taking.kind, Kind::OutOfStock, "an order can only ask for more than there is");
        for dispensing in [client::DELIVERIES, client::TEST_DELIVERIES] {
            let busy = failure(dispensing, 0, "设备正在出货").unwrap();
            assert_eq!(busy.kind, Kind::MachineBusy);
        }
        assert_eq!(kind(0, "设备正在出货"), Some(Kind::Rejected), "only a dispense waits for a dispense");
    }

    #[test]
    fn every_number_of_both_generations_has_its_meaning() {
        let credentials = [
            1000, 4000, 4001, 4002, 4006, 4009, 6002, 6003, 6004, 6005, 6007, 6017, 6018, 6020, 6023, 6039,
            6044, 10008, 10009, 10010, 10013, 10014,
        ];
        let table: [(Kind, &[i64]); 21] = [
            (Kind::Credentials, &credentials),
            (Kind::Rejected, &[400, 4003, 6021, 6029, 10001, 6041, 6030, 6035, 6048, 6053]),
            (Kind::MachineNotFound, &[6026, 30001, 30003]),
            (Kind::MachineOffline, &[4008, 6025, 30002]),
            (Kind::MachineNotOperational, &[5001, 5002, 6006, 30004]),
            (Kind::NotFound, &[404, 4004, 80002]),
            (Kind::ProductNotFound, &[6045]),
            (Kind::ProductOffSale, &[6046, 6056, 60002]),
            (Kind::OutOfStock, &[6047, 60003]),
            (Kind::OrderExpired, &[6042, 40005]),
            (Kind::OrderStateInvalid, &[6043, 40006]),
            (Kind::OrderUnpaid, &[6054]),
            (Kind::OrderAlreadyPaid, &[6049]),
            (Kind::OrderAlreadyDelivered, &[6034]),
            (Kind::DuplicateTradeNumber, &[6040]),
            (Kind::PickupCodesDisabled, &[6031, 10023]),
            (Kind::PickupCodeUsed, &[6033, 10025]),
            (Kind::PickupCodeExpired, &[6032]),
            (Kind::BadInput, &[6038]),
            (Kind::Unavailable, &[6013, 6014]),
            (Kind::Timeout, &[6015]),
        ];
        for (expected, numbers) in table {
            for number in numbers {
                assert_eq!(kind(*number, "m"), Some(expected), "{number}");
            }
        }
    }

    #[test]
    fn an_unknown_number_is_a_refusal_that_keeps_number_and_words() {
        let error = failure("test", 70001, "设备忙").unwrap();
        assert_eq!(error.kind, Kind::Rejected);
        assert_eq!(error.vendor_code.as_deref(), Some("70001"));
        assert_eq!(error.vendor_message.as_deref(), Some("设备忙"));
    }

    #[test]
    fn a_machine_that_is_offline_does_not_speak_against_the_platform_and_the_platforms_own_codes_do() {
        assert!(!kind(30002, "设备已离线").unwrap().is_platform_failure());
        for own in [6013, 6014, 6015] {
            assert!(kind(own, "m").unwrap().is_platform_failure());
        }
        assert!(kind_of_status(StatusCode::BAD_GATEWAY).is_platform_failure());
        assert!(!kind_of_status(StatusCode::NOT_FOUND).is_platform_failure());
        assert_eq!(kind_of_status(StatusCode::UNAUTHORIZED), Kind::Credentials);
    }
}
