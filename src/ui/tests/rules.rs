//! What must hold of every screen at every size.

use std::sync::Arc;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

use super::super::fixtures::{self, ALL};
use super::super::{ColorMode, GlyphSet, Theme, draw, layout, target, viewport, words};
use super::{PLAIN, SIZES, UNICODE, render, shown, text};
use crate::app::effect::Job;

use crate::app::Focus;
use crate::app::view::{Ahead, Content, Encoding, Load};
use crate::domain::{Connection, Cost, Place};

/// Sizes on both sides of everything the layout asks about.
fn sizes() -> impl Iterator<Item = (u16, u16)> {
    let columns =
        [1, 2, 3, 20, 59, 60, 61, 79, 80, 99, 100, 101, 119, 120, 121, 140, 172, 173, 220];
    let rows = [1, 2, 3, 11, 12, 13, 17, 24, 31, 40, 70];
    columns.into_iter().flat_map(move |c| rows.into_iter().map(move |r| (c, r)))
}

#[test]
fn no_screen_is_too_small_or_too_large_to_draw() {
    for (_, make) in ALL {
        let mut state = make((80, 24));
        for (n, size) in sizes().enumerate() {
            state.size = size;
            state.focus_on([Focus::Rooms, Focus::Frames, Focus::Detail][n % 3]);
            state.zoom = n % 7 == 0;
            state.detail.scroll = [0, 3, usize::MAX][n / 3 % 3];
            state.detail.encoding = [Encoding::Hex, Encoding::Base64][n / 2 % 2];
            let theme = [&UNICODE, &PLAIN][n % 2];
            render(&state, theme);
            let _ = viewport(&state);
            for (column, row) in [(0, 0), (size.0 / 2, size.1 / 2), (size.0, size.1)] {
                let _ = target(&state, column, row);
            }
        }
    }
}

#[test]
fn panes_lie_on_the_screen_and_never_on_each_other() {
    for (name, make) in ALL {
        let mut state = make((80, 24));
        for (n, size) in sizes().enumerate() {
            state.size = size;
            state.focus_on([Focus::Rooms, Focus::Frames, Focus::Detail][n % 3]);
            let parts = layout::solve(size, &state);
            if parts.tiny {
                continue;
            }
            let mut all = vec![parts.header, parts.ledger, parts.bottom];
            all.extend(
                [parts.rooms, parts.frames, parts.map, parts.card, parts.detail, parts.no_server]
                    .iter()
                    .flatten(),
            );
            for (i, one) in all.iter().enumerate() {
                assert_eq!(one.intersection(parts.screen), *one, "{name} {size:?}");
                assert!(!one.is_empty(), "{name} {size:?} {parts:?}");
                for other in all.iter().skip(i + 1) {
                    assert!(!one.intersects(*other), "{name} {size:?}: {one} {other}");
                }
            }
        }
    }
}

#[test]
fn nothing_hostile_reaches_a_cell() {
    for size in sizes().filter(|(c, r)| *c >= 60 && *r >= 12) {
        let state = fixtures::hostile(size);
        let buffer = render(&state, &UNICODE);
        for cell in &buffer.content {
            for c in cell.symbol().chars() {
                let plain = !c.is_control()
                    && !('\u{200b}'..='\u{200f}').contains(&c)
                    && !('\u{2028}'..='\u{202e}').contains(&c);
                assert!(plain, "{size:?}: {c:?}");
            }
        }
    }
    let screen = shown(&fixtures::hostile((200, 60)));
    assert!(screen.contains(r"\x1b[2J\x1b]0;owned\x07\ttab\r\n\u{202e}rtl\u{200b}"));
    assert!(screen.contains("malformed, no colon: no colon \\x1b[31m"));
    assert!(screen.contains(r"\xff\x1b[m\x80"));
}

#[test]
fn mono_has_no_colours() {
    for (name, make) in ALL {
        for glyphs in [GlyphSet::Unicode, GlyphSet::Ascii] {
            let theme = Theme::new(ColorMode::Mono, glyphs);
            for cell in &render(&make((120, 40)), &theme).content {
                assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{name}");
            }
        }
    }
}

#[test]
fn a_gap_row_says_what_the_contract_of_the_screen_says() {
    let words = "9,803-9,811 · 9 removed · between 12:03:11 and 12:05:40";
    for size in SIZES {
        let screen = shown(&fixtures::gap_selected(size));
        assert!(screen.contains(&format!("╌ {words}")), "{size:?} {screen}");
    }
    let screen = text(&render(&fixtures::gap_selected((80, 24)), &PLAIN));
    let words = words.replace('·', "|");
    assert!(screen.contains(&format!(">--- {words} ---")), "{screen}");
}

#[test]
fn what_could_not_be_read_is_never_called_missing() {
    for size in SIZES {
        let screen = shown(&fixtures::unread(size));
        let row = screen.lines().find(|line| line.contains("21 could not be read")).unwrap();
        assert!(row.contains("! 5,010-5,030"), "{row}");
        assert!(
            !row.contains("deleted") && !row.contains("missing") && !row.contains('╌'),
            "{row}"
        );
        assert!(screen.contains("41 slots = 20 frames + 0 missing + 21 unread"));
    }
}

#[test]
fn what_is_being_read_is_neither_missing_nor_failed() {
    for size in SIZES {
        let mut state = fixtures::partial(size);
        fixtures::select(&mut state, 9_623);
        let screen = shown(&state);
        let row = screen.lines().find(|line| line.contains("reading… 9,623-9,790")).unwrap();
        for wrong in ["could not", "deleted", "missing", "unread", "!"] {
            assert!(!row.contains(wrong), "{row}");
        }
        assert!(
            screen.contains("200 slots = 23 frames + 9 missing + 168 still reading"),
            "{screen}"
        );
        state.view.load = None;
        let screen = shown(&state);
        assert!(screen.contains("9,623-9,790 · 168 not read"), "{screen}");
        assert!(screen.contains("9 missing + 168 unread"), "{screen}");
        assert!(!screen.contains("still reading") && !screen.contains("could not be read"));
    }
}

#[test]
fn a_read_that_waits_says_for_what() {
    for size in SIZES {
        let mut state = fixtures::opened(size);
        let load = fixtures::loading(7, (120, 200));
        state.view.load = Some(Load { waiting: Some("no leader"), ..load });
        let screen = shown(&state);
        let ledger = screen.lines().find(|line| line.contains("200 slots")).unwrap();
        assert!(ledger.contains("no leader, asking again "), "{ledger}");
        assert!(ledger.contains("7.0 s") && !ledger.contains("120 of 200"), "{ledger}");
    }
}

#[test]
fn the_ledger_says_what_was_cached_and_what_is_read_ahead() {
    let mut state = fixtures::opened((200, 60));
    let mut page = state.view.page().unwrap().as_ref().clone();
    page.cost = Cost { info: 1, cached: 187, ..Cost::default() };
    state.view.content = Content::Page(Arc::new(page));
    state.view.ahead = Some(Ahead { job: Job(3), place: Place::Before(9_623) });
    let screen = shown(&state);
    assert!(screen.contains("· 1 request · 187 cached (info 1, frames 0, probes 0)"), "{screen}");
    assert!(screen.contains("· reading ahead below 9,623"), "{screen}");
}

#[test]
fn both_encodings_show_from_120_columns_on_and_one_below() {
    for (size, both) in
        [((200, 60), true), ((120, 40), true), ((119, 40), false), ((80, 24), false)]
    {
        let screen = shown(&fixtures::opened(size));
        assert!(screen.contains("hex 894 bytes"), "{screen}");
        assert_eq!(screen.contains("base64 1,192 characters"), both, "{screen}");
        let mut state = fixtures::opened(size);
        state.detail.encoding = Encoding::Base64;
        assert!(shown(&state).contains("base64 1,192 characters"));
    }
}

#[test]
fn the_connection_and_read_only_always_show() {
    for (name, make) in ALL {
        for size in [(200, 60), (120, 40), (80, 24), (60, 12)] {
            let mut state = make(size);
            state.read_only = true;
            let screen = shown(&state);
            let status = screen.lines().next().unwrap();
            match &state.connection {
                Connection::Connected { .. } if size.0 >= 80 => {
                    let all = ["10.0.7.11:4222 · ", "2.15.1 · account CHAT"];
                    assert!(all.iter().all(|part| status.contains(part)), "{name}: {status}");
                }
                Connection::Connected { .. } => {
                    assert!(status.contains("10.0.7") && status.contains("2.15.1"), "{status}");
                }
                other => {
                    let words = words::connection(other, "·", "…", usize::from(size.0));
                    let start: String = words.chars().take(9).collect();
                    assert!(status.contains(&start), "{name} {size:?}: {status}");
                }
            }
            assert!(status.ends_with("READ-ONLY"), "{name} {size:?}: {status}");
        }
    }
}

#[test]
fn a_terminal_too_small_gets_one_plain_line() {
    let screen = shown(&fixtures::opened((40, 10)));
    assert_eq!(screen.trim_end(), "roomscope needs 60x12, this is 40x10");
}

#[test]
fn pictures_hold_no_markup_of_others() {
    let picture = super::svg::render(&render(&fixtures::hostile((120, 40)), &UNICODE), "<a & b>");
    assert!(picture.contains("<title>&lt;a &amp; b&gt;</title>"));
    assert!(!picture.contains('\u{1b}') && !picture.contains("<script"));
    assert_eq!(picture.matches("<text").count(), picture.matches("</text>").count());
}

#[test]
fn a_great_frame_costs_a_screen() {
    let state = fixtures::large((200, 60));
    let mut terminal = Terminal::new(TestBackend::new(200, 60)).unwrap();
    let mut draws = || {
        let start = std::time::Instant::now();
        for _ in 0..20 {
            terminal.draw(|frame| draw(&state, &UNICODE, frame)).unwrap();
        }
        start.elapsed() / 20
    };
    let (first, second) = (draws(), draws());
    // Encoding a whole MiB takes some 100 ms in an unoptimised build.
    assert!(first.min(second).as_millis() < 60, "{first:?} {second:?}");
}

#[test]
fn the_map_tells_its_basis_and_never_draws_the_unknown_as_known() {
    let basis = |state: &crate::app::State| {
        let screen = shown(state);
        let known = screen.lines().find(|line| line.contains(" known    ")).unwrap().to_owned();
        (known, screen)
    };
    for size in SIZES {
        let (known, screen) = basis(&fixtures::map(size));
        assert!(known.contains("from the server's list of 22"), "{known}");
        assert!(!screen.contains('?') || size.0 == 200, "nothing is unknown");
        let (known, screen) = basis(&fixtures::sampled(size));
        assert!(known.contains("sampled, 42 requests: 916,000 of 920,000"), "{known}");
        assert!(screen.contains("????") && screen.contains('░') && screen.contains('▒'));
        assert!(!screen.contains("██"), "no cell is proved to hold nothing but frames");
        let (known, _) = basis(&fixtures::unsampled(size));
        assert!(known.contains("the page alone: the server counts 920,000"), "{known}");
    }
}
