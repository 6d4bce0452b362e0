//! What was acknowledged, what the log has, and what the vendors have on their books: all the same, and nothing twice.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::Ordering,
};

use serde_json::Value;

use super::{codes::Redemptions, ordering::Sales, place::Place};
use crate::orders::{DISPENSE, PLACE, UPDATE, taken};
use vendgraph::sandbox::Vendor;

/// The whole log, as a gateway tells it.
pub async fn log(place: &Place, gateway: usize) -> Vec<Value> {
    let (mut events, mut after): (Vec<Value>, _) = (Vec::new(), "null".to_owned());
    loop {
        let query = format!(
            "{{ events(first: 500, after: {after}) {{ nodes {{ cursor kind ... on TradeEvent {{ trade {{ orderNumber }} }} \
             ... on OrderEvent {{ order {{ tradeNumber state }} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let answer = place.ask(gateway, &query).await;
        let page = &answer["events"];
        events.extend(page["nodes"].as_array().unwrap_or_else(|| panic!("{answer}")).iter().cloned());
        if page["pageInfo"]["hasNextPage"] != true {
            return events;
        }
        after = page["pageInfo"]["endCursor"].to_string();
    }
}

/// How often each text stands at a pointer below the events.
fn counted<'a>(log: &'a [Value], pointer: &str) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for text in log.iter().filter_map(|event| event.pointer(pointer)?.as_str()) {
        *counts.entry(text).or_default() += 1;
    }
    counts
}

/// Every message that was acknowledged is in the log once; gives how many there were.
pub fn compare_messages(place: &Place, log: &[Value]) -> usize {
    let told = counted(log, "/trade/orderNumber");
    let acknowledged = place.vendors.pushes().acknowledged(0, usize::MAX);
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for number in acknowledged.iter().filter_map(|told| told.order.as_deref()) {
        *numbers.entry(number).or_default() += 1;
    }
    for (number, times) in &numbers {
        // Of a sale that is told of step by step, each step is news at the most once.
        let in_log = told.get(number).copied().unwrap_or(0);
        assert!(
            (1..=*times).contains(&in_log),
            "{number} was acknowledged {times} times, and told {in_log} times"
        );
    }
    acknowledged.len()
}

/// Every order that was acknowledged is the vendor's and the log's, once; nothing was sent twice.
pub fn compare_orders(place: &Place, sales: &Sales, log: &[Value]) {
    let at_vendor = taken(&place.vendors);
    let orders: BTreeMap<&str, &_> = at_vendor.iter().map(|order| (order.trade_id.as_str(), order)).collect();
    assert_eq!(orders.len(), at_vendor.len(), "no order is there twice");
    let calls = place.vendors.calls(Vendor::Dingshang);
    let keys = sales.keys.load(Ordering::Relaxed) as u64;
    assert!(calls.count(PLACE) <= keys, "{} orders sent for {keys} keys", calls.count(PLACE));
    let bought = at_vendor.iter().filter(|order| order.pickup_code_id == 0).count();
    assert!(bought as u64 <= keys, "{bought} orders for {keys} keys");

    let mut states: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for event in log {
        let order = &event["order"];
        if let (Some(number), Some(state)) = (order["tradeNumber"].as_str(), order["state"].as_str()) {
            states.entry(number).or_default().push(state);
        }
    }
    for (number, states) in &mut states {
        states.dedup();
        let each: BTreeSet<_> = states.iter().collect();
        assert_eq!(each.len(), states.len(), "{number} goes forward alone: {states:?}");
    }
    let sold = sales.sold.lock().unwrap();
    let acknowledged: BTreeSet<_> = sold.iter().map(|sold| &sold.trade_number).collect();
    assert_eq!(acknowledged.len(), sold.len(), "each key is an order of its own");
    for told in sold.iter() {
        let order = orders.get(&*told.trade_number).unwrap_or_else(|| panic!("{told:?} is not the vendor's"));
        let states = states.get(&*told.trade_number).unwrap_or_else(|| panic!("{told:?} is not in the log"));
        assert!(states.contains(&"UNPAID"), "{told:?}: {states:?}");
        assert!(
            !told.is_paid || (order.status == "SUCCESS" && states.contains(&"PAID")),
            "{told:?}: {order:?}"
        );
    }
    assert!(calls.count(UPDATE) <= sold.len() as u64, "no order is paid twice");
    assert!(calls.count(DISPENSE) <= sold.len() as u64, "no line is sent for twice");
    let mut deliveries: BTreeMap<(u64, u64), usize> = BTreeMap::new();
    let ours: BTreeSet<u64> = at_vendor.iter().map(|order| order.id).collect();
    for delivery in place.vendors.dingshang().deliveries() {
        if ours.contains(&delivery.order_id) {
            *deliveries.entry((delivery.order_id, delivery.record_id)).or_default() += 1;
        }
    }
    assert!(deliveries.values().all(|times| *times == 1), "{deliveries:?}");
    let dispensed = at_vendor.iter().flat_map(|order| &order.records);
    assert!(dispensed.into_iter().all(|record| record.dispensed <= record.quantity));
    let told = sold.iter().filter(|sold| sold.is_dispensed).count();
    assert!(told <= deliveries.len(), "{told} dispenses were acknowledged, {} were done", deliveries.len());
}

/// Every code was redeemed at most once, and what was acknowledged was.
pub fn compare_codes(place: &Place, redemptions: &Redemptions) {
    let codes = place.vendors.dingshang().pickup_codes();
    let orders = taken(&place.vendors);
    for (digits, order) in redemptions.vendors.lock().unwrap().iter() {
        let of: Vec<_> = codes.iter().filter(|code| code.code == *digits).collect();
        assert_eq!(of.len(), 1, "{digits}");
        let used: Vec<_> = orders.iter().filter(|order| order.pickup_code_id == of[0].id).collect();
        assert!(used.len() <= 1, "{digits} was redeemed {} times", used.len());
        if let Some(trade_number) = order {
            assert!(used.len() == 1 && used[0].trade_id == *trade_number, "{digits}: {used:?}");
        }
    }
    for (digits, dispensed) in redemptions.ours.lock().unwrap().iter() {
        assert!(*dispensed <= 1, "{digits} was given out {dispensed} times");
    }
}
