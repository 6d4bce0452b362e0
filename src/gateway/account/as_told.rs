//! How machines were after each of the latest things that they told: who follows a machine is told each change, also when
//! the next has come before it was told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use crate::domain::{Place, Report};

/// How many are kept: a few seconds of a busy account.
const KEPT: usize = 512;

/// The latest reports, by the place of the event that made them.
#[derive(Debug, Default)]
pub(super) struct AsTold(Mutex<VecDeque<(Place, Arc<Report>)>>);

impl AsTold {
    pub(super) fn add(&self, place: Place, report: Report) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((place, Arc::new(report)));
    }

    pub(super) fn get(&self, place: Place) -> Option<Arc<Report>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.binary_search_by_key(&place, |(of, _)| *of).ok()?;
        kept.get(at).map(|(_, report)| Arc::clone(report))
    }
}
