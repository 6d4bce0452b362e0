//! `/_sandbox/…` about the world behind both vendors: what they have on their books, the clock, the machines and
//! the news to merchants. The same on both ports; a model test compares it with what the gateway believes.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::sandbox::callbacks::Callbacks;
use crate::sandbox::control::{answer, read};
use crate::sandbox::door;
use crate::sandbox::pushes::{self, Pushes};
use crate::sandbox::world::World;
use crate::sandbox::world::dingshang::{Dispenses, Machine};

/// What these switches work on.
#[derive(Clone)]
pub(crate) struct Behind {
    pub(crate) world: Arc<World>,
    pub(crate) callbacks: Arc<Callbacks>,
    pub(crate) pushes: Arc<Pushes>,
}

/// A slot as the vendor counts it.
#[derive(Debug, Serialize)]
struct Shelf {
    stock: u32,
    capacity: u32,
    /// Units that orders hold and that have not come out.
    held: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// Seconds.
    advance: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Holding {
    held: bool,
}

/// Changes of a machine; what is left out stays. InHand's machines know `online` alone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    online: Option<bool>,
    #[serde(default)]
    stock: BTreeMap<u64, u32>,
    dispenses: Option<Dispenses>,
    dispense_seconds: Option<i64>,
    lock_seconds: Option<i64>,
    drops_whole_lines: Option<bool>,
    pickup_codes: Option<bool>,
}

pub(crate) fn router(behind: Behind) -> Router {
    let pushes = pushes::control::router(Arc::clone(&behind.pushes));
    let callbacks = get(list_callbacks).put(hold_callbacks).delete(clear_callbacks);
    Router::new()
        .route("/_sandbox/tick", post(tick))
        .route("/_sandbox/clock", get(time).post(advance))
        .route("/_sandbox/orders", get(orders))
        .route("/_sandbox/deliveries", get(deliveries))
        .route("/_sandbox/pickup_codes", get(pickup_codes))
        .route("/_sandbox/stock", get(stock))
        .route("/_sandbox/machines/{number}", get(machine).put(change_machine))
        .route("/_sandbox/callbacks", callbacks)
        .route("/_sandbox/callbacks/{id}", post(send_callback))
        .with_state(behind)
        .merge(pushes)
}

async fn tick(State(behind): State<Behind>) -> Response {
    answer(&json!({ "tick": behind.world.tick() }))
}

async fn time(State(behind): State<Behind>) -> Response {
    answer(&json!({ "now": behind.world.now() }))
}

/// What is due by then has happened when the answer comes, and its news wait to be sent.
async fn advance(State(behind): State<Behind>, body: Bytes) -> Response {
    read::<Step, _>(&body, |step| {
        behind.world.advance(step.advance);
        behind.callbacks.collect(&behind.world);
        answer(&json!({ "now": behind.world.now() }))
    })
}

async fn orders(State(behind): State<Behind>) -> Response {
    answer(&behind.world.dingshang.orders())
}

async fn deliveries(State(behind): State<Behind>) -> Response {
    answer(&behind.world.dingshang.deliveries())
}

async fn pickup_codes(State(behind): State<Behind>) -> Response {
    let (dingshang, inhand) = (behind.world.dingshang.pickup_codes(), behind.world.inhand.codes());
    answer(&json!({ "dingshang": dingshang, "inhand": inhand }))
}

/// `{machine_no: {product_id: …}}`.
async fn stock(State(behind): State<Behind>) -> Response {
    let state = behind.world.dingshang.read();
    let mut held: BTreeMap<(&str, u64), u32> = BTreeMap::new();
    for order in state.orders.values().filter(|order| order.holds_stock && !order.ended) {
        for record in &order.records {
            *held.entry((&order.machine, record.product_id)).or_default() += record.left();
        }
    }
    let of_machine = |machine: &Machine| {
        let slots = machine.slots.iter().map(|slot| {
            let held = held.get(&(machine.number.as_str(), slot.product_id)).copied().unwrap_or(0);
            (slot.product_id, Shelf { stock: slot.stock, capacity: slot.capacity, held })
        });
        (machine.number.clone(), slots.collect::<BTreeMap<_, _>>())
    };
    answer(&state.machines.iter().map(of_machine).collect::<BTreeMap<_, _>>())
}

async fn machine(State(behind): State<Behind>, Path(number): Path<String>) -> Response {
    show(&behind, &number)
}

async fn change_machine(State(behind): State<Behind>, Path(number): Path<String>, body: Bytes) -> Response {
    read::<Change, _>(&body, |change| {
        if let Some(online) = change.online {
            behind.world.inhand.set_online(&number, online);
        }
        behind.world.dingshang.change(&number, |machine| apply(machine, change));
        show(&behind, &number)
    })
}

fn apply(machine: &mut Machine, change: Change) {
    machine.online = change.online.unwrap_or(machine.online);
    machine.dispense_seconds = change.dispense_seconds.unwrap_or(machine.dispense_seconds);
    machine.lock_seconds = change.lock_seconds.unwrap_or(machine.lock_seconds);
    machine.drops_whole_lines = change.drops_whole_lines.unwrap_or(machine.drops_whole_lines);
    machine.pickup_codes = change.pickup_codes.unwrap_or(machine.pickup_codes);
    machine.dispenses = change.dispenses.or(machine.dispenses.take());
    for slot in &mut machine.slots {
        slot.stock = change.stock.get(&slot.product_id).copied().unwrap_or(slot.stock);
    }
}

fn show(behind: &Behind, number: &str) -> Response {
    if let Some(machine) = behind.world.dingshang.machine(number) {
        return answer(&json!({
            "online": machine.online,
            "dispenses": machine.dispenses,
            "dispense_seconds": machine.dispense_seconds,
            "lock_seconds": machine.lock_seconds,
            "drops_whole_lines": machine.drops_whole_lines,
            "pickup_codes": machine.pickup_codes,
        }));
    }
    match behind.world.inhand.find(number) {
        Some(machine) => answer(&json!({ "online": behind.world.inhand.online(&machine) })),
        None => missing(),
    }
}

async fn list_callbacks(State(behind): State<Behind>) -> Response {
    behind.callbacks.collect(&behind.world);
    answer(&behind.callbacks.list())
}

async fn hold_callbacks(State(behind): State<Behind>, body: Bytes) -> Response {
    read::<Holding, _>(&body, |holding| {
        behind.callbacks.hold(holding.held);
        answer(&json!({ "held": behind.callbacks.held() }))
    })
}

async fn clear_callbacks(State(behind): State<Behind>) -> Response {
    behind.callbacks.collect(&behind.world);
    behind.callbacks.clear();
    answer(&behind.callbacks.list())
}

async fn send_callback(State(behind): State<Behind>, Path(id): Path<u64>) -> Response {
    behind.callbacks.send(id).await.map_or_else(missing, |callback| answer(&callback))
}

pub(crate) fn missing() -> Response {
    door::json(StatusCode::NOT_FOUND, json!({ "error": "not found" }).to_string())
}
