//! How many sequences a page spans, and the two ways a person or a client may say it.

use serde::Serialize;
use std::fmt;

/// Sequences in one page: 1 to 1000, 200 unless said otherwise (contract, "Limits").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct PageSize(u16);

impl PageSize {
    /// The contract's default N.
    pub const DEFAULT: Self = Self(200);
    /// The contract's most N in one response.
    pub const MAX: Self = Self(1000);

    /// A page of `n` sequences.
    ///
    /// # Errors
    /// [`BadPageSize`] when `n` is 0 or above 1000.
    pub fn new(n: u64) -> Result<Self, BadPageSize> {
        match u16::try_from(n) {
            Ok(n) if (1..=Self::MAX.0).contains(&n) => Ok(Self(n)),
            _ => Err(BadPageSize(n.to_string())),
        }
    }

    /// Reads a number a person typed. Strict, unlike [`Self::from_query`]: a slip of the finger
    /// is better named than silently replaced.
    ///
    /// # Errors
    /// [`BadPageSize`] for anything but a whole number from 1 to 1000.
    pub fn parse(text: &str) -> Result<Self, BadPageSize> {
        let bad = || BadPageSize(crate::domain::escape::text(text).into_owned());
        text.trim().parse().map_err(|_| bad()).and_then(|n| Self::new(n).map_err(|_| bad()))
    }

    /// Reads the `limit` of a history request by the contract's rule: absent, malformed, zero or
    /// negative gives 200; above 1000 gives 1000. Never fails.
    ///
    /// Malformed is what the reference's `strconv.Atoi` refuses, a number past 64 bits included.
    pub fn from_query(limit: Option<&str>) -> Self {
        match limit.and_then(|text| text.parse::<i64>().ok()) {
            Some(n) if n > i64::from(Self::MAX.0) => Self::MAX,
            Some(n) if n >= 1 => u16::try_from(n).map_or(Self::MAX, Self),
            _ => Self::DEFAULT,
        }
    }

    /// The number of sequences.
    pub const fn get(self) -> u64 {
        self.0 as u64
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl fmt::Display for PageSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A page size that is not a whole number from 1 to 1000; holds what was given, escaped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPageSize(String);

impl fmt::Display for BadPageSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is not a page size: give a whole number from 1 to 1000", self.0)
    }
}

impl std::error::Error for BadPageSize {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_s_limit_is_read_as_strconv_atoi_does() {
        let table = [
            (None, 200),
            (Some(""), 200),
            (Some("abc"), 200),
            (Some("0"), 200),
            (Some("-0"), 200),
            (Some("-5"), 200),
            (Some("1"), 1),
            (Some("007"), 7),
            (Some("+5"), 5),
            (Some("+"), 200),
            (Some("-"), 200),
            (Some("++5"), 200),
            (Some(" 5"), 200),
            (Some("5 "), 200),
            (Some("5\n"), 200),
            (Some("1_000"), 200),
            (Some("0x10"), 200),
            (Some("1e3"), 200),
            (Some("5.0"), 200),
            (Some("\u{665}"), 200),
            (Some("999"), 999),
            (Some("1000"), 1000),
            (Some("1001"), 1000),
            (Some("65737"), 1000),
            (Some("9223372036854775807"), 1000),
            (Some("9223372036854775808"), 200),
            (Some("-9223372036854775809"), 200),
            (Some("99999999999999999999999"), 200),
        ];
        for (limit, expected) in table {
            assert_eq!(PageSize::from_query(limit).get(), expected, "{limit:?}");
        }
    }

    #[test]
    fn a_person_s_slip_is_named() {
        for (text, n) in [("1", 1), (" 42 ", 42), ("1000", 1000)] {
            assert_eq!(PageSize::parse(text).map(PageSize::get), Ok(n));
        }
        for text in ["", "0", "-1", "1001", "abc", "1.5", "70000", "99999999999999999999"] {
            let error = PageSize::parse(text).unwrap_err().to_string();
            assert!(error.contains(&format!("'{text}'")), "{error}");
        }
        let error = PageSize::parse("\u{1b}[2J").unwrap_err().to_string();
        assert!(!error.contains('\u{1b}'));
        assert_eq!(PageSize::default(), PageSize::DEFAULT);
    }
}
