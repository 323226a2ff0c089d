//! The selection: by keys, by the pointer, and when things arrive.

use super::*;

#[test]
fn gaps_are_rows_that_keys_go_to() {
    let mut app = App::reading(page(window(1, 100), 100, Some(window(40, 49)), None));
    app.press(",");
    assert_eq!(app.selected(), 40);
    assert_eq!(app.state.view.selected_index(), Some(39));
    app.press("j");
    assert_eq!(app.selected(), 50, "a gap is one row");
    app.press(".");
    assert!(matches!(app.effects[..], [Effect::LookUp { .. }]), "{:?}", app.effects);
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
fn the_pointer_selects_and_a_second_click_opens() {
    let mut app = App::started(false);
    app.send(Msg::Click(Target::Room(1)));
    assert_eq!((app.effects.len(), app.state.rooms.selected.clone()), (0, Some(id("b"))));
    app.send(Msg::Click(Target::Room(1)));
    assert!(matches!(&app.effects[..], [Effect::Read { purpose: Purpose::Open { .. }, .. }]));
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
