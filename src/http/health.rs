//! `/livez` and `/readyz`, for whoever starts and stops us.

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;

use super::Door;

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
    let reasons = door.0.readiness.obstacles().await;
    if reasons.is_empty() {
        (StatusCode::OK, Json(Health { status: "ready", reasons }))
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, Json(Health { status: "unready", reasons }))
    }
}
