//! Every route, on one screen.

use axum::{
    Router,
    http::StatusCode,
    routing::{MethodFilter, get, on},
};

use super::{Door, graphql, health, layers, pages};

/// The whole door.
pub fn router(door: Door) -> Router {
    let asked = MethodFilter::GET.or(MethodFilter::POST);
    let guarded = Router::new().route("/graphql", on(asked, graphql::answer).fallback(graphql::wrong_method));

    let open = Router::new()
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/graphiql", get(pages::graphiql))
        .route("/dashboard", get(pages::dashboard))
        .route("/assets/{*path}", get(pages::asset))
        .fallback(async || StatusCode::NOT_FOUND);

    layers::around(guarded, open, door)
}
