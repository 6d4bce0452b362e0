//! Plain async-graphql over axum and moka, as one would write it in an afternoon: types by derive, rows in a cache from
//! which they are cloned, every document parsed, validated and executed.

use std::error::Error;

use async_graphql::{
    Context, Enum, ID, InputObject, Interface, Object, Request, Response, Schema, SimpleObject, Subscription,
    http::{ALL_WEBSOCKET_PROTOCOLS, WebSocket, WebSocketProtocols, WsMessage},
};
use axum::{
    Json, Router,
    extract::{
        State,
        ws::{CloseFrame, Message, WebSocketUpgrade},
    },
    routing::{get, post},
};
use futures_util::{SinkExt as _, Stream, StreamExt as _, future::ready, stream};
use moka::sync::Cache;
use serde::Deserialize;
use tokio::sync::broadcast::{self, error::RecvError};

use super::Answer;

type Plain = Schema<Query, async_graphql::EmptyMutation, Subscriptions>;

/// Events that may wait for a slow subscriber.
const WAITING: usize = 4096;

/// Answers out of the rows that are found in the gateway's answers; tells subscribers what is posted to `/publish`.
pub fn router(answers: &[Answer]) -> Result<Router, Box<dyn Error>> {
    let query = Query { products: Cache::new(1_000), machines: Cache::new(1_000) };
    for Answer { answer, .. } in answers {
        let Answered { data } = serde_json::from_str(answer)?;
        if let Some(products) = data.products {
            query.products.insert("all".to_owned(), products.nodes);
        }
        if let Some(machine) = data.machine {
            query.machines.insert(machine.id.clone(), machine);
        }
    }
    let (events, _) = broadcast::channel(WAITING);
    let schema = Schema::build(query, async_graphql::EmptyMutation, Subscriptions(events.clone())).finish();
    Ok(Router::new()
        .route("/graphql", get(follow).post(execute))
        .with_state(schema)
        .merge(Router::new().route("/publish", post(publish)).with_state(events)))
}

async fn execute(State(schema): State<Plain>, Json(request): Json<Request>) -> Json<Response> {
    Json(schema.execute(request).await)
}

async fn publish(State(events): State<broadcast::Sender<Event>>, Json(event): Json<Event>) -> &'static str {
    // An error says that nobody follows.
    let _ = events.send(event);
    "SUCCESS"
}

/// As `GraphQLWebSocket` of async-graphql-axum does it.
async fn follow(State(schema): State<Plain>, upgrade: WebSocketUpgrade) -> axum::response::Response {
    upgrade.protocols(ALL_WEBSOCKET_PROTOCOLS).on_upgrade(async move |socket| {
        let (mut sink, messages) = socket.split();
        let messages = messages
            .take_while(|message| ready(message.is_ok()))
            .filter_map(|message| ready(message.ok()))
            .filter(|message| ready(matches!(message, Message::Text(_) | Message::Binary(_))))
            .map(Message::into_data);
        let mut answers = WebSocket::new(schema, messages, WebSocketProtocols::GraphQLWS);
        while let Some(answer) = answers.next().await {
            let message = match answer {
                WsMessage::Text(text) => Message::Text(text.into()),
                WsMessage::Close(code, reason) => {
                    Message::Close(Some(CloseFrame { code, reason: reason.into() }))
                }
            };
            if sink.send(message).await.is_err() {
                return;
            }
        }
    })
}

struct Query {
    products: Cache<String, Vec<Product>>,
    machines: Cache<ID, Machine>,
}

#[Object]
impl Query {
    async fn products(&self, filter: Option<ProductFilter>, first: Option<usize>) -> Products {
        let _ = filter.map(|filter| filter.account_ids);
        let mut nodes = self.products.get("all").unwrap_or_default();
        nodes.truncate(first.unwrap_or(20));
        Products { nodes }
    }

    async fn machine(&self, id: ID) -> Option<Machine> {
        self.machines.get(&id)
    }
}

struct Subscriptions(broadcast::Sender<Event>);

#[Subscription]
impl Subscriptions {
    async fn events(&self, _context: &Context<'_>) -> impl Stream<Item = Event> + use<> {
        stream::unfold(self.0.subscribe(), async |mut events| {
            loop {
                match events.recv().await {
                    Ok(event) => return Some((event, events)),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        })
    }
}

#[derive(Deserialize)]
struct Answered {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    products: Option<Products>,
    machine: Option<Machine>,
}

#[derive(InputObject)]
struct ProductFilter {
    account_ids: Option<Vec<ID>>,
}

#[derive(Clone, Deserialize, SimpleObject)]
#[graphql(name = "ProductConnection")]
struct Products {
    nodes: Vec<Product>,
}

#[derive(Clone, Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
struct Product {
    id: Option<ID>,
    number: Option<String>,
    name: String,
    full_name: Option<String>,
    price: Option<Money>,
    image_url: Option<String>,
}

#[derive(Clone, Deserialize, SimpleObject)]
struct Money {
    amount: String,
    currency: String,
}

#[derive(Clone, Deserialize, SimpleObject)]
struct Machine {
    id: ID,
    number: String,
    name: Option<String>,
    shelves: Option<Vec<Shelf>>,
}

#[derive(Clone, Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
struct Shelf {
    code: String,
    product: Option<Product>,
    price: Option<Money>,
    stock: Option<StockLevel>,
    state: ShelfState,
    sold_out: Option<bool>,
}

#[derive(Clone, Deserialize, SimpleObject)]
struct StockLevel {
    quantity: i32,
    basis: StockBasis,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum StockBasis {
    Reported,
    Estimated,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum ShelfState {
    Normal,
    SoldOut,
    Jammed,
    MotorFault,
    SerialTimeout,
    Missing,
    Unknown,
}

#[expect(clippy::duplicated_attributes, reason = "two fields of an interface may have one type")]
#[derive(Clone, Deserialize, Interface)]
#[graphql(
    field(name = "cursor", ty = "&String"),
    field(name = "kind", ty = "&String"),
    field(name = "occurred_at", ty = "&String"),
    field(name = "machine", ty = "&Option<Place>")
)]
#[serde(untagged)]
enum Event {
    Trade(TradeEvent),
}

#[derive(Clone, Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
struct TradeEvent {
    cursor: String,
    kind: String,
    occurred_at: String,
    machine: Option<Place>,
    trade: Trade,
}

#[derive(Clone, Deserialize, SimpleObject)]
struct Place {
    number: String,
}

#[derive(Clone, Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
struct Trade {
    order_number: String,
    product_name: Option<String>,
    unit_price: Option<Money>,
    payment: Payment,
}

#[derive(Clone, Deserialize, SimpleObject)]
struct Payment {
    method: String,
    state: Option<String>,
}
