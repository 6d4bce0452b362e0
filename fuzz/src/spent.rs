//! The processor's time that something took, which does not grow while others have the processor. What hangs without
//! using any is libFuzzer's to find (`run.sh`).

use std::{fs, time::Duration};

/// The time of this thread; zero where the system does not tell (it is Linux that does).
pub fn by_thread() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

/// The time of all threads of this process, in steps of 10 ms; zero likewise.
pub fn by_process() -> Duration {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name, in brackets, may hold anything; the 12th and 13th number after it are ours and the system's on our behalf.
    let (_, numbers) = text.rsplit_once(')').unwrap_or_default();
    let ticks: u64 =
        numbers.split_whitespace().skip(11).take(2).filter_map(|number| number.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
