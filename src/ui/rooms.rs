//! The room list: one row a room, columns left out by width, the state's mark never.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::app::State;
use crate::app::rooms::RoomRow;
use crate::domain::{RoomState, StreamInfo, escape, format};

use super::paint::{self, span};
use super::text;
use super::theme::Theme;
use super::words;

/// A column beside mark and name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Frames,
    Last,
    State,
    Missing,
    Bytes,
}

impl Column {
    /// The order on the screen.
    const ALL: [Self; 5] = [
        Self::Frames,
        Self::Bytes,
        Self::Missing,
        Self::Last,
        Self::State,
    ];
    /// The order in which they are given room.
    const WANTED: [Self; 5] = [
        Self::Frames,
        Self::Last,
        Self::State,
        Self::Missing,
        Self::Bytes,
    ];

    const fn width(self) -> usize {
        match self {
            Self::Frames | Self::Missing => 9,
            Self::Last => 7,
            Self::State => 13,
            Self::Bytes => 10,
        }
    }

    /// What a room with a stream has in it.
    fn of(
        self,
        theme: &Theme,
        info: &StreamInfo,
        state: &State,
        room_state: RoomState,
    ) -> (String, Style) {
        let g = &theme.glyphs;
        let s = &info.state;
        match self {
            Self::Frames => (format::count(s.messages), theme.text),
            Self::Bytes => (format::bytes(s.bytes), theme.dim),
            Self::Missing if s.num_deleted == 0 => (g.dot.into(), theme.dim),
            Self::Missing => (format::count(s.num_deleted), theme.gap),
            Self::Last => {
                let age = s.last_time.map(|t| format::age(t, state.now));
                (age.unwrap_or_else(|| g.dot.into()), theme.dim)
            }
            Self::State => {
                let word = text::left(room_state.word(), self.width(), g.ellipsis);
                (word, theme.state(room_state))
            }
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Frames => "frames",
            Self::Last => "last",
            Self::State => "state",
            Self::Missing => "missing",
            Self::Bytes => "bytes",
        }
    }
}

/// Columns that fit beside a name of at least 12.
fn columns(width: usize) -> Vec<Column> {
    const NAME: usize = 12;
    let mut left = width.saturating_sub(4 + NAME);
    let mut chosen = Vec::new();
    for column in Column::WANTED {
        let Some(rest) = left.checked_sub(column.width() + 2) else {
            break;
        };
        left = rest;
        chosen.push(column);
    }
    Column::ALL
        .into_iter()
        .filter(|c| chosen.contains(c))
        .collect()
}

/// The part of the pane that holds the rows.
pub(super) fn list(area: Rect, state: &State) -> Rect {
    let body = paint::below_title(area);
    let head = u16::from(!columns(usize::from(area.width)).is_empty()).min(body.height);
    let notes = u16::try_from(notes(area, state).len()).unwrap_or(body.height);
    Rect {
        y: body.y + head,
        height: body.height.saturating_sub(head + notes),
        ..body
    }
}

/// What the listing could not do, folded; at most a third of the pane.
fn notes(area: Rect, state: &State) -> Vec<String> {
    let width = usize::from(area.width.saturating_sub(3));
    let most = usize::from(area.height / 3).max(1);
    let mut lines: Vec<String> = state
        .rooms
        .notes
        .iter()
        .flat_map(|n| text::wrap(&n.to_string(), width))
        .collect();
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.push_str(" (more)");
            *last = text::fit(last, width, "...").into_owned();
        }
    }
    lines
}

pub(super) fn draw(buf: &mut Buffer, theme: &Theme, area: Rect, state: &State, focus: bool) {
    paint::pane(
        buf,
        theme,
        area,
        focus,
        title(theme, state, focus, usize::from(area.width)),
    );
    let rows = list(area, state);
    let columns = columns(usize::from(area.width));
    if !columns.is_empty() {
        let head = Rect {
            y: area.y + 1,
            height: 1.min(area.height.saturating_sub(1)),
            ..area
        };
        paint::line(buf, theme, head, &heading(theme, &columns, area.width));
    }
    let selected = state.rooms.selected_index();
    for (n, line_area) in rows.rows().enumerate() {
        let index = state.rooms.offset + n;
        let Some(row) = state.rooms.row(index) else {
            break;
        };
        let opened = state.view.room.as_ref() == Some(&row.room.id);
        let is_selected = selected == Some(index);
        let line = line(theme, row, &columns, usize::from(area.width), state, opened);
        paint::line(buf, theme, paint::indent(line_area, 1), &line);
        if is_selected {
            select(buf, theme, line_area, focus);
        }
    }
    if state.rooms.is_empty() {
        let words = none(state);
        let lines: Vec<Line<'_>> = text::wrap(&words, usize::from(area.width.saturating_sub(3)))
            .into_iter()
            .map(|l| Line::styled(l, theme.dim))
            .collect();
        paint::lines(buf, theme, paint::indent(rows, 2), &lines);
    }
    let below = Rect {
        y: rows.bottom(),
        height: area.bottom().saturating_sub(rows.bottom()),
        ..area
    };
    let lines: Vec<Line<'_>> = notes(area, state)
        .into_iter()
        .map(|l| Line::styled(l, theme.note))
        .collect();
    if !lines.is_empty() {
        paint::put(buf, theme, below, "!", theme.note);
    }
    paint::lines(buf, theme, paint::indent(below, 2), &lines);
}

/// Marks a row as the selected one: a bar at its start, and the whole row in one style.
pub(super) fn select(buf: &mut Buffer, theme: &Theme, row: Rect, focus: bool) {
    let style = if focus {
        theme.selected
    } else {
        theme.selected_idle
    };
    buf.set_style(row.intersection(buf.area), style);
    paint::fill(
        buf,
        Rect {
            width: row.width.min(1),
            ..row
        },
        theme.glyphs.select,
        style,
    );
}

fn none(state: &State) -> String {
    if !state.rooms.filter.is_empty() && !state.rooms.all().is_empty() {
        "No room passes the filter.".into()
    } else if state.rooms.listing.is_some() {
        "Listing the rooms.".into()
    } else {
        "No rooms: no stream named UNIBUS_ was listed, and none was named by --rooms or on the \
         command line."
            .into()
    }
}

fn title(theme: &Theme, state: &State, focus: bool, width: usize) -> Vec<Span<'static>> {
    let rooms = &state.rooms;
    let dot = theme.glyphs.dot;
    let all = rooms.all().len();
    let shown = if rooms.len() == all {
        format!(" {all}")
    } else {
        format!(" {} of {all}", rooms.len())
    };
    let name = if focus {
        theme.title_focus
    } else {
        theme.title
    };
    let mut spans = vec![span("Rooms", name), span(shown, theme.text)];
    if let Some(listing) = &rooms.listing
        && words::slow(listing.since, state.now).is_some()
    {
        let turn = theme.glyphs.spinner(state.now.as_millisecond());
        spans.push(span(format!(" {turn} listing"), theme.note));
    }
    if !rooms.filter.is_empty() {
        let filter = escape::text(&rooms.filter).into_owned();
        spans.push(span(format!(" {dot} /{filter}"), theme.note));
    }
    let sort = format!(" {dot} by {}", rooms.sort.word());
    let used: usize = spans.iter().map(|s| text::width(&s.content)).sum();
    if used + text::width(&sort) + 3 <= width {
        spans.push(span(sort, theme.dim));
    }
    spans
}

fn heading(theme: &Theme, columns: &[Column], width: u16) -> Line<'static> {
    let name = name_width(columns, usize::from(width));
    let mut line = format!("   {}", text::left("room", name, ""));
    for column in columns {
        line.push_str("  ");
        let title = column.title();
        line.push_str(&match column {
            Column::State => text::left(title, column.width(), ""),
            _ => text::right(title, column.width(), ""),
        });
    }
    Line::styled(line, theme.dim)
}

fn name_width(columns: &[Column], width: usize) -> usize {
    let used: usize = columns.iter().map(|c| c.width() + 2).sum();
    width.saturating_sub(4 + used)
}

/// Mark, name and columns; without a stream the state's word stands where the numbers would.
fn line(
    theme: &Theme,
    row: &RoomRow,
    columns: &[Column],
    width: usize,
    state: &State,
    opened: bool,
) -> Line<'static> {
    let g = &theme.glyphs;
    let room_state = row.state();
    let style = theme.state(room_state);
    let strong = if opened { theme.strong } else { theme.text };
    let mark = span(format!("{} ", g.state(room_state)), style);
    let name = |columns| span(text::left(&row.room.title(), columns, g.ellipsis), strong);
    let all = name_width(columns, width);
    let Some(info) = row.stream() else {
        let rest: usize = columns.iter().map(|c| c.width() + 2).sum();
        // The word keeps its column where it has one, else it may reach into the name's.
        let word = match columns.last() {
            Some(Column::State) => text::left(room_state.word(), Column::State.width(), ""),
            Some(_) => room_state.word().to_owned(),
            None => String::new(),
        };
        let reach = (text::width(&word) + 2).saturating_sub(rest.max(2));
        let word = text::right(&word, rest + reach, g.ellipsis);
        return Line::from(vec![
            mark,
            name(all.saturating_sub(reach)),
            span(word, style),
        ]);
    };
    let mut spans = vec![mark, name(all)];
    for column in columns {
        let (content, style) = column.of(theme, info, state, room_state);
        let content = text::right(&content, column.width(), g.ellipsis);
        spans.push(span(format!("  {content}"), style));
    }
    Line::from(spans)
}
