//! Jumps: what is asked for, where the selection lands, and what is said.

use jiff::SignedDuration;

use super::*;
use crate::domain::{Edge, Goal, Landing};

fn edge(seq: u64, second: i64) -> Edge {
    Edge { seq, time: at(second) }
}

/// A page of a stream of 10,000 from 500 on, with this deleted list.
fn long(range: Window, gap: Option<Window>, deleted: Option<&[u64]>) -> Page {
    let mut page = page(range, 10_000, gap, None);
    page.stream.state.first_seq = 500;
    page.stream.state.deleted = deleted.map(Arc::from);
    page.stream.state.num_deleted = deleted.map_or(70_000, |list| list.len() as u64);
    page.stream.state.messages = 9_501 - page.stream.state.num_deleted.min(9_500);
    page.stream.as_of = Some(at(0));
    page
}

impl App {
    fn typed(&mut self, command: &str) {
        self.press(":");
        for c in command.chars() {
            self.send(Msg::Key(Key::char(c)));
        }
        self.press("Enter");
    }

    fn goal(&self) -> Goal {
        match &self.effects[..] {
            [Effect::Seek { goal, .. }] => *goal,
            other => panic!("{other:?}"),
        }
    }

    fn told(&mut self, info: StreamInfo) {
        let job = self.state.jumps.seek.unwrap().job;
        self.send(Msg::LookedUp(job, Ok(Some(Box::new(info)))));
    }

    fn found(&mut self, outcome: Result<Landing, Fault>) {
        let job = self.state.jumps.seek.unwrap().job;
        self.send(Msg::Sought(job, Some(at(0)), outcome));
    }
}

#[test]
fn a_sequence_is_read_around_and_selected_or_the_gap_that_holds_it() {
    let gap = window(5_010, 5_019);
    for command in ["5015", "goto 5,015", "goto 5015"] {
        let mut app = App::reading(long(window(9_801, 10_000), None, None));
        app.typed(command);
        assert_eq!(app.place(), Place::Around(5_015));
        app.reply(history(long(window(4_915, 5_114), Some(gap), None)));
        assert_eq!((app.selected(), app.said()), (5_010, ""));
    }
    let mut app = App::reading(long(window(9_801, 10_000), None, None));
    app.press("t 5020 Enter");
    app.reply(history(long(window(4_915, 5_114), Some(gap), None)));
    assert_eq!(app.selected(), 5_020);
    assert!(app.state.view.offset > 0 && app.state.view.offset < app.state.view.rows() - 10);
}

#[test]
fn a_sequence_outside_the_stream_goes_to_its_end_and_says_so() {
    let mut app = App::reading(long(window(5_000, 5_199), None, None));
    app.typed("20000");
    app.reply(history(long(window(9_801, 10_000), None, None)));
    assert_eq!((app.selected(), app.said()), (10_000, "the stream ends at 10,000"));
    app.typed("3");
    app.reply(history(long(window(500, 699), None, None)));
    assert_eq!((app.selected(), app.said()), (500, "the stream begins at 500"));
}

#[test]
fn a_time_is_searched_for_and_what_is_not_exact_is_said() {
    let mut app = App::reading(long(window(9_801, 10_000), None, None));
    // The clock is at 22:13:20 on 2023-11-14, UTC.
    let goal = at(0) - SignedDuration::from_hours(3) - SignedDuration::from_secs(20);
    app.typed("goto 19:13");
    assert_eq!(app.goal(), Goal::Time(goal));
    assert!(app.state.is_busy());
    app.found(Ok(Landing::Frame(edge(7_000, -10_770))));
    assert_eq!((app.place(), app.said()), (Place::Around(7_000), ""));
    app.reply(history(long(window(6_901, 7_100), None, None)));
    assert_eq!(app.selected(), 7_000);

    app.typed("19:13");
    app.found(Ok(Landing::Frame(edge(7_001, -10_700))));
    let said = "no frame found at 19:13; the next is 19:15:00, sequence 7,001";
    assert_eq!((app.place(), app.said()), (Place::Around(7_001), said));

    app.typed("2023-11-10 08:00");
    app.found(Ok(Landing::BeforeFirst(edge(500, -90_000))));
    let said = "2023-11-10 08:00 is before the first frame there is, which was stored \
                2023-11-13 21:13:20";
    assert_eq!((app.place(), app.said()), (Place::Around(500), said));

    app.typed("2030-01-01");
    app.found(Ok(Landing::AfterLast));
    let said = "2030-01-01 is in the future; this is the end of the stream";
    assert_eq!((app.place(), app.said()), (Place::Newest, said));

    app.typed("3h ago");
    app.found(Ok(Landing::AfterLast));
    let said = "no frame found from 19:13 on; this is the end of the stream";
    assert_eq!((app.place(), app.said()), (Place::Newest, said));

    app.typed("19:13");
    app.found(Ok(Landing::Disordered(Some(edge(7_000, -10_770)))));
    let said = "sequence 7,000; store times are not in order here: frames stored since then may lie \
                earlier";
    assert_eq!((app.place(), app.said()), (Place::Around(7_000), said));
    app.typed("19:13");
    app.found(Ok(Landing::Disordered(None)));
    assert!(app.said().starts_with("no frame found; store times are not in order here"));
    assert_eq!(app.place(), Place::Newest);
}

#[test]
fn what_is_no_place_stays_in_the_prompt_with_the_reason() {
    let mut app = App::reading(long(window(9_801, 10_000), None, None));
    for (command, part) in [
        ("goto soon", "no sequence or time"),
        ("2026-02-30", "is no date"),
        ("yesterday 25:00", "is no time of day"),
        ("0", "is no sequence"),
    ] {
        app.typed(command);
        let Some(Overlay::Prompt(prompt)) = app.state.top() else { panic!("{command}") };
        assert!(prompt.error.as_ref().unwrap().contains(part), "{prompt:?}");
        assert_eq!(app.effects, []);
        app.press("Esc");
    }
}

#[test]
fn gaps_beyond_the_page_come_from_the_list_without_a_search() {
    let list: Vec<u64> = (600..=609).chain(5_100..=5_120).chain([9_000]).collect();
    let mut app = App::reading(long(window(5_001, 5_200), Some(window(5_100, 5_120)), Some(&list)));
    app.press("g .");
    assert_eq!(app.selected(), 5_100);
    assert!(!app.effects.iter().any(|e| matches!(
        e,
        Effect::Seek { .. } | Effect::Read { purpose: Purpose::Show { .. }, .. }
    )));
    app.press(".");
    assert_eq!(app.place(), Place::Around(9_000));
    app.press(", ,");
    assert_eq!(app.place(), Place::Around(609));
    app.reply(history(long(window(509, 708), Some(window(600, 609)), Some(&list))));
    assert_eq!(app.selected(), 600);
    app.press(",");
    assert_eq!(app.place(), Place::Around(499), "the run before the first sequence is a gap too");
    app.reply(history(long(window(9_801, 10_000), None, Some(&list))));
    app.press(".");
    assert!(matches!(app.effects[..], [Effect::LookUp { .. }]), "it is asked before it is said");
    app.told(long(window(9_801, 10_000), None, Some(&list)).stream);
    assert_eq!(app.said(), "no gap from here to the end of the stream as of 22:13:20");
}

#[test]
fn that_there_is_no_gap_is_said_of_the_stream_as_it_is_now() {
    let end = |deleted: &[u64]| long(window(9_801, 10_000), None, Some(deleted));
    let mut app = App::reading(end(&[]));
    app.press(".");
    assert!(app.state.is_busy());
    // Meanwhile it grew, and something beyond the page was removed.
    let mut now = end(&[10_050]).stream;
    (now.state.last_seq, now.state.messages) = (10_200, 9_700);
    app.told(now);
    assert_eq!((app.place(), app.said()), (Place::Around(10_050), ""));

    let mut app = App::reading(end(&[]));
    app.press(".");
    app.state.now = at(9);
    app.told(end(&[]).stream);
    assert_eq!(app.said(), "no gap from here to the end of the stream as of 22:13:20");
    app.press(".");
    let job = app.state.jumps.seek.unwrap().job;
    app.send(Msg::LookedUp(job, Err(fault(FaultKind::Timeout))));
    assert_eq!(app.said(), "read UNIBUS_a: it failed; retry", "no claim without an answer");
    app.press(".");
    let mut other = end(&[]).stream;
    other.created = at(5);
    app.told(other);
    assert_eq!(app.said(), "the stream was deleted and made again; r reads it");

    // A head that went since is a gap towards the beginning.
    let mut whole = page(window(1, 200), 200, None, None);
    whole.stream.state.deleted = Some([].into());
    let mut app = App::reading(whole.clone());
    app.press("g ,");
    let mut now = whole.stream;
    (now.state.first_seq, now.state.messages) = (50, 151);
    app.told(now);
    assert_eq!(app.place(), Place::Around(49));
}

#[test]
fn all_missing_sequences_on_the_page_leave_none_to_search_for() {
    let hole = window(5_050, 5_099);
    let mut big = long(window(5_001, 5_200), Some(hole), None);
    big.stream.state.num_deleted = 50;
    big.stream.state.messages = 9_451;
    let mut app = App::reading(big.clone());
    app.press("G .");
    assert!(matches!(app.effects[..], [Effect::LookUp { .. }]), "{:?}", app.effects);
    app.told(big.stream.clone());
    assert!(app.said().starts_with("no gap from here to the end"), "{}", app.said());
    app.press(".");
    big.stream.state.num_deleted = 51;
    app.told(big.stream);
    assert_eq!(app.goal(), Goal::NextGap(5_200), "only a search can tell where the new one is");
}

#[test]
fn gaps_beyond_the_page_are_searched_for_without_a_list_and_go_on_where_that_ended() {
    let mut app = App::reading(long(window(5_001, 5_200), None, None));
    app.press(".");
    assert_eq!(app.goal(), Goal::NextGap(5_200));
    app.found(Ok(Landing::NoneFound { up_to: 5_264, requests: 161 }));
    let said = "no gap found with 161 requests; up to 5,264 there is none for sure; . searches on \
                from there";
    assert_eq!(app.said(), said);
    app.press(".");
    assert_eq!(app.goal(), Goal::NextGap(5_264));
    app.found(Ok(Landing::Gap { gap: window(8_000, 8_100), passed: 2_700 }));
    assert_eq!(app.place(), Place::Around(8_000));
    assert!(app.said().contains("2,700 were not looked at"), "{}", app.said());
    app.reply(history(long(window(7_901, 8_200), Some(window(8_000, 8_100)), None)));
    assert_eq!(app.selected(), 8_000);
    app.press(",");
    assert_eq!(app.goal(), Goal::PreviousGap(7_901));
    app.found(Err(fault(FaultKind::Timeout)));
    assert_eq!(app.said(), "read UNIBUS_a: it failed; retry");
    assert!(!app.state.is_busy());
}

#[test]
fn first_and_last_frame_are_selected_not_the_gaps_beside_them() {
    let mut head = long(window(500, 699), Some(window(500, 510)), None);
    head.head = vec![Gap::new(window(1, 499), GapCause::BeforeFirst, Arc::default())];
    let mut app = App::reading(long(window(5_001, 5_200), None, None));
    app.press("<");
    assert_eq!(app.place(), Place::Oldest);
    app.reply(history(head));
    assert_eq!(app.selected(), 511);
    app.press(">");
    assert_eq!(app.place(), Place::Newest);
    app.reply(history(long(window(9_801, 10_000), Some(window(9_900, 10_000)), None)));
    assert_eq!(app.selected(), 9_899);
    app.typed("last-frame");
    app.reply(history(long(window(9_801, 10_000), Some(window(9_801, 10_000)), None)));
    assert_eq!(app.goal(), Goal::LastFrame);
    app.found(Ok(Landing::Frame(edge(9_000, 0))));
    assert_eq!(app.place(), Place::Around(9_000));
}

#[test]
fn jumps_are_gone_back_in_their_order() {
    let mut app = App::reading(long(window(9_801, 10_000), None, None));
    app.press("k");
    app.typed("6000");
    app.reply(history(long(window(5_901, 6_100), None, None)));
    app.typed("7000");
    app.reply(history(long(window(6_901, 7_100), None, None)));
    app.press("Ctrl-o");
    assert_eq!(app.place(), Place::Around(6_000));
    app.press("Ctrl-o");
    assert_eq!(app.place(), Place::Around(9_999));
    app.press("Ctrl-o");
    assert_eq!(app.said(), "no jump to go back from in this room");
}

#[test]
fn a_search_ends_when_the_person_goes_elsewhere() {
    let mut app = App::reading(long(window(5_001, 5_200), None, None));
    app.press(".");
    let job = app.state.jumps.seek.unwrap().job;
    app.press("[");
    assert_eq!(app.state.jumps.seek, None);
    app.send(Msg::Sought(job, Some(at(0)), Ok(Landing::NoGap)));
    assert_eq!((app.effects.len(), app.said()), (0, ""));
}
