//! The long-lived faces of the program, the screen and the service, with one room open.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::commands::Command;
use super::site::LONG;
use super::truth::assert_newest;
use crate::support::held::{Ended, run_within};
use crate::support::serving::room;
use crate::support::{Acknowledged, Http, Pty, Serving, wait};

/// Frames of an HTTP answer, as the contract has it.
const LIMIT: u64 = 200;

/// How long a caller that got an error waits before it asks again.
const AGAIN: Duration = Duration::from_millis(50);

/// The screen, the service, and the list of servers for commands.
pub(super) struct Faces {
    id: String,
    list: String,
    screen: Mutex<Pty>,
    serving: Serving,
    /// Answers over HTTP that were whole.
    whole: AtomicUsize,
    folder: tempfile::TempDir,
}

impl Faces {
    /// Opens them, and waits until they show the room, which has 50 frames or more.
    pub(super) fn open(list: &str, id: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let known = room(id, "replicas = 3");
        let file = folder.path().join("rooms.toml");
        std::fs::write(&file, &known).unwrap();
        let args = ["--server", list, "--rooms", file.to_str().unwrap(), "--last", "50", id];
        let screen = Pty::start(&args);
        screen.wait_for("50 slots = 50 frames + 0 missing");
        let serving = Serving::start(list, &known, &[]);
        serving.wait_for("NATS: connected");
        Self {
            id: id.to_owned(),
            list: list.to_owned(),
            screen: Mutex::new(screen),
            serving,
            whole: AtomicUsize::new(0),
            folder,
        }
    }

    /// How many answers over HTTP were whole so far.
    pub(super) fn whole(&self) -> usize {
        self.whole.load(Ordering::SeqCst)
    }

    fn run(&self, args: &[&str]) -> Ended {
        run_within(&[args, &["--server", &self.list]].concat(), LONG)
    }

    /// `history`, `check` and `export` in turn while it goes on; how many ran.
    pub(super) fn run_commands(
        &self,
        truth: &Mutex<Acknowledged>,
        what: &str,
        goes_on: &dyn Fn() -> bool,
    ) -> usize {
        let mut ran = 0;
        while goes_on() {
            let before = truth.lock().unwrap().last();
            let out = self.folder.path().join(ran.to_string() + what);
            let command = match ran % 3 {
                0 => Command::History,
                1 => Command::Check,
                _ => Command::Export(&out),
            };
            let ended = self.run(&command.args(&self.id));
            let known = truth.lock().unwrap().clone();
            command.judge(&ended, &known, before, what);
            ran += 1;
        }
        ran
    }

    fn path(&self) -> String {
        format!("/rooms/{}/history", self.id)
    }

    /// Asks over HTTP while it goes on.
    pub(super) fn ask(&self, truth: &Mutex<Acknowledged>, what: &str, goes_on: &dyn Fn() -> bool) {
        while goes_on() {
            let before = truth.lock().unwrap().last();
            let reply = Http::once(self.serving.port(), &self.path());
            if reply.status == 200 {
                let known = truth.lock().unwrap().clone();
                assert_newest(&reply.body, LIMIT, before, &known);
                self.whole.fetch_add(1, Ordering::SeqCst);
            } else {
                let status = reply.status;
                assert!([500, 503].contains(&status), "{what}: {status}: {}", self.serving.log());
                // A caller that is refused comes back after a moment.
                std::thread::sleep(AGAIN);
            }
        }
    }

    /// Reads the page on the screen anew while it goes on: it never shows anything as missing.
    pub(super) fn look(&self, what: &str, goes_on: &dyn Fn() -> bool) {
        let mut screen = self.screen.lock().unwrap();
        while goes_on() {
            screen.send("r");
            std::thread::sleep(Duration::from_millis(100));
            let text = screen.text();
            for word in [" removed", "LOST", "never captured", "no messages"] {
                assert!(!text.contains(word), "{what}:\n{text}");
            }
            let ledger = text.lines().find(|line| line.contains(" slots = "));
            assert!(ledger.is_none_or(|line| line.contains("+ 0 missing")), "{what}:\n{text}");
        }
    }

    /// All of them show the room whole, as it is now.
    #[track_caller]
    pub(super) fn assert_well(&mut self, truth: &Acknowledged, context: &str) {
        let last = truth.last();
        for command in [Command::History, Command::Check] {
            command.judge(&self.run(&command.args(&self.id)), truth, last, context);
        }
        let reply = wait::until("a history", || {
            let reply = Http::once(self.serving.port(), &self.path());
            (reply.status == 200).then_some(reply)
        });
        assert_newest(&reply.body, LIMIT, last, truth);
        let screen = self.screen.get_mut().unwrap();
        screen.wait("a connection", |text| {
            text.lines().next().is_some_and(|top| top.contains("connected 127.0.0.1:"))
        });
        screen.send("r");
        screen.wait("a whole page", |text| {
            text.contains("50 slots = 50 frames + 0 missing ") && !text.contains("unread")
        });
    }
}
