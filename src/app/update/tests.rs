//! The app as a session reads: something happens, then look at the state and the effects.

mod ahead;
mod damage;
mod jumps;
mod keys;
mod map;
mod opening;
mod paging;
mod partial;
mod recreate;
mod selection;
mod streams;
mod why;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::action::{Action, REGISTRY, by_name};
use crate::app::effect::{Effect, Job, Make, Purpose};
use crate::app::key::{Key, KeyCode};
use crate::app::keymap::Keymap;
use crate::app::msg::{Msg, Target};
use crate::app::overlay::Overlay;
use crate::app::state::{Focus, Start, State, Viewport};
use crate::app::update::update;
use crate::app::view::{Content, Row};
use crate::domain::room::KnownFrom;
use crate::domain::{
    Connection, Cost, Drift, Ensured, Fault, FaultKind, Found, Frame, Gap, GapCause, History,
    Listed, Moved, Page, PageBuilder, PageRequest, PageSize, Place, Room, RoomId, RoomState,
    StreamConfig, StreamInfo, StreamState, Subject, Window,
};

struct App {
    state: State,
    effects: Vec<Effect>,
}

fn id(id: &str) -> RoomId {
    RoomId::new(id).unwrap()
}

fn known(name: &str) -> Room {
    let known_from = KnownFrom { file: true, ..KnownFrom::default() };
    Room {
        subject: Subject::new(format!("unibus.room.{name}")).ok(),
        replicas: Some(1),
        persist: Some(true),
        ..Room::bare(id(name), known_from)
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn window(start: u64, end: u64) -> Window {
    Window::new(start, end).unwrap()
}

fn stream(name: &str, last: u64) -> StreamInfo {
    StreamInfo {
        created: at(0),
        config: StreamConfig {
            subjects: vec![format!("unibus.room.{name}")],
            retention: "limits".into(),
            storage: "file".into(),
            replicas: 1,
            ..StreamConfig::default()
        },
        state: StreamState { messages: last, first_seq: 1, last_seq: last, ..Default::default() },
        ..StreamInfo::default()
    }
}

/// A page of frames with a gap and an unread run where asked.
fn page(range: Window, last: u64, gap: Option<Window>, unread: Option<Window>) -> Page {
    let mut builder = PageBuilder::new(range);
    for seq in range.start()..=range.end() {
        let out = |run: Option<Window>| run.is_none_or(|run| !run.contains(seq));
        if out(gap) && out(unread) {
            builder.frame(Arc::new(Frame {
                seq,
                time: at(seq as i64),
                subject: format!("unibus.room.a.{seq}"),
                headers: Vec::new(),
                payload: seq.to_be_bytes().to_vec(),
            }));
        }
    }
    if let Some(range) = gap {
        builder.gap(Gap::new(range, GapCause::Removed, Arc::default()));
    }
    if let Some(range) = unread {
        builder.unread(range, Fault::new(FaultKind::Timeout, "no answer"));
    }
    Page::build(builder, (None, None), Vec::new(), stream("a", last), Cost::default())
}

fn history(page: Page) -> Result<History, Fault> {
    Ok(History::Page(Box::new(page)))
}

fn fault(kind: FaultKind) -> Fault {
    Fault::new(kind, "read UNIBUS_a: it failed")
}

impl App {
    /// An app that just found its connection and lists three rooms.
    fn started(read_only: bool) -> Self {
        let mut app = Self::new(read_only);
        app.send(Msg::Connection(up()));
        let job = app.list_job();
        app.send(Msg::Listed(job, Listed::Done { rooms: 3, requests: 2 }));
        app
    }

    fn new(read_only: bool) -> Self {
        let start = Start {
            read_only,
            connection: down(1),
            now: at(0),
            zone: TimeZone::UTC,
            keymap: Keymap::default(),
            size: (140, 40),
            page_size: PageSize::DEFAULT,
            known: ["a", "b", "c"].map(known).to_vec(),
            open: None,
            remarks: Vec::new(),
            explained: Vec::new(),
        };
        let mut app = Self { state: State::new(start), effects: Vec::new() };
        app.send(Msg::Viewport(Viewport {
            rooms: 10,
            frames: 10,
            detail: 10,
            detail_lines: 15,
            overlay: 10,
            overlay_lines: 10,
            map: (20, 5),
        }));
        app
    }

    /// The app with room `a` opened and this page shown.
    fn reading(page: Page) -> Self {
        let mut app = Self::started(false);
        app.press("Enter");
        app.reply(history(page));
        app
    }

    fn send(&mut self, msg: Msg) {
        self.effects = update(&mut self.state, msg);
    }

    fn press(&mut self, keys: &str) {
        for word in keys.split(' ') {
            let named = [
                ("Enter", KeyCode::Enter),
                ("Esc", KeyCode::Esc),
                ("Tab", KeyCode::Tab),
                ("PgUp", KeyCode::PageUp),
                ("Down", KeyCode::Down),
            ];
            if let Some((_, code)) = named.iter().find(|(name, _)| *name == word) {
                self.send(Msg::Key(Key::plain(*code)));
            } else if let Some(c) = word.strip_prefix("Ctrl-") {
                self.send(Msg::Key(Key::ctrl(c.chars().next().unwrap())));
            } else {
                word.chars().for_each(|c| self.send(Msg::Key(Key::char(c))));
            }
        }
    }

    fn list_job(&self) -> Job {
        self.state.rooms.listing.expect("a listing is under way").job
    }

    fn load_job(&self) -> Job {
        self.state.view.load.expect("a read is under way").job
    }

    fn reply(&mut self, outcome: Result<History, Fault>) {
        let job = self.load_job();
        self.send(Msg::Read(job, outcome));
    }

    /// The place of the one read that the last message asked for.
    fn place(&self) -> Place {
        let places: Vec<_> = self
            .effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Read { purpose: Purpose::Ahead { .. }, .. } => None,
                Effect::Read { request, .. } => Some(request.place),
                _ => None,
            })
            .collect();
        assert_eq!(places.len(), 1, "{:?}", self.effects);
        places[0]
    }

    fn said(&self) -> &str {
        self.state.toasts.back().map_or("", |toast| toast.text.as_str())
    }

    fn selected(&self) -> u64 {
        self.state.view.selected.unwrap()
    }
}

fn up() -> Connection {
    Connection::Connected {
        address: "127.0.0.1:4222".into(),
        tried: "nats://127.0.0.1:4222".into(),
        server: "n1".into(),
        version: "2.15.1".into(),
        account: None,
    }
}

fn down(attempt: u64) -> Connection {
    Connection::Connecting { tried: "nats://127.0.0.1:4222".into(), attempt, last: None }
}

fn lost() -> Connection {
    Connection::Reconnecting { tried: "nats://127.0.0.1:4222".into(), attempt: 1, last: None }
}
