//! What messages say of themselves, on the screen.

use ratatui::style::Modifier;

use super::super::fixtures;
use super::{PLAIN, UNICODE, render, shown, text};

#[test]
fn messages_say_what_they_are() {
    for size in [(140, 40), (80, 24)] {
        let name = |what: &str| format!("headers_{what}_{}x{}", size.0, size.1);
        insta::assert_snapshot!(name("marked"), shown(&fixtures::marked(size)));
        insta::assert_snapshot!(name("batched"), shown(&fixtures::batched(size)));
        insta::assert_snapshot!(name("repeated"), shown(&fixtures::repeated(size)));
        let plain = text(&render(&fixtures::marked(size), &PLAIN));
        insta::assert_snapshot!(name("marked_ascii"), plain);
    }
}

#[test]
fn a_marker_row_is_told_without_colours_too() {
    let state = fixtures::batched((140, 40));
    for (theme, glyph) in [(&PLAIN, "m"), (&UNICODE, "\u{2020}")] {
        let buffer = render(&state, theme);
        let screen = text(&buffer);
        let at = |seq: &str| {
            let row = screen.lines().position(|line| line.contains(seq)).unwrap();
            (screen.lines().nth(row).unwrap(), u16::try_from(row).unwrap())
        };
        let (marker, row) = at(&format!(" 101{glyph} "));
        assert!(marker.contains(" marker  MaxAge"), "{marker}");
        let (frame, _) = at(" 103  ");
        assert!(!frame.contains("marker"), "{frame}");
        let before = marker.split("101").next().unwrap();
        let column = u16::try_from(crate::ui::text::width(before)).unwrap();
        let cell = buffer.cell((column, row)).unwrap();
        assert!(cell.symbol() == "1" && cell.modifier.contains(Modifier::ITALIC), "{cell:?}");
    }
}

#[test]
fn markers_are_counted_apart_where_there_are_some() {
    for (size, expected) in [
        ((140, 40), "12 frames (of them 2 markers) + 1 missing + 0 unread \u{b7} 3.2 ms"),
        ((80, 24), "12 frames (2 markers) + 1 missing + 0 unread \u{b7} 3.2 ms \u{b7} 13 requests"),
        ((60, 12), "12 frames (2 markers) + 1 missing + 0 unread"),
    ] {
        let screen = shown(&fixtures::marked(size));
        assert!(screen.contains(expected), "{screen}");
        assert!(!shown(&fixtures::opened(size)).contains("marker"));
    }
}
