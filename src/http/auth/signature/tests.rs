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
    let docs = include_str!("../../../../docs/http.md");
    let pair = KeyPair::new_from_raw(KeyPairType::User, [7; 32]).unwrap();
    let seed = pair.seed().unwrap();
    let signed = Signer::from_seed(&seed).unwrap().sign("GET", TARGET, now()).unwrap();
    let content = "roomscope-http-1\nGET\n/rooms/a/history?limit=3\n2026-03-14T15:09:26.535897932Z";
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
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
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
