//! What an account asks its vendor for, as calls that end by themselves, whoever waits for them.

use std::sync::Arc;

use futures_util::{FutureExt as _, future::try_join};
use jiff::Timestamp;

use super::{Account, news};
use crate::{
    domain::{MachineDetail, Report, Text},
    gateway::{
        error,
        fleet::{Listing, Row},
    },
    vendor,
};

impl Account {
    pub(super) fn fetch_listing(&self) -> impl Future<Output = vendor::Result<Listing>> + Send + 'static {
        let client = self.client();
        let (before, clock) = (self.last_listing(), Arc::clone(&self.clock));
        self.named(async move {
            // What a machine says while the pages come in is younger than they are.
            let asked_at = clock.now();
            let machines = client.machines().await?;
            Ok(Listing::new(machines, before.as_deref(), asked_at).await)
        })
    }

    pub(super) fn fetch_detail(
        &self,
        machine: &Text,
    ) -> impl Future<Output = vendor::Result<MachineDetail>> + Send + 'static {
        let (client, number) = (self.client(), machine.clone());
        self.named(async move { client.machine_detail(&number).await })
    }

    /// A detail no older than `since`, shared with whoever asks for it by itself; `None`: asked for anew.
    fn newest_detail(&self, machine: &Text, since: Option<Timestamp>) -> vendor::Detail<'static> {
        let (details, key, fetch) = (self.details.clone(), machine.clone(), self.fetch_detail(machine));
        async move { details.newest(&key, since, || fetch).await.map_err(error::again) }.boxed()
    }

    /// `since`: when the report was asked for; `None`: whatever is under way.
    pub(super) fn fetch_report(
        &self,
        row: &Arc<Row>,
        since: Option<Timestamp>,
    ) -> impl Future<Output = vendor::Result<Report>> + Send + 'static {
        let client = self.client();
        let (row, clock) = (Arc::clone(row), Arc::clone(&self.clock));
        let detail = self.newest_detail(&row.machine.number, since);
        let (name, memory) = (self.name().clone(), self.memory.clone());
        let (facts, read) = (self.facts.clone(), self.fetch_facts(&row.machine.number));
        self.named(async move {
            // What is heard of the machine while this call is under way is younger.
            let asked_at = clock.now();
            let number = &row.machine.number;
            let facts = facts.newest(number, Some(Timestamp::MIN), || read);
            let (mut report, facts) = try_join(client.report(number, detail), facts.map(Ok)).await?;
            // Where the log cannot be read, the vendor's part is told all the same.
            if let Ok(facts) = facts {
                facts.complete(&mut report);
            }
            row.last.hear_report(&report, asked_at);
            if let Some((_, inbox)) = memory {
                news::tell(&inbox, &name, &row, &report, asked_at);
            }
            Ok(report)
        })
    }
}
