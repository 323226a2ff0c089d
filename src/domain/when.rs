//! Reading what a person types to say where to go: a sequence, or a time in one of its forms.

#[cfg(test)]
mod tests;

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ZonedDateTime};

use super::escape;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    Sequence(u64),
    Time(When),
}

/// A time as exactly as it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    pub at: Timestamp,
    /// How long it lasts: a minute for `14:03`.
    pub grain: SignedDuration,
}

/// Why a text is not a place to go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadSpot {
    Empty,
    /// Sequence 0, or one past what a stream can count.
    NoSequence(String),
    /// It looks like a date, but there is no such day.
    NoDate(String),
    /// It looks like a time of day, but there is none such.
    NoTimeOfDay(String),
    /// Before `ago` stands no span of time, or one too long.
    NoSpan(String),
    /// It looks like nothing that is known.
    Unknown(String),
}

impl fmt::Display for BadSpot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| format!("'{}'", escape::text(text));
        match self {
            Self::Empty => f.write_str("type a sequence (12345) or a time (14:03, 3h ago)"),
            Self::NoSequence(text) => {
                write!(f, "{} is no sequence: they are from 1 to {}", quoted(text), u64::MAX)
            }
            Self::NoDate(text) => write!(f, "{} is no date; as in 2026-11-20", quoted(text)),
            Self::NoTimeOfDay(text) => {
                write!(f, "{} is no time of day; from 00:00 to 23:59:59", quoted(text))
            }
            Self::NoSpan(text) => {
                write!(
                    f,
                    "{} is no span of time; as in 3h ago, 2 days ago, 1h 30m ago",
                    quoted(text)
                )
            }
            Self::Unknown(text) => write!(
                f,
                "{} is no sequence or time; as in 12345, 14:03, 3h ago, 2026-11-20 14:03",
                quoted(text)
            ),
        }
    }
}

/// Reads a sequence (`12345`, `12,345`) or a time: RFC 3339, `2026-11-20 14:03`, `2026-11-20`,
/// `14:03` (today), `yesterday 14:00`, `today`, `now`, `3h ago`, `1 day 2 hours ago`. A time without
/// an offset is in `zone`; a day "ago" is a day of its calendar.
///
/// # Errors
/// What of the text cannot be understood.
pub fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Spot, BadSpot> {
    let text = text.trim();
    if text.is_empty() {
        return Err(BadSpot::Empty);
    }
    if text.chars().all(|c| c.is_ascii_digit() || c == ',') {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let seq = digits.parse().ok().filter(|&seq| seq > 0);
        return seq.map(Spot::Sequence).ok_or_else(|| BadSpot::NoSequence(text.into()));
    }
    time(&text.to_lowercase(), now, zone).map(Spot::Time)
}

fn time(text: &str, now: Timestamp, zone: &TimeZone) -> Result<When, BadSpot> {
    let here = now.to_zoned_datetime(zone.clone());
    if text == "now" {
        return Ok(When { at: now, grain: SignedDuration::from_secs(1) });
    }
    if let Some(span) = text.strip_suffix("ago") {
        return ago(span.trim(), &here).ok_or_else(|| BadSpot::NoSpan(span.trim().into()));
    }
    let (day, rest) = text.split_once([' ', 't']).unwrap_or((text, ""));
    let named = match text.split_once(' ').map_or(text, |(day, _)| day) {
        "today" => Some(here.date()),
        "yesterday" => here.date().yesterday().ok(),
        _ => None,
    };
    if let Some(date) = named {
        let time = text.split_once(' ').map_or("", |(_, time)| time.trim());
        return at(date, time, zone);
    }
    if is_date(day) {
        let date: Date = day.parse().map_err(|_| BadSpot::NoDate(day.into()))?;
        return offset(text, rest).map_or_else(|| at(date, rest.trim(), zone), Ok);
    }
    if text.contains(':') && text.starts_with(|c: char| c.is_ascii_digit()) {
        return at(here.date(), text, zone);
    }
    Err(BadSpot::Unknown(text.into()))
}

/// Whether it has the form of a date; there may be no such day.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let digits = |part: Option<&str>, n: usize| {
        part.is_some_and(|part| part.len() == n && part.chars().all(|c| c.is_ascii_digit()))
    };
    digits(parts.next(), 4)
        && digits(parts.next(), 2)
        && digits(parts.next(), 2)
        && parts.next().is_none()
}

/// A whole timestamp with an offset from UTC.
fn offset(text: &str, time: &str) -> Option<When> {
    let at = text.to_uppercase().parse().ok()?;
    Some(When { at, grain: grain(time.split(['z', '+', '-']).next().unwrap_or_default()) })
}

/// A time of day on a date, its midnight when there is none. Where clocks skip it, the time that
/// they show then; where they show it twice, the first.
fn at(date: Date, time: &str, zone: &TimeZone) -> Result<When, BadSpot> {
    let wrong = || BadSpot::NoTimeOfDay(time.into());
    let clock = match time {
        "" => Time::midnight(),
        time if is_clock(time) => {
            let padded = if time.find(':') == Some(1) { format!("0{time}") } else { time.into() };
            padded.parse().map_err(|_| wrong())?
        }
        _ => return Err(wrong()),
    };
    let zoned =
        DateTime::from_parts(date, clock).to_zoned_datetime(zone.clone()).map_err(|_| wrong())?;
    Ok(When { at: zoned.timestamp(), grain: grain(time) })
}

fn is_clock(text: &str) -> bool {
    text.contains(':') && text.chars().all(|c| c.is_ascii_digit() || c == ':' || c == '.')
}

/// How long a time of day lasts, by how exactly it was given.
fn grain(time: &str) -> SignedDuration {
    match (time.contains('.'), time.matches(':').count()) {
        (true, _) => SignedDuration::from_nanos(1),
        (false, 0) => SignedDuration::from_hours(24),
        (false, 1) => SignedDuration::from_mins(1),
        _ => SignedDuration::from_secs(1),
    }
}

/// `3h`, `1 day 2 hours`, `90s`: so long before now, to the minute or, given seconds, the second.
fn ago(text: &str, now: &ZonedDateTime) -> Option<When> {
    let mut left = text;
    let mut span = Span::new();
    let mut grain = SignedDuration::from_mins(1);
    if left.is_empty() {
        return None;
    }
    while !left.is_empty() {
        let unit_at = left.find(|c: char| !c.is_ascii_digit())?;
        let (digits, rest) = left.split_at_checked(unit_at)?;
        let rest = rest.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let (unit, rest) = rest.split_at_checked(end)?;
        let n: i64 = digits.parse().ok()?;
        span = match unit {
            "s" | "sec" | "secs" | "second" | "seconds" => {
                grain = SignedDuration::from_secs(1);
                span.try_seconds(n.checked_add(span.get_seconds())?).ok()?
            }
            "m" | "min" | "mins" | "minute" | "minutes" => {
                span.try_minutes(n.checked_add(span.get_minutes())?).ok()?
            }
            "h" | "hr" | "hrs" | "hour" | "hours" => {
                span.try_hours(n.checked_add(i64::from(span.get_hours()))?).ok()?
            }
            "d" | "day" | "days" => {
                span.try_days(n.checked_add(i64::from(span.get_days()))?).ok()?
            }
            "w" | "week" | "weeks" => {
                span.try_weeks(n.checked_add(i64::from(span.get_weeks()))?).ok()?
            }
            _ => return None,
        };
        left = rest.trim_start();
    }
    let at = now.checked_sub(span).ok()?.timestamp();
    Some(When { at, grain })
}
