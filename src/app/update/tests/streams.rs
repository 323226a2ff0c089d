//! What became of the ensure, and changing a drifted stream.

use super::*;

#[test]
fn a_created_stream_says_that_earlier_messages_were_never_captured() {
    let mut app = App::started(false);
    app.press("Enter");
    let job = app.load_job();
    app.send(Msg::Ensured(job, id("a"), Ok(Ensured::Created(Box::new(stream("a", 0))))));
    assert!(app.state.view.note.as_deref().unwrap().contains("never captured"));
    assert!(app.said().contains("created UNIBUS_a"));
    assert!(matches!(app.state.rooms.get(&id("a")).unwrap().found, Found::Stream(_)));
}

#[test]
fn read_only_says_what_it_would_create() {
    let mut app = App::started(true);
    app.press("Enter");
    let (job, spec) = (app.load_job(), known("a").spec().unwrap());
    app.send(Msg::Ensured(job, id("a"), Ok(Ensured::WouldCreate(spec))));
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
            (row.state(), row.stale.clone().map(|fault| fault.kind)),
            (RoomState::Stale, Some(kind.clone()))
        );
        assert!(row.is_in(RoomState::Drift));
    }
    let fault = Fault::new(FaultKind::Timeout, "x");
    let row = tell(&mut app, Found::NotKnown(fault.clone()));
    assert_eq!(row.marks(), [RoomState::NotKnown, RoomState::Drift]);
    assert_eq!(row.stale, Some(fault));
    assert!(row.stream().is_some(), "its old figures stay");
    let row = tell(&mut app, Found::Stream(Box::new(stream("a", 9))));
    assert_eq!((row.state(), row.stale), (RoomState::Kept, None));
    let row = tell(&mut app, failed(FaultKind::Denied("x".into())));
    assert_eq!((row.state(), row.stale), (RoomState::Denied, None));
}

#[test]
fn a_room_has_the_gravest_of_its_marks_and_keeps_what_was_found_in_its_frames() {
    let mut app = drifted(false);
    let row = |app: &App| app.state.rooms.get(&id("a")).unwrap().clone();
    assert_eq!(row(&app).marks(), [RoomState::Drift]);
    let tell = |app: &mut App, found: Found| {
        app.press("Ctrl-r");
        let job = app.list_job();
        app.send(Msg::Listed(job, Listed::Found(vec![(id("a"), found)])));
    };
    app.send(Msg::Damaged(id("a")));
    tell(&mut app, Found::Failed(Fault::new(FaultKind::Timeout, "x")));
    let marks = [RoomState::Damaged, RoomState::Stale, RoomState::Drift];
    assert_eq!((row(&app).state(), row(&app).marks()), (RoomState::Damaged, marks.into()));
    let mut with_plaintext = row(&app);
    with_plaintext.mark_plaintext();
    assert_eq!(with_plaintext.marks().last(), Some(&RoomState::Plaintext));
    let mut alone = app.state.rooms.get(&id("b")).unwrap().clone();
    alone.mark_plaintext();
    assert_eq!(alone.state(), RoomState::Plaintext);
    // A server forgets what it lost.
    tell(&mut app, Found::Stream(Box::new(stream("a", 9))));
    assert_eq!(row(&app).marks(), [RoomState::Damaged]);
    tell(&mut app, Found::Failed(Fault::new(FaultKind::NoLeader, "x")));
    assert_eq!(row(&app).marks(), [RoomState::Damaged, RoomState::NoLeader]);
    assert_eq!(app.state.rooms.get(&id("b")).unwrap().marks(), []);
}

#[test]
fn the_filter_finds_a_room_by_any_of_its_marks() {
    let mut app = drifted(false);
    app.send(Msg::Damaged(id("a")));
    for (text, rooms) in [("drift", 1), ("damaged", 1), ("stale", 0)] {
        app.state.rooms.set_filter(text.into());
        assert_eq!(app.state.rooms.len(), rooms, "{text}");
    }
    app.state.rooms.set_filter("damaged".into());
    app.send(Msg::Damaged(id("b")));
    assert_eq!(app.state.rooms.len(), 2);
}

#[test]
fn that_a_listing_moved_is_said_until_the_next_one() {
    let mut app = App::started(false);
    app.press("Ctrl-r");
    let job = app.list_job();
    app.send(Msg::Listed(job, Listed::Moved(Moved::Covered)));
    app.send(Msg::Listed(job, Listed::Done { rooms: 2, requests: 2 }));
    assert_eq!(app.state.rooms.moved, Some(Moved::Covered));
    app.press("Ctrl-r");
    let job = app.list_job();
    app.send(Msg::Listed(job, Listed::Rooms(Vec::new())));
    assert_eq!(app.state.rooms.moved, None);
}
