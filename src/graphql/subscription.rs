//! What can be followed.

use std::sync::OnceLock;

use async_graphql::{Context, ID, Result};
use futures_util::stream;

use super::{
    error::Failure,
    field::{Field, field},
    input::{self, EventFilter, TradeFilter},
    live::{Plan, Turn},
    types::{Event, MachineStatus, Order, TradeEvent},
};
use crate::{
    auth::Scope,
    domain::{EventKind as Kind, Id, Place},
    gateway::{self, Asker, Followed, Input},
};

/// What can be followed: one field of it in one subscription.
#[derive(Clone, Copy, Debug)]
pub struct Subscription;

/// What one execution gives: something or nothing.
type Given<T> = stream::Iter<std::option::IntoIter<T>>;

/// What can be followed.
#[async_graphql::Subscription]
impl Subscription {
    /// What happens, in the order of the log: from now on, or everything that came after a cursor and then what happens.
    /// Every event is told once, or a `GapEvent` says that some are not kept any more. Needs the scope `events:read`; the
    /// kinds that need another scope (see `EventFilter.kinds`) are told to callers who have it.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which events; all when left out.")] filter: Option<EventFilter>,
        #[graphql(desc = "The cursor of the last event that was seen; from now on when left out.")]
        after: Option<String>,
    ) -> Result<Given<Event>> {
        let (field, turn) = turn(ctx)?;
        let event = match turn {
            Turn::Plan(plan) => {
                let filter = told(filter.unwrap_or_default().check(&field.asker.caller))?;
                told(field.permit(Scope::EventsRead))?;
                planned(
                    plan,
                    Plan {
                        wanted: field.gateway.wanted(field.asker, filter),
                        after: told(cursor(after.as_deref()))?,
                        is_state: false,
                    },
                )?;
                None
            }
            Turn::News(followed) => Event::of(followed.clone()),
            Turn::Now(_) => None,
        };
        Ok(stream::iter(event))
    }

    /// How a machine is: now (null: not known yet), and then whenever that changes. Needs the scope `machines:read`.
    async fn machine_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The machine's global id.")] machine_id: ID,
    ) -> Result<Given<Option<MachineStatus>>> {
        let (field, turn) = turn(ctx)?;
        let (account, number) = told(input::machine("machineId", &machine_id).map_err(Failure::from))?;
        if let Turn::Plan(plan) = turn {
            told(field.permit(Scope::MachinesRead))?;
            told(field.gateway.account(field.asker, &account).map_err(Failure::from))?;
            let filter = gateway::EventFilter {
                accounts: None,
                machines: Some(vec![(account, number)]),
                kinds: vec![Kind::MachineStatus],
            };
            let wanted = field.gateway.wanted(field.asker, filter);
            planned(plan, Plan { wanted, after: None, is_state: true })?;
            return Ok(stream::iter(None));
        }
        if let Turn::News(Followed::Event(logged)) = turn
            && let Some(report) = logged.account.as_told(logged.stored.place)
        {
            return Ok(stream::iter(Some(Some(MachineStatus::as_told(report, logged)))));
        }
        let status = match field.gateway.machine(field.asker, &account, &number).await {
            Ok(machine) => status(&machine, field.asker).await,
            Err(error) => {
                tracing::debug!(%error, "the machine of a subscription is not known");
                None
            }
        };
        Ok(stream::iter(Some(status)))
    }

    /// What is sold or won, and what becomes of it, in the order of the log. Needs the scope `trades:read`. Where what comes
    /// after the cursor is not kept any more, an error says so, and what is kept follows.
    async fn trades(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which trades; all when left out.")] filter: Option<TradeFilter>,
        #[graphql(desc = "The cursor of the last event that was seen; from now on when left out.")]
        after: Option<String>,
    ) -> Result<Given<Result<TradeEvent>>> {
        let (field, turn) = turn(ctx)?;
        let filter = told(filter.unwrap_or_default().check().map_err(Failure::from))?;
        let event = match turn {
            Turn::Plan(plan) => {
                told(field.permit(Scope::TradesRead))?;
                let wanted = gateway::EventFilter {
                    accounts: filter.accounts,
                    machines: filter.machines,
                    kinds: vec![Kind::Trade],
                };
                planned(
                    plan,
                    Plan {
                        wanted: field.gateway.wanted(field.asker, wanted),
                        after: told(cursor(after.as_deref()))?,
                        is_state: false,
                    },
                )?;
                None
            }
            Turn::News(Followed::Gap(_)) => Some(Err(Failure::Gap.to_graphql())),
            Turn::News(followed) => match Event::of(followed.clone()) {
                Some(Event::Trade(event)) if filter.matches_news(&event.told.trade) => Some(Ok(event)),
                _ => None,
            },
            Turn::Now(_) => None,
        };
        Ok(stream::iter(event))
    }

    /// An order: as it is now, and then whenever it changes. Needs the scope `orders:read`.
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The order's global id.")] id: ID,
    ) -> Result<Given<Result<Order>>> {
        let (field, turn) = turn(ctx)?;
        let Ok(Id::Order { account, trade_number }) = Id::decode(&id) else {
            return told(Err(Input::Id { argument: "id", expected: "an order" }.into()));
        };
        let order = match turn {
            Turn::Plan(plan) => {
                told(field.permit(Scope::OrdersRead))?;
                let found = field.gateway.kept_order(field.asker, &account, &trade_number).await;
                let placed = told(found.map_err(Failure::from))?;
                let filter = gateway::EventFilter {
                    accounts: None,
                    machines: Some(vec![(account, placed.order.machine.clone())]),
                    kinds: vec![Kind::Order],
                };
                let wanted = field.gateway.wanted(field.asker, filter);
                planned(plan, Plan { wanted, after: None, is_state: true })?;
                None
            }
            Turn::Now(version) => {
                let found = field.gateway.order(field.asker, &account, &trade_number).await;
                let found = found.map_err(|error| Failure::from(error).to_graphql());
                if let Ok(placed) = &found {
                    let _ = version.set(placed.order.version);
                }
                Some(found.map(Order))
            }
            Turn::News(followed) => match Event::of(followed.clone()) {
                Some(Event::Order(event)) if event.told.order.trade_number == trade_number => {
                    Some(Ok(Order(event.told)))
                }
                _ => None,
            },
        };
        Ok(stream::iter(order))
    }
}

/// How a machine is; `None` where that is not known, also where its vendor does not tell.
async fn status(machine: &gateway::Machine, asker: &Asker) -> Option<MachineStatus> {
    let report = machine.report(asker).await.inspect_err(|error| {
        tracing::debug!(%error, "the status of a machine is not known");
    });
    MachineStatus::new(&report.ok()?, machine.known())
}

fn turn<'a>(ctx: &Context<'a>) -> Result<(Field<'a>, &'a Turn)> {
    let turn = ctx.data_opt::<Turn>().ok_or(Failure::NoContext);
    Ok((told(field(ctx))?, told(turn)?))
}

/// Says what a subscription wants; a second field would want something else of the same events.
fn planned(cell: &OnceLock<Plan>, plan: Plan) -> Result<()> {
    cell.set(plan).map_err(|_| Failure::ManyFields.to_graphql())
}

fn told<T>(result: super::error::Result<T>) -> Result<T> {
    result.map_err(|failure| failure.to_graphql())
}

fn cursor(after: Option<&str>) -> super::error::Result<Option<Place>> {
    let place = after.map(|cursor| Place::decode(cursor).map_err(|_| Input::Cursor)).transpose()?;
    Ok(place)
}
