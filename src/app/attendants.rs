//! Who does the accounts' work on nobody's behalf: one task an account, begun and ended as accounts come and go.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    domain::AccountName,
    gateway::{Account, Duties, Gateway, duties::attend},
};

/// The tasks of all accounts.
pub(super) struct Attendants {
    gateway: Arc<Gateway>,
    stopping: CancellationToken,
    tasks: TaskTracker,
    at_work: Mutex<HashMap<AccountName, AtWork>>,
}

/// One account's task.
struct AtWork {
    account: Arc<Account>,
    duties: Duties,
    stop: CancellationToken,
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Attendants {
    /// Nobody yet; whoever begins ends with `stopping`.
    pub fn new(gateway: Arc<Gateway>, stopping: CancellationToken) -> Self {
        Self { gateway, stopping, tasks: TaskTracker::new(), at_work: Mutex::default() }
    }

    /// From now on this is the work; what is the same goes on undisturbed. Does nothing once everything is stopping.
    pub fn assign(&self, all: Vec<(AccountName, Duties)>) {
        let mut at_work = self.at_work.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut *at_work);
        let accounts = self.gateway.all_accounts();
        for (name, duties) in all {
            let Some(account) = accounts.iter().find(|account| *account.name() == name) else { continue };
            let is_same = |before: &AtWork| before.duties == duties && Arc::ptr_eq(&before.account, account);
            let now = match before.remove(&name) {
                Some(before) if is_same(&before) => before,
                other => {
                    drop(other);
                    self.begin(Arc::clone(account), duties)
                }
            };
            at_work.insert(name, now);
        }
    }

    fn begin(&self, account: Arc<Account>, duties: Duties) -> AtWork {
        let stop = self.stopping.child_token();
        self.tasks.spawn(attend(Arc::clone(&self.gateway), Arc::clone(&account), duties, stop.clone()));
        AtWork { account, duties, stop }
    }

    /// Done when all of them are, after everything was told to stop.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}
