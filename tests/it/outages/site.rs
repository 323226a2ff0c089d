//! A cluster with rooms of three replicas, and the turn to have one.

use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

use crate::support::rooms::{go_config, stream};
use crate::support::{Acknowledged, Cluster, RawNats};

/// Clusters that run at a time: tests run in parallel, and elections need the machine.
const AT_ONCE: usize = 4;

static RUNNING: Mutex<usize> = Mutex::new(0);
static ENDED: Condvar = Condvar::new();

/// The right to run a cluster; given back when dropped.
pub(super) struct Turn;

impl Turn {
    pub(super) fn take() -> Self {
        let mut running = count();
        while *running >= AT_ONCE {
            running = ENDED.wait(running).unwrap();
        }
        *running += 1;
        Self
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *count() -= 1;
        ENDED.notify_one();
    }
}

/// Nothing that panics runs while it is locked.
fn count() -> MutexGuard<'static, usize> {
    RUNNING.lock().unwrap()
}

/// How often, unless the environment says otherwise.
pub(super) fn runs(otherwise: usize) -> usize {
    std::env::var("ROOMSCOPE_RUNS").map_or(otherwise, |text| text.parse().unwrap())
}

/// How many frames a long room has.
pub(super) fn many() -> u64 {
    std::env::var("ROOMSCOPE_FRAMES").map_or(20_000, |text| text.parse().unwrap())
}

/// Longest wait for a command that goes on after an election.
pub(super) const LONG: Duration = Duration::from_secs(90);

/// A room of three replicas with so many frames.
pub(super) fn filled(
    cluster: &Cluster,
    raw: &mut RawNats,
    id: &str,
    count: u64,
    size: usize,
) -> Acknowledged {
    let mut config = go_config(id, &format!("room.{id}"));
    config["num_replicas"] = 3.into();
    cluster.create(raw, &config);
    let mut truth = Acknowledged::of(id);
    truth.fill(raw, count, size);
    assert_eq!(truth.last(), count);
    crate::support::cluster::current(raw, stream(id).as_str());
    truth
}
