//! Runs rows of the table, and holds what came of it beside the answer.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::case::{Answer, Case};
use crate::support::program::{Done, command, within};
use crate::support::told::Certificate;
use crate::support::{Told, wait};

/// Cases that run at the same time.
const AT_ONCE: usize = 3;

/// Runs all of them, and fails with everything that is wrong in any.
pub(super) fn all(cases: Vec<Case>) {
    let (waiting, wrong) = (Mutex::new(cases.into_iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(case) = waiting.lock().unwrap().next() else { break };
                    let found = World::new(&case).wrong();
                    let found = found.into_iter().map(|one| format!("{}: {one}", case.name));
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// A case in its place.
pub(crate) struct World<'a> {
    pub(crate) case: &'a Case,
    folder: TempDir,
    pub(crate) servers: Vec<Told>,
}

impl<'a> World<'a> {
    pub(crate) fn new(case: &'a Case) -> Self {
        let servers = case.servers.iter().map(|kind| Told::start(*kind)).collect();
        let world = Self { case, folder: tempfile::tempdir().unwrap(), servers };
        for (path, holds) in &case.files {
            let path = world.folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let holds = String::from_utf8(holds.clone()).map(|text| world.place(&text));
            std::fs::write(path, holds.unwrap()).unwrap();
        }
        world
    }

    /// The text with everything put in that stands for something.
    pub(super) fn place(&self, text: &str) -> String {
        let files = Certificate::of_all();
        let mut text = text.replace("{DIR}", &self.folder.path().display().to_string());
        for (name, file) in [("CA", files.ca()), ("CERT", files.cert()), ("KEY", files.key())] {
            text = text.replace(&format!("{{{name}}}"), &file.display().to_string());
        }
        for (letter, server) in ('A'..).zip(&self.servers) {
            text = text.replace(&format!("{{{letter}}}"), &server.at());
            text = text.replace(&format!("{{{letter}.port}}"), &server.port().to_string());
        }
        text
    }

    /// The environment. A variable that is empty says nothing.
    pub(super) fn env(&self) -> Vec<(&'static str, String)> {
        let home = self.folder.path().display().to_string();
        let mut env = vec![("XDG_CONFIG_HOME", format!("{home}/.config")), ("HOME", home)];
        env.extend(self.case.env.iter().map(|(name, value)| (*name, self.place(value))));
        env
    }

    /// Its arguments.
    pub(crate) fn args(&self) -> Vec<String> {
        self.case.args.iter().map(|arg| self.place(arg)).collect()
    }

    /// Runs a command in its folder and environment, within a bound.
    pub(crate) fn within(&self, mut command: Command, bound: Duration) -> Option<Done> {
        within(command.current_dir(self.folder.path()).envs(self.env()), bound)
    }

    pub(crate) fn run(&self, more: &[&str]) -> (Done, Duration) {
        let args = self.args();
        let args = args.iter().map(String::as_str).chain(more.iter().copied());
        let args: Vec<&str> = ["rooms", "--json"].into_iter().chain(args).collect();
        let started = Instant::now();
        let done = self.within(command(&args), wait::BOUND);
        (done.unwrap_or_else(|| panic!("{} does not end", self.case.name)), started.elapsed())
    }

    /// Everything that is not as it should be.
    fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let before = files(self.folder.path());
        self.explain(&mut wrong);
        if self.case.answer != Answer::Explained {
            self.connect(&mut wrong);
            self.screen(&mut wrong);
        }
        if files(self.folder.path()) != before {
            wrong.push("what is configured was changed".into());
        }
        wrong
    }
}

/// All files under a folder, with what they hold.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            let holds = std::fs::read(&path).unwrap();
            all.insert(path, holds);
        }
    }
    all
}
