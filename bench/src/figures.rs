//! Figures: times in order, what a process costs, and how busy the machine was with anything else.

use std::{
    fmt, fs,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

/// The system's clock ticks a second, as Linux tells processor time.
const TICKS: f64 = 100.0;

/// Durations in order.
pub struct Times(Vec<Duration>);

impl Times {
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// What so many of a thousand do not exceed.
    pub fn at(&self, thousandths: usize) -> Duration {
        let position = (self.0.len() * thousandths / 1000).min(self.0.len().saturating_sub(1));
        self.0.get(position).copied().unwrap_or_default()
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p50 {}, p99 {}, most {}", show(self.at(500)), show(self.at(990)), show(self.at(1000)))
    }
}

pub fn show(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1_000.0)
}

/// How many cores may be busy with anything else before a sample is worth nothing.
const DISTURBANCE: f64 = 0.15;
/// How often a sample is taken that is disturbed each time.
const TRIES: usize = 3;
/// Whether a sample of the scenario had to be kept although it was disturbed.
static DISTURBED: AtomicBool = AtomicBool::new(false);

/// A sample while the machine did nothing else: a disturbed one is taken again, and the last marks what is said of goals.
pub fn undisturbed<T>(mut take: impl FnMut() -> (T, Cost)) -> (T, Cost) {
    for _ in 1..TRIES {
        let (sample, cost) = take();
        if cost.elsewhere <= DISTURBANCE {
            return (sample, cost);
        }
        println!("  refused: {cost}");
    }
    let (sample, cost) = take();
    DISTURBED.fetch_or(cost.elsewhere > DISTURBANCE, Ordering::Relaxed);
    (sample, cost)
}

/// Whether anything disturbed what was kept since it was asked last.
pub fn was_disturbed() -> bool {
    DISTURBED.swap(false, Ordering::Relaxed)
}

/// The middle of some figures, and how far they lie apart; shown with as many digits as asked for.
#[derive(Clone, Copy)]
pub struct Spread {
    pub middle: f64,
    least: f64,
    most: f64,
}

impl Spread {
    pub fn of(figures: impl IntoIterator<Item = f64>) -> Self {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_by(f64::total_cmp);
        let at = |at: usize| figures.get(at).copied().unwrap_or_default();
        Self { middle: at(figures.len() / 2), least: at(0), most: at(figures.len().saturating_sub(1)) }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(0);
        write!(f, "{:.digits$} ({:.digits$}–{:.digits$})", self.middle, self.least, self.most)
    }
}

/// Measures what a process costs from now on.
pub struct Meter {
    process: u32,
    others: Vec<u32>,
    started: Instant,
    /// Processor time: the process's, that of the others that belong to the measurement, the whole machine's.
    before: (f64, f64, f64),
}

/// What it cost.
#[derive(Clone, Copy)]
pub struct Cost {
    /// How long it was measured, in seconds.
    pub seconds: f64,
    /// The processor time of the process, in seconds.
    pub processor: f64,
    /// How many cores were busy with what does not belong here.
    pub elsewhere: f64,
}

impl Meter {
    pub fn start(process: u32, others: &[u32]) -> Self {
        let mut others = others.to_vec();
        others.push(std::process::id());
        others.extend(packets());
        let before = reading(process, &others);
        Self { process, others, started: Instant::now(), before }
    }

    pub fn stop(&self) -> Cost {
        let (process, others, machine) = reading(self.process, &self.others);
        let seconds = self.started.elapsed().as_secs_f64();
        let (own, beside) = (process - self.before.0, others - self.before.1);
        let elsewhere = ((machine - self.before.2) - own - beside).max(0.0) / seconds;
        Cost { seconds, processor: own, elsewhere }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "gateway {:.0} % of a core, machine {:.0} % busy elsewhere",
            100.0 * self.processor / self.seconds,
            100.0 * self.elsewhere
        )
    }
}

fn reading(process: u32, others: &[u32]) -> (f64, f64, f64) {
    let all: f64 = others.iter().map(|other| processor_time(*other)).sum();
    (processor_time(process), all, machine_time())
}

/// The seconds of processor time that a process has used.
fn processor_time(process: u32) -> f64 {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = text.rsplit(')').next().unwrap_or_default();
    let ticks = |at: usize| after_name.split_whitespace().nth(at).and_then(|ticks| ticks.parse::<f64>().ok());
    // The harness has clients that are processes of their own: what they used is added when they end.
    let fields = if process == std::process::id() { 11..15 } else { 11..13 };
    fields.filter_map(ticks).sum::<f64>() / TICKS
}

/// The processes in which the system takes on packets that nobody waited for: here all packets are the measurement's own.
fn packets() -> impl Iterator<Item = u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    processes.filter_map(|process| {
        let name = fs::read_to_string(process.path().join("comm")).ok()?;
        name.starts_with("ksoftirqd/").then(|| process.file_name().to_str()?.parse().ok()).flatten()
    })
}

/// The seconds that the machine's cores were not idle.
fn machine_time() -> f64 {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let first = text.lines().next().unwrap_or_default();
    let ticks: Vec<f64> = first.split_whitespace().skip(1).filter_map(|ticks| ticks.parse().ok()).collect();
    // The fourth and the fifth are idle; the last two are in the first two already.
    let idle = [3, 4].map(|at| ticks.get(at).copied().unwrap_or_default());
    (ticks.iter().take(8).sum::<f64>() - idle.iter().sum::<f64>()) / TICKS
}

/// The memory that a process has in use, in KiB.
pub fn memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or_default()
}
