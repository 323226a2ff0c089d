//! Reading text as a person would at a glance: where its words are, which of them make a
//! sentence, and what in it is no words at all.

use std::borrow::Cow;

use super::LEAST_ARMOURED;

/// Bytes of text that are read at a time.
const PIECE: usize = 64 << 10;

/// Longest word of ASCII letters. Ciphertext in base32 may be all letters, but is longer.
const LONGEST_WORD: usize = 24;

/// Numbers one after another that may be the values of bytes.
const NUMBERS: usize = 12;

/// Characters in groups of one length that may be an armour: the shortest ciphertext makes 28 in
/// base32, of which the last group may be shorter.
const LEAST_GROUPED: usize = 24;

/// Letters of a script without spaces, as Chinese, that count as a word.
const BEYOND_ASCII: usize = 2;

/// What a text is made of, in bytes unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Reading {
    /// All but white space.
    pub(super) solid: usize,
    /// In words, and in characters beyond ASCII, which no armour has.
    readable: usize,
    /// In stretches that could be ciphertext in an armour.
    pub(super) dense: usize,
    /// Words that follow one another, at the most.
    words: usize,
}

/// A run of letters and digits.
#[derive(Debug, Clone, Copy)]
struct Part<'a> {
    text: &'a str,
    is_word: bool,
    /// Whether only what stands between words of a sentence is between it and the part before.
    follows: bool,
    /// Whether more than a hyphen or the like is.
    apart: bool,
}

impl Reading {
    /// Reads piece by piece, so that a large payload takes no more memory than a small one.
    pub(super) fn of(text: &str) -> Self {
        let mut reading = Self::default();
        let mut rest = text;
        while let Some((piece, after)) =
            rest.split_at_checked(rest.floor_char_boundary(PIECE)).filter(|(p, _)| !p.is_empty())
        {
            let next = Self::of_piece(piece);
            reading.solid += next.solid;
            reading.readable += next.readable;
            reading.dense += next.dense;
            reading.words = reading.words.max(next.words);
            rest = after;
        }
        reading
    }

    fn of_piece(text: &str) -> Self {
        let text = unescaped(text);
        let solid = text.chars().filter(|c| !c.is_whitespace());
        let beyond = solid.clone().filter(|c| !c.is_ascii());
        let bytes = |chars: &mut dyn Iterator<Item = char>| chars.map(char::len_utf8).sum();
        let mut reading = Self {
            solid: bytes(&mut solid.clone()),
            readable: bytes(&mut beyond.clone()),
            ..Self::default()
        };
        let mut parts = Vec::new();
        let mut follows = false;
        for unit in text.split_inclusive([' ', '\t', '\n', '\r', '"']) {
            let (unit_parts, ends_open) = parts_of(unit, follows);
            let dense = dense(unit, &unit_parts);
            reading.solid -= plain_value(unit);
            reading.dense += dense;
            follows = ends_open && dense == 0;
            if dense == 0 {
                parts.extend(unit_parts);
            }
        }
        reading.numbers(&parts);
        reading.groups(&mut parts);
        reading.words(&parts);
        reading
    }

    /// Whether two fifths of it can be read.
    pub(super) const fn is_readable(&self) -> bool {
        self.readable.saturating_mul(5) >= self.solid.saturating_mul(2)
    }

    /// Whether so many words follow one another.
    pub(super) const fn has_sentence(&self, words: usize) -> bool {
        self.words >= words
    }

    /// Takes long rows of numbers for bytes.
    fn numbers(&mut self, parts: &[Part<'_>]) {
        let is_number = |part: &Part<'_>| part.text.bytes().all(|byte| byte.is_ascii_digit());
        for row in parts.split(|part| !is_number(part)).filter(|row| row.len() >= NUMBERS) {
            self.dense += row.iter().map(|part| part.text.len() + 1).sum::<usize>();
        }
    }

    /// Takes rows of parts of one length for an armour that was cut to be read aloud, and none of
    /// them for a word.
    fn groups(&mut self, parts: &mut [Part<'_>]) {
        for row in parts.chunk_by_mut(|a, b| b.follows_like(a)) {
            let length: usize = row.iter().map(|part| part.text.len()).sum();
            if row.len() >= 3 && length >= LEAST_GROUPED {
                self.dense += length;
                row.iter_mut().for_each(|part| part.is_word = false);
            }
        }
    }

    fn words(&mut self, parts: &[Part<'_>]) {
        let mut row = 0;
        let mut before = false;
        for (at, part) in parts.iter().enumerate() {
            let after = parts.get(at + 1).is_some_and(|next| next.is_word && next.follows);
            if part.is_word && (part.counts_alone() || before && part.follows || after) {
                self.readable += part.text.bytes().filter(u8::is_ascii).count();
            }
            row = match (part.is_word, part.follows) {
                (false, _) => 0,
                (true, true) => row + part.weight() * usize::from(part.apart || row == 0),
                (true, false) => part.weight(),
            };
            self.words = self.words.max(row);
            before = part.is_word;
        }
    }
}

impl Part<'_> {
    /// Whether it is readable wherever it stands.
    fn counts_alone(&self) -> bool {
        self.is_word && self.text.len() >= 3
    }

    /// Whether it is a group beside another of the same length.
    fn follows_like(&self, before: &Self) -> bool {
        self.follows && self.text.is_ascii() && self.text.len() == before.text.len()
    }

    /// How many words it counts for.
    fn weight(&self) -> usize {
        let beyond = self.text.chars().filter(|c| !c.is_ascii()).count();
        if self.text.is_ascii() { 1 } else { (beyond / BEYOND_ASCII).max(1) }
    }
}

/// `\u4f60` as the letter it stands for: many JSON writers leave nothing beyond ASCII as it is.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains("\\u") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for (n, piece) in text.split("\\u").enumerate() {
        let letter = piece
            .get(..4)
            .filter(|_| n > 0)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32)
            .filter(|c| !c.is_ascii() && c.is_alphabetic());
        match (letter, piece.get(4..)) {
            (Some(letter), Some(rest)) => {
                out.push(letter);
                out.push_str(rest);
            }
            _ => {
                out.push_str(if n > 0 { "\\u" } else { "" });
                out.push_str(piece);
            }
        }
    }
    Cow::Owned(out)
}

/// The runs of letters and digits of a unit, which follows the unit before it or not; and whether
/// the next unit may follow it.
fn parts_of(unit: &str, mut follows: bool) -> (Vec<Part<'_>>, bool) {
    let mut parts = Vec::new();
    let mut rest = unit;
    let mut apart = true;
    while let Some((between, from)) =
        rest.find(char::is_alphanumeric).and_then(|start| rest.split_at_checked(start))
    {
        let end = from.find(|c| !is_in_word(c)).unwrap_or(from.len());
        let (text, after) = from.split_at_checked(end).unwrap_or((from, ""));
        follows &= between.chars().all(joins);
        apart |= !between.chars().all(|c| "-_'".contains(c));
        parts.push(Part { text, is_word: is_word(text), follows, apart });
        apart = false;
        follows = true;
        rest = after;
    }
    (parts, follows && rest.chars().all(joins))
}

/// Letters, digits and the marks that some scripts put on them.
fn is_in_word(c: char) -> bool {
    c.is_alphanumeric() || !c.is_ascii() && !c.is_whitespace()
}

/// Whether it may stand between two words of a sentence.
fn joins(c: char) -> bool {
    c.is_whitespace() || ",.;!?()'-*_~".contains(c) || !c.is_ascii()
}

/// Letters only, and cased as words are: all small, all capitals, or the first a capital.
fn is_word(part: &str) -> bool {
    if !part.is_ascii() {
        return !part.chars().any(|c| c.is_ascii_digit());
    }
    let rest = part.get(1..).unwrap_or_default();
    let is_small = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_capital = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase());
    part.len() <= LONGEST_WORD
        && part.bytes().all(|byte| byte.is_ascii_alphabetic())
        && (is_small(rest) || is_capital(part))
}

/// The bytes of a unit that could be ciphertext, all or none: long enough, and not half of it
/// words. The ids and numbers that messages hold are none.
fn dense(unit: &str, parts: &[Part<'_>]) -> usize {
    let unit = unit.trim_end_matches([' ', '\t', '\n', '\r', '"']);
    let ascii = unit.bytes().filter(u8::is_ascii).count();
    let words: usize =
        parts.iter().filter(|part| part.counts_alone()).map(|part| part.text.len()).sum();
    let is_none =
        ascii < LEAST_ARMOURED || words.saturating_mul(2) >= ascii || plain_value(unit) > 0;
    if is_none { 0 } else { ascii }
}

/// Bytes of a unit that is a number or a time of 8 digits or more, or an id: no words, and no
/// ciphertext either.
fn plain_value(unit: &str) -> usize {
    let digits = unit.bytes().filter(u8::is_ascii_digit).count();
    let letters = unit.bytes().filter(u8::is_ascii_alphabetic).count();
    // A time has two letters. Ciphertext of 17 bytes is a number of 41 digits, a few of which may
    // be zeros in front.
    if (8..32).contains(&digits) && letters <= 2 {
        unit.chars().filter(|c| !c.is_whitespace()).map(char::len_utf8).sum()
    } else {
        uuid(unit)
    }
}

/// Bytes of the unit if it is an id: 8-4-4-4-12 hex digits (RFC 9562), brackets or commas around
/// them passed over.
fn uuid(unit: &str) -> usize {
    let id = unit.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let groups = || id.split('-');
    let is_hex = groups().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if is_hex && groups().map(str::len).eq([8, 4, 4, 4, 12]) { id.len() } else { 0 }
}
