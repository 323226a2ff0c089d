use super::*;
use crate::domain::{Lost, StreamConfig};

fn window(start: u64, end: u64) -> Window {
    Window::new(start, end).unwrap()
}

fn info(first: u64, last: u64, lost: &[u64]) -> StreamInfo {
    let by = Witness { leader: Some("n1".into()), as_of: None };
    let lost = Lost { seqs: lost.into(), by, ..Lost::default() };
    StreamInfo {
        state: StreamState {
            messages: last + 1 - first,
            first_seq: first,
            last_seq: last,
            lost: Some(lost),
            ..StreamState::default()
        },
        ..StreamInfo::default()
    }
}

#[test]
fn what_is_reported_lost_is_told_apart_from_the_rest_of_a_run() {
    let info = info(61, 100, &[3, 4, 60, 70]);
    let gaps = Gap::before_first(&info);
    let of: Vec<_> = gaps.iter().map(|gap| (gap.range, gap.cause)).collect();
    let (lost, below) = (GapCause::Lost, GapCause::BeforeFirst);
    let wanted = [
        (window(1, 2), below),
        (window(3, 4), lost),
        (window(5, 59), below),
        (window(60, 60), lost),
    ];
    assert_eq!(of, wanted);
    assert_eq!(gaps[1].evidence.reported.as_ref().unwrap().leader.as_deref(), Some("n1"));
    assert!(gaps[1].words().contains("n1"), "{}", gaps[1].words());
}

#[test]
fn no_cause_of_a_listed_sequence_leaves_a_loss_out() {
    for cause in [GapCause::Removed, GapCause::ExpiredOrRemoved, GapCause::NotKnown] {
        assert!(cause.words(&Evidence::default()).contains("lost"), "{cause:?}");
    }
    let below = GapCause::BeforeFirst.words(&Evidence { first_seq: 51, ..Evidence::default() });
    for way in ["deleted", "purged", "rolled up", "acknowledged", "expired", "lost", "never used"] {
        assert!(below.contains(way), "{way}: {below}");
    }
}

#[test]
fn a_configured_first_sequence_is_said_with_its_condition() {
    let mut info = info(60, 100, &[]);
    info.config = StreamConfig {
        others: vec![("first_seq".to_owned(), "50".to_owned())],
        ..StreamConfig::default()
    };
    let words = Gap::before_first(&info)[0].words();
    assert!(words.contains("begins the stream at 50; if it was made so"), "{words}");
}

#[test]
fn the_servers_own_sums_are_checked_at_the_ends_of_u64_too() {
    let state = |messages, num_deleted, first_seq, last_seq| StreamState {
        messages,
        num_deleted,
        first_seq,
        last_seq,
        ..StreamState::default()
    };
    assert!(state(0, 1, 0, 0).adds_up());
    assert!(state(99, 1, 1, 100).adds_up());
    assert!(!state(99, 0, 1, 100).adds_up());
    assert!(state(1, u64::MAX - 2, 1, u64::MAX - 1).adds_up());
    assert!(!state(u64::MAX, u64::MAX, 1, 2).adds_up());
    assert!(!state(14, 0, u64::MAX - 15, 13).adds_up());
    assert!(state(14, 0, u64::MAX - 15, 13).is_wrapped());
}
