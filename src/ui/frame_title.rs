//! The title of the frames pane: the room's name always, the rest as far as it fits.

use ratatui::text::Span;

use crate::app::State;
use crate::domain::{escape, format};

use super::paint::span;
use super::text;
use super::theme::Theme;

pub(super) fn title(theme: &Theme, state: &State, focus: bool, width: usize) -> Vec<Span<'static>> {
    let name = if focus { theme.title_focus } else { theme.title };
    let view = &state.view;
    let room = view.room.as_ref().map_or_else(String::new, |id| {
        state.rooms.get(id).map_or_else(|| id.to_string(), |row| row.room.title())
    });
    // A rule and a blank on both sides.
    let most = width.saturating_sub(4);
    let room = text::fit(&room, most, theme.glyphs.ellipsis).into_owned();
    let left = most.saturating_sub(text::width(&room));
    let forms = forms(theme, state);
    let facts = forms.into_iter().find(|form| text::width(form) <= left).unwrap_or_default();
    vec![span(room, name), span(facts, theme.text)]
}

/// What is said beside the name, the longest first: which page it is goes before the extent of
/// the stream, and that before the window.
fn forms(theme: &Theme, state: &State) -> Vec<String> {
    let dot = theme.glyphs.dot;
    let view = &state.view;
    let find = state.find.as_ref().map_or_else(String::new, |find| {
        let find = escape::text(find);
        format!(" {dot} find {}", text::fit(&find, 24, theme.glyphs.ellipsis))
    });
    let Some(page) = view.page() else { return vec![find] };
    let s = &page.stream.state;
    let window = format::range(page.window());
    let place = match (view.is_oldest(), view.is_newest()) {
        (true, true) => format!(" {dot} all of it"),
        (true, false) => format!(" {dot} oldest page"),
        (false, true) => format!(" {dot} newest page"),
        (false, false) => String::new(),
    };
    let (first, last) = (format::count(s.first_seq), format::count(s.last_seq));
    vec![
        format!(" {window} of {first}-{last}{place}{find}"),
        format!(" {window} of {first}-{last}{find}"),
        format!(" {window}{find}"),
        format!(" {window}"),
    ]
}
