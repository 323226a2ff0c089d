//! Colours and styles. Colour never carries a meaning alone: each style goes with a glyph or a
//! word, and the mono theme has only reverse, bold, underline and dim.

use ratatui::style::{Color, Modifier, Style};

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

/// Every style and glyph of the screen.
#[derive(Debug, Clone)]
pub struct Theme {
    pub(super) glyphs: Glyphs,
    pub(super) text: Style,
    pub(super) dim: Style,
    pub(super) strong: Style,
    pub(super) accent: Style,
    pub(super) bar: Style,
    pub(super) ledger: Style,
    pub(super) title: Style,
    pub(super) title_focus: Style,
    pub(super) rule: Style,
    pub(super) rule_focus: Style,
    pub(super) selected: Style,
    pub(super) selected_idle: Style,
    pub(super) gap: Style,
    pub(super) unread: Style,
    pub(super) marker: Style,
    pub(super) good: Style,
    pub(super) note: Style,
    pub(super) bad: Style,
    pub(super) badge: Style,
    pub(super) key: Style,
}

impl Theme {
    /// The theme of a colour mode and a glyph set.
    pub const fn new(mode: ColorMode, glyphs: GlyphSet) -> Self {
        let glyphs = Glyphs::new(glyphs);
        match mode {
            ColorMode::TrueColor => Self::colored(glyphs, Palette::TRUE),
            ColorMode::Ansi16 => Self::colored(glyphs, Palette::ANSI),
            ColorMode::Mono => Self::mono(glyphs),
        }
    }

    const fn colored(glyphs: Glyphs, p: Palette) -> Self {
        const PLAIN: Style = Style::new();
        Self {
            glyphs,
            text: PLAIN,
            dim: PLAIN.fg(p.gray),
            strong: PLAIN.add_modifier(Modifier::BOLD),
            accent: PLAIN.fg(p.blue),
            bar: PLAIN.fg(p.on_bar).bg(p.bar),
            ledger: PLAIN.fg(p.on_bar).bg(p.bar),
            title: PLAIN.fg(p.gray).add_modifier(Modifier::BOLD),
            title_focus: PLAIN.fg(p.blue).add_modifier(Modifier::BOLD),
            rule: PLAIN.fg(p.line),
            rule_focus: PLAIN.fg(p.blue),
            selected: PLAIN.fg(p.on_selected).bg(p.selected).add_modifier(Modifier::BOLD),
            selected_idle: PLAIN.fg(p.on_selected).bg(p.idle),
            // Most of what is missing was removed on purpose: no colour that warns.
            gap: PLAIN.fg(p.gray),
            unread: PLAIN.fg(p.red).add_modifier(Modifier::BOLD),
            marker: PLAIN.fg(p.gray).add_modifier(Modifier::ITALIC),
            good: PLAIN.fg(p.green),
            note: PLAIN.fg(p.amber),
            bad: PLAIN.fg(p.red).add_modifier(Modifier::BOLD),
            badge: PLAIN.fg(p.on_badge).bg(p.amber).add_modifier(Modifier::BOLD),
            key: PLAIN.fg(p.blue).add_modifier(Modifier::BOLD),
        }
    }

    const fn mono(glyphs: Glyphs) -> Self {
        const PLAIN: Style = Style::new();
        const BOLD: Style = PLAIN.add_modifier(Modifier::BOLD);
        const DIM: Style = PLAIN.add_modifier(Modifier::DIM);
        const REVERSED: Style = PLAIN.add_modifier(Modifier::REVERSED);
        Self {
            glyphs,
            text: PLAIN,
            dim: DIM,
            strong: BOLD,
            accent: PLAIN,
            bar: REVERSED,
            ledger: PLAIN,
            title: PLAIN,
            title_focus: BOLD.add_modifier(Modifier::REVERSED),
            rule: DIM,
            rule_focus: BOLD,
            selected: REVERSED,
            selected_idle: PLAIN.add_modifier(Modifier::UNDERLINED),
            gap: PLAIN,
            unread: BOLD.add_modifier(Modifier::UNDERLINED),
            marker: DIM.add_modifier(Modifier::ITALIC),
            good: PLAIN,
            note: BOLD,
            bad: BOLD,
            badge: BOLD.add_modifier(Modifier::REVERSED),
            key: BOLD,
        }
    }

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
}

struct Palette {
    gray: Color,
    line: Color,
    blue: Color,
    green: Color,
    amber: Color,
    red: Color,
    bar: Color,
    on_bar: Color,
    selected: Color,
    idle: Color,
    on_selected: Color,
    on_badge: Color,
}

impl Palette {
    /// Hues after Okabe and Ito, which differ in lightness too.
    const TRUE: Self = Self {
        gray: Color::Rgb(132, 140, 152),
        line: Color::Rgb(70, 78, 92),
        blue: Color::Rgb(86, 180, 233),
        green: Color::Rgb(64, 190, 150),
        amber: Color::Rgb(230, 167, 40),
        red: Color::Rgb(240, 105, 70),
        bar: Color::Rgb(30, 38, 52),
        on_bar: Color::Rgb(214, 221, 232),
        selected: Color::Rgb(34, 74, 118),
        idle: Color::Rgb(44, 52, 66),
        on_selected: Color::Rgb(238, 243, 250),
        on_badge: Color::Rgb(20, 20, 20),
    };

    const ANSI: Self = Self {
        gray: Color::DarkGray,
        line: Color::DarkGray,
        blue: Color::Cyan,
        green: Color::Green,
        amber: Color::Yellow,
        red: Color::LightRed,
        bar: Color::Blue,
        on_bar: Color::White,
        selected: Color::Blue,
        idle: Color::DarkGray,
        on_selected: Color::White,
        on_badge: Color::Black,
    };
}
