//! Opening rooms, and what a connection that comes up brings.

use super::*;

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
    assert!(
        matches!(&app.effects[1], Effect::Read { purpose: Purpose::Open { .. }, room, .. } if room.id == id("b"))
    );
    app.send(Msg::Connection(lost()));
    app.send(Msg::Connection(up()));
    assert!(
        !app.effects
            .iter()
            .any(|effect| matches!(effect, Effect::Read { purpose: Purpose::Show { .. }, .. }))
    );
}

#[test]
fn moving_through_the_list_sends_nothing_and_enter_opens() {
    let mut app = App::started(false);
    app.press("j");
    assert_eq!((app.effects.len(), app.state.rooms.selected.clone()), (0, Some(id("b"))));
    app.press("Enter");
    assert!(
        matches!(&app.effects[..], [Effect::Read { purpose: Purpose::Open { .. }, room, request: PageRequest { place: Place::Newest, .. }, .. }]
        if room.id == id("b"))
    );
    assert_eq!(app.state.focus(), Focus::Frames);
}

#[test]
fn opening_another_room_lets_go_of_the_page_at_once() {
    let mut app = App::reading(page(window(301, 500), 500, None, None));
    app.press("Esc j Enter");
    assert!(matches!(app.state.view.content, Content::Nothing));
    assert_eq!(app.state.view.room, Some(id("b")));
}

#[test]
fn a_room_that_could_not_be_opened_is_read_and_never_written_when_the_connection_is_back() {
    let mut app = App::started(false);
    app.press("Enter");
    app.reply(Err(fault(FaultKind::Disconnected)));
    app.press("Esc");
    app.send(Msg::Connection(lost()));
    app.send(Msg::Connection(up()));
    assert!(matches!(
        &app.effects[..],
        [Effect::List { .. }, Effect::Read { purpose: Purpose::Show { .. }, .. }]
    ));
    assert_eq!(app.state.focus(), Focus::Rooms, "the keys stay where they were");
}

#[test]
fn rooms_are_not_listed_while_the_connection_is_down() {
    let mut app = App::started(false);
    app.send(Msg::Connection(lost()));
    app.press("Ctrl-r");
    assert!(app.said().contains("no connection"), "{}", app.said());
    assert!(!app.effects.iter().any(|effect| matches!(effect, Effect::List { .. })));
}
