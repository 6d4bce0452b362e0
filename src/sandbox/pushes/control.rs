//! `/_sandbox/pushes…`: the switches of what InHand tells the merchant, on both ports; and what a shopper and an
//! operator do at a machine.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::sandbox::control::{answer, read};
use crate::sandbox::inspect::missing;
use crate::sandbox::redeem::{self, Redemption};

use super::{Burst, Counts, Pushes, Switches};

/// So many acknowledgements are told at once.
const PAGE: usize = 10_000;

/// What is told of everything.
#[derive(Serialize)]
struct Shown {
    switches: Switches,
    counts: Counts,
    burst: Option<Burst>,
}

/// From where on acknowledgements are asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct From {
    #[serde(default)]
    after: u64,
}

pub(crate) fn router(pushes: Arc<Pushes>) -> Router {
    Router::new()
        .route("/_sandbox/pushes", get(show).put(switch).delete(clear))
        .route("/_sandbox/pushes/acknowledged", get(acknowledged))
        .route("/_sandbox/pushes/burst", post(burst))
        .route("/_sandbox/machines/{number}/announce", post(announce))
        .route("/_sandbox/machines/{number}/redeem", post(redeem))
        .route("/_sandbox/machines/{number}/sell", post(sell))
        .with_state(pushes)
}

async fn show(State(pushes): State<Arc<Pushes>>) -> Response {
    shown(&pushes)
}

fn shown(pushes: &Arc<Pushes>) -> Response {
    pushes.collect();
    answer(&Shown { switches: pushes.switches(), counts: pushes.counts(), burst: pushes.latest_burst() })
}

/// Changes those switches that the body names.
async fn switch(State(pushes): State<Arc<Pushes>>, body: Bytes) -> Response {
    read::<serde_json::Map<String, Value>, _>(&body, |changes| {
        let mut all = json!(pushes.switches());
        if let Some(members) = all.as_object_mut() {
            members.extend(changes);
        }
        read::<Switches, _>(all.to_string().as_bytes(), |switches| {
            pushes.switch(switches);
            shown(&pushes)
        })
    })
}

async fn clear(State(pushes): State<Arc<Pushes>>) -> Response {
    pushes.clear();
    shown(&pushes)
}

async fn acknowledged(State(pushes): State<Arc<Pushes>>, RawQuery(query): RawQuery) -> Response {
    match serde_urlencoded::from_str::<From>(&query.unwrap_or_default()) {
        Ok(From { after }) => answer(&pushes.acknowledged(after, PAGE)),
        Err(error) => redeem::wrong(&error),
    }
}

async fn burst(State(pushes): State<Arc<Pushes>>, body: Bytes) -> Response {
    read::<Burst, _>(&body, |burst| {
        pushes.burst(burst);
        shown(&pushes)
    })
}

async fn announce(State(pushes): State<Arc<Pushes>>, Path(number): Path<String>) -> Response {
    if pushes.world.inhand.announce(&number) { shown(&pushes) } else { missing() }
}

async fn sell(State(pushes): State<Arc<Pushes>>, Path(number): Path<String>) -> Response {
    if pushes.world.inhand.sell_one(&number) { shown(&pushes) } else { missing() }
}

async fn redeem(
    State(pushes): State<Arc<Pushes>>,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(machine) = pushes.world.inhand.find(&number) else {
        return missing();
    };
    match serde_urlencoded::from_str::<Redemption>(&query.unwrap_or_default()) {
        Ok(redemption) => answer(&redeem::redeem(&pushes, &machine, &redemption).await),
        Err(error) => redeem::wrong(&error),
    }
}
