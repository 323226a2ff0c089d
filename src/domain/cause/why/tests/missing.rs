//! Sequences without a message: what can have taken them, and what is open.

use super::*;

#[test]
fn limits_are_what_can_have_and_never_more() {
    let none = Case::default().of(&info(1, 10, &[]), What::Limits);
    assert_eq!(none.answer, NO);
    let mut trimmed = info(51, 100, &[]);
    let reason = Case::default().of(&trimmed, What::Limits);
    assert_eq!((reason.answer, reason.sequences), (OPEN, None));
    assert!(words(&reason).contains("an earlier configuration can have had one"), "{reason:?}");
    set(&mut trimmed, "max_msgs", "50");
    let reason = Case::default().of(&trimmed, What::Limits);
    assert_eq!((reason.answer, reason.sequences), (OPEN, at_most(50)));
    assert!(words(&reason).contains("max_msgs 50; the stream holds 50. This can have taken"));
    trimmed.config.others.clear();
    set(&mut trimmed, "max_msgs", "500");
    let reason = Case::default().of(&trimmed, What::Limits);
    assert!(words(&reason).contains("does not show that it did"), "{reason:?}");
}

#[test]
fn removals_stay_open_even_where_they_are_denied_now() {
    let mut stream = info(1, 100, &[7, 8]);
    let reason = Case::default().of(&stream, What::Removed);
    assert_eq!((reason.answer, reason.sequences), (OPEN, at_most(2)));
    set(&mut stream, "deny_delete", "true");
    set(&mut stream, "deny_purge", "true");
    let reason = Case::default().of(&stream, What::Removed);
    assert_eq!(reason.answer, OPEN);
    assert!(words(&reason).contains("before that was set they can have"), "{reason:?}");
    assert_eq!(Case::default().of(&info(1, 100, &[]), What::Removed).answer, NO);
}

#[test]
fn a_marker_is_told_and_proves_nothing() {
    let mut stream = info(1, 100, &[7, 8]);
    let none = Case::default().of(&stream, What::Expired);
    assert_eq!((none.answer, none.sequences), (OPEN, None));
    set(&mut stream, "allow_msg_ttl", "true");
    assert_eq!(Case::default().of(&stream, What::Expired).sequences, at_most(2));
    let marked = Reading { markers: 1, ..read(1, 100, 98) };
    let case = Case { reading: Some(marked), ..Case::default() };
    let reason = case.of(&stream, What::Expired);
    // Any client can publish a frame that says so.
    assert_eq!((reason.answer, reason.sequences), (OPEN, at_most(2)));
    assert!(words(&reason).contains("1 frame of the window"), "{reason:?}");
}

#[test]
fn a_configured_first_sequence_is_told_with_its_condition() {
    let mut made_so = info(500, 600, &[]);
    set(&mut made_so, "first_seq", "500");
    let reason = Case::default().of(&made_so, What::NeverStored);
    assert_eq!((reason.answer, reason.sequences), (OPEN, at_most(499)));
    assert!(words(&reason).contains("if it was made so"), "{reason:?}");
    // An UPDATE put it there later: the stream has sequences below.
    let mut later = info(5, 100, &[]);
    set(&mut later, "first_seq", "500");
    let reason = Case::default().of(&later, What::NeverStored);
    assert!(words(&reason).contains("was set later"), "{reason:?}");
    assert_eq!(reason.sequences, at_most(4));
    let mut whole = info(1, 100, &[]);
    set(&mut whole, "first_seq", "500");
    assert_eq!(Case::default().of(&whole, What::NeverStored).answer, NO);
}

#[test]
fn a_loss_is_told_only_where_it_was_asked_for() {
    let whole = info(1, 100, &[]);
    assert_eq!(Case::default().of(&whole, What::Lost).answer, NO);
    let holes = info(1, 100, &[7]);
    let reason = Case::default().of(&holes, What::Lost);
    assert_eq!((reason.answer, reason.sequences), (OPEN, at_most(1)));
    let mut unasked = info(1, 100, &[7]);
    unasked.state.lost = None;
    unasked.state.deleted = None;
    let reason = Case::default().of(&unasked, What::Lost);
    assert_eq!(reason.answer, OPEN);
    assert!(words(&reason).contains("was not asked"), "{reason:?}");
    assert_eq!(reason.proof.unwrap().price.unwrap().requests, 1);
    let mut reported = info(1, 100, &[7, 8]);
    reported.state.lost = Some(Lost { seqs: [7, 8].into(), bytes: 60, ..Lost::default() });
    let case = Case { reading: Some(Reading { lost: 2, ..read(1, 100, 98) }), ..Case::default() };
    let reason = case.of(&reported, What::Lost);
    assert_eq!((reason.answer, reason.sequences), (YES, exactly(2)));
    let why = case.ask(Looked::Stream(&reported));
    assert_eq!(why.completeness, Some(Completeness::Damaged));
    assert_eq!(case.of(&reported, What::Removed).sequences, None);
    let mut unnamed = info(1, 100, &[7]);
    unnamed.state.lost = Some(Lost { unnamed: true, bytes: 60, ..Lost::default() });
    assert_eq!(Case::default().of(&unnamed, What::Lost).answer, OPEN);
    let mut back = info(1, 100, &[]);
    back.state.went_back = Some((120, 100));
    let reason = Case::default().of(&back, What::Lost);
    assert_eq!(reason.sequences, Some(Sequences { n: 20, bound: Bound::AtLeast }));
    let mut odd = info(1, 100, &[]);
    odd.state.messages = 90;
    assert_eq!(Case::default().of(&odd, What::Lost).answer, OPEN);
    assert_eq!(Case::default().of(&odd, What::Removed).answer, OPEN, "nothing is ruled out by it");
}
