//! The marks and lines of the screen, in Unicode and in ASCII. All but the ellipsis are one
//! column wide.

use crate::app::ToastKind;
use crate::domain::RoomState;

/// Which glyphs the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GlyphSet {
    /// Line drawing and marks beyond ASCII.
    Unicode,
    Ascii,
}

/// Makes [`Glyphs`] of one line a glyph: its name, its type, how it looks in Unicode and in ASCII.
macro_rules! glyphs {
    ($($(#[$doc:meta])* $name:ident: $of:ty = $unicode:expr, $ascii:expr;)*) => {
        #[derive(Debug, Clone, Copy)]
        pub(super) struct Glyphs {
            $($(#[$doc])* pub(super) $name: $of,)*
        }

        impl Glyphs {
            pub(super) const fn new(set: GlyphSet) -> Self {
                match set {
                    GlyphSet::Unicode => Self { $($name: $unicode),* },
                    GlyphSet::Ascii => Self { $($name: $ascii),* },
                }
            }
        }
    };
}

type Glyph = &'static str;

glyphs! {
    /// Between two statements in a line.
    dot: Glyph = "·", "|";
    ellipsis: Glyph = "…", "...";
    /// Before the number of sequences below a stream's first one.
    before: Glyph = "^", "^";
    /// After the name of a room whose stream did not answer the last look.
    stale: Glyph = "?", "?";
    select: Glyph = "▌", ">";
    gap: Glyph = "╌", "-";
    /// Under the words of what is reported as lost and cannot be read.
    lost: Glyph = "×", "x";
    /// Under the words of what the server counts as stored and does not give.
    unreadable: Glyph = "≈", "~";
    unread: Glyph = "!", "!";
    /// Behind the sequence of a frame that says it is a marker of the server.
    marker: Glyph = "†", "m";
    bar: Glyph = "│", "|";
    junction: Glyph = "┬", "+";
    rule: Glyph = "─", "-";
    rule_focus: Glyph = "━", "=";
    /// Corners of a box: top left, top right, bottom left, bottom right.
    corners: [Glyph; 4] = ["╭", "╮", "╰", "╯"], ["+", "+", "+", "+"];
    full: Glyph = "█", "#";
    hollow: Glyph = "░", ".";
    up: Glyph = "↑", "^";
    down: Glyph = "↓", "v";
    bullet: Glyph = "●", "*";
    not_up: Glyph = "○", "o";
    demo: Glyph = "◆", "*";
    /// Cells of the stream map with some sequences missing, the emptiest first.
    levels: &'static [Glyph] = &["▁", "▂", "▃", "▄", "▅", "▆", "▇"], &[".", ":", "+", "*"];
    /// A cell in which a frame was seen, and no more is known.
    seen: Glyph = "░", "o";
    /// A cell in which a hole was seen, and not all is known.
    part: Glyph = "▒", "%";
    /// A cell of which nothing is known.
    unknown: Glyph = "?", "?";
    /// Points up at a place on a map.
    here: Glyph = "▲", "^";
    spinner: &'static [Glyph] =
        &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"], &["|", "/", "-", "\\"];
    /// Of what was done, is to be known, has failed.
    toasts: [Glyph; 3] = ["✓", "•", "✗"], ["+", "*", "!"];
    is_ascii: bool = false, true;
}

/// The marks of the states of rooms, in Unicode and in ASCII.
static STATES: [(RoomState, Glyph, Glyph); 16] = [
    (RoomState::Checking, "◌", "?"),
    (RoomState::Kept, "●", "*"),
    (RoomState::Empty, "○", "o"),
    (RoomState::NoStream, "∅", "-"),
    (RoomState::Drift, "≠", "~"),
    (RoomState::NotPersisted, "◇", "x"),
    (RoomState::Damaged, "⊠", "D"),
    (RoomState::Stale, "◐", "S"),
    (RoomState::Plaintext, "¶", "P"),
    (RoomState::NotKnown, "⊚", "U"),
    (RoomState::Denied, "⊘", "#"),
    (RoomState::Offline, "⊖", "/"),
    (RoomState::NoAnswer, "↯", "!"),
    (RoomState::NoLeader, "⊙", "L"),
    (RoomState::NoJetStream, "⊗", "J"),
    (RoomState::Error, "✗", "E"),
];

impl Glyphs {
    pub(super) fn state(&self, state: RoomState) -> Glyph {
        let mark = STATES.iter().find(|(of, ..)| *of == state);
        mark.map_or(" ", |(_, unicode, ascii)| if self.is_ascii { ascii } else { unicode })
    }

    pub(super) const fn toast(&self, kind: ToastKind) -> Glyph {
        let [done, note, failed] = self.toasts;
        match kind {
            ToastKind::Done => done,
            ToastKind::Note => note,
            ToastKind::Failed => failed,
        }
    }

    /// The spinner as it stands at a time in milliseconds; one step in 100 ms.
    pub(super) fn spinner(&self, ms: i64) -> Glyph {
        let steps = self.spinner.len().max(1);
        let step = usize::try_from(ms.max(0) / 100).unwrap_or(0) % steps;
        self.spinner.get(step).copied().unwrap_or("*")
    }
}
