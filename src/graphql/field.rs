//! How a field gets its value: the scope is checked, the use case runs for the asker, and a failure costs this
//! field alone.

use std::{pin::Pin, sync::Arc};

use async_graphql::{Context, PathSegment, ServerError};

use super::error::{Failure, Result};
use crate::{
    auth::Scope,
    gateway::{Asker, Gateway},
    telemetry::metrics,
};

/// What a field's resolver works with.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// The use cases.
    pub gateway: &'a Gateway,
    /// On whose behalf.
    pub asker: &'a Asker,
}

impl Field<'_> {
    /// Refuses an asker whose token lacks the scope.
    pub fn permit(&self, scope: Scope) -> Result<()> {
        if self.asker.caller.may(scope) { Ok(()) } else { Err(Failure::Forbidden(scope)) }
    }
}

/// The value that `resolve` finds, where the asker may see it; else null, with an error at this field's path.
/// Nothing of `resolve` runs before the scope is checked. It is boxed, since async-graphql allocates the largest of an
/// object's resolvers for each of its fields.
pub async fn guarded<T>(
    ctx: &Context<'_>,
    scope: Scope,
    resolve: Pin<Box<impl Future<Output = Result<T>>>>,
) -> Option<T> {
    let outcome = match field(ctx).and_then(|field| field.permit(scope)) {
        Ok(()) => resolve.await,
        Err(failure) => Err(failure),
    };
    outcome.map_err(|failure| report(ctx, &failure)).ok()
}

/// Like [`guarded`], where there may be no value without anything being wrong.
pub async fn guarded_option<T>(
    ctx: &Context<'_>,
    scope: Scope,
    resolve: Pin<Box<impl Future<Output = Result<Option<T>>>>>,
) -> Option<T> {
    guarded(ctx, scope, resolve).await.flatten()
}

/// What the resolver works with.
pub fn field<'a>(ctx: &Context<'a>) -> Result<Field<'a>> {
    let gateway = ctx.data_opt::<Arc<Gateway>>().ok_or(Failure::NoContext)?;
    let asker = ctx.data_opt::<Asker>().ok_or(Failure::NoContext)?;
    Ok(Field { gateway, asker })
}

/// Adds an error at this field's path.
pub fn report(ctx: &Context<'_>, failure: &Failure) {
    ctx.add_error(located(ctx, failure));
}

/// Adds an error at the path of one member of this field's list.
pub fn report_member(ctx: &Context<'_>, position: usize, failure: &Failure) {
    let mut error = located(ctx, failure);
    error.path.push(PathSegment::Index(position));
    ctx.add_error(error);
}

fn located(ctx: &Context<'_>, failure: &Failure) -> ServerError {
    metrics::resolver_error(failure.code().word());
    ctx.set_error_path(failure.to_graphql().into_server_error(ctx.item.pos))
}
