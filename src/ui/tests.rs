//! Every screen as text, at three sizes.

mod headers;
mod keys;
mod kinds;
mod moments;
mod pointer;
mod polish;
mod rules;
#[path = "../../examples/picture/svg.rs"]
mod svg;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use super::fixtures::{self, ALL, KINDS};
use super::{ColorMode, GlyphSet, Theme, draw};
use crate::app::State;

const UNICODE: Theme = Theme::new(ColorMode::TrueColor, GlyphSet::Unicode);
const PLAIN: Theme = Theme::new(ColorMode::Mono, GlyphSet::Ascii);

fn render(state: &State, theme: &Theme) -> Buffer {
    let (columns, rows) = state.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
    terminal.draw(|frame| draw(state, theme, frame)).unwrap();
    terminal.backend().buffer().clone()
}

fn text(buffer: &Buffer) -> String {
    let mut out = String::new();
    for row in buffer.area.rows() {
        let mut line = String::new();
        let mut skip = 0;
        for at in row.positions() {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buffer.cell(at).unwrap().symbol();
            skip = super::text::width(symbol).saturating_sub(1);
            line.push_str(symbol);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn shown(state: &State) -> String {
    text(&render(state, &UNICODE))
}

const SIZES: [(u16, u16); 3] = [(200, 60), (120, 40), (80, 24)];

#[test]
fn screens() {
    for (name, make) in ALL {
        for size in SIZES {
            let screen = format!("{name}_{}x{}", size.0, size.1);
            insta::assert_snapshot!(screen, shown(&make(size)));
        }
    }
}

/// Why a backlog is short, of a healthy, a trimmed and a damaged room, and of one whose list is too
/// long to be asked for unasked.
#[test]
fn why_layers() {
    for (name, make) in fixtures::WHYS {
        for size in [(140, 40), (80, 24)] {
            let screen = format!("why_{name}_{}x{}", size.0, size.1);
            insta::assert_snapshot!(screen, shown(&make(size)));
        }
    }
}

#[test]
fn the_least_screen() {
    insta::assert_snapshot!(shown(&fixtures::opened(super::layout::LEAST)));
}

#[test]
fn screens_in_ascii() {
    for name in [
        "rooms",
        "opened",
        "partial",
        "gap",
        "unread",
        "reconnecting",
        "help",
        "map",
        "map_sampled",
    ] {
        let (_, make) = ALL.iter().find(|(n, _)| *n == name).unwrap();
        for size in [(120, 40), (80, 24)] {
            let screen = text(&render(&make(size), &PLAIN));
            let own = screen.replace("Büro München", "");
            assert!(own.is_ascii(), "{name}: {own}");
            insta::assert_snapshot!(format!("{name}_ascii_{}x{}", size.0, size.1), screen);
        }
    }
}

#[test]
fn rooms_of_each_kind() {
    for (name, make) in KINDS {
        for size in [(140, 40), (80, 24)] {
            let screen = format!("kind_{name}_{}x{}", size.0, size.1);
            insta::assert_snapshot!(screen, shown(&make(size)));
            let screen = format!("kind_{name}_ascii_{}x{}", size.0, size.1);
            insta::assert_snapshot!(screen, text(&render(&make(size), &PLAIN)));
        }
    }
}

/// Writes every screen as an SVG picture into the folder that `ROOMSCOPE_PICTURES` names, to look
/// at: `ROOMSCOPE_PICTURES=FOLDER cargo test --lib pictures -- --ignored`.
#[test]
#[ignore = "writes files to look at"]
fn pictures() {
    let folder = std::path::PathBuf::from(std::env::var_os("ROOMSCOPE_PICTURES").unwrap());
    let ansi = Theme::new(ColorMode::Ansi16, GlyphSet::Unicode);
    let mono = Theme::new(ColorMode::Mono, GlyphSet::Unicode);
    for (name, make) in ALL {
        for size in SIZES {
            for (mode, theme) in [("", &UNICODE), ("_ansi", &ansi), ("_mono", &mono)] {
                let file = format!("{name}_{}x{}{mode}.svg", size.0, size.1);
                let picture = svg::render(&render(&make(size), theme), name);
                std::fs::write(folder.join(file), picture).unwrap();
            }
        }
    }
}
