//! Durations in the form of Go, in which servers and the nats CLI write them.

/// Reads a duration that is not negative as Go's `time.ParseDuration` does, in nanoseconds: numbers with an optional fraction,
/// each with a unit (`1h2m`, `.5m`, `1us1s`). `None` for any other form and beyond an i64.
pub fn go_duration(text: &str) -> Option<u64> {
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
    let mut left = text.strip_prefix('+').unwrap_or(text);
    if left.is_empty() {
        return None;
    }
    let mut total = 0u128;
    while !left.is_empty() {
        let unit_at = left.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let (number, rest) = left.split_at_checked(unit_at)?;
        let unit_end = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let (unit, rest) = rest.split_at_checked(unit_end)?;
        let (_, nanos) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
            return None;
        }
        let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        // Digits beyond these are less than a nanosecond of any unit.
        let fraction = fraction.get(..fraction.len().min(18))?;
        let scale = 10u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        let part: u128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
        total = whole.checked_mul(nanos)?.checked_add(part * nanos / scale)?.checked_add(total)?;
        left = rest;
    }
    u64::try_from(total).ok().filter(|total| i64::try_from(*total).is_ok())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
            ("+5s", Duration::from_secs(5)),
            ("0.0000000010000000000000009s", Duration::from_nanos(1)),
            ("2562047h", Duration::from_secs(2_562_047 * 3_600)),
        ] {
            let wanted = u64::try_from(wanted.as_nanos()).unwrap();
            assert_eq!(go_duration(text), Some(wanted), "{text}");
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
            assert_eq!(go_duration(text).filter(|span| *span > 0), None, "{text}");
        }
    }
}
