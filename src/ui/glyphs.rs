//! The marks and lines of the screen, in Unicode and in ASCII. All but the ellipsis are one
//! column wide.

use crate::app::ToastKind;
use crate::domain::RoomState;

/// Which glyphs the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GlyphSet {
    /// Line drawing and marks beyond ASCII.
    Unicode,
    /// ASCII alone.
    Ascii,
}

/// The glyphs in use.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyphs {
    /// Between two statements in a line.
    pub(super) dot: &'static str,
    pub(super) ellipsis: &'static str,
    /// Before the number of sequences below a stream's first one.
    pub(super) before: &'static str,
    /// After the name of a room whose stream did not answer the last look.
    pub(super) stale: &'static str,
    pub(super) select: &'static str,
    pub(super) gap: &'static str,
    pub(super) unread: &'static str,
    /// Behind the sequence of a frame that says it is a marker of the server.
    pub(super) marker: &'static str,
    pub(super) bar: &'static str,
    pub(super) junction: &'static str,
    pub(super) rule: &'static str,
    pub(super) rule_focus: &'static str,
    /// Corners of a box: top left, top right, bottom left, bottom right.
    pub(super) corners: [&'static str; 4],
    pub(super) full: &'static str,
    pub(super) hollow: &'static str,
    pub(super) up: &'static str,
    pub(super) down: &'static str,
    pub(super) bullet: &'static str,
    pub(super) not_up: &'static str,
    pub(super) demo: &'static str,
    /// Cells of the stream map with some sequences missing, the emptiest first.
    pub(super) levels: &'static [&'static str],
    /// A cell in which a frame was seen, and no more is known.
    pub(super) seen: &'static str,
    /// A cell in which a hole was seen, and not all is known.
    pub(super) part: &'static str,
    /// A cell of which nothing is known.
    pub(super) unknown: &'static str,
    /// Points up at a place on a map.
    pub(super) here: &'static str,
    spinner: &'static [&'static str],
    states: [&'static str; 16],
    toasts: [&'static str; 3],
}

impl Glyphs {
    pub(super) const fn new(set: GlyphSet) -> Self {
        match set {
            GlyphSet::Unicode => Self {
                dot: "·",
                ellipsis: "…",
                before: "^",
                stale: "?",
                select: "▌",
                gap: "╌",
                unread: "!",
                marker: "†",
                bar: "│",
                junction: "┬",
                rule: "─",
                rule_focus: "━",
                corners: ["╭", "╮", "╰", "╯"],
                full: "█",
                hollow: "░",
                up: "↑",
                down: "↓",
                bullet: "●",
                not_up: "○",
                demo: "◆",
                levels: &["▁", "▂", "▃", "▄", "▅", "▆", "▇"],
                seen: "░",
                part: "▒",
                unknown: "?",
                here: "▲",
                spinner: &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
                states: [
                    "◌", "●", "○", "∅", "≠", "◇", "⊠", "◐", "¶", "⊚", "⊘", "⊖", "↯", "⊙", "⊗", "✗",
                ],
                toasts: ["✓", "•", "✗"],
            },
            GlyphSet::Ascii => Self {
                dot: "|",
                ellipsis: "...",
                before: "^",
                stale: "?",
                select: ">",
                gap: "-",
                unread: "!",
                marker: "m",
                bar: "|",
                junction: "+",
                rule: "-",
                rule_focus: "=",
                corners: ["+", "+", "+", "+"],
                full: "#",
                hollow: ".",
                up: "^",
                down: "v",
                bullet: "*",
                not_up: "o",
                demo: "*",
                levels: &[".", ":", "+", "*"],
                seen: "o",
                part: "%",
                unknown: "?",
                here: "^",
                spinner: &["|", "/", "-", "\\"],
                states: [
                    "?", "*", "o", "-", "~", "x", "D", "S", "P", "U", "#", "/", "!", "L", "J", "E",
                ],
                toasts: ["+", "*", "!"],
            },
        }
    }

    /// The mark of a room's state.
    pub(super) const fn state(&self, state: RoomState) -> &'static str {
        let [
            checking,
            kept,
            empty,
            none,
            drift,
            not_kept,
            damaged,
            stale,
            plaintext,
            not_known,
            denied,
            offline,
            no_answer,
            no_leader,
            no_jetstream,
            error,
        ] = self.states;
        match state {
            RoomState::Checking => checking,
            RoomState::Kept => kept,
            RoomState::Empty => empty,
            RoomState::NoStream => none,
            RoomState::Drift => drift,
            RoomState::NotPersisted => not_kept,
            RoomState::Damaged => damaged,
            RoomState::Stale => stale,
            RoomState::Plaintext => plaintext,
            RoomState::NotKnown => not_known,
            RoomState::Denied => denied,
            RoomState::Offline => offline,
            RoomState::NoAnswer => no_answer,
            RoomState::NoLeader => no_leader,
            RoomState::NoJetStream => no_jetstream,
            RoomState::Error => error,
        }
    }

    /// The mark of a toast.
    pub(super) const fn toast(&self, kind: ToastKind) -> &'static str {
        let [done, note, failed] = self.toasts;
        match kind {
            ToastKind::Done => done,
            ToastKind::Note => note,
            ToastKind::Failed => failed,
        }
    }

    /// The spinner as it stands at a time in milliseconds; one step in 100 ms.
    pub(super) fn spinner(&self, ms: i64) -> &'static str {
        let steps = self.spinner.len().max(1);
        let step = usize::try_from(ms.max(0) / 100).unwrap_or(0) % steps;
        self.spinner.get(step).copied().unwrap_or("*")
    }
}
