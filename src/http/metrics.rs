//! `/metrics`, for Prometheus.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use tokio::sync::Mutex;

use crate::telemetry::metrics::{self, Format};

/// Tells the metrics what can only be seen when it is looked at.
pub type Look = Arc<dyn Fn() + Send + Sync>;

/// The address that Prometheus knows. Open like `/livez`, and outside of the bound on requests like it: who may reach it
/// is for whoever operates the network to say.
pub fn metrics(look: Look) -> Router {
    Router::new().route("/metrics", get(told)).with_state(Arc::new(Mutex::new(look)))
}

/// One at a time: a large fleet takes milliseconds to look at.
async fn told(State(look): State<Arc<Mutex<Look>>>, headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let format = Format::accepted(accept.unwrap_or_default());
    let look = look.lock().await;
    let seen = Arc::clone(&look);
    let written = tokio::task::spawn_blocking(move || {
        seen();
        metrics::text(format)
    });
    match written.await {
        Ok(text) => ([(header::CONTENT_TYPE, format.media_type())], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be told");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
