//! What is known of the selected room without asking anybody, while none is opened.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use crate::app::{Action, State};
use crate::domain::RoomRow;
use crate::domain::{Drift, Found, StreamInfo, escape, format, limits};

use crate::ui::paint::{self, span};
use crate::ui::pane::Pane;
use crate::ui::theme::Theme;
use crate::ui::words;

/// Columns of a label and the blank after it.
const LABEL: usize = 13;

pub(in crate::ui) const PANE: Pane = Pane { titled: true, draw, ..Pane::BARE };

fn draw(buf: &mut Buffer, theme: &Theme, area: Rect, state: &State, _: bool) {
    let Some(row) = state.rooms.selected() else {
        paint::pane(buf, theme, area, false, vec![span("No room selected", theme.title)]);
        return;
    };
    let title = vec![
        span(row.room.title(), theme.strong),
        span(format!(" {} not opened", theme.glyphs.dot), theme.dim),
    ];
    let body = paint::pane(buf, theme, area, false, title);
    let width = usize::from(body.width.saturating_sub(3));
    let lines = lines(theme, row, state, width);
    paint::lines_marked(buf, theme, paint::indent(body, 2), &lines);
}

/// Collects labelled values, folded to a width.
struct Card<'a> {
    theme: &'a Theme,
    width: usize,
    lines: Vec<Line<'static>>,
}

impl Card<'_> {
    fn field(&mut self, label: &'static str, value: &str) {
        self.styled(label, value, self.theme.text);
    }

    fn styled(&mut self, label: &'static str, value: &str, style: Style) {
        let label = (label, self.theme.dim, LABEL);
        paint::labelled(&mut self.lines, label, (value, style), self.width);
    }

    fn sentence(&mut self, words: &str, style: Style) {
        paint::folded(&mut self.lines, words, self.width, style);
    }

    fn blank(&mut self) {
        self.lines.push(Line::default());
    }
}

fn lines(theme: &Theme, row: &RoomRow, state: &State, width: usize) -> Vec<Line<'static>> {
    let room = &row.room;
    let room_state = row.state();
    let mut card = Card { theme, width, lines: Vec::new() };
    // The list has one mark a room; all of them stand here.
    let mut states = row.marks();
    if states.is_empty() {
        states.push(room_state);
    }
    for state in states {
        let word = format!("{} {}", theme.glyphs.state(state), state.word());
        card.sentence(&word, theme.state(state));
    }
    for words in words::state_sentences(row) {
        card.sentence(&words, theme.text);
    }
    card.blank();
    card.field("id", &room.id.to_string());
    card.field("stream", &room.id.stream().to_string());
    match (&room.subject, row.stream()) {
        (Some(subject), _) => card.field("subject", &escape::text(subject.as_str())),
        (None, Some(info)) => {
            let found = escape::text(&info.config.subjects.join(", ")).into_owned();
            card.field("subject", &format!("{found} (the stream's; the room's is not known)"));
        }
        (None, None) => card.styled("subject", "not known", theme.dim),
    }
    card.field("known from", &words::known_from(room));
    if !room.encrypted {
        card.field("payload", "not encrypted, says the rooms file");
    }
    if !room.members.is_empty() {
        card.field("members", &format::counted(room.members.len() as u64, "key"));
    }
    if let Some(info) = row.stream() {
        card.blank();
        if info.leaderless {
            card.sentence("As this member last knew:", theme.bad);
        }
        stream(&mut card, info, state);
        let drift = Drift::compare(room, &info.config);
        if !drift.is_none() {
            card.blank();
            card.sentence("Configuration, wanted and found:", theme.note);
            for field in &drift.fields {
                let (wanted, found) = (escape::text(&field.wanted), escape::text(&field.found));
                card.field(field.field, &format!("{wanted} / {found}"));
            }
        }
    }
    let before = card.lines.len();
    card.blank();
    // Whether there is a stream may not be known: then nothing is said of what opening makes.
    if row.found == Found::NoStream {
        card.sentence(&words::creating(room, state), theme.text);
    } else if let Some(why) = room.why_not_ensured() {
        card.sentence(&format!("It is read but never ensured: {why}."), theme.dim);
    }
    if state.read_only && row.stream().is_some() {
        card.sentence("Read-only: nothing is ever written to its stream.", theme.dim);
    }
    if card.lines.len() > before + 1 {
        card.blank();
    }
    card.lines.push(Line::from(vec![
        span(state.keymap.hint(Action::Open), theme.key),
        span(" opens it", theme.text),
    ]));
    card.lines
}

fn stream(card: &mut Card<'_>, info: &StreamInfo, state: &State) {
    let s = &info.state;
    card.field(
        "messages",
        &format!(
            "{} {} {}",
            format::count(s.messages),
            card.theme.glyphs.dot,
            format::bytes(s.bytes)
        ),
    );
    if s.is_empty() {
        card.field("last given", &format::count(s.last_seq));
    } else {
        let at = |time: Option<jiff::Timestamp>| {
            time.map_or_else(String::new, |t| {
                let age = format::age(t, state.now);
                format!("  {} ({age})", format::date_clock(t, &state.zone))
            })
        };
        card.field("first", &format!("{}{}", format::count(s.first_seq), at(s.first_time)));
        card.field("last", &format!("{}{}", format::count(s.last_seq), at(s.last_time)));
    }
    if s.num_deleted > 0 {
        let gap = card.theme.gap;
        card.styled(
            "missing",
            &format!("{} between first and last", format::count(s.num_deleted)),
            gap,
        );
    }
    if s.before_first() > 0 {
        let gone = format::counted(s.before_first(), "sequence");
        let words = format!("{gone} ({} in the list)", card.theme.glyphs.before);
        let gap = card.theme.gap;
        card.styled("before first", &words, gap);
    }
    if let Some(lost) = s.lost.as_ref().filter(|lost| !lost.is_none()) {
        let bad = card.theme.bad;
        card.styled("damage", &lost.words(), bad);
    }
    card.field("replicas", &info.config.replicas.max(1).to_string());
    if let Some(leader) = &info.leader {
        card.field("leader", leader);
    }
    card.field("created", &format::date_clock(info.created, &state.zone));
    for (n, (name, value)) in limits::in_force(&info.config, true).iter().enumerate() {
        card.field(if n == 0 { "limits" } else { "" }, &format!("{name} {value}"));
    }
}
