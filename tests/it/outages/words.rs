//! What the program says on standard error of an outage.

/// It said that it began to wait, and that it went on.
#[track_caller]
pub(super) fn assert_waited(said: &str, context: &str) {
    assert!(said.to_lowercase().contains("wait"), "{context}: nothing of a wait: {said}");
    assert!(said.contains("went on after "), "{context}: nothing of going on: {said}");
}

/// It said nothing of an outage, since there was none that concerned it.
#[track_caller]
pub(super) fn assert_undisturbed(said: &str, context: &str) {
    for word in ["wait", "went on", "no answer", "no leader", "not connected", "reconnect"] {
        assert!(!said.to_lowercase().contains(word), "{context}: {said}");
    }
}

/// Its last line says why it gave up.
#[track_caller]
pub(super) fn assert_gave_up(said: &str, context: &str) {
    let last = said.trim_end().lines().last().unwrap_or_default().to_lowercase();
    let whys = ["no leader", "leaderless", "no answer", "not answer", "quorum", "not connected"];
    assert!(whys.iter().any(|why| last.contains(why)), "{context}: {said}");
}
