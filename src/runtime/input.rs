//! What the terminal sends, as the app's messages.

use crossterm::event::{
    Event, KeyCode as Code, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent,
    MouseEventKind,
};

use crate::app::{Key, KeyCode, Msg, State};
use crate::ui;

/// Rows one notch of the wheel moves.
const NOTCH: i32 = 3;

/// The message of an event; `None` for what the app does not react to.
pub(super) fn message(event: Event, state: &State) -> Option<Msg> {
    match event {
        Event::Key(event) => key(event).map(Msg::Key),
        Event::Paste(text) => Some(Msg::Paste(text)),
        Event::Mouse(event) => mouse(event, state),
        Event::Resize(columns, rows) => Some(Msg::Resize(columns, rows)),
        Event::FocusGained | Event::FocusLost => None,
    }
}

/// The key pressed. A key with Alt or a system modifier is no key of ours: `Alt-q` must not quit.
fn key(event: KeyEvent) -> Option<Key> {
    let known = KeyModifiers::CONTROL | KeyModifiers::SHIFT;
    if event.kind == KeyEventKind::Release || !known.contains(event.modifiers) {
        return None;
    }
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let shift = event.modifiers.contains(KeyModifiers::SHIFT);
    let code = match event.code {
        Code::Char(c) if ctrl => KeyCode::Char(c.to_ascii_lowercase()),
        Code::Char(c) => KeyCode::Char(c),
        Code::Enter => KeyCode::Enter,
        Code::Esc => KeyCode::Esc,
        Code::Tab if shift => KeyCode::BackTab,
        Code::Tab => KeyCode::Tab,
        Code::BackTab => KeyCode::BackTab,
        Code::Backspace => KeyCode::Backspace,
        Code::Delete => KeyCode::Delete,
        Code::Up => KeyCode::Up,
        Code::Down => KeyCode::Down,
        Code::Left => KeyCode::Left,
        Code::Right => KeyCode::Right,
        Code::PageUp => KeyCode::PageUp,
        Code::PageDown => KeyCode::PageDown,
        Code::Home => KeyCode::Home,
        Code::End => KeyCode::End,
        _ => return None,
    };
    Some(Key { code, ctrl })
}

fn mouse(event: MouseEvent, state: &State) -> Option<Msg> {
    let target = || ui::target(state, event.column, event.row);
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => Some(Msg::Click(target())),
        MouseEventKind::ScrollUp => Some(Msg::Wheel(target(), -NOTCH)),
        MouseEventKind::ScrollDown => Some(Msg::Wheel(target(), NOTCH)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(code: Code, modifiers: KeyModifiers) -> Option<Key> {
        key(KeyEvent::new(code, modifiers))
    }

    #[test]
    fn keys_are_those_of_the_registry() {
        let none = KeyModifiers::NONE;
        for (code, modifiers, wanted) in [
            (Code::Char('q'), none, Key::char('q')),
            (Code::Char('G'), KeyModifiers::SHIFT, Key::char('G')),
            (Code::Char('c'), KeyModifiers::CONTROL, Key::ctrl('c')),
            (Code::Char('R'), KeyModifiers::CONTROL | KeyModifiers::SHIFT, Key::ctrl('r')),
            (Code::BackTab, KeyModifiers::SHIFT, Key::plain(KeyCode::BackTab)),
            (Code::Tab, KeyModifiers::SHIFT, Key::plain(KeyCode::BackTab)),
            (Code::PageUp, none, Key::plain(KeyCode::PageUp)),
        ] {
            assert_eq!(pressed(code, modifiers), Some(wanted), "{code:?}");
        }
    }

    #[test]
    fn releases_and_foreign_modifiers_are_no_keys() {
        let release = KeyEvent {
            kind: KeyEventKind::Release,
            ..KeyEvent::new(Code::Char('q'), KeyModifiers::NONE)
        };
        assert_eq!(key(release), None);
        assert_eq!(pressed(Code::Char('q'), KeyModifiers::ALT), None);
        assert_eq!(pressed(Code::F(1), KeyModifiers::NONE), None);
    }
}
