//! Telling a vendor what a machine was refilled to.
//!
//! Each call is a command of its own, written down and sent once. The vendor's call reaches one cabinet, so a machine
//! with several is told of cabinet by cabinet; the first that fails ends it, and the answer names those that were done and
//! those that were not. The audit trail has one command for each cabinet. Nothing continues what a crash cut off: the stock is
//! told as what it is, not as what was added, so that the whole may be given again. Whatever was answered, what is kept of the
//! machine's stock goes: a refused call may have reached some of its shelves.

use std::sync::Arc;

use super::{
    Asker, Code, Commanded, Error, Gateway, Input, Machine, Problem, Refusal,
    commands::{Start, came, verdict},
    orders::{Blame as _, intent},
};
use crate::{
    domain::{AccountName, Capability, Shelf, Text},
    store::{Action, Change, Target},
    vendor::{DriverAddress, Place, Replenishment},
};

/// A machine, or a part of one, that was refilled.
#[derive(Clone, Debug)]
pub struct Replenish {
    /// The machine.
    pub machine: (AccountName, Text),
    /// Which of its shelves, and to what.
    pub what: Refilled,
    /// In this cabinet alone.
    pub cabinet: Option<Text>,
    /// On this driver alone, by its number.
    pub driver: Option<i32>,
}

/// Which shelves were refilled, and to what.
#[derive(Clone, Debug)]
pub enum Refilled {
    /// All, to their capacity.
    Machine,
    /// Those of a category.
    Category {
        /// The category's account and machine.
        of: (AccountName, Text),
        /// Its number.
        number: Text,
        /// The stock of each after it.
        quantity: i32,
    },
    /// One.
    Shelf {
        /// Its cabinet.
        cabinet: Text,
        /// Its code.
        code: Text,
        /// Its stock after it.
        quantity: i32,
    },
}

/// One call to the vendor, and what it is written down to be about.
struct Step {
    replenishment: Replenishment,
    target: Target,
}

impl Refilled {
    const fn action(&self) -> Action {
        match self {
            Self::Machine => Action::ReplenishMachine,
            Self::Category { .. } => Action::ReplenishCategory,
            Self::Shelf { .. } => Action::ReplenishShelf,
        }
    }

    /// The argument that names what is refilled.
    const fn argument(&self) -> &'static str {
        match self {
            Self::Machine | Self::Category { .. } => "machineId",
            Self::Shelf { .. } => "shelfId",
        }
    }
}

impl Replenish {
    /// The part of the machine that is named.
    fn place(&self) -> Result<Option<Place>, Problem> {
        match (&self.cabinet, self.driver) {
            (Some(_), Some(_)) => {
                Err(Input::Both { argument: "driverAddress", other: "cabinet" }).blame(&["driverAddress"])
            }
            (Some(cabinet), None) => Ok(Some(Place::Cabinet(cabinet.clone()))),
            (None, Some(number)) => {
                let range =
                    || Input::Range { argument: "driverAddress", value: number.into(), least: 1, most: 8 };
                let driver = DriverAddress::new(number).ok_or_else(range).blame(&["driverAddress"])?;
                Ok(Some(Place::Driver(driver)))
            }
            (None, None) => Ok(None),
        }
    }
}

impl Gateway {
    /// Tells the vendor what was refilled.
    pub async fn replenish(&self, asker: &Asker, wanted: &Replenish) -> Commanded<Machine> {
        let machine = match self.replenished(asker, wanted).await {
            Ok(machine) => machine,
            Err(problem) => return problem.into(),
        };
        let problem = self.try_replenish(asker, &machine, wanted).await.err();
        Commanded { subject: Some(machine), problem }
    }

    /// The machine, if its vendor can be told of refills at all.
    async fn replenished(&self, asker: &Asker, wanted: &Replenish) -> Result<Machine, Problem> {
        let argument = wanted.what.argument();
        let (account, number) = &wanted.machine;
        let account = self.account(asker, account).blame(&[argument])?;
        if !account.can(Capability::Replenish) {
            return Err(account.unsupported("replenishment")).blame(&[argument]);
        }
        self.machine(asker, account.name(), number).await.blame(&[argument])
    }

    async fn try_replenish(
        &self,
        asker: &Asker,
        machine: &Machine,
        wanted: &Replenish,
    ) -> Result<(), Problem> {
        let place = wanted.place()?;
        let steps = steps(asker, machine, wanted, place.clone()).await?;
        let cabinets: Vec<_> = steps.iter().filter_map(|step| step.target.cabinet.clone()).collect();
        for (position, step) in steps.into_iter().enumerate() {
            if let Err(error) = self.send_replenishment(asker, machine, wanted.what.action(), step).await {
                let field: &[&str] = match place {
                    Some(Place::Driver(_)) if error.code() == Code::BadUserInput => &["driverAddress"],
                    Some(Place::Cabinet(_)) if error.code() == Code::BadUserInput => &["cabinet"],
                    Some(_) | None => &[],
                };
                return Err(Problem { part: part(&cabinets, position), ..Problem::of(field, error) });
            }
        }
        Ok(())
    }

    async fn send_replenishment(
        &self,
        asker: &Asker,
        machine: &Machine,
        action: Action,
        step: Step,
    ) -> super::Result<()> {
        let input = format!("{:?}", step.replenishment);
        let account = &machine.account;
        let intended = intent(asker, account.name(), (action, &input), step.target, self.clock.as_ref());
        let Start::Carry(intent) = self.commands.begin(&intended, &Change::none()).await? else {
            return Err(Error::Internal("a replenishment has no key and claims nothing"));
        };
        let (client, clock, of) = (account.client(), Arc::clone(&self.clock), Arc::clone(account));
        let number = machine.number().clone();
        let act = account.named(async move {
            let answer = client.replenish(&number, &step.replenishment).await;
            of.forget_machine(&number, &answer);
            came(clock.as_ref(), &answer, Change::none())
        });
        verdict(&self.commands.carry_out(intent, asker.until, act).await?)
    }
}

/// Which of several cabinets were told of, where that ended at one of them.
fn part(cabinets: &[Text], failed: usize) -> Option<String> {
    let names =
        |cabinets: &[Text]| cabinets.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let (done, rest) = cabinets.split_at_checked(failed).filter(|_| cabinets.len() > 1)?;
    let (at, rest) = rest.split_first()?;
    let done = if done.is_empty() { String::new() } else { format!("done: {}; ", names(done)) };
    let left = if rest.is_empty() { String::new() } else { format!("not told of: {}; ", names(rest)) };
    Some(format!("{done}{left}cabinet `{at}`"))
}

/// The calls that it takes, every argument checked.
async fn steps(
    asker: &Asker,
    machine: &Machine,
    wanted: &Replenish,
    place: Option<Place>,
) -> Result<Vec<Step>, Problem> {
    if let Some(Place::Cabinet(cabinet)) = &place {
        let cabinets = machine.cabinets(asker).await.blame(&["machineId"])?;
        if !cabinets.contains(cabinet) {
            return Err(Input::Apart { argument: "cabinet", of: "machineId" }).blame(&["cabinet"]);
        }
    }
    let target = |cabinet: Option<&Text>| Target {
        machine: Some(machine.number().clone()),
        cabinet: cabinet.cloned(),
        ..Target::default()
    };
    let step = |replenishment: fn(Option<Place>, &Refilled) -> Replenishment, place: Option<Place>| {
        let cabinet = match &place {
            Some(Place::Cabinet(cabinet)) => Some(cabinet),
            Some(Place::Driver(_)) | None => None,
        };
        Step { target: target(cabinet), replenishment: replenishment(place, &wanted.what) }
    };
    let each = |cabinets: Vec<Text>| cabinets.into_iter().map(|cabinet| Some(Place::Cabinet(cabinet)));
    match &wanted.what {
        Refilled::Machine => {
            let places: Vec<_> = match place {
                Some(place) => vec![Some(place)],
                None => each(machine.cabinets(asker).await.blame(&["machineId"])?).collect(),
            };
            let of = |place, _: &Refilled| Replenishment::Machine { place };
            Ok(places.into_iter().map(|place| step(of, place)).collect())
        }
        Refilled::Category { of, number, quantity } => {
            if *of != wanted.machine {
                return Err(Input::Apart { argument: "categoryId", of: "machineId" }).blame(&["categoryId"]);
            }
            let cabinets = category(asker, machine, number, (*quantity, place.as_ref())).await?;
            let places: Vec<_> = match place {
                Some(place) => vec![Some(place)],
                None => each(cabinets).collect(),
            };
            let of = |place, what: &Refilled| match what {
                Refilled::Category { number, quantity, .. } => Replenishment::Category {
                    category: number.clone(),
                    quantity: u32::try_from(*quantity).unwrap_or_default(),
                    place,
                },
                Refilled::Machine | Refilled::Shelf { .. } => Replenishment::Machine { place },
            };
            Ok(places.into_iter().map(|place| step(of, place)).collect())
        }
        Refilled::Shelf { cabinet, code, quantity } => {
            let (shelf, _) = machine.shelf(cabinet, code, asker).await.blame(&["shelfId"])?;
            let quantity = stock(*quantity, shelf.capacity)?;
            let slot = shelf.slot.ok_or(Error::NotFound).blame(&["shelfId"])?;
            let target = Target { shelf: Some(code.clone()), ..target(Some(cabinet)) };
            Ok(vec![Step { target, replenishment: Replenishment::Shelf { slot, quantity } }])
        }
    }
}

/// The cabinets in which a machine has shelves of a category, where all that are meant hold so many.
async fn category(
    asker: &Asker,
    machine: &Machine,
    number: &Text,
    (quantity, place): (i32, Option<&Place>),
) -> Result<Vec<Text>, Problem> {
    let report = machine.report(asker).await.blame(&["machineId"])?;
    let meant = |shelf: &&Shelf| {
        shelf.category.as_ref().is_some_and(|category| category.number == *number)
            && match place {
                Some(Place::Cabinet(cabinet)) => shelf.cabinet == *cabinet,
                Some(Place::Driver(_)) | None => true,
            }
    };
    let shelves: Vec<&Shelf> = report.value.shelves.iter().filter(meant).collect();
    if shelves.is_empty() {
        return Err(Error::NotFound).blame(&["categoryId"]);
    }
    let capacities = shelves.iter().filter_map(|shelf| shelf.capacity);
    // Which of them hang on the driver that is named, only the vendor knows.
    let most = if matches!(place, Some(Place::Driver(_))) { capacities.max() } else { capacities.min() };
    stock(quantity, most)?;
    let mut cabinets: Vec<Text> = shelves.iter().map(|shelf| shelf.cabinet.clone()).collect();
    cabinets.sort_unstable();
    cabinets.dedup();
    Ok(cabinets)
}

/// A stock that fits.
fn stock(quantity: i32, capacity: Option<u32>) -> Result<u32, Problem> {
    let most = capacity.map_or(i64::from(i32::MAX), i64::from);
    let range = Input::Range { argument: "quantity", value: quantity.into(), least: 0, most };
    let quantity = u32::try_from(quantity).map_err(|_| range).blame(&["quantity"])?;
    if capacity.is_some_and(|capacity| quantity > capacity) {
        return Err(Refusal::ours(Code::CapacityExceeded)).blame(&["quantity"]);
    }
    Ok(quantity)
}
