//! Visible escaping of untrusted text.
//!
//! What came over the wire is hostile: it may hold terminal escape sequences, line breaks, marks
//! that reverse the reading direction, or characters of no width. All of these are shown as
//! escapes, never passed on. Plain text comes through unchanged; a backslash is doubled so that
//! an escape can always be told from text that looks like one.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character must not reach a terminal as it is.
const fn is_hostile(c: char) -> bool {
    matches!(c,
        // C0, DEL, C1.
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        // Soft hyphen, combining grapheme joiner, Arabic letter mark, Hangul fillers.
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
        // Khmer inherent vowels, Mongolian selectors and separator.
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        // Zero width, direction marks, line and paragraph separators, embeddings and overrides.
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        // Invisible operators, isolates, deprecated format characters.
        | '\u{2060}'..='\u{206f}'
        // Variation selectors, byte order mark, interlinear annotation.
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
        // Shorthand and musical format controls, tags, private-use planes.
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}'
    )
}

/// Whether a character stays as it is, told without a look at the long list.
const fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~') && c != '\\'
}

/// A byte as `\xNN`.
fn push_byte(out: &mut String, byte: u8) {
    let digit = |n: u8| char::from_digit(u32::from(n), 16).unwrap_or('0');
    out.push_str("\\x");
    out.push(digit(byte >> 4));
    out.push(digit(byte & 15));
}

fn push(out: &mut String, c: char) {
    if is_plain(c) {
        out.push(c);
        return;
    }
    // Writing to a String cannot fail.
    let _ = match c {
        '\\' => out.write_str("\\\\"),
        '\t' => out.write_str("\\t"),
        '\n' => out.write_str("\\n"),
        '\r' => out.write_str("\\r"),
        '\0'..='\x7f' => return push_byte(out, c as u8),
        c if is_hostile(c) => write!(out, "\\u{{{:x}}}", c as u32),
        c => out.write_char(c),
    };
}

/// Escapes text: `ESC` becomes `\x1b`, a tab `\t`, U+202E `\u{202e}`, a backslash `\\`.
pub fn text(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| !is_plain(c) && (c == '\\' || is_hostile(c))) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    text.chars().for_each(|c| push(&mut out, c));
    Cow::Owned(out)
}

/// Escapes what a terminal would obey and leaves backslashes alone: for sentences that hold names
/// which are escaped already.
pub fn sentence(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\\' { out.push(c) } else { push(&mut out, c) }
    }
    out
}

/// Escapes bytes: what is valid UTF-8 as [`text`] does, any other byte as `\xNN`.
pub fn bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|c| push(&mut out, c));
        for byte in chunk.invalid() {
            push_byte(&mut out, *byte);
        }
    }
    out
}

/// The printable ASCII character of a byte, or `.`, as in the right column of a hex dump.
pub const fn ascii(byte: u8) -> char {
    if byte.is_ascii_graphic() || byte == b' ' { byte as char } else { '.' }
}

/// JSON with nothing but ASCII in it: what is beyond stands as `\uXXXX` (RFC 8259 section 7), so
/// that no text off the wire can be obeyed by a terminal that shows it.
pub(crate) fn ascii_json(json: String) -> String {
    let plain = |c: char| c.is_ascii() && c != '\u{7f}';
    if json.is_ascii() && !json.contains('\u{7f}') {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 16);
    let mut units = [0; 2];
    for c in json.chars() {
        if plain(c) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut units) {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}
