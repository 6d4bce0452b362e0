//! What tests ask of an InHand machine, and do to it, behind the API's back.

use super::happened::Fault;
use super::{Fleet, Machine};

/// A machine as it is right now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Its number.
    pub asset_id: String,
    /// What the operator calls it.
    pub name: String,
    /// The site it stands at, with others.
    pub site_id: String,
    /// The name of the site.
    pub site_name: String,
    /// The line it is on.
    pub line_name: String,
    /// The city.
    pub area_name: &'static str,
    /// Whether it is connected.
    pub online: bool,
    /// How many shelves it has.
    pub shelves: usize,
    /// The locations of those that are sold out.
    pub sold_out: Vec<String>,
    /// The faults it has.
    pub faults: Vec<&'static str>,
}

impl Fleet {
    /// A machine as it is right now.
    pub fn facts(&self, asset_id: &str) -> Option<Facts> {
        let machine = self.find(asset_id)?;
        Some(Facts {
            asset_id: machine.asset_id(),
            name: machine.name(),
            site_id: machine.site_id(),
            site_name: machine.site_name(),
            line_name: machine.line_name(),
            area_name: machine.area().name,
            online: self.online(&machine),
            shelves: usize::from(machine.shelves),
            sold_out: self.sold_out(&machine),
            faults: self.faults(&machine).into_iter().map(|(name, _)| name).collect(),
        })
    }

    /// Takes a machine off the network or brings it back. False where there is no such machine.
    pub fn set_online(&self, asset_id: &str, online: bool) -> bool {
        let Some(machine) = self.find(asset_id) else {
            return false;
        };
        self.switch(&machine, online);
        true
    }

    /// Gives a machine this fault, or repairs it. False where there is no such machine.
    pub fn set_fault(&self, asset_id: &str, fault: Option<&'static str>) -> bool {
        let Some(machine) = self.find(asset_id) else {
            return false;
        };
        let fault = fault.map_or(Fault::Repaired, |name| Fault::Came(name, self.now()));
        self.wear(&machine, fault);
        true
    }

    fn sold_out(&self, machine: &Machine) -> Vec<String> {
        let history = self.history(machine);
        let sold = history.sold(machine, history.refill, None);
        let shelves = machine.all_shelves().zip(sold);
        let empty = shelves.filter(|(shelf, sold)| sold.dispensed >= shelf.fill);
        empty.map(|(shelf, _)| shelf.location()).collect()
    }
}
