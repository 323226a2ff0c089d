//! Direct gets as server 2.15.1 answers them.

use super::super::state::Answer;
use super::super::stream::Stream;
use crate::domain::Frame;
use crate::store::{Batch, End, Get};

/// What a request is answered with, and the last sequence in that.
type Found<T> = Answer<(T, Option<u64>)>;

pub(crate) fn one(stream: &Stream, seq: u64) -> Found<Option<Frame>> {
    let frame = stream.get(Get::Exact(seq));
    let found = frame.as_ref().map(|frame| frame.seq);
    Ok((frame.filter(is_clear), found))
}

/// Steps over holes. Ends once `max_bytes` of subjects and payloads were sent, the message that
/// reaches it included.
pub(crate) fn many(stream: &Stream, from: u64, most: u64, max_bytes: u64) -> Found<Batch> {
    let (mut frames, mut bytes, mut next) = (Vec::new(), 0, Some(from));
    let (mut came, mut unclear, mut last) = (0, 0, None);
    while came < most && bytes < max_bytes {
        let Some(frame) = next.and_then(|seq| stream.get(Get::AtOrAfter(seq))) else { break };
        bytes += (frame.subject.len() + frame.payload.len()) as u64;
        next = frame.seq.checked_add(1);
        came += 1;
        last = Some(frame.seq);
        if is_clear(&frame) {
            frames.push(frame);
        } else {
            unclear += 1;
        }
    }
    let more = next.and_then(|seq| stream.get(Get::AtOrAfter(seq))).is_some();
    let end = if more { End::Cut } else { End::Whole };
    Ok((Batch { frames, unclear, last, end }, last))
}

/// Whether a client that keeps headers by name can tell this frame.
fn is_clear(frame: &Frame) -> bool {
    frame.headers.windows(2).all(|pair| matches!(pair, [a, b] if a.name == b.name))
}
