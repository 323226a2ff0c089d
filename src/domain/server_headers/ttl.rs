//! `Nats-TTL`: how long a message is to be kept, in the forms that the server takes (ADR-43,
//! server 2.11+): a Go duration (`1h30m`), whole seconds (`90`), or `never`.

use jiff::Timestamp;

use crate::domain::go_duration;

/// Least TTL that the server takes, in nanoseconds: one second.
const LEAST: u64 = 1_000_000_000;

/// What a `Nats-TTL` comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ttl {
    /// `never`: no TTL, and `max_age` leaves the message alone too.
    Never,
    Ends {
        /// Nanoseconds from when the message was stored.
        span: u64,
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
