//! Connections: pages of lists, with cursors and with what became of each account's share.

use async_graphql::{Object, OutputType, SimpleObject, parser::types::Field, resolver_utils::ContainerType};

use super::{Event, Line, Machine, Order, PickupCode, Product, Refill, Site, SourceStatus, Trade};
use crate::{
    gateway,
    graphql::{
        direct::{Direct, List},
        json::{Json, Write},
    },
};

/// Where a page stands in its list.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(shareable)]
pub struct PageInfo {
    /// Whether there is more after this page.
    has_next_page: bool,
    /// Whether this page was asked for with a cursor, and so stands after others.
    has_previous_page: bool,
    /// The first row's cursor; null when the page is empty.
    start_cursor: Option<String>,
    /// The last row's cursor, for `after`; null when the page is empty.
    end_cursor: Option<String>,
}

/// What stands in lists.
pub trait Listed {
    /// The row's cursor: its global id, as clients see it.
    fn cursor(&self) -> String;
}

/// Types that wrap what the gateway has, which has an id.
macro_rules! listed {
    ($($node:ident)+) => {
        $(impl Listed for $node {
            fn cursor(&self) -> String {
                self.0.id().encode()
            }
        })+
    };
}

listed!(Machine Site Line Trade Order PickupCode);

impl Listed for Product {
    fn cursor(&self) -> String {
        self.id_text()
    }
}

impl Listed for Refill {
    fn cursor(&self) -> String {
        self.global_id().encode()
    }
}

/// One row of a page and its cursor.
pub struct Edge<T>(T);

/// One row of a page and its cursor.
#[Object(
    concrete(name = "MachineEdge", params(Machine)),
    concrete(name = "SiteEdge", params(Site)),
    concrete(name = "LineEdge", params(Line)),
    concrete(name = "ProductEdge", params(Product)),
    concrete(name = "TradeEdge", params(Trade)),
    concrete(name = "OrderEdge", params(Order)),
    concrete(name = "RefillEdge", params(Refill)),
    concrete(name = "PickupCodeEdge", params(PickupCode))
)]
impl<T: ContainerType + Write + Listed + Clone> Edge<T> {
    /// The row's cursor, for `after`.
    async fn cursor(&self) -> String {
        self.0.cursor()
    }

    /// The row.
    async fn node(&self) -> Direct<&T> {
        Direct(&self.0)
    }
}

impl<T: OutputType + Write + Listed> Write for Edge<T> {
    fn write(&self, field: &Field, to: &mut Json<'_>) -> Option<()> {
        match field.name.node.as_str() {
            "cursor" => to.value(&self.0.cursor()),
            "node" => to.object(field, &self.0),
            _ => None,
        }
    }
}

/// A page of a list whose length is not counted.
pub struct Connection<T> {
    rows: Vec<T>,
    has_next: bool,
    has_previous: bool,
    sources: Vec<gateway::SourceStatus>,
}

impl<T: Listed> Connection<T> {
    /// The page, its rows turned into nodes.
    pub fn new<R>(
        page: gateway::Page<R>,
        sources: Vec<gateway::SourceStatus>,
        node: impl FnMut(R) -> T,
    ) -> Self {
        let rows = page.rows.into_iter().map(node).collect();
        Self { rows, has_next: page.has_next, has_previous: page.has_previous, sources }
    }

    fn page_info(&self) -> PageInfo {
        PageInfo {
            has_next_page: self.has_next,
            has_previous_page: self.has_previous,
            start_cursor: self.rows.first().map(Listed::cursor),
            end_cursor: self.rows.last().map(Listed::cursor),
        }
    }

    fn sources(&self) -> Vec<SourceStatus> {
        self.sources.iter().cloned().map(SourceStatus).collect()
    }
}

/// A page of a list.
#[Object(
    concrete(name = "TradeConnection", params(Trade)),
    concrete(name = "OrderConnection", params(Order)),
    concrete(name = "RefillConnection", params(Refill)),
    concrete(name = "PickupCodeConnection", params(PickupCode))
)]
impl<T: ContainerType + Write + Listed + Clone> Connection<T>
where
    Edge<T>: ContainerType,
{
    /// The rows with their cursors.
    async fn edges(&self) -> List<Edge<T>> {
        self.rows.iter().cloned().map(Edge).collect()
    }

    /// The rows.
    async fn nodes(&self) -> List<&T> {
        self.rows.iter().collect()
    }

    /// Where the page stands.
    #[graphql(name = "pageInfo")]
    async fn info(&self) -> PageInfo {
        self.page_info()
    }

    /// What became of each account's share of the list.
    #[graphql(name = "sources")]
    async fn source_list(&self) -> Vec<SourceStatus> {
        self.sources()
    }
}

/// A page of a list whose length is known.
pub struct CountedConnection<T> {
    page: Connection<T>,
    total: Total,
}

/// How long a list is.
pub enum Total {
    /// Counted already.
    Known(usize),
    /// Counted when asked for: the count walks over the whole fleet.
    Machines(Box<gateway::MachineList>),
}

impl<T> CountedConnection<T> {
    /// The page and the length of its list.
    pub fn new(page: Connection<T>, total: Total) -> Self {
        Self { page, total }
    }
}

/// A page of a list.
#[Object(
    concrete(name = "MachineConnection", params(Machine)),
    concrete(name = "SiteConnection", params(Site)),
    concrete(name = "LineConnection", params(Line)),
    concrete(name = "ProductConnection", params(Product))
)]
impl<T: ContainerType + Write + Listed + Clone> CountedConnection<T>
where
    Edge<T>: ContainerType,
{
    /// The rows with their cursors.
    async fn edges(&self) -> List<Edge<T>> {
        self.page.rows.iter().cloned().map(Edge).collect()
    }

    /// The rows.
    async fn nodes(&self) -> List<&T> {
        self.page.rows.iter().collect()
    }

    /// Where the page stands.
    async fn page_info(&self) -> PageInfo {
        self.page.page_info()
    }

    /// How many rows match in all, on all pages.
    async fn total_count(&self) -> usize {
        match &self.total {
            Total::Known(total) => *total,
            Total::Machines(machines) => machines.total(),
        }
    }

    /// What became of each account's share of the list.
    async fn sources(&self) -> Vec<SourceStatus> {
        self.page.sources()
    }
}

/// A page of events, oldest first.
pub struct EventConnection(gateway::EventPage);

impl EventConnection {
    /// The page.
    pub fn new(page: gateway::EventPage) -> Self {
        Self(page)
    }

    fn events(&self) -> impl Iterator<Item = EventEdge> {
        self.0
            .rows
            .iter()
            .filter_map(|row| Some(EventEdge { cursor: row.place().encode(), node: Event::of(row.clone())? }))
    }
}

/// One event of a page and its cursor.
#[derive(Clone, SimpleObject)]
pub struct EventEdge {
    /// The event's cursor, for `after`.
    cursor: String,
    /// The event.
    node: Event,
}

/// A page of events, oldest first.
#[Object]
impl EventConnection {
    /// The events with their cursors.
    async fn edges(&self) -> Vec<EventEdge> {
        self.events().collect()
    }

    /// The events.
    async fn nodes(&self) -> Vec<Event> {
        self.events().map(|edge| edge.node).collect()
    }

    /// Where the page stands.
    async fn page_info(&self) -> PageInfo {
        let cursor = |row: Option<&gateway::Followed>| row.map(|row| row.place().encode());
        PageInfo {
            has_next_page: self.0.has_next,
            has_previous_page: self.0.has_previous,
            start_cursor: cursor(self.0.rows.first()),
            end_cursor: cursor(self.0.rows.last()),
        }
    }
}
