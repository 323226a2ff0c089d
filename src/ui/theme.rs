//! Colours and styles. Colour never carries a meaning alone: each style goes with a glyph or a
//! word, and the mono theme has only reverse, bold, underline and dim.

use ratatui::style::{Color, Style};

use super::glyphs::{GlyphSet, Glyphs};
use crate::app::ToastKind;
use crate::domain::RoomState;

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColorMode {
    /// 24-bit colours, from a palette that people with a colour-vision deficiency can tell apart.
    TrueColor,
    /// The terminal's own 16 colours.
    Ansi16,
    /// No colours, as `NO_COLOR` asks for.
    Mono,
}

const PLAIN: Style = Style::new();
const BOLD: Style = PLAIN.bold();

/// Makes [`Theme`] of one line a style: its name, how it looks in a palette, and without colours.
macro_rules! theme {
    ($p:ident: $($name:ident = $colored:expr, $mono:expr;)*) => {
        /// Every style and glyph of the screen.
        #[derive(Debug, Clone)]
        pub struct Theme {
            pub(super) glyphs: Glyphs,
            $(pub(super) $name: Style,)*
        }

        impl Theme {
            pub const fn new(mode: ColorMode, glyphs: GlyphSet) -> Self {
                let glyphs = Glyphs::new(glyphs);
                let $p = match mode {
                    ColorMode::TrueColor => Palette::TRUE,
                    ColorMode::Ansi16 => Palette::ANSI,
                    ColorMode::Mono => return Self { glyphs, $($name: $mono),* },
                };
                Self { glyphs, $($name: $colored),* }
            }
        }
    };
}

theme! { p:
    text = PLAIN, PLAIN;
    dim = PLAIN.fg(p.gray), PLAIN.dim();
    strong = BOLD, BOLD;
    accent = PLAIN.fg(p.blue), PLAIN;
    bar = PLAIN.fg(p.on_bar).bg(p.bar), PLAIN.reversed();
    ledger = PLAIN.fg(p.on_bar).bg(p.bar), PLAIN;
    title = BOLD.fg(p.gray), PLAIN;
    title_focus = BOLD.fg(p.blue), BOLD.reversed();
    rule = PLAIN.fg(p.line), PLAIN.dim();
    rule_focus = PLAIN.fg(p.blue), BOLD;
    selected = BOLD.fg(p.on_selected).bg(p.selected), PLAIN.reversed();
    selected_idle = PLAIN.fg(p.on_selected).bg(p.idle), PLAIN.underlined();
    // Most of what is missing was removed on purpose: no colour that warns.
    gap = PLAIN.fg(p.gray), PLAIN;
    unread = BOLD.fg(p.red), BOLD.underlined();
    marker = PLAIN.fg(p.gray).italic(), PLAIN.dim().italic();
    good = PLAIN.fg(p.green), PLAIN;
    note = PLAIN.fg(p.amber), BOLD;
    bad = BOLD.fg(p.red), BOLD;
    badge = BOLD.fg(p.on_badge).bg(p.amber), BOLD.reversed();
    key = BOLD.fg(p.blue), BOLD;
}

impl Theme {
    pub(super) const fn state(&self, state: RoomState) -> Style {
        match state {
            RoomState::Kept => self.text,
            RoomState::Drift | RoomState::Plaintext => self.note,
            RoomState::Damaged
            | RoomState::Stale
            | RoomState::NotKnown
            | RoomState::Denied
            | RoomState::Offline
            | RoomState::NoAnswer
            | RoomState::NoLeader
            | RoomState::NoJetStream
            | RoomState::Error => self.bad,
            RoomState::Checking
            | RoomState::Empty
            | RoomState::NoStream
            | RoomState::NotPersisted => self.dim,
        }
    }

    pub(super) const fn toast(&self, kind: ToastKind) -> Style {
        match kind {
            ToastKind::Done => self.good,
            ToastKind::Note => self.note,
            ToastKind::Failed => self.bad,
        }
    }

    /// The style of a pane's name.
    pub(super) const fn name(&self, focus: bool) -> Style {
        if focus { self.title_focus } else { self.title }
    }
}

/// Makes [`Palette`] of one line a colour: its name, in 24 bits, and of the terminal's own.
macro_rules! palette {
    ($($name:ident = ($r:literal, $g:literal, $b:literal), $ansi:ident;)*) => {
        struct Palette {
            $($name: Color,)*
        }

        impl Palette {
            const TRUE: Self = Self { $($name: Color::Rgb($r, $g, $b)),* };
            const ANSI: Self = Self { $($name: Color::$ansi),* };
        }
    };
}

// Hues after Okabe and Ito, which differ in lightness too.
palette! {
    gray = (132, 140, 152), DarkGray;
    line = (70, 78, 92), DarkGray;
    blue = (86, 180, 233), Cyan;
    green = (64, 190, 150), Green;
    amber = (230, 167, 40), Yellow;
    red = (240, 105, 70), LightRed;
    bar = (30, 38, 52), Blue;
    on_bar = (214, 221, 232), White;
    selected = (34, 74, 118), Blue;
    idle = (44, 52, 66), DarkGray;
    on_selected = (238, 243, 250), White;
    on_badge = (20, 20, 20), Black;
}
