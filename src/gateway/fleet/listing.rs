//! An account's machines as its vendor last listed them, sorted and found by number.

use std::{
    collections::{BTreeMap, HashMap},
    mem,
    sync::{Arc, OnceLock, Weak},
};

use jiff::Timestamp;
use tokio::runtime::Handle;

use super::{Last, MachineFilter, haystack::Haystack, turns::Turns};
use crate::{
    domain::{Machine, Site, Text},
    gateway::cache::Weigh,
};

/// From so many machines on a fleet is large.
const LARGE: usize = 2_000;

/// One machine of the fleet.
#[derive(Debug)]
pub struct Row {
    /// As listed.
    pub machine: Machine,
    /// What was last heard of it.
    pub last: Arc<Last>,
    /// Where it stands in its listing.
    position: usize,
    /// Its site in the same listing, for as long as that is the current one.
    site: OnceLock<Weak<SiteRow>>,
}

impl Row {
    /// A machine of which nothing but its number is known.
    pub fn unlisted(number: Text) -> Self {
        let machine = Machine::numbered(number);
        Self { machine, last: Arc::default(), position: usize::MAX, site: OnceLock::new() }
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
    haystack: Haystack,
    sites: Vec<Arc<SiteRow>>,
    site_positions: HashMap<Text, usize>,
}

impl Listing {
    /// The listing read at `at`; machines that `before` knew keep what was last heard of them. Leaves turns to others as it
    /// goes: of a large fleet it takes as long as a thousand answers.
    pub async fn new(machines: Vec<Machine>, before: Option<&Self>, at: Timestamp) -> Self {
        let mut turns = Turns::default();
        let count = machines.len();
        // Of rows that a vendor repeats, the first counts, every time.
        let mut by_number = BTreeMap::new();
        for machine in machines {
            by_number.entry(machine.number.clone()).or_insert(machine);
            turns.leave().await;
        }
        let (mut rows, mut haystack) = (Vec::with_capacity(count), Haystack::default());
        let mut machine_positions = HashMap::with_capacity(count);
        for (position, (number, machine)) in by_number.into_iter().enumerate() {
            let known = before.and_then(|before| before.machine(&number));
            let last = known.map_or_else(Arc::default, |row| Arc::clone(&row.last));
            haystack.add(&machine);
            machine_positions.insert(number, position);
            rows.push(Arc::new(Row { machine, last, position, site: OnceLock::new() }));
            turns.leave().await;
        }
        haystack.end();
        let sites = sites(&rows).await;
        let mut site_positions = HashMap::with_capacity(sites.len());
        for (position, row) in sites.iter().enumerate() {
            site_positions.insert(row.site.number.clone(), position);
            turns.leave().await;
        }
        // At last and at once: what answers are made of changes with the listing, not while it is built.
        for row in &rows {
            row.last.hear_online(row.machine.online, at);
        }
        Self { machines: rows, machine_positions, haystack, sites, site_positions }
    }

    /// Every machine, by number.
    pub fn machines(&self) -> &[Arc<Row>] {
        &self.machines
    }

    /// The machines that match, of a matching account: those after that number, by number.
    pub fn matching<'a>(
        &'a self,
        filter: &'a MachineFilter,
        after: Option<&str>,
    ) -> Box<dyn Iterator<Item = &'a Arc<Row>> + 'a> {
        let rows = match &filter.site {
            None => self.machines.as_slice(),
            Some((_, site)) => self.site(site).map_or(&[][..], |site| &site.machines),
        };
        let begin = after.map_or(0, |after| rows.partition_point(|row| *row.machine.number <= *after));
        let rows = rows.get(begin..).unwrap_or_default().iter();
        let matches = |row: &&Arc<Row>| filter.matches(row);
        let Some(words) = &filter.search else { return Box::new(rows.filter(matches)) };
        if filter.site.is_some() {
            return Box::new(rows.filter(|row| self.haystack.has(row.position, words)).filter(matches));
        }
        let found = self.haystack.search(words, begin);
        Box::new(found.filter_map(|position| self.machines.get(position)).filter(matches))
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

impl Drop for Listing {
    /// Of a large fleet it takes long to let go of all rows: left to a task that leaves turns to others.
    fn drop(&mut self) {
        let Ok(runtime) = Handle::try_current() else { return };
        if self.machines.len() < LARGE {
            return;
        }
        let (machines, positions) = (mem::take(&mut self.machines), mem::take(&mut self.machine_positions));
        let sites = mem::take(&mut self.sites);
        runtime.spawn(async move {
            let mut turns = Turns::default();
            for site in sites {
                drop(site);
                turns.leave().await;
            }
            for number in positions {
                drop(number);
                turns.leave().await;
            }
            for machine in machines {
                drop(machine);
                turns.leave().await;
            }
        });
    }
}

/// Sites are what the machines' rows say of them; the first machine speaks for its site.
async fn sites(machines: &[Arc<Row>]) -> Vec<Arc<SiteRow>> {
    let mut sites: BTreeMap<Text, SiteRow> = BTreeMap::new();
    let mut turns = Turns::default();
    for row in machines {
        turns.leave().await;
        let machine = &row.machine;
        let Some(site) = &machine.site else { continue };
        sites
            .entry(site.number.clone())
            .or_insert_with(|| SiteRow {
                site: Site {
                    number: site.number.clone(),
                    name: site.name.clone(),
                    address: machine.address.clone(),
                    area_name: machine.area_name.clone(),
                    line_name: machine.line_name.clone(),
                },
                machines: Vec::new(),
            })
            .machines
            .push(Arc::clone(row));
    }
    let mut rows = Vec::with_capacity(sites.len());
    for site in sites.into_values() {
        let site = Arc::new(site);
        for row in &site.machines {
            let _ = row.site.set(Arc::downgrade(&site));
            turns.leave().await;
        }
        rows.push(site);
    }
    rows
}
