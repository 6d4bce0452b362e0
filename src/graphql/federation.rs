//! This API as a subgraph of a supergraph (Apollo Federation 2).
//!
//! What is found again by its global id is an entity with the key `id`. `_service` tells the subgraph's SDL, `_entities`
//! finds entities by their keys, through the very way that `node` goes: the same scopes, the same accounts.
//!
//! async-graphql's own entities are not used: there, one that is not found costs all the others, and the number of those
//! that are asked for has no bound.

use std::sync::LazyLock;

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ID, InputValueResult, MergedObject, Object, ObjectType,
    OutputType, Positioned, SDLExportOptions, Scalar, ScalarType, ServerResult, SimpleObject, Union, Value,
    parser::types::Field as Selected, registry::Registry,
};

use super::{
    Mutation, Subscription,
    error::{Failure, Result},
    field::{Field, field, report_member},
    input,
    query::{Log, Query, World},
    types::{Line, Machine, Node, Order, PickupCode, Product, Refill, Shelf, Site, Trade, VendorAccount},
};
use crate::{
    domain::Id,
    gateway::{Code, Error, Input},
};

/// The greatest number of entities that are found at once: a page of another subgraph, at its longest.
const MOST: usize = 500;

/// What every entity is known by.
const KEY: &str = "id";

/// The root of all reads, with what a supergraph's gateway asks for.
#[derive(Debug, Default, MergedObject)]
#[graphql(name = "Query")]
pub struct FederatedQuery(World, Log, Subgraph);

/// What a supergraph's gateway asks for.
#[derive(Debug, Default)]
struct Subgraph;

/// What a supergraph's gateway asks for.
#[Object]
impl Subgraph {
    /// This API as a subgraph.
    #[graphql(name = "_service")]
    async fn service(&self) -> Service {
        Service { sdl: sdl() }
    }

    /// Objects by their keys, in their order; null for each that there is not or that is not yours, and, with an error, for
    /// each whose key is none. At most 500.
    #[graphql(name = "_entities")]
    async fn entities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The objects' types and keys.")] representations: Vec<Representation>,
    ) -> async_graphql::Result<Vec<Option<Entity>>> {
        let field = field(ctx).map_err(|failure| failure.to_graphql())?;
        let few = input::at_most("representations", &representations, MOST);
        few.map_err(|input| Failure::from(input).to_graphql())?;
        let found = representations.iter().map(|representation| find(field, representation));
        let found = futures_util::future::join_all(found).await;
        let entity = |(position, found): (usize, Result<Entity>)| match found {
            Ok(entity) => Some(entity),
            Err(failure) if failure.code() == Code::NotFound => None,
            Err(failure) => {
                report_member(ctx, position, &failure);
                None
            }
        };
        Ok(found.into_iter().enumerate().map(entity).collect())
    }
}

/// A subgraph.
#[derive(Debug, SimpleObject)]
#[graphql(name = "_Service")]
struct Service {
    /// Its schema.
    sdl: &'static str,
}

/// What stands where an object is asked for; `None`: it is no key. That costs its own place in the answer alone, so it is no
/// error of the argument.
#[derive(Clone, Debug)]
struct Representation(Option<Key>);

/// An object's type and id.
#[derive(Clone, Debug)]
struct Key {
    typename: String,
    id: ID,
}

/// An object's type and key: `{"__typename": "Machine", "id": "…"}`.
#[Scalar(name = "_Any")]
impl ScalarType for Representation {
    fn parse(value: Value) -> InputValueResult<Self> {
        let key = |value| {
            let Value::Object(mut members) = value else { return None };
            match (members.swap_remove("__typename")?, members.swap_remove(KEY)?) {
                (Value::String(typename), Value::String(id)) => Some(Key { typename, id: ID(id) }),
                _ => None,
            }
        };
        Ok(Self(key(value)))
    }

    fn to_value(&self) -> Value {
        Value::Null
    }
}

/// An object that another subgraph may refer to.
#[derive(Union)]
#[graphql(name = "_Entity")]
enum Entity {
    VendorAccount(VendorAccount),
    Machine(Machine),
    Shelf(Shelf),
    Product(Product),
    Site(Site),
    Line(Line),
    Trade(Trade),
    Refill(Refill),
    Order(Order),
    PickupCode(PickupCode),
}

impl From<Node> for Entity {
    fn from(node: Node) -> Self {
        match node {
            Node::VendorAccount(account) => Self::VendorAccount(account),
            Node::Machine(machine) => Self::Machine(machine),
            Node::Shelf(shelf) => Self::Shelf(shelf),
            Node::Product(product) => Self::Product(product),
            Node::Site(site) => Self::Site(site),
            Node::Line(line) => Self::Line(line),
            Node::Trade(trade) => Self::Trade(trade),
            Node::Refill(refill) => Self::Refill(refill),
            Node::Order(order) => Self::Order(order),
            Node::PickupCode(code) => Self::PickupCode(code),
        }
    }
}

/// The types of entities: those of [`Node`].
const ENTITIES: [&str; 10] = [
    "VendorAccount",
    "Machine",
    "Shelf",
    "Product",
    "Site",
    "Line",
    "Trade",
    "Refill",
    "Order",
    "PickupCode",
];

/// The type of what an id names, where it is an entity.
const fn type_of(id: &Id) -> Option<&'static str> {
    Some(match id {
        Id::Account { .. } => "VendorAccount",
        Id::Machine { .. } => "Machine",
        Id::Shelf { .. } => "Shelf",
        Id::Product { .. } => "Product",
        Id::Site { .. } => "Site",
        Id::Line { .. } => "Line",
        Id::Trade { .. } => "Trade",
        Id::Refill { .. } => "Refill",
        Id::Order { .. } => "Order",
        Id::PickupCode { .. } | Id::IssuedPickupCode { .. } => "PickupCode",
        Id::Category { .. } | Id::OrderLine { .. } | Id::Delivery { .. } => return None,
    })
}

async fn find(field: Field<'_>, representation: &Representation) -> Result<Entity> {
    let Some(Key { typename, id }) = &representation.0 else { return Err(Input::Entity.into()) };
    let id = input::id("representations", id)?;
    if type_of(&id) != Some(typename.as_str()) {
        return Err(Failure::Gateway(Error::NotFound));
    }
    Ok(Node::find(field, &id).await?.into())
}

/// The subgraph's SDL.
pub fn sdl() -> &'static str {
    static SDL: LazyLock<String> = LazyLock::new(|| {
        let options = SDLExportOptions::new().federation();
        let options = options.sorted_fields().sorted_arguments().sorted_enum_items();
        let builder = async_graphql::Schema::build(Keyed::default(), Mutation::default(), Subscription);
        builder.enable_subscription_in_federation().finish().sdl_with_options(options)
    });
    &SDL
}

/// The root of all reads in a schema whose entities have their keys. It is printed, and answers nothing.
#[derive(Debug, Default)]
struct Keyed(Query);

impl ContainerType for Keyed {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        self.0.resolve_field(ctx).await
    }
}

impl OutputType for Keyed {
    fn type_name() -> std::borrow::Cow<'static, str> {
        Query::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        let name = Query::create_type_info(registry);
        for entity in ENTITIES {
            registry.add_keys(entity, KEY);
        }
        name
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<Selected>,
    ) -> ServerResult<Value> {
        self.0.resolve(ctx, field).await
    }
}

impl ObjectType for Keyed {}
