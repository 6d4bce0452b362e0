//! Spans of time as an operator writes them: `500ms`, `10s`, `5m`, `1h`.

use std::time::Duration;

/// What to write for a span of time.
pub const EXAMPLE: &str = "a duration longer than nothing, such as \"500ms\", \"10s\", \"5m\" or \"1h\"";

/// Longer than anything here sensibly waits; keeps sums of times from overflowing.
const LONGEST: Duration = Duration::from_hours(10 * 366 * 24);

/// Reads a span of time: a whole number above 0 and one of the units `ms`, `s`, `m`, `h`.
pub fn parse(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let duration = match unit {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.checked_mul(60)?),
        "h" => Duration::from_secs(number.checked_mul(3600)?),
        _ => return None,
    };
    (!duration.is_zero() && duration <= LONGEST).then_some(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_is_read() {
        assert_eq!(parse("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(parse("10s"), Some(Duration::from_secs(10)));
        assert_eq!(parse("5m"), Some(Duration::from_mins(5)));
        assert_eq!(parse("1h"), Some(Duration::from_hours(1)));
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "",
            "5",
            "s",
            "5 m",
            " 5m",
            "-5m",
            "1.5h",
            "5M",
            "1h30m",
            "0s",
            "99999999999999999999s",
            "9999999999h",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
