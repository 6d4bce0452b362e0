//! Ids, cursors and money.

use divan::{Bencher, black_box};
use iso_currency::Currency;
use vendgraph::domain::{AccountName, Id, Money, event::Place};

#[divan::bench]
fn id_is_written(bencher: Bencher) {
    let id = shelf();
    bencher.bench(|| black_box(&id).encode());
}

#[divan::bench]
fn id_is_read(bencher: Bencher) {
    let id = shelf().encode();
    bencher.bench(|| Id::decode(black_box(&id)));
}

#[divan::bench]
fn cursor_is_written() -> String {
    black_box(Place(123_456_789)).encode()
}

#[divan::bench]
fn cursor_is_read(bencher: Bencher) {
    let cursor = Place(123_456_789).encode();
    bencher.bench(|| Place::decode(black_box(&cursor)));
}

#[divan::bench]
fn money_is_read(bencher: Bencher) {
    bencher.bench(|| Money::parse(black_box("1234.50"), Currency::CNY));
}

#[divan::bench]
fn money_is_written(bencher: Bencher) {
    let money = Money::from_minor(123_450, Currency::CNY);
    bencher.bench(|| black_box(money).major().to_string());
}

fn shelf() -> Id {
    Id::Shelf {
        account: AccountName::new("metro"),
        machine: "91000017".into(),
        cabinet: "91000017".into(),
        code: "12".into(),
    }
}
