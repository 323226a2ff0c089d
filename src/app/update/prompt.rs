//! The typed line: filters apply as one types, the rest on Enter.

use tui_input::InputRequest;

use crate::app::action::{self, Action};
use crate::app::effect::Effect;
use crate::app::key::{Key, KeyCode};
use crate::app::overlay::{Overlay, Prompt, PromptKind};
use crate::app::state::State;
use crate::domain::{PageSize, RoomId, escape};

use super::{actions, jump, load, pages};

impl Prompt {
    /// A line that begins with `text`.
    pub fn new(kind: PromptKind, text: &str) -> Self {
        Self { kind, input: text.into(), error: None }
    }
}

fn prompt(state: &mut State) -> Option<&mut Prompt> {
    match state.overlays.last_mut() {
        Some(Overlay::Prompt(prompt)) => Some(prompt),
        _ => None,
    }
}

pub(super) fn key(state: &mut State, key: Key) -> Vec<Effect> {
    let request = match (key.code, key.ctrl) {
        (KeyCode::Enter, _) => return enter(state),
        (KeyCode::Esc, _) => {
            cancel(state);
            return Vec::new();
        }
        (KeyCode::Char('u'), true) => InputRequest::DeleteLine,
        (KeyCode::Char('w'), true) => InputRequest::DeletePrevWord,
        (KeyCode::Char('a'), true) | (KeyCode::Home, _) => InputRequest::GoToStart,
        (KeyCode::Char('e'), true) | (KeyCode::End, _) => InputRequest::GoToEnd,
        (KeyCode::Char(c), false) => InputRequest::InsertChar(c),
        (KeyCode::Backspace, _) => InputRequest::DeletePrevChar,
        (KeyCode::Delete, _) => InputRequest::DeleteNextChar,
        (KeyCode::Left, _) => InputRequest::GoToPrevChar,
        (KeyCode::Right, _) => InputRequest::GoToNextChar,
        _ => return Vec::new(),
    };
    edit(state, [request]);
    Vec::new()
}

/// Longest line, in characters. Editing costs as much as the line is long, and no name, text or
/// command worth typing is longer.
const LINE_AT_MOST: usize = 500;

/// The first line of what is pasted goes into the line, control characters left out.
pub(super) fn paste(state: &mut State, text: &str) -> Vec<Effect> {
    let line = text.trim_start().lines().next().unwrap_or_default();
    edit(state, line.chars().filter(|c| !c.is_control()).map(InputRequest::InsertChar));
    Vec::new()
}

fn edit(state: &mut State, requests: impl IntoIterator<Item = InputRequest>) {
    let Some(prompt) = prompt(state) else { return };
    prompt.error = None;
    let room = LINE_AT_MOST.saturating_sub(prompt.input.value().chars().count());
    for request in requests.into_iter().take(room.max(1)) {
        if room > 0 || !matches!(request, InputRequest::InsertChar(_)) {
            prompt.input.handle(request);
        }
    }
    let (kind, text) = (prompt.kind, prompt.input.value().to_owned());
    live(state, kind, text);
}

/// What takes effect as one types.
fn live(state: &mut State, kind: PromptKind, text: String) {
    match kind {
        PromptKind::Filter => state.rooms.set_filter(text),
        PromptKind::HelpFilter => {
            for layer in &mut state.overlays {
                if let Overlay::Help { filter, scroll } = layer {
                    filter.clone_from(&text);
                    *scroll = 0;
                }
            }
        }
        PromptKind::Find | PromptKind::PageSize | PromptKind::Goto | PromptKind::Command => {}
    }
}

/// Esc: the line goes, and a filter with it.
fn cancel(state: &mut State) {
    if let Some(Overlay::Prompt(prompt)) = state.overlays.pop() {
        live(state, prompt.kind, String::new());
    }
}

fn enter(state: &mut State) -> Vec<Effect> {
    let Some(Overlay::Prompt(mut prompt)) = state.overlays.pop() else { return Vec::new() };
    let text = prompt.input.value().trim().to_owned();
    let outcome = match prompt.kind {
        PromptKind::Filter | PromptKind::HelpFilter => Ok(Vec::new()),
        PromptKind::Find if text.is_empty() => Ok(Vec::new()),
        PromptKind::Find => {
            state.find = Some(text);
            Ok(pages::find(state, true))
        }
        PromptKind::PageSize => PageSize::parse(&text)
            .map(|size| pages::resize(state, size))
            .map_err(|error| error.to_string()),
        PromptKind::Goto if text.is_empty() => Ok(Vec::new()),
        PromptKind::Goto => jump::goto(state, &text),
        PromptKind::Command => command(state, &text),
    };
    outcome.unwrap_or_else(|error| {
        prompt.error = Some(error);
        state.overlays.push(Overlay::Prompt(prompt));
        Vec::new()
    })
}

/// A command: the name of an action, `last N`, `open ROOM`, or where to go: `goto 14:03`, `12345`.
fn command(state: &mut State, text: &str) -> Result<Vec<Effect>, String> {
    let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
    let rest = rest.trim();
    match (name, rest) {
        ("", _) => Ok(Vec::new()),
        ("goto", spot) if !spot.is_empty() => jump::goto(state, spot),
        ("today" | "yesterday" | "now", _) => jump::goto(state, text),
        (name, _) if name.starts_with(|c: char| c.is_ascii_digit()) => jump::goto(state, text),
        ("last", size) if !size.is_empty() => PageSize::parse(size)
            .map(|size| pages::resize(state, size))
            .map_err(|error| error.to_string()),
        ("open", id) if !id.is_empty() => {
            let id = RoomId::new(id).map_err(|error| error.to_string())?;
            match state.rooms.get(&id) {
                Some(_) => Ok(load::open(state, &id)),
                None => Err(format!("there is no room '{id}' in the list")),
            }
        }
        (name, rest) => {
            let shown = escape::text(name);
            match action::by_name(name) {
                Ok(action) if rest.is_empty() => Ok(actions::run(state, action, None)),
                Ok(_) => Err(format!("'{shown}' takes nothing after it")),
                Err(names) if names.is_empty() => {
                    let help = state.keymap.hint(Action::Help);
                    Err(format!("'{shown}' is no command; {help} lists them"))
                }
                Err(names) => Err(format!("'{shown}' could be {}", names.join(", "))),
            }
        }
    }
}
