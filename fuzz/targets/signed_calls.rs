//! What we ask both vendors with odd numbers, slots and codes in it: the platform finds every call rightly signed.
//!
//! NULs part the texts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vendgraph::{
    domain::{Text, Window},
    vendor::{Goods, NewOrder, NewOrderLine, NewPickupCodes, Redemption, Replenishment, TradeQuery, Vendor},
};
use vendgraph_fuzz::platform::Platform;

thread_local!(static PLATFORM: Platform = Platform::start());

fuzz_target!(|text: &str| {
    let parts: Vec<Text> = text.splitn(3, '\0').map(Text::from).collect();
    let part = |at: usize| parts.get(at).cloned().unwrap_or_default();
    PLATFORM.with(|platform| {
        ask(platform, &platform.dingshang, &part);
        ask(platform, &platform.inhand, &part);
    });
});

fn ask(platform: &Platform, account: &impl Vendor, part: &dyn Fn(usize) -> Text) {
    let (machine, slot, code) = (part(0), part(1), part(2));
    let notify_url: url::Url = "http://127.0.0.1:9/a?b=c".parse().expect("a URL");
    let quantity = u32::try_from(code.len()).unwrap_or(1);
    let order = NewOrder {
        machine: machine.clone(),
        trade_number: code.clone(),
        notify_url: notify_url.clone(),
        lines: vec![NewOrderLine { slot: slot.clone(), quantity }],
    };
    let codes = NewPickupCodes {
        machine: Some(machine.clone()),
        goods: Goods::Product(slot.clone()),
        count: None,
        length: None,
        starts_at: None,
        expires_at: None,
    };
    let redemption = Redemption {
        machine: machine.clone(),
        slot: slot.clone(),
        code: code.clone(),
        trade_number: slot.clone(),
        notify_url,
    };
    let trades = TradeQuery { machine: Some(machine.to_string()), window: Window::default(), method: None };
    platform.call(&[], async {
        let _ = account.machine_detail(&machine).await;
        let _ = account.pickup_codes(&machine, &slot).await;
        let _ = account.order(&machine, &code).await;
        let _ = account.create_order(&order).await;
        let _ = account.dispense(&machine, &code, &slot).await;
        let _ = account.replenish(&machine, &Replenishment::Shelf { slot: slot.clone(), quantity }).await;
        let _ = account.create_pickup_codes(&codes).await;
        let _ = account.cancel_pickup_code(&machine, &code).await;
        let _ = account.redeem_pickup_code(&redemption).await;
        let _ = account.trades(&trades, 0..1).await;
    });
}
