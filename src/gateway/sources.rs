//! Gathering one list from several accounts: each answers for itself.

use std::sync::Arc;

use futures_util::future::join_all;

use super::{Account, Error, Fresh, Freshness, Result};

/// What became of one account's share of a list.
#[derive(Clone, Debug)]
pub struct SourceStatus {
    /// The account.
    pub account: Arc<Account>,
    /// How fresh its share is, or why there is none.
    pub outcome: Result<Freshness>,
}

/// What the accounts gave, and what became of each.
#[derive(Debug)]
pub(super) struct Gathered<T> {
    /// The shares that there are, by account name.
    pub shares: Vec<(Arc<Account>, T)>,
    /// One entry an account, by name.
    pub sources: Vec<SourceStatus>,
}

/// Asks all accounts at once.
pub(super) async fn gather<V, F>(
    accounts: Vec<Arc<Account>>,
    ask: impl Fn(Arc<Account>) -> F,
) -> Gathered<Arc<V>>
where
    F: Future<Output = Result<Fresh<V>>>,
{
    let answers = join_all(accounts.iter().map(|account| ask(Arc::clone(account)))).await;
    let mut gathered = Gathered { shares: Vec::new(), sources: Vec::new() };
    for (account, answer) in accounts.into_iter().zip(answers) {
        let outcome = answer.map(|fresh| {
            let freshness = Freshness::of(&fresh);
            gathered.shares.push((Arc::clone(&account), fresh.value));
            freshness
        });
        gathered.sources.push(SourceStatus { account, outcome });
    }
    gathered
}

impl SourceStatus {
    /// An account whose vendor has no such list.
    pub(super) fn unsupported(account: Arc<Account>, operation: &'static str) -> Self {
        let outcome = Err(account.unsupported(operation));
        Self { account, outcome }
    }

    /// Why the account gave nothing, if it gave nothing.
    pub fn error(&self) -> Option<&Error> {
        self.outcome.as_ref().err()
    }
}
