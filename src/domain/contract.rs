//! The contract's answer to a history request, `{"messages":["<base64>",…]}`, written part by part.
//!
//! HTTP and `history --format contract` both write it through here, so that they cannot differ by
//! a byte. Nothing follows the closing brace, not even a line break.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::encode::base64_len;

/// What comes before the first frame. The key is the contract's and is never renamed.
pub const BEGIN: &str = "{\"messages\":[";
/// What comes after the last frame.
pub const END: &str = "]}";

/// The list of messages as far as it is written.
#[derive(Debug, Clone, Default)]
pub struct Messages {
    begun: bool,
}

impl Messages {
    /// Appends one frame: a comma where one is due, and its payload as standard base64 with
    /// padding (RFC 4648 section 4) in quotes. Nothing of that needs a JSON escape.
    pub fn frame(&mut self, payload: &[u8], out: &mut String) {
        out.reserve(Self::frame_len(payload.len()));
        self.piece(payload, 0, payload.len(), out);
    }

    /// Appends a piece of a frame, for those who need not have all of it as text at once: from byte
    /// `from` of its payload on, at least three bytes and about `most`. Gives where the next piece
    /// begins, or `None` when the frame is done. The first piece begins at 0, each other one where the
    /// one before said.
    pub fn piece(
        &mut self,
        payload: &[u8],
        from: usize,
        most: usize,
        out: &mut String,
    ) -> Option<usize> {
        if from == 0 {
            if self.begun {
                out.push(',');
            }
            self.begun = true;
            out.push('"');
        }
        let left = payload.get(from..).unwrap_or_default();
        if left.len() > most.max(3)
            // Only the end of a frame is padded.
            && let Some(piece) = left.get(..(most / 3).max(1) * 3)
        {
            STANDARD.encode_string(piece, out);
            return Some(from + piece.len());
        }
        STANDARD.encode_string(left, out);
        out.push('"');
        None
    }

    /// Most bytes that a frame of so many bytes takes.
    pub const fn frame_len(payload: usize) -> usize {
        base64_len(payload).saturating_add(3)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn answer(payloads: &[Vec<u8>]) -> String {
        let mut out = String::from(BEGIN);
        let mut messages = Messages::default();
        for payload in payloads {
            messages.frame(payload, &mut out);
        }
        out + END
    }

    #[test]
    fn it_is_what_the_reference_writes() {
        assert_eq!(answer(&[]), r#"{"messages":[]}"#);
        assert_eq!(answer(&[Vec::new()]), r#"{"messages":[""]}"#);
        let payloads = [b"f".to_vec(), b"fo".to_vec(), b"foo".to_vec(), vec![0xfb, 0xff, 0xbf]];
        assert_eq!(answer(&payloads), r#"{"messages":["Zg==","Zm8=","Zm9v","+/+/"]}"#);
    }

    proptest! {
        #[test]
        fn every_frame_comes_back_byte_for_byte(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..3000), 0..5)
        ) {
            let text = answer(&payloads);
            let list = text.strip_prefix(BEGIN).unwrap().strip_suffix(END).unwrap();
            let back: Vec<_> = list
                .split(',')
                .filter(|_| !payloads.is_empty())
                .map(|frame| frame.strip_prefix('"').unwrap().strip_suffix('"').unwrap())
                .map(|frame| STANDARD.decode(frame).unwrap())
                .collect();
            prop_assert_eq!(back, payloads);
        }

        #[test]
        fn pieces_are_the_same_bytes(
            payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..5),
            sizes in prop::collection::vec(0_usize..100, 1..9)
        ) {
            let mut out = String::from(BEGIN);
            let (mut messages, mut sizes) = (Messages::default(), sizes.iter().cycle());
            for payload in &payloads {
                let mut from = Some(0);
                while let Some(at) = from {
                    let (most, before) = (*sizes.next().unwrap(), out.len());
                    from = messages.piece(payload, at, most, &mut out);
                    prop_assert!(out.len() - before <= Messages::frame_len(most.max(3)));
                }
            }
            prop_assert_eq!(out + END, answer(&payloads));
        }
    }
}
