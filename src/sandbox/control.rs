//! `/_sandbox/…` on each vendor's port: the switches of the sandbox for those who sit in another process. Those of
//! the vendor's door are here, those of the world behind it in `inspect`.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::sandbox::door::{self, Api, Door};
use crate::sandbox::fault::Fault;
use crate::sandbox::inspect::{self, Behind};

/// The whole server of one vendor.
pub(crate) fn router<V: Api>(door: Arc<Door<V>>, behind: Behind) -> Router {
    let faults = get(list_faults::<V>).put(set_faults::<V>).delete(clear_faults::<V>);
    let calls = get(show_calls::<V>).delete(reset_calls::<V>);
    let control = Router::new()
        .route("/_sandbox/faults", faults)
        .route("/_sandbox/calls", calls)
        .with_state(Arc::clone(&door))
        .merge(inspect::router(behind));
    control.merge(Router::new().fallback(door::serve::<V>).with_state(door))
}

async fn list_faults<V: Api>(State(door): State<Arc<Door<V>>>) -> Response {
    answer(&door.faults.list())
}

/// Replaces all faults by the list in the body.
async fn set_faults<V: Api>(State(door): State<Arc<Door<V>>>, body: Bytes) -> Response {
    read::<Vec<Fault>, _>(&body, |faults| {
        door.faults.set(faults);
        answer(&door.faults.list())
    })
}

async fn clear_faults<V: Api>(State(door): State<Arc<Door<V>>>) -> Response {
    door.faults.clear();
    answer(&door.faults.list())
}

async fn show_calls<V: Api>(State(door): State<Arc<Door<V>>>) -> Response {
    answer(&door.calls.record())
}

async fn reset_calls<V: Api>(State(door): State<Arc<Door<V>>>) -> Response {
    door.calls.reset();
    answer(&door.calls.record())
}

/// Does something with a body that reads as it should, and says what is wrong with one that does not.
pub(crate) fn read<T: DeserializeOwned, F: FnOnce(T) -> Response>(body: &[u8], work: F) -> Response {
    match serde_json::from_slice(body) {
        Ok(read) => work(read),
        Err(error) => door::json(StatusCode::BAD_REQUEST, json!({ "error": error.to_string() }).to_string()),
    }
}

pub(crate) fn answer(value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => door::json(StatusCode::OK, body),
        Err(_) => door::json(StatusCode::INTERNAL_SERVER_ERROR, Bytes::new()),
    }
}
