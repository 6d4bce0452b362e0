//! What is done on nobody's behalf: once for each account, by one of the gateways that share a store, and taken over by
//! another when that one dies, ends or is cut off.
//!
//! One lead for all of an account's work: whoever sweeps it hears best how its vendor answers. Who does not lead knows the
//! fleet all the same ([`follow`]).

mod follow;

use std::{sync::Arc, time::Duration};

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{
    Account, Gateway,
    fleet::sweep::{self, Pace},
    news, orders,
};
use crate::store::Lead;

/// How often who does not lead asks for the lead.
const EVERY: Duration = Duration::from_secs(2);

/// What is done for the store as a whole.
const STORE: &str = "store";

/// What is done for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duties {
    /// How its machines are swept; `None`: not at all.
    pub sweep: Option<Pace>,
    /// How often it is asked for what it may not have told; `None`: never.
    pub reconcile: Option<Duration>,
}

/// Does an account's work while this gateway leads in it, and follows who leads otherwise, until told to stop.
pub async fn attend(gateway: Arc<Gateway>, account: Arc<Account>, duties: Duties, stop: CancellationToken) {
    let what = format!("account/{}", account.name());
    let attending = async {
        loop {
            let lead = tokio::select! {
                biased;
                lead = gateway.leads_in(&what) => lead,
                () = follow::follow(&gateway, &account, duties.sweep) => continue,
            };
            tokio::select! {
                () = lead.lost() => {
                    tracing::warn!(account = %account.name(), "no longer leads in an account's work");
                }
                () = work(&gateway, &account, duties) => {}
            }
        }
    };
    stop.run_until_cancelled(attending).await;
}

/// Keeps the store small and its orders and codes as they are by now, while this gateway leads in it, until told to stop.
pub async fn keep(gateway: Arc<Gateway>, retention: news::Retention, stop: CancellationToken) {
    let keeping = async {
        loop {
            let lead = gateway.leads_in(STORE).await;
            tokio::select! {
                () = lead.lost() => {}
                ((), ()) = async { tokio::join!(news::tidy(&gateway, retention), orders::tidy(&gateway)) } => {}
            }
        }
    };
    stop.run_until_cancelled(keeping).await;
}

/// Everything at once, for ever.
async fn work(gateway: &Arc<Gateway>, account: &Arc<Account>, duties: Duties) {
    let sweep = async {
        if let Some(pace) = duties.sweep {
            sweep::run(account, pace).await;
        }
    };
    let reconcile = async {
        if let Some(every) = duties.reconcile {
            news::reconcile(gateway, account, every).await;
        }
    };
    tokio::join!(sweep, reconcile, news::watch(gateway, account), orders::settle(gateway, account));
}

impl Gateway {
    /// Returns once this gateway leads.
    async fn leads_in(&self, what: &str) -> Lead {
        loop {
            match self.store().lead(what).await {
                Ok(Some(lead)) => {
                    tracing::info!(what, "leads");
                    return lead;
                }
                Ok(None) => {}
                Err(error) => tracing::debug!(%error, what, "nobody can say who leads"),
            }
            sleep(EVERY).await;
        }
    }
}
