//! Values of messages that are no words, and no ciphertext either: numbers, times and ids.

/// Characters of a public NKey.
const KEY: usize = 56;

/// The digits of base32 (RFC 4648 section 6).
const BASE32: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Bytes of a unit that is a number or a time of 8 digits or more, or an id: no words, and no
/// ciphertext either.
pub(super) fn plain_value(unit: &str) -> usize {
    let digits = unit.bytes().filter(u8::is_ascii_digit).count();
    let letters = unit.bytes().filter(u8::is_ascii_alphabetic).count();
    // A time has two letters. Ciphertext of 17 bytes is a number of 41 digits, a few of which may
    // be zeros in front.
    if (8..32).contains(&digits) && letters <= 2 {
        unit.chars().filter(|c| !c.is_whitespace()).map(char::len_utf8).sum()
    } else {
        id(unit)
    }
}

/// Bytes of the unit if it is an id, brackets or commas around it passed over.
fn id(unit: &str) -> usize {
    let id = unit.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if is_uuid(id) || is_public_key(id) { id.len() } else { 0 }
}

/// 8-4-4-4-12 hex digits (RFC 9562).
fn is_uuid(id: &str) -> bool {
    let groups = || id.split('-');
    let is_hex = groups().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()));
    is_hex && groups().map(str::len).eq([8, 4, 4, 4, 12])
}

/// A public NKey, as senders are named by: a prefix, 32 bytes and their checksum, in base32. One of
/// 65,536 random strings of its shape has the right checksum.
fn is_public_key(id: &str) -> bool {
    let letters = || id.bytes().map(|byte| BASE32.iter().position(|known| *known == byte));
    if id.len() != KEY || !id.starts_with(['U', 'A', 'N', 'C', 'O', 'X']) {
        return false;
    }
    let (mut bits, mut held) = (0_u32, 0);
    let mut bytes = Vec::with_capacity(KEY * 5 / 8);
    for letter in letters() {
        let Some(letter) = letter else { return false };
        bits = bits << 5 | letter as u32;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 0xff) as u8);
        }
    }
    bytes.split_last_chunk::<2>().is_some_and(|(key, sum)| crc16(key) == u16::from_le_bytes(*sum))
}

/// CRC-16/XMODEM, the checksum of NKeys.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| {
            crc << 1 ^ if crc & 0x8000 == 0 { 0 } else { 0x1021 }
        })
    })
}
