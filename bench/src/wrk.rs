//! wrk as the client: many connections, each asking again as soon as it is answered, at a small cost.

use std::{
    fs,
    path::Path,
    process::Command,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use crate::system::{Server, body};

/// How many ask at once.
pub const CLIENTS: usize = 64;
/// Stands for the words that differ from request to request, and is as long as they are.
const WORDS: &str = "@@@@@@@@@@@@";
/// More than are asked in a run, so that no run repeats another's words.
const MOST: u64 = 100_000_000;
static RUNS: AtomicU64 = AtomicU64::new(1);

/// How a question is asked again and again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    /// To the letter.
    Alike,
    /// Each time as another text that means the same.
    Anew,
}

/// What came of it.
pub struct Load {
    pub requests: f64,
    /// Requests a second.
    pub rate: f64,
    pub p50: Duration,
    pub p99: Duration,
}

/// Asks for so long. Any answer but 200 ends it.
pub fn storm(folder: &Path, server: &Server, (query, wording): (&str, Wording), length: Duration) -> Load {
    let script = folder.join("wrk.lua");
    fs::write(&script, text(server, query, wording)).expect("written");
    let seconds = length.as_secs().to_string();
    let output = Command::new("wrk")
        .args(["-t", "1", "-c", &CLIENTS.to_string(), "-d", &seconds, "-s"])
        .arg(&script)
        .arg(format!("http://{}/graphql", server.address))
        .output()
        .expect("it takes `wrk`");
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    let told =
        output.lines().find_map(|line| line.strip_prefix("told ")).unwrap_or_else(|| panic!("{output}"));
    let figures: Vec<f64> = told.split(' ').map(|figure| figure.parse().expect("a number")).collect();
    let [requests, micros, failures, p50, p99] = figures[..] else { panic!("{told}") };
    assert!(failures < 1.0, "{output}");
    let micros_of = |micros: f64| Duration::from_secs_f64(micros / 1e6);
    Load { requests, rate: requests / micros * 1e6, p50: micros_of(p50), p99: micros_of(p99) }
}

fn text(server: &Server, query: &str, wording: Wording) -> String {
    let asking = match wording {
        Wording::Alike => {
            let body = quoted(&body(query, "0"));
            let head: String = server
                .head()
                .lines()
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| format!("wrk.headers[{}] = {}\n", quoted(name), quoted(value)))
                .collect::<Vec<_>>()
                .concat();
            format!(
                "wrk.method = \"POST\"\nwrk.headers[\"content-type\"] = \"application/json\"\n{head}wrk.body = {body}\n"
            )
        }
        Wording::Anew => {
            let body = body(query, WORDS);
            let (before, after) = body.split_once(WORDS).expect("they are in it");
            let head = format!(
                "POST /graphql HTTP/1.1\r\nhost: {}\r\n{}content-type: application/json\r\ncontent-length: {}\r\n\r\n",
                server.address,
                server.head(),
                body.len()
            );
            format!(
                "local before, after, words = {}, {}, {}\nfunction request()\n  words = words + 1\n  \
                 return before .. string.format(\"%0{}.0f\", words) .. after\nend\n",
                quoted(&(head + before)),
                quoted(after),
                RUNS.fetch_add(1, Ordering::Relaxed) * MOST,
                WORDS.len(),
            )
        }
    };
    let end = "function done(summary, latency)\n  local errors = summary.errors\n  \
               local failures = errors.connect + errors.read + errors.write + errors.status\n  \
               io.write(string.format(\"told %d %d %d %d %d\\n\", summary.requests, summary.duration, failures, \
               latency:percentile(50), latency:percentile(99)))\nend\n";
    asking + end
}

/// As Lua writes a text.
fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\r', "\\r").replace('\n', "\\n");
    format!("\"{text}\"")
}
