//! The documents that callers may send: their bounds, and those that the operator trusts.

use super::Error;
use crate::{
    config::Config,
    graphql::{
        self,
        document::{Documents, Policy},
        trusted,
    },
};

/// What the configuration says of documents, once every trusted one is known to be good.
pub async fn documents(config: &Config) -> Result<Documents, Error> {
    let (documents, policy) = trusting(config, config.server.federation).await?;
    documents.adopt(policy);
    Ok(documents)
}

/// The same, not adopted yet, for a schema with or without what a supergraph's gateway asks for.
pub(super) async fn trusting(config: &Config, federation: bool) -> Result<(Documents, Policy), Error> {
    let documents = Documents::new(&graphql::whole_sdl(federation), (&config.limits).into())?;
    let policy = trusted::policy(&documents, &config.documents, federation).await?;
    Ok((documents, policy))
}
