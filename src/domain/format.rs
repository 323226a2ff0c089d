//! Numbers, sizes and times as people read them.

#[cfg(test)]
mod tests;

use bytesize::ByteSize;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A number with its thousands apart: `9,803`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of things: `1 message`, `2,000 messages`.
pub fn counted(n: u64, one: &str) -> String {
    format!("{} {one}{}", count(n), if n == 1 { "" } else { "s" })
}

/// A size in powers of 1024: `1.5 KiB`; bytes below 1024 whole.
pub fn bytes(n: u64) -> String {
    ByteSize(n).display().iec().to_string()
}

/// A range as shown in gap rows: `9,803-9,811`, or one number.
pub fn range(window: super::page::window::Window) -> String {
    if window.len() == 1 {
        count(window.start())
    } else {
        format!("{}-{}", count(window.start()), count(window.end()))
    }
}

/// How long ago, in the two largest units at most: `<1m`, `5m`, `3h 12m`, `6d 4h`, `299d`,
/// `2y 30d`. A time ahead of the clock by a minute or more is `in` that long: the clocks of two
/// machines differ.
pub fn age(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(then).as_secs();
    let span = span(seconds.unsigned_abs());
    if seconds <= -60 { format!("in {span}") } else { span }
}

fn span(seconds: u64) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    const YEAR: u64 = 365 * DAY;
    let two = |big: u64, b: &str, small: u64, s: &str| {
        if small == 0 { format!("{big}{b}") } else { format!("{big}{b} {small}{s}") }
    };
    match seconds {
        s if s < MINUTE => "<1m".into(),
        s if s < HOUR => format!("{}m", s / MINUTE),
        s if s < DAY => two(s / HOUR, "h", s % HOUR / MINUTE, "m"),
        s if s < 100 * DAY => two(s / DAY, "d", s % DAY / HOUR, "h"),
        s if s < YEAR => format!("{}d", s / DAY),
        s => two(s / YEAR, "y", s % YEAR / DAY, "d"),
    }
}

/// A span of nanoseconds, exact, in all the units it takes: `7d`, `1h 30m`, `1s 500ms`, `0s`.
pub fn duration(nanos: u64) -> String {
    const UNITS: [(u64, &str); 7] = [
        (86_400_000_000_000, "d"),
        (3_600_000_000_000, "h"),
        (60_000_000_000, "m"),
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "us"),
        (1, "ns"),
    ];
    let mut left = nanos;
    let mut parts = Vec::new();
    for (unit, name) in UNITS {
        if left >= unit {
            parts.push(format!("{}{name}", count(left / unit)));
            left %= unit;
        }
    }
    if parts.is_empty() { "0s".into() } else { parts.join(" ") }
}

/// The zone's offset from UTC at a time: `UTC` or `+09:00`.
pub fn offset(time: Timestamp, zone: &TimeZone) -> String {
    let offset = time.to_zoned_datetime(zone.clone()).strftime("%:z").to_string();
    if offset == "+00:00" { "UTC".into() } else { offset }
}

/// Time of day, `12:03:11`.
pub fn clock(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned_datetime(zone.clone()).strftime("%H:%M:%S").to_string()
}

/// Date and time to the second, `2026-11-20 12:03:11`.
pub fn date_clock(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Date and time to the nanosecond with the offset from UTC (RFC 3339), for the detail pane.
pub fn precise(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%.9f%:z").to_string()
}

/// The end of a span in the detail of the start: time of day when both are on one day, else with
/// the date.
pub fn span_ends(from: Timestamp, to: Timestamp, zone: &TimeZone) -> (String, String) {
    let same =
        from.to_zoned_datetime(zone.clone()).date() == to.to_zoned_datetime(zone.clone()).date();
    let show = if same { clock } else { date_clock };
    (show(from, zone), show(to, zone))
}

/// Milliseconds from microseconds, whole above 10: `41 ms`, `0.4 ms`.
pub fn millis(micros: u64) -> String {
    if micros < 10_000 {
        format!("{}.{} ms", micros / 1000, micros % 1000 / 100)
    } else {
        format!("{} ms", count(micros / 1000))
    }
}
