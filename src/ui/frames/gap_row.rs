//! Full-width rows for what is not a frame. What is missing is drawn on dashes, what is lost on
//! crosses, what the server does not give on waves, and what got no answer on exclamation marks, so
//! that none is taken for a frame or for another, in any theme.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::style::Style;

use crate::domain::{FaultKind, Gap, GapCause, StreamState, Unread, format};

use crate::ui::theme::Theme;
use crate::ui::{text, words};

/// What a gap row says, in the longest form that fits `width` columns.
pub(super) fn gap(
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
pub(super) fn reading(
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
pub(super) fn unread(
    unread: &Unread,
    retry_key: &str,
    width: usize,
    dot: &str,
    ellipsis: &str,
) -> String {
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
    let fault = &words::unread_text(unread);
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
pub(super) fn on_glyphs(words: &str, glyph: &str, width: usize, ellipsis: &str) -> String {
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

/// Columns a gap row of `width` leaves for the words: one dash and a blank before them.
pub(super) const fn gap_width(width: usize) -> usize {
    width.saturating_sub(2)
}

/// Columns an unread row of `width` leaves for the words: three marks and a blank before them.
pub(super) const fn unread_width(width: usize) -> usize {
    width.saturating_sub(4)
}

/// The style and glyph of a gap row. Only what shows damage warns.
pub(super) const fn gap_style(theme: &Theme, cause: GapCause) -> (Style, &'static str) {
    match cause {
        GapCause::Lost => (theme.bad, theme.glyphs.lost),
        GapCause::Unreadable => (theme.bad, theme.glyphs.unreadable),
        GapCause::PastLimit
        | GapCause::ExpiredOrRemoved
        | GapCause::Removed
        | GapCause::BeforeFirst
        | GapCause::NotKnown => (theme.gap, theme.glyphs.gap),
    }
}

/// The style and glyph of an unread row.
pub(super) const fn unread_style(theme: &Theme) -> (Style, &'static str) {
    (theme.unread, theme.glyphs.unread)
}
