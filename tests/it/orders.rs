//! Orders over the whole system: what callers ask for, what they are told, and what the vendor has on its books.

mod called;
mod life;
mod listed;
mod lost;
mod refused;
mod together;
mod tried;

use serde_json::Value;
use vendgraph::{
    domain::{AccountName, Id},
    sandbox::{
        Sandbox, Vendor,
        world::dingshang::{Condition, Machine, Order},
    },
};

use crate::harness::{System, machine_id};

/// What is asked of an order.
const ORDER: &str = "id number tradeNumber state amount { minorUnits currency } createdAt payBefore \
                     lines { id quantity productName price { minorUnits } delivery { state at failureReason } }";
const ERRORS: &str = "userErrors { code message field vendorCode vendorMessage retryable }";

/// The call that places an order, as the vendor's document writes it.
pub const PLACE: &str = "POST /orders";
/// The call that pays or cancels one.
pub const UPDATE: &str = "PUT /orders/{order_id}";
/// The call that reads one.
pub const READ: &str = "POST /orders/{order_id}";
/// The call that dispenses.
pub const DISPENSE: &str = "POST /deliveries";

/// The first machine of Dingshang's, its sound shelves full.
pub struct Counter {
    /// The machine's number.
    pub number: String,
    /// The machine's id.
    pub machine: String,
    /// Its sound shelves.
    pub shelves: Vec<Shelf>,
}

/// A full shelf.
pub struct Shelf {
    /// Its id.
    pub id: String,
    /// The vendor's number of it.
    pub product: u64,
    /// How many pieces lie on it.
    pub stock: u32,
}

impl Counter {
    /// Fills the machine up.
    pub fn filled(vendors: &Sandbox) -> Self {
        Self::of(vendors, &vendors.dingshang().machines().swap_remove(0))
    }

    /// Fills a machine up.
    pub fn of(vendors: &Sandbox, machine: &Machine) -> Self {
        let sound = machine.slots.iter().filter(|slot| slot.condition == Condition::Normal);
        let shelves = sound.map(|slot| {
            assert!(vendors.dingshang().set_stock(&machine.number, slot.product_id, slot.capacity));
            let id = shelf_id(&machine.number, &slot.cabinet.to_string(), &slot.channel());
            Shelf { id, product: slot.product_id, stock: slot.capacity }
        });
        let shelves = shelves.collect();
        Self { machine: machine_id("north", &machine.number), shelves, number: machine.number.clone() }
    }

    /// The request that places an order for so many pieces of each of these shelves.
    pub fn create(&self, lines: &[(usize, i32)], key: &str) -> String {
        let lines: Vec<(&str, i32)> =
            lines.iter().map(|(shelf, quantity)| (&*self.shelves[*shelf].id, *quantity)).collect();
        create(&self.machine, &lines, key)
    }
}

/// The id of a shelf of the account `north`.
pub fn shelf_id(machine: &str, cabinet: &str, code: &str) -> String {
    let account = AccountName::new("north");
    Id::Shelf { account, machine: machine.into(), cabinet: cabinet.into(), code: code.into() }.encode()
}

/// The request that places an order.
pub fn create(machine: &str, lines: &[(&str, i32)], key: &str) -> String {
    let line = |(shelf, quantity): &(&str, i32)| format!("{{shelfId: \"{shelf}\", quantity: {quantity}}}");
    let lines = lines.iter().map(line).collect::<Vec<_>>().join(", ");
    format!(
        "mutation {{ createOrder(input: {{machineId: \"{machine}\", lines: [{lines}], idempotencyKey: \"{key}\"}}) {{ order {{ {ORDER} }} {ERRORS} }} }}"
    )
}

/// The request that pays an order.
pub fn pay(order: &str) -> String {
    format!("mutation {{ payOrder(input: {{orderId: \"{order}\"}}) {{ order {{ {ORDER} }} {ERRORS} }} }}")
}

/// The request that cancels an order.
pub fn cancel(order: &str, reason: &str) -> String {
    format!(
        "mutation {{ cancelOrder(input: {{orderId: \"{order}\", reason: {reason}}}) {{ order {{ {ORDER} }} {ERRORS} }} }}"
    )
}

/// The request that dispenses a line.
pub fn dispense(order: &str, line: &str) -> String {
    format!(
        "mutation {{ dispenseOrderLine(input: {{orderId: \"{order}\", lineId: \"{line}\"}}) {{ deliveryId delivery {{ state at failureReason }} {ERRORS} }} }}"
    )
}

/// What a mutation came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Told(pub Value);

impl Told {
    /// The payload of the one mutation in an answer without errors.
    pub fn of(answer: &Value) -> Self {
        assert!(answer["errors"].is_null(), "{answer}");
        let fields = answer["data"].as_object().unwrap_or_else(|| panic!("no data: {answer}"));
        Self(fields.values().next().expect("one mutation was asked for").clone())
    }

    /// The order.
    pub fn order(&self) -> &Value {
        &self.0["order"]
    }

    /// The order's id.
    pub fn id(&self) -> &str {
        self.order()["id"].as_str().unwrap_or_else(|| panic!("no order: {self:?}"))
    }

    /// The id of a line.
    pub fn line(&self, position: usize) -> &str {
        self.order()["lines"][position]["id"].as_str().unwrap_or_else(|| panic!("no such line: {self:?}"))
    }

    /// The order's state.
    pub fn state(&self) -> &str {
        self.order()["state"].as_str().unwrap_or_else(|| panic!("no order: {self:?}"))
    }

    /// The code of the error, where there is one.
    pub fn error(&self) -> Option<&str> {
        self.0["userErrors"][0]["code"].as_str()
    }

    /// The path of the argument that is to blame, with dots.
    pub fn field(&self) -> String {
        let parts = self.0["userErrors"][0]["field"].as_array().cloned().unwrap_or_default();
        parts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(".")
    }
}

impl System {
    /// Carries a mutation out.
    pub async fn tell(&self, mutation: &str) -> Told {
        Told::of(&self.ask(mutation).await)
    }

    /// An order as it is told now.
    pub async fn order(&self, id: &str) -> Value {
        let answer = self.ask(&format!("{{ order(id: \"{id}\") {{ {ORDER} }} }}")).await;
        assert!(answer["errors"].is_null(), "{answer}");
        answer["data"]["order"].clone()
    }

    /// All orders as they are stored, newest first.
    pub async fn orders(&self) -> Vec<Value> {
        let answer = self.ask(&format!("{{ orders(first: 500) {{ nodes {{ {ORDER} }} }} }}")).await;
        assert!(answer["errors"].is_null(), "{answer}");
        answer["data"]["orders"]["nodes"].as_array().cloned().unwrap_or_default()
    }

    /// The orders that the vendor took from us, oldest first.
    pub fn taken(&self) -> Vec<Order> {
        taken(&self.vendors)
    }

    /// How often one of Dingshang's calls was made; each is sent once.
    pub fn sent(&self, call: &str) -> u64 {
        self.vendors.calls(Vendor::Dingshang).count(call)
    }

    /// A paid order of one piece of each of these shelves.
    pub async fn paid(&self, counter: &Counter, shelves: &[usize], key: &str) -> Told {
        let lines: Vec<_> = shelves.iter().map(|shelf| (*shelf, 1)).collect();
        let placed = self.tell(&counter.create(&lines, key)).await;
        let paid = self.tell(&pay(placed.id())).await;
        assert_eq!((paid.state(), paid.error()), ("PAID", None), "{paid:?}");
        paid
    }
}

/// The orders that a vendor took from us, and not those that its world began with.
pub fn taken(vendors: &Sandbox) -> Vec<Order> {
    let orders = vendors.dingshang().orders().into_iter();
    orders.filter(|order| !order.notify_url.is_empty()).collect()
}
