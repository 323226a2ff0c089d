//! The values of headers, read leniently: what is no value is `None`, never an error.

use jiff::Timestamp;

use super::{Meaning, Times};
use crate::domain::go_duration;

/// Digits alone; `None` for anything else and for what a u64 cannot hold.
pub(super) fn number(value: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(value).ok()?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

pub(super) fn time(value: &[u8]) -> Option<Timestamp> {
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// `STREAM SEQUENCE FILTER TRANSFORM SUBJECT …`, parted by blanks; servers before 2.10 wrote the
/// first two only.
pub(super) fn source(value: &[u8]) -> Option<Meaning<'_>> {
    let mut parts = value.split(|&byte| byte == b' ');
    let stream = parts.next().filter(|stream| !stream.is_empty())?;
    let seq = number(parts.next()?)?;
    let subject = parts.nth(2).filter(|subject| !subject.is_empty());
    Some(Meaning::Source { stream, seq, subject })
}

pub(super) fn times(value: &[u8]) -> Option<Times> {
    let text = std::str::from_utf8(value).ok()?;
    if let Some(at) = text.strip_prefix("@at ") {
        return at.trim().parse().ok().map(Times::At);
    }
    if let Some(every) = text.strip_prefix("@every ") {
        return go_duration(every.trim()).map(Times::Every);
    }
    let named = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
    let is_pattern = named.contains(&text) || text.split_ascii_whitespace().count() == 6;
    is_pattern.then_some(Times::Pattern)
}

/// A whole number of any length, with or without a sign.
pub(super) fn is_increment(value: &[u8]) -> bool {
    let digits = value.strip_prefix(b"+").or_else(|| value.strip_prefix(b"-")).unwrap_or(value);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}
