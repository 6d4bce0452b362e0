//! Machines, shelves, reports and trades of which only what matters is said.

use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{
    Delivery, DeliveryState, Machine, Payment, PaymentMethod, PaymentState, Product, Report, Shelf,
    ShelfState, SiteRef, Status, Trade, TradeKind,
};

pub(super) fn machine(number: &str) -> Machine {
    Machine::numbered(number.into())
}

pub(super) fn machine_at(number: &str, site: &str) -> Machine {
    let site = SiteRef { number: site.into(), name: format!("Site {site}").into() };
    Machine { site: Some(site), ..machine(number) }
}

pub(super) fn shelf(code: &str, state: ShelfState) -> Shelf {
    Shelf {
        cabinet: "1".into(),
        code: code.into(),
        slot: None,
        product: None,
        category: None,
        price: None,
        list_price: None,
        capacity: None,
        stock: None,
        sold_out: None,
        sold_out_at: None,
        state,
    }
}

pub(in crate::gateway) fn shelf_of(product: &str) -> Shelf {
    let product = Arc::new(Product::named(product.into(), format!("Product {product}").into()));
    Shelf { product: Some(product), ..shelf("1", ShelfState::Normal) }
}

pub(in crate::gateway) fn report(online: Option<bool>, shelves: Vec<Shelf>) -> Report {
    Report { status: Status { online, ..Status::default() }, shelves, location: None }
}

pub(super) fn trade(order: &str, machine: &str, created_at: Option<Timestamp>) -> Trade {
    Trade {
        kind: TradeKind::Sale,
        order_number: order.into(),
        trade_number: None,
        line: None,
        machine_number: machine.into(),
        cabinet: None,
        shelf_code: None,
        product_number: None,
        product_name: None,
        quantity: 1,
        unit_price: None,
        list_price: None,
        total: None,
        payment: Payment {
            method: PaymentMethod::Cash,
            vendor_method: None,
            state: PaymentState::Paid,
            paid_at: None,
            transaction_number: None,
            payer_open_id: None,
            payer_phone: None,
        },
        delivery: Delivery { state: DeliveryState::Dispensed, at: None, failure_reason: None },
        refund: None,
        created_at,
    }
}
