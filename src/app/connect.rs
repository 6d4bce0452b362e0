//! The accounts of the configuration: their adapters, what tells their messages, how they are swept.

use std::{sync::Arc, time::Duration};

use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;
use url::Url;

use super::Error;
use crate::{
    config::{self, Config},
    domain::{AccountName, Clock, Vendor},
    gateway::{Connection, Duties, Lifetimes, fleet::sweep},
    telemetry::metrics::Calls,
    vendor::{
        self,
        dingshang::{self, Dingshang},
        inhand::{self, Inhand, webhook::Webhooks},
        transport::{Limits, Transport},
    },
};

/// The part of an account's rate that the sweep may take, in tenths.
const SWEEP_TENTHS: u32 = 8;

/// The store where `store.url` names none: a file in the working directory.
const DEFAULT_STORE: &str = "sqlite:vendgraph.db";

/// Where the store is.
pub(super) fn store_url(config: &Config) -> &str {
    config.store.url.as_ref().map_or(DEFAULT_STORE, |url| url.expose_secret())
}

/// The address at which this machine itself reaches the gateway.
pub(super) fn own_url(listener: &TcpListener) -> Option<Url> {
    Url::parse(&format!("http://{}", listener.local_addr().ok()?)).ok()
}

/// How long each sort of answer is kept.
pub fn lifetimes(config: &Config) -> Lifetimes {
    Lifetimes {
        status: config.cache.status,
        products: config.cache.products,
        sites: config.cache.sites,
        max_stale: config.cache.max_stale,
    }
}

/// The adapters of the configured accounts.
pub fn connections(config: &Config, clock: &Arc<dyn Clock>) -> Result<Vec<Connection>, Error> {
    config.accounts.iter().map(|account| connect(account, clock)).collect()
}

/// One account's adapter and its way to the vendor.
pub(super) fn connect(account: &config::Account, clock: &Arc<dyn Clock>) -> Result<Connection, Error> {
    let limits = Limits {
        timeout: account.calls.timeout,
        max_concurrency: account.calls.max_concurrency,
        requests_per_second: Some(account.calls.requests_per_second),
        retries: account.calls.retries,
    };
    let unusable = |source: Box<dyn std::error::Error + Send + Sync>| Error::Account {
        account: account.name.clone(),
        source,
    };
    let transport = Transport::new(limits, Arc::clone(clock)).map_err(|error| unusable(error.into()))?;
    let measured = |operations| Arc::new(transport.measured(Calls::of(&account.name, operations)));
    let (vendor, transport, client): (_, _, Arc<dyn vendor::Vendor>) = match &account.vendor {
        config::Vendor::Dingshang { url, app_id, app_secret, merchant_id } => {
            let credentials = dingshang::Credentials {
                url: url.clone(),
                app_id: app_id.expose_secret().to_owned(),
                app_secret: app_secret.clone(),
                merchant_id: merchant_id.clone(),
            };
            let transport = measured(&dingshang::OPERATIONS);
            let client = Dingshang::new(credentials, Arc::clone(&transport), Arc::clone(clock))
                .map_err(|error| unusable(error.into()))?;
            (Vendor::Dingshang, transport, Arc::new(client))
        }
        config::Vendor::Inhand { base_url, client_id, key, .. } => {
            let credentials = inhand::Credentials {
                base_url: base_url.clone(),
                client_id: client_id.expose_secret().to_owned(),
                key: key.clone(),
            };
            let transport = measured(&inhand::OPERATIONS);
            let client =
                Inhand::new(credentials, Arc::clone(&transport)).map_err(|error| unusable(error.into()))?;
            (Vendor::Inhand, transport, Arc::new(client))
        }
    };
    let name = AccountName::new(account.name.as_str());
    let (timeout, health) = (account.calls.timeout, Arc::new(move || transport.health()));
    Ok(Connection { name, vendor, client, timeout, health })
}

/// What tells the messages of InHand's accounts.
pub(super) fn webhooks(config: &Config) -> Vec<(AccountName, Webhooks)> {
    let of_account = |account: &config::Account| match &account.vendor {
        config::Vendor::Inhand { client_id, key, previous_key, .. } => Some((
            AccountName::new(account.name.as_str()),
            Webhooks::new(client_id.expose_secret(), key.clone()).also_by(previous_key.clone()),
        )),
        config::Vendor::Dingshang { .. } => None,
    };
    config.accounts.iter().filter_map(of_account).collect()
}

/// What is done for each account.
pub(super) fn duties(config: &Config) -> Vec<(AccountName, Duties)> {
    let pace = |account: &config::Account, interval: Duration| {
        let requests = match account.vendor {
            config::Vendor::Dingshang { .. } => 4,
            config::Vendor::Inhand { .. } => 1,
        };
        let rate = account.calls.requests_per_second.get();
        let shortest_gap = Duration::from_secs(10) * requests / SWEEP_TENTHS / rate;
        sweep::Pace { interval, shortest_gap }
    };
    let of = |account: &config::Account| Duties {
        sweep: config.fleet.sweep.map(|interval| pace(account, interval)),
        reconcile: config.fleet.reconcile,
    };
    config.accounts.iter().map(|account| (AccountName::new(account.name.as_str()), of(account))).collect()
}
