//! Keys as the app knows them, whatever terminal library read them.

use std::fmt;

/// A key without its modifiers. Shift is folded into the character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyCode {
    /// A character, upper case when shifted.
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
}

/// The keys that have names, as the help shows them and the configuration takes them.
const NAMED: [(KeyCode, &str); 15] = [
    (KeyCode::Enter, "Enter"),
    (KeyCode::Esc, "Esc"),
    (KeyCode::Tab, "Tab"),
    (KeyCode::BackTab, "Shift-Tab"),
    (KeyCode::Char(' '), "Space"),
    (KeyCode::Backspace, "Backspace"),
    (KeyCode::Delete, "Delete"),
    (KeyCode::Up, "Up"),
    (KeyCode::Down, "Down"),
    (KeyCode::Left, "Left"),
    (KeyCode::Right, "Right"),
    (KeyCode::PageUp, "PgUp"),
    (KeyCode::PageDown, "PgDn"),
    (KeyCode::Home, "Home"),
    (KeyCode::End, "End"),
];

/// A key with the modifiers that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    pub code: KeyCode,
    /// Whether Control was held.
    pub ctrl: bool,
}

impl Key {
    /// A key without Control.
    pub const fn plain(code: KeyCode) -> Self {
        Self { code, ctrl: false }
    }

    /// A character without Control.
    pub const fn char(c: char) -> Self {
        Self::plain(KeyCode::Char(c))
    }

    /// A character with Control.
    pub const fn ctrl(c: char) -> Self {
        Self { code: KeyCode::Char(c), ctrl: true }
    }

    /// Reads one key: a character, upper case for one with Shift, or a name in any case; either
    /// may have `Ctrl-` before it.
    pub fn parse(word: &str) -> Option<Self> {
        const CTRL: usize = "Ctrl-".len();
        let (prefix, rest) = word.split_at_checked(CTRL).unwrap_or(("", word));
        if ["ctrl-", "ctrl+"].contains(&prefix.to_ascii_lowercase().as_str()) && !rest.is_empty() {
            // A terminal does not tell Ctrl-D from Ctrl-d.
            let code = match KeyCode::parse(rest)? {
                KeyCode::Char(c) => KeyCode::Char(c.to_ascii_lowercase()),
                other => other,
            };
            return Some(Self { code, ctrl: true });
        }
        KeyCode::parse(word).map(Self::plain)
    }

    /// The names of keys.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> + Clone {
        NAMED.iter().map(|(_, name)| *name)
    }
}

impl KeyCode {
    fn parse(word: &str) -> Option<Self> {
        let mut chars = word.chars();
        if let (Some(c), None) = (chars.next(), chars.next()) {
            return (!c.is_control()).then_some(Self::Char(c));
        }
        let named = NAMED.iter().find(|(_, name)| name.eq_ignore_ascii_case(word));
        named.map(|(code, _)| *code)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("Ctrl-")?;
        }
        match (NAMED.iter().find(|(code, _)| *code == self.code), self.code) {
            (Some((_, name)), _) => f.write_str(name),
            (None, KeyCode::Char(c)) => write!(f, "{c}"),
            (None, _) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::REGISTRY;

    #[test]
    fn keys_are_read_as_they_are_shown() {
        let words = "j ] Enter Ctrl-d Space PgUp - Ctrl--".split(' ');
        let shown: Vec<String> =
            words.clone().map(|word| Key::parse(word).unwrap().to_string()).collect();
        assert_eq!(shown, words.collect::<Vec<_>>());
        assert_eq!(Key::parse("Entre"), None);
        for entry in REGISTRY {
            for key in entry.keys {
                assert_eq!(Key::parse(&key.to_string()), Some(*key));
            }
        }
    }

    #[test]
    fn case_tells_characters_apart_but_not_names() {
        assert_ne!(Key::parse("g"), Key::parse("G"));
        for (a, b) in [("ctrl+D", "Ctrl-d"), ("pgup", "PgUp"), ("SHIFT-TAB", "Shift-Tab")] {
            assert!(Key::parse(a).is_some() && Key::parse(a) == Key::parse(b), "{a}");
        }
        for bad in ["", "Ctrl-", "ctrl", "Hyper-x", "jj", "\u{7}", "Ctrl-Ctrl-d"] {
            assert_eq!(Key::parse(bad), None, "{bad:?}");
        }
    }
}
