//! Frames as a pure function of a seed and a sequence: any of a million comes without the rest.

use crate::domain::{Header, Window};

/// SplitMix64 (Steele, Lea, Flood 2014). Not for secrets: it only has to look like ciphertext.
#[derive(Debug, Clone)]
struct SplitMix64(u64);

impl SplitMix64 {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// A number that depends on both and on nothing else.
pub(super) const fn mix(seed: u64, n: u64) -> u64 {
    SplitMix64(seed ^ n.wrapping_mul(0xd6e8_feb8_6659_fd93)).next()
}

/// Sizes and headers repeat with this period, so that the bytes of a run of any length are known
/// without walking it. Payload bytes do not repeat.
const PERIOD: u64 = 256;

/// What generated frames look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// Sets all bytes.
    pub seed: u64,
    /// Subject of every frame.
    pub subject: String,
    /// Smallest payload in bytes.
    pub least: u64,
    /// Largest ordinary payload in bytes.
    pub most: u64,
    /// Payload of the few large frames in bytes; 0 for none.
    pub large: u64,
    /// Whether some frames carry headers.
    pub headers: bool,
}

impl Shape {
    /// Frames of 60 bytes to 3 KB, some with headers.
    pub fn chat(seed: u64, subject: impl Into<String>) -> Self {
        Self { seed, subject: subject.into(), least: 60, most: 3_000, large: 0, headers: true }
    }

    /// The frame that is stored at a sequence.
    pub fn frame(&self, seq: u64) -> RawFrame {
        let mut random = SplitMix64(mix(self.seed, seq));
        let size = usize::try_from(self.size(seq)).unwrap_or(usize::MAX);
        let mut payload = Vec::with_capacity(size.saturating_add(8));
        while payload.len() < size {
            payload.extend_from_slice(&random.next().to_le_bytes());
        }
        payload.truncate(size);
        self.envelope(seq, random.next(), payload)
    }

    /// The frame around a payload. Its size but for the payload does not depend on `id`.
    fn envelope(&self, seq: u64, id: u64, payload: Vec<u8>) -> RawFrame {
        let mut frame = RawFrame::new(self.subject.as_str(), payload);
        let slot = seq % PERIOD;
        if self.headers && slot % 7 == 3 {
            frame = frame.header(Header::new("Nats-Msg-Id", format!("{id:016x}")));
        }
        if self.headers && slot % 31 == 5 {
            frame = frame
                .header(Header::new("Content-Type", "application/octet-stream"))
                .header(Header::new("Unibus-Key-Epoch", "4"));
        }
        frame
    }

    /// Payload bytes of the frame at a sequence: most are short, as in chat.
    fn size(&self, seq: u64) -> u64 {
        let slot = mix(self.seed, seq % PERIOD);
        if self.large > 0 && seq % PERIOD == self.seed % PERIOD {
            return self.large;
        }
        let span = self.most.saturating_sub(self.least);
        let skew = (slot % 1024) * (slot / 1024 % 1024);
        self.least + span * skew / (1023 * 1023)
    }

    /// Bytes a stream takes for the frames of a window.
    pub(super) fn stored_bytes(&self, window: Window) -> u64 {
        let whole = window.len() / PERIOD;
        let rest = window.len() % PERIOD;
        let cycle = if whole == 0 { 0 } else { self.sum(0, PERIOD) };
        cycle.saturating_mul(whole).saturating_add(self.sum(window.start(), rest))
    }

    fn sum(&self, from: u64, len: u64) -> u64 {
        (0..len)
            .map(|i| from.wrapping_add(i) % PERIOD)
            .map(|slot| self.size(slot) + self.envelope(slot, 0, Vec::new()).stored_bytes())
            .sum()
    }
}

/// A message as it is published. Hostile ones are here as they are on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawFrame {
    /// Subject; one the stream captures.
    pub subject: String,
    /// Header lines. Not every client can publish all of them: a line without a colon takes a
    /// header block written by hand.
    pub headers: Vec<Header>,
    pub payload: Vec<u8>,
}

impl RawFrame {
    pub fn new(subject: impl Into<String>, payload: impl Into<Vec<u8>>) -> Self {
        Self { subject: subject.into(), headers: Vec::new(), payload: payload.into() }
    }

    #[must_use]
    pub fn header(mut self, header: Header) -> Self {
        self.headers.push(header);
        self
    }

    /// The header block as stored: `NATS/1.0`, the lines, an empty line. Empty without headers.
    pub fn header_block(&self) -> Vec<u8> {
        if self.headers.is_empty() {
            return Vec::new();
        }
        let mut block = b"NATS/1.0\r\n".to_vec();
        for header in &self.headers {
            block.extend_from_slice(&header.name);
            if let Some(value) = &header.value {
                block.extend_from_slice(b": ");
                block.extend_from_slice(value);
            }
            block.extend_from_slice(b"\r\n");
        }
        block.extend_from_slice(b"\r\n");
        block
    }

    /// Bytes a file-backed stream takes for it: a record header of 22, a checksum of 8, and 4
    /// more where there are headers (server 2.10+).
    pub fn stored_bytes(&self) -> u64 {
        let block = self.header_block().len();
        let headers = if block == 0 { 0 } else { block + 4 };
        (22 + self.subject.len() + headers + self.payload.len() + 8) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_depends_on_seed_and_sequence_alone() {
        let shape = Shape::chat(7, "a.b");
        assert_eq!(shape.frame(12), shape.frame(12));
        assert_ne!(shape.frame(12).payload, shape.frame(13).payload);
        assert_ne!(shape.frame(12).payload, shape.frame(12 + PERIOD).payload);
        assert_ne!(shape.frame(12).payload, Shape::chat(8, "a.b").frame(12).payload);
    }

    #[test]
    fn sizes_stay_in_their_range_and_some_are_large() {
        let shape = Shape { large: 16_384, ..Shape::chat(3, "a.b") };
        let sizes: Vec<usize> = (1..=1000).map(|seq| shape.frame(seq).payload.len()).collect();
        assert!(sizes.iter().all(|&s| (60..=3_000).contains(&s) || s == 16_384));
        assert!((2..20).contains(&sizes.iter().filter(|&&s| s == 16_384).count()));
        assert!(sizes.iter().any(|&s| s < 100) && sizes.iter().any(|&s| s > 2_000 && s < 3_001));
    }

    #[test]
    fn the_bytes_of_a_run_are_the_sum_of_its_frames() {
        let shape = Shape { large: 16_384, ..Shape::chat(3, "a.b") };
        for (start, end) in [(1, 1), (5, 900), (256, 511), (250, 260)] {
            let sum: u64 = (start..=end).map(|seq| shape.frame(seq).stored_bytes()).sum();
            assert_eq!(shape.stored_bytes(Window::new(start, end).unwrap()), sum);
        }
    }

    #[test]
    fn ciphertext_looks_like_ciphertext() {
        let shape = Shape { least: 65_536, most: 65_536, ..Shape::chat(3, "a.b") };
        let mut counts = [0u32; 256];
        for byte in shape.frame(1).payload {
            counts[byte as usize] += 1;
        }
        assert!(counts.iter().all(|&n| (150..=370).contains(&n)), "each near 256");
    }
}
