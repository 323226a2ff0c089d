//! The app as a session reads: something happens, then look at the state and the effects.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::app::action::{REGISTRY, by_key, by_name};
use crate::app::effect::{Effect, Job};
use crate::app::key::{Key, KeyCode};
use crate::app::msg::{Msg, Target};
use crate::app::state::{Focus, Overlay, Start, State, Viewport};
use crate::app::update::update;
use crate::app::view::Content;
use crate::domain::room::KnownFrom;
use crate::domain::{
    Connection, Cost, Drift, Ensured, Fault, FaultKind, Found, Frame, Gap, GapCause, History,
    Listed, Page, PageBuilder, PageSize, Place, Room, RoomId, RoomState, StreamConfig, StreamInfo,
    StreamState, Subject, Window,
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
        leader: None,
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
        builder.gap(Gap { range, cause: GapCause::Deleted, before: None, after: None });
    }
    if let Some(range) = unread {
        builder.unread(range, Fault::new(FaultKind::Timeout, "no answer"));
    }
    Page::build(builder, (None, None), None, stream("a", last), Cost::default())
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
            size: (140, 40),
            page_size: PageSize::DEFAULT,
            known: ["a", "b", "c"].map(known).to_vec(),
            open: None,
        };
        let mut app = Self { state: State::new(start), effects: Vec::new() };
        app.send(Msg::Viewport(Viewport {
            rooms: 10,
            frames: 10,
            detail: 10,
            detail_lines: 15,
            overlay: 10,
            overlay_lines: 10,
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
                Effect::Read { place, .. } | Effect::Open { place, .. } => Some(*place),
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

#[test]
fn nothing_is_asked_for_before_there_is_a_connection() {
    let mut app = App::new(false);
    app.send(Msg::Connection(down(2)));
    assert_eq!(app.effects, []);
    app.send(Msg::Connection(up()));
    assert!(matches!(&app.effects[..], [Effect::List { known, .. }] if known.len() == 3));
}

#[test]
fn a_room_named_at_the_start_is_opened_once_there_is_a_connection() {
    let mut app = App::new(false);
    app.state.open_at_start = Some(id("b"));
    app.send(Msg::Connection(up()));
    assert!(matches!(&app.effects[1], Effect::Open { room, .. } if room.id == id("b")));
    app.send(Msg::Connection(lost()));
    app.send(Msg::Connection(up()));
    assert!(!app.effects.iter().any(|effect| matches!(effect, Effect::Read { .. })));
}

#[test]
fn moving_through_the_list_sends_nothing_and_enter_opens() {
    let mut app = App::started(false);
    app.press("j");
    assert_eq!((app.effects.len(), app.state.rooms.selected.clone()), (0, Some(id("b"))));
    app.press("Enter");
    assert!(matches!(&app.effects[..], [Effect::Open { room, place: Place::Newest, .. }]
        if room.id == id("b")));
    assert_eq!(app.state.focus, Focus::Frames);
}

#[test]
fn the_newest_page_opens_at_its_end_and_an_older_one_goes_on_upwards() {
    let mut app = App::reading(page(window(301, 500), 500, None, None));
    assert_eq!(app.selected(), 500);
    app.press("[");
    assert_eq!(app.place(), Place::Before(301));
    app.reply(history(page(window(101, 300), 500, None, None)));
    assert_eq!(app.selected(), 300);
    app.press("]");
    assert_eq!(app.place(), Place::After(300));
    app.reply(history(page(window(301, 500), 500, None, None)));
    assert_eq!(app.selected(), 301);
    app.press("{");
    assert_eq!(app.place(), Place::Oldest);
}

#[test]
fn a_count_turns_several_pages_and_goes_to_a_row() {
    let mut app = App::reading(page(window(801, 1000), 1000, None, None));
    app.press("3[");
    assert_eq!(app.place(), Place::Before(401));
    app.press("5G");
    assert_eq!(app.selected(), 805);
    app.press("10k");
    assert_eq!(app.selected(), 801);
    app.press("12j gg");
    assert_eq!(app.selected(), 801);
}

#[test]
fn gaps_are_rows_that_keys_go_to() {
    let mut app = App::reading(page(window(1, 100), 100, Some(window(40, 49)), None));
    app.press(",");
    assert_eq!(app.selected(), 40);
    assert_eq!(app.state.view.selected_index(), Some(39));
    app.press("j");
    assert_eq!(app.selected(), 50, "a gap is one row");
    app.press(".");
    assert!(app.said().contains("no gap below"), "{}", app.said());
}

#[test]
fn a_late_reply_for_a_screen_that_moved_on_is_dropped() {
    let mut app = App::reading(page(window(301, 500), 500, None, None));
    app.press("[");
    let old = app.load_job();
    app.press("{");
    app.send(Msg::Read(old, history(page(window(101, 300), 500, None, None))));
    assert_eq!(app.state.view.page().unwrap().window(), window(301, 500));
    assert!(app.state.view.load.is_some());
    app.send(Msg::Ensured(old, Ok(Ensured::Created(Box::new(stream("a", 0))))));
    assert_eq!(app.state.view.note, None);
}

#[test]
fn opening_another_room_lets_go_of_the_page_at_once() {
    let mut app = App::reading(page(window(301, 500), 500, None, None));
    app.press("Esc j Enter");
    assert!(matches!(app.state.view.content, Content::Nothing));
    assert_eq!(app.state.view.room, Some(id("b")));
}

#[test]
fn a_refresh_keeps_the_window_and_the_selection() {
    let mut app = App::reading(page(window(301, 500), 500, None, None));
    app.press("20k r");
    assert_eq!(app.place(), Place::At(window(301, 500)));
    app.reply(history(page(window(301, 500), 512, Some(window(470, 490)), None)));
    assert_eq!(app.selected(), 470, "the row that now holds sequence 480");
    assert!(!app.state.view.is_newest());
}

#[test]
fn a_refresh_at_the_end_stays_at_the_end() {
    let mut app = App::reading(page(window(301, 500), 500, None, None));
    app.press("r");
    assert_eq!(app.place(), Place::Newest);
    app.reply(history(page(window(313, 512), 512, None, None)));
    assert_eq!(app.selected(), 512);
}

#[test]
fn a_failed_read_keeps_what_was_there_and_says_so() {
    let mut app = App::reading(page(window(301, 500), 500, None, None));
    app.press("[");
    app.reply(Err(fault(FaultKind::Timeout)));
    assert_eq!(app.state.view.page().unwrap().window(), window(301, 500));
    assert!(app.state.view.fault.is_some());
    assert!(app.said().contains("it failed; retry"), "{}", app.said());
}

#[test]
fn unread_runs_are_read_again_by_key_and_when_the_connection_is_back() {
    let holey = page(window(1, 100), 100, None, Some(window(40, 49)));
    let mut app = App::reading(holey);
    app.press("R");
    assert!(matches!(&app.effects[..], [Effect::Retry { .. }]));
    app.reply(Err(fault(FaultKind::Disconnected)));
    app.send(Msg::Connection(lost()));
    assert!(app.state.view.page().is_some(), "it keeps what it had");
    app.send(Msg::Connection(up()));
    assert!(matches!(&app.effects[..], [Effect::List { .. }, Effect::Retry { .. }]));
    app.reply(history(page(window(1, 100), 100, None, None)));
    app.press("R");
    assert!(app.said().contains("everything on this page was read"));
}

#[test]
fn a_room_that_could_not_be_opened_is_opened_when_the_connection_is_back() {
    let mut app = App::started(false);
    app.press("Enter");
    app.reply(Err(fault(FaultKind::Disconnected)));
    app.press("Esc");
    app.send(Msg::Connection(lost()));
    app.send(Msg::Connection(up()));
    assert!(app.effects.iter().any(|effect| matches!(effect, Effect::Open { .. })));
    assert_eq!(app.state.focus, Focus::Rooms, "the keys stay where they were");
}

#[test]
fn a_created_stream_says_that_earlier_messages_were_never_captured() {
    let mut app = App::started(false);
    app.press("Enter");
    let job = app.load_job();
    app.send(Msg::Ensured(job, Ok(Ensured::Created(Box::new(stream("a", 0))))));
    assert!(app.state.view.note.as_deref().unwrap().contains("never captured"));
    assert!(app.said().contains("created UNIBUS_a"));
    assert!(matches!(app.state.rooms.get(&id("a")).unwrap().found, Found::Stream(_)));
}

#[test]
fn read_only_says_what_it_would_create() {
    let mut app = App::started(true);
    app.press("Enter");
    let (job, spec) = (app.load_job(), known("a").spec().unwrap());
    app.send(Msg::Ensured(job, Ok(Ensured::WouldCreate(spec))));
    app.reply(Ok(History::NoStream));
    assert_eq!(app.state.view.note, None, "the pane without a page says it, once");
    assert!(matches!(app.state.view.content, Content::NoStream));
}

fn drifted(read_only: bool) -> App {
    let mut app = App::started(read_only);
    let mut info = stream("a", 9);
    info.config.replicas = 3;
    info.config.others = vec![("max_age".into(), "60".into())];
    app.press("Ctrl-r");
    let job = app.list_job();
    let found = vec![(id("a"), Found::Stream(Box::new(info)))];
    app.send(Msg::Listed(job, Listed::Found(found)));
    app
}

#[test]
fn a_drifted_stream_changes_only_after_a_yes_that_names_what_changes() {
    let mut app = drifted(false);
    app.press("d");
    assert!(matches!(app.state.top(), Some(Overlay::Drift { .. })));
    app.press("A");
    let Some(Overlay::Confirm { changes, .. }) = app.state.top() else { panic!() };
    assert_eq!(changes, &["num_replicas: 3 -> 1"]);
    app.press("Enter");
    assert!(app.said().contains("nothing was changed"), "Enter is not yes");
    app.press("A y");
    let [Effect::Amend { job, room, seen }] = &app.effects[..] else { panic!() };
    assert_eq!((room.id.as_str(), seen.config.replicas), ("a", 3));
    let job = *job;
    app.send(Msg::Amended(job, Ok((Box::new(stream("a", 9)), Drift::default()))));
    assert!(app.said().contains("as the contract makes it"));
    assert!(app.state.rooms.get(&id("a")).unwrap().drift().is_none());
}

#[test]
fn a_change_is_for_the_room_that_was_asked_about() {
    let mut app = drifted(false);
    app.press("A y");
    let [Effect::Amend { job, .. }] = app.effects[..] else { panic!() };
    app.press("j");
    app.send(Msg::Amended(job, Ok((Box::new(stream("a", 9)), Drift::default()))));
    assert!(app.state.rooms.get(&id("a")).unwrap().drift().is_none());
    assert_eq!(app.state.rooms.get(&id("b")).unwrap().found, Found::Unknown);
}

#[test]
fn read_only_and_unknown_subjects_never_reach_the_question() {
    let mut app = drifted(true);
    app.press("A");
    assert!(app.state.overlays.is_empty());
    assert!(app.said().contains("read-only"));
}

#[test]
fn a_stream_without_drift_is_compared_too() {
    let mut app = App::started(false);
    app.press("d");
    assert!(app.said().contains("no stream is known"), "{}", app.said());
    app.press("Ctrl-r");
    let job = app.list_job();
    let found = vec![(id("a"), Found::Stream(Box::new(stream("a", 9))))];
    app.send(Msg::Listed(job, Listed::Found(found)));
    app.press("d");
    assert!(matches!(app.state.top(), Some(Overlay::Drift { .. })));
}

#[test]
fn no_answer_takes_nothing_away_from_what_is_known_of_a_stream() {
    let mut app = drifted(false);
    let tell = |app: &mut App, found: Found| {
        app.press("Ctrl-r");
        let job = app.list_job();
        app.send(Msg::Listed(job, Listed::Found(vec![(id("a"), found)])));
        app.state.rooms.get(&id("a")).unwrap().clone()
    };
    let failed = |kind| Found::Failed(Fault::new(kind, "x"));
    for kind in [FaultKind::Timeout, FaultKind::Disconnected] {
        let row = tell(&mut app, failed(kind.clone()));
        assert_eq!(
            (row.state(), row.stale.map(|fault| fault.kind)),
            (RoomState::Drift, Some(kind))
        );
    }
    let row = tell(&mut app, Found::Stream(Box::new(stream("a", 9))));
    assert_eq!((row.state(), row.stale), (RoomState::Ok, None));
    let row = tell(&mut app, failed(FaultKind::Denied("x".into())));
    assert_eq!((row.state(), row.stale), (RoomState::Denied, None));
}

#[test]
fn rooms_are_not_listed_while_the_connection_is_down() {
    let mut app = App::started(false);
    app.send(Msg::Connection(lost()));
    app.press("Ctrl-r");
    assert!(app.said().contains("no connection"), "{}", app.said());
    assert!(!app.effects.iter().any(|effect| matches!(effect, Effect::List { .. })));
}

#[test]
fn gaps_are_looked_for_on_a_page_only() {
    let mut app = App::started(false);
    for key in [",", "."] {
        app.press(key);
        assert_eq!(app.said(), "no page is shown");
    }
}

#[test]
fn a_command_that_is_none_says_so_whatever_follows_it() {
    let mut app = App::started(false);
    let said = |app: &mut App, line: &str| {
        app.press(":");
        app.send(Msg::Paste(line.into()));
        app.press("Enter");
        let Some(Overlay::Prompt(prompt)) = app.state.overlays.pop() else { panic!("{line}") };
        prompt.error.unwrap()
    };
    assert_eq!(said(&mut app, "goto 5"), "'goto' is no command; ? lists them");
    assert_eq!(said(&mut app, "help me"), "'help' takes nothing after it");
    assert_eq!(said(&mut app, "o"), "'o' could be older, oldest, open");
}

#[test]
fn ctrl_c_quits_over_any_layer_and_q_closes_it_first() {
    let mut app = App::started(false);
    for open in ["?", ":", "/", "c"] {
        app.press(open);
        assert_eq!(app.state.overlays.len(), 1, "{open}");
        app.press("Ctrl-c");
        assert_eq!(app.effects, [Effect::Quit]);
        app.press("Esc");
    }
    app.press("? q");
    assert!(app.effects.is_empty() && app.state.overlays.is_empty());
    app.press("q");
    assert_eq!(app.effects, [Effect::Quit]);
}

#[test]
fn esc_goes_back_a_pane_and_never_quits() {
    let mut app = App::reading(page(window(1, 100), 100, None, None));
    app.press("Tab");
    assert_eq!(app.state.focus, Focus::Detail);
    app.press("Esc Esc Esc Esc");
    assert_eq!((app.state.focus, app.effects.len()), (Focus::Rooms, 0));
}

#[test]
fn the_filter_works_as_one_types_and_esc_ends_it() {
    let mut app = App::started(false);
    app.press("/ b");
    assert_eq!((app.state.rooms.len(), app.state.rooms.selected.clone()), (1, Some(id("b"))));
    app.press("Enter");
    assert_eq!(app.state.rooms.len(), 1);
    app.press("Esc");
    assert_eq!(app.state.rooms.len(), 3);
}

#[test]
fn find_goes_around_the_page() {
    let mut app = App::reading(page(window(1, 100), 100, None, None));
    app.press("/ a.42 Enter");
    assert_eq!(app.selected(), 42);
    app.press("n");
    assert_eq!(app.selected(), 42);
    app.press("/ nowhere Enter");
    assert!(app.said().contains("'nowhere' is not on this page"));
}

#[test]
fn the_page_size_changes_while_running_and_refuses_nonsense() {
    let mut app = App::reading(page(window(301, 500), 500, None, None));
    app.press(":");
    "last 50".chars().for_each(|c| app.send(Msg::Key(Key::char(c))));
    app.press("Enter");
    assert_eq!((app.state.page_size.get(), app.place()), (50, Place::Newest));
    app.press("p Ctrl-u 0 Enter");
    let Some(Overlay::Prompt(prompt)) = app.state.top() else { panic!() };
    assert!(prompt.error.as_deref().unwrap().contains("1 to 1000"));
    assert_eq!(app.state.page_size.get(), 50);
}

#[test]
fn what_is_pasted_into_a_prompt_loses_its_control_characters() {
    let mut app = App::started(false);
    app.press(":");
    app.send(Msg::Paste("qu\u{1b}[2Jit\n".into()));
    let Some(Overlay::Prompt(prompt)) = app.state.top() else { panic!() };
    assert_eq!(prompt.input.value(), "qu[2Jit");
    app.press("Esc");
    app.send(Msg::Paste("q".into()));
    assert_eq!(app.effects, [], "pasted text is never a key");
}

#[test]
fn copies_say_what_they_are_and_a_failure_is_said_too() {
    let mut app = App::reading(page(window(1, 3), 3, Some(window(1, 2)), None));
    app.press("y");
    assert_eq!(
        app.effects,
        [Effect::Copy { what: "base64 of 3".into(), text: "AAAAAAAAAAM=".into() }]
    );
    app.send(Msg::Copied("base64 of 3".into(), Err("no clipboard".into())));
    assert!(app.said().contains("was not copied: no clipboard"));
    app.press("k s");
    assert_eq!(app.effects, [Effect::Copy { what: "sequence 1-2".into(), text: "1-2".into() }]);
}

#[test]
fn the_pointer_selects_and_a_second_click_opens() {
    let mut app = App::started(false);
    app.send(Msg::Click(Target::Room(1)));
    assert_eq!((app.effects.len(), app.state.rooms.selected.clone()), (0, Some(id("b"))));
    app.send(Msg::Click(Target::Room(1)));
    assert!(matches!(&app.effects[..], [Effect::Open { .. }]));
}

#[test]
fn the_selection_stays_on_its_room_when_rooms_arrive() {
    let mut app = App::started(false);
    app.press("jj Ctrl-r");
    let job = app.list_job();
    let server = KnownFrom { server: true, ..KnownFrom::default() };
    let rooms = (0..500).map(|n| Room::bare(id(&format!("{n}")), server)).collect();
    app.send(Msg::Listed(job, Listed::Rooms(rooms)));
    assert_eq!(app.state.rooms.selected, Some(id("c")));
    let at = app.state.rooms.selected_index().unwrap();
    assert!((app.state.rooms.offset..app.state.rooms.offset + 10).contains(&at));
}

#[test]
fn the_selected_row_is_always_on_the_screen() {
    let mut app = App::reading(page(window(1, 100), 100, None, None));
    for keys in ["G", "gg", "Ctrl-d", "PgUp", "50G", "3k", "Ctrl-u"] {
        app.press(keys);
        let (at, offset) = (app.state.view.selected_index().unwrap(), app.state.view.offset);
        assert!((offset..offset + 10).contains(&at), "{keys}: row {at}, offset {offset}");
    }
}

#[test]
fn the_digest_is_that_of_the_selected_frame() {
    let mut app = App::reading(page(window(1, 3), 3, Some(window(1, 2)), None));
    let digest = |app: &App| app.state.detail.digest.as_ref().map(|(seq, _)| *seq);
    assert_eq!(digest(&app), Some(3));
    app.press("k");
    assert_eq!(digest(&app), None, "a gap has no bytes");
}

#[test]
fn no_key_stands_for_two_actions_and_every_name_is_found() {
    for entry in REGISTRY {
        for key in entry.keys {
            assert_eq!(by_key(*key), Some(entry.action), "{key} in {}", entry.name);
        }
        assert_eq!(by_name(entry.name), Ok(entry.action));
        assert!(!entry.keys.is_empty(), "{}", entry.name);
    }
    assert_eq!(by_name("o"), Err(vec!["older", "oldest", "open"]));
}
