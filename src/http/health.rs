//! `/livez` and `/readyz`, for whoever starts and stops us.

use std::time::Duration;

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;

use super::Door;

/// How long readiness is waited for; who asks gives up soon after.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the two say.
#[derive(Serialize)]
pub(super) struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
}

/// The process answers: that is all that is asked here, so that trouble elsewhere does not get it restarted.
pub(super) async fn live() -> Json<Health> {
    Json(Health { status: "alive", reasons: Vec::new() })
}

/// Whether requests should be sent here.
pub(super) async fn ready(State(door): State<Door>) -> (StatusCode, Json<Health>) {
    let mut reasons = tokio::time::timeout(PATIENCE, door.0.behind.readiness.obstacles())
        .await
        .unwrap_or_else(|_elapsed| vec!["what must be ready did not answer in time".to_owned()]);
    // Said before requests have to be refused, so that they are sent elsewhere.
    reasons.extend(door.crowds());
    if reasons.is_empty() {
        (StatusCode::OK, Json(Health { status: "ready", reasons }))
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, Json(Health { status: "unready", reasons }))
    }
}
