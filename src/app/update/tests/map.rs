//! The stream map: when it asks the server for something, and how its cursor goes.

use super::*;
use crate::domain::map::Basis;
use crate::domain::{Edge, Survey};

/// A page of a stream of 10,000 with more holes than can be listed, or with this list.
fn long(deleted: Option<&[u64]>) -> Page {
    let mut page = page(window(9_801, 10_000), 10_000, None, None);
    page.stream.state.num_deleted = deleted.map_or(5_000, |list| list.len() as u64);
    page.stream.state.messages = 10_000 - page.stream.state.num_deleted;
    page.stream.state.deleted = deleted.map(Arc::from);
    page
}

impl App {
    fn cursor(&self) -> u64 {
        match self.state.top() {
            Some(Overlay::Map { cursor }) => *cursor,
            other => panic!("{other:?}"),
        }
    }

    fn basis(&self) -> Basis {
        self.state.map.shown.as_ref().unwrap().basis()
    }
}

#[test]
fn with_a_list_the_map_is_free() {
    let mut app = App::reading(long(Some(&[100, 101, 5_000])));
    assert_eq!(app.basis(), Basis::List);
    app.press("m");
    assert_eq!((app.effects.len(), app.cursor()), (0, 10_000));
    app.press("r");
    assert!(app.said().contains("nothing to sample"));
    app.press("m");
    assert!(app.state.overlays.is_empty());
}

#[test]
fn without_a_list_only_opening_the_map_samples_and_only_once() {
    let mut app = App::reading(long(None));
    assert_eq!((app.effects.len(), app.basis()), (0, Basis::Page { complete: false }));
    app.press("m");
    let [Effect::Survey { job, room }] = &app.effects[..] else { panic!("{:?}", app.effects) };
    assert_eq!(room.id, id("a"));
    let job = *job;
    app.press("r");
    assert_eq!(app.effects, [], "one at a time");
    assert!(app.state.is_busy());
    let mut survey = Survey::new(&long(None).stream);
    survey.learn(2_000, Some(Edge { seq: 3_000, time: at(7) }));
    survey.requests = 200;
    app.send(Msg::Surveyed(job, Ok(Some(Box::new(survey)))));
    assert_eq!(app.basis(), Basis::Sampled { requests: 200, complete: false, stale: false });
    assert!(!app.state.is_busy());
    app.press("Esc m");
    assert_eq!(app.effects, [], "it is kept");
    app.press("Esc r");
    app.reply(history(long(None)));
    assert_eq!(app.basis(), Basis::Sampled { requests: 200, complete: false, stale: false });
    app.press("m r");
    assert!(matches!(&app.effects[..], [Effect::Survey { .. }]), "asked for by a key");
    let job = app.state.map.sampling.as_ref().unwrap().job;
    app.send(Msg::Surveyed(job, Err(fault(FaultKind::Timeout))));
    assert_eq!(app.said(), "not sampled: read UNIBUS_a: it failed; retry");
    assert_eq!(app.basis(), Basis::Sampled { requests: 200, complete: false, stale: false });
}

#[test]
fn the_cursor_goes_by_cells_and_rows_and_enter_jumps() {
    // A hundred cells of a hundred sequences.
    let mut app = App::reading(long(Some(&[2_250, 7_777])));
    app.press("m");
    let table = [
        ("h", 9_801),
        ("k", 7_801),
        ("g", 1),
        ("h", 1),
        ("l l", 201),
        ("j", 2_201),
        (".", 7_701),
        (".", 7_701),
        (",", 2_201),
        ("G", 9_901),
        ("l", 9_901),
        (",", 7_701),
    ];
    for (keys, cursor) in table {
        app.press(keys);
        assert_eq!((app.cursor(), app.effects.len()), (cursor, 0), "{keys}");
    }
    app.press("Enter");
    assert_eq!(app.place(), Place::Around(7_701));
    assert!(app.state.overlays.is_empty());
    app.reply(history(page(window(7_601, 7_800), 10_000, None, None)));
    assert_eq!(app.selected(), 7_701);
}

#[test]
fn clicks_jump_in_the_strip_and_select_first_in_the_full_view() {
    let mut app = App::reading(long(Some(&[])));
    app.send(Msg::Click(Target::MapCell(3_001)));
    assert_eq!(app.place(), Place::Around(3_001));
    app.press("m");
    app.send(Msg::Click(Target::MapCell(5_001)));
    assert_eq!((app.cursor(), app.effects.len()), (5_001, 0));
    app.send(Msg::Wheel(Target::MapCell(5_001), 3));
    app.send(Msg::Click(Target::MapCell(5_001)));
    assert_eq!(app.place(), Place::Around(5_001));
}

#[test]
fn the_time_of_a_cell_is_asked_for_by_a_key_with_one_request() {
    let gone: Vec<u64> = (1_001..=1_100).collect();
    let mut app = App::reading(long(Some(&gone)));
    app.press("m g j j t");
    let [Effect::AskTime { job, seq, .. }] = app.effects[..] else { panic!("{:?}", app.effects) };
    assert_eq!(seq, 4_001);
    app.press("t");
    assert_eq!(app.effects, [], "one at a time");
    let found = Edge { seq: 4_001, time: at(40) };
    app.send(Msg::Asked(job, seq, Ok(Some(found))));
    let map = app.state.map.shown.as_ref().unwrap();
    assert_eq!(map.time_in(window(4_001, 4_100)), Some(found));
    assert_eq!(map.basis(), Basis::List);
    app.press("t");
    assert_eq!(app.effects, [], "it is known");
    app.press("g l l l l l l l l l l t");
    assert_eq!(app.said(), "there is no frame in this cell to ask for");
}

#[test]
fn no_page_no_map() {
    let mut app = App::started(false);
    app.press("m");
    assert!(app.said().starts_with("no room is open"));
    assert!(app.state.overlays.is_empty());
}
