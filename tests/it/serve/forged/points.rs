//! The curve's points of small order, in each of their spellings, and keys made of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};

use super::forge::Request;

/// The eight points of small order and other spellings of those that have one (the list of libsodium),
/// each without and with the bit of the sign.
const SMALL: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

/// The order of the group that signatures are made in, least byte first.
pub(super) const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// All fourteen spellings.
pub(super) fn small() -> Vec<[u8; 32]> {
    let bytes = |text: &str| -> [u8; 32] { hex::decode(text).unwrap().try_into().unwrap() };
    let both = |text: &&str| {
        let (plain, mut signed) = (bytes(text), bytes(text));
        signed[31] |= 0x80;
        [plain, signed]
    };
    SMALL.iter().flat_map(both).collect()
}

/// One of the spellings of coordinates that are not below the field's prime: 2^255 - 19 and the 18
/// above it, with either sign.
pub(super) fn above_the_prime(n: usize) -> [u8; 32] {
    let mut bytes = [0xff; 32];
    bytes[0] = 0xed + u8::try_from(n % 19).unwrap();
    bytes[31] = if (n / 19).is_multiple_of(2) { 0x7f } else { 0xff };
    bytes
}

/// The sum of two points; none where one of them is none.
pub(super) fn sum(a: &[u8; 32], b: &[u8; 32]) -> Option<[u8; 32]> {
    let point = |bytes| VerifyingKey::from_bytes(bytes).ok().map(|key| key.to_edwards());
    Some(VerifyingKey::from(point(a)? + point(b)?).to_bytes())
}

/// A public user key of these bytes, as NKeys spell it.
pub(super) fn key(bytes: [u8; 32]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut raw = vec![20 << 3];
    raw.extend(bytes);
    let mut crc = 0_u16;
    for byte in &raw {
        crc ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            crc = if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 };
        }
    }
    raw.extend(crc.to_le_bytes());
    let bits: Vec<bool> =
        raw.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
    let letter = |five: &[bool]| {
        LETTERS[five.iter().fold(0, |all, bit| all * 2 + usize::from(*bit))] as char
    };
    bits.chunks(5).map(letter).collect()
}

/// Whether a check that is not strict takes a request.
pub(super) fn lax(request: &Request) -> bool {
    let [(_, key), (_, time), (_, signature)] = &request.headers;
    let content = format!("roomscope-http-1\nGET\n{}\n{time}", request.target);
    let Ok((_, key)) = nkeys::from_public_key(key) else { return false };
    let Ok(signature) = URL_SAFE_NO_PAD.decode(signature) else { return false };
    fits(&key, content.as_bytes(), &signature)
}

/// Whether a check that is not strict takes a signature.
pub(super) fn fits(key: &[u8; 32], content: &[u8], signature: &[u8]) -> bool {
    let key = VerifyingKey::from_bytes(key);
    let signature = Signature::from_slice(signature);
    key.is_ok_and(|key| signature.is_ok_and(|signature| key.verify(content, &signature).is_ok()))
}
