//! Reading ahead: when, what, how often, and when no more.

use super::*;

/// An app on page 401-600 of 1 to 1,000, the selection at its end.
fn middle() -> App {
    let mut app = App::reading(page(window(801, 1000), 1000, None, None));
    app.press("[");
    app.reply(history(page(window(401, 600), 1000, None, None)));
    app
}

fn ahead(app: &App) -> Option<Place> {
    let mut found = None;
    for effect in &app.effects {
        if let Effect::Read { purpose: Purpose::Ahead { .. }, request, .. } = effect {
            assert_eq!(found.replace(request.place), None, "one at a time");
        }
    }
    found
}

fn done(app: &mut App) {
    let job = app.state.view.ahead.unwrap().job;
    app.send(Msg::Prefetched(job, None));
}

#[test]
fn opening_a_room_and_turning_to_a_page_read_nothing_ahead() {
    let mut app = App::started(false);
    app.press("Enter");
    app.reply(history(page(window(991, 1000), 1000, None, None)));
    assert_eq!(ahead(&app), None, "though the whole page is within a screenful");
    app.press("[");
    app.reply(history(page(window(401, 600), 1000, None, None)));
    assert_eq!((ahead(&app), app.state.view.ahead), (None, None));
}

#[test]
fn scrolling_within_a_screenful_of_an_end_reads_the_page_beyond_it_once() {
    let mut app = middle();
    app.press("189k");
    assert_eq!((ahead(&app), app.selected()), (None, 411));
    app.press("j");
    assert_eq!(ahead(&app), None, "the other way");
    app.press("2k");
    assert_eq!((ahead(&app), app.selected()), (Some(Place::Before(401)), 410));
    app.press("k");
    assert_eq!(ahead(&app), None, "it is under way");
    done(&mut app);
    app.press("k j k");
    assert_eq!(ahead(&app), None, "it was read");
    app.press("G");
    assert_eq!(ahead(&app), Some(Place::After(600)));
}

#[test]
fn the_wheel_is_scrolling_too() {
    let mut app = middle();
    app.send(Msg::Wheel(Target::Row(0), -195));
    assert_eq!(ahead(&app), Some(Place::Before(401)));
}

#[test]
fn moving_on_abandons_it() {
    let mut app = middle();
    app.press("g");
    assert_eq!(ahead(&app), Some(Place::Before(401)));
    app.press("50j");
    assert_eq!(app.effects, [Effect::StopPrefetch]);
    app.press("g");
    assert_eq!(ahead(&app), Some(Place::Before(401)), "it was not read to its end");
    let old = app.state.view.ahead.unwrap().job;
    app.press("[");
    assert!(
        matches!(app.effects[..], [Effect::Read { purpose: Purpose::Show { .. }, .. }]),
        "a read abandons it by itself"
    );
    assert_eq!(app.state.view.ahead, None);
    app.send(Msg::Prefetched(old, None));
    assert_eq!(app.state.view.fetched_ahead, []);
}

#[test]
fn at_the_ends_of_the_stream_there_is_nothing_ahead() {
    let mut app = App::reading(page(window(801, 1000), 1000, None, None));
    app.press("k j");
    assert_eq!(ahead(&app), None);
    app.press("{");
    app.reply(history(page(window(1, 200), 1000, None, None)));
    app.press("j k");
    assert_eq!(ahead(&app), None);
}

#[test]
fn nothing_is_read_ahead_while_the_connection_is_down_or_something_is_under_way() {
    let mut app = middle();
    app.send(Msg::Connection(lost()));
    app.press("g");
    assert_eq!(ahead(&app), None);
    let mut app = middle();
    app.press("g");
    app.send(Msg::Connection(lost()));
    assert_eq!(app.effects, [Effect::StopPrefetch]);
    let mut app = middle();
    app.press("r g");
    assert_eq!(ahead(&app), None);
}

#[test]
fn a_page_with_unread_runs_or_heavy_frames_has_nothing_read_ahead() {
    let mut app = middle();
    app.press("r");
    app.reply(history(page(window(401, 600), 1000, None, Some(window(500, 510)))));
    app.press("g");
    assert_eq!(ahead(&app), None);
    let mut app = middle();
    let mut heavy = page(window(401, 600), 1000, None, None);
    heavy.stream.state.bytes = 1000 << 20;
    app.press("r");
    app.reply(history(heavy));
    app.press("g");
    assert_eq!(ahead(&app), None, "a MiB a frame");
}
