//! Durations in the form of Go, which is that of the nats CLI: `5s`, `1h30m`, `.5s`.

use std::time::Duration;

/// Nanoseconds of each unit; what begins another stands after it.
const UNITS: [(&str, u128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Reads a time to wait: numbers, each with its unit. `None` for what is none, for no time at
/// all, and for more than Go can hold.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    let mut all = 0_u128;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|c| !is_number(c)).unwrap_or(rest.len()));
        let end = after.find(is_number).unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let (_, size) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
        all = all.checked_add(nanoseconds(number, size)?)?;
        rest = after;
    }
    let nanoseconds = i64::try_from(all).ok().and_then(|all| u64::try_from(all).ok())?;
    (nanoseconds > 0).then_some(Duration::from_nanos(nanoseconds))
}

const fn is_number(c: char) -> bool {
    c.is_ascii_digit() || c == '.'
}

/// A decimal number of units.
fn nanoseconds(number: &str, unit: u128) -> Option<u128> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && part.is_empty() {
        return None;
    }
    let digits = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<u128>().ok() };
    let mut all = digits(whole)?.checked_mul(unit)?;
    // What is smaller than a nanosecond is left out.
    let part = part.get(..part.len().min(15))?;
    let scale = 10_u128.pow(u32::try_from(part.len()).ok()?);
    all = all.checked_add(digits(part)? * unit / scale)?;
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_go_are_read() {
        for (text, wanted) in [
            ("5s", Duration::from_secs(5)),
            (".5s", Duration::from_millis(500)),
            ("5.s", Duration::from_secs(5)),
            ("1.5h", Duration::from_secs(5_400)),
            ("2h", Duration::from_secs(7_200)),
            ("1h30m", Duration::from_secs(5_400)),
            ("1m30.5s", Duration::from_millis(90_500)),
            ("100ms", Duration::from_millis(100)),
            ("1us", Duration::from_micros(1)),
            ("1\u{b5}s", Duration::from_micros(1)),
            ("1\u{3bc}s", Duration::from_micros(1)),
            ("1ns", Duration::from_nanos(1)),
            (" +5s ", Duration::from_secs(5)),
            ("0.0000000010000000000000009s", Duration::from_nanos(1)),
            ("2562047h", Duration::from_secs(2_562_047 * 3_600)),
        ] {
            assert_eq!(parse(text), Some(wanted), "{text}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            "soon",
            "5",
            "s",
            ".s",
            "5 s",
            "1.2.3s",
            "-5s",
            "0",
            "0s",
            "0.1ns",
            "5d",
            "1h30",
            "5S",
            "2562048h",
            "99999999999999999999999999999999999999999999h",
            "1s\u{e9}",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
