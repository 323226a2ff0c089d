//! Turning pages, and replies that are late or failed.

use super::*;

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
fn a_late_reply_for_a_screen_that_moved_on_is_dropped() {
    let mut app = App::reading(page(window(301, 500), 500, None, None));
    app.press("[");
    let old = app.load_job();
    app.press("{");
    app.send(Msg::Read(old, history(page(window(101, 300), 500, None, None))));
    assert_eq!(app.state.view.page().unwrap().window(), window(301, 500));
    assert!(app.state.view.load.is_some());
}

#[test]
fn what_a_read_waits_for_is_shown_until_it_is_over() {
    let mut app = App::reading(page(window(301, 500), 500, None, None));
    app.press("[");
    let (job, waiting) = (app.load_job(), |app: &App| app.state.view.load.unwrap().waiting);
    app.send(Msg::Waiting(job, Some(FaultKind::NoLeader)));
    assert_eq!(waiting(&app), Some("no leader"));
    app.send(Msg::Waiting(job, None));
    assert_eq!(waiting(&app), None);
    app.press("{");
    app.send(Msg::Waiting(job, Some(FaultKind::Timeout)));
    assert_eq!(waiting(&app), None, "it is another read's");
}

#[test]
fn a_stream_that_was_created_is_told_of_whatever_is_on_the_screen_by_then() {
    let mut app = App::started(false);
    app.press("Enter");
    let old = app.load_job();
    app.press("r Esc j Enter");
    app.send(Msg::Ensured(old, id("a"), Ok(Ensured::Created(Box::new(stream("a", 0))))));
    assert!(app.said().contains("created UNIBUS_a"), "{}", app.said());
    assert!(app.state.rooms.get(&id("a")).unwrap().stream().is_some());
    assert_eq!(app.state.view.note, None, "it is not the room on the screen");
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
fn gaps_are_looked_for_on_a_page_only() {
    let mut app = App::started(false);
    for key in [",", "."] {
        app.press(key);
        assert!(app.said().starts_with("no room is open"), "{}", app.said());
    }
}

#[test]
fn page_keys_in_a_row_each_turn_a_page() {
    let mut app = App::reading(page(window(801, 1000), 1000, None, None));
    app.press("[ [ [");
    assert_eq!(app.place(), Place::Before(401));
    app.press("{ ]");
    assert_eq!(app.place(), Place::After(200));
    app.press("} [");
    assert_eq!(app.place(), Place::Before(801));
}

#[test]
fn a_connection_that_comes_and_goes_does_not_read_without_end() {
    let mut app = App::reading(page(window(1, 100), 100, None, Some(window(40, 49))));
    let mut reads = 0;
    for _ in 0..10 {
        app.send(Msg::Connection(lost()));
        app.send(Msg::Connection(up()));
        reads += app.effects.iter().filter(|e| matches!(e, Effect::Retry { .. })).count();
    }
    assert_eq!(reads, 3);
    app.press("k");
    app.send(Msg::Connection(lost()));
    app.send(Msg::Connection(up()));
    assert!(app.effects.iter().any(|effect| matches!(effect, Effect::Retry { .. })));
}

#[test]
fn a_refresh_by_hand_shows_nothing_that_was_kept() {
    let mut app = App::reading(page(window(801, 1000), 1000, None, None));
    app.press("k r");
    let fresh = |app: &App| match app.effects[..] {
        [Effect::Read { purpose: Purpose::Show { fresh }, .. }] => fresh,
        _ => panic!("{:?}", app.effects),
    };
    assert!(fresh(&app));
    app.press("[");
    assert!(!fresh(&app), "turning a page may show what was kept");
}
