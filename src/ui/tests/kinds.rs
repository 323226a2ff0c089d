//! What a healthy, a trimmed, a damaged and a leaderless room may and must say.

use ratatui::style::Modifier;

use super::super::fixtures;
use super::super::{ColorMode, GlyphSet, Theme};
use super::{PLAIN, SIZES, UNICODE, render, shown, text};
use crate::app::view::Content;
use crate::app::{Focus, Moment, State};
use crate::domain::{Answer, Cost, GapCause, Page, PageBuilder, Window};

fn zoomed(mut state: State, focus: Focus) -> State {
    state.zoom = true;
    state.focus_on(focus);
    state
}

/// The words of a pane that has the whole screen.
fn pane(state: &State, focus: Focus) -> String {
    shown(&zoomed(state.clone(), focus)).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn nothing_that_a_room_without_a_leader_shows_is_called_its_state() {
    let frames = [fixtures::leaderless, fixtures::leaderless_opened];
    for size in SIZES {
        for make in frames {
            let screen = pane(&make(size), Focus::Frames);
            for wrong in [" ok ", "is there", "whole", "deleted", "empty", "holds no messages"] {
                assert!(!screen.contains(wrong), "{wrong}: {screen}");
            }
        }
        let screen = pane(&fixtures::leaderless(size), Focus::Frames);
        assert!(screen.contains("No leader now: what is below was told before"), "{screen}");
        assert!(screen.contains("newest at 12:06:30"), "{screen}");
        let screen = pane(&fixtures::leaderless_opened(size), Focus::Frames);
        assert!(screen.contains("as the member that answered last knew, it held"), "{screen}");

        let screen = shown(&fixtures::leaderless_listed(size));
        let row = screen.lines().find(|line| line.contains("⊙ general")).unwrap();
        assert!(row.contains(" ?  "), "the figures are not the stream's: {row}");
        for part in ["⊙ no leader", "Its stream has no leader:", "As this member last knew:"] {
            assert!(screen.contains(part), "{part}: {screen}");
        }
    }
}

#[test]
fn damage_is_named_over_the_frames_and_stays_named() {
    for size in SIZES {
        let mut state = fixtures::damaged(size);
        let screen = pane(&state, Focus::Frames);
        let said = "Damaged: 83 sequences are reported as lost and cannot be read now.";
        assert!(screen.contains(said), "{screen}");
        assert!(screen.contains("200 slots = 114 frames + 83 missing + 3 unreadable"));
        state.view.moment = Some(Moment::by_server(fixtures::ago(-60)));
        let screen = pane(&state, Focus::Frames);
        assert!(
            screen.contains("Damaged when seen at 12:07:30; as told then: 83 sequences"),
            "{screen}"
        );
        assert!(!pane(&fixtures::healthy(size), Focus::Frames).contains("amaged"));
    }
}

#[test]
fn lost_and_unreadable_rows_differ_from_gaps_without_colour() {
    let row = |state: &State, theme: &Theme, words: &str| {
        let buffer = render(state, theme);
        let screen = text(&buffer);
        let (y, line) = screen.lines().enumerate().find(|(_, line)| line.contains(words)).unwrap();
        let x = line.chars().position(|c| words.starts_with(c)).unwrap();
        let cell = buffer.cell((u16::try_from(x).unwrap(), u16::try_from(y).unwrap())).unwrap();
        (line.to_owned(), cell.modifier, cell.fg)
    };
    let mono = Theme::new(ColorMode::Mono, GlyphSet::Unicode);
    let mut state = zoomed(fixtures::damaged((120, 60)), Focus::Frames);
    fixtures::select(&mut state, 184);
    let gaps = zoomed(fixtures::opened((120, 60)), Focus::Frames);
    for (theme, lost, unreadable, gap) in
        [(&mono, "××× ", "≈≈≈ ", "╌╌╌ "), (&PLAIN, "xxx ", "~~~ ", "--- ")]
    {
        let (lost_row, bold, _) = row(&state, theme, &format!("{lost}84-166"));
        assert!(bold.contains(Modifier::BOLD), "{lost_row}");
        row(&state, theme, &format!("{unreadable}200-202"));
        let (gap_row, plain, _) = row(&gaps, theme, &format!("{gap}9,803-9,811"));
        assert!(!plain.contains(Modifier::BOLD), "{gap_row}");
    }
    let (_, _, lost) = row(&state, &UNICODE, "××× 84-166");
    let (_, _, unreadable) = row(&state, &UNICODE, "≈≈≈ 200-202");
    let (_, _, gap) = row(&gaps, &UNICODE, "╌╌╌ 9,803-9,811");
    assert_eq!(lost, unreadable);
    assert!(lost != gap && Some(gap) != UNICODE.note.fg, "a removal does not warn");
}

#[test]
fn the_pane_beside_a_gap_has_its_evidence_and_what_can_have_taken_it() {
    let screen = pane(&fixtures::damaged((200, 60)), Focus::Detail);
    assert!(screen.contains("reported by nats-eu-1, the leader, 12:07:30"), "{screen}");
    assert!(!screen.contains("In force now"), "what is lost was not taken by a limit");
    let mut state = fixtures::damaged((200, 60));
    let page = state.view.page().unwrap().as_ref().clone();
    let mut stream = page.stream.clone();
    stream.state.lost.as_mut().unwrap().earlier = true;
    let gap = Answer(&stream);
    let range = Window::new(84, 166).unwrap();
    let mut builder = PageBuilder::new(range);
    builder.gap(gap.gap(range, GapCause::Lost));
    let cost = Cost::default();
    let page = Page::build(builder, (None, None), Vec::new(), stream.clone(), cost);
    state.view.content = Content::Page(page.into());
    fixtures::select(&mut state, 84);
    let screen = pane(&state, Focus::Detail);
    assert!(screen.contains("12:07:30; forgotten since"), "{screen}");

    let screen = pane(&fixtures::trimmed((200, 60)), Focus::Detail);
    assert!(screen.contains("- max_age 1h; the stream is 40d old"), "{screen}");
    assert!(screen.contains("- max_msgs 21; the stream holds 21"), "{screen}");
    let screen = pane(&fixtures::gap_selected((200, 60)), Focus::Detail);
    assert!(screen.contains("listed yes, as deleted told by nats-eu-1, the leader, 12:07:30"));
    assert!(screen.contains("- requests may delete messages (no deny_delete)"), "{screen}");
    assert!(!screen.contains("limits in force"), "{screen}");
}

#[test]
fn a_leader_that_is_named_by_its_id_takes_no_three_lines() {
    let mut state = fixtures::damaged((120, 40));
    let Content::Page(page) = &state.view.content else { panic!() };
    let mut stream = page.stream.clone();
    stream.leader = Some(format!("N{}", "ABCDEFGHIJ2".repeat(5)));
    let range = Window::new(1, 9).unwrap();
    let mut builder = PageBuilder::new(range);
    builder.gap(Answer(&stream).gap(range, GapCause::Removed));
    let page = Page::build(builder, (None, None), Vec::new(), stream, Cost::default());
    state.view.content = Content::Page(page.into());
    fixtures::select(&mut state, 1);
    let screen = pane(&state, Focus::Detail);
    assert!(screen.contains("told by NABCDEFG..., the leader, 12:07:30"), "{screen}");
}
