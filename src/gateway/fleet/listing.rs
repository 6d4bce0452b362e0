//! An account's machines as its vendor last listed them, sorted and found by number.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, OnceLock, Weak},
};

use jiff::Timestamp;

use super::Last;
use crate::{
    domain::{Machine, Site, Text},
    gateway::cache::Weigh,
};

/// One machine of the fleet.
#[derive(Debug)]
pub struct Row {
    /// As listed.
    pub machine: Machine,
    /// What was last heard of it.
    pub last: Arc<Last>,
    /// Its site in the same listing, for as long as that is the current one.
    site: OnceLock<Weak<SiteRow>>,
    /// What a search looks through: lower case, fields apart by line breaks.
    pub(super) haystack: Box<str>,
}

impl Row {
    /// A machine of which nothing but its number is known.
    pub fn unlisted(number: Text) -> Self {
        let machine = Machine::numbered(number);
        Self { haystack: Box::default(), machine, last: Arc::default(), site: OnceLock::new() }
    }

    /// Its site, while the listing that the row is of is the current one.
    pub fn site(&self) -> Option<Arc<SiteRow>> {
        self.site.get()?.upgrade()
    }
}

/// One site and its machines.
#[derive(Debug)]
pub struct SiteRow {
    /// The site.
    pub site: Site,
    /// Its machines, by number.
    pub machines: Vec<Arc<Row>>,
}

/// The machines and sites of one account.
#[derive(Debug, Default)]
pub struct Listing {
    machines: Vec<Arc<Row>>,
    machine_positions: HashMap<Text, usize>,
    sites: Vec<Arc<SiteRow>>,
    site_positions: HashMap<Text, usize>,
}

impl Listing {
    /// The listing read at `at`; machines that `before` knew keep what was last heard of them.
    pub fn new(mut machines: Vec<Machine>, before: Option<&Self>, at: Timestamp) -> Self {
        // Stable: of rows that a vendor repeats, the first counts, every time.
        machines.sort_by(|a, b| a.number.cmp(&b.number));
        machines.dedup_by(|later, earlier| later.number == earlier.number);
        let machines: Vec<_> = machines
            .into_iter()
            .map(|machine| {
                let last = before
                    .and_then(|before| before.machine(&machine.number))
                    .map_or_else(Arc::default, |row| Arc::clone(&row.last));
                last.hear_online(machine.online, at);
                Arc::new(Row { haystack: haystack(&machine), machine, last, site: OnceLock::new() })
            })
            .collect();
        let sites = sites(&machines);
        for site in &sites {
            for row in &site.machines {
                let _ = row.site.set(Arc::downgrade(site));
            }
        }
        Self {
            machine_positions: positions(machines.iter().map(|row| &row.machine.number)),
            site_positions: positions(sites.iter().map(|row| &row.site.number)),
            machines,
            sites,
        }
    }

    /// Every machine, by number.
    pub fn machines(&self) -> &[Arc<Row>] {
        &self.machines
    }

    /// Every site, by number.
    pub fn sites(&self) -> &[Arc<SiteRow>] {
        &self.sites
    }

    /// The machine of that number.
    pub fn machine(&self, number: &str) -> Option<&Arc<Row>> {
        self.machine_positions.get(number).and_then(|at| self.machines.get(*at))
    }

    /// The site of that number.
    pub fn site(&self, number: &str) -> Option<&Arc<SiteRow>> {
        self.site_positions.get(number).and_then(|at| self.sites.get(*at))
    }
}

impl Weigh for Listing {
    fn weight(&self) -> usize {
        self.machines.len() * 900
    }
}

fn positions<'a>(numbers: impl Iterator<Item = &'a Text>) -> HashMap<Text, usize> {
    numbers.enumerate().map(|(at, number)| (Arc::clone(number), at)).collect()
}

/// Sites are what the machines' rows say of them; the first machine speaks for its site.
fn sites(machines: &[Arc<Row>]) -> Vec<Arc<SiteRow>> {
    let mut sites: BTreeMap<Text, SiteRow> = BTreeMap::new();
    for row in machines {
        let machine = &row.machine;
        let Some(site) = &machine.site else { continue };
        sites
            .entry(Arc::clone(&site.number))
            .or_insert_with(|| SiteRow {
                site: Site {
                    number: Arc::clone(&site.number),
                    name: Arc::clone(&site.name),
                    address: machine.address.clone(),
                    area_name: machine.area_name.clone(),
                    line_name: machine.line_name.clone(),
                },
                machines: Vec::new(),
            })
            .machines
            .push(Arc::clone(row));
    }
    sites.into_values().map(Arc::new).collect()
}

fn haystack(machine: &Machine) -> Box<str> {
    let site = machine.site.as_ref().map(|site| &site.name);
    let fields = [Some(&machine.number), machine.name.as_ref(), machine.address.as_ref(), site];
    let mut text = String::new();
    for field in fields.into_iter().flatten() {
        text.push_str(&field.to_lowercase());
        text.push('\n');
    }
    text.into()
}
