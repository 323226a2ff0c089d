//! The ledger: every sequence of the page accounted for, and what the read cost. While a read
//! lasts, how far it is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::app::State;
use crate::app::view::Load;
use crate::domain::{Goal, Page, Place, Slot, format, server_headers};

use super::paint::{self, span};
use super::text;
use super::theme::Theme;
use super::words;

/// Columns of the gauge.
const GAUGE: u64 = 10;

pub(super) fn draw(buf: &mut Buffer, theme: &Theme, area: Rect, state: &State) {
    if state.view.page().is_none() && state.view.load.is_none() {
        return;
    }
    paint::fill(buf, area, " ", theme.ledger);
    let mut spans = vec![span(" ", theme.text)];
    if let Some(load) = &state.view.load
        && let Some(ms) = words::slow(load.since, state.now)
    {
        let roomy = area.width >= 116 || state.view.page().is_none();
        loading(&mut spans, theme, load, ms, state, roomy);
    }
    if let Some(seek) = &state.jumps.seek
        && let Some(ms) = words::slow(seek.since, state.now)
    {
        let what = match seek.goal {
            Goal::Time(_) => "the time",
            Goal::NextGap(_) | Goal::PreviousGap(_) => "a gap",
            Goal::LastFrame => "the last frame",
        };
        let g = &theme.glyphs;
        spans.push(span(format!("{} ", g.spinner(state.now.as_millisecond())), theme.note));
        spans.push(span(
            format!("searching for {what} {} {} ", words::seconds(ms), g.bar),
            theme.text,
        ));
    }
    if let Some(page) = state.view.page() {
        account(&mut spans, theme, state, page, usize::from(area.width));
    }
    paint::line(buf, theme, area, &Line::from(spans));
}

/// How far the read is; what the account beside it leaves no room for is left out.
fn loading(
    spans: &mut Vec<Span<'static>>,
    theme: &Theme,
    load: &Load,
    ms: i64,
    state: &State,
    roomy: bool,
) {
    let g = &theme.glyphs;
    let what = place(load.place);
    spans.push(span(format!("{} ", g.spinner(state.now.as_millisecond())), theme.note));
    if roomy {
        spans.push(span(format!("reading {what} "), theme.text));
    }
    if let Some(met) = load.waiting {
        spans.push(span(format!("{met}, asking again "), theme.unread));
        if roomy {
            spans.push(span(format!("{} ", g.dot), theme.text));
        }
    } else if let Some((known, of)) = load.progress {
        if roomy {
            let full = (known.saturating_mul(GAUGE) / of.max(1)).min(GAUGE);
            let bar = |glyph: &str, n: u64| glyph.repeat(usize::try_from(n).unwrap_or(0));
            let bar = format!("{}{} ", bar(g.full, full), bar(g.hollow, GAUGE - full));
            spans.push(span(bar, theme.note));
        }
        let (known, of) = (format::count(known), format::count(of));
        spans.push(span(format!("{known} of {of} {} ", g.dot), theme.text));
    }
    spans.push(span(format!("{} ", words::seconds(ms)), theme.text));
    if state.view.page().is_some() {
        spans.push(span(format!("{} ", g.bar), theme.dim));
    }
}

fn place(place: Place) -> String {
    match place {
        Place::Newest => "newest page".into(),
        Place::Oldest => "oldest page".into(),
        Place::Before(seq) => format!("below {}", format::count(seq)),
        Place::After(seq) => format!("above {}", format::count(seq)),
        Place::At(window) => format::range(window),
        Place::Around(seq) => format!("around {}", format::count(seq)),
    }
}

/// Sequences of the page that are being read.
fn reading(state: &State, page: &Page) -> u64 {
    let runs = page.slots().iter().filter_map(|slot| match slot {
        Slot::Unread(run) if state.view.is_reading(run) => Some(run.range.len()),
        _ => None,
    });
    runs.sum()
}

/// How many of the frames say that they are no messages of people, the longest form first; none
/// where none does.
fn markers(page: &Page) -> Vec<String> {
    match page.frames().filter(|frame| server_headers::marker(frame).is_some()).count() {
        0 => Vec::new(),
        n => {
            let markers = format::counted(n as u64, "marker");
            vec![format!(" (of them {markers})"), format!(" ({markers})")]
        }
    }
}

fn account(
    spans: &mut Vec<Span<'static>>,
    theme: &Theme,
    state: &State,
    page: &Page,
    width: usize,
) {
    let dot = theme.glyphs.dot;
    let l = page.ledger();
    spans.push(span(
        format!("{} = {}", format::counted(l.slots, "slot"), format::counted(l.frames, "frame")),
        theme.text,
    ));
    let after_frames = spans.len();
    spans.push(span(" + ", theme.text));
    let missing = if l.missing == 0 { theme.text } else { theme.strong };
    spans.push(span(format!("{} missing", format::count(l.missing)), missing));
    let reading = reading(state, page);
    // What there is nothing of is not named: the sum is right without it.
    for (n, what, style) in [
        (l.unreadable, "unreadable", theme.bad),
        (reading, "still reading", theme.note),
        (l.unread.saturating_sub(reading), "unread", theme.unread),
    ] {
        if n > 0 {
            spans.push(span(" + ", theme.text));
            spans.push(span(format!("{} {what}", format::count(n)), style));
        }
    }
    let cost = &page.cost;
    let requests = format::counted(cost.requests(), "request");
    let mut tail = format!(" {dot} {} {dot} {requests}", format::millis(cost.micros));
    if cost.cached > 0 {
        tail.push_str(&format!(" {dot} {} cached", format::count(cost.cached)));
    }
    let mut parts = vec![
        format!("info {}", format::count(cost.info)),
        format!("frames {}", format::count(cost.frames)),
        format!("probes {}", format::count(cost.gaps)),
    ];
    if cost.failed > 0 {
        parts.push(format!("failed {}", format::count(cost.failed)));
    }
    let head = match page.head.iter().map(|gap| gap.range.len()).sum::<u64>() {
        0 => String::new(),
        n => format!(" {dot} {} before the first", format::count(n)),
    };
    let parts = format!(" ({})", parts.join(", "));
    let bytes = format!(" {dot} {}", format::bytes(cost.bytes));
    let mut used = spans.iter().map(|s| text::width(&s.content)).sum::<usize>();
    let mut forms = markers(page);
    let fits = |form: &String| used + text::width(form) + text::width(&tail) < width;
    let shortest = forms.pop();
    if let Some(marked) = forms.into_iter().find(fits).or(shortest) {
        used += text::width(&marked);
        spans.insert(after_frames, span(marked, theme.marker));
        // What they take goes off the requests first.
        if used + text::width(&tail) + 1 > width {
            tail = format!(" {dot} {}", format::millis(cost.micros));
        }
    }
    if used + text::width(&tail) + 1 > width {
        return;
    }
    used += text::width(&tail);
    let mut left = width.saturating_sub(used + 1);
    // The head says something of the room, the rest only of the read.
    let mut add = |extra: &str, tail: &mut String, at_end: bool| {
        if let Some(rest) = left.checked_sub(text::width(extra)) {
            left = rest;
            if at_end { tail.push_str(extra) } else { tail.insert_str(0, extra) }
        }
    };
    add(&head, &mut tail, false);
    add(&parts, &mut tail, true);
    add(&bytes, &mut tail, true);
    if let Some(ahead) = &state.view.ahead {
        let ahead = format!(" {dot} reading ahead {}", place(ahead.place));
        add(&ahead, &mut tail, true);
    }
    spans.push(span(tail, theme.text));
}
