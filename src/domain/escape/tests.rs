use proptest::prelude::*;

use super::*;

/// Puts back what was escaped; `None` for what no escaping gives.
fn unescape(shown: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = shown;
    while let Some(c) = rest.chars().next() {
        rest = rest.strip_prefix(c)?;
        if c != '\\' {
            out.extend(c.to_string().as_bytes());
            continue;
        }
        let kind = rest.chars().next()?;
        rest = rest.strip_prefix(kind)?;
        match kind {
            '\\' => out.push(b'\\'),
            't' => out.push(b'\t'),
            'n' => out.push(b'\n'),
            'r' => out.push(b'\r'),
            'x' => {
                out.push(u8::from_str_radix(rest.get(..2)?, 16).ok()?);
                rest = rest.get(2..)?;
            }
            'u' => {
                let (hex, after) = rest.strip_prefix('{')?.split_once('}')?;
                let c = char::from_u32(u32::from_str_radix(hex, 16).ok()?)?;
                out.extend(c.to_string().as_bytes());
                rest = after;
            }
            _ => return None,
        }
    }
    Some(out)
}

fn hostile_text() -> impl Strategy<Value = String> {
    let c = prop_oneof![
        any::<char>(),
        prop::char::range('\0', '\u{9f}'),
        prop::char::range('\u{2000}', '\u{2070}'),
        Just('\\'),
        Just('x'),
        Just('1'),
    ];
    prop::collection::vec(c, 0..40).prop_map(|chars| chars.into_iter().collect())
}

proptest! {
    #[test]
    fn nothing_hostile_comes_through_and_nothing_is_lost(given in hostile_text()) {
        let shown = text(&given);
        prop_assert!(!shown.chars().any(|c| c.is_control() || is_hostile(c)), "{:?}", shown);
        prop_assert_eq!(unescape(&shown), Some(given.clone().into_bytes()));
        prop_assert_eq!(bytes(given.as_bytes()), shown);
    }

    #[test]
    fn bytes_of_any_kind_are_shown(given in prop::collection::vec(any::<u8>(), 0..60)) {
        let shown = bytes(&given);
        prop_assert!(!shown.chars().any(|c| c.is_control() || is_hostile(c)), "{:?}", shown);
        prop_assert_eq!(unescape(&shown), Some(given));
    }
}

#[test]
fn escapes_are_these() {
    let table = [
        ("plain, ünï 漢字 👍", "plain, ünï 漢字 👍"),
        ("\u{1b}]0;pwned\u{7}", "\\x1b]0;pwned\\x07"),
        ("\u{1b}[2J", "\\x1b[2J"),
        ("a\tb\r\n", "a\\tb\\r\\n"),
        ("\u{202e}fdp", "\\u{202e}fdp"),
        ("\u{9b}2J", "\\u{9b}2J"),
        ("\u{7f}", "\\x7f"),
        ("\u{200b}\u{feff}\u{2066}", "\\u{200b}\\u{feff}\\u{2066}"),
        ("C:\\x1b", "C:\\\\x1b"),
        ("\u{e0041}", "\\u{e0041}"),
    ];
    for (given, expected) in table {
        assert_eq!(text(given), expected);
    }
    assert!(matches!(text("plain"), Cow::Borrowed(_)));
    assert_eq!(bytes(b"caf\xe9 \xff"), "caf\\xe9 \\xff");
    assert_eq!(bytes(b"\xc2\x9b"), "\\u{9b}");
}

#[test]
fn the_right_column_of_a_dump_is_printable() {
    for byte in 0..=u8::MAX {
        let c = ascii(byte);
        assert!((' '..='~').contains(&c));
        assert_eq!(c == byte as char, (0x20..0x7f).contains(&byte));
    }
}
