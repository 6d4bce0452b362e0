//! Pages of machines: of what is searched for, and over two accounts while machines come and go.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use proptest::{
    collection::{btree_map, btree_set, vec},
    option,
    prelude::proptest,
};
use tokio::runtime::Builder;

use super::{
    Fake, after, asker, first, gateway, manual_clock, name,
    rows::{machine, machine_at},
};
use crate::gateway::MachineFilter;

fn list(fake: &Fake, numbers: &BTreeSet<u8>) {
    // As unordered as a vendor's list may be.
    fake.script().machines = numbers.iter().rev().map(|number| machine(&format!("{number:03}"))).collect();
}

proptest! {
    #[test]
    fn pages_of_a_search_hold_what_matches_at_every_site_and_after_every_cursor(
        fleet in btree_map(0_u8..40, ("[abÄ]{0,3}", 0_u8..3), 0..30),
        words in option::of("[abä1s]{1,2}"),
        site in option::of(0_u8..4),
        size in 1_usize..6,
    ) {
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let fake = Fake::inhand();
            fake.script().machines = fleet
                .iter()
                .map(|(number, (called, at))| {
                    let mut machine = machine_at(&format!("{number:03}"), &format!("S{at}"));
                    machine.name = Some(called.as_str().into());
                    machine
                })
                .collect();
            let gateway = gateway(&[("metro", &fake)], manual_clock());
            let filter = MachineFilter {
                site: site.map(|at| (name("metro"), format!("S{at}").into())),
                search: words.clone(),
                ..MachineFilter::default()
            };
            let (mut request, mut met) = (first(size), Vec::new());
            loop {
                let list = gateway.machines(&asker(&["metro"]), filter.clone(), &request).await.unwrap();
                met.extend(list.page.rows.iter().map(|row| row.number().to_string()));
                match list.page.rows.last() {
                    Some(last) if list.page.has_next => request = after(size, &last.id()),
                    _ => {
                        assert_eq!(list.total(), met.len());
                        break;
                    }
                }
            }
            let matches = |(number, (called, at)): &(&u8, &(String, u8))| {
                let fields = [format!("{number:03}"), called.to_lowercase(), format!("site s{at}")];
                site.is_none_or(|site| site == *at)
                    && words.as_ref().is_none_or(|words| fields.iter().any(|field| field.contains(words)))
            };
            let expected: Vec<_> = fleet.iter().filter(matches).map(|(number, _)| format!("{number:03}")).collect();
            assert_eq!(met, expected);
        });
    }

    #[test]
    fn every_machine_that_was_there_throughout_is_met_once_and_in_order(
        stays in (btree_set(0_u8..60, 0..40), btree_set(0_u8..60, 0..40)),
        guests in vec((btree_set(60_u8..120, 0..30), btree_set(60_u8..120, 0..30)), 1..6),
        size in 1_usize..12,
    ) {
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let (north, south, clock) = (Fake::inhand(), Fake::dingshang(), manual_clock());
            let gateway = gateway(&[("south", &south), ("north", &north)], Arc::clone(&clock) as _);
            let asker = asker(&["north", "south"]);
            // Guests stand between those who stay: numbers 60 to 119 are 0 to 59 with a letter.
            let place = |numbers: &BTreeSet<u8>, more: &BTreeSet<u8>, fake: &Fake| {
                list(fake, numbers);
                let guests = more.iter().map(|number| machine(&format!("{:03}x", number - 60)));
                fake.script().machines.extend(guests);
            };
            let mut request = first(size);
            let mut met = Vec::new();
            for page in 0.. {
                let (of_north, of_south) = &guests[page % guests.len()];
                place(&stays.0, of_north, &north);
                place(&stays.1, of_south, &south);
                // The first look past the time to live sets off the new listing, which the second look gets.
                clock.advance(Duration::from_secs(301));
                for _ in 0..2 {
                    gateway.machines(&asker, MachineFilter::default(), &first(1)).await.unwrap();
                    for _ in 0..10 {
                        tokio::task::yield_now().await;
                    }
                }
                let list = gateway.machines(&asker, MachineFilter::default(), &request).await.unwrap();
                let all = stays.0.len() + stays.1.len() + of_north.len() + of_south.len();
                assert_eq!(list.total(), all);
                let rows = &list.page.rows;
                met.extend(rows.iter().map(|row| (row.account.name().to_string(), row.number().to_string())));
                match rows.last() {
                    Some(last) if list.page.has_next => request = after(size, &last.id()),
                    _ => break,
                }
            }
            assert!(met.is_sorted());
            met.retain(|(_, number)| !number.ends_with('x'));
            let of = |account: &str, numbers: &BTreeSet<u8>| -> Vec<_> {
                numbers.iter().map(|number| (account.to_owned(), format!("{number:03}"))).collect()
            };
            assert_eq!(met, [of("north", &stays.0), of("south", &stays.1)].concat());
        });
    }
}
