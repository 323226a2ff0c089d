//! `Nats-TTL`: how long a message is to be kept, in the forms that the server takes (ADR-43,
//! server 2.11+): a Go duration (`1h30m`), whole seconds (`90`), or `never`.

use jiff::Timestamp;

/// Least TTL that the server takes, in nanoseconds: one second.
const LEAST: u64 = 1_000_000_000;

/// What a `Nats-TTL` comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ttl {
    /// `never`: no TTL, and `max_age` leaves the message alone too.
    Never,
    /// It ends.
    Ends {
        /// Nanoseconds from when the message was stored.
        span: u64,
        /// When.
        at: Timestamp,
    },
    /// Its end in nanoseconds since 1970 is beyond an i64 (the year 2262). The server does not see
    /// that: 2.15.1 removed such messages at once.
    TooLong,
    /// An empty value, which the server takes for none.
    None,
    /// Nothing that the server takes: no form of it, or less than a second.
    Bad,
}

impl Ttl {
    /// Reads the value of a message that was stored at this time.
    #[must_use]
    pub fn of(value: &[u8], stored: Timestamp) -> Self {
        if value.is_empty() {
            return Self::None;
        }
        if value.eq_ignore_ascii_case(b"never") {
            return Self::Never;
        }
        let Ok(text) = std::str::from_utf8(value) else { return Self::Bad };
        let span = if text.bytes().all(|byte| byte.is_ascii_digit()) {
            match text.parse::<u64>().ok().and_then(|seconds| seconds.checked_mul(LEAST)) {
                Some(span) => span,
                None => return Self::TooLong,
            }
        } else {
            match go_duration(text) {
                Some(span) => span,
                None => return Self::Bad,
            }
        };
        if span < LEAST {
            return Self::Bad;
        }
        let nanos = stored.as_nanosecond().saturating_add(i128::from(span));
        match i64::try_from(nanos)
            .ok()
            .and_then(|nanos| Timestamp::from_nanosecond(i128::from(nanos)).ok())
        {
            Some(at) => Self::Ends { span, at },
            None => Self::TooLong,
        }
    }
}

/// Reads a positive duration as Go's `time.ParseDuration` does: numbers with an optional fraction,
/// each with a unit (`1h2m`, `.5m`, `1us1s`). `None` for any other form and beyond an i64.
pub(super) fn go_duration(text: &str) -> Option<u64> {
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
