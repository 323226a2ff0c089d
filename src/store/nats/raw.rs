//! One raw message of a direct get: the stored message, with what the server adds to its headers.
//!
//! What is stored is hostile, its headers too: a message may be stored with the very headers and
//! the status line that the server speaks in. The server appends its own, so the last value of
//! each is the server's, and a reply that carries them is a stored message whatever else it says.
//!
//! The client library keeps headers by name, so the order of different names is lost, and it joins
//! continued lines. A message is taken only if nothing of that kind can have happened; any other
//! is *unclear*, to be read by message-get, which gives the stored bytes.

use async_nats::{HeaderMap, Message};
use jiff::Timestamp;

use crate::domain::{Frame, Header, StreamName};

const STREAM: &str = "Nats-Stream";
const SUBJECT: &str = "Nats-Subject";
const SEQUENCE: &str = "Nats-Sequence";
const TIME: &str = "Nats-Time-Stamp";
const PENDING: &str = "Nats-Num-Pending";
const LAST: &str = "Nats-Last-Sequence";

/// What a raw message is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Raw {
    Frame {
        frame: Frame,
        /// Whether the server sent it as one of a batch.
        in_batch: bool,
    },
    /// A stored message that cannot be told byte for byte.
    Unclear {
        seq: u64,
        /// Whether the server sent it as one of a batch.
        in_batch: bool,
    },
    /// The end of a batch.
    End {
        /// Whether the answering replica has more above it.
        more: bool,
    },
    /// The answering replica has nothing there.
    Nothing,
    /// Anything else, in the server's words.
    Refused(String),
}

/// Tells what a reply to a direct get of this stream is.
pub(super) fn read(message: Message, stream: &StreamName) -> Raw {
    let empty = HeaderMap::new();
    let headers = message.headers.as_ref().unwrap_or(&empty);
    let last = |name: &str| headers.get_last(name).map(|value| value.as_str());
    let stored = last(STREAM).zip(last(SUBJECT)).zip(last(TIME));
    let seq = last(SEQUENCE).and_then(|text| text.parse().ok());
    let (Some(((name, subject), time)), Some(seq)) = (stored, seq) else {
        return status(&message, last(PENDING));
    };
    let in_batch = last(PENDING).is_some() && last(LAST).is_some();
    let unclear = Raw::Unclear { seq, in_batch };
    let Ok(time) = time.parse::<Timestamp>() else { return unclear };
    // A mirror answers in its own name, and keeps what was deleted here.
    if name != stream.as_str() {
        return unclear;
    }
    let added: &[&str] = &[STREAM, SUBJECT, SEQUENCE, TIME, PENDING, LAST];
    let added = if in_batch { added } else { added.get(..4).unwrap_or(added) };
    let around = message.subject.len() + message.reply.as_ref().map_or(0, |reply| reply.len());
    let block = message.length.checked_sub(around + message.payload.len());
    match own(headers, added, block) {
        Some(headers) => {
            let subject = subject.to_owned();
            let payload = message.payload.to_vec();
            Raw::Frame { frame: Frame { seq, time, subject, headers, payload }, in_batch }
        }
        None => unclear,
    }
}

fn status(message: &Message, pending: Option<&str>) -> Raw {
    match message.status.map(|status| status.as_u16()) {
        Some(404) => Raw::Nothing,
        Some(204) => Raw::End { more: pending != Some("0") },
        code => {
            let words = message.description.as_deref().unwrap_or("no stored message");
            Raw::Refused(format!("{} {words}", code.unwrap_or(0)))
        }
    }
}

/// The message's own headers, when they are of one name at most, their values are without blanks,
/// and the header block is exactly as long as these headers written out.
fn own(headers: &HeaderMap, added: &[&str], block: Option<usize>) -> Option<Vec<Header>> {
    let mut own = Vec::new();
    let mut length = "NATS/1.0\r\n\r\n".len();
    let mut names = 0;
    for (name, values) in headers.iter() {
        let name: &str = name.as_ref();
        let line = name.len() + ": \r\n".len();
        length += values.iter().map(|value| line + value.as_str().len()).sum::<usize>();
        let ours = values.len().saturating_sub(usize::from(added.contains(&name)));
        names += usize::from(ours > 0);
        for value in values.iter().take(ours) {
            if value.as_str().chars().any(|c| c.is_whitespace() || c.is_control()) {
                return None;
            }
            own.push(Header::new(name, value.as_str()));
        }
    }
    (names <= 1 && block == Some(length)).then_some(own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RoomId;

    /// A reply with this header block, as the client library takes it in.
    fn reply(lines: &[(&str, &str)], payload: &str) -> Message {
        let mut headers = HeaderMap::new();
        let mut length = 12 + "in".len() + payload.len();
        for (name, value) in lines {
            headers.append(*name, *value);
            length += name.len() + value.len() + 4;
        }
        Message {
            subject: "in".into(),
            reply: None,
            payload: payload.to_owned().into(),
            headers: Some(headers),
            status: None,
            description: None,
            length,
        }
    }

    const ADDED: [(&str, &str); 4] = [
        (STREAM, "UNIBUS_a"),
        (SUBJECT, "room.a"),
        (SEQUENCE, "7"),
        (TIME, "2026-11-23T14:10:56.214080946Z"),
    ];

    fn told(message: Message) -> Raw {
        read(message, &RoomId::new("a").unwrap().stream())
    }

    #[test]
    fn a_stored_message_is_told_with_its_own_headers() {
        let own = [("Nats-Msg-Id", "x1"), ("Nats-Msg-Id", "x2")];
        let Raw::Frame { frame, in_batch: false } = told(reply(&[&own[..], &ADDED].concat(), "hi"))
        else {
            panic!()
        };
        assert_eq!(
            (frame.seq, frame.subject.as_str(), frame.payload.as_slice()),
            (7, "room.a", &b"hi"[..])
        );
        assert_eq!(frame.time.to_string(), "2026-11-23T14:10:56.214080946Z");
        assert_eq!(frame.headers, own.map(|(name, value)| Header::new(name, value)));
        let batch = [&ADDED[..], &[(PENDING, "0"), (LAST, "6")]].concat();
        assert!(matches!(told(reply(&batch, "")), Raw::Frame { in_batch: true, .. }));
    }

    #[test]
    fn a_message_that_speaks_as_the_server_is_still_a_message() {
        let own = [(SEQUENCE, "99")];
        let mut message = reply(&[&own[..], &ADDED].concat(), "");
        let Raw::Frame { frame, .. } = told(message.clone()) else { panic!() };
        assert_eq!((frame.seq, frame.headers), (7, vec![Header::new(SEQUENCE, "99")]));
        message.status = Some(async_nats::StatusCode::from_u16(204).ok().unwrap());
        message.length += " 204 EOB".len();
        assert_eq!(told(message), Raw::Unclear { seq: 7, in_batch: false });
    }

    #[test]
    fn what_cannot_be_told_exactly_is_unclear() {
        let unclear = Raw::Unclear { seq: 7, in_batch: false };
        assert_eq!(told(reply(&[&[("A", "1"), ("B", "2")][..], &ADDED].concat(), "")), unclear);
        assert_eq!(told(reply(&[&[("A", "1 2")][..], &ADDED].concat(), "")), unclear);
        let mut odd = reply(&[&[("A", "1")][..], &ADDED].concat(), "");
        odd.length -= 1;
        assert_eq!(told(odd), unclear);
        let mut mirror = ADDED;
        mirror[0].1 = "MIRROR";
        assert_eq!(told(reply(&mirror, "")), unclear);
    }

    #[test]
    fn the_servers_own_words_are_read() {
        let said = |code: u16, lines: &[(&str, &str)]| {
            let mut message = reply(lines, "");
            message.status = async_nats::StatusCode::from_u16(code).ok();
            told(message)
        };
        assert_eq!(said(404, &[]), Raw::Nothing);
        assert_eq!(said(204, &[(PENDING, "0"), (LAST, "7")]), Raw::End { more: false });
        assert_eq!(said(204, &[(PENDING, "12"), (LAST, "7")]), Raw::End { more: true });
        assert!(matches!(said(503, &[]), Raw::Refused(_)));
        assert!(matches!(told(reply(&[], "x")), Raw::Refused(_)));
    }
}
