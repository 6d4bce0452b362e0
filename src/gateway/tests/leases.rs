//! Leases: while one holds, an answer made anew is the same, whatever happened since, and asks no vendor.

use std::{collections::HashMap, fmt::Write as _, sync::Arc, time::Duration};

use proptest::{
    collection::vec,
    prelude::{ProptestConfig, Strategy, any, prop_oneof, proptest},
};
use tokio::{runtime::Builder, task::yield_now};

use super::{
    Fake, asker, first, gateway, manual_clock, name,
    rows::{machine, machine_at, report, shelf, shelf_of, trade},
};
use crate::{
    domain::{ManualClock, ShelfState, Text},
    gateway::{
        Asker, Freshness, Gateway, Lease, LineFilter, MachineFilter, ProductFilter, RefillFilter, SiteFilter,
        TradeFilter,
    },
    vendor::Kind,
};

const NUMBERS: [&str; 4] = ["1", "2", "3", "4"];

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Ask {
    Fleet,
    Online(bool),
    SoldOut,
    OfSite,
    Status(usize),
    Known(usize),
    Sites,
    Products,
    Lines,
    Refills,
    Trades,
    Health,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A caller who sees one account, the other, or both asks.
    Ask(Ask, usize),
    /// Time goes by, in seconds.
    Advance(u64),
    /// A machine changes at its vendor; nobody is told.
    Change(usize, bool, bool),
    /// The listing changes at the vendor.
    Relist(usize),
    /// Somebody has a machine read anew.
    Refresh(usize),
    /// The vendor's calls fail from now on, or no longer.
    Fail(Option<Kind>),
    /// What is under way goes on.
    Settle,
}

fn ask() -> impl Strategy<Value = Ask> {
    (0_usize..12, 0_usize..4, any::<bool>()).prop_map(|(which, machine, yes)| match which {
        0 => Ask::Fleet,
        1 => Ask::Online(yes),
        2 => Ask::SoldOut,
        3 => Ask::OfSite,
        4 | 5 => Ask::Status(machine),
        6 => Ask::Known(machine),
        7 => Ask::Sites,
        8 => Ask::Products,
        9 if yes => Ask::Lines,
        9 => Ask::Refills,
        10 => Ask::Trades,
        _ => Ask::Health,
    })
}

fn step() -> impl Strategy<Value = Step> {
    let failing = prop_oneof![
        3 => proptest::strategy::Just(None),
        1 => proptest::strategy::Just(Some(Kind::Unavailable)),
        1 => proptest::strategy::Just(Some(Kind::Credentials)),
    ];
    prop_oneof![
        12 => (ask(), 0_usize..3).prop_map(|(ask, caller)| Step::Ask(ask, caller)),
        3 => prop_oneof![0_u64..12, 200_u64..400, 600_u64..5_000].prop_map(Step::Advance),
        3 => (0_usize..4, any::<bool>(), any::<bool>()).prop_map(|(m, online, sold)| Step::Change(m, online, sold)),
        1 => (1_usize..5).prop_map(Step::Relist),
        3 => (0_usize..4).prop_map(Step::Refresh),
        1 => failing.prop_map(Step::Fail),
        3 => proptest::strategy::Just(Step::Settle),
    ]
}

struct World {
    metro: Arc<Fake>,
    north: Arc<Fake>,
    clock: Arc<ManualClock>,
    gateway: Gateway,
}

impl World {
    fn new() -> Self {
        let (metro, north, clock) = (Fake::inhand(), Fake::dingshang(), manual_clock());
        let gateway = gateway(&[("metro", &metro), ("north", &north)], Arc::clone(&clock) as _);
        let world = Self { metro, north, clock, gateway };
        world.metro.script().trades = vec![trade("t", "1", None)];
        world.relist(4);
        for machine in 0..4 {
            world.change(machine, true, false);
        }
        world
    }

    fn relist(&self, count: usize) {
        let numbers = || NUMBERS.iter().take(count);
        self.metro.script().machines = numbers().map(|number| machine_at(number, "s")).collect();
        self.north.script().machines = numbers().map(|number| machine(number)).collect();
    }

    fn change(&self, machine: usize, online: bool, sold: bool) {
        let sold_out = shelf("1", if sold { ShelfState::SoldOut } else { ShelfState::Normal });
        let shelves =
            vec![crate::domain::Shelf { sold_out: Some(sold), ..sold_out }, shelf_of(NUMBERS[machine])];
        for fake in [&self.metro, &self.north] {
            fake.script().reports.insert(NUMBERS[machine].to_owned(), report(Some(online), shelves.clone()));
        }
    }

    fn fail(&self, kind: Option<Kind>) {
        for fake in [&self.metro, &self.north] {
            fake.mend();
            for operation in ["machines", "report", "products", "lines", "refills", "trades"] {
                if let Some(kind) = kind {
                    fake.fail(operation, kind);
                }
            }
        }
    }

    fn calls(&self) -> usize {
        self.metro.script().calls.len() + self.north.script().calls.len()
    }

    /// The answer as text, and whether all of it is good: what has an error is never kept.
    async fn answer(&self, ask: Ask, asker: &Asker) -> (String, bool) {
        let mut text = String::new();
        let good = self.write(ask, asker, &mut text).await.is_ok();
        (text, good)
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each thing that can be asked")]
    async fn write(&self, ask: Ask, asker: &Asker, text: &mut String) -> Result<(), ()> {
        let gateway = &self.gateway;
        let filter = |change: &dyn Fn(&mut MachineFilter)| {
            let mut filter = MachineFilter::default();
            change(&mut filter);
            filter
        };
        let list = async |filter: MachineFilter, text: &mut String| {
            let list = gateway.machines(asker, filter, &first(3)).await.map_err(drop)?;
            for machine in &list.page.rows {
                write!(text, "{:?} {:?};", machine.id(), machine.known().online.map(|known| known.0))
                    .unwrap();
            }
            let sources: Vec<_> = list.sources.iter().map(|source| source.outcome.clone()).collect();
            write!(text, "{} {sources:?}", list.total()).unwrap();
            if sources.iter().all(Result::is_ok) { Ok(()) } else { Err(()) }
        };
        match ask {
            Ask::Fleet => list(MachineFilter::default(), text).await,
            Ask::Online(online) => list(filter(&|filter| filter.online = Some(online)), text).await,
            Ask::SoldOut => list(filter(&|filter| filter.sold_out = Some(true)), text).await,
            Ask::OfSite => {
                list(filter(&|filter| filter.site = Some((name("metro"), Text::from("s")))), text).await
            }
            Ask::Status(number) | Ask::Known(number) => {
                for account in gateway.accounts(asker) {
                    let Ok(machine) = gateway.machine(asker, account.name(), NUMBERS[number]).await else {
                        return Err(());
                    };
                    if matches!(ask, Ask::Known(_)) {
                        write!(text, "{:?}", machine.known()).unwrap();
                    } else {
                        let report = machine.report(asker).await.map_err(drop)?;
                        write!(text, "{:?} {:?}", report.value, Freshness::of(&report)).unwrap();
                    }
                }
                Ok(())
            }
            Ask::Sites => {
                let page = gateway.sites(asker, &SiteFilter::default(), &first(5)).await.map_err(drop)?;
                write!(text, "{:?}", page.page.rows.iter().map(crate::gateway::Site::id).collect::<Vec<_>>())
                    .unwrap();
                if page.sources.iter().all(|source| source.outcome.is_ok()) { Ok(()) } else { Err(()) }
            }
            Ask::Products => {
                let page =
                    gateway.products(asker, &ProductFilter::default(), &first(5)).await.map_err(drop)?;
                write!(text, "{:?}", page.page.rows.iter().map(|row| &row.1).collect::<Vec<_>>()).unwrap();
                if page.sources.iter().all(|source| source.outcome.is_ok()) { Ok(()) } else { Err(()) }
            }
            Ask::Lines => {
                let page = gateway.lines(asker, &LineFilter::default(), &first(5)).await.map_err(drop)?;
                write!(text, "{}", page.page.rows.len()).unwrap();
                if page.sources.iter().all(|source| source.outcome.is_ok()) { Ok(()) } else { Err(()) }
            }
            Ask::Refills => {
                let page = gateway.refills(asker, &RefillFilter::default(), &first(5)).await.map_err(drop)?;
                write!(text, "{}", page.page.rows.len()).unwrap();
                Ok(())
            }
            Ask::Trades => {
                let page = gateway.trades(asker, &TradeFilter::default(), &first(5)).await.map_err(drop)?;
                write!(text, "{}", page.page.rows.len()).unwrap();
                Ok(())
            }
            Ask::Health => {
                for account in gateway.accounts(asker) {
                    write!(text, "{:?}", account.health()).unwrap();
                }
                Ok(())
            }
        }
    }
}

async fn settle() {
    for _ in 0..30 {
        yield_now().await;
    }
}

/// Goes through the steps; how many answers were given from a lease.
async fn walk(steps: &[Step]) -> usize {
    let world = World::new();
    let askers = [asker(&["metro"]), asker(&["north"]), asker(&["metro", "north"])];
    let mut kept: HashMap<(Ask, usize), (String, Lease)> = HashMap::new();
    let mut given = 0;
    for step in steps {
        match *step {
            Step::Advance(seconds) => world.clock.advance(Duration::from_secs(seconds)),
            Step::Change(machine, online, sold) => world.change(machine, online, sold),
            Step::Relist(count) => world.relist(count),
            Step::Fail(kind) => world.fail(kind),
            Step::Settle => settle().await,
            Step::Refresh(number) => {
                let wanted = [(name("metro"), Text::from(NUMBERS[number]))];
                world.gateway.refresh_machines(&askers[0], &wanted).await;
            }
            Step::Ask(ask, caller) => {
                let key = (ask, caller);
                if let Some((before, lease)) = kept.get(&key).filter(|(_, lease)| lease.holds()) {
                    let calls = world.calls();
                    let (now, good) = world.answer(ask, &askers[caller]).await;
                    assert!(good, "{ask:?}: {now}");
                    assert_eq!(*before, now, "{ask:?}");
                    assert_eq!(world.calls(), calls, "{ask:?} asked a vendor");
                    assert!(lease.holds());
                    given += 1;
                    continue;
                }
                let making = world.answer(ask, &askers[caller]);
                let ((text, good), lease) = world.gateway.leased(making).await;
                assert!(good || lease.is_none() || !matches!(ask, Ask::Fleet), "{text}");
                match lease.filter(|_| good) {
                    Some(lease) => kept.insert(key, (text, lease)),
                    None => kept.remove(&key),
                };
            }
        }
    }
    given
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_a_lease_covers_is_what_would_be_answered_anew(steps in vec(step(), 1..120)) {
        let runtime = Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(walk(&steps));
    }
}

#[tokio::test]
async fn a_lease_outlives_news_of_other_machines_and_ends_with_news_of_its_own() {
    use Step::{Ask as Asking, Change, Refresh};
    let fleet = Asking(Ask::Fleet, 0);
    assert_eq!(
        walk(&[fleet, fleet, fleet]).await,
        1,
        "the first was asked of the vendor, the second was kept"
    );
    // The page shows machines 1 to 3.
    assert_eq!(walk(&[fleet, fleet, Change(3, false, false), Refresh(3), fleet]).await, 1);
    assert_eq!(walk(&[fleet, fleet, Change(0, false, false), Refresh(0), fleet]).await, 0);
    // Its shelves are another thing than what is known of it by the way.
    let status = Asking(Ask::Status(0), 0);
    assert_eq!(walk(&[status, status, status]).await, 1);
    assert_eq!(walk(&[status, status, Change(0, false, false), Refresh(0), status]).await, 0);
    assert_eq!(walk(&[status, status, Change(1, false, false), Refresh(1), status]).await, 1);
    // A filter looks at every machine.
    let online = Asking(Ask::Online(true), 0);
    assert_eq!(walk(&[fleet, online, online, Refresh(3), online]).await, 1);
    // How a vendor has been answering, and its trades, are told as they are each time.
    for ask in [Ask::Health, Ask::Trades] {
        assert_eq!(walk(&[Asking(ask, 0), Asking(ask, 0), Asking(ask, 0)]).await, 0);
    }
}
