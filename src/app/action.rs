//! The action registry: every command once, with its name, its words and its default keys. Help,
//! the `:` prompt and the keymap all come from it.

use super::key::Key;
use super::key::KeyCode::*;

/// Where an action is listed in the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    Move,
    Rooms,
    Pages,
    Frame,
    Stream,
    Program,
}

impl Group {
    /// All groups in the order of the help, with their headings.
    pub const ALL: [(Self, &str); 6] = [
        (Self::Move, "Move"),
        (Self::Pages, "Pages and gaps"),
        (Self::Frame, "Selected frame"),
        (Self::Rooms, "Rooms"),
        (Self::Stream, "Stream"),
        (Self::Program, "Program"),
    ];
}

/// One line of the registry.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub action: Action,
    /// As it is typed at the `:` prompt.
    pub name: &'static str,
    /// What it does, in a few words.
    pub doc: &'static str,
    pub group: Group,
    /// The keys it has unless changed.
    pub keys: &'static [Key],
}

/// Makes [`Action`] and [`REGISTRY`] of one line an action: its name in the code, its name at the
/// `:` prompt, its group in the help, its keys, its words.
macro_rules! actions {
    ($($action:ident $name:literal $group:ident [$($key:expr),*] $doc:literal;)*) => {
        /// Something a person can ask for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $(#[doc = $doc] $action,)*
        }

        /// Every action, in the order of the help.
        pub const REGISTRY: &[Entry] = &[$(Entry {
            action: Action::$action,
            name: $name,
            doc: $doc,
            group: Group::$group,
            keys: &[$($key),*],
        }),*];
    };
}

const fn c(c: char) -> Key {
    Key::char(c)
}

const fn ctrl(c: char) -> Key {
    Key::ctrl(c)
}

const fn k(code: super::key::KeyCode) -> Key {
    Key::plain(code)
}

// One `g` is enough, so the `gg` of vi works too.
actions! {
    Up "up" Move [c('k'), k(Up)] "one row up";
    Down "down" Move [c('j'), k(Down)] "one row down";
    HalfUp "half-up" Move [ctrl('u')] "half a screen up";
    HalfDown "half-down" Move [ctrl('d')] "half a screen down";
    PageUp "screen-up" Move [k(PageUp), ctrl('b')] "a screen up";
    PageDown "screen-down" Move [k(PageDown), ctrl('f')] "a screen down";
    Top "top" Move [c('g'), k(Home)] "first row of the pane";
    Bottom "bottom" Move [c('G'), k(End)] "last row of the pane";
    FocusNext "next-pane" Move [k(Tab)] "next pane";
    FocusPrevious "previous-pane" Move [k(BackTab)] "previous pane";
    FocusLeft "left" Move [c('h'), k(Left)] "pane to the left";
    FocusRight "right" Move [c('l'), k(Right)] "pane to the right";
    OlderPage "older" Pages [c('[')] "older page";
    NewerPage "newer" Pages [c(']')] "newer page";
    OldestPage "oldest" Pages [c('{')] "oldest page";
    NewestPage "newest" Pages [c('}')] "newest page";
    NextGap "next-gap" Pages [c('.')] "next gap, on this page or beyond";
    PreviousGap "previous-gap" Pages [c(',')] "previous gap, on this page or beyond";
    Goto "goto" Pages [c('t')] "go to a sequence or a time (:goto 3h ago)";
    FirstFrame "first-frame" Pages [c('<')] "the first frame of the stream";
    LastFrame "last-frame" Pages [c('>')] "the last frame of the stream";
    Back "back" Pages [ctrl('o')] "back to before the last jump";
    Map "map" Pages [c('m')] "map of the whole stream";
    PageSize "last" Pages [c('p')]
        "sequences in a page, 1 to 1000 (:last N); a long hole adds to it";
    Refresh "refresh" Pages [c('r')] "read the page, or the list, again";
    Retry "retry" Pages [c('R')] "read what could not be read";
    Encoding "encoding" Frame [c('b')] "hex or base64 where one fits";
    Zoom "zoom" Frame [c('z')] "give the pane the whole screen";
    CopyBase64 "copy" Frame [c('y')] "copy the payload as base64";
    CopyHex "copy-hex" Frame [c('Y')] "copy the payload as hex";
    CopySeq "copy-sequence" Frame [c('s')] "copy the sequence or the gap's range";
    CopySha "copy-sha256" Frame [c('S')] "copy the SHA-256";
    Open "open" Rooms [k(Enter)] "open the room; makes a missing stream unless read-only";
    Filter "find" Rooms [c('/')] "filter rooms; find in subjects and headers";
    FindNext "find-next" Pages [c('n')] "next match on this page";
    FindPrevious "find-previous" Pages [c('N')] "previous match on this page";
    Sort "sort" Rooms [c('o')] "sort rooms by name, activity, frames, bytes, missing";
    RefreshRooms "rooms" Rooms [ctrl('r')] "list the rooms again";
    Why "why" Stream [c('w')] "why the backlog is short";
    Drift "drift" Stream [c('d')] "compare stream and contract";
    Apply "apply" Stream [c('A')] "change a drifted stream (asks first)";
    Connection "connection" Stream [c('c')] "the connection, in full";
    Help "help" Program [c('?')] "this help";
    Command "command" Program [c(':')] "type a command by its name";
    Redraw "redraw" Program [ctrl('l')] "draw the screen anew";
    Suspend "suspend" Program [ctrl('z')] "suspend to the shell";
    Close "close" Program [k(Esc)] "close the top layer, or go back a pane";
    Quit "quit" Program [c('q'), ctrl('c')] "close the top layer, else quit (Ctrl-c at once)";
}

/// The action of a name typed at the `:` prompt; `q` is short for `quit`. An unambiguous
/// beginning of a name will do.
///
/// # Errors
/// The names that begin so, in the order of the registry; none for an unknown name.
pub(crate) fn by_name(name: &str) -> Result<Action, Vec<&'static str>> {
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
