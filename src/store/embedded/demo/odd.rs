//! Rooms whose frames are not what they should be.

use jiff::SignedDuration;

use super::{DAY, HOUR, MINUTE, publish, room, shape};
use crate::domain::{Header, Lost, Peer, Subject, Window, encode};
use crate::store::embedded::generate::RawFrame;
use crate::store::embedded::script::{DemoRoom, Step};

/// The sequences of the leaky room whose frames can be read by anyone.
pub const LEAKS: [u64; 5] = [118, 217, 301, 302, 388];

/// An encrypted room with frames that were never encrypted: a client without keys, somebody on the
/// command line, a picture. Beside them are what must not be taken for that: ciphertext in an
/// envelope of JSON, and frames too short to tell.
pub(super) fn leaky() -> Option<DemoRoom> {
    let room = room("hr-desk", "HR desk")?;
    let subject = room.subject.as_ref().map_or("unibus.room", Subject::as_str).to_owned();
    let shape = shape(&room, 11);
    let these = |payloads: Vec<Vec<u8>>, until: SignedDuration| Step::PublishThese {
        frames: payloads.into_iter().map(|p| RawFrame::new(subject.as_str(), p)).collect(),
        until,
    };
    let scan = [b"\x89PNG\r\n\x1a\n", &shape.frame(302).payload[..]].concat();
    let sealed = encode::base64(&shape.frame(303).payload);
    let sealed = format!(r#"{{"v":1,"from":"ada","epoch":4,"ciphertext":"{sealed}"}}"#);
    let steps = vec![
        publish(117, shape.clone(), DAY * 9, DAY * 6),
        these(
            vec![
                br#"{"from":"ada","body":"new phone, it says that my keys are missing?"}"#.to_vec(),
                b"\x02\x9c\x07\x51".to_vec(),
                b"\x02\x41\xee\x18".to_vec(),
            ],
            DAY * 6 - MINUTE,
        ),
        publish(96, shape.clone(), DAY * 6 - MINUTE * 2, DAY * 4),
        these(
            vec![b"Salary review moved to Thursday at ten, bring the signed forms.".to_vec()],
            DAY * 4 - MINUTE,
        ),
        publish(83, shape.clone(), DAY * 4 - MINUTE * 2, DAY * 2),
        these(
            vec![
                "Die Unterlagen der Bewerberin liegen im Büro, siehe Bild.".into(),
                scan,
                sealed.into(),
            ],
            DAY * 2 - MINUTE,
        ),
        publish(84, shape.clone(), DAY * 2 - MINUTE * 2, DAY),
        these(vec![br#"{"type":"typing","user":"grace","room":"hr-desk"}"#.to_vec()], DAY - MINUTE),
        publish(40, shape, DAY - MINUTE * 2, HOUR),
    ];
    Some(DemoRoom::by_contract(room, DAY * 10, steps))
}

/// A room whose server lost a block and cannot read a message of another.
pub(super) fn damaged() -> Option<DemoRoom> {
    let room = room("vault", "Vault")?;
    let shape = shape(&room, 12);
    let mut steps = vec![publish(260, shape, DAY * 3, MINUTE * 12)];
    let lost = Window::new(141, 203)?;
    steps.push(Step::Delete(lost));
    steps.extend(Window::new(230, 231).map(Step::Delete));
    let mut demo = DemoRoom::by_contract(room, DAY * 20, steps);
    if let Some(script) = &mut demo.stream {
        script.condition.lost =
            Lost { seqs: (141..=203).collect(), bytes: 62_400, ..Lost::default() };
        script.condition.unreadable = [244].into();
    }
    Some(demo)
}

/// A room that nobody leads: what a member says of it is its own, possibly old, state.
pub(super) fn leaderless() -> Option<DemoRoom> {
    let room = room("exchange", "Exchange")?;
    let shape = shape(&room, 13);
    let steps = vec![publish(140, shape, DAY * 4, HOUR * 9)];
    let mut demo = DemoRoom::by_contract(room, DAY * 60, steps);
    if let Some(script) = &mut demo.stream {
        let gone = |name: &str| Peer {
            name: name.into(),
            current: false,
            offline: true,
            active: 0,
            lag: 0,
        };
        script.condition.leaderless = true;
        script.condition.peers = vec![gone("eu-1"), gone("eu-2")];
    }
    Some(demo)
}

/// Frames that would take over a terminal if any part of them reached it as it is.
pub(super) fn hostile() -> Option<DemoRoom> {
    let mut room = room("free-for-all", "Free for all")?;
    room.subject = Subject::new("unibus.room.free-for-all.*").ok();
    room.encrypted = false;
    let frame = |token: &str, payload: &[u8]| {
        RawFrame::new(format!("unibus.room.free-for-all.{token}"), payload)
    };
    let bad_header = |name: &[u8], value: Option<&[u8]>| Header {
        name: name.to_vec(),
        value: value.map(<[u8]>::to_vec),
    };
    let frames = vec![
        frame("plain", b"hello from a well-behaved client"),
        frame("title", b"\x1b]0;pwned\x07 sets the window title"),
        frame("clear", b"\x1b[2J\x1b[H clears the screen"),
        frame("lines", b"one\ttwo\nthree\r\nfour\rover"),
        frame("bidi", "invoice \u{202e}fdp.exe".as_bytes()),
        frame("invisible", "zero\u{200b}width \u{2066}isolate\u{2069}".as_bytes()),
        frame("\u{1b}]0;pwned\u{7}", b"the subject sets the window title"),
        frame("\u{202e}txt", b"the subject reads backwards"),
        frame("headers", b"the headers clear the screen")
            .header(Header::new("X-Clear", "\u{1b}[2J"))
            .header(Header::new("X-\u{1b}]0;pwned\u{7}", "name")),
        frame("raw", b"a header that is not UTF-8")
            .header(bad_header(b"X-Latin1", Some(b"caf\xe9 \xff\xfe"))),
        frame("colon", b"a header line without a colon")
            .header(bad_header(b"no colon in this line", None)),
        frame("repeat", b"one header three times")
            .header(Header::new("Via", "a"))
            .header(Header::new("Via", "b"))
            .header(Header::new("Via", "")),
        frame("c1", b"\xc2\x9b2J is an escape sequence in one C1 character"),
        frame("bytes", b"\x9b31m \x00 \xff \xfe raw bytes"),
        frame("backslash", br"\x1b[2J in plain text, not an escape"),
        frame("empty", b""),
    ];
    let steps = vec![Step::PublishThese { frames, until: MINUTE * 22 }];
    Some(DemoRoom::by_contract(room, DAY, steps))
}
