//! The process, as Linux tells of it in `/proc`; elsewhere nothing is told. Under the names that Prometheus' own libraries
//! give these metrics, by which ready dashboards find them.

use std::{fs, sync::atomic::Ordering};

use super::table::TABLE;

/// How many ticks of `/proc` make a second (`USER_HZ`): the same on every architecture of Linux that we run on.
const TICKS: f64 = 100.0;

/// Looks at the process.
pub(super) fn look() {
    TABLE.build.of([env!("CARGO_PKG_VERSION")]).set(1);
    if let Some(stat) = read("stat").as_deref().and_then(Stat::read) {
        TABLE.cpu.inner().store((stat.cpu_ticks / TICKS).to_bits(), Ordering::Relaxed);
        if let Some(boot) = boot_time() {
            TABLE.started.set(boot + stat.start_ticks / TICKS);
        }
    }
    let status = read("status").unwrap_or_default();
    if let Some(kibibytes) = number_after(&status, "VmRSS:") {
        TABLE.resident.set(kibibytes.saturating_mul(1024));
    }
    if let Some(threads) = number_after(&status, "Threads:") {
        TABLE.threads.set(threads);
    }
    if let Some(most) = number_after(&read("limits").unwrap_or_default(), "Max open files") {
        TABLE.most_files.set(most);
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        // Reading it opens one.
        let open = files.count().saturating_sub(1);
        TABLE.open_files.set(i64::try_from(open).unwrap_or(i64::MAX));
    }
}

fn read(name: &str) -> Option<String> {
    fs::read_to_string(format!("/proc/self/{name}")).ok()
}

/// When the system started, in seconds since 1970.
fn boot_time() -> Option<f64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()
}

/// The first number behind a word.
fn number_after(text: &str, word: &str) -> Option<i64> {
    let line = text.lines().find_map(|line| line.strip_prefix(word))?;
    line.split_whitespace().next()?.parse().ok()
}

/// What of `/proc/self/stat` is told.
#[derive(Debug, PartialEq)]
struct Stat {
    cpu_ticks: f64,
    start_ticks: f64,
}

impl Stat {
    /// The second field is the program's name in brackets, which may hold anything; the third is the first after it.
    fn read(text: &str) -> Option<Self> {
        let (_, rest) = text.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        let number = |field: usize| fields.get(field - 3)?.parse::<f64>().ok();
        Some(Self { cpu_ticks: number(14)? + number(15)?, start_ticks: number(22)? })
    }
}

#[cfg(test)]
mod tests {
    use super::{Stat, number_after};

    #[test]
    fn a_process_is_read_whatever_its_name() {
        let text = "7 (a) b (c)) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 123400 1 2 3";
        assert_eq!(Stat::read(text), Some(Stat { cpu_ticks: 300.0, start_ticks: 123_400.0 }));
        assert_eq!(Stat::read("7 (short) S 1"), None);
    }

    #[test]
    fn a_number_is_found_behind_its_word() {
        let text = "VmPeak:\t  10 kB\nVmRSS:\t  2048 kB\nMax open files            1024   524288  files\n";
        assert_eq!(number_after(text, "VmRSS:"), Some(2048));
        assert_eq!(number_after(text, "Max open files"), Some(1024));
        assert_eq!(number_after("Max open files unlimited unlimited files", "Max open files"), None);
    }
}
