//! Gateways are killed, the server starts again, lines are cut for 20 seconds: nothing acknowledged is lost, nothing is done
//! twice, and who follows sees the log.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use futures_util::future::join_all;
use tokio::{
    task::JoinHandle,
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;
use vendgraph::sandbox::Burst;

use super::{
    PATIENCE, books,
    codes::{self, Redemptions},
    following::{Seen, follow},
    ordering::{Sales, counters, sell},
    place::{COUNT, Place},
    until,
};

/// How long lines are cut.
const CUT: Duration = Duration::from_secs(20);
/// How many follow.
const FOLLOWERS: usize = 6;
/// How many messages come a second.
const RATE: u64 = 10;

/// Everybody who wants something of the gateways.
struct Load {
    sales: Arc<Sales>,
    redemptions: Arc<Redemptions>,
    seen: Vec<Seen>,
    followers: Vec<JoinHandle<usize>>,
    tellers: Vec<JoinHandle<()>>,
    stop: CancellationToken,
    /// Ends those who follow.
    end: CancellationToken,
    began: Instant,
}

impl Load {
    fn start(place: &Arc<Place>) -> Self {
        let (stop, end) = (CancellationToken::new(), CancellationToken::new());
        let (sales, redemptions): (Arc<Sales>, Arc<Redemptions>) = (Arc::default(), Arc::default());
        let pushes = place.vendors.pushes();
        pushes.push_to(Some(&format!("http://{}/webhooks/inhand/metro", place.front)));
        let mut switches = pushes.switches();
        switches.repeat = true;
        pushes.switch(switches);
        pushes.burst(Burst::new(RATE, 3_600));
        let seen: Vec<Seen> = (0..FOLLOWERS).map(|_| Seen::default()).collect();
        let followers = seen.iter().enumerate();
        let followers =
            followers.map(|(at, seen)| follow(Arc::clone(place), at, Arc::clone(seen), end.clone()));
        let sellers = counters(place)
            .into_iter()
            .enumerate()
            .map(|counter| tokio::spawn(sell(Arc::clone(place), counter, Arc::clone(&sales), stop.clone())));
        let followers = followers.collect();
        let mut tellers: Vec<_> = sellers.collect();
        let redeeming = codes::redeem(Arc::clone(place), Arc::clone(&redemptions), stop.clone());
        let typing = codes::type_in(Arc::clone(place), Arc::clone(&redemptions), stop.clone());
        tellers.extend([tokio::spawn(redeeming), tokio::spawn(typing)]);
        let began = Instant::now();
        Self { sales, redemptions, seen, followers, tellers, stop, end, began }
    }

    /// How much was acknowledged: messages, orders, codes of the vendor's, codes of our own.
    fn done(&self, place: &Place) -> [usize; 4] {
        let messages = place.vendors.pushes().counts().acknowledged;
        [
            usize::try_from(messages).unwrap(),
            self.sales.sold.lock().unwrap().len(),
            self.redemptions.vendors.lock().unwrap().len(),
            self.redemptions.ours.lock().unwrap().len(),
        ]
    }

    /// Tells how far a run is.
    #[expect(clippy::print_stdout, reason = "the figures of a run are of interest")]
    fn note(&self, place: &Place, what: &str) {
        println!(
            "{:6.1} s: {what}; acknowledged: {:?}",
            self.began.elapsed().as_secs_f32(),
            self.done(place)
        );
    }

    /// Waits until more was acknowledged of everything.
    async fn goes_on(&self, place: &Place) {
        let before = self.done(place);
        let more = async || self.done(place).iter().zip(before).all(|(now, before)| *now > before);
        until("everything goes on", more).await;
    }

    /// Waits until a message more was acknowledged, and a command more.
    async fn gets_through(&self, place: &Place) {
        let done = || (self.done(place)[0], place.acknowledged.load(Ordering::Relaxed));
        let before = done();
        until("something goes on", async || done().0 > before.0 && done().1 > before.1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_breaks_nothing_acknowledged_is_lost_nothing_is_done_twice_and_who_follows_sees_the_log() {
    let place = Place::start(|text| text).await;
    let load = Load::start(&place);
    load.goes_on(&place).await;
    load.note(&place, "everything goes on");

    // One is cut off; of the others each dies once, and the server starts again.
    let cut = Instant::now();
    place.let_through(1, false);
    let mut kills = 0;
    for number in [0, 2] {
        load.gets_through(&place).await;
        place.kill(number).await;
        kills += 1;
        load.gets_through(&place).await;
        load.note(&place, "one is cut off, one killed, and it goes on");
        place.run(number).await;
    }
    place.restart_the_server().await;
    load.gets_through(&place).await;
    load.note(&place, "the server was started again, and it goes on");
    until("who is cut off says so", async || !place.is_ready(1).await).await;
    sleep_until(cut + CUT).await;

    // All are cut off.
    let cut = Instant::now();
    (0..COUNT).for_each(|number| place.let_through(number, false));
    until("all say so", async || {
        let ready = join_all((0..COUNT).map(|number| place.is_ready(number))).await;
        ready.iter().all(|ready| !ready)
    })
    .await;
    load.note(&place, "all are cut off, and say so");
    sleep_until(cut + CUT).await;
    (0..COUNT).for_each(|number| place.let_through(number, true));
    load.gets_through(&place).await;
    load.note(&place, "it goes on");
    place.kill(1).await;
    kills += 1;
    load.gets_through(&place).await;
    place.run(1).await;
    load.goes_on(&place).await;
    load.note(&place, "one more was killed, and everything goes on");
    settle(&place, load, kills).await;
}

/// Lets everything come to an end, and compares all books.
#[expect(clippy::print_stdout, reason = "the figures of a run are of interest")]
async fn settle(place: &Arc<Place>, mut load: Load, kills: usize) {
    load.stop.cancel();
    // One more burst, of nothing, ends the one that is under way.
    place.vendors.pushes().burst(Burst::new(1, 0));
    for teller in std::mem::take(&mut load.tellers) {
        teller.await.expect("no teller was told what cannot be");
    }
    load.note(place, "the last commands are answered");
    let pushes = place.vendors.pushes();
    let end = Instant::now() + PATIENCE;
    while pushes.counts().waiting > 0 {
        assert!(Instant::now() < end, "not every message is acknowledged: {:?}", pushes.counts());
        sleep(Duration::from_millis(20)).await;
    }
    load.note(place, "the last messages are acknowledged");
    let all = async || (0..COUNT).all(|number| place.places.lock().unwrap()[number].is_some());
    until("all run", all).await;
    let log = books::log(place, 0).await;
    let cursors: Vec<&str> = log.iter().filter_map(|event| event["cursor"].as_str()).collect();
    for seen in &load.seen {
        until("who follows", async || seen.lock().unwrap().len() >= cursors.len()).await;
        assert!(
            seen.lock().unwrap()[..cursors.len()] == cursors[..],
            "who follows sees the log in its order"
        );
    }
    load.note(place, "who follows has seen the log");
    load.end.cancel();
    let mut connections = 0;
    for follower in std::mem::take(&mut load.followers) {
        connections += follower.await.expect("who follows is told what it understands");
    }
    let messages = books::compare_messages(place, &log);
    books::compare_orders(place, &load.sales, &log);
    books::compare_codes(place, &load.redemptions);
    let sold = load.sales.sold.lock().unwrap();
    let (paid, out) = (
        sold.iter().filter(|sold| sold.is_paid).count(),
        sold.iter().filter(|sold| sold.is_dispensed).count(),
    );
    let vendors = load.redemptions.vendors.lock().unwrap();
    let redeemed = vendors.iter().filter(|(_, order)| order.is_some()).count();
    let ours = load.redemptions.ours.lock().unwrap();
    let given = ours.iter().filter(|(_, dispensed)| *dispensed == 1).count();
    println!(
        "{COUNT} gateways, {kills} killed, 1 restart of the server, cut off for {CUT:?} one and then all: {messages} messages, \
         {} orders ({paid} paid, {out} dispensed; {} more of which nobody could tell), {redeemed} of {} codes of the vendor's \
         and {given} of {} of our own redeemed, {} events, {FOLLOWERS} followers with {connections} connections",
        sold.len(),
        load.sales.unknown.load(Ordering::Relaxed),
        vendors.len(),
        ours.len(),
        log.len(),
    );
}
