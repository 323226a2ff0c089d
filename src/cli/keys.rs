//! Keys as they are written in the help and in the config file.

use crate::app::{Key, KeyCode};

/// Keys that have names, which are those that the help shows.
const NAMED: [KeyCode; 15] = [
    KeyCode::Enter,
    KeyCode::Esc,
    KeyCode::Tab,
    KeyCode::BackTab,
    KeyCode::Char(' '),
    KeyCode::Backspace,
    KeyCode::Delete,
    KeyCode::Up,
    KeyCode::Down,
    KeyCode::Left,
    KeyCode::Right,
    KeyCode::PageUp,
    KeyCode::PageDown,
    KeyCode::Home,
    KeyCode::End,
];

/// Reads keys separated by white space: `j`, `Enter`, `Ctrl-d`, `Space`.
///
/// # Errors
/// The word that is no key.
pub(super) fn parse(text: &str) -> Result<Vec<Key>, String> {
    text.split_whitespace().map(|word| key(word).ok_or_else(|| word.to_owned())).collect()
}

/// Reads one key: a character, upper case for one with Shift, or a name in any case; either may
/// have `Ctrl-` before it.
pub(super) fn key(word: &str) -> Option<Key> {
    const CTRL: usize = "Ctrl-".len();
    let (prefix, rest) = word.split_at_checked(CTRL).unwrap_or(("", word));
    if ["ctrl-", "ctrl+"].contains(&prefix.to_ascii_lowercase().as_str()) && !rest.is_empty() {
        // A terminal does not tell Ctrl-D from Ctrl-d.
        let code = match code(rest)? {
            KeyCode::Char(c) => KeyCode::Char(c.to_ascii_lowercase()),
            other => other,
        };
        return Some(Key { code, ctrl: true });
    }
    code(word).map(Key::plain)
}

fn code(word: &str) -> Option<KeyCode> {
    let mut chars = word.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return (!c.is_control()).then_some(KeyCode::Char(c));
    }
    NAMED.into_iter().find(|code| name(*code).eq_ignore_ascii_case(word))
}

fn name(code: KeyCode) -> String {
    Key::plain(code).to_string()
}

/// The names of keys.
pub(super) fn names() -> Vec<String> {
    NAMED.into_iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::REGISTRY;

    #[test]
    fn keys_are_read_as_they_are_shown() {
        let keys = parse("j ] Enter  Ctrl-d Space PgUp - Ctrl--").unwrap();
        let shown: Vec<String> = keys.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["j", "]", "Enter", "Ctrl-d", "Space", "PgUp", "-", "Ctrl--"]);
        assert_eq!(parse(""), Ok(Vec::new()));
        assert_eq!(parse("j Entre"), Err("Entre".into()));
        for entry in REGISTRY {
            for key in entry.keys {
                assert_eq!(super::key(&key.to_string()), Some(*key));
            }
        }
    }

    #[test]
    fn case_tells_characters_apart_but_not_names() {
        assert_ne!(key("g"), key("G"));
        for (a, b) in [("ctrl+D", "Ctrl-d"), ("pgup", "PgUp"), ("SHIFT-TAB", "Shift-Tab")] {
            assert!(key(a).is_some() && key(a) == key(b), "{a}");
        }
        for bad in ["", "Ctrl-", "ctrl", "Hyper-x", "jj", "\u{7}", "Ctrl-Ctrl-d"] {
            assert_eq!(key(bad), None, "{bad:?}");
        }
    }
}
