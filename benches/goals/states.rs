//! States to draw and to change: made through messages, as the program makes them.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use roomscope::app::state::Start;
use roomscope::app::{Effect, Job, Keymap, Msg, State};
use roomscope::domain::room::KnownFrom;
use roomscope::domain::{
    Connection, Found, Frame, Gap, GapCause, Header, History, Listed, Page, PageBuilder, PageSize,
    Room, RoomId, StreamConfig, StreamInfo, StreamState, Window,
};
use roomscope::runtime::step;

/// Everything a terminal should not be told, and letters that take two columns.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;x\u{7}\t\u{202e}\u{200b}漢字かなé";

/// The cache of frames as it is when nobody says otherwise, in bytes.
pub(crate) const CACHE: u64 = 32 << 20;

/// A frame past every usual size; its room's page shows it.
const LARGE: usize = 1 << 20;

fn now() -> Timestamp {
    Timestamp::from_second(1_773_500_966).unwrap()
}

/// The app at its start, with rooms of a rooms file.
pub(crate) fn start(known: Vec<Room>, size: (u16, u16)) -> State {
    State::new(Start {
        read_only: false,
        connection: Connection::local("demo"),
        now: now(),
        zone: TimeZone::UTC,
        keymap: Keymap::default(),
        size,
        page_size: PageSize::MAX,
        known,
        open: None,
        remarks: Vec::new(),
        explained: Vec::new(),
    })
}

/// Ten thousand rooms of hostile names, and one open on a page of 1,000 sequences in which every
/// row is dear: frames with 40 headers of 10 kB and of 1 MiB alternate with gaps.
pub(crate) fn worst(size: (u16, u16)) -> State {
    let rooms = (0..10_000).map(|n| Room {
        name: Some(format!("{n:05} {HOSTILE}")),
        ..Room::bare(id(n), KnownFrom { server: true, ..KnownFrom::default() })
    });
    let mut state = start(rooms.collect(), size);
    let effects = step(&mut state, Msg::Connection(Connection::local("demo")));
    let job = job(&effects);
    let found = (0..10_000).map(|n| (id(n), Found::Stream(Box::new(info(1_000_000)))));
    step(&mut state, Msg::Listed(job, Listed::Found(found.collect())));
    step(&mut state, Msg::Listed(job, Listed::Done { rooms: 10_000, requests: 50 }));
    let open = job_of_open(&mut state, id(9_990));
    step(&mut state, Msg::Read(open, Ok(page())));
    state
}

/// Opens a room and gives the job of its read.
pub(crate) fn job_of_open(state: &mut State, room: RoomId) -> Job {
    job(&step(state, Msg::OpenRoom(room)))
}

/// The job of the first effect that has a reply.
fn job(effects: &[Effect]) -> Job {
    let job = effects.iter().find_map(|effect| match effect {
        Effect::List { job, .. } | Effect::Read { job, .. } => Some(*job),
        _ => None,
    });
    job.unwrap()
}

fn id(n: usize) -> RoomId {
    RoomId::new(format!("room-{n:05}")).unwrap()
}

fn info(last: u64) -> StreamInfo {
    StreamInfo {
        created: now() - SignedDuration::from_hours(1_000),
        config: StreamConfig {
            subjects: vec![format!("x.{HOSTILE}"), "other".into()],
            retention: "limits".into(),
            storage: "file".into(),
            replicas: 1,
            ..StreamConfig::default()
        },
        state: StreamState {
            messages: last / 2,
            bytes: last * 1_000,
            first_seq: 1,
            last_seq: last,
            first_time: Some(now() - SignedDuration::from_hours(900)),
            last_time: Some(now()),
            num_deleted: last / 2,
            ..StreamState::default()
        },
        leader: Some("n1".into()),
        ..StreamInfo::default()
    }
}

/// The last page of the worst stream.
pub(crate) fn page() -> History {
    let last = 1_000_000;
    let payload: Vec<u8> = (0..LARGE).map(|n| ((n * 2_654_435_761_usize) >> 13) as u8).collect();
    let mut headers: Vec<Header> =
        (0..40).map(|n| Header::new(format!("{n} {HOSTILE}"), "v\u{1b}é".repeat(2_500))).collect();
    headers.push(Header { name: b"no colon \x1b[31m\xff".to_vec(), value: None });
    let mut builder = PageBuilder::new(Window::new(last - 999, last).unwrap());
    for seq in last - 999..=last {
        if seq % 2 == 1 {
            builder.gap(Gap::new(Window::one(seq), GapCause::NotKnown, Arc::default()));
            continue;
        }
        // Few are great, so that the state itself stays small; the selected one is.
        let great = seq > last - 4;
        builder.frame(Arc::new(Frame {
            seq,
            time: now() - SignedDuration::from_hours((last - seq).cast_signed()),
            subject: format!("x.{HOSTILE}{}", "long漢.".repeat(if great { 4_000 } else { 40 })),
            headers: if great { headers.clone() } else { Vec::new() },
            payload: payload[..if great { LARGE } else { 3_000 }].to_vec(),
        }));
    }
    let cost = roomscope::domain::Cost::default();
    History::Page(Box::new(Page::build(builder, (None, None), Vec::new(), info(last), cost)))
}
