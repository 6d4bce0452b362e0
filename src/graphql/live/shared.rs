//! Equal subscriptions, executed once for all who follow them.

use std::{
    collections::HashMap,
    fmt,
    hash::{Hash, Hasher},
    sync::{Arc, Mutex, PoisonError, RwLock, Weak},
};

use async_graphql::{Name, Request, parser::types::Selection};
use async_graphql_value::Value;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Answer, execution::Execution};
use crate::{
    auth::{Caller, caller::Grant},
    domain::Place,
    events::{After, Wanted, Window},
    telemetry::metrics,
};

/// How many answers of one subscription are kept for those who are a little behind.
const KEPT: usize = 1_024;
/// How much they may take in memory, in bytes.
const KEPT_BYTES: usize = 512 * 1024;

/// What makes subscriptions equal: the document, the variables but for the cursor, and the caller's rights.
#[derive(Clone)]
pub(super) struct Key {
    query: Arc<str>,
    operation_name: Option<String>,
    variables: Arc<str>,
    caller: Arc<Caller>,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.query == other.query
            && self.operation_name == other.operation_name
            && self.variables == other.variables
            && self.caller.scopes == other.caller.scopes
            && self.caller.accounts == other.caller.accounts
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.query.hash(state);
        self.variables.hash(state);
        let accounts: &Grant = &self.caller.accounts;
        accounts.hash(state);
    }
}

impl fmt::Debug for Key {
    /// Without what callers sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").finish_non_exhaustive()
    }
}

impl Key {
    /// The key of a caller's subscription.
    pub(super) fn of(request: &mut Request, caller: &Arc<Caller>) -> Self {
        let mut variables = request.variables.clone();
        if let Some(cursor) = cursor_variable(request) {
            variables.remove(&cursor);
        }
        Self {
            query: request.query.as_str().into(),
            operation_name: request.operation_name.clone(),
            // A map that is sorted: equal variables are written alike.
            variables: format!("{variables:?}").into(),
            caller: Arc::clone(caller),
        }
    }
}

/// The variable that gives what is followed its cursor, if that is all that it gives: its name stands twice in the document,
/// where it is declared and behind the field's `after:`. A document that is written otherwise is shared among equal cursors
/// only.
fn cursor_variable(request: &mut Request) -> Option<Name> {
    let document = request.parsed_query().ok()?;
    let (_, operation) = document.operations.iter().next()?;
    let [selection] = operation.node.selection_set.node.items.as_slice() else { return None };
    let Selection::Field(field) = &selection.node else { return None };
    let Value::Variable(name) = &field.node.get_argument("after")?.node else { return None };
    let name = name.clone();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let uses = request.query.split('$').skip(1);
    let uses =
        uses.filter(|rest| rest.strip_prefix(name.as_str()).is_some_and(|rest| !rest.starts_with(is_name)));
    (uses.count() == 2).then_some(name)
}

/// The answers to one subscription, as they are made.
#[derive(Debug)]
pub(super) struct Group {
    execution: Arc<Execution>,
    wanted: Wanted,
    made: Arc<Made>,
    /// Ends with the last who follows.
    _executing: DropGuard,
}

#[derive(Debug)]
struct Made {
    window: RwLock<Window<Answer>>,
    /// The place of the last answer.
    reached: watch::Sender<Place>,
}

/// All groups.
#[derive(Debug, Default)]
pub(super) struct Sharing(Mutex<HashMap<Key, Weak<Group>>>);

impl Sharing {
    /// The group of a subscription; the first to follow it starts its execution.
    pub(super) fn join(&self, key: Key, execution: &Arc<Execution>, wanted: &Wanted) -> Arc<Group> {
        let mut groups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = groups.get(&key).and_then(Weak::upgrade);
        // What is wanted by the same words is another thing once there are other accounts.
        if let Some(group) = known.filter(|group| group.wanted == *wanted) {
            return group;
        }
        groups.retain(|_, group| group.strong_count() > 0);
        let group = Arc::new(Group::start(Arc::clone(execution), wanted.clone()));
        groups.insert(key, Arc::downgrade(&group));
        group
    }
}

impl Group {
    fn start(execution: Arc<Execution>, wanted: Wanted) -> Self {
        let gateway = Arc::clone(&execution.live().gateway);
        let start = gateway.log_end();
        let window = RwLock::new(Window::new(start, KEPT, (KEPT_BYTES, |answer: &Answer| answer.body.len())));
        let made = Arc::new(Made { window, reached: watch::Sender::new(start) });
        let stop = CancellationToken::new();
        let (own, end) = (Arc::clone(&made), stop.clone());
        let (executed, wanted_by_all) = (Arc::clone(&execution), wanted.clone());
        tokio::spawn(async move {
            let mut follower = gateway.follow(wanted_by_all, start);
            let told = metrics::Follower::default();
            let executing = async {
                loop {
                    let Some(news) = gateway.told(follower.next().await) else { continue };
                    let place = news.place();
                    told.at(place.0.saturating_sub(1));
                    if let Some(answer) = executed.news(news).await {
                        own.add(place, answer);
                    }
                    told.caught_up();
                }
            };
            end.run_until_cancelled(executing).await;
        });
        Self { execution, wanted, made, _executing: stop.drop_guard() }
    }

    /// What executes it for all who follow, and for one who is behind.
    pub(super) fn execution(&self) -> &Execution {
        &self.execution
    }

    /// What all of them want.
    pub(super) fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// After which place its answers are kept.
    pub(super) fn begins_after(&self) -> Place {
        self.made.window.read().unwrap_or_else(PoisonError::into_inner).start()
    }

    /// The answers after a place.
    pub(super) fn after(&self, place: Place, first: usize) -> After<Answer> {
        self.made.window.read().unwrap_or_else(PoisonError::into_inner).after(place, first)
    }

    /// Told with each answer.
    pub(super) fn reached(&self) -> watch::Receiver<Place> {
        self.made.reached.subscribe()
    }
}

impl Made {
    fn add(&self, place: Place, answer: Answer) {
        self.window.write().unwrap_or_else(PoisonError::into_inner).extend([(place, answer)], place);
        self.reached.send_replace(place);
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Request;

    use super::cursor_variable;

    #[test]
    fn the_cursors_variable_is_known_where_it_gives_nothing_else() {
        for (query, expected) in [
            ("subscription ($after: String) { events(after: $after) { id } }", Some("after")),
            ("subscription($c:String,$f:EventFilter){events(filter:$f,after:$c){id}}", Some("c")),
            ("subscription { events { id } }", None),
            ("subscription { events(after: \"x\") { id } }", None),
            (
                "subscription ($a: String) { events(after: $a) { machine { trades(after: $a) { nodes { id } } } } }",
                None,
            ),
            ("subscription ($a: String, $ab: Int) { events(after: $a) { id x(first: $ab) } }", Some("a")),
            // Not that of what is followed.
            (
                "subscription ($id: ID!, $a: String) { order(id: $id) { machine { events(after: $a) { nodes { id } } } } }",
                None,
            ),
            ("subscription ($a: String) { events { machine { trades(after: $a) { nodes { id } } } } }", None),
        ] {
            let found = cursor_variable(&mut Request::new(query));
            assert_eq!(found.as_deref(), expected, "{query}");
        }
    }
}
