//! What the program says on standard error of an outage.

/// Said, after what happened, when it begins to wait.
const AGAIN: &str = "waiting for up to ";
/// Said when that is over, before how long it took.
const WENT_ON: &str = "went on after ";

/// It said that it began to wait, and that it went on.
#[track_caller]
pub(super) fn assert_waited(said: &str, context: &str) {
    assert!(said.contains(AGAIN), "{context}: nothing of a wait: {said}");
    assert!(said.contains(WENT_ON), "{context}: nothing of going on: {said}");
}

/// Where it said that it waits, it said that it went on, too: how long nobody leads is chance.
#[track_caller]
pub(super) fn assert_even(said: &str, context: &str) {
    assert_eq!(said.matches(AGAIN).count(), said.matches(WENT_ON).count(), "{context}: {said}");
}

/// A line says why it gave up: of standard error, or of a report where there is one.
#[track_caller]
pub(super) fn assert_gave_up(printed: &str, said: &str, context: &str) {
    let whys = ["no leader", "no answer", "unavailable", "not connected", "quorum"];
    let says = |line: &str| whys.iter().any(|why| line.to_lowercase().contains(why));
    assert!(printed.lines().chain(said.lines()).any(says), "{context}: {printed}{said}");
}
