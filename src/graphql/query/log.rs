//! Reads of what happened.

use async_graphql::{Context, Object};

use crate::{
    auth::Scope,
    graphql::{
        field::{field, guarded},
        input::EventFilter,
        types::EventConnection,
    },
};

/// What happened.
#[derive(Debug, Default)]
pub struct Log;

/// What happened.
#[Object]
impl Log {
    /// What happened, oldest first, as far back as the log is kept. Where what comes after the cursor is not kept any
    /// more, a `GapEvent` stands first. Needs the scope `events:read`, and for some kinds another one.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which events; all when left out.")] filter: Option<EventFilter>,
        #[graphql(desc = "How many, 1 to 500; 50 when left out.")] first: Option<i32>,
        #[graphql(desc = "The cursor to go on from.")] after: Option<String>,
    ) -> Option<EventConnection> {
        guarded(
            ctx,
            Scope::EventsRead,
            Box::pin(async {
                let field = field(ctx)?;
                let filter = filter.unwrap_or_default().check(&field.asker.caller)?;
                let page = field.gateway.events(field.asker, filter, first, after.as_deref()).await?;
                Ok(EventConnection::new(page))
            }),
        )
        .await
    }

    /// The cursor of the newest event, of whichever account. Whoever follows `events` after it misses nothing that happens
    /// from now on, and is told nothing of before. Needs the scope `events:read`.
    async fn event_cursor(&self, ctx: &Context<'_>) -> Option<String> {
        guarded(ctx, Scope::EventsRead, Box::pin(async { Ok(field(ctx)?.gateway.newest_event().encode()) }))
            .await
    }
}
