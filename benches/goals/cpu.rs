//! Processor time of this process and of the servers it started.

use std::fs;

/// Time on a processor so far, in seconds: ours, and our children's.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cpu {
    pub(crate) own: f64,
    pub(crate) servers: f64,
}

impl Cpu {
    pub(crate) fn now() -> Self {
        let children = tasks("self").flat_map(|task| {
            let list = fs::read_to_string(format!("{task}/children")).unwrap_or_default();
            list.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
        });
        Self { own: time("self"), servers: children.map(|pid| time(&pid)).sum() }
    }

    /// What was used since `before`.
    pub(crate) fn since(before: Self) -> Self {
        let now = Self::now();
        Self { own: now.own - before.own, servers: now.servers - before.servers }
    }

    pub(crate) fn add(&mut self, more: Self) {
        self.own += more.own;
        self.servers += more.servers;
    }
}

fn tasks(pid: &str) -> impl Iterator<Item = String> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten();
    tasks.flatten().map(|task| task.path().display().to_string())
}

/// The first number of `schedstat` is nanoseconds on a processor.
fn time(pid: &str) -> f64 {
    tasks(pid)
        .filter_map(|task| {
            let text = fs::read_to_string(format!("{task}/schedstat")).ok()?;
            text.split_whitespace().next()?.parse::<f64>().ok()
        })
        .sum::<f64>()
        / 1e9
}
