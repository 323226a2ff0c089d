//! The signature of a request. The contract leaves it open, so this is roomscope's own; it is
//! written down in `docs/http.md`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use jiff::{SignedDuration, Timestamp};
use nkeys::{KeyPair, KeyPairType};
use sha2::{Digest as _, Sha256};

use super::Refusal;

/// Header of the caller's public user key, `U…`.
pub const KEY: &str = "roomscope-key";
/// Header of the moment of signing: RFC 3339, UTC, `Z` at the end, with as many digits of a second
/// as the caller likes.
pub const TIME: &str = "roomscope-time";
/// Header of the Ed25519 signature: base64url without padding (RFC 4648 section 5).
pub const SIGNATURE: &str = "roomscope-signature";

/// How far the moment of signing may lie from the server's now, either way.
pub const WINDOW: SignedDuration = SignedDuration::from_secs(60);

/// First line of what is signed, so that no signature made for anything else fits.
const PURPOSE: &str = "roomscope-http-1";

/// Longest key, time and signature there can be.
const LONGEST: usize = 128;

/// A request's signature, as its three headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// [`KEY`].
    pub key: String,
    /// [`TIME`].
    pub time: String,
    /// [`SIGNATURE`].
    pub signature: String,
}

/// A secret key that signs requests.
pub struct Signer(KeyPair);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Signer").field(&self.0.public_key()).finish()
    }
}

impl Signer {
    /// The signer of a user's seed, `SU…`.
    ///
    /// # Errors
    /// What is wrong with it; never the seed.
    pub fn from_seed(seed: &str) -> Result<Self, &'static str> {
        let pair =
            KeyPair::from_seed(seed).map_err(|_| "it holds no NKey seed that can be read")?;
        match pair.key_pair_type() {
            KeyPairType::User => Ok(Self(pair)),
            _ => Err("its seed is not a user's; user seeds begin with SU"),
        }
    }

    /// Signs a request: its method, its path with query exactly as they are sent, and the moment.
    ///
    /// # Errors
    /// When the library cannot sign.
    pub fn sign(&self, method: &str, target: &str, now: Timestamp) -> Result<Signed, String> {
        let time = now.to_string();
        let signature = self.0.sign(&content(method, target, &time));
        let signature = signature.map_err(|error| error.to_string())?;
        Ok(Signed { key: self.0.public_key(), time, signature: URL_SAFE_NO_PAD.encode(signature) })
    }
}

/// Whether this is a public user key, `U…`, that can prove who signed.
#[must_use]
pub fn is_user_key(key: &str) -> bool {
    user_key(key).is_some()
}

/// The point of a public user key in its one spelling. One of small order is none: anybody can
/// make signatures that fit it (RFC 8032 section 5.1.7 leaves them to the application).
fn user_key(key: &str) -> Option<VerifyingKey> {
    let pair = KeyPair::from_public_key(key).ok()?;
    if pair.key_pair_type() != KeyPairType::User || pair.public_key() != key {
        return None;
    }
    let (_, bytes) = nkeys::from_public_key(key).ok()?;
    VerifyingKey::from_bytes(&bytes).ok().filter(|key| !key.is_weak())
}

/// A request whose signature is right and of now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proved {
    /// The last moment at which it is accepted.
    pub(super) until: Timestamp,
    /// Digest of the key and of all that is signed; not of the signature, since there may be several
    /// for the same content.
    pub(super) digest: [u8; 32],
}

/// Checks the signature of a request.
///
/// # Errors
/// What is wrong with it.
pub(super) fn verify(
    method: &str,
    target: &str,
    signed: &Signed,
    now: Timestamp,
) -> Result<Proved, Refusal> {
    let Signed { key, time, signature } = signed;
    if [key, time, signature].iter().any(|text| text.len() > LONGEST) {
        return Err(Refusal::BadSignature);
    }
    let public = user_key(key).ok_or(Refusal::BadKey)?;
    let at: Timestamp = time.parse().map_err(|_| Refusal::BadTime)?;
    if !time.ends_with('Z') {
        return Err(Refusal::BadTime);
    }
    let bytes = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Refusal::BadSignature)?;
    let signature = Signature::from_slice(&bytes).map_err(|_| Refusal::BadSignature)?;
    let content = content(method, target, time);
    public.verify_strict(&content, &signature).map_err(|_| Refusal::BadSignature)?;
    if now.duration_since(at).abs() > WINDOW {
        return Err(Refusal::OutsideWindow);
    }
    let until = at.checked_add(WINDOW).map_err(|_| Refusal::BadTime)?;
    let digest = Sha256::new().chain_update(key).chain_update(b"\n").chain_update(&content);
    Ok(Proved { until, digest: digest.finalize().into() })
}

/// What is signed: four lines with a line feed between them, none of which can hold one.
fn content(method: &str, target: &str, time: &str) -> Vec<u8> {
    format!("{PURPOSE}\n{method}\n{target}\n{time}").into_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TARGET: &str = "/rooms/a/history?limit=3";

    fn signer() -> Signer {
        Signer(KeyPair::new_user())
    }

    fn now() -> Timestamp {
        "2026-03-14T15:09:26.535897932Z".parse().unwrap()
    }

    #[test]
    fn what_is_signed_is_written_down() {
        let docs = include_str!("../../../docs/http.md");
        let pair = KeyPair::new_from_raw(KeyPairType::User, [7; 32]).unwrap();
        let seed = pair.seed().unwrap();
        let signed = Signer::from_seed(&seed).unwrap().sign("GET", TARGET, now()).unwrap();
        let content =
            "roomscope-http-1\nGET\n/rooms/a/history?limit=3\n2026-03-14T15:09:26.535897932Z";
        for part in [&seed, &signed.key, &signed.time, &signed.signature, content] {
            assert!(docs.contains(part), "{part}");
        }
        let bytes = URL_SAFE_NO_PAD.decode(&signed.signature).unwrap();
        pair.verify(content.as_bytes(), &bytes).unwrap();
    }

    #[test]
    fn a_signature_holds_for_its_request_and_no_other() {
        let signed = signer().sign("GET", TARGET, now()).unwrap();
        verify("GET", TARGET, &signed, now()).unwrap();
        let bad = |method: &str, target: &str, signed: &Signed| {
            verify(method, target, signed, now()).unwrap_err()
        };
        for (method, target) in
            [("HEAD", TARGET), ("GET", "/rooms/a/history"), ("GET", "/rooms/a/history?limit=30")]
        {
            assert_eq!(bad(method, target, &signed), Refusal::BadSignature);
        }
        let other = Signed { key: KeyPair::new_user().public_key(), ..signed.clone() };
        assert_eq!(bad("GET", TARGET, &other), Refusal::BadSignature);
        let later = Signed { time: "2026-03-14T15:09:26.6Z".into(), ..signed.clone() };
        assert_eq!(bad("GET", TARGET, &later), Refusal::BadSignature);
        let account = Signed { key: KeyPair::new_account().public_key(), ..signed.clone() };
        assert_eq!(bad("GET", TARGET, &account), Refusal::BadKey);
        let odd = Signed { time: "yesterday".into(), ..signed.clone() };
        assert_eq!(bad("GET", TARGET, &odd), Refusal::BadTime);
        let odd = Signed { time: "2026-03-14T16:09:26+01:00".into(), ..signed.clone() };
        assert_eq!(bad("GET", TARGET, &odd), Refusal::BadTime);
        let padded = Signed { signature: signed.signature.clone() + "==", ..signed };
        assert_eq!(bad("GET", TARGET, &padded), Refusal::BadSignature);
    }

    #[test]
    fn it_holds_for_sixty_seconds_either_way() {
        let signed = signer().sign("GET", TARGET, now()).unwrap();
        let nano = SignedDuration::from_nanos(1);
        let at = |shift: SignedDuration| {
            verify("GET", TARGET, &signed, now().checked_add(shift).unwrap()).map(|_| ())
        };
        assert_eq!(at(WINDOW), Ok(()));
        assert_eq!(at(-WINDOW), Ok(()));
        assert_eq!(at(WINDOW + nano), Err(Refusal::OutsideWindow));
        assert_eq!(at(-WINDOW - nano), Err(Refusal::OutsideWindow));
    }

    #[test]
    fn only_a_user_s_seed_signs_and_no_seed_is_repeated() {
        let account = KeyPair::new_account().seed().unwrap();
        for bad in ["", "SU", "hunter2", &account] {
            let why = Signer::from_seed(bad).unwrap_err();
            assert!(bad.is_empty() || bad == "SU" || !why.contains(bad), "{why}");
        }
        let pair = KeyPair::new_user();
        let seed = pair.seed().unwrap();
        assert!(!format!("{:?}", Signer::from_seed(&seed).unwrap()).contains(&seed));
    }

    /// The eight points of small order, and other spellings of those that have one (the list of
    /// libsodium, with either sign).
    const SMALL: [&str; 7] = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];

    /// A public user key of these bytes, as NKeys spell it.
    fn spelled(bytes: [u8; 32]) -> String {
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

    #[test]
    fn a_key_of_small_order_proves_nothing() {
        let pair = KeyPair::new_user();
        let (_, bytes) = nkeys::from_public_key(&pair.public_key()).unwrap();
        assert_eq!(spelled(bytes), pair.public_key());
        assert!(is_user_key(&pair.public_key()));
        assert!(!is_user_key(&pair.public_key().to_lowercase()));
        let time = now().to_string();
        for small in SMALL {
            for sign in [0, 0x80] {
                let mut bytes: [u8; 32] = hex::decode(small).unwrap().try_into().unwrap();
                bytes[31] |= sign;
                let key = spelled(bytes);
                assert!(!is_user_key(&key), "{small}");
                // The forgery that holds for such a key whatever is signed, one in eight times.
                for other in SMALL {
                    let signature = [hex::decode(other).unwrap(), vec![0; 32]].concat();
                    let signature = URL_SAFE_NO_PAD.encode(signature);
                    let forged = Signed { key: key.clone(), time: time.clone(), signature };
                    assert_eq!(verify("GET", TARGET, &forged, now()), Err(Refusal::BadKey));
                }
            }
        }
    }

    #[test]
    fn a_signature_has_one_spelling() {
        // Its second half may be raised by the order of the group, and hold all the same.
        const ORDER: [u8; 32] = [
            0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9,
            0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
        ];
        let signed = signer().sign("GET", TARGET, now()).unwrap();
        let mut bytes = URL_SAFE_NO_PAD.decode(&signed.signature).unwrap();
        let mut carry = 0;
        for (byte, add) in bytes[32..].iter_mut().zip(ORDER) {
            let sum = u16::from(*byte) + u16::from(add) + carry;
            *byte = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        let raised = Signed { signature: URL_SAFE_NO_PAD.encode(bytes), ..signed };
        assert_eq!(verify("GET", TARGET, &raised, now()), Err(Refusal::BadSignature));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn any_other_target_or_flipped_bit_is_refused(
            target in "/[!-~]{0,60}", other in "/[!-~]{0,60}", at in 0_usize..64, bit in 0_u8..8
        ) {
            let signed = signer().sign("GET", &target, now()).unwrap();
            prop_assert!(verify("GET", &target, &signed, now()).is_ok());
            prop_assert_eq!(verify("GET", &other, &signed, now()).is_ok(), target == other);
            let mut bytes = URL_SAFE_NO_PAD.decode(&signed.signature).unwrap();
            bytes[at] ^= 1 << bit;
            let flipped = Signed { signature: URL_SAFE_NO_PAD.encode(bytes), ..signed };
            prop_assert!(verify("GET", &target, &flipped, now()).is_err());
        }

        #[test]
        fn no_headers_break_it(key in ".{0,200}", time in ".{0,200}", signature in ".{0,200}") {
            let signed = Signed { key, time, signature };
            prop_assert!(verify("GET", TARGET, &signed, now()).is_err());
        }
    }
}
