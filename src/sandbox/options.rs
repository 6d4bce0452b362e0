//! How a sandbox is set up: the file of `vendgraph sandbox --config FILE`, or a literal in a test.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

/// Everything that may be chosen. The default listens on free loopback ports and stands still.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// The Dingshang side.
    pub dingshang: DingshangOptions,
    /// The InHand side.
    pub inhand: InhandOptions,
    /// The same seed (and the same starting time) gives the same world.
    pub seed: u64,
    /// Whether the world moves by itself. Without it, it moves when [`super::Sandbox::tick`] is called.
    pub live: bool,
    /// How often a live world moves.
    #[serde(deserialize_with = "duration")]
    pub tick_every: Duration,
    /// How long a vendor takes to answer anything, unless its own options say otherwise.
    #[serde(deserialize_with = "duration")]
    pub latency: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            dingshang: DingshangOptions::default(),
            inhand: InhandOptions::default(),
            seed: 1,
            live: false,
            tick_every: Duration::from_secs(1),
            latency: Duration::ZERO,
        }
    }
}

/// The account and the fleet at Dingshang.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DingshangOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The header `Appid` that is let in.
    pub app_id: String,
    /// The header `AppSecret` that is let in.
    pub app_secret: String,
    /// The merchant's id, which is the signing key.
    pub merchant_id: String,
    /// How many machines; the first few are the odd ones (leading zero, long number, currencies).
    pub machines: usize,
    /// How long it takes to answer anything.
    #[serde(deserialize_with = "some_duration")]
    pub latency: Option<Duration>,
    /// The numbers of its failures.
    pub error_numbers: ErrorNumbers,
}

impl Default for DingshangOptions {
    fn default() -> Self {
        Self {
            listen: loopback(),
            app_id: "ds-sandbox".to_owned(),
            app_secret: "sandbox-secret".to_owned(),
            merchant_id: "M20240318".to_owned(),
            machines: 12,
            latency: None,
            error_numbers: ErrorNumbers::Sampled,
        }
    }
}

/// The account and the fleet at InHand.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InhandOptions {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The `clientId` that is let in.
    pub client_id: String,
    /// The signing key.
    pub key: String,
    /// How many machines, up to [`MOST_INHAND_MACHINES`].
    pub machines: usize,
    /// How long it takes to answer anything.
    #[serde(deserialize_with = "some_duration")]
    pub latency: Option<Duration>,
    /// The shape of the answer to `trade/statistic`.
    pub statistics: StatisticsShape,
    /// What the addresses of the merchant's messages begin with: to this are added `/machine`, `/trade`, `/prize`,
    /// `/status` and `/refill`. Plain http. Without it nothing is pushed. Pickup codes are checked at the same host.
    pub push_url: Option<String>,
}

impl Default for InhandOptions {
    fn default() -> Self {
        Self {
            listen: loopback(),
            client_id: "c-100".to_owned(),
            key: "9f3c1a7be0".to_owned(),
            machines: 200,
            latency: None,
            statistics: StatisticsShape::List,
            push_url: None,
        }
    }
}

/// More InHand machines than this are not simulated.
pub const MOST_INHAND_MACHINES: usize = 100_000;

/// Two generations of Dingshang's servers are live, and many failures have another number in each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorNumbers {
    /// As in the documents' samples: 30002, 60003, 10025, an unpaid order under code 0.
    #[default]
    Sampled,
    /// The others: 6025, 6047, 6033, 6054.
    Other,
}

/// The document's table says a list, its sample opens with `[[`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatisticsShape {
    /// A list of statistics.
    #[default]
    List,
    /// A list in a list, always.
    Nested,
    /// Now the one, now the other, depending on the first machine asked for.
    Mixed,
}

fn loopback() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

/// Reads `"20ms"`, `"1s"`, `"2m"`.
fn duration<'de, D: Deserializer<'de>>(input: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(input)?;
    let signed: jiff::SignedDuration = text.parse().map_err(de::Error::custom)?;
    Duration::try_from(signed).map_err(de::Error::custom)
}

fn some_duration<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Duration>, D::Error> {
    duration(input).map(Some)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Options, StatisticsShape};

    #[test]
    fn options_are_read_from_a_file_with_defaults_for_what_it_leaves_out() {
        let text = "seed = 9\nlatency = \"20ms\"\n[inhand]\nlatency = \"2ms\"\nmachines = 5\nstatistics = \"nested\"\n";
        let options: Options = toml::from_str(text).unwrap();
        assert_eq!(options.seed, 9);
        assert_eq!(options.latency, Duration::from_millis(20));
        assert_eq!(options.tick_every, Duration::from_secs(1));
        assert_eq!(options.inhand.latency, Some(Duration::from_millis(2)));
        assert_eq!(options.dingshang.latency, None);
        assert_eq!(options.inhand.machines, 5);
        assert_eq!(options.inhand.statistics, StatisticsShape::Nested);
        assert_eq!(options.dingshang.machines, 12);
    }

    #[test]
    fn an_unknown_option_is_refused() {
        assert!(toml::from_str::<Options>("sede = 9").is_err());
        assert!(toml::from_str::<Options>("latency = \"soon\"").is_err());
    }
}
