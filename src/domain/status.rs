//! What a machine reports about itself.

use jiff::Timestamp;

use super::{GeoPoint, Shelf, Text};

/// A machine's status and shelves, from one and the same reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The machine itself.
    pub status: Status,
    /// Its shelves, by cabinet and code.
    pub shelves: Vec<Shelf>,
    /// Its coordinates, where they come with the status.
    pub location: Option<GeoPoint>,
}

/// How a machine is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Status {
    /// Whether the vendor reaches it; `None` where the reading does not say.
    pub online: Option<bool>,
    /// Whether it can sell.
    pub sellable: Option<bool>,
    /// Whether the vending controller answers the machine's computer.
    pub controller_online: Option<bool>,
    /// Whether its door stands open.
    pub door_open: Option<bool>,
    /// How many shelves are sold out.
    pub sold_out_shelf_count: Option<u32>,
    /// What is broken; `None` where the vendor does not tell.
    pub faults: Option<Vec<Fault>>,
    /// The climate of each cabinet.
    pub cabinets: Vec<CabinetClimate>,
    /// The coins for change.
    pub coins: Option<CoinStock>,
    /// How it reaches the network.
    pub network: Option<NetworkInfo>,
    /// What runs on it.
    pub versions: Vec<ComponentVersion>,
}

/// Of no more cabinets than this is the climate remembered: no machine has so many.
const MOST_CABINETS: usize = 32;

impl Status {
    /// Takes in what was told since: what was left out is no news. How many shelves are sold out their news tells.
    pub fn hear(&mut self, told: &Self) {
        self.online = told.online.or(self.online);
        self.sellable = told.sellable.or(self.sellable);
        self.controller_online = told.controller_online.or(self.controller_online);
        self.door_open = told.door_open.or(self.door_open);
        self.coins = told.coins.or(self.coins);
        if told.faults.is_some() {
            self.faults.clone_from(&told.faults);
        }
        if told.network.is_some() {
            self.network.clone_from(&told.network);
        }
        for climate in &told.cabinets {
            match self.cabinets.iter_mut().find(|known| known.cabinet == climate.cabinet) {
                Some(known) => known.clone_from(climate),
                None => self.cabinets.push(climate.clone()),
            }
        }
        for version in &told.versions {
            match self.versions.iter_mut().find(|known| known.component == version.component) {
                Some(known) => known.clone_from(version),
                None => self.versions.push(version.clone()),
            }
        }
    }

    /// The part that machines tell by themselves alone, and no call of a vendor's.
    #[must_use]
    pub fn own(&self) -> Self {
        Self {
            sellable: self.sellable,
            controller_online: self.controller_online,
            door_open: self.door_open,
            coins: self.coins,
            cabinets: self.cabinets.iter().take(MOST_CABINETS).cloned().collect(),
            ..Self::default()
        }
    }

    /// Takes over that part from what was told, where a reading does not tell it. Whether a machine that nobody reaches can sell
    /// is not known.
    pub fn keep(&mut self, told: &Self) {
        if self.online != Some(false) {
            self.sellable = self.sellable.or(told.sellable);
            self.controller_online = self.controller_online.or(told.controller_online);
        }
        self.door_open = self.door_open.or(told.door_open);
        self.coins = self.coins.or(told.coins);
        if self.cabinets.is_empty() {
            self.cabinets.clone_from(&told.cabinets);
        }
    }
}

/// Something that is broken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fault {
    /// The cabinet, where known.
    pub cabinet: Option<Text>,
    /// The vendor's code or class of the fault.
    pub code: Option<Text>,
    /// What is broken, in the vendor's words.
    pub name: Text,
    /// Since when.
    pub since: Option<Timestamp>,
}

/// The climate of a cabinet; temperatures in degrees Celsius, times of day as `H:MM`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the members say what they are; their units stand above")]
pub struct CabinetClimate {
    pub cabinet: Text,
    pub left_temperature: Option<i32>,
    pub right_temperature: Option<i32>,
    pub cooling_low: Option<i32>,
    pub cooling_high: Option<i32>,
    pub heating_low: Option<i32>,
    pub heating_high: Option<i32>,
    pub left_cooling: Option<bool>,
    pub right_cooling: Option<bool>,
    pub left_heating: Option<bool>,
    pub right_heating: Option<bool>,
    pub light_always_on: Option<bool>,
    pub light_automatic: Option<bool>,
    pub light_on_at: Option<Text>,
    pub light_off_at: Option<Text>,
    pub energy_saving_on_at: Option<Text>,
    pub energy_saving_off_at: Option<Text>,
}

/// Coins for change, counted by denomination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CoinStock {
    /// 5-jiao coins.
    pub five_jiao: Option<i32>,
    /// 1-yuan coins.
    pub one_yuan: Option<i32>,
}

/// How a machine reaches the network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NetworkInfo {
    /// `WIFI`, `4G` and the like, as the vendor says it.
    pub kind: Option<Text>,
    /// The number of its SIM card.
    pub sim_number: Option<Text>,
    /// The id of its SIM card.
    pub iccid: Option<Text>,
    /// Its address.
    pub ip: Option<Text>,
}

/// The version of something that runs on a machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ComponentVersion {
    /// What.
    pub component: Text,
    /// Which.
    pub version: Text,
}
