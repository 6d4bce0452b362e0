//! Pages of trades against a plain sorted list, over random densities, while new trades come in.

use std::cmp::Reverse;

use jiff::Timestamp;
use proptest::{
    collection::vec,
    prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest},
};
use tokio::runtime::Builder;

use super::{
    Fake, START, asker, gateway, manual_clock,
    rows::trade,
    trades::{before, walk},
};
use crate::{domain::Trade, gateway::TradeFilter};

/// Some trades, and how long before the ones after them.
#[derive(Clone, Debug)]
enum Stretch {
    /// So many within one second.
    Burst(i64),
    /// So many, with so many milliseconds between two.
    Steady(i64, i64),
    /// So many milliseconds without a trade.
    Silence(i64),
    /// So many without a time.
    Undated(i64),
}

fn stretch() -> impl Strategy<Value = Stretch> {
    prop_oneof![
        1 => (1_000_i64..1_800).prop_map(Stretch::Burst),
        3 => (1_i64..300).prop_map(Stretch::Burst),
        3 => (1_i64..400, prop_oneof![Just(7_i64), 1_i64..5_000, Just(3_600_000)])
            .prop_map(|(count, gap)| Stretch::Steady(count, gap)),
        2 => (1_i64..200_000_000_000).prop_map(Stretch::Silence),
        2 => (1_i64..3_000).prop_map(Stretch::Silence),
        1 => (1_i64..30).prop_map(Stretch::Undated),
    ]
}

fn trades(stretches: &[Stretch]) -> Vec<Trade> {
    let mut ago = 0;
    let mut instants: Vec<Option<Timestamp>> = Vec::new();
    for stretch in stretches {
        match *stretch {
            Stretch::Burst(count) => {
                instants.extend((0..count).map(|at| Some(before(ago + at * 17 % 1_000))));
            }
            Stretch::Steady(count, gap) => {
                instants.extend((0..count).map(|at| Some(before(ago + at * gap))));
                ago += count * gap;
            }
            Stretch::Silence(length) => ago += length,
            Stretch::Undated(count) => instants.extend((0..count).map(|_| None)),
        }
    }
    instants.iter().enumerate().map(|(at, when)| trade(&format!("{at:06}"), "m", *when)).collect()
}

fn listed(trades: &[Trade]) -> Vec<String> {
    let mut sorted: Vec<_> = trades.iter().collect();
    sorted.sort_by_key(|one| (Reverse(one.created_at.unwrap_or(Timestamp::MIN)), one.order_number.clone()));
    sorted.iter().map(|one| one.order_number.to_string()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn all_pages_together_are_the_list_as_it_was_when_the_first_was_read(
        stretches in vec(stretch(), 0..7),
        size in prop_oneof![1_usize..60, 300_usize..=500],
        shuffle in any::<u64>(),
        compares_milliseconds in any::<bool>(),
    ) {
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let fake = Fake::inhand();
            let mut rows = trades(&stretches);
            // Single rows make as many walks as there are trades.
            rows.truncate(size * 25);
            let expected = listed(&rows);
            rows.sort_by_key(|one| {
                let number: u64 = one.order_number.parse().unwrap();
                (number ^ shuffle).wrapping_mul(0x9E37_79B9_7F4A_7C15)
            });
            fake.script().trades = rows;
            fake.script().compares_milliseconds = compares_milliseconds;
            let gateway = gateway(&[("metro", &fake)], manual_clock());
            let asker = asker(&["metro"]);
            let arrive = |page| {
                let at = START + jiff::SignedDuration::from_millis(1 + i64::try_from(page).unwrap());
                fake.script().trades.insert(0, trade(&format!("new{page}"), "m", Some(at)));
            };
            let got = walk(&gateway, &asker, &TradeFilter::default(), size, arrive).await;
            assert!(got == expected, "{} of {} trades, pages of {size}", got.len(), expected.len());
        });
    }
}
