//! Simulators of both vendors over real sockets, small and honest: as strict as the vendors' documents, with
//! the habits of their servers, a fleet that lives, and every way to fail on a switch, before the vendor acts and
//! after.
//!
//! Nothing of the rest of the crate is imported here, so that a mistake of ours is not made twice. Dingshang tells
//! merchants how orders end ([`Callbacks`]), InHand everything that happens to its machines ([`Pushes`]).

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

mod callbacks;
mod calls;
pub mod clock;
mod control;
mod dingshang;
mod door;
mod fault;
mod inhand;
mod inspect;
mod options;
mod post;
mod pushes;
mod redeem;
mod seed;
pub mod world;

#[cfg(test)]
mod tests;

pub use callbacks::{Callback, Callbacks, Progress};
pub use calls::{Call, Calls, Record};
pub use fault::{Effect, Fault, Faults, When};
pub use options::{
    DingshangOptions, ErrorNumbers, InhandOptions, MOST_INHAND_MACHINES, Options, StatisticsShape,
};
pub use pushes::{Acknowledged, Burst, Counts, Pushes, Switches};

use clock::Clock;
use dingshang::Dingshang;
use door::Door;
use inhand::Inhand;
use inspect::Behind;
use world::World;

/// How long a server may take to let go of its connections.
const GRACE: Duration = Duration::from_secs(2);

/// One of the two vendors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Vendor {
    Dingshang,
    Inhand,
}

/// Both vendors, running. Dropping it closes both.
pub struct Sandbox {
    options: Options,
    dingshang: Arc<Door<Dingshang>>,
    inhand: Arc<Door<Inhand>>,
    dingshang_address: SocketAddr,
    inhand_address: SocketAddr,
    world: Arc<World>,
    callbacks: Arc<Callbacks>,
    pushes: Arc<Pushes>,
    closing: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

/// Starts both vendors at the present time.
pub async fn start(options: Options) -> io::Result<Sandbox> {
    start_at(options, Arc::new(clock::System)).await
}

/// Starts both vendors with a clock of one's own.
pub async fn start_at(options: Options, clock: Arc<dyn Clock>) -> io::Result<Sandbox> {
    let dingshang_socket = TcpListener::bind(options.dingshang.listen).await?;
    let inhand_socket = TcpListener::bind(options.inhand.listen).await?;
    let closing = CancellationToken::new();
    let world = Arc::new(World::new(&options, clock));
    let callbacks = Arc::new(Callbacks::default());
    let pushes = Pushes::new(options.inhand.clone(), Arc::clone(&world), closing.clone());
    let behind =
        Behind { world: Arc::clone(&world), callbacks: Arc::clone(&callbacks), pushes: Arc::clone(&pushes) };
    let dingshang = Dingshang::new(options.dingshang.clone(), Arc::clone(&world));
    let inhand = Inhand::new(options.inhand.clone(), Arc::clone(&world));
    let dingshang = open(dingshang, options.dingshang.latency.unwrap_or(options.latency), &closing);
    let inhand = open(inhand, options.inhand.latency.unwrap_or(options.latency), &closing);
    let mut sandbox = Sandbox {
        dingshang_address: dingshang_socket.local_addr()?,
        inhand_address: inhand_socket.local_addr()?,
        tasks: vec![
            serve(dingshang_socket, control::router(Arc::clone(&dingshang), behind.clone()), &closing),
            serve(inhand_socket, control::router(Arc::clone(&inhand), behind), &closing),
            tokio::spawn(callbacks::run(Arc::clone(&callbacks), Arc::clone(&world), closing.clone())),
            tokio::spawn(pushes::run(Arc::clone(&pushes))),
        ],
        dingshang,
        inhand,
        world,
        callbacks,
        pushes,
        closing,
        options,
    };
    if sandbox.options.live {
        let life = live(Arc::clone(&sandbox.world), sandbox.options.tick_every, sandbox.closing.clone());
        sandbox.tasks.push(tokio::spawn(life));
    }
    Ok(sandbox)
}

fn open<V>(vendor: V, latency: Duration, closing: &CancellationToken) -> Arc<Door<V>> {
    Arc::new(Door {
        vendor,
        faults: Faults::default(),
        calls: Calls::default(),
        latency,
        closing: closing.clone(),
    })
}

fn serve(socket: TcpListener, router: Router, closing: &CancellationToken) -> JoinHandle<()> {
    // Answers are small: waiting for more to send would cost 40 ms a call.
    let socket = socket.tap_io(|stream| drop(stream.set_nodelay(true)));
    let closed = closing.clone().cancelled_owned();
    tokio::spawn(async move {
        let served = axum::serve(socket, router).with_graceful_shutdown(closed).await;
        drop(served);
    })
}

async fn live(world: Arc<World>, every: Duration, closing: CancellationToken) {
    let mut beat = tokio::time::interval(every.max(Duration::from_millis(1)));
    while closing.run_until_cancelled(beat.tick()).await.is_some() {
        world.tick();
    }
}

impl Sandbox {
    /// `http://127.0.0.1:port`, without the base path of the API.
    pub fn dingshang_url(&self) -> String {
        format!("http://{}", self.dingshang_address)
    }

    /// `http://127.0.0.1:port`, the document's `$AUTHSERVER`.
    pub fn inhand_url(&self) -> String {
        format!("http://{}", self.inhand_address)
    }

    /// What the sandbox was started with: the accounts are in it.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The faults of a vendor.
    pub fn faults(&self, vendor: Vendor) -> &Faults {
        match vendor {
            Vendor::Dingshang => &self.dingshang.faults,
            Vendor::Inhand => &self.inhand.faults,
        }
    }

    /// What a vendor was asked.
    pub fn calls(&self, vendor: Vendor) -> &Calls {
        match vendor {
            Vendor::Dingshang => &self.dingshang.calls,
            Vendor::Inhand => &self.inhand.calls,
        }
    }

    /// Lets one step of life happen in both fleets; says how many there were.
    pub fn tick(&self) -> u64 {
        self.world.tick()
    }

    /// Puts the clock of both fleets forward, whatever clock the sandbox was started with; what was due by then has
    /// happened.
    pub fn advance(&self, seconds: i64) {
        self.world.advance(seconds);
        self.callbacks.collect(&self.world);
    }

    /// What Dingshang told merchants, or is about to.
    pub fn callbacks(&self) -> &Callbacks {
        &self.callbacks
    }

    /// What InHand tells the merchant, and how.
    pub fn pushes(&self) -> &Arc<Pushes> {
        &self.pushes
    }

    /// The Dingshang fleet, to look at and to change behind the API's back.
    pub fn dingshang(&self) -> &world::dingshang::Fleet {
        &self.world.dingshang
    }

    /// The InHand fleet, to look at and to change behind the API's back.
    pub fn inhand(&self) -> &world::inhand::Fleet {
        &self.world.inhand
    }

    /// Changes the shape of InHand's answer to `trade/statistic`.
    pub fn shape_statistics(&self, shape: StatisticsShape) {
        self.inhand.vendor.shape_statistics(shape);
    }

    /// Closes both vendors and waits until their connections are gone.
    pub async fn shutdown(mut self) {
        self.closing.cancel();
        for task in std::mem::take(&mut self.tasks) {
            let abort = task.abort_handle();
            if tokio::time::timeout(GRACE, task).await.is_err() {
                abort.abort();
            }
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // The servers stop accepting, and every connection ends with the call it is in; a hanging one is cut.
        self.closing.cancel();
    }
}
