//! What the program says on standard error of an outage.

/// It said that it began to wait, and that it went on.
#[track_caller]
pub(super) fn assert_waited(said: &str, context: &str) {
    assert!(said.to_lowercase().contains("wait"), "{context}: nothing of a wait: {said}");
    assert!(said.contains("went on after "), "{context}: nothing of going on: {said}");
}

/// Where it said that it waits, it said that it went on, too: how long nobody leads is chance.
#[track_caller]
pub(super) fn assert_even(said: &str, context: &str) {
    let waits = said.to_lowercase().contains("wait");
    assert_eq!(waits, said.contains("went on after "), "{context}: {said}");
}

/// It said nothing of an outage, since there was none that concerned it.
#[track_caller]
pub(super) fn assert_undisturbed(said: &str, context: &str) {
    for word in ["wait", "went on", "no answer", "no leader", "not connected", "reconnect"] {
        assert!(!said.to_lowercase().contains(word), "{context}: {said}");
    }
}

/// A line says why it gave up: of standard error, or of a report where there is one.
#[track_caller]
pub(super) fn assert_gave_up(printed: &str, said: &str, context: &str) {
    let whys = ["no leader", "no answer", "unavailable", "not connected", "quorum"];
    let says = |line: &str| whys.iter().any(|why| line.to_lowercase().contains(why));
    assert!(printed.lines().chain(said.lines()).any(says), "{context}: {printed}{said}");
}
