//! Bytes as hex, base64 and a digest. These three are pure functions of well-kept crates.

#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// Bytes in a row of a hex dump where there is room for it.
pub const HEX_ROW: usize = 16;

/// Bytes between which a hex dump has one space more.
const HEX_GROUP: usize = 8;

/// One row of a hex dump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HexRow {
    /// Offset of the first byte, from 0.
    pub offset: usize,
    /// The bytes as two lower-case digits each, a space between bytes and one more after each
    /// eighth, padded to [`hex_width`] columns.
    pub hex: String,
    /// The same bytes as printable ASCII, `.` for the rest.
    pub ascii: String,
}

/// Columns of the hex of `per_row` bytes: 48 for 16, 23 for 8.
pub const fn hex_width(per_row: usize) -> usize {
    let per_row = if per_row == 0 { 1 } else { per_row };
    per_row * 3 - 1 + (per_row - 1) / HEX_GROUP
}

/// Number of rows of a dump of `len` bytes, `per_row` to a row; an empty payload has none.
pub const fn hex_rows(len: usize, per_row: usize) -> usize {
    len.div_ceil(if per_row == 0 { 1 } else { per_row })
}

/// Row `row` of the dump of `bytes`, `per_row` to a row; `None` past the end. Costs the row, not
/// the payload.
pub fn hex_row(bytes: &[u8], row: usize, per_row: usize) -> Option<HexRow> {
    let per_row = per_row.max(1);
    let offset = row.checked_mul(per_row)?;
    let chunk = bytes.get(offset..bytes.len().min(offset.saturating_add(per_row)))?;
    if chunk.is_empty() {
        return None;
    }
    let mut hex = String::with_capacity(hex_width(per_row));
    for i in 0..per_row {
        if i > 0 {
            hex.push(' ');
            if i.is_multiple_of(HEX_GROUP) {
                hex.push(' ');
            }
        }
        match chunk.get(i) {
            Some(byte) => hex.extend(
                [byte >> 4, byte & 15]
                    .into_iter()
                    .filter_map(|digit| char::from_digit(u32::from(digit), 16)),
            ),
            None => hex.push_str("  "),
        }
    }
    let ascii = chunk.iter().map(|b| super::escape::ascii(*b)).collect();
    Some(HexRow { offset, hex, ascii })
}

/// Standard base64 with padding (RFC 4648 section 4).
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Characters of the base64 of `len` bytes, padding included.
pub const fn base64_len(len: usize) -> usize {
    len.div_ceil(3).saturating_mul(4)
}

/// Row `row` of the base64 text folded at `width` characters; `None` past the end. Encodes only
/// the bytes of the row, so a 1 MiB frame costs a screen, not a frame.
pub fn base64_row(bytes: &[u8], row: usize, width: usize) -> Option<String> {
    let width = width.max(1);
    let total = base64_len(bytes.len());
    let start = row.checked_mul(width).filter(|start| *start < total)?;
    let end = start.saturating_add(width).min(total);
    // Whole groups of 4 characters from 3 bytes that cover the row.
    let from = start / 4 * 3;
    let to = (end.div_ceil(4) * 3).min(bytes.len());
    let text = STANDARD.encode(bytes.get(from..to)?);
    text.get(start % 4..start % 4 + (end - start)).map(str::to_owned)
}

/// SHA-256 (FIPS 180-4) in lower-case hex, 64 characters.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Lower-case hex, two digits a byte, nothing between.
pub fn hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}
