//! What vending is: pure values. No I/O, no serialisation, no vendor's word or unit.
//!
//! Everything a vendor says is turned into these before anything else sees it. Money is integer minor
//! units of a known currency, times are instants, and what a vendor may leave out is an `Option`.

pub mod account;
pub mod clock;
pub mod event;
pub mod id;
pub mod machine;
pub mod money;
pub mod order;
pub mod page;
pub mod pickup_code;
pub mod product;
pub mod refill;
pub mod shelf;
pub mod site;
pub mod statistics;
pub mod status;
pub mod text;
pub mod trade;

pub use account::{AccountName, Capability, HealthState, Vendor};
pub use clock::{Clock, ManualClock, SystemClock};
pub use event::{
    AccountHealth, DeliveryNews, Event, EventKind, Happening, Origin, Place, Registration, ShelfNews,
    StatusNews, Touched, Unreadable,
};
pub use id::Id;
pub use machine::{Category, GeoPoint, Machine, MachineDetail, MachineKind, OperatingState, SiteRef};
pub use money::Money;
pub use order::{Delivery, DeliveryState, Order, OrderLine, OrderReport, OrderReportLine, OrderState};
pub use page::Window;
pub use pickup_code::{Hold, IssuedPickupCode, PickupCode, PickupCodeIssuer, PickupCodeState, Verdict};
pub use product::{Packaging, Product};
pub use refill::{Refill, ShelfRefill};
pub use shelf::{Shelf, ShelfState};
pub use site::{Line, Site};
pub use statistics::{MethodSales, ProductSales, RefillSales, SalesFigure, SalesStatistics, ShelfSales};
pub use status::{CabinetClimate, CoinStock, ComponentVersion, Fault, NetworkInfo, Report, Status};
pub use text::Text;
pub use trade::{Payment, PaymentMethod, PaymentState, Refund, RefundState, Trade, TradeKind};
