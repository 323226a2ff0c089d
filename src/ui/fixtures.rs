//! States to draw: a fixed clock, UTC, and rooms that show every marker.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use tui_input::Input;

use crate::app::effect::Job;
use crate::app::rooms::Listing;
use crate::app::state::{Start, ToastKind};
use crate::app::view::{Content, Load};
use crate::app::{Focus, Overlay, Prompt, PromptKind, State, Toast};
use crate::domain::room::KnownFrom;
use crate::domain::{
    Connection, Cost, Drift, Edge, Fault, FaultKind, Found, Frame, Gap, GapCause, Header, Page,
    PageBuilder, PageSize, Place, Room, RoomId, StreamConfig, StreamInfo, StreamState, Subject,
    Window, encode,
};

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
    let mut room = Room::bare(
        id(name),
        KnownFrom {
            server: true,
            file: true,
            args: false,
        },
    );
    room.subject = Some(Subject::new(format!("unibus.room.{name}")).unwrap());
    room.replicas = Some(1);
    room
}

pub(super) fn info(name: &str, first: u64, last: u64, messages: u64) -> StreamInfo {
    let between = if messages == 0 {
        0
    } else {
        last + 1 - first - messages
    };
    StreamInfo {
        created: ago(86_400 * 40),
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
        leader: None,
    }
}

fn found(name: &str, first: u64, last: u64, messages: u64) -> (RoomId, Found) {
    (
        id(name),
        Found::Stream(Box::new(info(name, first, last, messages))),
    )
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
    let mut known: Vec<Room> = [
        "general",
        "incidents",
        "archive",
        "quiet",
        "planned",
        "drifted",
    ]
    .into_iter()
    .map(room)
    .collect();
    known.push(Room {
        persist: Some(false),
        ..room("whispers")
    });
    known.push(Room {
        name: Some("Büro München".into()),
        ..room("01HF7YB3")
    });
    known.push(room("locked"));
    known.push(room("far-away"));
    known.push(Room::bare(
        id("found-only"),
        KnownFrom {
            server: true,
            ..KnownFrom::default()
        },
    ));
    known.push(room("million"));
    known.push(room("waiting"));
    let mut state = State::new(Start {
        read_only: false,
        connection: Connection::Connected {
            server: "nats-eu-1".into(),
            version: "2.15.1".into(),
            account: Some("CHAT".into()),
        },
        now: now(),
        zone: TimeZone::UTC,
        size,
        page_size: PageSize::DEFAULT,
        known,
        open: None,
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
    state.rooms.listing = Some(Listing {
        job: Job(1),
        since: ago(3),
    });
    state.rooms.notes = vec![Fault::new(
        FaultKind::Denied("$JS.API.STREAM.NAMES".into()),
        "may not list streams: permission denied on $JS.API.STREAM.NAMES",
    )];
    state
}

pub(super) fn gap(start: u64, end: u64, cause: GapCause) -> Gap {
    Gap {
        range: Window::new(start, end).unwrap(),
        cause,
        before: None,
        after: None,
    }
}

/// A page of `general` with a gap of every cause.
pub(super) fn page() -> Page {
    let mut builder = PageBuilder::new(Window::new(9_623, 9_822).unwrap());
    for seq in 9_623..=9_822_u64 {
        let back = i64::try_from(9_822 - seq).unwrap();
        match seq {
            9_803..=9_811 | 9_700 | 9_760..=9_762 => {}
            9_802 => builder.frame(Arc::new(frame(seq, 259))),
            9_812 => builder.frame(Arc::new(frame(seq, 110))),
            9_813.. => builder.frame(Arc::new(frame(seq, 95 + back))),
            _ => builder.frame(Arc::new(frame(
                seq,
                200 + 3 * back + (9_802 - seq.min(9_802)) as i64 * 400,
            ))),
        }
    }
    builder.gap(gap(9_803, 9_811, GapCause::Deleted));
    builder.gap(gap(9_700, 9_700, GapCause::Missing { list_seen: false }));
    builder.gap(gap(9_760, 9_762, GapCause::Missing { list_seen: true }));
    let cost = Cost {
        info: 1,
        frames: 187,
        gaps: 2,
        failed: 0,
        bytes: 120_000,
        micros: 41_300,
    };
    Page::build(
        builder,
        &Fault::not_tried(),
        info("general", 5_000, 9_822, 4_801),
        cost,
    )
}

/// `general` opened on its newest page, the selection on the newest frame.
pub(super) fn opened(size: (u16, u16)) -> State {
    with_page(rooms(size), page(), 9_822)
}

pub(super) fn with_page(mut state: State, page: Page, selected: u64) -> State {
    state.view.room = state.rooms.selected.clone();
    state.view.content = Content::Page(Arc::new(page));
    state.focus = Focus::Frames;
    select(&mut state, selected);
    state
}

/// Puts the selection on a sequence as the app would.
pub(super) fn select(state: &mut State, seq: u64) {
    state.view.selected = Some(seq);
    state.viewport = super::viewport(state);
    let index = state.view.selected_index().unwrap_or(0);
    let rows = state.view.rows();
    let most = rows.saturating_sub(state.viewport.frames);
    state.view.offset = index.saturating_sub(state.viewport.frames / 2).min(most);
    state.detail.digest = match state.view.selected_row() {
        Some(crate::app::rows::Row::Frame(frame)) => Some((seq, encode::sha256(&frame.payload))),
        _ => None,
    };
}

pub(super) fn gap_selected(size: (u16, u16)) -> State {
    let mut state = opened(size);
    select(&mut state, 9_803);
    state
}

/// A page whose head is gone and of which some could not be read.
pub(super) fn unread(size: (u16, u16)) -> State {
    let mut state = rooms(size);
    state.rooms.selected = Some(id("archive"));
    let mut builder = PageBuilder::new(Window::new(5_000, 5_040).unwrap());
    for seq in (5_000..=5_009).chain(5_031..=5_040) {
        builder.frame(Arc::new(frame(
            seq,
            90_000 - i64::try_from(seq - 5_000).unwrap() * 300,
        )));
    }
    let fault = Fault::new(
        FaultKind::Timeout,
        "read sequence 5010 of UNIBUS_archive: no answer in 5 s",
    );
    builder.unread(Window::new(5_010, 5_030).unwrap(), fault);
    let cost = Cost {
        info: 1,
        frames: 20,
        gaps: 0,
        failed: 3,
        bytes: 9_000,
        micros: 5_012_000,
    };
    let mut page = Page::build(
        builder,
        &Fault::not_tried(),
        info("archive", 5_000, 5_900, 901),
        cost,
    );
    page.head = Some(Gap {
        after: Some(Edge {
            seq: 5_000,
            time: ago(90_000),
        }),
        ..gap(1, 4_999, GapCause::BeforeFirst { first_seq: 5_000 })
    });
    let mut state = with_page(state, page, 5_010);
    let index = state.view.selected_index().unwrap();
    state.view.offset = (index + 1).saturating_sub(state.viewport.frames);
    state
}

pub(super) fn drift(size: (u16, u16)) -> State {
    let mut state = opened(size);
    state.rooms.selected = Some(id("drifted"));
    state.view.room = Some(id("drifted"));
    let row = state.rooms.selected().unwrap().clone();
    let info = row.stream().unwrap().clone();
    let drift = Drift::compare(&row.room, &info.config);
    state.view.drift = Some((Box::new(info), drift));
    state.overlays = vec![Overlay::Drift { scroll: 0 }];
    state
}

pub(super) fn confirm(size: (u16, u16)) -> State {
    let mut state = drift(size);
    state.overlays.push(Overlay::Confirm {
        changes: vec![
            "subjects: unibus.room.drifted, unibus.room.other becomes unibus.room.drifted".into(),
        ],
    });
    state
}

pub(super) fn help(size: (u16, u16)) -> State {
    let mut state = opened(size);
    state.overlays = vec![Overlay::Help {
        scroll: 0,
        filter: String::new(),
    }];
    state
}

pub(super) fn prompt(size: (u16, u16)) -> State {
    let mut state = opened(size);
    state.overlays = vec![Overlay::Prompt(Prompt {
        kind: PromptKind::PageSize,
        input: Input::new("2000".into()),
        error: Some("'2000' is not a page size: give a whole number from 1 to 1000".into()),
    })];
    state
}

pub(super) fn connection(size: (u16, u16)) -> State {
    let mut state = opened(size);
    state.overlays = vec![Overlay::Connection { scroll: 0 }];
    state
}

pub(super) fn no_server(size: (u16, u16)) -> State {
    let mut state = rooms(size);
    state.connection = Connection::Connecting {
        tried: "nats://127.0.0.1:4222".into(),
        attempt: 3,
        last: Some(Fault::new(
            FaultKind::Disconnected,
            "connect to 127.0.0.1:4222: connection refused",
        )),
    };
    state
}

pub(super) fn denied(size: (u16, u16)) -> State {
    let mut state = rooms(size);
    state.connection = Connection::Denied {
        tried: "nats://nats-eu-1:4222".into(),
        fault: Fault::new(
            FaultKind::Denied("credentials".into()),
            "authorization violation",
        ),
    };
    state
}

/// A page on the screen while the server is away and a refresh is under way.
pub(super) fn reconnecting(size: (u16, u16)) -> State {
    let mut state = opened(size);
    state.connection = Connection::Reconnecting {
        tried: "nats://nats-eu-1:4222".into(),
        attempt: 4,
        last: Some(Fault::new(FaultKind::Disconnected, "connection refused")),
    };
    state.view.fault = Some(Fault::new(
        FaultKind::Disconnected,
        "ask for UNIBUS_general: the connection is down",
    ));
    state.view.load = Some(Load {
        job: Job(7),
        place: Place::Newest,
        since: ago(2),
        progress: Some((120, 200)),
    });
    state.toasts.push_back(Toast {
        id: 1,
        kind: ToastKind::Done,
        text: "copied base64 of 9,822".into(),
    });
    state.toasts.push_back(Toast {
        id: 2,
        kind: ToastKind::Failed,
        text: "refresh failed: the connection is down; retry then".into(),
    });
    state
}

pub(super) fn no_stream(size: (u16, u16)) -> State {
    let mut state = rooms(size);
    state.read_only = true;
    state.rooms.selected = Some(id("planned"));
    state.view.room = Some(id("planned"));
    state.view.content = Content::NoStream;
    state.focus = Focus::Frames;
    state
}

pub(super) fn empty(size: (u16, u16)) -> State {
    let mut state = rooms(size);
    state.connection = Connection::Demo;
    state.rooms.selected = Some(id("quiet"));
    state.view.room = Some(id("quiet"));
    state.view.content = Content::Empty(Box::new(info("quiet", 4_211, 4_210, 0)));
    state.focus = Focus::Frames;
    state
}

/// A frame that holds everything a terminal should not be told, and whose room does too.
pub(super) fn hostile(size: (u16, u16)) -> State {
    let mut state = rooms(size);
    let evil = "\u{1b}[2J\u{1b}]0;owned\u{7}\ttab\r\n\u{202e}rtl\u{200b}";
    state.rooms.merge(vec![Room {
        name: Some(format!("evil {evil}")),
        ..Room::bare(id("evil"), KnownFrom::default())
    }]);
    let mut stream = info("evil", 1, 3, 3);
    stream.config.subjects = vec![format!("x.{evil}")];
    stream.config.others = vec![(evil.into(), evil.into())];
    state
        .rooms
        .found(vec![(id("evil"), Found::Stream(Box::new(stream.clone())))]);
    state.rooms.selected = Some(id("evil"));
    let mut builder = PageBuilder::new(Window::new(1, 3).unwrap());
    for seq in 1..=3 {
        builder.frame(Arc::new(Frame {
            subject: format!("x.{evil}漢字かな{}", "long.".repeat(400)),
            headers: vec![
                Header::new(evil.as_bytes(), [0xff, 0x1b, b'[', b'm', 0x80].as_slice()),
                Header {
                    name: b"no colon \x1b[31m".to_vec(),
                    value: None,
                },
                Header::new("Long", "v".repeat(100_000)),
            ],
            payload: [evil.as_bytes(), &[0, 0xff, 0x7f]].concat(),
            ..frame(seq, 40)
        }));
    }
    let page = Page::build(builder, &Fault::not_tried(), stream, Cost::default());
    with_page(state, page, 2)
}

/// A frame of the most bytes the server takes by default, and a page around a great hole.
pub(super) fn large(size: (u16, u16)) -> State {
    let mut state = rooms(size);
    state.rooms.selected = Some(id("million"));
    let mut builder = PageBuilder::new(Window::new(49_990, 950_010).unwrap());
    for seq in (49_990..=50_000).chain(950_001..=950_010) {
        let payload = if seq == 950_001 {
            bytes(seq, 1 << 20)
        } else {
            bytes(seq, 400)
        };
        let back = if seq > 900_000 {
            950_010 - seq
        } else {
            86_400 * 3 + 50_000 - seq
        };
        builder.frame(Arc::new(Frame {
            payload,
            ..frame(seq, i64::try_from(back).unwrap())
        }));
    }
    builder.gap(gap(50_001, 950_000, GapCause::Missing { list_seen: false }));
    let page = Page::build(
        builder,
        &Fault::not_tried(),
        info("million", 1, 1_000_000, 100_000),
        Cost {
            info: 1,
            frames: 21,
            gaps: 1,
            failed: 0,
            bytes: 1_060_000,
            micros: 9_400,
        },
    );
    with_page(state, page, 950_001)
}

/// A fixture: its name and what makes it for a size.
pub(super) type Fixture = (&'static str, fn((u16, u16)) -> State);

/// Every state above.
pub(super) const ALL: &[Fixture] = &[
    ("rooms", rooms),
    ("listing", listing),
    ("opened", opened),
    ("gap", gap_selected),
    ("unread", unread),
    ("drift", drift),
    ("confirm", confirm),
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
];
