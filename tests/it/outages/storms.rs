//! Leaders that change all the time, and servers that are restarted one after the other, under
//! every face at once.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::faces::Faces;
use super::site::{Turn, filled};
use crate::support::cluster::{ELECTION, current, step_down};
use crate::support::rooms::stream;
use crate::support::{Acknowledged, Cluster, RawNats, wait};

/// How long the leader of the stream is told to step down, and how often.
const STORM: Duration = Duration::from_secs(10);
const EACH: Duration = Duration::from_millis(300);
/// Frames of the room before anything happens.
const FRAMES: u64 = 1_500;

/// Ends with the disturbance that it is dropped after, also where that panics.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Every face reads the room while `disturb` goes on, and is held against the truth.
fn under(faces: &Faces, truth: &Mutex<Acknowledged>, disturb: impl FnOnce() + Send, what: &str) {
    let over = AtomicBool::new(false);
    let goes_on = || !over.load(Ordering::SeqCst);
    thread::scope(|scope| {
        let commands = scope.spawn(|| faces.run_commands(truth, what, &goes_on));
        let requests = scope.spawn(|| faces.ask(truth, what, &goes_on));
        let looks = scope.spawn(|| faces.look(what, &goes_on));
        let before = faces.whole();
        let storm = scope.spawn(|| {
            let _over = Over(&over);
            disturb();
        });
        storm.join().unwrap();
        let commands = commands.join().unwrap();
        requests.join().unwrap();
        looks.join().unwrap();
        let whole = faces.whole() - before;
        assert!(commands > 0 && whole > 0, "{what}: {commands} commands, {whole} whole answers");
    });
}

/// Tells the leader to step down again and again, and publishes meanwhile.
fn storm(cluster: &Cluster, truth: &Mutex<Acknowledged>) {
    let began = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut raw = cluster.raw(1);
            while began.elapsed() < STORM {
                publish(&mut raw, truth);
            }
        });
        let mut raw = cluster.raw(2);
        while began.elapsed() < STORM {
            step_down(&mut raw, stream("storm").as_str());
            thread::sleep(EACH);
        }
    });
}

/// One frame. The truth is not locked while the answer is under way.
fn publish(raw: &mut RawNats, truth: &Mutex<Acknowledged>) {
    let next = truth.lock().unwrap().next(100);
    let acknowledged = next.ask(raw, Duration::from_secs(1));
    truth.lock().unwrap().settle(&next, acknowledged);
    thread::sleep(Duration::from_millis(20));
}

/// Restarts one server after the other, the next one when the last one has caught up and the
/// service answers.
fn restart_all(cluster: &mut Cluster, faces: &Faces) {
    for at in 0..3 {
        cluster.stop(at);
        cluster.start_member(at);
        cluster.wait_for(at);
        cluster.wait_for_health(at);
        let mut raw = cluster.raw((at + 1) % 3);
        current(&mut raw, stream("storm").as_str());
        let before = faces.whole();
        wait::within(ELECTION, "a whole answer", || (faces.whole() > before).then_some(()));
    }
}

#[test]
fn storms_and_restarts_leave_nothing_out_and_end_well() {
    let _turn = Turn::take();
    let mut cluster = Cluster::start(3);
    let mut raw = cluster.raw(0);
    let truth = Mutex::new(filled(&cluster, &mut raw, "storm", FRAMES, 300));
    let mut faces = Faces::open(&cluster.urls(), "storm");

    under(&faces, &truth, || storm(&cluster, &truth), "step-downs");
    current(&mut raw, stream("storm").as_str());
    drop(raw);
    let known = truth.lock().unwrap().clone();
    faces.assert_well(&known, "after step-downs");

    under(&faces, &truth, || restart_all(&mut cluster, &faces), "restarts");
    faces.assert_well(&known, "after restarts");
}
