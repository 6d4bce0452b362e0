//! How a machine is.

use std::sync::Arc;

use async_graphql::{Object, SimpleObject};

use super::{DateTime, Freshness};
use crate::{
    domain::{self, Report, Text},
    gateway::{self, fleet::Known},
};

/// How a machine is.
pub struct MachineStatus {
    online: bool,
    report: Arc<Report>,
    freshness: gateway::Freshness,
}

impl MachineStatus {
    /// The status of a reading; `online` is the freshest that is known, which may be younger than the reading.
    pub fn new(fresh: &gateway::Fresh<Report>, known: Known) -> Option<Self> {
        let online = known.online.map(|(online, _)| online).or(fresh.value.status.online)?;
        Some(Self { online, report: Arc::clone(&fresh.value), freshness: gateway::Freshness::of(fresh) })
    }

    /// How a machine was once it had told something.
    pub fn as_told(report: Arc<Report>, logged: &gateway::LoggedEvent) -> Self {
        let Self { freshness, .. } = Self::told(&report.status, logged);
        Self { online: report.status.online.unwrap_or(true), report, freshness }
    }

    /// What a machine told of itself. A machine that tells anything is reached.
    pub fn told(status: &domain::Status, logged: &gateway::LoggedEvent) -> Self {
        let source = match logged.stored.event.origin {
            domain::Origin::Pushed => gateway::Source::Webhook,
            domain::Origin::Reconciled | domain::Origin::Internal => gateway::Source::Store,
        };
        Self {
            online: status.online.unwrap_or(true),
            report: Arc::new(Report { status: status.clone(), shelves: Vec::new(), location: None }),
            freshness: gateway::Freshness { as_of: logged.stored.event.occurred_at, stale: false, source },
        }
    }

    fn status(&self) -> &domain::Status {
        &self.report.status
    }
}

/// How a machine is.
#[Object]
impl MachineStatus {
    /// Whether the vendor reaches it: the freshest that is known, the same as `Machine.online`.
    async fn online(&self) -> bool {
        self.online
    }

    /// Whether it can sell; null where the vendor does not tell.
    async fn sellable(&self) -> Option<bool> {
        self.status().sellable
    }

    /// Whether the vending controller answers the machine's computer; null where the vendor does not tell.
    async fn controller_online(&self) -> Option<bool> {
        self.status().controller_online
    }

    /// Whether its door stands open; null where the vendor does not tell.
    async fn door_open(&self) -> Option<bool> {
        self.status().door_open
    }

    /// How many shelves are sold out; null where the vendor does not tell.
    async fn sold_out_shelf_count(&self) -> Option<u32> {
        self.status().sold_out_shelf_count
    }

    /// What is broken; empty when nothing is, or when the vendor does not tell.
    async fn faults(&self) -> Vec<Fault> {
        self.status().faults.iter().flatten().map(Fault::from).collect()
    }

    /// The climate of each cabinet; empty where the vendor does not tell.
    async fn cabinets(&self) -> Vec<CabinetClimate> {
        self.status().cabinets.iter().map(CabinetClimate::from).collect()
    }

    /// The coins for change; null where the vendor does not tell.
    async fn coins(&self) -> Option<CoinStock> {
        self.status().coins.map(|coins| CoinStock { five_jiao: coins.five_jiao, one_yuan: coins.one_yuan })
    }

    /// How it reaches the network; null where the vendor does not tell.
    async fn network(&self) -> Option<NetworkInfo> {
        self.status().network.as_ref().map(NetworkInfo::from)
    }

    /// What runs on it; empty where the vendor does not tell.
    async fn versions(&self) -> Vec<ComponentVersion> {
        self.status()
            .versions
            .iter()
            .map(|one| ComponentVersion {
                component: one.component.to_string(),
                version: one.version.to_string(),
            })
            .collect()
    }

    /// How fresh the reading is.
    async fn freshness(&self) -> Freshness {
        self.freshness.into()
    }
}

/// Text shared with the cache, as GraphQL takes it.
pub(super) fn text(text: Option<&Text>) -> Option<String> {
    text.map(ToString::to_string)
}

/// Something that is broken.
#[derive(Clone, Debug, SimpleObject)]
pub struct Fault {
    /// The cabinet; null where the vendor does not tell.
    cabinet: Option<String>,
    /// The vendor's code or class of the fault; null where it gives none.
    code: Option<String>,
    /// What is broken, in the vendor's words.
    name: String,
    /// Since when; null where the vendor does not tell.
    since: Option<DateTime>,
}

impl From<&domain::Fault> for Fault {
    fn from(fault: &domain::Fault) -> Self {
        Self {
            cabinet: text(fault.cabinet.as_ref()),
            code: text(fault.code.as_ref()),
            name: fault.name.to_string(),
            since: fault.since.map(DateTime),
        }
    }
}

/// The climate of a cabinet. Temperatures are in degrees Celsius, times of day are the machine's own, as `H:MM`;
/// each is null where the machine does not tell.
#[derive(Clone, Debug, SimpleObject)]
pub struct CabinetClimate {
    /// The cabinet.
    cabinet: String,
    /// The temperature in the left room, °C.
    left_temperature: Option<i32>,
    /// The temperature in the right room, °C.
    right_temperature: Option<i32>,
    /// Below this, cooling stops, °C.
    cooling_low: Option<i32>,
    /// Above this, cooling starts, °C.
    cooling_high: Option<i32>,
    /// Below this, heating starts, °C.
    heating_low: Option<i32>,
    /// Above this, heating stops, °C.
    heating_high: Option<i32>,
    /// Whether the left room is being cooled.
    left_cooling: Option<bool>,
    /// Whether the right room is being cooled.
    right_cooling: Option<bool>,
    /// Whether the left room is being heated.
    left_heating: Option<bool>,
    /// Whether the right room is being heated.
    right_heating: Option<bool>,
    /// Whether the light is always on.
    light_always_on: Option<bool>,
    /// Whether the light goes by the times below.
    light_automatic: Option<bool>,
    /// When the light goes on.
    light_on_at: Option<String>,
    /// When the light goes off.
    light_off_at: Option<String>,
    /// When energy saving begins.
    energy_saving_on_at: Option<String>,
    /// When energy saving ends.
    energy_saving_off_at: Option<String>,
}

impl From<&domain::CabinetClimate> for CabinetClimate {
    fn from(climate: &domain::CabinetClimate) -> Self {
        Self {
            cabinet: climate.cabinet.to_string(),
            left_temperature: climate.left_temperature,
            right_temperature: climate.right_temperature,
            cooling_low: climate.cooling_low,
            cooling_high: climate.cooling_high,
            heating_low: climate.heating_low,
            heating_high: climate.heating_high,
            left_cooling: climate.left_cooling,
            right_cooling: climate.right_cooling,
            left_heating: climate.left_heating,
            right_heating: climate.right_heating,
            light_always_on: climate.light_always_on,
            light_automatic: climate.light_automatic,
            light_on_at: text(climate.light_on_at.as_ref()),
            light_off_at: text(climate.light_off_at.as_ref()),
            energy_saving_on_at: text(climate.energy_saving_on_at.as_ref()),
            energy_saving_off_at: text(climate.energy_saving_off_at.as_ref()),
        }
    }
}

/// Coins for change, counted by denomination.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct CoinStock {
    /// How many 5-jiao coins (¥0.50); null where the machine does not tell.
    five_jiao: Option<i32>,
    /// How many 1-yuan coins (¥1.00); null where the machine does not tell.
    one_yuan: Option<i32>,
}

/// How a machine reaches the network; each is null where the machine does not tell.
#[derive(Clone, Debug, SimpleObject)]
pub struct NetworkInfo {
    /// `WIFI`, `4G` and the like, as the vendor says it.
    kind: Option<String>,
    /// The telephone number of its SIM card.
    sim_number: Option<String>,
    /// The ICCID of its SIM card.
    iccid: Option<String>,
    /// Its IP address.
    ip: Option<String>,
}

impl From<&domain::NetworkInfo> for NetworkInfo {
    fn from(network: &domain::NetworkInfo) -> Self {
        Self {
            kind: text(network.kind.as_ref()),
            sim_number: text(network.sim_number.as_ref()),
            iccid: text(network.iccid.as_ref()),
            ip: text(network.ip.as_ref()),
        }
    }
}

/// The version of something that runs on a machine.
#[derive(Clone, Debug, SimpleObject)]
pub struct ComponentVersion {
    /// What.
    component: String,
    /// Which.
    version: String,
}
