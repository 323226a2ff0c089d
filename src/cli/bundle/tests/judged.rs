use crate::cli::bundle::about::{Damage, Visit};
use crate::cli::bundle::judged::Judged;
use crate::cli::bundle::manifest::Head;
use crate::cli::bundle::tally::Tally;
use crate::cli::bundle::write::Written;
use crate::domain::{Connection, Lost, StreamInfo, StreamState, Witness};

/// A stream of 8 messages from 5 to 12 whose details were asked for.
fn info(deleted: &[u64], lost: Lost) -> StreamInfo {
    let num_deleted = deleted.len() as u64;
    let state = StreamState {
        messages: 8 - num_deleted,
        first_seq: 5,
        last_seq: 12,
        num_deleted,
        deleted: Some(deleted.into()),
        lost: Some(lost),
        ..StreamState::default()
    };
    StreamInfo { state, ..StreamInfo::default() }
}

fn head(info: &StreamInfo) -> Head {
    Head { begun: Visit::now(&Connection::local("demo"), Some(info)), ..super::head() }
}

fn written(frames: u64, missing: &[(&str, u64)], unreadable: u64) -> Written {
    let missing_by_cause = missing.iter().map(|(cause, n)| ((*cause).to_owned(), *n)).collect();
    let missing = missing.iter().map(|(_, n)| n).sum();
    let tally = Tally { frames, missing, unreadable, missing_by_cause, ..Tally::default() };
    Written { tally, ..Written::default() }
}

#[test]
fn a_loss_makes_a_room_damaged_and_a_removal_does_not() {
    let of = |info: &StreamInfo, written: &Written, elsewhere: u64| {
        Judged::of(&head(info), written, Some(info), elsewhere)
    };
    let whole = info(&[], Lost::default());
    assert_eq!(of(&whole, &written(8, &[], 0), 0).completeness, "not-explained", "1 to 4");
    let two = info(&[7, 8], Lost::default());
    let removed = of(&two, &written(6, &[("removed", 2)], 0), 0);
    assert_eq!(removed.completeness, "not-explained");
    let lost = of(&two, &written(6, &[("lost", 2)], 0), 0);
    assert_eq!(lost.completeness, "damaged");
    assert!(lost.words().contains("2 sequences are reported as lost"), "{}", lost.words());
    let outside = of(&whole, &written(8, &[], 0), 4);
    assert_eq!(outside.completeness, "damaged");
    // Read all of it, and less came than the server counts.
    assert_eq!(of(&whole, &written(7, &[], 0), 0).completeness, "damaged");
}

#[test]
fn unreadable_is_damage_only_some_seconds_later_and_below_the_servers_limit() {
    let info = info(&[], Lost::default());
    let mut head = head(&info);
    let of = |head: &Head, written: &Written| Judged::of(head, written, Some(&info), 0);
    let mut one = written(7, &[], 1);
    assert_eq!(of(&head, &one).completeness, "not-known");
    head.unreadable_again = true;
    assert_eq!(of(&head, &one).completeness, "damaged");
    one.past_limit = 1;
    assert_eq!(of(&head, &one).completeness, "not-known");
    assert_eq!(Judged::of(&head, &one, None, 0).completeness, "not-known");
}

#[test]
fn the_first_report_of_damage_is_kept_until_it_grows() {
    let report = |seqs: &[u64], leader: &str, earlier| Lost {
        seqs: seqs.into(),
        bytes: 9,
        by: Witness { leader: Some(leader.into()), as_of: None },
        earlier,
        ..Lost::default()
    };
    let mut head = super::head();
    assert!(!head.learn(&info(&[], Lost::default()), false));
    assert!(head.learn(&info(&[7, 8], report(&[7, 8], "n1", false)), false));
    assert!(!head.learn(&info(&[7, 8], report(&[7, 8], "n1", true)), false), "forgotten since");
    assert!(!head.learn(&info(&[7, 8], Lost::default()), false));
    let text = serde_json::to_string(&head).unwrap();
    let again: Head = serde_json::from_str(&text).unwrap();
    let kept = again.damage.as_ref().map(Damage::lost).unwrap();
    assert_eq!(kept, report(&[7, 8], "n1", true));
    assert!(head.learn(&info(&[7, 8, 9], report(&[7, 8, 9], "n2", false)), false));
    // Another leader, or what can be read again, takes nothing away.
    assert!(!head.learn(&info(&[], report(&[9], "n3", false)), false));
    assert!(head.learn(&info(&[], report(&[3], "n3", false)), false));
    let kept = head.damage.as_ref().map(Damage::lost).unwrap();
    assert_eq!((&kept.seqs[..], kept.by.leader.as_deref()), (&[3, 7, 8, 9][..], Some("n3")));
    assert!(head.learn(&info(&[], Lost::default()), true), "unreadable again");
    assert!(!head.learn(&info(&[], Lost::default()), true));
}

#[test]
fn a_report_of_many_runs_is_cut_short_in_a_look_and_not_taken_for_all_of_it() {
    let lost = Lost { seqs: (0..50).map(|n| n * 3 + 1).collect(), bytes: 9, ..Lost::default() };
    let short = Damage::of(&lost, 10).lost();
    assert_eq!((short.seqs.len(), short.unnamed), (10, true));
    assert_eq!(Damage::of(&lost, usize::MAX).lost().seqs, lost.seqs);
}
