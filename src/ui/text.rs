//! Cutting and folding by display width, never by byte.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The text cut to `max` columns; where something was cut, it ends in the ellipsis.
pub(crate) fn fit<'a>(text: &'a str, max: usize, ellipsis: &str) -> Cow<'a, str> {
    // Text of fewer bytes than columns fits: no character is wider than its bytes.
    if text.len() <= max || text.width() <= max {
        return Cow::Borrowed(text);
    }
    let mark = if ellipsis.width() <= max { ellipsis } else { "" };
    let mut out = head(text, max - mark.width()).to_owned();
    out.push_str(mark);
    Cow::Owned(out)
}

/// As much of the beginning as takes at most `max` columns.
pub(super) fn head(text: &str, max: usize) -> &str {
    split(text, max).0
}

/// The text in two, the first part at most `max` columns wide.
pub(super) fn split(text: &str, max: usize) -> (&str, &str) {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += if matches!(c, ' '..='~') { 1 } else { c.width().unwrap_or(0) };
        if used > max {
            return text.split_at_checked(at).unwrap_or((text, ""));
        }
    }
    (text, "")
}

/// The text right-aligned in `columns`; cut where it is wider.
pub(super) fn right(text: &str, columns: usize, ellipsis: &str) -> String {
    let text = fit(text, columns, ellipsis);
    let pad = columns.saturating_sub(width(&text));
    format!("{}{text}", " ".repeat(pad))
}

/// The text left-aligned in `columns`; cut where it is wider.
pub(super) fn left(text: &str, columns: usize, ellipsis: &str) -> String {
    let text = fit(text, columns, ellipsis);
    let pad = columns.saturating_sub(width(&text));
    format!("{text}{}", " ".repeat(pad))
}

/// The text folded at blanks into lines of at most `max` columns; a longer word is broken.
pub(super) fn wrap(text: &str, max: usize) -> Vec<String> {
    let max = max.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let used = width(&line);
        if used > 0 && used + 1 + width(word) > max {
            lines.push(std::mem::take(&mut line));
        } else if used > 0 {
            line.push(' ');
        }
        let mut rest = word;
        while width(rest) > max.saturating_sub(width(&line)).max(1) {
            let (part, tail) = split(rest, max.saturating_sub(width(&line)).max(1));
            // A character wider than a line cannot be folded; it is left to be cut.
            if part.is_empty() || tail.is_empty() {
                break;
            }
            line.push_str(part);
            lines.push(std::mem::take(&mut line));
            rest = tail;
        }
        line.push_str(rest);
    }
    lines.push(line);
    lines
}

/// The text broken every `max` columns, as for a digest.
pub(super) fn chop(text: &str, max: usize) -> Vec<String> {
    chop_at_most(text, max, usize::MAX).0
}

/// The same, no more than `most` lines of it, and whether that was not all.
pub(super) fn chop_at_most(text: &str, max: usize, most: usize) -> (Vec<String>, bool) {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() && lines.len() < most {
        let (part, tail) = split(rest, max.max(2));
        lines.push(part.to_owned());
        rest = tail;
    }
    (lines, !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_by_width_and_never_in_a_character() {
        assert_eq!(fit("general", 7, "…"), "general");
        assert_eq!(fit("general", 6, "…"), "gener…");
        assert_eq!(fit("漢字かな", 5, "…"), "漢字…");
        assert_eq!(fit("漢字かな", 4, "…"), "漢…");
        assert_eq!(fit("general", 2, "..."), "ge");
        assert_eq!(fit("general", 0, "…"), "");
        assert_eq!(right("漢", 4, "…"), "  漢");
        assert_eq!(left("漢字かな", 4, "…"), "漢… ");
    }

    #[test]
    fn folding_loses_nothing_and_fits() {
        let words = "one two  three fourteen-letters 漢字かな";
        for max in 2..40 {
            let lines = wrap(words, max);
            assert!(lines.iter().all(|line| width(line) <= max), "{max} {lines:?}");
            let kept = lines.concat().replace(' ', "");
            assert_eq!(kept, words.replace(' ', ""), "{max}");
        }
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(chop("abcdefg", 3), ["abc", "def", "g"]);
    }
}
