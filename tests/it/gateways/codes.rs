//! Pickup codes that several try at once, at different gateways: those of a vendor's, and our own, which machines ask about.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{ordering::press, place::Place};
use crate::{
    harness::{account_id, machine_id},
    orders::Told,
    pickup_codes::MACHINE,
};

/// How often it is told that nobody knows before that is believed.
const UNKNOWN: usize = 3;
/// How often a code is typed in at the most, at each of two machines.
const TRIES: usize = 5;

/// What came of codes.
#[derive(Default)]
pub struct Redemptions {
    /// A vendor's codes that were made, each with the order that it was told to have become, if one was.
    pub vendors: Mutex<Vec<(String, Option<String>)>>,
    /// Our own codes that were made, each with how many machines gave something out for it.
    pub ours: Mutex<Vec<(String, usize)>>,
}

/// Makes a code, and gives its digits; `None`: nobody knows.
async fn make(place: &Place, gateway: usize, input: &str) -> Option<String> {
    let query = format!(
        "mutation {{ createPickupCodes(input: {{ {input} }}) {{ pickupCodes {{ code }} userErrors {{ code message }} }} }}"
    );
    let made = press(place, gateway, &query, UNKNOWN).await?;
    made.0["pickupCodes"][0]["code"].as_str().map(str::to_owned)
}

/// Redeems codes of Dingshang's, each by two callers and one of them at two gateways, until told to stop.
pub async fn redeem(place: Arc<Place>, redemptions: Arc<Redemptions>, stop: CancellationToken) {
    let query = format!("{{ machine(id: \"{}\") {{ shelves {{ id }} }} }}", machine_id("north", MACHINE));
    let shelf = place.ask(0, &query).await["machine"]["shelves"][0]["id"].clone();
    let slot = place.vendors.dingshang().machine(MACHINE).unwrap().slots.swap_remove(0);
    for number in 0.. {
        if stop.is_cancelled() {
            return;
        }
        assert!(place.vendors.dingshang().set_stock(MACHINE, slot.product_id, slot.capacity));
        let account = account_id("north");
        let input = format!(
            "accountId: \"{account}\", issuer: VENDOR, shelfId: {shelf}, count: 1, codeLength: 8, \
             idempotencyKey: \"vendor-{number}\""
        );
        let Some(code) = make(&place, number, &input).await else { continue };
        let button = |who: &str| {
            format!(
                "mutation {{ redeemPickupCode(input: {{ shelfId: {shelf}, code: \"{code}\", idempotencyKey: \
                 \"{who}-{number}\" }}) {{ order {{ id tradeNumber }} userErrors {{ code message }} }} }}"
            )
        };
        let (one, other) = (button("one"), button("other"));
        let (one, other) =
            tokio::join!(press(&place, number, &one, UNKNOWN), press(&place, number + 2, &other, UNKNOWN));
        let done = |told: &Told| told.error().is_none();
        let orders: BTreeSet<String> = [one, other]
            .into_iter()
            .flatten()
            .filter(done)
            .filter_map(|told| told.order()["tradeNumber"].as_str().map(str::to_owned))
            .collect();
        assert!(orders.len() <= 1, "one code, one order: {orders:?}");
        redemptions.vendors.lock().unwrap().push((code, orders.into_iter().next()));
    }
}

/// Types our own codes in at two machines of InHand's at once, until told to stop.
pub async fn type_in(place: Arc<Place>, redemptions: Arc<Redemptions>, stop: CancellationToken) {
    let machines = [4, 5].map(|index| place.vendors.inhand().asset_id(index));
    for number in 0.. {
        if stop.is_cancelled() {
            return;
        }
        let account = account_id("metro");
        let input = format!(
            "accountId: \"{account}\", issuer: GATEWAY, count: 1, feeMinorUnits: 350, idempotencyKey: \"own-{number}\""
        );
        let Some(code) = make(&place, number, &input).await else { continue };
        let (mut dispensed, mut is_told) = (0, false);
        for _ in 0..TRIES {
            let (one, other) =
                tokio::join!(place.type_in(&machines[0], &code), place.type_in(&machines[1], &code));
            dispensed += usize::from(one.came_out) + usize::from(other.came_out);
            if dispensed > 0 {
                is_told = one.is_told || other.is_told;
                break;
            }
            sleep(Duration::from_millis(200)).await;
        }
        // Once more after it came out. Where nobody could be told so, the machine that holds the code may try again.
        if is_told {
            dispensed += usize::from(place.type_in(&machines[number % 2], &code).await.came_out);
        }
        redemptions.ours.lock().unwrap().push((code, dispensed));
    }
}
