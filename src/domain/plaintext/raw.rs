//! Payloads as bytes: which of them are text, and what else gives a payload away.

use std::borrow::Cow;

use super::LEAST_JUDGED;

/// Bytes in which repetition is looked for, and how far apart such stretches begin.
const STRETCH: (usize, usize) = (32, 16);

/// First bytes of files that are what they are: no container that could hold ciphertext. Each is
/// of 40 bits or more.
const FILES: [(usize, &[u8], &str); 11] = [
    (0, b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (0, b"GIF87a", "a GIF picture"),
    (0, b"GIF89a", "a GIF picture"),
    (6, b"JFIF\0", "a JPEG picture"),
    (6, b"Exif\0", "a JPEG picture"),
    (8, b"WEBPVP8", "a WebP picture"),
    (8, b"WAVEfmt ", "a WAVE sound"),
    (0, b"%PDF-1.", "a PDF document"),
    (0, b"%PDF-2.", "a PDF document"),
    (0, b"OggS\0", "an Ogg sound"),
    (0, b"SQLite format 3\0", "an SQLite database"),
];

/// The kind of file that a payload begins as.
pub(super) fn file(payload: &[u8]) -> Option<&'static str> {
    let begins = |(at, magic, _): &&(usize, &[u8], &'static str)| {
        payload.get(*at..).is_some_and(|rest| rest.starts_with(magic))
    };
    FILES.iter().find(begins).map(|(_, _, kind)| *kind)
}

/// Whether every stretch of the payload is made of a few byte values: at most 8 of 32, or 4 where
/// an armour could be. Digits are left alone, since bytes may be spelt in two or ten of them.
pub(super) fn repeats(payload: &[u8]) -> bool {
    let printable = payload.iter().filter(|byte| is_ascii_text(**byte)).count();
    let most = if printable.saturating_mul(2) > payload.len() { 4 } else { 8 };
    let (length, apart) = STRETCH;
    let few = |stretch: &[u8]| {
        let mut seen = [false; 256];
        let mut values = 0;
        for byte in stretch {
            if let Some(seen) = seen.get_mut(usize::from(*byte)) {
                values += usize::from(!std::mem::replace(seen, true));
            }
        }
        values <= most
    };
    !payload.iter().any(u8::is_ascii_digit)
        && (0..payload.len()).step_by(apart).all(|start| {
            let end = payload.len().min(start + length);
            payload.get(start..end).is_some_and(few)
        })
}

/// The payload as text, if it is: all of it printable UTF-8, or UTF-16 of mostly Latin letters, or
/// nine tenths of it printable ASCII, the rest replaced.
pub(super) fn text(payload: &[u8]) -> Option<Cow<'_, str>> {
    if let Ok(text) = std::str::from_utf8(payload)
        && text.chars().all(is_printable)
    {
        return Some(Cow::Borrowed(text));
    }
    if let Some(text) = utf16(payload) {
        return Some(Cow::Owned(text));
    }
    let ascii = payload.iter().filter(|byte| is_ascii_text(**byte)).count();
    let mostly = payload.len() >= 48 && ascii.saturating_mul(10) >= payload.len() * 9;
    mostly.then(|| {
        let odd = |c: char| if is_printable(c) { c } else { '\u{1}' };
        let shown = |chunk: std::str::Utf8Chunk<'_>| {
            let rest = if chunk.invalid().is_empty() { None } else { Some('\u{1}') };
            chunk.valid().chars().map(odd).chain(rest).collect::<String>()
        };
        Cow::Owned(payload.utf8_chunks().map(shown).collect())
    })
}

/// Three of four code units have a zero for their upper byte, and all of them are printable.
fn utf16(payload: &[u8]) -> Option<String> {
    let decode = |of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = payload
            .chunks_exact(2)
            .filter_map(|pair| Some(of(pair.try_into().ok()?)))
            .filter(|unit| *unit != 0xfeff)
            .collect();
        let latin = units.iter().filter(|unit| **unit < 256).count();
        let text = String::from_utf16(&units).ok()?;
        (latin * 4 >= units.len() * 3 && text.chars().all(is_printable)).then_some(text)
    };
    if !payload.len().is_multiple_of(2) || !payload.contains(&0) {
        return None;
    }
    decode(u16::from_le_bytes).or_else(|| decode(u16::from_be_bytes))
}

/// How long a run of text must be in a payload of so many bytes, so that random bytes hold such a
/// run with a probability below 2e-10: `n * 0.83 * 0.4652^run`, with logarithms to the base of 2
/// rounded up.
pub(super) fn least_run(payload: usize) -> usize {
    let log = payload.max(LEAST_JUDGED).ilog2() as usize + 1;
    ((log + 32) * 91).div_ceil(100)
}

/// The runs of printable UTF-8 of at least so many bytes.
pub(super) fn runs(payload: &[u8], least: usize) -> impl Iterator<Item = &str> {
    payload
        .utf8_chunks()
        .flat_map(|chunk| chunk.valid().split(|c| !is_printable(c)))
        .filter(move |run| run.len() >= least)
}

/// Printable ASCII, a tab or a line break: 98 of 256 byte values.
const fn is_ascii_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}

/// What text is made of. Private use and what is no character are left out.
const fn is_printable(c: char) -> bool {
    match c {
        '\0'..='\x7f' => is_ascii_text(c as u8),
        '\u{80}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' => false,
        c => (c as u32) & 0xfffe != 0xfffe,
    }
}
