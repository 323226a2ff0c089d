//! Why a backlog is short: free to open, and asked for only by a key.

use super::*;
use crate::app::overlay::{Told, WhyLayer};
use crate::domain::cause::why::{Answer, What, Why};

/// The newest page of a stream with so many missing, of which the list is known or not.
fn trimmed(list: Option<&[u64]>, missing: u64) -> Page {
    let mut page = page(window(801, 1_000), 1_000, Some(window(810, 989)), None);
    page.stream.as_of = Some(at(2_000));
    let state = &mut page.stream.state;
    state.num_deleted = missing;
    state.messages = 1_000 - missing;
    state.deleted = list.map(Arc::from);
    state.lost = list.map(|_| crate::domain::Lost::default());
    page
}

impl App {
    fn why(&self) -> &WhyLayer {
        match self.state.top() {
            Some(Overlay::Why(why)) => why,
            other => panic!("{other:?}"),
        }
    }

    fn answer(&self) -> Why {
        self.why().answer(&self.state).unwrap()
    }

    fn answer_to(&self, what: What) -> (Answer, Option<u64>) {
        let answer = self.answer();
        let reason = answer.reasons.iter().find(|reason| reason.what == what).unwrap();
        (reason.answer, reason.sequences.map(|sequences| sequences.n))
    }
}

#[test]
fn it_opens_without_a_request_and_closes_by_its_key() {
    let list: Vec<u64> = (810..=989).collect();
    let mut app = App::reading(trimmed(Some(&list), 180));
    app.press("w");
    assert_eq!(app.effects, []);
    assert_eq!(app.answer_to(What::Window), (Answer::Yes, Some(800)));
    assert_eq!(app.answer_to(What::Removed), (Answer::CannotBeKnown, Some(180)));
    assert!(app.why().open(&app.state).unwrap().list.is_none());
    for close in ["w", "Esc", "q"] {
        app.press(close);
        assert_eq!((app.state.overlays.len(), app.effects.len()), (0, 0), "{close}");
        app.press("w");
    }
    app.press("5j");
    assert_eq!(app.effects, [], "it scrolls");
}

#[test]
fn the_long_list_is_asked_for_by_enter_alone_and_its_price_is_said() {
    let mut app = App::reading(trimmed(None, 60_000 / 100));
    app.press("w");
    assert_eq!(app.effects, []);
    assert_eq!(app.answer_to(What::Lost), (Answer::CannotBeKnown, Some(600)));
    let open = app.why().open(&app.state).unwrap();
    let (missing, price) = open.list.unwrap();
    assert_eq!((missing, price.requests), (600, 1));
    assert!(price.bytes > 600 * 5, "{price:?}");
    app.press("Enter");
    let [Effect::AskWhy { job, room, list: true, get: Some(1_000) }] = &app.effects[..] else {
        panic!("{:?}", app.effects)
    };
    assert_eq!(room.id, id("a"));
    let job = *job;
    app.press("Enter");
    assert_eq!(app.effects, [], "one at a time");
    assert!(app.state.is_busy());
    let list: Vec<u64> = (101..=520).chain(810..=989).collect();
    let info = Some(Box::new(trimmed(Some(&list), 600).stream));
    app.send(Msg::WhyAsked(Job(job.0 + 1), Err(fault(FaultKind::Timeout))));
    assert!(app.why().asking.is_some(), "another's answer");
    app.send(Msg::WhyAsked(job, Ok(Told { info, round_trip: Some(100_000) })));
    assert!(!app.state.is_busy());
    assert_eq!(app.answer_to(What::Window), (Answer::Yes, Some(380)));
    assert_eq!(app.answer_to(What::ControlPlane), (Answer::Yes, Some(152)));
    assert_eq!(app.why().open(&app.state), None);
    app.press("Enter");
    assert_eq!(app.effects.len(), 1);
    assert!(app.said().contains("nothing more to ask"), "{}", app.said());
}

#[test]
fn what_fails_is_said_and_can_be_asked_again() {
    let mut app = App::reading(trimmed(None, 600));
    app.press("w Enter");
    let [Effect::AskWhy { job, .. }] = app.effects[..] else { panic!("{:?}", app.effects) };
    app.send(Msg::WhyAsked(job, Err(fault(FaultKind::Timeout))));
    assert!(app.why().failed.is_some());
    app.press("Enter");
    assert!(matches!(app.effects[..], [Effect::AskWhy { .. }]), "{:?}", app.effects);
    app.press("Esc");
    assert_eq!(app.effects, [Effect::StopWhy]);
    assert!(!app.state.is_busy());
}

#[test]
fn y_copies_the_answer_for_a_ticket() {
    let mut app = App::reading(trimmed(Some(&[]), 0));
    app.press("w y");
    let [Effect::Copy { what, text }] = &app.effects[..] else { panic!("{:?}", app.effects) };
    assert_eq!(what, "the answer for a");
    assert!(text.is_ascii() && text.contains("The window itself [800]"), "{text}");
    app.press("Esc y");
    let [Effect::Copy { what, .. }] = &app.effects[..] else { panic!("{:?}", app.effects) };
    assert_eq!(what, "base64 of 1,000", "and the frame's payload when it is closed");
}

#[test]
fn a_room_that_is_not_opened_is_answered_from_the_listing() {
    let mut app = App::started(false);
    app.press("w");
    assert_eq!(app.effects, []);
    assert_eq!(app.answer_to(What::Window), (Answer::CannotBeKnown, None));
    app.press("Esc");
    app.state.rooms.set_found(&id("a"), Found::NoStream);
    app.press("w");
    assert_eq!(app.answer_to(What::NotPersisted).0, Answer::Yes);
    assert_eq!(app.why().open(&app.state), None);
}
