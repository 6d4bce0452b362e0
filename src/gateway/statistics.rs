//! Sums of sales: one call an account, however many machines, and one question to the store for all accounts whose
//! vendor sums none.

use std::{collections::HashMap, sync::Arc};

use futures_util::future::{join, join_all};
use jiff::Timestamp;

use super::{Account, Asker, Error, Gateway, Input, Machine, Result, trade_walk::second_after};
use crate::domain::{AccountName, Capability, SalesStatistics, Text};

/// The greatest number of machines in one question.
const MOST_MACHINES: usize = 500;

/// The sums that there are, and why others are missing.
#[derive(Debug)]
pub struct Statistics {
    /// One entry a machine, in the order asked for.
    pub rows: Vec<(Machine, SalesStatistics)>,
    /// Why machines are missing: one error an account, one for all that do not exist.
    pub errors: Vec<Error>,
}

impl Gateway {
    /// The sales of these machines between two instants, both inclusive.
    pub async fn sales_statistics(
        &self,
        asker: &Asker,
        machines: &[(AccountName, Text)],
        window: (Timestamp, Timestamp),
    ) -> Result<Statistics> {
        if machines.len() > MOST_MACHINES {
            let count = machines.len();
            return Err(Input::TooMany { argument: "machineIds", count, most: MOST_MACHINES }.into());
        }
        if window.0 > window.1 {
            return Err(Input::Window.into());
        }
        // Sums cannot be filtered afterwards as trades are: nothing wider than the window may be asked for.
        if second_after(window.0) > window.1 {
            return Err(Input::NoWholeSecond.into());
        }
        let found =
            join_all(machines.iter().map(|(account, number)| self.machine(asker, account, number))).await;
        let mut wanted = Vec::new();
        let mut errors = Errors::default();
        for machine in found {
            match machine {
                Ok(machine) => wanted.push(machine),
                Err(error) => errors.add(error),
            }
        }
        let mut by_account: Vec<(Arc<Account>, Vec<String>)> = Vec::new();
        let (told, stored): (Vec<&Machine>, Vec<&Machine>) =
            wanted.iter().partition(|machine| machine.account.can(Capability::SalesStatistics));
        for machine in told {
            let number = machine.number().to_string();
            match by_account.iter_mut().find(|(account, _)| account.name() == machine.account.name()) {
                Some((_, numbers)) if numbers.contains(&number) => {}
                Some((_, numbers)) => numbers.push(number),
                None => by_account.push((Arc::clone(&machine.account), vec![number])),
            }
        }
        let calls = by_account.into_iter().map(|(account, numbers)| ask(account, numbers, window, asker));
        let (answers, kept) = join(join_all(calls), self.stored_statistics(&stored, window)).await;
        let mut sums = HashMap::new();
        match kept {
            Ok(rows) => sums
                .extend(rows.into_iter().map(|(account, row)| ((account, row.machine_number.clone()), row))),
            Err(error) => errors.add(error),
        }
        for (account, answer) in answers {
            match answer {
                Ok(rows) => sums.extend(
                    rows.into_iter().map(|row| ((account.name().clone(), row.machine_number.clone()), row)),
                ),
                Err(error) => errors.add(error),
            }
        }
        let rows = wanted.into_iter().filter_map(|machine| {
            let row = sums.get(&(machine.account.name().clone(), machine.number().clone()))?;
            Some((machine, row.clone()))
        });
        Ok(Statistics { rows: rows.collect(), errors: errors.0 })
    }
}

async fn ask(
    account: Arc<Account>,
    machines: Vec<String>,
    window: (Timestamp, Timestamp),
    asker: &Asker,
) -> (Arc<Account>, Result<Vec<SalesStatistics>>) {
    let answer = account.sales_statistics(machines, window, asker.until).await;
    (account, answer.map(|fresh| fresh.value.to_vec()))
}

/// Errors, each said once.
#[derive(Default)]
struct Errors(Vec<Error>);

impl Errors {
    fn add(&mut self, error: Error) {
        if !self.0.iter().any(|one| one.to_string() == error.to_string()) {
            self.0.push(error);
        }
    }
}
