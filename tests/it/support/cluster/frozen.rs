//! Members that stand still in the middle of everything, as on a host that is suspended: their
//! connections stay open, and nothing comes.

use std::process::Command;

use super::Cluster;

/// A member that is frozen until this is dropped.
pub(crate) struct Frozen<'a> {
    /// Held, so that the process is the member's for as long as it can be signalled.
    _cluster: &'a Cluster,
    pid: String,
}

impl Cluster {
    /// Freezes a running member (SIGSTOP).
    pub(crate) fn freeze(&self, at: usize) -> Frozen<'_> {
        let pid = self.members[at].child.as_ref().expect("a running member").id().to_string();
        assert!(signal("-STOP", &pid));
        Frozen { _cluster: self, pid }
    }
}

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        let _ = signal("-CONT", &self.pid);
    }
}

fn signal(name: &str, pid: &str) -> bool {
    Command::new("kill").args([name, pid]).status().is_ok_and(|status| status.success())
}
