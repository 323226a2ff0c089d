//! Values on the command line that several commands take.

use clap::ValueEnum;

use crate::domain::page::page_size::BadPageSize;
use crate::domain::room::BadName;
use crate::domain::{PageSize, RoomId};

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// As the environment says.
    Auto,
    /// Even under NO_COLOR.
    Always,
    /// Never.
    Never,
    /// The terminal's own 16.
    #[value(name = "16")]
    Sixteen,
}

/// A number of sequences, or a sequence; thousands may be apart.
pub(super) fn whole(text: &str) -> Result<u64, String> {
    let digits: String = text.chars().filter(|c| *c != ',').collect();
    let number = digits.parse().ok().filter(|&number| number > 0);
    number.ok_or_else(|| "give a whole number from 1 on".into())
}

pub(super) fn room_id(text: &str) -> Result<RoomId, BadName> {
    RoomId::new(text)
}

pub(super) fn page_size(text: &str) -> Result<PageSize, BadPageSize> {
    PageSize::parse(text)
}

/// A size in bytes, with or without a unit.
pub(super) fn bytes(text: &str) -> Result<u64, String> {
    text.parse::<bytesize::ByteSize>()
        .map(|size| size.as_u64())
        .map_err(|_| "give a number of bytes, as in 64MiB, or 0".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cache_is_bytes_with_or_without_a_unit() {
        for (text, is) in [("0", 0), ("32MiB", 32 << 20), ("64 MiB", 64 << 20), ("500kB", 500_000)]
        {
            assert_eq!(bytes(text), Ok(is), "{text}");
        }
        for bad in ["", "much", "-1", "12 parsecs"] {
            assert!(bytes(bad).is_err(), "{bad}");
        }
    }
}
