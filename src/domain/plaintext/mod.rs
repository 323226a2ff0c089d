//! Whether a frame of an encrypted room can be read by anyone: the one thing that a store which
//! never decrypts can still tell of its frames.
//!
//! Uneven bytes are no proof. An encrypted frame may come in an envelope: JSON with base64 in it,
//! CBOR with a sender's name before the ciphertext, an armour of text. So a frame is called
//! plaintext only for what can be read in it *and* because there is no room in it for ciphertext:
//! an authenticated ciphertext takes at least [`LEAST_SEALED`] bytes, which in no armour is less
//! than [`LEAST_ARMOURED`] characters. Readable sentences beside something long that cannot be
//! read are [`Verdict::Mixed`]: a signed message, or an envelope with a notice in it.
//!
//! # Errors of the first kind
//! Uniformly random bytes are called plaintext (or mixed) with a probability below 1e-9 a frame,
//! at each length from [`LEAST_JUDGED`] on. What it takes, and how probable that is:
//! - all bytes are printable UTF-8: at most 0.83 * 0.4652^n, so 4.1e-10 for 28 bytes;
//! - nine tenths of at least 48 bytes are printable ASCII: at most 2^-40, by Chernoff's bound;
//! - a run of printable UTF-8 of a length that grows with the frame: at most 2e-10;
//! - a file's signature, UTF-16 or repetition: below 4e-12 together.
//!
//! For random bytes in an armour and an envelope there is no bound, but what was measured: of
//! 717,000 frames (17 to 260 random bytes in 24 armours, as base64, hex and lists of numbers, each
//! in 10 envelopes, as JSON and YAML) none was called plaintext or mixed; of 30,000 in which the
//! bytes stood as letters of ISO 8859-1, 13 were. Armours that are made to look like text are taken
//! for it: words (BIP 39), letters of other scripts, Braille and emoji (base2048, base65536). So
//! may be an envelope that cuts ciphertext into values of less than [`LEAST_ARMOURED`] characters.
//!
//! # Errors of the second kind
//! All of 65 messages in 20 languages and records of programs in the tests are called plaintext. Of
//! 50 other messages, short ones and such with numbers and digests among them, 45 were; of 51 in
//! JSON 43, with the sender's public NKey beside them too; in JSON with an event's id of 30
//! characters 20; in protobuf with a name and a time 21, since text of less than 36 bytes is not
//! looked for in binary data.
//!
//! What hides plaintext is a value beside it that could be ciphertext: any id of
//! [`LEAST_ARMOURED`] characters or more that is not mostly words, no UUID and no public NKey. Then
//! a message of five words in a row is mixed, and a shorter one is not noticed. Compressed or
//! otherwise dense plaintext cannot be told from ciphertext, nor can a table of numbers from encoded
//! bytes: both are [`Verdict::Opaque`]. That verdict says only that nothing shows that the frame can
//! be read.

mod ids;
mod raw;
#[cfg(test)]
mod tests;
mod text;

use text::Reading;

/// Shortest payload to judge, in bytes: a 12-byte nonce and a 16-byte tag around nothing. No
/// frame of an authenticated cipher is shorter, and below it random bytes may look like text.
pub const LEAST_JUDGED: usize = 28;

/// Bytes of the shortest authenticated ciphertext: one byte and a 16-byte tag.
pub const LEAST_SEALED: usize = 17;

/// Characters of the shortest authenticated ciphertext in base85, the densest armour in use: 21.2
/// of them hold 17 bytes.
pub const LEAST_ARMOURED: usize = 21;

/// What a payload looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It can be read, and holds nothing that could be ciphertext.
    Plaintext(Reason),
    /// Sentences can be read in it, beside data that cannot.
    Mixed,
    /// Nothing shows that it can be read.
    Opaque,
    /// Shorter than [`LEAST_JUDGED`]: not judged.
    TooShort,
}

/// Why a payload is called plaintext.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Words follow one another as in a sentence.
    Sentences,
    /// Structured text, as JSON, without a value that could be ciphertext.
    Data,
    /// Sentences fill a payload that is not text as a whole.
    Wrapped,
    /// It begins as a file of this kind does.
    File(&'static str),
    /// A few byte values, over and over.
    Repetition,
}

impl Reason {
    /// In a few words, for a line of a report.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Sentences => "readable sentences",
            Self::Data => "readable data with no room for ciphertext",
            Self::Wrapped => "readable sentences in a binary wrapping",
            Self::File(kind) => kind,
            Self::Repetition => "a few byte values, repeated",
        }
    }
}

pub fn judge(payload: &[u8]) -> Verdict {
    if payload.len() < LEAST_JUDGED {
        return Verdict::TooShort;
    }
    if let Some(kind) = raw::file(payload) {
        return Verdict::Plaintext(Reason::File(kind));
    }
    if raw::repeats(payload) {
        return Verdict::Plaintext(Reason::Repetition);
    }
    match raw::text(payload) {
        Some(text) => of_text(&text),
        None => of_runs(payload),
    }
}

/// The verdict on what is text as a whole.
fn of_text(text: &str) -> Verdict {
    let reading = Reading::of(text);
    match (reading.is_readable(), reading.dense) {
        (true, 0) if reading.has_sentence(4) => Verdict::Plaintext(Reason::Sentences),
        (true, 0) => Verdict::Plaintext(Reason::Data),
        (_, 0) => Verdict::Opaque,
        (readable, dense) if reading.has_sentence(5) => {
            // A link in a message is dense too.
            if readable && dense.saturating_mul(5) < reading.solid {
                Verdict::Plaintext(Reason::Sentences)
            } else {
                Verdict::Mixed
            }
        }
        _ => Verdict::Opaque,
    }
}

/// The verdict on bytes with runs of text among them.
fn of_runs(payload: &[u8]) -> Verdict {
    let runs = raw::runs(payload, raw::least_run(payload.len()));
    let read: usize =
        runs.filter(|run| Reading::of(run).has_sentence(4)).map(|run| run.len()).sum();
    let rest = payload.len().saturating_sub(read);
    if read == 0 {
        Verdict::Opaque
    } else if rest < LEAST_JUDGED || rest.saturating_mul(5) < payload.len() {
        Verdict::Plaintext(Reason::Wrapped)
    } else {
        Verdict::Mixed
    }
}
