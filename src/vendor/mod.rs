//! How to talk to a vendor: one trait, an adapter for each vendor, one transport under both.
//!
//! An adapter signs, sends, checks and converts; nothing of a vendor's words, units or quirks passes its
//! `mapping`. It caches nothing: whoever calls decides what is asked how often. But goods that are equal in the reports of
//! many machines it tells as one. A call that the vendor does not offer answers [`Kind::Unsupported`] without sending
//! anything.
//!
//! A call that changes something at the vendor is sent once. Where it ends as [`Kind::OutcomeUnknown`], the vendor
//! may have done it; after every other error it has not, save that a refused replenishment of many shelves may have
//! reached some of them.

pub mod command;
pub mod dingshang;
pub mod error;
pub mod inhand;
pub mod interner;
pub mod transport;

use std::{ops::Range, sync::Arc};

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use url::Url;

use crate::domain::{
    Capability, Category, Delivery, Line, Machine, MachineDetail, OrderReport, PaymentMethod, PickupCode,
    Product, Refill, RefillSales, Report, SalesStatistics, Text, Trade, Window,
};

pub use command::{
    Dispensed, DriverAddress, Goods, NewCodes, NewOrder, NewOrderLine, NewPickupCodes, OrderUpdate, Place,
    Redemption, Replenishment,
};
pub use error::{Error, Kind};

/// The answer to a vendor call.
pub type Result<T> = std::result::Result<T, Error>;

/// A machine's detail for a call that may need it: as fresh as the call itself, asked of the vendor when first it is
/// awaited, and by one call for all who need it at that time.
pub type Detail<'a> = BoxFuture<'a, Result<Arc<MachineDetail>>>;

/// Which trades are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TradeQuery {
    /// Of this machine alone.
    pub machine: Option<String>,
    /// Made in this span of time, to the second.
    pub window: Window,
    /// Paid with this.
    pub method: Option<PaymentMethod>,
}

/// Some of the trades that a query matches; in no promised order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TradePage {
    /// How many the query matches in all.
    pub total: u64,
    /// Those asked for.
    pub trades: Vec<Trade>,
}

/// What every vendor is asked. There are no default methods, so that each adapter reads as the table of
/// what its vendor can do.
#[async_trait]
pub trait Vendor: std::fmt::Debug + Send + Sync {
    /// What the vendor can do at all.
    fn capabilities(&self) -> &'static [Capability];

    /// Reaches the vendor with a signed call where there is one; changes nothing.
    async fn ping(&self) -> Result<()>;

    /// Every machine of the account, in no promised order; one that the vendor repeats comes again, and the first counts.
    async fn machines(&self) -> Result<Vec<Machine>>;

    /// What the call for a single machine tells.
    async fn machine_detail(&self, machine: &str) -> Result<MachineDetail>;

    /// A machine's status and all its shelves. A vendor that tells a part of it in the detail awaits `detail`.
    async fn report(&self, machine: &str, detail: Detail<'_>) -> Result<Report>;

    /// The groups of a machine's products, with their sort order.
    async fn categories(&self, machine: &str) -> Result<Vec<Category>>;

    /// Every product of the account, each once, in no promised order.
    async fn products(&self) -> Result<Vec<Product>>;

    /// Every replenishment line of the account, each once, in no promised order.
    async fn lines(&self) -> Result<Vec<Line>>;

    /// Some of the trades that match: those at the positions `range` of the vendor's own order.
    async fn trades(&self, query: &TradeQuery, range: Range<u64>) -> Result<TradePage>;

    /// The sales of many machines between two instants, in as few calls as the vendor allows. A machine
    /// that the vendor leaves out is left out.
    async fn sales_statistics(
        &self,
        machines: &[String],
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<SalesStatistics>>;

    /// What a machine sold since it was last refilled.
    async fn sales_since_refill(&self, machine: &str) -> Result<RefillSales>;

    /// The refills that the vendor could not report to us, each once, in no promised order.
    async fn unreported_refills(&self, machine: Option<&str>, window: Window) -> Result<Vec<Refill>>;

    /// The unused pickup codes of one slot.
    async fn pickup_codes(&self, machine: &str, slot: &str) -> Result<Vec<PickupCode>>;

    /// An order as the vendor knows it.
    async fn order(&self, machine: &str, order: &str) -> Result<OrderReport>;

    /// What became of a dispense.
    async fn delivery(&self, machine: &str, delivery: &str) -> Result<Delivery>;

    /// Places an order, and gives the vendor's number of it. The goods are kept for it until it is paid, ended
    /// or expired.
    async fn create_order(&self, order: &NewOrder) -> Result<Text>;

    /// Tells the vendor what became of an order's payment.
    async fn update_order(&self, machine: &str, order: &str, update: OrderUpdate) -> Result<()>;

    /// Lets the machine give out one line of a paid order.
    async fn dispense(&self, machine: &str, order: &str, line: &str) -> Result<Dispensed>;

    /// Lets the machine give out a piece of a shelf, without an order.
    async fn test_dispense(&self, machine: &str, shelf: &str, notify_url: &Url) -> Result<Dispensed>;

    /// Tells the vendor what a machine was refilled to.
    async fn replenish(&self, machine: &str, replenishment: &Replenishment) -> Result<()>;

    /// Makes pickup codes.
    async fn create_pickup_codes(&self, codes: &NewPickupCodes) -> Result<NewCodes>;

    /// Cancels one pickup code, by the vendor's number of it.
    async fn cancel_pickup_code(&self, machine: &str, number: &str) -> Result<()>;

    /// Cancels every unused pickup code of a machine.
    async fn cancel_all_pickup_codes(&self, machine: &str) -> Result<()>;

    /// Trades a pickup code for an order. Where the code is used, the error names the order that used it.
    async fn redeem_pickup_code(&self, redemption: &Redemption) -> Result<OrderReport>;
}
