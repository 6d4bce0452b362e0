//! The closed list of error codes.

use async_graphql::Enum;

/// Why something failed. Also the values of `errors[].extensions.code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::gateway::Code")]
pub enum ErrorCode {
    /// No valid token came with the request. Sign in again.
    Unauthenticated,
    /// The token lacks the scope that this field needs.
    Forbidden,
    /// An argument or the request itself is wrong; the message says what to send instead.
    BadUserInput,
    /// There is no such object, or it is not yours.
    NotFound,
    /// The machine's vendor has no such ability; `VendorAccount.capabilities` lists what it has.
    UnsupportedByVendor,
    /// The same idempotency key was used with other input.
    Conflict,
    /// The vendor cannot be reached, or says that it is broken. Try again later.
    VendorUnavailable,
    /// The vendor did not answer in time. Try again.
    VendorTimeout,
    /// The vendor refused, for a reason without a code of its own; `vendorCode` has the vendor's.
    VendorRejected,
    /// The vendor's answer was not what its documents promise.
    VendorProtocol,
    /// The vendor does not accept the account's credentials; the operator must look.
    VendorCredentials,
    /// The machine is not connected.
    MachineOffline,
    /// The vendor does not know the machine.
    MachineNotFound,
    /// The machine is switched off, under maintenance or being moved.
    MachineNotOperational,
    /// The machine has no such product.
    ProductNotFound,
    /// The product is not for sale.
    ProductOffSale,
    /// Less is left than asked for.
    OutOfStock,
    /// More than fits on the shelf.
    CapacityExceeded,
    /// The order was not paid in time.
    OrderExpired,
    /// The order's state does not allow this.
    OrderStateInvalid,
    /// The order is not paid.
    OrderUnpaid,
    /// The order is paid already.
    OrderAlreadyPaid,
    /// The goods came out already.
    OrderAlreadyDelivered,
    /// The machine takes no pickup codes.
    PickupCodesDisabled,
    /// The pickup code is used.
    PickupCodeUsed,
    /// The pickup code is past its end.
    PickupCodeExpired,
    /// There is no such pickup code.
    PickupCodeNotFound,
    /// The trade number was used before.
    DuplicateTradeNumber,
    /// It is not known whether the vendor did it; it is not sent again. Read the object to see.
    OutcomeUnknown,
    /// The operation is deeper, larger or costlier than allowed.
    QueryTooComplex,
    /// Too much is asked at once. Try again later.
    Overloaded,
    /// Something is wrong on our side.
    Internal,
}
