//! What marks a room as damaged, and what is asked for once more before it does.

use super::*;
use crate::domain::{Answer, Lost};

/// A page of 1 to 20 in which 5 to 7 are of this cause.
fn with(cause: GapCause) -> Page {
    let run = window(5, 7);
    let whole = page(window(1, 20), 20, None, None);
    let mut builder = PageBuilder::new(whole.window());
    for frame in whole.frames().filter(|frame| !run.contains(frame.seq)) {
        builder.frame(Arc::clone(frame));
    }
    let mut stream = whole.stream.clone();
    stream.as_of = Some(at(0));
    stream.state.lost = Some(Lost::default());
    builder.gap(Answer(&stream).gap(run, cause));
    Page::build(builder, (None, None), Vec::new(), stream, Cost::default())
}

impl App {
    fn waits(&self) -> Option<Job> {
        match self.effects[..] {
            [Effect::WaitToReadAgain { job }] => Some(job),
            [] => None,
            _ => panic!("{:?}", self.effects),
        }
    }

    fn damage(&self) -> Option<&str> {
        self.state.damaged.get(&id("a")).map(|damage| damage.why[0].as_str())
    }
}

#[test]
fn what_is_lost_damages_the_room_at_once_and_for_the_session() {
    let mut app = App::reading(with(GapCause::Lost));
    assert_eq!(app.waits(), None);
    let why = "3 sequences are reported as lost and cannot be read now.";
    assert_eq!(app.damage(), Some(why));
    app.press("r");
    app.reply(history(with(GapCause::Removed)));
    assert_eq!(app.damage(), Some(why), "the server forgot, and that mends nothing");
    assert_eq!(App::reading(with(GapCause::Removed)).damage(), None);
}

#[test]
fn what_is_not_given_is_asked_for_once_more_and_then_it_is_damage() {
    let mut app = App::reading(with(GapCause::Unreadable));
    let job = app.waits().unwrap();
    assert_eq!((app.damage(), app.state.is_busy()), (None, false), "waiting is no work");
    app.press("k k");
    let selected = app.selected();
    app.send(Msg::Again(job));
    assert!(matches!(app.effects[..], [Effect::Retry { .. }]), "{:?}", app.effects);
    let mut page = with(GapCause::Unreadable);
    page.unreadable_again = true;
    app.reply(history(page));
    assert_eq!((app.waits(), app.selected()), (None, selected));
    assert!(app.damage().unwrap().contains("twice some seconds apart"), "{:?}", app.damage());
}

#[test]
fn what_came_at_the_second_asking_is_no_damage() {
    let mut app = App::reading(with(GapCause::Unreadable));
    let job = app.waits().unwrap();
    app.send(Msg::Again(job));
    app.reply(history(page(window(1, 20), 20, None, None)));
    assert_eq!((app.waits(), app.damage()), (None, None));
    // Others that are not given now are not asked for a third time.
    let mut app = App::reading(with(GapCause::Unreadable));
    let job = app.waits().unwrap();
    app.send(Msg::Again(job));
    app.reply(history(with(GapCause::Unreadable)));
    assert_eq!((app.waits(), app.damage()), (None, None));
}

#[test]
fn nothing_is_asked_for_once_the_screen_moved_on() {
    for keys in ["r", "h j Enter"] {
        let mut app = App::reading(with(GapCause::Unreadable));
        let job = app.waits().unwrap();
        app.press(keys);
        app.send(Msg::Again(job));
        assert_eq!(app.effects, [], "{keys}");
        app.reply(history(page(window(1, 20), 20, None, None)));
        app.send(Msg::Again(job));
        assert_eq!(app.effects, [], "{keys}");
    }
    let mut app = App::reading(with(GapCause::Unreadable));
    let job = app.waits().unwrap();
    app.send(Msg::Connection(lost()));
    app.send(Msg::Again(job));
    assert_eq!(app.effects, []);
}

#[test]
fn a_server_limit_and_what_a_member_without_a_leader_says_are_no_damage() {
    let mut app = App::reading(with(GapCause::PastLimit));
    assert_eq!((app.waits(), app.damage()), (None, None));
    let mut leaderless = with(GapCause::Lost);
    leaderless.stream.leaderless = true;
    app.press("r");
    app.reply(history(leaderless));
    assert_eq!(app.damage(), None);
}

#[test]
fn an_emptied_room_is_damaged_by_what_is_reported_as_lost() {
    let mut info = with(GapCause::Removed).stream;
    (info.state.messages, info.state.first_seq) = (0, 21);
    info.state.lost = Some(Lost { seqs: (1..=20).collect(), ..Lost::default() });
    let mut app = App::started(false);
    app.press("Enter");
    app.reply(Ok(History::Empty(Box::new(info))));
    assert!(app.damage().unwrap().starts_with("20 sequences are reported as lost"));
}
