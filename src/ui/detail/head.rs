//! A frame's fields and headers as lines, and what its headers mean.

use crate::app::State;
use crate::domain::server_headers::{self, Batch, Context, Meaning, batch};
use crate::domain::{Frame, Header, Page, escape, format};

use super::super::layout::WIDE;
use super::super::text;

/// How a line is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Strong,
    Dim,
    Accent,
    Warn,
    Bad,
}

/// One line: a label in a column of its own, then text, escaped and folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) label: &'static str,
    /// Columns of the label.
    pub(super) indent: usize,
    pub(super) text: String,
    pub(super) tone: Tone,
}

/// Columns of a field's label.
const LABEL: usize = 8;
/// Columns before a header's meaning: it stands below the header and further in.
const INDENT: usize = 4;
/// Headers shown; a hostile frame may have a hundred thousand.
const HEADERS: usize = 500;
/// Lines of one header or subject shown.
const LINES: usize = 16;
/// Lines from which on no further header is shown: all of them are made for each drawing.
const LINES_IN_ALL: usize = 300;

/// Collects facts, folded to a width.
pub(super) struct Facts {
    width: usize,
    pub(super) lines: Vec<Fact>,
}

impl Facts {
    pub(super) const fn new(width: usize) -> Self {
        Self { width, lines: Vec::new() }
    }

    pub(super) fn push(&mut self, label: &'static str, text: impl Into<String>, tone: Tone) {
        let indent = if label.is_empty() { 0 } else { LABEL };
        self.lines.push(Fact { label, indent, text: text.into(), tone });
    }

    /// Text folded at blanks; lines after the first stand below its text.
    pub(super) fn folded(&mut self, label: &'static str, text: &str, tone: Tone) {
        let indent = if label.is_empty() { 0 } else { LABEL };
        let room = self.width.saturating_sub(indent).max(8);
        for (n, part) in text::wrap(text, room).into_iter().enumerate() {
            let label = if n == 0 { label } else { "" };
            self.lines.push(Fact { label, indent, text: part, tone });
        }
    }

    /// One of several statements.
    pub(super) fn item(&mut self, text: &str) {
        for (n, text) in
            text::wrap(text, self.width.saturating_sub(2).max(8)).into_iter().enumerate()
        {
            let label = if n == 0 { "-" } else { "" };
            self.lines.push(Fact { label, indent: 2, text, tone: Tone::Plain });
        }
    }

    /// Columns beside the labels.
    pub(super) fn room(&self) -> usize {
        self.width.saturating_sub(LABEL).max(8)
    }

    /// A line below the text of the one before.
    pub(super) fn indented(&mut self, text: String) {
        self.lines.push(Fact { label: "", indent: LABEL, text, tone: Tone::Plain });
    }

    pub(super) fn blank(&mut self) {
        self.push("", "", Tone::Plain);
    }
}

/// The head of a frame for a pane of `width` columns. Costs what can be shown, whatever the
/// frame holds.
pub(super) fn lines(frame: &Frame, state: &State, width: usize) -> Vec<Fact> {
    let mut facts = Facts::new(width);
    let room = width.saturating_sub(LABEL).max(8);
    let precise = format::precise(frame.time, &state.zone);
    let age = format!("{} ago", format::age(frame.time, state.now));
    // A clock behind the server's gives "in 5s", which is no age.
    let age = age.strip_prefix("in ").map_or(age.clone(), |ahead| {
        format!("{} ahead of this clock", ahead.trim_end_matches(" ago"))
    });
    let one_line = format!("{precise}  {age}");
    if text::width(&one_line) <= room {
        facts.push("stored", one_line, Tone::Plain);
    } else if let Some((date, clock)) = precise.split_once('T') {
        facts.push("stored", format!("{date}  {age}"), Tone::Plain);
        facts.indented(clock.into());
    }
    subject(&mut facts, frame, room);
    let size = frame.payload.len() as u64;
    let size = if size < 1024 {
        format::bytes(size)
    } else {
        format!("{} ({} bytes)", format::bytes(size), format::count(size))
    };
    if !compact(state) {
        facts.push("size", size, Tone::Plain);
    }
    digest(&mut facts, frame, state, width);
    headers(&mut facts, frame, state, width);
    facts.lines
}

/// Whether lines are dear: size and number of headers are then left to the pane's title and to
/// the headers themselves.
fn compact(state: &State) -> bool {
    state.size.0 < WIDE && !state.zoom
}

fn digest(facts: &mut Facts, frame: &Frame, state: &State, width: usize) {
    let Some((_, digest)) = state.detail.digest.as_ref().filter(|(seq, _)| *seq == frame.seq)
    else {
        facts.push("sha-256", "not computed yet", Tone::Dim);
        return;
    };
    let room = width.saturating_sub(LABEL);
    let part = match room {
        64.. => 64,
        32.. => 32,
        room => room.max(8),
    };
    for (n, part) in text::chop(digest, part).into_iter().enumerate() {
        let label = if n == 0 { "sha-256" } else { "" };
        facts.lines.push(Fact { label, indent: LABEL, text: part, tone: Tone::Dim });
    }
}

fn headers(facts: &mut Facts, frame: &Frame, state: &State, width: usize) {
    if frame.headers.is_empty() {
        facts.push("headers", "none", Tone::Dim);
        return;
    }
    if !compact(state) {
        let n = format::count(frame.headers.len() as u64);
        facts.push("headers", n, Tone::Dim);
    }
    let mut shown = 0;
    for header in frame.headers.iter().take(HEADERS) {
        if facts.lines.len() >= LINES_IN_ALL {
            break;
        }
        one_header(facts, header, width.saturating_sub(2).max(8));
        meaning(facts, frame, header, state, width);
        shown += 1;
    }
    if let Some(more) = frame.headers.len().checked_sub(shown).filter(|more| *more > 0) {
        let n = format::counted(more as u64, "more header");
        facts.push("", format!("  {n} not shown"), Tone::Warn);
    }
}

/// `name: value` as stored, folded; a line without a colon is marked as malformed.
fn one_header(facts: &mut Facts, header: &Header, room: usize) {
    let name = prefix(&header.name, room);
    let mut shown = escape::bytes(name);
    let mut tone = Tone::Accent;
    let mut cut = name.len() < header.name.len();
    match &header.value {
        Some(value) => {
            let part = prefix(value, room);
            cut |= part.len() < value.len();
            shown.push_str(": ");
            shown.push_str(&escape::bytes(part));
        }
        None => {
            tone = Tone::Warn;
            shown.insert_str(0, "malformed, no colon: ");
        }
    }
    let (lines, more) = text::chop_at_most(&shown, room, LINES);
    cut |= more;
    for part in lines {
        facts.lines.push(Fact { label: "", indent: 2, text: part, tone });
    }
    if cut {
        let whole = header.name.len() + header.value.as_ref().map_or(0, Vec::len);
        cut_note(facts, whole);
    }
}

fn cut_note(facts: &mut Facts, whole: usize) {
    let whole = format::counted(whole as u64, "byte");
    facts.push("", format!("  cut here: {whole} in all"), Tone::Warn);
}

/// As many bytes as [`LINES`] lines can show at most.
fn prefix(bytes: &[u8], room: usize) -> &[u8] {
    bytes.get(..room.saturating_mul(LINES)).unwrap_or(bytes)
}

fn subject(facts: &mut Facts, frame: &Frame, room: usize) {
    let whole = frame.subject.as_bytes();
    let part = prefix(whole, room);
    let (lines, more) = text::chop_at_most(&escape::bytes(part), room, LINES);
    let cut = part.len() < whole.len() || more;
    for (n, line) in lines.into_iter().enumerate() {
        let label = if n == 0 { "subject" } else { "" };
        facts.lines.push(Fact { label, indent: LABEL, text: line, tone: Tone::Plain });
    }
    if cut {
        cut_note(facts, whole.len());
    }
}

/// What a header says, below it: its meaning to the server, and what the page tells of it. None where it
/// says all itself.
fn meaning(facts: &mut Facts, frame: &Frame, header: &Header, state: &State, width: usize) {
    let Some(page) = state.view.page() else { return };
    let Some(meaning) = server_headers::meaning(frame, header) else { return };
    let said = match meaning {
        Meaning::Batch(part) => member(frame, &part, page),
        Meaning::MsgId(_) => {
            let twin = server_headers::same_id(page.frames().map(AsRef::as_ref), frame);
            twin.map(|twin| (server_headers::same_id_sentence(frame, twin), Tone::Warn))
        }
        meaning => {
            let context =
                Context { zone: &state.zone, now: state.now, config: &page.stream.config };
            server_headers::sentence(&meaning, frame, &context).map(|text| (text, Tone::Plain))
        }
    };
    let Some((text, tone)) = said else { return };
    for text in text::wrap(&text, width.saturating_sub(INDENT).max(8)) {
        facts.lines.push(Fact { label: "", indent: INDENT, text, tone });
    }
}

/// Which member of which batch, and how much of that is on the page.
fn member(frame: &Frame, part: &batch::Part<'_>, page: &Page) -> Option<(String, Tone)> {
    let batch = batch::around(page.slots(), frame)?;
    let of =
        batch.members_in_all().map_or_else(String::new, |n| format!(" of {}", format::count(n)));
    let known = batch.sentence("this page", page.stream.state.first_seq);
    let unchecked = Batch::unchecked(&page.stream.config);
    let unchecked = unchecked.map_or_else(String::new, |why| format!("; {why}"));
    let tone = if batch.is_broken() { Tone::Warn } else { Tone::Plain };
    Some((
        format!("member {}{of} of an atomic batch; {known}{unchecked}", format::count(part.member)),
        tone,
    ))
}
