use super::*;
use crate::domain::{StreamConfig, StreamState};

/// A stream from `first` to `last` without so many inside, all that a leader tells asked for.
fn info(first: u64, last: u64, missing: u64) -> StreamInfo {
    StreamInfo {
        config: StreamConfig { replicas: 1, ..StreamConfig::default() },
        state: StreamState {
            messages: last + 1 - first - missing,
            first_seq: first,
            last_seq: last,
            num_deleted: missing,
            deleted: Some((first + 1..=first + missing).collect()),
            lost: Some(Lost::default()),
            ..StreamState::default()
        },
        ..StreamInfo::default()
    }
}

fn verdict(info: &StreamInfo) -> Completeness {
    Account::of(info).judge().0
}

fn set(info: &mut StreamInfo, name: &str, value: &str) {
    info.config.others.push((name.into(), value.into()));
}

#[test]
fn nothing_missing_and_all_asked_is_whole_as_far_as_the_server_knows() {
    assert_eq!(verdict(&info(1, 100, 0)), Completeness::Whole);
    assert!(Completeness::Whole.word().contains("as far as this server knows"));
}

#[test]
fn holes_are_not_explained_whatever_the_configuration_says_now() {
    let mut plain = info(1, 100, 5);
    assert_eq!(verdict(&plain), Completeness::NotExplained);
    for (name, value) in [("max_msgs", "100"), ("allow_msg_ttl", "true"), ("deny_delete", "true")] {
        set(&mut plain, name, value);
        assert_eq!(verdict(&plain), Completeness::NotExplained, "{name}");
    }
}

#[test]
fn a_head_is_explained_only_by_a_limit_that_fits() {
    let mut head = info(51, 100, 0);
    assert_eq!(verdict(&head), Completeness::NotExplained);
    set(&mut head, "max_msgs", "60");
    assert_eq!(verdict(&head), Completeness::NotExplained, "it is not full");
    head.config.others.clear();
    set(&mut head, "max_msgs", "50");
    let (verdict_now, why) = Account::of(&head).judge();
    assert_eq!(verdict_now, Completeness::Explained);
    assert!(why[0].contains("can have taken"), "{why:?}");
    set(&mut head, "discard", "new");
    assert_eq!(verdict(&head), Completeness::NotExplained, "it refuses instead");
}

#[test]
fn an_age_limit_explains_only_what_is_older_than_it() {
    let hour = 3_600_000_000_000u64;
    let at = |hours: i64| jiff::Timestamp::from_second(hours * 3600).unwrap();
    let mut head = info(51, 100, 0);
    head.created = at(10);
    head.state.first_time = Some(at(12));
    head.as_of = Some(at(13));
    set(&mut head, "max_age", &(hour * 2).to_string());
    assert_eq!(verdict(&head), Completeness::Explained);
    head.config.others.clear();
    set(&mut head, "max_age", &(hour * 4).to_string());
    assert_eq!(verdict(&head), Completeness::NotExplained, "nothing can have expired yet");
    // A restored stream is younger than what it holds.
    head.created = at(13);
    head.state.first_time = Some(at(8));
    assert_eq!(verdict(&head), Completeness::Explained);
    head.as_of = None;
    assert_eq!(verdict(&head), Completeness::NotExplained, "nobody told the time");
}

#[test]
fn what_shows_damage_goes_before_all_else() {
    let lost =
        |seqs: &[u64], unnamed| Lost { seqs: seqs.into(), bytes: 9, unnamed, ..Lost::default() };
    let mut named = info(1, 100, 5);
    named.state.lost = Some(lost(&[2, 3], false));
    let damaged = Account { lost: 2, ..Account::of(&named) };
    assert_eq!(damaged.judge().0, Completeness::Damaged);
    // Named, and all of it can be read: a peer brought it back.
    let mut back = info(1, 100, 0);
    back.state.lost = Some(lost(&[2, 3], false));
    // The only copy: the end may have been lost, and its numbers given out again.
    let (verdict_now, why) = Account::of(&back).judge();
    assert_eq!(verdict_now, Completeness::NotExplained);
    assert!(why[0].contains("given out again"), "{why:?}");
    assert!(!Account::of(&back).is_acceptable());
    back.config.replicas = 3;
    let (verdict_now, why) = Account::of(&back).judge();
    assert_eq!(verdict_now, Completeness::Explained);
    assert!(why[0].contains("nothing is missing now"), "{why:?}");

    let mut unnamed = info(1, 48, 0);
    unnamed.state.lost = Some(lost(&[], true));
    let (verdict_now, why) = Account::of(&unnamed).judge();
    assert_eq!(verdict_now, Completeness::Damaged);
    assert!(why[0].contains("end of the stream"), "{why:?}");
    unnamed.config.replicas = 3;
    assert_eq!(verdict(&unnamed), Completeness::Explained, "peers have it");

    let mut sums = info(1, 100, 0);
    sums.state.messages = 90;
    assert_eq!(verdict(&sums), Completeness::Damaged);
    let mut back = info(1, 100, 0);
    back.state.went_back = Some((120, 100));
    assert_eq!(verdict(&back), Completeness::Damaged);
    let mut wrong = Account::of(&named);
    wrong.counted = Some(94);
    assert_eq!(wrong.judge().0, Completeness::Damaged);
}

#[test]
fn what_nobody_told_is_not_known() {
    let whole = info(1, 100, 0);
    for account in [
        Account { unread: 1, ..Account::of(&whole) },
        Account { not_known: 1, ..Account::of(&whole) },
        Account { unreadable: 1, ..Account::of(&whole) },
    ] {
        assert_eq!(account.judge().0, Completeness::NotKnown, "{account:?}");
    }
    let again = Account { unreadable: 1, unreadable_again: true, ..Account::of(&whole) };
    assert_eq!(again.judge().0, Completeness::Damaged);
    let mut not_asked = info(1, 900_000, 0);
    (not_asked.state.lost, not_asked.state.deleted) = (None, None);
    assert_eq!(verdict(&not_asked), Completeness::NotKnown);
    // The list is known without asking; the report is not.
    let mut failed = info(1, 100, 0);
    failed.state.lost = None;
    let (verdict_now, why) = Account::of(&failed).judge();
    assert_eq!(verdict_now, Completeness::NotKnown);
    assert!(why[0].contains("did not answer"), "{why:?}");
    failed.state.lost = Some(Lost { unasked: true, earlier: true, bytes: 9, ..Lost::default() });
    assert_eq!(verdict(&failed), Completeness::NotKnown);
    let mut leaderless = info(1, 100, 0);
    leaderless.leaderless = true;
    assert_eq!(verdict(&leaderless), Completeness::NotKnown);
}

#[test]
fn a_configured_first_sequence_explains_nothing_and_is_said_with_its_condition() {
    let said = |info: &StreamInfo| {
        let (verdict, why) = Account::of(info).judge();
        (verdict, why.iter().any(|words| words.contains("if it was made so")))
    };
    let mut begun = info(50, 100, 0);
    set(&mut begun, "first_seq", "50");
    assert_eq!(Account::of(&begun).missing(), (0, 49));
    assert_eq!(said(&begun), (Completeness::NotExplained, true));
    // Set later: the stream holds what lies below.
    begun.state.first_seq = 20;
    begun.state.messages = 81;
    assert_eq!(Account::of(&begun).missing(), (0, 19));
    assert_eq!(said(&begun), (Completeness::NotExplained, false));
}
