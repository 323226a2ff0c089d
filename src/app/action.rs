//! The action registry: every command once, with its name, its words and its default keys. Help,
//! the `:` prompt and the keymap all come from it.

use super::key::{Key, KeyCode};

/// Something a person can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the registry below documents each to people and to readers")]
pub enum Action {
    Quit,
    Close,
    Help,
    Suspend,
    Redraw,
    Command,
    Connection,
    Up,
    Down,
    PageUp,
    PageDown,
    HalfUp,
    HalfDown,
    Top,
    Bottom,
    FocusNext,
    FocusPrevious,
    FocusLeft,
    FocusRight,
    Open,
    Filter,
    FindNext,
    FindPrevious,
    Sort,
    RefreshRooms,
    OlderPage,
    NewerPage,
    OldestPage,
    NewestPage,
    NextGap,
    PreviousGap,
    Goto,
    FirstFrame,
    LastFrame,
    Back,
    Map,
    PageSize,
    Refresh,
    Retry,
    Encoding,
    Zoom,
    CopyBase64,
    CopyHex,
    CopySeq,
    CopySha,
    Drift,
    Apply,
    Why,
}

/// Where an action is listed in the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the title says it")]
pub enum Group {
    Move,
    Rooms,
    Pages,
    Frame,
    Stream,
    Program,
}

impl Group {
    /// All groups in the order of the help.
    pub const ALL: [Self; 6] =
        [Self::Move, Self::Pages, Self::Frame, Self::Rooms, Self::Stream, Self::Program];

    /// The heading in the help.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::Rooms => "Rooms",
            Self::Pages => "Pages and gaps",
            Self::Frame => "Selected frame",
            Self::Stream => "Stream",
            Self::Program => "Program",
        }
    }
}

/// One line of the registry.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The action.
    pub action: Action,
    /// Its name in the `:` prompt.
    pub name: &'static str,
    /// What it does, a few words.
    pub doc: &'static str,
    /// Its place in the help.
    pub group: Group,
    /// The keys it has unless changed.
    pub keys: &'static [Key],
}

const fn entry(
    action: Action,
    name: &'static str,
    group: Group,
    keys: &'static [Key],
    doc: &'static str,
) -> Entry {
    Entry { action, name, doc, group, keys }
}

const fn c(c: char) -> Key {
    Key::char(c)
}

const fn k(code: KeyCode) -> Key {
    Key::plain(code)
}

/// Every action. One `g` is enough, so the `gg` of vi works too.
pub const REGISTRY: &[Entry] = {
    use Action as A;
    use Group as G;
    use KeyCode as K;
    &[
        entry(A::Up, "up", G::Move, &[c('k'), k(K::Up)], "one row up"),
        entry(A::Down, "down", G::Move, &[c('j'), k(K::Down)], "one row down"),
        entry(A::HalfUp, "half-up", G::Move, &[Key::ctrl('u')], "half a screen up"),
        entry(A::HalfDown, "half-down", G::Move, &[Key::ctrl('d')], "half a screen down"),
        entry(A::PageUp, "screen-up", G::Move, &[k(K::PageUp), Key::ctrl('b')], "a screen up"),
        entry(
            A::PageDown,
            "screen-down",
            G::Move,
            &[k(K::PageDown), Key::ctrl('f')],
            "a screen down",
        ),
        entry(A::Top, "top", G::Move, &[c('g'), k(K::Home)], "first row of the pane"),
        entry(A::Bottom, "bottom", G::Move, &[c('G'), k(K::End)], "last row of the pane"),
        entry(A::FocusNext, "next-pane", G::Move, &[k(K::Tab)], "next pane"),
        entry(A::FocusPrevious, "previous-pane", G::Move, &[k(K::BackTab)], "previous pane"),
        entry(A::FocusLeft, "left", G::Move, &[c('h'), k(K::Left)], "pane to the left"),
        entry(A::FocusRight, "right", G::Move, &[c('l'), k(K::Right)], "pane to the right"),
        entry(A::OlderPage, "older", G::Pages, &[c('[')], "older page"),
        entry(A::NewerPage, "newer", G::Pages, &[c(']')], "newer page"),
        entry(A::OldestPage, "oldest", G::Pages, &[c('{')], "oldest page"),
        entry(A::NewestPage, "newest", G::Pages, &[c('}')], "newest page"),
        entry(A::NextGap, "next-gap", G::Pages, &[c('.')], "next gap, on this page or beyond"),
        entry(
            A::PreviousGap,
            "previous-gap",
            G::Pages,
            &[c(',')],
            "previous gap, on this page or beyond",
        ),
        entry(A::Goto, "goto", G::Pages, &[c('t')], "go to a sequence or a time (:goto 3h ago)"),
        entry(A::FirstFrame, "first-frame", G::Pages, &[c('<')], "the first frame of the stream"),
        entry(A::LastFrame, "last-frame", G::Pages, &[c('>')], "the last frame of the stream"),
        entry(A::Back, "back", G::Pages, &[Key::ctrl('o')], "back to before the last jump"),
        entry(A::Map, "map", G::Pages, &[c('m')], "map of the whole stream"),
        entry(
            A::PageSize,
            "last",
            G::Pages,
            &[c('p')],
            "sequences in a page, 1 to 1000 (:last N); a long hole adds to it",
        ),
        entry(A::Refresh, "refresh", G::Pages, &[c('r')], "read the page, or the list, again"),
        entry(A::Retry, "retry", G::Pages, &[c('R')], "read what could not be read"),
        entry(A::Encoding, "encoding", G::Frame, &[c('b')], "hex or base64 where one fits"),
        entry(A::Zoom, "zoom", G::Frame, &[c('z')], "give the pane the whole screen"),
        entry(A::CopyBase64, "copy", G::Frame, &[c('y')], "copy the payload as base64"),
        entry(A::CopyHex, "copy-hex", G::Frame, &[c('Y')], "copy the payload as hex"),
        entry(
            A::CopySeq,
            "copy-sequence",
            G::Frame,
            &[c('s')],
            "copy the sequence or the gap's range",
        ),
        entry(A::CopySha, "copy-sha256", G::Frame, &[c('S')], "copy the SHA-256"),
        entry(
            A::Open,
            "open",
            G::Rooms,
            &[k(K::Enter)],
            "open the room; makes a missing stream unless read-only",
        ),
        entry(A::Filter, "find", G::Rooms, &[c('/')], "filter rooms; find in subjects and headers"),
        entry(A::FindNext, "find-next", G::Pages, &[c('n')], "next match on this page"),
        entry(A::FindPrevious, "find-previous", G::Pages, &[c('N')], "previous match on this page"),
        entry(
            A::Sort,
            "sort",
            G::Rooms,
            &[c('o')],
            "sort rooms by name, activity, frames, bytes, missing",
        ),
        entry(A::RefreshRooms, "rooms", G::Rooms, &[Key::ctrl('r')], "list the rooms again"),
        entry(A::Why, "why", G::Stream, &[c('w')], "why the backlog is short"),
        entry(A::Drift, "drift", G::Stream, &[c('d')], "compare stream and contract"),
        entry(A::Apply, "apply", G::Stream, &[c('A')], "change a drifted stream (asks first)"),
        entry(A::Connection, "connection", G::Stream, &[c('c')], "the connection, in full"),
        entry(A::Help, "help", G::Program, &[c('?')], "this help"),
        entry(A::Command, "command", G::Program, &[c(':')], "type a command by its name"),
        entry(A::Redraw, "redraw", G::Program, &[Key::ctrl('l')], "draw the screen anew"),
        entry(A::Suspend, "suspend", G::Program, &[Key::ctrl('z')], "suspend to the shell"),
        entry(
            A::Close,
            "close",
            G::Program,
            &[k(K::Esc)],
            "close the top layer, or go back a pane",
        ),
        entry(
            A::Quit,
            "quit",
            G::Program,
            &[c('q'), Key::ctrl('c')],
            "close the top layer, else quit (Ctrl-c at once)",
        ),
    ]
};

/// The action of a name typed at the `:` prompt; `q` is short for `quit`. An unambiguous
/// beginning of a name will do.
///
/// # Errors
/// The names that begin so, in the order of the registry; none for an unknown name.
pub fn by_name(name: &str) -> Result<Action, Vec<&'static str>> {
    if name == "q" {
        return Ok(Action::Quit);
    }
    let exact = REGISTRY.iter().find(|entry| entry.name == name);
    let starts: Vec<_> = REGISTRY.iter().filter(|entry| entry.name.starts_with(name)).collect();
    match (exact, starts.as_slice()) {
        (Some(entry), _) => Ok(entry.action),
        (None, [entry]) => Ok(entry.action),
        (None, several) => Err(several.iter().map(|entry| entry.name).collect()),
    }
}
