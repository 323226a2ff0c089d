//! The first picture of a page, and the rest of it.

use super::*;

/// The page `range` of which only the sequences above `rest` were read so far.
fn part(range: Window, last: u64, rest: u64) -> Box<Page> {
    let whole = page(range, last, None, None);
    let mut builder = PageBuilder::new(range);
    for frame in whole.frames().filter(|frame| frame.seq > rest) {
        builder.frame(Arc::clone(frame));
    }
    Box::new(Page::build(builder, (None, None), Vec::new(), stream("a", last), Cost::default()))
}

/// An app that opened a room and has its first picture: 461-500 of 301-500.
fn pictured() -> App {
    let mut app = App::started(false);
    app.press("Enter");
    let job = app.load_job();
    app.send(Msg::Partial(job, part(window(301, 500), 500, 460)));
    app
}

fn line(app: &App) -> usize {
    app.state.view.selected_index().unwrap() - app.state.view.offset
}

#[test]
fn the_newest_screenful_is_there_before_the_page() {
    let app = pictured();
    assert_eq!(app.selected(), 500);
    assert!(app.state.view.load.is_some(), "the page is still being read");
    let page = app.state.view.page().unwrap();
    assert_eq!((page.frames().count(), page.ledger().unread), (40, 160));
    let Some(Row::Unread(run)) = Row::at(page, 0) else { panic!() };
    assert!(app.state.view.is_reading(run));
}

#[test]
fn opening_asks_for_as_many_rows_as_the_pane_has_or_a_common_number() {
    for (rows, asked) in [(10, 10), (0, 40)] {
        let mut app = App::started(false);
        let viewport = Viewport { frames: rows, ..app.state.viewport };
        app.send(Msg::Viewport(viewport));
        app.press("Enter");
        assert!(
            matches!(app.effects[..], [Effect::Read { purpose: Purpose::Open { .. }, request, .. }] if request.screenful == asked)
        );
    }
}

#[test]
fn what_the_screen_shows_already_is_not_replaced_by_a_part_of_it() {
    let mut app = App::reading(page(window(301, 500), 500, None, None));
    let screenful = |app: &App| match app.effects[..] {
        [Effect::Read { request, .. }] => request.screenful,
        _ => panic!("{:?}", app.effects),
    };
    app.press("r");
    assert_eq!(screenful(&app), 0, "the newest page again");
    app.press("k r");
    assert_eq!(screenful(&app), 0, "the window again");
    app.press("[");
    assert_eq!(screenful(&app), 10, "another page");
    app.press("{");
    assert_eq!(screenful(&app), 0, "read from its top");
}

#[test]
fn selection_and_scroll_stay_put_when_the_rest_arrives() {
    for keys in ["k", "7k", "20k", "37k"] {
        let mut app = pictured();
        app.press(keys);
        let (selected, line_before) = (app.selected(), line(&app));
        app.state.detail.scroll = 2;
        app.reply(history(page(window(301, 500), 500, None, None)));
        assert_eq!((app.selected(), line(&app)), (selected, line_before), "{keys}");
        assert_eq!(app.state.detail.scroll, 2, "{keys}");
        assert_eq!(app.state.view.load, None);
    }
}

#[test]
fn someone_on_the_row_of_the_rest_goes_on_from_the_frames_they_came_from() {
    let mut app = pictured();
    app.press("40k");
    assert_eq!(app.selected(), 301, "the run is one row");
    app.reply(history(page(window(301, 500), 500, None, None)));
    assert_eq!(app.selected(), 460);
}

#[test]
fn a_first_picture_for_a_screen_that_moved_on_is_dropped() {
    let mut app = App::started(false);
    app.press("Enter");
    let old = app.load_job();
    app.press("Esc j Enter");
    app.send(Msg::Partial(old, part(window(301, 500), 500, 460)));
    assert!(matches!(app.state.view.content, Content::Nothing), "it is of another room");
    app.reply(history(page(window(1, 3), 3, None, None)));
    app.send(Msg::Partial(old, part(window(301, 500), 500, 460)));
    assert_eq!(app.state.view.page().unwrap().window(), window(1, 3));
    let mut app = App::reading(page(window(301, 500), 500, None, None));
    app.press("[");
    let old = app.load_job();
    app.press("]");
    app.send(Msg::Partial(old, part(window(101, 300), 500, 260)));
    assert_eq!(app.state.view.page().unwrap().window(), window(301, 500));
}

#[test]
fn a_read_that_fails_after_the_first_picture_leaves_it_and_can_be_completed() {
    let mut app = pictured();
    app.reply(Err(fault(FaultKind::Disconnected)));
    let page_now = app.state.view.page().unwrap().clone();
    assert_eq!(page_now.ledger().unread, 160);
    let Some(Row::Unread(run)) = Row::at(&page_now, 0) else { panic!() };
    assert!(!app.state.view.is_reading(run), "nobody reads it any more");
    app.press("R");
    assert!(matches!(&app.effects[..], [Effect::Retry { page, .. }] if *page == page_now));
    let Some(Row::Unread(run)) = Row::at(&page_now, 0) else { panic!() };
    assert!(app.state.view.is_reading(run), "now it is read again");
    app.press("R");
    assert!(app.said().contains("is being read"), "{}", app.said());
}

#[test]
fn a_connection_that_comes_back_completes_a_page_whose_read_may_hang() {
    let mut app = pictured();
    let old = app.load_job();
    app.send(Msg::Connection(lost()));
    app.send(Msg::Connection(up()));
    assert!(app.effects.iter().any(|effect| matches!(effect, Effect::Retry { .. })));
    app.send(Msg::Read(old, Err(fault(FaultKind::Timeout))));
    assert_eq!(app.state.view.fault, None);
    app.reply(history(page(window(301, 500), 500, None, None)));
    assert_eq!((app.selected(), app.state.view.load), (500, None));
}

#[test]
fn turning_the_page_before_it_is_whole_no_longer_says_that_it_is_being_read() {
    let mut app = pictured();
    app.press("[");
    let page = app.state.view.page().unwrap();
    let Some(Row::Unread(run)) = Row::at(page, 0) else { panic!() };
    assert!(!app.state.view.is_reading(run));
}
