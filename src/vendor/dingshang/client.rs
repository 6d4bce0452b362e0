//! The vendor's calls, one method each: signs, sends, and reads the envelope.
//!
//! Reference, *Calls*. Nothing is converted here; that is `mapping`'s. What changes something is in `writes`.

mod writes;

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header::CONTENT_TYPE};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{
    Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::value::RawValue;
use url::Url;

use super::{
    Credentials, codes,
    sign::{self, Parameters},
    wire::{
        Body, Category, Delivery, Envelope, Floor, MachineDetail, MachineRow, Maybe, Order, PickupCode,
        ProductPage, Rows,
    },
};
use crate::{
    domain::{Clock, Text},
    vendor::{
        Error, Kind, Result,
        transport::{Effect, Reply, Request, Transport},
    },
};

/// The calls' names in errors, logs and metrics.
pub const PING: &str = "ping";
pub const MACHINES: &str = "rent/machines";
pub const MACHINE: &str = "rent/machines/machine_no";
pub const PRODUCTS: &str = "products";
pub const FLOORS: &str = "floors";
pub const CATEGORIES: &str = "categories";
pub const PICKUP_CODES: &str = "products/product_id/pickup_code";
pub const ORDER: &str = "orders/order_id";
pub const DELIVERY: &str = "deliveries/delivery_id";
pub const ORDERS: &str = "orders";
pub const ORDER_UPDATE: &str = "orders/order_id put";
pub const DELIVERIES: &str = "deliveries";
pub const TEST_DELIVERIES: &str = "deliveries/debug";
pub const REPLENISHMENTS: &str = "replenishments";
pub const NEW_PICKUP_CODES: &str = "pickup_codes";
pub const CANCELLED_PICKUP_CODES: &str = "pickup_codes put";
pub const CONSUMES: &str = "consumes";

/// All of them.
pub const OPERATIONS: [&str; 17] = [
    PING,
    MACHINES,
    MACHINE,
    PRODUCTS,
    FLOORS,
    CATEGORIES,
    PICKUP_CODES,
    ORDER,
    DELIVERY,
    ORDERS,
    ORDER_UPDATE,
    DELIVERIES,
    TEST_DELIVERIES,
    REPLENISHMENTS,
    NEW_PICKUP_CODES,
    CANCELLED_PICKUP_CODES,
    CONSUMES,
];

/// As many rows of `/products` as one page is asked for; the vendor gives ten unless told (Trap 10).
pub const ROWS_PER_PAGE: &str = "50";

/// One account's line to the platform.
#[derive(Debug)]
pub struct Client {
    endpoint: Url,
    headers: HeaderMap,
    key: SecretString,
    transport: Arc<Transport>,
    clock: Arc<dyn Clock>,
}

/// One call: its name, its path below the base, and what it carries. All calls are POST but a few (Trap 8).
#[derive(Clone)]
struct Call<'a> {
    operation: &'static str,
    method: Method,
    path: &'a [&'a str],
    content: Content<'a>,
}

/// What a call carries.
#[derive(Clone)]
enum Content<'a> {
    Nothing,
    /// Parameters in a signed payload.
    Signed(&'a [(&'a str, &'a str)]),
    /// JSON as it is, unsigned.
    Plain(Bytes),
}

impl<'a> Call<'a> {
    const fn post(operation: &'static str, path: &'a [&'a str], content: Content<'a>) -> Self {
        Self { operation, method: Method::POST, path, content }
    }
}

impl Client {
    /// A line with these credentials; fails if they cannot be sent at all.
    pub fn new(credentials: Credentials, transport: Arc<Transport>, clock: Arc<dyn Clock>) -> Result<Self> {
        let Credentials { url: mut endpoint, app_id, app_secret, merchant_id: key } = credentials;
        endpoint
            .path_segments_mut()
            .map_err(|()| Error::new(Kind::Unavailable, "start"))?
            .pop_if_empty()
            .extend(["api", "openapi", "v1"]);
        let mut headers = HeaderMap::new();
        for (name, value) in [("appid", app_id.as_str()), ("appsecret", app_secret.expose_secret())] {
            let mut value = HeaderValue::from_str(value)
                .map_err(|error| Error::new(Kind::Credentials, "start").with_source(error))?;
            value.set_sensitive(true);
            headers.insert(HeaderName::from_static(name), value);
        }
        Ok(Self { endpoint, headers, key, transport, clock })
    }

    pub async fn ping(&self) -> Result<()> {
        self.read::<IgnoredAny>(Call::post(PING, &["ping"], Content::Nothing)).await.map(drop)
    }

    pub async fn machines(&self) -> Result<Rows<MachineRow>> {
        self.read(Call::post(MACHINES, &["rent", "machines"], Content::Nothing)).await
    }

    pub async fn machine(&self, machine: &str) -> Result<Maybe<MachineDetail>> {
        let path = ["rent", "machines", name(machine, Kind::MachineNotFound, MACHINE)?];
        self.read(Call::post(MACHINE, &path, Content::Nothing)).await
    }

    /// One page, counted from 1, of one cabinet.
    pub async fn products(&self, machine: &str, cabinet: &str, page: u32) -> Result<Maybe<ProductPage>> {
        let page = page.to_string();
        let parameters = [
            ("machine_no", name(machine, Kind::MachineNotFound, PRODUCTS)?),
            ("cabinet_name", cabinet),
            ("page", &page),
            ("per_page", ROWS_PER_PAGE),
        ];
        self.read(Call::post(PRODUCTS, &["products"], Content::Signed(&parameters))).await
    }

    pub async fn floors(&self, machine: &str) -> Result<Rows<Floor>> {
        self.of_machine(FLOORS, &["floors"], machine).await
    }

    pub async fn categories(&self, machine: &str) -> Result<Rows<Category>> {
        self.of_machine(CATEGORIES, &["categories"], machine).await
    }

    /// POST, although it asks (Trap 8).
    pub async fn pickup_codes(&self, machine: &str, product: &str) -> Result<Rows<PickupCode>> {
        let product = name(product, Kind::ProductNotFound, PICKUP_CODES)?;
        self.of_machine(PICKUP_CODES, &["products", product, "pickup_code"], machine).await
    }

    pub async fn order(&self, machine: &str, order: &str) -> Result<Maybe<Order>> {
        self.of_machine(ORDER, &["orders", name(order, Kind::NotFound, ORDER)?], machine).await
    }

    pub async fn delivery(&self, machine: &str, delivery: &str) -> Result<Maybe<Delivery>> {
        let delivery = name(delivery, Kind::NotFound, DELIVERY)?;
        self.of_machine(DELIVERY, &["deliveries", delivery], machine).await
    }

    /// A signed call whose only parameter is the machine.
    async fn of_machine<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        path: &[&str],
        machine: &str,
    ) -> Result<T> {
        let parameters = [("machine_no", name(machine, Kind::MachineNotFound, operation)?)];
        self.read(Call::post(operation, path, Content::Signed(&parameters))).await
    }

    async fn read<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T> {
        let operation = call.operation;
        let build = || self.request(&call);
        self.transport.call(operation, Effect::Read, build, |reply| answer(operation, &reply)).await
    }

    fn request(&self, call: &Call<'_>) -> Result<Request> {
        let mut url = self.endpoint.clone();
        url.path_segments_mut()
            .map_err(|()| Error::new(Kind::Unavailable, call.operation))?
            .extend(call.path);
        let mut headers = self.headers.clone();
        let body = match &call.content {
            Content::Nothing => None,
            Content::Plain(body) => Some(body.clone()),
            Content::Signed(parameters) => {
                let parameters: Parameters<'_> = parameters.iter().copied().collect();
                let payload = sign::payload(self.key.expose_secret(), &parameters, self.clock.now());
                Some(json(call.operation, &Body { payload })?)
            }
        };
        if body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        Ok(Request { method: call.method.clone(), url, headers, body })
    }
}

fn json(operation: &'static str, body: &impl Serialize) -> Result<Bytes> {
    let body = serde_json::to_vec(body);
    body.map(Bytes::from).map_err(|error| Error::new(Kind::BadInput, operation).with_source(error))
}

/// A number or id as the vendor gives them; anything else names nothing there, and is not asked for.
pub fn name<'a>(text: &'a str, unknown: Kind, operation: &'static str) -> Result<&'a str> {
    let fits = (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if fits { Ok(text) } else { Err(Error::new(unknown, operation)) }
}

/// The order that used a pickup code, where `data` names it.
fn used_by(data: Option<&RawValue>) -> Option<Text> {
    let data: Maybe<Order> = serde_json::from_str(data?.get()).ok()?;
    data.0?.order_id.text()
}

/// What an answer says. An envelope speaks for itself whatever its HTTP status, so that "machine offline"
/// sent with a 500 does not count as the platform's failure; without one, the status speaks.
fn answer<T: DeserializeOwned>(operation: &'static str, reply: &Reply) -> Result<T> {
    let envelope: Envelope<'_> = serde_json::from_slice(&reply.body).map_err(|error| {
        let kind = codes::kind_of_status(reply.status);
        Error::new(kind, operation).with_source(format!("HTTP {}: {error}", reply.status))
    })?;
    let Some(code) = envelope.code.whole() else {
        return Err(Error::new(codes::kind_of_status(reply.status), operation)
            .with_source(format!("HTTP {}: the code is not a number", reply.status)));
    };
    if let Some(mut error) = codes::failure(operation, code, envelope.message.as_str()) {
        if error.kind == Kind::Rejected && reply.status.is_server_error() {
            error.kind = Kind::Unavailable;
        }
        let used_by = if error.kind == Kind::PickupCodeUsed { used_by(envelope.data) } else { None };
        return Err(error.with_used_by(used_by));
    }
    if !reply.status.is_success() {
        return Err(Error::new(codes::kind_of_status(reply.status), operation)
            .with_source(format!("HTTP {} around a success", reply.status)));
    }
    let data = envelope.data.map_or("null", |data| data.get());
    let mut deserializer = serde_json::Deserializer::from_str(data);
    serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| Error::new(Kind::Protocol, operation).with_source(error))
}
