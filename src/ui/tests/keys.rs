//! Keys other than the defaults show wherever keys are shown.

use super::*;
use crate::app::{Action, Key, KeyCode, Keymap, REGISTRY};

/// A keymap in which every action has keys that are no action's by default.
fn other() -> Keymap {
    let fresh = ('\u{3b1}'..='\u{3c9}').chain('\u{430}'..='\u{44f}').map(Key::char);
    let changes: Vec<_> =
        REGISTRY.iter().zip(fresh).map(|(entry, key)| (entry.action, vec![key])).collect();
    assert_eq!(changes.len(), REGISTRY.len());
    Keymap::with(&changes).unwrap()
}

/// The bottom line, and what it says under a keymap.
fn bottom(mut state: State, keymap: &Keymap) -> String {
    state.keymap = keymap.clone();
    shown(&state).lines().last().unwrap().to_owned()
}

#[test]
fn hints_are_the_keymaps() {
    let other = other();
    for (name, make) in ALL {
        let state = make((200, 60));
        let before = bottom(state.clone(), &Keymap::default());
        let after = bottom(state, &other);
        if ["confirm", "prompt"].contains(name) {
            assert_eq!(before, after, "{name}: its keys are its own");
        } else {
            let ascii_keys = after.split("  ").filter(|hint| {
                hint.trim().split(' ').next().is_some_and(|key| key.len() == 1 && key.is_ascii())
            });
            assert_eq!(ascii_keys.count(), 0, "{name}: {after}");
        }
    }
}

#[test]
fn the_help_lists_changed_keys_and_folds_long_ones() {
    let mut state = fixtures::help((100, 90));
    let keys = vec![Key::plain(KeyCode::Delete), Key::plain(KeyCode::Backspace), Key::char(' ')];
    state.keymap = Keymap::with(&[(Action::OlderPage, keys), (Action::Sort, vec![])]).unwrap();
    let screen = shown(&state);
    for wanted in ["Delete ", "Backspace ", "Space "] {
        assert!(screen.contains(wanted), "{wanted}: {screen}");
    }
    let row = screen.lines().find(|line| line.contains(" sort ")).unwrap();
    assert!(!row.contains(" o ") && row.contains(" none "), "{row}");
}

#[test]
fn sentences_name_the_keys_that_work() {
    let mut state = fixtures::unread((200, 60));
    fixtures::select(&mut state, 5_010);
    state.keymap = Keymap::with(&[(Action::Retry, vec![Key::char('X')])]).unwrap();
    let screen = shown(&state);
    assert!(screen.contains("X reads these sequences again"), "{screen}");
    assert!(screen.contains("X reads again"), "{screen}");
    assert!(!screen.contains("R reads"), "{screen}");
}
