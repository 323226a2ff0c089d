//! Keys, layers and prompts.

use super::*;

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
    assert_eq!(app.state.focus(), Focus::Detail);
    app.press("Esc Esc Esc Esc");
    assert_eq!((app.state.focus(), app.effects.len()), (Focus::Rooms, 0));
}

#[test]
fn keys_move_the_pane_that_shows_that_it_has_them() {
    let mut app = App::started(false);
    app.press("l j");
    let selected = app.state.rooms.selected_index();
    assert_eq!((app.state.focus(), selected), (Focus::Rooms, Some(1)), "no room is open");
    app.press("Tab / b Esc");
    assert_eq!(app.state.focus(), Focus::Rooms);
    app.press("Enter");
    assert_eq!(app.state.focus(), Focus::Frames);
    app.press("Tab Tab l");
    assert_eq!(app.state.focus(), Focus::Frames, "there is no page yet, so no detail");
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
fn every_name_is_found() {
    for entry in REGISTRY {
        assert_eq!(by_name(entry.name), Ok(entry.action));
    }
    assert_eq!(by_name("o"), Err(vec!["older", "oldest", "open"]));
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
    assert_eq!(said(&mut app, "gogo 5"), "'gogo' is no command; ? lists them");
    assert_eq!(said(&mut app, "help me"), "'help' takes nothing after it");
    assert_eq!(said(&mut app, "o"), "'o' could be older, oldest, open");
}

/// Presses under a keymap in which some actions have other keys.
fn rebound(changes: &[(Action, Vec<Key>)]) -> App {
    let mut app = App::started(false);
    app.state.keymap = Keymap::with(changes).unwrap();
    app
}

#[test]
fn other_keys_work_everywhere_and_the_old_ones_nowhere() {
    let mut app = rebound(&[
        (Action::Down, vec![Key::char('x')]),
        (Action::Help, vec![Key::char('H')]),
        (Action::Close, vec![Key::char('C')]),
        (Action::Quit, vec![Key::char('Q')]),
    ]);
    let first = app.state.rooms.selected.clone();
    app.press("j q ?");
    assert_eq!((app.state.rooms.selected.clone(), app.state.overlays.len()), (first, 0));
    app.press("2x");
    assert_eq!(app.state.rooms.selected, Some(id("c")), "counts go with other keys too");
    app.press("H");
    assert!(matches!(app.state.top(), Some(Overlay::Help { .. })));
    app.press("C");
    assert!(app.state.overlays.is_empty());
    app.press("Q");
    assert_eq!(app.effects, [Effect::Quit]);
    app.press("j");
    app.press("Ctrl-c");
    assert_eq!(app.effects, [Effect::Quit], "always");
}

#[test]
fn a_prompt_is_typed_and_left_whatever_is_bound() {
    let mut app = rebound(&[(Action::Close, vec![]), (Action::Command, vec![Key::char('x')])]);
    app.press("x x Esc");
    assert!(app.state.overlays.is_empty());
    app.press("x");
    app.send(Msg::Paste("gogo".into()));
    app.press("Enter");
    let Some(Overlay::Prompt(prompt)) = app.state.top() else { panic!() };
    assert!(prompt.error.clone().unwrap().ends_with("? lists them"));
}
