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
    // A rule and a blank on both sides; those on the right give way to the facts.
    let most = width.saturating_sub(4);
    let room = text::fit(&room, most, theme.glyphs.ellipsis).into_owned();
    let left = (most + 2).saturating_sub(text::width(&room));
    let forms = forms(theme, state);
    let facts = forms.into_iter().find(|form| text::width(form) <= left).unwrap_or_default();
    vec![span(room, name), span(facts, theme.text)]
}

/// What is said beside the name, the longest first. Of when it is goes before the extent of the
/// stream: what is said of the stream is said of that moment alone.
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
    let (first, last) = (format::count(s.first_seq), format::count(s.last_seq));
    let moment = view.as_of(state.now, &state.zone).unwrap_or_default();
    // The end that page and stream share need not be said twice.
    let (place, rest) = match (view.is_oldest(), view.is_newest()) {
        (true, true) => (format!(" {dot} all of it as of {moment}"), String::new()),
        (true, false) => (format!(" {dot} oldest at {moment}"), format!(" to {last}")),
        (false, true) => (format!(" {dot} newest at {moment}"), format!(" from {first}")),
        (false, false) => (format!(" {dot} as of {moment}"), format!(" of {first}-{last}")),
    };
    vec![
        format!(" {window} of {first}-{last}{place}{find}"),
        format!(" {window}{rest}{place}{find}"),
        format!(" {window}{place}{find}"),
        format!(" {window}{place}"),
        format!(" {window} of {first}-{last}"),
        format!(" {window}"),
    ]
}
