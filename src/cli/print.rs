//! Standard output of the commands that print a text and end.

use std::io::{self, ErrorKind, Write};

use serde::Serialize;

use super::error::Failure;

/// Writes to standard output. A reader that went away is a quiet end.
///
/// # Errors
/// When standard output cannot be written, as on a full disk.
pub(super) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::failed(format!("write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// One line of JSON, in ASCII: whatever a value holds, a terminal shows it as escapes.
///
/// # Errors
/// When the value cannot be JSON, which is a defect of the program.
pub(super) fn json(value: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string(value)
        .map_err(|error| Failure::failed(format!("write JSON: {error}; please report it")))?;
    Ok(ascii(&text) + "\n")
}

/// A string in JSON's quotes, which TOML reads too (TOML 1.0, basic strings).
pub(super) fn quoted(text: &str) -> String {
    ascii(&serde_json::Value::from(text).to_string())
}

/// What is not printable ASCII becomes `\uXXXX`, in UTF-16 as JSON has it.
fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, ' '..='~') {
            out.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_ascii_and_says_the_same() {
        let text = "a\u{1b}[2J \"ü\" \u{1f600} \u{7f}\\";
        let line = json(&text).unwrap();
        assert!(line.trim_end().chars().all(|c| matches!(c, ' '..='~')), "{line}");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }
}
