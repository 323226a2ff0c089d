//! Keys as they are written in the help.

use crate::app::{Key, KeyCode, REGISTRY};

/// Reads keys separated by white space: `j`, `Enter`, `Ctrl-d`, `Space`.
///
/// # Errors
/// The word that is no key.
pub(super) fn parse(text: &str) -> Result<Vec<Key>, String> {
    text.split_whitespace().map(|word| key(word).ok_or_else(|| word.to_owned())).collect()
}

fn key(word: &str) -> Option<Key> {
    let mut chars = word.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return Some(Key::char(c));
    }
    // The names are those the help shows.
    let mut named = REGISTRY.iter().flat_map(|entry| entry.keys);
    let more = [KeyCode::Char(' '), KeyCode::Backspace, KeyCode::Delete].map(Key::plain);
    named
        .find(|key| key.to_string() == word)
        .copied()
        .or_else(|| more.into_iter().find(|key| key.to_string() == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_shown() {
        let keys = parse("j ] Enter  Ctrl-d Space PgUp").unwrap();
        let shown: Vec<String> = keys.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["j", "]", "Enter", "Ctrl-d", "Space", "PgUp"]);
        assert_eq!(parse(""), Ok(Vec::new()));
        assert_eq!(parse("j Entre"), Err("Entre".into()));
    }
}
