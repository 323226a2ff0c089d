use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng};

use super::*;

mod armour;
mod corpus;

/// Random bytes from a fixed seed.
fn random() -> TestRng {
    TestRng::deterministic_rng(RngAlgorithm::ChaCha)
}

fn bytes_of(rng: &mut TestRng, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    rng.fill_bytes(&mut bytes);
    bytes
}

/// Lengths that short and long frames have, the shortest judged ones often.
fn length(rng: &mut TestRng) -> usize {
    let spread = [4, 40, 300, 4_000][rng.next_u32() as usize % 4];
    LEAST_JUDGED + rng.next_u32() as usize % spread
}

#[test]
fn ten_thousand_random_frames_are_opaque() {
    let mut rng = random();
    for _ in 0..10_000 {
        let len = length(&mut rng);
        let frame = bytes_of(&mut rng, len);
        assert_eq!(judge(&frame), Verdict::Opaque, "{}", hex::encode(frame));
    }
}

/// The bound of the module's documentation, counted out: `f(n)`, the share of all strings of `n`
/// bytes that are printable UTF-8, by the number of ways to end in a character of 1 to 4 bytes.
#[test]
fn the_bound_on_random_text_is_what_is_documented() {
    let ends = [98.0, 30.0 * 64.0, 61_440.0, 1_048_576.0];
    let share = |n: i32| 256f64.powi(-n);
    let mut f = vec![1.0f64];
    for n in 1..=64 {
        let ways = ends.iter().zip(1i32..).filter(|(_, len)| *len <= n);
        f.push(ways.map(|(ways, len)| ways * share(len) * f[(n - len) as usize]).sum());
    }
    for (n, f) in f.iter().enumerate().skip(1) {
        assert!(*f <= 0.83 * 0.4652f64.powi(n as i32), "{n}: {f}");
    }
    assert!(f[LEAST_JUDGED] < 5e-10);
    for payload in [28usize, 100, 1_000, 65_536, 1 << 20, 64 << 20] {
        let run = raw::least_run(payload);
        let bound = payload as f64 * 0.83 * 0.4652f64.powi(run as i32);
        assert!(bound < 2e-10, "{payload}: {run}, {bound}");
    }
    // Chernoff: at least 9 of 10 with a chance of 98 of 256 each.
    let p = 98.0 / 256.0;
    let divergence = 0.9 * (0.9f64 / p).log2() + 0.1 * (0.1 / (1.0 - p)).log2();
    assert!(48.0 * divergence > 40.0);
}

#[test]
fn what_is_written_in_the_clear_is_named() {
    let corpus = corpus::CHAT.iter().chain(&corpus::DATA);
    assert!(corpus.clone().all(|text| text.len() >= LEAST_JUDGED));
    let missed: Vec<_> =
        corpus.filter(|text| !matches!(judge(text.as_bytes()), Verdict::Plaintext(_))).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn what_could_be_encoded_bytes_is_left_alone() {
    for text in corpus::DENSE {
        assert_eq!(judge(text.as_bytes()), Verdict::Opaque, "{text}");
    }
}

#[test]
fn text_beside_what_cannot_be_read_is_named_or_noted() {
    for text in corpus::BESIDE {
        let verdict = judge(text.as_bytes());
        assert!(matches!(verdict, Verdict::Plaintext(_) | Verdict::Mixed), "{verdict:?} {text}");
    }
}

#[test]
fn other_encodings_of_text_are_named() {
    let text = corpus::CHAT[0];
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(judge(&wide), Verdict::Plaintext(Reason::Sentences));
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(judge(&wide), Verdict::Plaintext(Reason::Sentences));
    let latin1 = b"le d\xe9ploiement a r\xe9ussi hier soir, il reste \xe0 pr\xe9venir le client";
    assert_eq!(judge(latin1), Verdict::Plaintext(Reason::Sentences));
    let ended = [text.as_bytes(), b"\0"].concat();
    assert_eq!(judge(&ended), Verdict::Plaintext(Reason::Sentences));
}

#[test]
fn text_in_a_binary_wrapping_is_named_unless_there_is_room_for_ciphertext() {
    let text = corpus::CHAT[0].as_bytes();
    let wrapped = [b"\x08\x01\x12\x03ada\x1a\x37", text, b"\x20\xfa\x9c\x01"].concat();
    assert_eq!(judge(&wrapped), Verdict::Plaintext(Reason::Wrapped));
    let signed = [&wrapped[..], &bytes_of(&mut random(), 64)].concat();
    assert_eq!(judge(&signed), Verdict::Mixed);
}

#[test]
fn files_and_repetition_are_named() {
    let mut rng = random();
    let tail = bytes_of(&mut rng, 500);
    for (head, kind) in [
        (&b"\x89PNG\r\n\x1a\n"[..], "a PNG picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01", "a JPEG picture"),
        (b"%PDF-1.7\n", "a PDF document"),
    ] {
        let file = [head, &tail].concat();
        assert_eq!(judge(&file), Verdict::Plaintext(Reason::File(kind)));
    }
    assert_eq!(judge(&[0; 100]), Verdict::Plaintext(Reason::Repetition));
    assert_eq!(judge(&[0xff, 0, 1, 2].repeat(50)), Verdict::Plaintext(Reason::Repetition));
    assert_eq!(judge(&[b' '; 64]), Verdict::Plaintext(Reason::Repetition));
    // Containers may hold ciphertext.
    assert_eq!(judge(&[b"\x1f\x8b\x08\0\0\0\0\0\0\x03", &tail[..]].concat()), Verdict::Opaque);
}

#[test]
fn large_payloads_are_judged_as_small_ones() {
    let chat = corpus::CHAT.join("\n").repeat(200);
    assert_eq!(judge(chat.as_bytes()), Verdict::Plaintext(Reason::Sentences));
    let sealed = bytes_of(&mut random(), 600_000);
    assert_eq!(judge(&sealed), Verdict::Opaque);
    assert_eq!(judge(crate::domain::encode::base64(&sealed).as_bytes()), Verdict::Opaque);
    let attached = format!("{}\n{}", corpus::CHAT[0], crate::domain::encode::base64(&sealed));
    assert_eq!(judge(attached.as_bytes()), Verdict::Mixed);
}

#[test]
fn what_is_too_short_is_not_judged() {
    for text in ["", "ok", "exactly twenty-seven bytes."] {
        assert_eq!(judge(text.as_bytes()), Verdict::TooShort, "{text}");
    }
    assert_eq!(judge(b"these are just twenty-eight."), Verdict::Plaintext(Reason::Sentences));
}

proptest! {
    #[test]
    fn any_payload_has_a_verdict(payload in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(judge(&payload) == Verdict::TooShort, payload.len() < LEAST_JUDGED);
    }

    #[test]
    fn any_text_has_a_verdict(text in "\\PC{0,200}") {
        prop_assert_ne!(judge(text.as_bytes()) == Verdict::TooShort, text.len() >= LEAST_JUDGED);
    }
}
