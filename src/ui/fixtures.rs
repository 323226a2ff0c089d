//! States to draw: a fixed clock, UTC, and rooms that show every marker.

mod headers;
mod kinds;
mod layers;
mod maps;
mod pages;
mod whys;

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::app::effect::Job;
use crate::app::rooms::Listing;
use crate::app::state::Start;
use crate::app::{Focus, Keymap, State};
use crate::domain::room::KnownFrom;
use crate::domain::{
    Connection, Fault, FaultKind, Found, Frame, Header, PageSize, Room, RoomId, StreamConfig,
    StreamInfo, StreamState, Subject,
};

pub(super) use headers::*;
pub(super) use kinds::*;
pub(super) use layers::*;
pub(super) use maps::*;
pub(super) use pages::*;
pub(super) use whys::*;

pub(super) fn now() -> Timestamp {
    "2026-11-23T12:07:30Z".parse().unwrap()
}

pub(super) fn ago(seconds: i64) -> Timestamp {
    now() - Span::new().seconds(seconds)
}

pub(super) fn id(id: &str) -> RoomId {
    RoomId::new(id).unwrap()
}

fn room(name: &str) -> Room {
    let mut room = Room::bare(id(name), KnownFrom { server: true, file: true, args: false });
    room.subject = Some(Subject::new(format!("unibus.room.{name}")).unwrap());
    room.replicas = Some(1);
    room
}

pub(super) fn info(name: &str, first: u64, last: u64, messages: u64) -> StreamInfo {
    let between = if messages == 0 { 0 } else { last + 1 - first - messages };
    StreamInfo {
        created: ago(86_400 * 40),
        as_of: Some(now()),
        config: StreamConfig {
            subjects: vec![format!("unibus.room.{name}")],
            retention: "limits".into(),
            storage: "file".into(),
            replicas: 1,
            ..StreamConfig::default()
        },
        state: StreamState {
            messages,
            bytes: messages * 731,
            first_seq: first,
            last_seq: last,
            first_time: (messages > 0).then(|| ago(86_400 * 12)),
            last_time: (messages > 0).then(|| ago(95)),
            num_deleted: between,
            ..StreamState::default()
        },
        ..StreamInfo::default()
    }
}

fn found(name: &str, first: u64, last: u64, messages: u64) -> (RoomId, Found) {
    (id(name), Found::Stream(Box::new(info(name, first, last, messages))))
}

/// Bytes that look like ciphertext and are the same each time.
pub(super) fn bytes(seed: u64, len: usize) -> Vec<u8> {
    let mut x = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..len)
        .map(|_| {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            (x >> 32) as u8
        })
        .collect()
}

pub(super) fn frame(seq: u64, seconds_ago: i64) -> Frame {
    Frame {
        seq,
        time: ago(seconds_ago) + Span::new().nanoseconds(123_456_789),
        subject: "unibus.room.general".into(),
        headers: vec![
            Header::new("Nats-Msg-Id", format!("m-{seq}")),
            Header::new("Unibus-Key", "x25519:9f2c"),
            Header::new("Unibus-Key", "x25519:77ab"),
        ],
        payload: bytes(seq, 180 + usize::try_from(seq * 37 % 900).unwrap()),
    }
}

/// The rooms, one of every state, nothing opened.
pub(super) fn rooms(size: (u16, u16)) -> State {
    let mut known: Vec<Room> = ["general", "incidents", "archive", "quiet", "planned", "drifted"]
        .into_iter()
        .map(room)
        .collect();
    known.push(Room { persist: Some(false), ..room("whispers") });
    known.push(Room { name: Some("Büro München".into()), ..room("01HF7YB3") });
    known.push(room("locked"));
    known.push(room("far-away"));
    known.push(Room::bare(id("found-only"), KnownFrom { server: true, ..KnownFrom::default() }));
    known.push(room("million"));
    known.push(room("waiting"));
    let mut state = State::new(Start {
        read_only: false,
        connection: Connection::Connected {
            address: "10.0.7.11:4222".into(),
            tried: "nats://10.0.7.11:4222".into(),
            server: "nats-eu-1".into(),
            version: "2.15.1".into(),
            account: Some("CHAT".into()),
        },
        now: now(),
        zone: TimeZone::UTC,
        keymap: Keymap::default(),
        size,
        page_size: PageSize::DEFAULT,
        known,
        open: None,
        remarks: Vec::new(),
        explained: Vec::new(),
    });
    let mut drifted = info("drifted", 1, 320, 320);
    drifted.config.subjects.push("unibus.room.other".into());
    drifted.config.storage = "memory".into();
    drifted.config.others = vec![("max_age".into(), "86400000000000".into())];
    let mut general = info("general", 5_000, 9_822, 4_801);
    general.leader = Some("nats-eu-1".into());
    state.rooms.found(vec![
        (id("general"), Found::Stream(Box::new(general))),
        found("incidents", 1, 214, 214),
        found("archive", 5_000, 5_900, 901),
        found("quiet", 4_211, 4_210, 0),
        (id("planned"), Found::NoStream),
        (id("drifted"), Found::Stream(Box::new(drifted))),
        (id("whispers"), Found::NoStream),
        found("01HF7YB3", 1, 12_044, 12_041),
        (
            id("locked"),
            Found::Failed(Fault::new(
                FaultKind::Denied("$JS.API.STREAM.INFO.UNIBUS_locked".into()),
                "ask for UNIBUS_locked: permission denied",
            )),
        ),
        (
            id("far-away"),
            Found::Failed(Fault::new(
                FaultKind::Timeout,
                "ask for UNIBUS_far-away: no answer in 5 s",
            )),
        ),
        found("found-only", 1, 77, 77),
        found("million", 1, 1_000_000, 100_000),
    ]);
    state.rooms.selected = Some(id("general"));
    state
}

/// The rooms while they are listed, with what could not be done.
pub(super) fn listing(size: (u16, u16)) -> State {
    let mut state = rooms(size);
    state.rooms.selected = Some(id("planned"));
    state.read_only = true;
    state.rooms.listing = Some(Listing::new(Job(1), ago(3)));
    state.rooms.notes = vec![Fault::new(
        FaultKind::Denied("$JS.API.STREAM.NAMES".into()),
        "may not list streams: permission denied on $JS.API.STREAM.NAMES",
    )];
    state
}

/// A fixture: its name and what makes it for a size.
pub(super) type Fixture = (&'static str, fn((u16, u16)) -> State);

pub(super) const ALL: &[Fixture] = &[
    ("rooms", rooms),
    ("listing", listing),
    ("opened", opened),
    ("partial", partial),
    ("gap", gap_selected),
    ("unread", unread),
    ("drift", drift),
    ("confirm", confirm),
    ("recreate", recreate),
    ("help", help),
    ("prompt", prompt),
    ("connection", connection),
    ("no_server", no_server),
    ("denied", denied),
    ("reconnecting", reconnecting),
    ("no_stream", no_stream),
    ("empty", empty),
    ("hostile", hostile),
    ("large", large),
    ("marked", marked),
    ("batched", batched),
    ("damaged", damaged),
    ("leaderless", leaderless_opened),
    ("map", map),
    ("map_unsampled", unsampled),
    ("map_sampled", sampled),
    ("why", why_damaged),
];

/// A room of each kind, and what is said of one without a leader.
pub(super) const KINDS: &[Fixture] = &[
    ("healthy", healthy),
    ("trimmed", trimmed),
    ("damaged", damaged),
    ("leaderless", leaderless),
    ("leaderless_listed", leaderless_listed),
    ("leaderless_opened", leaderless_opened),
];
