//! What a program may write to a terminal: text and the few sequences it needs. All else is a
//! stray, whoever put it there.

/// Every part of what was written that is neither printable text nor a sequence that roomscope
/// sends on purpose: a cursor position, a colour, a mode, a clear screen, or OSC 52 with base64.
pub(crate) fn strays(written: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for chunk in written.utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(first) = rest.chars().next() {
            let length = if first == '\u{1b}' { sequence(rest) } else { text(first) };
            if length.is_none() {
                found.push(rest.chars().take(12).collect::<String>().escape_debug().to_string());
            }
            rest = rest.split_at(length.unwrap_or(first.len_utf8())).1;
        }
        if !chunk.invalid().is_empty() {
            found.push(format!("bytes that are not UTF-8: {:02x?}", chunk.invalid()));
        }
    }
    found
}

/// The length of a printable character; none for one that acts on the terminal or hides.
fn text(c: char) -> Option<usize> {
    let acts = c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}');
    (!acts).then(|| c.len_utf8())
}

/// The length of the escape sequence at the start; none for one that is not sent on purpose.
fn sequence(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('\u{1b}')?;
    if let Some(copied) = rest.strip_prefix("]52;c;") {
        let (copied, _) = copied.split_once("\u{1b}\\")?;
        let base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
        return copied.chars().all(base64).then_some(7 + copied.len() + 2);
    }
    let rest = rest.strip_prefix('[')?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == ';' || c == '?'))?;
    let (parameters, rest) = rest.split_at(end);
    let modes = ["?1049", "?2004", "?25", "?1000", "?1006", "?2026"];
    let meant = match rest.chars().next()? {
        'm' | 'H' => !parameters.contains('?'),
        // The screen is cleared when its size changes.
        'J' => parameters == "2",
        'h' | 'l' => modes.contains(&parameters),
        _ => false,
    };
    meant.then_some(2 + end + 1)
}

#[test]
fn strays_are_found_and_nothing_else() {
    let good = "\u{1b}[?1049h\u{1b}[3;1H\u{1b}[38;2;1;2;3m● ok 房\u{1b}[0m\u{1b}]52;c;QQ==\u{1b}\\";
    assert_eq!(strays(good.as_bytes()), Vec::<String>::new());
    for bad in [
        "\u{1b}]0;x\u{7}",
        "\u{1b}[3J",
        "\u{1b}[?1h",
        "\u{1b}]52;c;?\u{1b}\\",
        "\u{1b}c",
        "\u{9b}2J",
        "\u{202e}",
        "\n",
        "\t",
        "\u{1b}",
    ] {
        assert!(!strays(format!("a{bad}b").as_bytes()).is_empty(), "{bad:?}");
    }
    assert!(!strays(b"a\x9b2J").is_empty());
}
