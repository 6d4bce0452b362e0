//! The documents that callers may send: their bounds, and those that the operator trusts.

use super::Error;
use crate::{
    config::Config,
    graphql::{
        self,
        document::{Documents, Limits},
        trusted,
    },
};

/// What the configuration says of documents, once every trusted one is known to be good.
pub async fn documents(config: &Config) -> Result<Documents, Error> {
    let federation = config.server.federation;
    let limits = Limits { depth: config.limits.depth, complexity: config.limits.complexity };
    let documents = Documents::new(&graphql::whole_sdl(federation), limits)?;
    let policy = trusted::policy(&documents, &config.documents, federation).await?;
    documents.adopt(policy);
    Ok(documents)
}
