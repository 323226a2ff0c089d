//! What a person relies on while reading: nothing jumps, nothing that matters is cut.

use jiff::Span;
use jiff::tz::TimeZone;

use super::super::fixtures;
use super::super::{layout, words};
use super::{PLAIN, SIZES, UNICODE, shown};
use crate::app::view::Content;
use crate::app::{Focus, Overlay};
use crate::domain::{
    Connection, Fault, FaultKind, Found, Moved, Page, PageBuilder, RoomState, Slot, Window,
};

fn connected(server: &str) -> Connection {
    Connection::Connected {
        address: "127.0.0.1:4555".into(),
        tried: "nats://127.0.0.1:4555".into(),
        server: server.into(),
        version: "2.15.1".into(),
        account: Some("CHAT".into()),
    }
}

#[test]
fn the_room_list_has_one_width_whichever_pane_has_the_keys() {
    for columns in 120..240 {
        let widths = [Focus::Rooms, Focus::Frames, Focus::Detail].map(|focus| {
            let mut state = fixtures::opened((columns, 40));
            state.focus_on(focus);
            let parts = layout::solve(state.size, &state);
            [parts.rooms, parts.frames, parts.detail].map(|pane| pane.unwrap().width)
        });
        assert_eq!(widths[0], widths[1], "{columns}");
        assert_eq!(widths[1], widths[2], "{columns}");
        assert!(widths[0][1] >= 52, "{columns}: {widths:?}");
    }
    let screen = shown(&fixtures::opened((160, 40)));
    let heading = screen.lines().nth(2).unwrap();
    assert!(heading.contains("missing      last  state"), "{heading}");
}

#[test]
fn the_status_line_says_where_and_leaves_out_a_name_that_is_an_id() {
    let id = format!("N{}", "ABCDEFGHIJ2".repeat(5));
    for (server, width, expected) in [
        ("eu-1", 100, "connected 127.0.0.1:4555 · eu-1 2.15.1 · account CHAT"),
        ("eu-1", 50, "127.0.0.1:4555 · eu-1 2.15.1 · account CHAT"),
        (&id, 100, "connected 127.0.0.1:4555 · 2.15.1 · account CHAT"),
        (
            "a-name-longer-than-twenty",
            60,
            "127.0.0.1:4555 · a-name-longer-than-… 2.15.1 · account CHAT",
        ),
        ("a-name-longer-than-twenty", 40, "127.0.0.1:4555 · 2.15.1 · account CHAT"),
        ("eu-1", 35, "127.0.0.1:4… · 2.15.1 · account CHAT"),
    ] {
        let said = words::connection(&connected(server), "·", "…", width);
        assert_eq!(said, expected, "{width}");
    }
    let mut state = fixtures::connection((80, 24));
    state.connection = connected(&id);
    assert!(shown(&state).contains(&id), "the connection in full");
}

#[test]
fn the_demo_is_offered_on_the_least_screen_too() {
    for make in [fixtures::no_server, fixtures::denied] {
        let screen = shown(&make(layout::LEAST));
        assert!(screen.contains("roomscope demo"), "{screen}");
    }
}

#[test]
fn what_is_cut_says_so() {
    let screen = shown(&fixtures::rooms(layout::LEAST));
    let last = screen.lines().nth(9).unwrap();
    assert!(last.ends_with('↓'), "{screen}");
}

#[test]
fn times_tell_their_day_their_year_and_the_offset() {
    for size in [(200, 60), (120, 40), (80, 24), (60, 12)] {
        let mut state = fixtures::opened(size);
        state.now = fixtures::now() + Span::new().hours(24 * 40);
        let screen = shown(&state);
        assert!(screen.contains("2026-11-23 12:05:55"), "{size:?} {screen}");
    }
    let mut state = fixtures::opened((120, 40));
    state.zone = TimeZone::get("Asia/Tokyo").unwrap();
    let screen = shown(&state);
    assert!(screen.contains("stored +09:00 "), "{screen}");
    state.size = (200, 60);
    state.zoom = true;
    let screen = shown(&state);
    assert!(screen.contains("stored (+09:00)"), "{screen}");
}

#[test]
fn ages_are_not_cut() {
    let now = fixtures::now();
    for (seconds, expected) in [
        (99 * 86_400 + 23 * 3600, "99d 23h"),
        (-300, "in 5m"),
        (-(3 * 3600 + 720), "in 3h"),
        (-(99 * 86_400 + 3600), "in 99d"),
    ] {
        assert_eq!(words::age(fixtures::ago(seconds), now), expected);
    }
}

#[test]
fn a_narrow_title_keeps_the_name_of_the_room() {
    for (columns, expected) in
        [(80, "general 9,623-9,822 of 5,000-9,822 · newest at "), (60, "general ")]
    {
        let mut state = fixtures::opened((columns, 24));
        state.focus_on(Focus::Rooms);
        state.size.1 = 40;
        let screen = shown(&state);
        let title = screen.lines().nth(1).unwrap();
        assert!(columns == 80 || title.contains(expected), "{title}");
        assert!(title.contains("─ general "), "{title}");
    }
}

#[test]
fn what_is_known_of_a_stream_that_no_longer_answers_is_marked_as_stale() {
    for size in SIZES {
        let mut state = fixtures::rooms(size);
        let id = fixtures::id("general");
        let fault = Fault::new(FaultKind::Timeout, "look up UNIBUS_general: no answer");
        state.rooms.set_found(&id, Found::Failed(fault));
        let screen = shown(&state);
        let row = screen.lines().find(|line| line.contains("◐ general")).unwrap();
        assert!(row.contains(" ?  ") && row.contains("4,801"), "{row}");
        assert!(screen.contains("Stale: "), "{screen}");
        assert!(size.0 < 120 || row.contains("stale"), "{row}");
    }
}

#[test]
fn a_room_has_one_mark_in_the_list_and_all_of_them_on_its_card() {
    for size in SIZES {
        let mut state = fixtures::rooms(size);
        let id = fixtures::id("drifted");
        state.rooms.selected = Some(id.clone());
        state.rooms.mark_damaged(&id);
        let fault = Fault::new(FaultKind::Timeout, "the server did not reach UNIBUS_drifted");
        state.rooms.set_found(&id, Found::NotKnown(fault));
        let screen = shown(&state);
        let row = screen.lines().find(|line| line.contains("⊠ drifted")).unwrap();
        // Its old figures stay, and show as old.
        assert!(row.contains(" ?  ") && row.contains("320"), "{row}");
        assert!(size.0 < 120 || row.contains("damaged"), "{row}");
        for mark in ["⊠ damaged", "⊚ not known", "≠ drift"] {
            assert!(screen.contains(mark), "{mark}: {screen}");
        }
        assert!(screen.contains("Stale: "), "{screen}");
        assert!(!screen.contains("nothing is said"), "{screen}");
    }
}

#[test]
fn a_list_that_moved_says_so_below_the_rooms_and_in_full_with_the_connection() {
    for size in SIZES {
        for moved in [Moved::Covered, Moved::MayLack] {
            let mut state = fixtures::rooms(size);
            assert!(!shown(&state).contains("list moved"));
            state.rooms.moved = Some(moved);
            assert!(shown(&state).contains("the list moved"), "{}", shown(&state));
            state.overlays = vec![Overlay::Connection { scroll: 0 }];
            let flat = shown(&state).split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(flat.contains("came or went") == (moved == Moved::Covered), "{flat}");
        }
    }
}

#[test]
fn each_state_has_a_mark_of_its_own() {
    for theme in [&UNICODE, &PLAIN] {
        let marks: std::collections::BTreeSet<&str> =
            RoomState::ALL.into_iter().map(|state| theme.glyphs.state(state)).collect();
        assert_eq!(marks.len(), RoomState::ALL.len());
    }
    let is_neutral = |state| UNICODE.state(state).fg.is_none();
    assert!(is_neutral(RoomState::Kept) && !is_neutral(RoomState::Damaged));
}

#[test]
fn nothing_is_said_of_creating_where_it_is_not_known_whether_there_is_a_stream() {
    let mut state = fixtures::rooms((120, 40));
    for (id, creates) in
        [("planned", true), ("locked", false), ("far-away", false), ("waiting", false)]
    {
        state.rooms.selected = Some(fixtures::id(id));
        assert_eq!(shown(&state).contains("Opening it creates"), creates, "{id}");
    }
}

#[test]
fn a_comparison_without_drift_says_so_and_what_was_not_compared() {
    let mut state = fixtures::rooms((120, 40));
    state.overlays = vec![Overlay::Drift { scroll: 0 }];
    let screen = shown(&state);
    assert!(screen.contains("No drift in what the contract owns."), "{screen}");
    assert!(!screen.contains("not compared"), "{screen}");
    state.rooms.selected = Some(fixtures::id("found-only"));
    assert!(shown(&state).contains("so they were not compared"));
}

#[test]
fn limits_that_explain_a_short_history_stand_where_it_is_looked_at() {
    let mut state = fixtures::unread((120, 40));
    let Content::Page(page) = &state.view.content else { panic!() };
    let mut page = Page::clone(page);
    page.stream.config.others =
        vec![("max_age".into(), "3600000000000".into()), ("max_msgs".into(), "20".into())];
    state.rooms.set_found(&fixtures::id("archive"), Found::Stream(Box::new(page.stream.clone())));
    state.view.content = Content::Page(page.into());
    fixtures::select(&mut state, 1);
    let screen = shown(&state);
    assert!(screen.contains("In force now, and can have removed"), "{screen}");
    assert!(screen.contains("- max_age 1h; the stream is 40d"), "{screen}");
    assert!(screen.contains("- requests may delete messages"), "{screen}");
    state.view.room = None;
    state.focus_on(Focus::Rooms);
    let screen = shown(&state);
    assert!(screen.contains("max_age 1h (3,600,000,000,000 ns)"), "{screen}");
}

#[test]
fn an_edge_that_could_not_be_read_is_not_called_unknown() {
    let mut state = fixtures::opened((120, 40));
    let mut builder = PageBuilder::new(Window::new(1, 9).unwrap());
    builder.unread(Window::new(1, 3).unwrap(), Fault::new(FaultKind::Timeout, "x"));
    builder.gap(fixtures::gap(4, 6, crate::domain::GapCause::Removed));
    builder.frame(std::sync::Arc::new(fixtures::frame(7, 9)));
    builder.gap(fixtures::gap(8, 9, crate::domain::GapCause::Removed));
    let stream = fixtures::info("general", 1, 9, 1);
    let page = Page::build(builder, (None, None), Vec::new(), stream, Default::default());
    state.view.content = Content::Page(page.into());
    fixtures::select(&mut state, 4);
    assert!(shown(&state).contains("the frame below could not be"));
    fixtures::select(&mut state, 8);
    assert!(shown(&state).contains("no stored frame is known above"));
}

#[test]
fn a_run_that_was_given_up_names_the_request_that_failed_as_an_earlier_one() {
    let text = |start, end| {
        let run = Window::new(start, end).unwrap();
        let fault = Fault::new(FaultKind::Timeout, "read sequence 50 of UNIBUS_a: no answer");
        let mut builder = PageBuilder::new(run);
        builder.unread(run, Fault { seq: Some(50), ..fault });
        match builder.finish(&Fault::not_tried()).pop() {
            Some(Slot::Unread(run)) => run.fault.text,
            slot => panic!("{slot:?}"),
        }
    };
    assert_eq!(text(40, 60), "read sequence 50 of UNIBUS_a: no answer");
    let text = text(70, 80);
    assert!(text.starts_with("not tried, since an earlier request failed: read sequence 50"));
}

#[test]
fn the_mark_of_more_leaves_the_bytes_alone() {
    for size in SIZES {
        let screen = shown(&fixtures::opened(size));
        let marked: Vec<_> = screen.lines().filter(|line| line.ends_with('↓')).collect();
        assert!(marked.iter().all(|line| line.ends_with(" ↓")), "{marked:?}");
    }
}

#[test]
fn what_a_connection_is_made_of_keeps_its_columns() {
    for size in SIZES {
        let mut state = fixtures::opened(size);
        state.overlays = vec![Overlay::Connection { scroll: 0 }];
        let row = |label: &str, text: String| (label.to_owned(), text);
        state.explained = vec![
            row("server", "nats://a (own token)".into()),
            row("", format!("nats://b ({})", "long ".repeat(40))),
        ];
        let screen = shown(&state);
        for line in
            ["│ server            nats://a (own token) ", "│                   nats://b (long "]
        {
            assert!(screen.contains(line), "{size:?}: {screen}");
        }
        assert!(screen.matches("long").count() >= 40 || size.1 < 40, "{size:?}: {screen}");
    }
}
