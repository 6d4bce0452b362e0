//! A vending machine as a vendor's listing and detail describe it.

use iso_currency::Currency;
use jiff::Timestamp;

use super::Text;

/// One machine, as its vendor lists it.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    /// The vendor's own number of the machine; unique in the account. A leading zero counts.
    pub number: Text,
    /// The name the operator gave it.
    pub name: Option<Text>,
    /// Who made it.
    pub manufacturer: Option<Text>,
    /// Where it stands, as text.
    pub address: Option<Text>,
    /// Where it stands, as coordinates.
    pub location: Option<GeoPoint>,
    /// The site it belongs to.
    pub site: Option<SiteRef>,
    /// The name of the replenishment line that serves it.
    pub line_name: Option<Text>,
    /// The name of its area.
    pub area_name: Option<Text>,
    /// Whether the vendor reaches it.
    pub online: Option<bool>,
    /// Whether it is meant to sell.
    pub operating_state: OperatingState,
    /// The currency of its prices, where the listing implies one.
    pub currency: Option<Currency>,
    /// How many cabinets it has, where the listing says so.
    pub cabinet_count: Option<u32>,
    /// When it was registered.
    pub created_at: Option<Timestamp>,
}

impl Machine {
    /// A machine of which nothing but its number is known.
    pub fn numbered(number: Text) -> Self {
        Self {
            number,
            name: None,
            manufacturer: None,
            address: None,
            location: None,
            site: None,
            line_name: None,
            area_name: None,
            online: None,
            operating_state: OperatingState::Unknown,
            currency: None,
            cabinet_count: None,
            created_at: None,
        }
    }
}

/// The site of a machine, as the machine's row names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteRef {
    /// The vendor's id of the site; unique in the account.
    pub number: Text,
    /// The site's name.
    pub name: Text,
}

/// What only a call for the single machine tells.
#[derive(Clone, Debug, PartialEq)]
pub struct MachineDetail {
    /// What sort of machine it is.
    pub kind: MachineKind,
    /// The names of its cabinets, in order.
    pub cabinets: Vec<Text>,
    /// The groups of its products; the sort order is not known here.
    pub categories: Vec<Category>,
    /// The currency of its prices; `None` where the vendor names one that we do not know.
    pub currency: Option<Currency>,
    /// Whether the vendor reaches it.
    pub online: bool,
    /// Where it stands, as coordinates.
    pub location: Option<GeoPoint>,
}

/// WGS 84 coordinates in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GeoPoint {
    /// North is positive, −90 to 90.
    pub latitude: f64,
    /// East is positive, −180 to 180.
    pub longitude: f64,
}

impl GeoPoint {
    /// A point on earth, or nothing.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let on_earth = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        on_earth.then_some(Self { latitude, longitude })
    }
}

/// What sort of machine it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MachineKind {
    /// Bottles and cans.
    Beverage,
    /// Spirals.
    Spring,
    /// A grid of lockers.
    Locker,
    /// A vending machine of no closer description.
    Vending,
    /// An amusement machine.
    Amusement,
    /// A claw machine.
    Claw,
    /// Lockers that lend things.
    LendingLocker,
    /// Lockers that take things back.
    ReturnLocker,
    /// A sort that we do not know.
    Unknown,
}

/// Whether a machine is meant to sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperatingState {
    /// In operation.
    Operational,
    /// Under maintenance.
    Maintenance,
    /// Being moved between merchants.
    Transfer,
    /// Switched off by its operator.
    NotInOperation,
    /// Not told, or a state that we do not know.
    Unknown,
}

/// A group of products in one machine; at Dingshang also called a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// The vendor's id of the category.
    pub number: Text,
    /// What shoppers see.
    pub title: Text,
    /// Lower comes first.
    pub sort_order: Option<i32>,
}
