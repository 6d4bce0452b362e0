//! The documents that callers may send: their bounds, and those that the operator trusts.

use super::{Error, behind::document_limits};
use crate::{
    config::Config,
    graphql::{
        self,
        document::Documents,
        trusted,
    },
};

/// What the configuration says of documents, once every trusted one is known to be good.
pub async fn documents(config: &Config) -> Result<Documents, Error> {
    let federation = config.server.federation;
    let documents = Documents::new(&graphql::whole_sdl(federation), document_limits(config))?;
    let policy = trusted::policy(&documents, &config.documents, federation).await?;
    documents.adopt(policy);
    Ok(documents)
}
