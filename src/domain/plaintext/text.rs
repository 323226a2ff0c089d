//! Reading text as a person would at a glance: where its words are, which of them make a
//! sentence, and what in it is no words at all.

use std::borrow::Cow;

use super::LEAST_ARMOURED;
use super::ids::plain_value;

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
const SPACELESS: usize = 2;

/// Where the scripts without spaces begin: Thai and what comes after it.
const FIRST_SPACELESS: char = '\u{e00}';

/// The last letter of Latin scripts but rare ones. Up to the first 256 of them, random bytes that
/// were taken for ISO 8859-1 look like letters too.
const LAST_LATIN: char = '\u{24f}';

/// What a text is made of, in bytes unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Reading {
    /// All but white space.
    pub(super) solid: usize,
    /// In words, and in characters beyond ISO 8859-1.
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
        let beyond = solid.clone().filter(|c| *c > '\u{ff}');
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
    /// Whether it has letters of ISO 8859-1 and is no word: bytes look so that were taken for it.
    fn is_bytes(&self) -> bool {
        !self.is_word && self.text.contains(|c| matches!(c, '\u{c0}'..='\u{ff}'))
    }

    /// Whether it is readable wherever it stands.
    fn counts_alone(&self) -> bool {
        self.is_word && self.text.len() >= 3
    }

    /// Whether it is a group beside another of the same length.
    fn follows_like(&self, before: &Self) -> bool {
        self.follows && self.text.is_ascii() && self.text.len() == before.text.len()
    }

    /// How many words it counts for. Single letters may be what a dump shows of bytes.
    fn weight(&self) -> usize {
        if self.text.is_ascii() {
            return usize::from(self.text.len() > 1);
        }
        let spaceless = self.text.chars().filter(|c| *c >= FIRST_SPACELESS).count();
        (spaceless / SPACELESS).max(1)
    }
}

/// What JSON writers escape as what it stands for: `\u4f60` as the letter, and `\"`, which ends no
/// value, as a lesser mark.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains("\\u") && !text.contains("\\\"") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let (c, after) = escaped(after).unwrap_or(('\\', after));
        out.push(c);
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character of an escape, the backslash left out, and what follows it. What is ASCII was
/// escaped for a reason and stays as it is.
fn escaped(text: &str) -> Option<(char, &str)> {
    if let Some(rest) = text.strip_prefix('"') {
        return Some(('\'', rest));
    }
    let (first, rest) = code_unit(text)?;
    if let Some((second, after)) = rest.strip_prefix('\\').and_then(code_unit)
        && let Some(Ok(pair)) = char::decode_utf16([first, second]).next()
        && pair.len_utf16() == 2
    {
        return Some((pair, after));
    }
    let one = char::from_u32(first.into()).filter(|c| !c.is_ascii())?;
    Some((one, rest))
}

fn code_unit(text: &str) -> Option<(u16, &str)> {
    let (digits, rest) = text.strip_prefix('u')?.split_at_checked(4)?;
    Some((u16::from_str_radix(digits, 16).ok()?, rest))
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
        // Dashes in a row are the frame of an armour.
        follows &= between.chars().all(joins) && !between.contains("---");
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
    // Quotation marks and the like, of which a part may have some that are not ASCII.
    let part = part.trim_matches(|c: char| c <= LAST_LATIN && !c.is_alphanumeric());
    let latin = || part.chars().filter(|c| *c <= LAST_LATIN);
    (part.len() <= LONGEST_WORD || !part.is_ascii())
        && latin().all(char::is_alphabetic)
        && (!latin().skip(1).any(char::is_uppercase) || !latin().any(char::is_lowercase))
}

/// The bytes of a unit that could be ciphertext, all or none: long enough, and not half of it
/// words. The ids and numbers that messages hold are none.
fn dense(unit: &str, parts: &[Part<'_>]) -> usize {
    let unit = unit.trim_end_matches([' ', '\t', '\n', '\r', '"']);
    if parts.iter().any(Part::is_bytes) {
        return unit.len();
    }
    let ascii = unit.bytes().filter(u8::is_ascii).count();
    let words: usize =
        parts.iter().filter(|part| part.counts_alone()).map(|part| part.text.len()).sum();
    let is_none =
        ascii < LEAST_ARMOURED || words.saturating_mul(2) >= ascii || plain_value(unit) > 0;
    if is_none { 0 } else { ascii }
}
