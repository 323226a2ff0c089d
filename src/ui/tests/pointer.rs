//! Pointer, cursor and scrolling find what is drawn.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::super::fixtures::{self, ALL};
use super::super::{draw, layout, target, viewport};
use super::{SIZES, UNICODE, shown};
use crate::app::view::Row;
use crate::app::{Focus, Target};
use crate::domain::encode;

#[test]
fn the_mouse_finds_what_is_drawn() {
    for size in SIZES {
        let state = fixtures::gap_selected(size);
        let screen = shown(&state);
        let row = screen.lines().position(|l| l.contains("9,803-9,811 · 9 removed")).unwrap();
        let frames = layout::solve(size, &state).frames.unwrap();
        let found = target(&state, frames.x + 5, u16::try_from(row).unwrap());
        assert_eq!(Some(found), state.view.selected_index().map(Target::Row), "{size:?}");
    }
    let state = fixtures::rooms((120, 40));
    let screen = shown(&state);
    let row = screen.lines().position(|l| l.contains("● general ")).unwrap();
    let found = target(&state, 4, u16::try_from(row).unwrap());
    assert_eq!(Some(found), state.rooms.selected_index().map(Target::Room));
    assert_eq!(target(&state, 4, 1), Target::Pane(Focus::Rooms));
    assert_eq!(target(&fixtures::help((120, 40)), 60, 20), Target::Overlay);
    assert_eq!(target(&fixtures::drift((120, 40)), 0, 0), Target::Nothing);
}

#[test]
fn scrolling_to_the_end_shows_the_last_byte_of_both_encodings() {
    for size in [(200, 60), (120, 40)] {
        for zoom in [false, true] {
            let mut state = fixtures::large(size);
            state.focus_on(Focus::Detail);
            state.zoom = zoom;
            let view = viewport(&state);
            state.detail.scroll = view.detail_lines - view.detail;
            let screen = shown(&state);
            let payload = fixtures::bytes(950_001, 1 << 20);
            let tail = encode::base64(&payload[payload.len() - 7..]);
            assert!(screen.contains(tail.split_at(tail.len() - 8).1), "{size:?} {zoom} {screen}");
            assert!(
                screen.contains(&format!("{:x}  ", (1 << 20) - 16)) || screen.contains("0ffff8")
            );
        }
    }
}

#[test]
fn the_viewport_is_what_is_drawn() {
    for (name, make) in ALL {
        for size in SIZES {
            let state = make(size);
            let view = viewport(&state);
            if state.view.page().is_some() && state.overlays.is_empty() {
                let rows = state.view.rows().min(view.frames);
                let seqs = shown(&state);
                let last = Row::at(state.view.page().unwrap(), state.view.offset + rows - 1);
                let range = crate::domain::format::range(last.unwrap().range());
                assert!(seqs.contains(&range), "{name} {size:?}");
            }
        }
    }
}

#[test]
fn the_cursor_is_where_the_next_letter_goes() {
    let state = fixtures::prompt((80, 24));
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    terminal.draw(|frame| draw(&state, &UNICODE, frame)).unwrap();
    let at = terminal.get_cursor_position().unwrap();
    let line = shown(&state).lines().last().unwrap().len();
    assert_eq!((usize::from(at.x), at.y), (line, 23));
}

#[test]
fn the_mouse_finds_the_cells_of_the_map() {
    for size in SIZES {
        let state = fixtures::opened(size);
        let strip = layout::solve(size, &state).map.unwrap();
        let targets: Vec<_> =
            (strip.x..strip.right()).map(|x| target(&state, x, strip.y)).collect();
        let cells: Vec<u64> = targets
            .iter()
            .filter_map(|target| match target {
                Target::MapCell(seq) => Some(*seq),
                other => {
                    assert_eq!(*other, Target::Pane(Focus::Frames));
                    None
                }
            })
            .collect();
        assert_eq!(cells.first(), Some(&5_000), "{size:?}");
        assert!(cells.len() > 25 && cells.is_sorted_by(|a, b| a < b), "{size:?}");

        let state = fixtures::map(size);
        let screen = shown(&state);
        let find = |mark: &str| {
            let (y, line) =
                screen.lines().enumerate().find(|(_, line)| line.contains(mark)).unwrap();
            (line.chars().position(|c| mark.starts_with(c)).unwrap(), y)
        };
        let (_, row) = find("\u{258c}5,");
        let pointer = screen.lines().position(|line| line.contains('\u{25b2}')).unwrap();
        let column = screen.lines().nth(pointer).unwrap().chars().position(|c| c == '\u{25b2}');
        let column = u16::try_from(column.unwrap()).unwrap();
        let found = target(&state, column, u16::try_from(row).unwrap());
        let Target::MapCell(seq) = found else { panic!("{size:?} {found:?}") };
        assert!(screen.contains(&format!("cell     {}", crate::domain::format::count(seq))));
    }
}
