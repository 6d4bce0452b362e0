//! Sites and replenishment lines.

use async_graphql::{Context, ID, Object};

use super::{DateTime, Machine, VendorAccount, status::text};
use crate::{
    auth::Scope,
    gateway,
    graphql::{
        direct::{Direct, List},
        field::{field, guarded, guarded_option},
    },
};

/// A place with machines.
#[derive(Clone, Debug)]
pub struct Site(pub gateway::Site);

/// A place with machines.
#[Object]
impl Site {
    /// Global id.
    pub async fn id(&self) -> ID {
        self.0.id().encode().into()
    }

    /// The account it belongs to.
    async fn account(&self) -> VendorAccount {
        VendorAccount(self.0.account.clone())
    }

    /// The vendor's id of it; unique in the account.
    async fn number(&self) -> &str {
        &self.0.row.site.number
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.row.site.name
    }

    /// Where it is; null where the vendor does not tell.
    async fn address(&self) -> Option<&str> {
        self.0.row.site.address.as_deref()
    }

    /// The name of its area; null where the vendor does not tell.
    async fn area_name(&self) -> Option<&str> {
        self.0.row.site.area_name.as_deref()
    }

    /// The line that serves it; null when none does.
    async fn line(&self) -> Option<Direct<Line>> {
        self.0.line().map(Line).map(Direct)
    }

    /// Its machines, by number.
    async fn machines(&self) -> Option<List<Machine>> {
        Some(self.0.machines().map(Machine).collect())
    }
}

/// A replenishment route.
#[derive(Clone, Debug)]
pub struct Line(pub gateway::Line);

/// A replenishment route.
#[Object]
impl Line {
    /// Global id.
    pub async fn id(&self) -> ID {
        self.0.id().encode().into()
    }

    /// The account it belongs to.
    async fn account(&self) -> VendorAccount {
        VendorAccount(self.0.account.clone())
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.key.name
    }

    /// The name of its area; null where the vendor does not tell.
    async fn area_name(&self) -> Option<&str> {
        self.0.key.area_name.as_deref()
    }

    /// What it is; null where the vendor does not tell.
    async fn description(&self, ctx: &Context<'_>) -> Option<String> {
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                let line = self.0.described(field.asker).await?;
                Ok(line.and_then(|line| text(line.description.as_ref())))
            }),
        )
        .await
    }

    /// When it was created; null where the vendor does not tell.
    async fn created_at(&self, ctx: &Context<'_>) -> Option<DateTime> {
        guarded_option(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                Ok(self.0.described(field.asker).await?.and_then(|line| line.created_at).map(DateTime))
            }),
        )
        .await
    }

    /// The sites that it serves, by number.
    async fn sites(&self, ctx: &Context<'_>) -> Option<Vec<Site>> {
        guarded(
            ctx,
            Scope::MachinesRead,
            Box::pin(async {
                let field = field(ctx)?;
                Ok(self.0.sites(field.asker).await?.into_iter().map(Site).collect())
            }),
        )
        .await
    }
}
