//! Text for tickets: ASCII, folded, times in UTC.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Columns of a line, but for words that are longer.
const WIDTH: usize = 100;

/// A time to the second, in UTC (RFC 3339); without a blank, so that no line is broken in it.
pub fn time(time: Timestamp) -> String {
    time.to_zoned_datetime(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Writes a text after a label, folded at spaces, further lines below the first.
pub fn wrap(out: &mut String, label: &str, text: &str) {
    let _ = write!(out, "{label}");
    let mut column = label.len();
    for (n, word) in text.split(' ').enumerate() {
        let wide = word.chars().count();
        if n > 0 && column + 1 + wide > WIDTH {
            let _ = write!(out, "\n{:1$}", "", label.len());
            column = label.len();
        } else if n > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += wide;
    }
    out.push('\n');
}

/// Letters beyond ASCII as `\u{e9}`: in names, which are escaped already.
pub fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            out.extend(c.escape_unicode());
        }
    }
    out
}
