//! Full-width rows for what is not a frame. What is missing is drawn on dashes, what is lost on
//! crosses, what the server does not give on waves, and what got no answer on exclamation marks, so
//! that none is taken for a frame or for another, in any theme.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::style::Style;

use crate::app::view::Row;
use crate::app::{Action, State};
use crate::domain::{FaultKind, Gap, GapCause, Page, StreamState, Unread, format};

use crate::ui::text;
use crate::ui::theme::Theme;

/// A row of `width` columns for what is no frame, and its style; none for a frame. Only what shows
/// damage warns.
pub(super) fn line(
    theme: &Theme,
    row: &Row<'_>,
    page: &Page,
    state: &State,
    width: usize,
) -> Option<(String, Style)> {
    let g = &theme.glyphs;
    // A glyph and a blank stand before the words of a gap, three and a blank before those of the rest.
    let room = width.saturating_sub(4);
    let (style, glyph, words) = match row {
        Row::Frame(_) => return None,
        Row::Gap { gap, .. } => {
            let (style, glyph) = match gap.cause {
                GapCause::Lost => (theme.bad, g.lost),
                GapCause::Unreadable => (theme.bad, g.unreadable),
                GapCause::PastLimit
                | GapCause::ExpiredOrRemoved
                | GapCause::Removed
                | GapCause::BeforeFirst
                | GapCause::NotKnown => (theme.gap, g.gap),
            };
            let room = width.saturating_sub(2);
            let (zone, now) = (&state.zone, state.now);
            (style, glyph, missing(gap, &page.stream.state, zone, now, room, g.dot))
        }
        Row::Unread(run) if state.view.is_reading(run) => {
            let progress = state.view.load.and_then(|load| load.progress);
            (theme.note, g.hollow, reading(run, progress, room, g.dot, g.ellipsis))
        }
        Row::Unread(run) => {
            let retry = state.keymap.hint(Action::Retry);
            (theme.unread, g.unread, unread(run, &retry, room, g.dot, g.ellipsis))
        }
    };
    Some((on_glyphs(&words, glyph, width, g.ellipsis), style))
}

/// What a gap row says, in the longest form that fits `width` columns.
fn missing(
    gap: &Gap,
    stream: &StreamState,
    zone: &TimeZone,
    now: Timestamp,
    width: usize,
    dot: &str,
) -> String {
    let range = format::range(gap.range);
    let n = format::count(gap.range.len());
    let mut forms = Vec::with_capacity(3);
    let whole =
        gap.beyond(stream).map_or_else(String::new, |hole| format!(" of {}", format::range(hole)));
    let what = format!("{range}{whole} {dot} {n} {}", gap.cause.word());
    match gap.cause {
        GapCause::BeforeFirst => {
            forms.push(what);
            forms.push(format!("{range} {dot} {n} before the first"));
        }
        _ => {
            forms.extend(when(gap, zone, now).iter().map(|when| format!("{what} {dot} {when}")));
            forms.push(what);
        }
    }
    let fits = forms.iter().position(|form| text::width(form) <= width);
    let chosen = fits.unwrap_or(forms.len().saturating_sub(1));
    forms.into_iter().nth(chosen).unwrap_or_default()
}

/// When the missing ones were published, as far as the frames on both sides tell; the longest
/// form first, none where nothing is known.
fn when(gap: &Gap, zone: &TimeZone, now: Timestamp) -> Vec<String> {
    // One time alone is of an unknown day, unless it is today.
    let alone = |time| format::span_ends(time, now, zone).0;
    match (gap.before, gap.after) {
        (Some(before), Some(after)) => {
            let (from, to) = format::span_ends(before.time, after.time, zone);
            let mut forms = vec![format!("between {from} and {to}"), format!("{from} to {to}")];
            // Ends on two days are told apart by their dates alone.
            if let (Some((from, _)), Some((to, _))) = (from.split_once(' '), to.split_once(' ')) {
                forms.push(format!("{from} to {to}"));
            }
            forms
        }
        (Some(before), None) => vec![format!("after {}", alone(before.time))],
        (None, Some(after)) => vec![format!("before {}", alone(after.time))],
        (None, None) => Vec::new(),
    }
}

/// What the row of a run that is being read says, in the longest form that fits `width` columns.
/// The progress is that of the whole read.
fn reading(
    run: &Unread,
    progress: Option<(u64, u64)>,
    width: usize,
    dot: &str,
    ellipsis: &str,
) -> String {
    let what = format!("reading{ellipsis} {}", format::range(run.range));
    let counted = format!("{what} {dot} {}", format::counted(run.range.len(), "sequence"));
    let known = progress.map(|(known, of)| {
        format!("{counted} {dot} {} of {} known", format::count(known), format::count(of))
    });
    let mut forms = known.into_iter().chain([counted]);
    forms.find(|form| text::width(form) <= width).unwrap_or(what)
}

/// What an unread row says in `width` columns; the fault is what is cut. `retry_key` reads the
/// sequences again.
fn unread(unread: &Unread, retry_key: &str, width: usize, dot: &str, ellipsis: &str) -> String {
    let range = format::range(unread.range);
    let n = format::count(unread.range.len());
    // Nobody asked for it in vain: it was not asked for.
    if unread.fault.kind == FaultKind::NotTried {
        let what = format!("{range} {dot} {n} not read");
        let whole = format!("{what} {dot} {retry_key} reads them");
        return if text::width(&whole) <= width { whole } else { what };
    }
    let what = format!("{range} {dot} {n} could not be read");
    let retry = format!(" {dot} {retry_key} reads them again");
    let between = format!(" {dot} ");
    let used = text::width(&what) + text::width(&between);
    let fault = &unread.fault.text;
    if used + text::width(fault) + text::width(&retry) <= width {
        return format!("{what}{between}{fault}{retry}");
    }
    let room = width.saturating_sub(used + text::width(&retry));
    if room >= 28 {
        return format!("{what}{between}{}{retry}", text::fit(fault, room, ellipsis));
    }
    // The fault is in the detail pane: its kind does here, and the key that helps goes last.
    let kind = unread.fault.kind.word();
    let short = format!(" {dot} {retry_key} reads again");
    let forms = [
        format!("{what}{between}{kind}{retry}"),
        format!("{what}{between}{kind}{short}"),
        format!("{what}{retry}"),
        format!("{what}{short}"),
    ];
    forms.into_iter().find(|form| text::width(form) <= width).unwrap_or(what)
}

/// A row of `width` columns with words on a repeated glyph: `╌╌╌ words ╌╌╌╌╌`.
fn on_glyphs(words: &str, glyph: &str, width: usize, ellipsis: &str) -> String {
    let used = text::width(words);
    let lead = width.saturating_sub(used + 2).clamp(1, 3);
    let mut row = glyph.repeat(lead);
    row.push(' ');
    row.push_str(&text::fit(words, width.saturating_sub(lead + 1), ellipsis));
    let rest = width.saturating_sub(text::width(&row));
    if rest > 1 {
        row.push(' ');
        row.push_str(&glyph.repeat(rest - 1));
    }
    row
}
