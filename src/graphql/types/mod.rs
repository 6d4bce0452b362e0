//! The nouns of the schema, one file each: newtypes over what the gateway gives.

mod account;
mod connection;
mod error_code;
mod freshness;
mod machine;
mod money;
mod node;
mod order;
mod pickup_code;
mod product;
mod refill;
mod scalar;
mod shelf;
mod site;
mod statistics;
mod status;
mod trade;
mod viewer;

pub use account::{Vendor, VendorAccount};
pub use connection::{Connection, CountedConnection, Total};
pub use error_code::ErrorCode;
pub use freshness::{Freshness, SourceError, SourceStatus};
pub use machine::{Category, Machine};
pub use money::Money;
pub use node::Node;
pub use order::{Order, OrderState};
pub use pickup_code::{PickupCode, PickupCodeIssuer, PickupCodeState};
pub use product::Product;
pub use refill::Refill;
pub use scalar::{DateTime, Decimal};
pub use shelf::Shelf;
pub use site::{Line, Site};
pub use statistics::{MethodSales, RefillSales, SalesFigure, SalesStatistics};
pub use status::MachineStatus;
pub use trade::{Delivery, DeliveryState, PaymentMethod, Trade};
pub use viewer::Viewer;
