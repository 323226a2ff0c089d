//! One row of the room list and its columns, left out by width in an order of their own.

use ratatui::style::Style;
use ratatui::text::Line;

use crate::app::State;
use crate::domain::RoomRow;
use crate::domain::{RoomState, StreamInfo, format};

use crate::ui::paint::span;
use crate::ui::theme::Theme;
use crate::ui::{text, words};

/// A column beside mark and name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Frames,
    Last,
    State,
    Missing,
    /// Sequences below the first one; without this column they are marked in that of the missing.
    Before,
    Bytes,
}

impl Column {
    /// The order on the screen.
    const ALL: [Self; 6] =
        [Self::Frames, Self::Bytes, Self::Missing, Self::Before, Self::Last, Self::State];
    /// The order in which they are given room.
    const WANTED: [Self; 6] =
        [Self::Frames, Self::Last, Self::State, Self::Missing, Self::Bytes, Self::Before];

    /// The title, and columns.
    const fn head(self) -> (&'static str, usize) {
        match self {
            Self::Frames => ("frames", 9),
            Self::Last => ("last", words::AGE),
            Self::State => ("state", 13),
            Self::Missing => ("missing", 9),
            Self::Before => ("before", 9),
            Self::Bytes => ("bytes", 10),
        }
    }

    const fn width(self) -> usize {
        self.head().1
    }

    /// What a room with a stream has in it.
    fn of(
        self,
        theme: &Theme,
        info: &StreamInfo,
        state: &State,
        room_state: RoomState,
        before_apart: bool,
    ) -> (String, Style) {
        let g = &theme.glyphs;
        let s = &info.state;
        match self {
            Self::Frames => (format::count(s.messages), theme.text),
            Self::Bytes => (format::bytes(s.bytes), theme.dim),
            Self::Missing => {
                let before = if before_apart { 0 } else { s.before_first() };
                missing(theme, s.num_deleted, before, self.width())
            }
            Self::Before if s.before_first() == 0 => (g.dot.into(), theme.dim),
            Self::Before => (format!("{}{}", g.before, format::count(s.before_first())), theme.gap),
            Self::Last => {
                let age = s.last_time.map(|t| words::age(t, state.now));
                (age.unwrap_or_else(|| g.dot.into()), theme.dim)
            }
            Self::State => {
                let word = text::left(room_state.word(), self.width(), g.ellipsis);
                (word, theme.state(room_state))
            }
        }
    }
}

/// The sequences missing inside and, after a mark, those below the first one; where both are too
/// wide, the mark alone tells of the latter.
fn missing(theme: &Theme, inside: u64, before: u64, width: usize) -> (String, Style) {
    let g = &theme.glyphs;
    let head = format!("{}{}", g.before, format::count(before));
    match (inside, before) {
        (0, 0) => (g.dot.into(), theme.dim),
        (inside, 0) => (format::count(inside), theme.gap),
        (0, _) if text::width(&head) <= width => (head, theme.gap),
        (0, _) => (g.before.into(), theme.gap),
        (inside, _) => {
            let inside = format::count(inside);
            let both = format!("{inside} {head}");
            let marked = format!("{inside}{}", g.before);
            (if text::width(&both) <= width { both } else { marked }, theme.gap)
        }
    }
}

/// Columns that fit beside a name of at least 12.
pub(super) fn columns(width: usize) -> Vec<Column> {
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
    Column::ALL.into_iter().filter(|c| chosen.contains(c)).collect()
}

/// The titles of the columns.
pub(super) fn heading(theme: &Theme, columns: &[Column], width: u16) -> Line<'static> {
    let name = name_width(columns, usize::from(width));
    let mut line = format!("   {}", text::left("room", name, ""));
    for column in columns {
        line.push_str("  ");
        let (title, width) = column.head();
        line.push_str(&match column {
            Column::State => text::left(title, width, ""),
            _ => text::right(title, width, ""),
        });
    }
    Line::styled(line, theme.dim)
}

fn name_width(columns: &[Column], width: usize) -> usize {
    let used: usize = columns.iter().map(|c| c.width() + 2).sum();
    width.saturating_sub(4 + used)
}

/// Mark, name and columns; without a stream the state's word stands where the numbers would.
pub(super) fn line(
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
    let before_apart = columns.contains(&Column::Before);
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
        return Line::from(vec![mark, name(all.saturating_sub(reach)), span(word, style)]);
    };
    let mut spans = vec![mark];
    if row.stale.is_some() || info.leaderless {
        // What is shown was true once, or one member takes it to be; that must show in the narrowest list too.
        spans.push(name(all.saturating_sub(2)));
        spans.push(span(format!(" {}", g.stale), theme.bad));
    } else {
        spans.push(name(all));
    }
    for column in columns {
        let (content, style) = column.of(theme, info, state, room_state, before_apart);
        let content = text::right(&content, column.width(), g.ellipsis);
        spans.push(span(format!("  {content}"), style));
    }
    Line::from(spans)
}
