//! What is said of all of a stream is said of a moment.

use std::sync::Arc;

use super::super::fixtures::{self, ago};
use super::{SIZES, shown};
use crate::app::view::Content;
use crate::app::{Focus, Moment, State};
use crate::domain::{Cost, Found, Page, PageBuilder, Window};

fn title(state: &State) -> String {
    let screen = shown(state);
    let line = screen.lines().nth(1).unwrap();
    line.split_once('━').unwrap().1.to_owned()
}

/// `general` with a page from one sequence to another, of a stream that begins and ends there.
fn pages(size: (u16, u16), window: (u64, u64), first: u64, last: u64) -> State {
    let mut state = fixtures::opened(size);
    let mut builder = PageBuilder::new(Window::new(window.0, window.1).unwrap());
    (window.0..=window.1).for_each(|seq| builder.frame(Arc::new(fixtures::frame(seq, 9))));
    let stream = fixtures::info("general", first, last, last + 1 - first);
    let page = Page::build(builder, (None, None), Vec::new(), stream, Cost::default());
    state.view.content = Content::Page(Arc::new(page));
    fixtures::select(&mut state, window.1);
    state
}

#[test]
fn the_title_claims_nothing_without_its_moment() {
    for columns in 60..220 {
        for (window, first, last, claim) in [
            ((101, 110), 1, 110, "newest at "),
            ((1, 10), 1, 110, "oldest at "),
            ((1, 10), 1, 10, "all of it as of "),
            ((51, 60), 1, 110, "as of "),
        ] {
            let mut state = pages((columns, 30), window, first, last);
            state.focus_on(Focus::Frames);
            let said = title(&state);
            assert!(said.contains(&format!("{claim}12:07:30")), "{columns}: {said}");
        }
    }
    // A name that leaves no room: no claim then.
    let mut state = pages((60, 30), (1, 10), 1, 10);
    let mut room = state.rooms.get(&fixtures::id("general")).unwrap().room.clone();
    room.name = Some("a name of so many letters that nothing fits beside it".into());
    state.rooms.merge(vec![room]);
    let said = title(&state);
    assert!(!said.contains("all of it") || said.contains("12:07:30"), "{said}");
}

#[test]
fn both_clocks_are_said_where_they_differ() {
    for size in SIZES {
        let mut state = fixtures::opened(size);
        let server = fixtures::now();
        state.view.moment = Some(Moment::of(Some(server), ago(-60), ago(-61)));
        let said = title(&state);
        assert!(said.contains("newest at 12:07:30 (here 12:08:30)"), "{said}");
        state.view.moment = Some(Moment::of(None, ago(1), ago(0)));
        let said = title(&state);
        assert!(said.contains("newest at 12:07:30 (here)"), "{said}");
    }
}

#[test]
fn a_page_says_that_it_was_outgrown_as_soon_as_anything_told_so() {
    for size in SIZES {
        let mut state = fixtures::opened(size);
        let tell = |state: &mut State, change: &dyn Fn(&mut crate::domain::StreamInfo)| {
            let mut later = state.view.stream().unwrap().clone();
            later.as_of = Some(ago(-5));
            change(&mut later);
            state.rooms.set_found(&fixtures::id("general"), Found::Stream(Box::new(later)));
            shown(state).replace('\n', " ")
        };
        let screen = tell(&mut state, &|_| {});
        assert!(!screen.contains("since") && !screen.contains("Newer"), "{screen}");
        let screen = tell(&mut state, &|now| now.state.last_seq = 9_850);
        assert!(screen.contains("Newer frames exist: the stream went on to 9,850."), "{screen}");
        assert!(screen.contains("12:07:35; r"), "{screen}");
        let screen = tell(&mut state, &|now| now.state.first_seq = 9_700);
        assert!(screen.contains("Its beginning is gone since: the stream begins"), "{screen}");
        let screen = tell(&mut state, &|now| now.state.last_seq = 9_000);
        assert!(screen.contains("Its end is gone since: the last sequence is 9,000"), "{screen}");
        let screen = tell(&mut state, &|now| now.created = ago(1));
        assert!(screen.contains("The stream was deleted and made again since"), "{screen}");
        // An earlier answer, or that of a member without a leader, is no news.
        let screen = tell(&mut state, &|now| {
            now.state.last_seq = 9_850;
            now.as_of = Some(ago(5));
        });
        assert!(!screen.contains("Newer frames"), "{screen}");
        let screen = tell(&mut state, &|now| {
            now.state.last_seq = 9_850;
            now.leaderless = true;
        });
        assert!(!screen.contains("Newer frames"), "{screen}");
    }
}

#[test]
fn an_emptied_room_says_what_can_have_emptied_it_and_when_that_was_seen() {
    let mut state = fixtures::empty((120, 40));
    let screen = shown(&state);
    assert!(screen.contains("held no messages as of 12:07:30."), "{screen}");
    assert!(screen.contains("or lost, or never"), "{screen}");
    assert!(!screen.contains("All 4,210"), "some may never have been used: {screen}");
    assert!(screen.contains("- requests may purge it (no deny_purge)"), "{screen}");
    let mut info = state.view.stream().unwrap().clone();
    info.config.sealed = true;
    info.state.lost = Some(crate::domain::Lost { seqs: [4_210].into(), ..Default::default() });
    state.view.content = Content::Empty(Box::new(info));
    let screen = shown(&state);
    assert!(screen.contains("   4,210: The server reported"), "{screen}");
    assert!(!screen.contains("can have removed"), "{screen}");
}
