//! Tellers that sell: each command is given to two gateways at once, and again until somebody says what came of it.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use vendgraph::sandbox::world::dingshang::{Machine, Status};

use super::place::{COUNT, Place};
use crate::{
    orders::{Counter, Told, dispense, pay},
    pickup_codes::MACHINE,
};

/// How many tellers sell, each at a machine of its own.
pub const TELLERS: usize = 3;
/// How long a teller presses the same button at the most: longer than everybody is cut off.
const PRESSES_FOR: Duration = Duration::from_mins(1);
/// How long a teller waits before pressing the button at the next gateway, and how long after that.
const WAITS_FOR: Duration = Duration::from_secs(4);
const AGAIN_AFTER: Duration = Duration::from_millis(200);
/// How long after one answer the other is waited for, to compare them.
const SOON: Duration = Duration::from_millis(500);
/// How often a teller is told that nobody knows before it believes so: of an order that is to be, of anything else, which
/// the order itself comes to show.
const UNKNOWN_ORDER: usize = 3;
const UNKNOWN: usize = 40;

/// What tellers were told.
#[derive(Default)]
pub struct Sales {
    /// Every order that was acknowledged.
    pub sold: Mutex<Vec<Sold>>,
    /// How many orders were asked for, each under a key of its own.
    pub keys: AtomicUsize,
    /// How many of them nobody could tell of.
    pub unknown: AtomicUsize,
}

/// An order that was acknowledged.
#[derive(Clone, Debug)]
pub struct Sold {
    /// Our number of it.
    pub trade_number: String,
    /// Whether it was told as paid.
    pub is_paid: bool,
    /// Whether it was told that its machine is at it.
    pub is_dispensed: bool,
}

/// Machines that sell, and not that of the pickup codes.
pub fn counters(place: &Place) -> Vec<Counter> {
    let sells = |machine: &Machine| {
        let works = matches!(machine.status, Status::Older(true) | Status::Operational);
        works && machine.online && machine.number != MACHINE
    };
    let machines = place.vendors.dingshang().machines().into_iter().filter(sells);
    let counters = machines.map(|machine| {
        assert!(place.vendors.dingshang().change(&machine.number, |machine| machine.dispense_seconds = 0));
        Counter::of(&place.vendors, &machine)
    });
    let counters: Vec<_> = counters.filter(|counter| !counter.shelves.is_empty()).take(TELLERS).collect();
    assert_eq!(counters.len(), TELLERS);
    counters
}

/// Sells one piece after the other until told to stop.
pub async fn sell(
    place: Arc<Place>,
    (teller, counter): (usize, Counter),
    sales: Arc<Sales>,
    stop: CancellationToken,
) {
    let shelf = &counter.shelves[0];
    for number in 0.. {
        if stop.is_cancelled() {
            return;
        }
        assert!(place.vendors.dingshang().set_stock(&counter.number, shelf.product, shelf.stock));
        sales.keys.fetch_add(1, Ordering::Relaxed);
        let create = counter.create(&[(0, 1)], &format!("{teller}-{number}"));
        let placed = press(&place, teller + number, &create, UNKNOWN_ORDER).await;
        let Some(placed) = placed.filter(|placed| placed.error().is_none()) else {
            sales.unknown.fetch_add(1, Ordering::Relaxed);
            continue;
        };
        let trade_number = placed.order()["tradeNumber"].as_str().unwrap().to_owned();
        let mut sold = Sold { trade_number, is_paid: false, is_dispensed: false };
        let paid = press(&place, teller + number + 1, &pay(placed.id()), UNKNOWN).await;
        sold.is_paid = paid.as_ref().is_some_and(|paid| paid.error().is_none());
        assert!(!sold.is_paid || paid.unwrap().state() == "PAID");
        if sold.is_paid {
            let button = dispense(placed.id(), placed.line(0));
            let told = press(&place, teller + number + 2, &button, UNKNOWN).await;
            sold.is_dispensed =
                told.is_some_and(|told| told.error().is_none_or(|error| error == "ORDER_ALREADY_DELIVERED"));
        }
        sales.sold.lock().unwrap().push(sold);
    }
}

/// Presses a button at two gateways at once, again and again until one says what came of it, or that nobody knows. Whoever
/// does not answer soon is left alone; what it does, it does.
pub async fn press(place: &Place, gateway: usize, mutation: &str, unknown: usize) -> Option<Told> {
    let end = Instant::now() + PRESSES_FOR;
    let (mut gateway, mut unknowns) = (gateway % COUNT, 0);
    while Instant::now() < end {
        let mut answers = FuturesUnordered::from_iter(
            [gateway, gateway + 1]
                .map(|gateway| timeout(WAITS_FOR, place.try_ask(gateway % COUNT, mutation))),
        );
        while let Some(answer) = answers.next().await {
            let Ok(Some(told)) = answer.map(|answer| answer.as_ref().map(told)) else { continue };
            match told.error() {
                Some("OUTCOME_UNKNOWN") => unknowns += 1,
                Some("OVERLOADED" | "VENDOR_UNAVAILABLE" | "VENDOR_TIMEOUT" | "INTERNAL") => {}
                _ => {
                    place.acknowledged.fetch_add(1, Ordering::Relaxed);
                    let other = timeout(SOON, answers.next()).await.ok().flatten();
                    let other = other.and_then(|other| other.ok().flatten());
                    if let Some(other) = other.as_ref().map(self::told)
                        && let (None, None) = (told.error(), other.error())
                    {
                        assert_eq!(told.order()["id"], other.order()["id"], "one command, one order");
                    }
                    return Some(told);
                }
            }
        }
        if unknowns >= unknown {
            return None;
        }
        gateway = (gateway + 1) % COUNT;
        sleep(AGAIN_AFTER).await;
    }
    None
}

fn told(answer: &Value) -> Told {
    Told(answer.as_object().unwrap().values().next().unwrap().clone())
}
