//! The sweep: every machine within an interval, paced, until told to stop.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use super::{
    Fake, START, gateway,
    rows::{machine, report},
};
use crate::{
    domain::Clock,
    gateway::fleet::sweep::{self, Pace},
    vendor::Kind,
};

const PACE: Pace = Pace { interval: Duration::from_mins(5), shortest_gap: Duration::from_millis(100) };

/// A clock that goes with tokio's, paused as it is.
#[derive(Debug)]
struct Paused(Instant);

impl Clock for Paused {
    fn now(&self) -> Timestamp {
        START + SignedDuration::try_from(self.0.elapsed()).unwrap()
    }
}

fn fleet(count: usize) -> Arc<Fake> {
    // Of a vendor that reports no refills nothing is read in the store, which would take real time.
    let fake = Fake::dingshang();
    {
        let mut script = fake.script();
        script.machines = (0..count).map(|at| machine(&format!("m{at:03}"))).collect();
        script.reports = (0..count).map(|at| (format!("m{at:03}"), report(Some(true), Vec::new()))).collect();
    }
    fake
}

fn start(fake: &Arc<Fake>) -> (JoinHandle<()>, CancellationToken) {
    let gateway = gateway(&[("north", fake)], Arc::new(Paused(Instant::now())));
    let stop = CancellationToken::new();
    let account = Arc::clone(&gateway.all_accounts()[0]);
    let stopped = stop.clone();
    let sweeping = async move {
        stopped.run_until_cancelled(sweep::run(&account, PACE)).await;
    };
    (tokio::spawn(sweeping), stop)
}

/// How often each machine was asked since the last count.
fn counted(fake: &Fake, count: usize) -> Vec<usize> {
    let calls = std::mem::take(&mut fake.script().calls);
    let of = |number: String| calls.iter().filter(|call| **call == ("report", number.clone())).count();
    (0..count).map(|at| of(format!("m{at:03}"))).collect()
}

#[tokio::test(start_paused = true)]
async fn every_machine_is_read_at_once_and_then_in_every_interval_evenly() {
    let fake = fleet(100);
    let (_task, _stop) = start(&fake);
    sleep(Duration::from_secs(11)).await;
    assert!(counted(&fake, 100).iter().all(|reads| *reads == 1), "the first round goes as fast as it may");
    for _ in 0..5 {
        let mut a_tenth_each = Vec::new();
        for _ in 0..10 {
            sleep(PACE.interval / 10).await;
            a_tenth_each.push(counted(&fake, 100));
        }
        let reads: Vec<usize> = (0..100).map(|at| a_tenth_each.iter().map(|tenth| tenth[at]).sum()).collect();
        assert!(reads.iter().all(|reads| *reads >= 1), "{reads:?}");
        for tenth in a_tenth_each {
            let calls: usize = tenth.iter().sum();
            assert!((9..=12).contains(&calls), "{calls} of 100 machines in a tenth of the interval");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn two_machines_are_never_read_closer_than_the_shortest_gap() {
    let fake = fleet(50);
    let (_task, _stop) = start(&fake);
    for _ in 0..100 {
        sleep(Duration::from_millis(100)).await;
        assert!(counted(&fake, 50).iter().sum::<usize>() <= 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_sweep_stops_when_told_also_while_the_vendor_hangs() {
    let fake = fleet(3);
    let _gate = fake.hold("report");
    let (task, stop) = start(&fake);
    sleep(Duration::from_secs(1)).await;
    stop.cancel();
    task.await.unwrap();
    counted(&fake, 3);
    sleep(PACE.interval * 3).await;
    assert!(fake.script().calls.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_sweep_goes_on_after_a_failed_listing_and_failed_reads() {
    let fake = fleet(10);
    fake.fail("machines", Kind::Unavailable);
    let (_task, _stop) = start(&fake);
    sleep(Duration::from_mins(1)).await;
    assert!((5..=14).contains(&fake.calls("machines")), "{} listings", fake.calls("machines"));
    fake.mend();
    fake.fail("report", Kind::MachineOffline);
    sleep(PACE.interval * 2).await;
    assert!(counted(&fake, 10).iter().all(|reads| *reads >= 1));
    fake.mend();
    sleep(PACE.interval).await;
    assert!(counted(&fake, 10).iter().all(|reads| *reads >= 1));
}

#[tokio::test(start_paused = true)]
async fn one_machine_that_hangs_does_not_keep_the_others_from_being_read() {
    let fake = fleet(40);
    fake.script().hanging.push("m007".to_owned());
    let (_task, _stop) = start(&fake);
    for _ in 0..3 {
        sleep(PACE.interval + Duration::from_secs(61)).await;
        let reads = counted(&fake, 40);
        assert!(reads.iter().enumerate().all(|(at, reads)| at == 7 || *reads >= 1), "{reads:?}");
    }
}
