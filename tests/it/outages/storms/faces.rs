//! The faces of the program, each reading one room again and again.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::outages::site::LONG;
use crate::outages::truth::{Shown, assert_newest};
use crate::support::held::{Ended, run_within};
use crate::support::serving::room;
use crate::support::{Acknowledged, Http, Pty, Serving, wait};

const PATH: &str = "/rooms/storm/history";
/// Frames of an HTTP answer, as the contract has it.
const LIMIT: u64 = 200;

/// The screen, the service, and the list of servers for commands.
pub(super) struct Faces {
    list: String,
    screen: Mutex<Pty>,
    serving: Serving,
    /// Answers over HTTP that were whole.
    whole: AtomicUsize,
    folder: tempfile::TempDir,
}

impl Faces {
    /// Opens them, and waits until they show the room.
    pub(super) fn open(list: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let known = room("storm", "replicas = 3");
        let file = folder.path().join("rooms.toml");
        std::fs::write(&file, &known).unwrap();
        let args = ["--server", list, "--rooms", file.to_str().unwrap(), "--last", "50", "storm"];
        let screen = Pty::start(&args);
        screen.wait_for("50 slots = 50 frames + 0 missing");
        let serving = Serving::start(list, &known, &[]);
        serving.wait_for("NATS: connected");
        let (list, screen, whole) = (list.to_owned(), Mutex::new(screen), AtomicUsize::new(0));
        Self { list, screen, serving, whole, folder }
    }

    pub(super) fn log(&self) -> String {
        self.serving.log()
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
            match ran % 3 {
                0 => self.history(truth, before, what),
                1 => self.check(what),
                _ => self.export(before, what, ran),
            }
            ran += 1;
        }
        ran
    }

    #[track_caller]
    fn history(&self, truth: &Mutex<Acknowledged>, before: u64, what: &str) {
        let ended = self.run(&["history", "storm", "--last", "all", "--format", "jsonl"]);
        let context = format!("{what}, history after {:?}: {}", ended.took, ended.done.said);
        let shown = Shown::of(&ended.done.out, &truth.lock().unwrap());
        shown.assert_true(&context);
        assert_eq!(ended.done.code, 0, "{context}");
        shown.assert_whole(1..=before, &context);
    }

    #[track_caller]
    fn check(&self, what: &str) {
        let ended = self.run(&["check", "storm", "--last", "all", "--json"]);
        let context = format!("{what}, check after {:?}: {}", ended.took, ended.done.said);
        let report = ended.done.json().into_iter().next().expect(&context);
        assert_eq!(report["completeness"], "whole", "{context}: {report}");
        // A server that is just being started lags behind, which the report says by itself.
        let checks = report["checks"].as_array().unwrap().iter();
        let wrong = checks.filter(|check| check["standing"] == "wrong");
        let others: Vec<_> = wrong.filter(|check| check["check"] != "replicas").collect();
        assert!(others.is_empty(), "{context}: {others:?}");
        assert!([0, 3].contains(&ended.done.code), "{context}: {report}");
    }

    #[track_caller]
    fn export(&self, before: u64, what: &str, run: usize) {
        let out = self.folder.path().join(format!("{run} {what}"));
        let ended = self.run(&["export", "storm", "--out", out.to_str().unwrap()]);
        let context = format!("{what}, export after {:?}: {}", ended.took, ended.done.said);
        assert_eq!(ended.done.code, 0, "{context}");
        let verified = run_within(&["verify", "--json", out.to_str().unwrap()], LONG).done;
        assert_eq!(verified.code, 0, "{context}: {}", verified.out);
        let told = &verified.json()[0];
        let frames = told["account"]["frames"].as_u64().unwrap();
        assert!(frames >= before, "{context}: {frames} of {before}: {told}");
        assert_eq!(told["whole"], true, "{context}: {told}");
    }

    /// How many answers over HTTP were whole so far.
    pub(super) fn whole(&self) -> usize {
        self.whole.load(Ordering::SeqCst)
    }

    /// Asks over HTTP while it goes on.
    pub(super) fn ask(&self, truth: &Mutex<Acknowledged>, what: &str, goes_on: &dyn Fn() -> bool) {
        while goes_on() {
            let before = truth.lock().unwrap().last();
            let reply = Http::once(self.serving.port(), PATH);
            if reply.status == 200 {
                assert_newest(&reply.body, LIMIT, before, &truth.lock().unwrap());
                self.whole.fetch_add(1, Ordering::SeqCst);
            } else {
                let context = format!("{what}: {}: {}", reply.status, self.serving.log());
                assert!([500, 503].contains(&reply.status), "{context}");
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
        let truth = Mutex::new(truth.clone());
        let last = truth.lock().unwrap().last();
        self.history(&truth, last, context);
        self.check(context);
        let reply = wait::until("a history", || {
            let reply = Http::once(self.serving.port(), PATH);
            (reply.status == 200).then_some(reply)
        });
        assert_newest(&reply.body, LIMIT, last, &truth.lock().unwrap());
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
