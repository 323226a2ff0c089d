use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::domain::FaultKind;
use crate::domain::GapCause;
use crate::domain::cause::gap::Edge;

fn window(start: u64, end: u64) -> Window {
    Window::new(start, end).unwrap()
}

fn time(seq: u64) -> Timestamp {
    Timestamp::from_second(i64::try_from(seq % 1_000_000).unwrap()).unwrap()
}

fn frame(seq: u64) -> Arc<Frame> {
    Arc::new(Frame {
        seq,
        time: time(seq),
        subject: "a".into(),
        headers: Vec::new(),
        payload: Vec::new(),
    })
}

fn edge(seq: u64) -> Option<Edge> {
    Some(Edge { seq, time: time(seq) })
}

fn gap(start: u64, end: u64, cause: GapCause) -> Gap {
    Gap::new(window(start, end), cause, Arc::default())
}

fn fault(text: &str) -> Fault {
    Fault::new(FaultKind::Timeout, text)
}

fn rest() -> Fault {
    Fault::not_tried()
}

fn info() -> StreamInfo {
    StreamInfo::default()
}

fn page(builder: PageBuilder) -> Page {
    Page::build(builder, (None, None), Vec::new(), info(), Cost::default())
}

/// One report to a builder.
#[derive(Debug, Clone)]
enum Report {
    Frame(u64),
    Gap(u64, u64, GapCause),
    Unread(u64, u64, u8),
}

fn reports() -> impl Strategy<Value = Vec<Report>> {
    let cause = prop_oneof![
        Just(GapCause::Removed),
        Just(GapCause::Unreadable),
        Just(GapCause::BeforeFirst),
    ];
    let report = prop_oneof![
        (1u64..60).prop_map(Report::Frame),
        (1u64..60, 0u64..20, cause).prop_map(|(a, n, c)| Report::Gap(a, a + n, c)),
        (1u64..60, 0u64..20, 0u8..2).prop_map(|(a, n, f)| Report::Unread(a, a + n, f)),
    ];
    prop::collection::vec(report, 0..25)
}

/// What a sequence is, by the rule "a frame over a gap, a gap over unread".
#[derive(Debug, PartialEq)]
enum Is {
    Frame,
    Gap,
    Unread,
}

fn naive(reports: &[Report], shift: u64, seq: u64) -> Is {
    let within = |a: &u64, b: &u64| (a + shift..=b + shift).contains(&seq);
    let frame = |r: &Report| matches!(r, Report::Frame(at) if at + shift == seq);
    let gap = |r: &Report| matches!(r, Report::Gap(a, b, _) if within(a, b));
    if reports.iter().any(frame) {
        Is::Frame
    } else if reports.iter().any(gap) {
        Is::Gap
    } else {
        Is::Unread
    }
}

proptest! {
    /// Also at the upper end of all sequences, where sums could overflow.
    #[test]
    fn a_page_accounts_for_exactly_its_window(
        reports in reports(),
        span in (1u64..60, 0u64..40),
        high in any::<bool>(),
    ) {
        let end = (span.0 + span.1).min(79);
        let shift = if high { u64::MAX - 79 } else { 0 };
        let all = window(span.0 + shift, end + shift);
        let mut builder = PageBuilder::new(all);
        for report in &reports {
            match report {
                Report::Frame(seq) => builder.frame(frame(seq + shift)),
                Report::Gap(a, b, cause) => builder.gap(gap(a + shift, b + shift, *cause)),
                Report::Unread(a, b, f) => {
                    builder.unread(window(a + shift, b + shift), fault(&f.to_string()));
                }
            }
        }
        let page = page(builder);
        let mut next = Some(all.start());
        for slot in page.slots() {
            let range = slot.range();
            prop_assert_eq!(Some(range.start()), next, "no overlap and nothing left out");
            next = range.end().checked_add(1);
            for seq in range.start()..=range.end() {
                let is = match slot {
                    Slot::Frame(_) => Is::Frame,
                    Slot::Gap(_) | Slot::Unreadable(_) => Is::Gap,
                    Slot::Unread(_) => Is::Unread,
                };
                prop_assert_eq!(is, naive(&reports, shift, seq), "{}", seq);
            }
        }
        prop_assert_eq!(next, all.end().checked_add(1));
        let ledger = page.ledger();
        prop_assert_eq!(ledger.slots, all.len());
        let Ledger { frames, missing, unreadable, unread, slots } = ledger;
        prop_assert_eq!(frames + missing + unreadable + unread, slots);
        for pair in page.slots().windows(2) {
            match (&pair[0], &pair[1]) {
                (Slot::Gap(a), Slot::Gap(b)) => prop_assert_ne!(a.cause, b.cause),
                (Slot::Unread(a), Slot::Unread(b)) => {
                    prop_assert_ne!(&a.fault.kind, &b.fault.kind);
                },
                _ => {}
            }
        }
    }

    #[test]
    fn a_reopened_page_is_the_same_page(reports in reports()) {
        let mut builder = PageBuilder::new(window(5, 50));
        for report in &reports {
            match report {
                Report::Frame(seq) => builder.frame(frame(*seq)),
                Report::Gap(a, b, cause) => builder.gap(gap(*a, *b, *cause)),
                Report::Unread(a, b, _) => builder.unread(window(*a, *b), rest()),
            }
        }
        let first = page(builder);
        let (builder, unread) = first.reopen();
        let total: u64 = unread.iter().map(|run| run.len()).sum();
        let ledger = first.ledger();
        prop_assert_eq!(total, ledger.unread + ledger.unreadable);
        let second = page(builder);
        let again = second.ledger();
        prop_assert_eq!((again.frames, again.missing), (ledger.frames, ledger.missing));
        prop_assert_eq!(again.unread, total);
    }
}

#[test]
fn a_gap_inside_a_longer_one_takes_nothing_away() {
    let mut builder = PageBuilder::new(window(1, 100));
    builder.gap(gap(1, 100, GapCause::Removed));
    builder.gap(gap(2, 3, GapCause::Removed));
    builder.gap(gap(4, 5, GapCause::Removed));
    builder.frame(frame(50));
    let ledger = page(builder).ledger();
    assert_eq!((ledger.missing, ledger.unread), (99, 0));
}

#[test]
fn neighbours_of_one_cause_become_one_gap_with_the_frames_beside_it() {
    let mut builder = PageBuilder::new(window(1, 9));
    builder.frame(frame(1));
    builder.frame(frame(9));
    builder.gap(gap(5, 8, GapCause::Removed));
    builder.gap(gap(2, 4, GapCause::Removed));
    let slots = page(builder).slots().to_vec();
    assert_eq!(slots.len(), 3);
    assert_eq!(
        slots[1],
        Slot::Gap(Gap { before: edge(1), after: edge(9), ..gap(2, 8, GapCause::Removed) })
    );
}

#[test]
fn edges_reach_through_gaps_and_never_through_unread() {
    let mut builder = PageBuilder::new(window(1, 20));
    builder.frame(frame(1));
    builder.gap(gap(2, 3, GapCause::Removed));
    builder.gap(gap(4, 5, GapCause::Unreadable));
    builder.unread(window(6, 7), fault("x"));
    builder.gap(gap(8, 9, GapCause::Removed));
    builder.frame(frame(10));
    builder.gap(Gap { before: None, after: edge(99), ..gap(11, 20, GapCause::Removed) });
    let page = page(builder);
    let edges: Vec<_> = page
        .slots()
        .iter()
        .filter_map(|slot| match slot {
            Slot::Gap(gap) | Slot::Unreadable(gap) => Some((gap.before, gap.after)),
            _ => None,
        })
        .collect();
    let expected = [(edge(1), None), (edge(1), None), (None, edge(10)), (edge(10), edge(99))];
    assert_eq!(edges, expected);
}

#[test]
fn unread_runs_of_one_kind_are_one_run_whatever_sequence_their_texts_name() {
    let mut builder = PageBuilder::new(window(1, 6));
    let timeout = |seq| Fault::new(FaultKind::Timeout, format!("read {seq}: no answer"));
    builder.unread(window(1, 1), timeout(1));
    builder.unread(window(2, 4), timeout(2));
    builder.unread(window(5, 6), Fault::new(FaultKind::Disconnected, "not connected"));
    let page = page(builder);
    let runs: Vec<_> = page
        .slots()
        .iter()
        .map(|slot| match slot {
            Slot::Unread(run) => (run.range, run.fault.text.as_str()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(runs, [(window(1, 4), "read 1: no answer"), (window(5, 6), "not connected")]);
}

#[test]
fn gaps_at_the_ends_take_the_frames_outside_the_window() {
    let mut builder = PageBuilder::new(window(10, 20));
    builder.gap(gap(10, 12, GapCause::Removed));
    builder.frame(frame(15));
    builder.gap(gap(16, 20, GapCause::Removed));
    let head = gap(1, 9, GapCause::BeforeFirst);
    let page = Page::build(builder, (edge(4), edge(31)), vec![head], info(), Cost::default());
    let edges: Vec<_> = page
        .slots()
        .iter()
        .filter_map(|slot| match slot {
            Slot::Gap(gap) => Some((gap.before, gap.after)),
            _ => None,
        })
        .collect();
    assert_eq!(edges, [(edge(4), None), (edge(15), edge(31))], "13 and 14 are unread");
    assert_eq!(page.head[0].after, None);
}

#[test]
fn what_nobody_reported_is_unread_and_not_a_gap() {
    let mut builder = PageBuilder::new(window(3, 6));
    builder.frame(frame(4));
    builder.frame(frame(7));
    assert!(builder.has(4) && !builder.has(7), "outside the window");
    let page = page(builder);
    let unread = |start, end| Slot::Unread(Unread { range: window(start, end), fault: rest() });
    assert_eq!(page.slots(), [unread(3, 3), Slot::Frame(frame(4)), unread(5, 6)]);
    assert_eq!(page.frames().count(), 1);
}

#[test]
fn costs_add_up() {
    let one = Cost { info: 1, frames: 2, gaps: 3, failed: 4, bytes: 5, micros: 6, cached: 7 };
    assert_eq!(one.requests(), 10);
    assert_eq!(one.plus(one).requests(), 20);
    assert_eq!((one.plus(one).bytes, one.plus(one).micros, one.plus(one).cached), (10, 12, 14));
}
