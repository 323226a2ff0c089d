//! A stream that was there earlier and is gone: a new one would hide that.

use super::*;

impl App {
    fn make(&self) -> Make {
        match self.effects[..] {
            [Effect::Read { purpose: Purpose::Open { make, .. }, .. }] => make,
            _ => panic!("{:?}", self.effects),
        }
    }

    /// The app with room `a` opened, its stream gone, and the question put.
    fn asked() -> Self {
        let mut app = Self::started(false);
        app.press("Enter");
        app.send(Msg::Gone(app.load_job(), id("a"), Some(at(0))));
        app.reply(Ok(History::NoStream));
        app
    }
}

#[test]
fn what_was_seen_in_a_listing_or_a_read_is_not_made_without_a_question() {
    let mut app = App::started(false);
    app.press("Enter");
    assert_eq!(app.make(), Make::Unseen);
    app.reply(history(page(window(1, 20), 20, None, None)));
    app.press("h Enter");
    assert_eq!(app.make(), Make::AskFirst, "a read saw it");
    app.press("h Ctrl-r");
    let job = app.list_job();
    let seen = vec![(id("b"), Found::Stream(Box::new(stream("b", 9))))];
    app.send(Msg::Listed(job, Listed::Found(seen)));
    app.send(Msg::Listed(job, Listed::Found(vec![(id("b"), Found::NoStream)])));
    app.press("j Enter");
    assert_eq!(app.make(), Make::AskFirst, "a listing saw it");
    app.press("h j Enter");
    assert_eq!(app.make(), Make::Unseen, "nobody saw this one");
}

#[test]
fn only_a_clear_yes_makes_it() {
    for yes in ["Enter", "y"] {
        let mut app = App::asked();
        assert!(matches!(app.state.top(), Some(Overlay::Recreate { .. })));
        app.press(yes);
        assert_eq!(app.make(), Make::Asked);
        assert!(app.state.overlays.is_empty());
    }
    for no in ["Esc", "q", "n"] {
        let mut app = App::asked();
        app.press(no);
        assert!(matches!(app.effects[..], [Effect::ExpireToast { .. }]), "{:?}", app.effects);
        assert_eq!(app.said(), "nothing was created");
        assert!(app.state.overlays.is_empty());
    }
    let mut app = App::asked();
    app.press("j");
    assert!(!app.state.overlays.is_empty(), "it scrolls");
}

#[test]
fn a_question_whose_room_was_left_is_not_put() {
    let mut app = App::started(false);
    app.press("Enter");
    let job = app.load_job();
    app.press("h j Enter");
    app.send(Msg::Gone(job, id("a"), None));
    assert!(app.state.overlays.is_empty());
}

#[test]
fn what_a_creation_brought_back_is_said() {
    let made = |messages: u64, first: i64| {
        let mut app = App::started(false);
        app.press("Enter");
        let mut info = stream("a", messages);
        info.created = at(100);
        info.state.first_time = (messages > 0).then(|| at(first));
        let job = app.load_job();
        app.send(Msg::Ensured(job, id("a"), Ok(Ensured::Created(Box::new(info)))));
        app.state.view.note.unwrap()
    };
    let note = made(0, 0);
    assert!(
        note.contains("is not in it: never captured, or gone with an earlier stream"),
        "{note}"
    );
    let note = made(5_000, 7);
    assert!(note.contains("took up 5,000 messages of an earlier stream of this name"), "{note}");
    // Somebody else made it at the same time, and published.
    let note = made(2, 101);
    assert!(!note.contains("took up"), "{note}");
}
