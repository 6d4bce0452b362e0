//! One who follows a subscription.

use std::{collections::VecDeque, sync::Arc};

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use tokio::sync::watch;

use super::{Answer, Plan, shared::Group};
use crate::{
    domain::Place,
    events::{After, Follower},
    telemetry::metrics,
};

/// How many answers are taken from the group at a time: they are shared, so they cost a pointer each.
const HELD: usize = 64;

/// One who follows a subscription: a place in the log, and a few shared answers at hand.
pub(super) struct Subscriber {
    group: Arc<Group>,
    /// Whether it tells how things are, and so changes alone.
    is_state: bool,
    /// What is still to be done before it follows.
    beginning: Option<Beginning>,
    at: Place,
    held: VecDeque<Answer>,
    reached: watch::Receiver<Place>,
    /// Executes for it alone, while it is behind the group.
    behind: Option<Follower>,
    /// What it was told last, of a subscription that tells changes alone.
    last: Option<Bytes>,
    version: Option<u32>,
    /// How far it was told.
    told: metrics::Follower,
}

enum Beginning {
    /// It is told how things are now.
    Now,
    /// It is told if what it asks for is not kept any more.
    After(Place),
}

impl Subscriber {
    pub(super) fn new(group: Arc<Group>, plan: &Plan, resume: Option<Place>) -> Self {
        let gateway = &group.execution().live().gateway;
        let cursor = resume.or(plan.after);
        let (beginning, at) = match cursor {
            // What is read from here on has heard of everything up to this place.
            _ if plan.is_state => (Some(Beginning::Now), gateway.heard_until()),
            Some(cursor) => (Some(Beginning::After(cursor)), cursor),
            None => (None, gateway.log_end()),
        };
        let reached = group.reached();
        Self {
            group,
            is_state: plan.is_state,
            beginning,
            at,
            held: VecDeque::new(),
            reached,
            behind: None,
            last: None,
            version: None,
            told: metrics::Follower::default(),
        }
    }

    /// Its answers, for as long as it is asked for them.
    pub(super) fn answers(self) -> impl Stream<Item = Answer> + Send {
        stream::unfold(self, async |mut subscriber| {
            let answer = subscriber.next().await;
            Some((answer, subscriber))
        })
    }

    async fn next(&mut self) -> Answer {
        loop {
            // What is seldom waited for is boxed, and takes no room while it is not.
            let answer = match self.beginning.take() {
                Some(Beginning::Now) => Box::pin(self.group.execution().now()).await,
                Some(Beginning::After(cursor)) => Box::pin(self.gap(cursor)).await,
                None => self.follow().await,
            };
            if let Some(answer) = answer.filter(|answer| self.is_news(answer)) {
                if let Some(place) = answer.place {
                    self.told.at(place.0);
                }
                return answer;
            }
        }
    }

    /// The next answer; `None`: look again.
    async fn follow(&mut self) -> Option<Answer> {
        if let Some(answer) = self.held.pop_front() {
            return Some(answer);
        }
        if let Some(follower) = &mut self.behind {
            let Some(news) = follower.next_until(self.group.begins_after()).await else {
                self.at = self.at.max(follower.place());
                self.behind = None;
                return None;
            };
            self.at = follower.place();
            let execution = self.group.execution();
            let news = execution.live().gateway.told(news)?;
            return Box::pin(execution.news(news)).await;
        }
        self.reached.borrow_and_update();
        match self.group.after(self.at, HELD) {
            After::Older(_) => {
                let wanted = self.group.wanted().clone();
                self.behind = Some(self.group.execution().live().gateway.follow(wanted, self.at));
            }
            After::Entries(answers, through) => {
                if answers.is_empty() {
                    self.told.caught_up();
                    // The group executes for as long as it is followed.
                    let _ = self.reached.changed().await;
                }
                self.held.extend(answers.into_iter().map(|(_, answer)| answer));
                self.at = through;
            }
        }
        None
    }

    /// The gap, where what comes after the cursor is not kept any more.
    async fn gap(&mut self, cursor: Place) -> Option<Answer> {
        let gap = match self.group.execution().live().gateway.gap_after(cursor).await {
            Ok(gap) => gap?,
            Err(error) => {
                // Found again by whoever reads what is behind.
                tracing::warn!(%error, "the event log does not tell how far it reaches");
                return None;
            }
        };
        self.at = gap.place();
        self.group.execution().news(gap).await
    }

    /// Whether it was not told already: of a state, changes are told.
    fn is_news(&mut self, answer: &Answer) -> bool {
        if !self.is_state {
            return true;
        }
        let old = self.last.as_ref() == Some(&answer.body)
            || answer.version.zip(self.version).is_some_and(|(told, known)| told <= known);
        if !old {
            self.last = Some(answer.body.clone());
            self.version = answer.version.or(self.version);
        }
        !old
    }
}
