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
        let bad = || BadPageSize(super::escape::text(text).into_owned());
        text.trim()
            .parse()
            .map_err(|_| bad())
            .and_then(|n| Self::new(n).map_err(|_| bad()))
    }

    /// Reads the `limit` of a history request by the contract's rule: absent, malformed, zero or
    /// negative gives 200; above 1000 gives 1000. Never fails.
    ///
    /// Malformed is what the reference's `strconv.Atoi` refuses, a number past 64 bits included.
    #[must_use]
    pub fn from_query(limit: Option<&str>) -> Self {
        match limit.and_then(|text| text.parse::<i64>().ok()) {
            Some(n) if n > i64::from(Self::MAX.0) => Self::MAX,
            Some(n) if n >= 1 => u16::try_from(n).map_or(Self::MAX, Self),
            _ => Self::DEFAULT,
        }
    }

    /// The number of sequences.
    #[must_use]
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
        write!(
            f,
            "'{}' is not a page size: give a whole number from 1 to 1000",
            self.0
        )
    }
}

impl std::error::Error for BadPageSize {}
