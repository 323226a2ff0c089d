//! Runs rows of the table, and holds what came of it beside the answer.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::case::{Answer, Case};
use super::keys;
use crate::support::program::{Done, command};
use crate::support::told::{Certificate, First, Heard, Login};
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
struct World<'a> {
    case: &'a Case,
    folder: TempDir,
    log: TempDir,
    servers: Vec<Told>,
}

impl<'a> World<'a> {
    fn new(case: &'a Case) -> Self {
        let servers = case.servers.iter().map(|kind| Told::start(*kind)).collect();
        let (folder, log) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let world = Self { case, folder, log, servers };
        for (path, holds) in &case.files {
            let path = world.folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let holds = String::from_utf8(holds.clone()).map(|text| world.place(&text));
            std::fs::write(path, holds.unwrap()).unwrap();
        }
        world
    }

    /// The text with everything put in that stands for something.
    fn place(&self, text: &str) -> String {
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

    fn run(&self, more: &[&str]) -> (Done, Duration) {
        let args: Vec<String> = self.case.args.iter().map(|arg| self.place(arg)).collect();
        let args = args.iter().map(String::as_str).chain(more.iter().copied());
        let args: Vec<&str> = ["rooms", "--json"].into_iter().chain(args).collect();
        let home = self.folder.path();
        let mut command = command(&args);
        command.env("HOME", home).env("XDG_CONFIG_HOME", home.join(".config"));
        for name in &self.case.unset {
            command.env_remove(name);
        }
        for (name, value) in &self.case.env {
            command.env(name, self.place(value));
        }
        command.current_dir(home).stdout(Stdio::piped()).stderr(Stdio::piped());
        let started = Instant::now();
        let mut child = command.spawn().unwrap();
        let end = started + wait::BOUND;
        while child.try_wait().unwrap().is_none() {
            if Instant::now() > end {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!("{} does not end", self.case.name);
            }
            thread::sleep(Duration::from_millis(5));
        }
        (Done::of(child.wait_with_output().unwrap()), started.elapsed())
    }

    /// Everything that is not as it should be.
    fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let before = files(self.folder.path());
        self.explain(&mut wrong);
        if self.case.answer != Answer::Explained {
            self.connect(&mut wrong);
        }
        if files(self.folder.path()) != before {
            wrong.push("what is configured was changed".into());
        }
        wrong
    }

    fn explain(&self, wrong: &mut Vec<String>) {
        let (done, _) = self.run(&["--explain-connection"]);
        let wanted = if self.case.answer == Answer::Fails(2) { 2 } else { 0 };
        if done.code != wanted {
            wrong.push(format!("explaining it ends with {}: {}", done.code, done.said.trim()));
        }
        if wanted == 0 && !matches!(self.case.answer, Answer::Fails(_)) {
            self.shown("the explanation", &done.out, wrong);
        }
        self.warned("the explanation", &done.out, wrong);
        self.hidden("explanation", &[&done.out, &done.said], wrong);
        for (letter, server) in ('A'..).zip(&self.servers) {
            if !server.heard().is_empty() {
                wrong.push(format!("{letter} is connected to for an explanation"));
            }
        }
    }

    fn connect(&self, wrong: &mut Vec<String>) {
        let log = self.log.path().join("log");
        let (done, took) = self.run(&[]);
        let log = std::fs::read_to_string(log).unwrap_or_default();
        self.hidden("run", &[&done.out, &done.said, &log], wrong);
        if took > Duration::from_secs(self.case.within) {
            wrong.push(format!("it took {took:?}"));
        }
        match self.case.answer {
            Answer::Fails(code) => {
                if done.code != code {
                    wrong.push(format!("it ends with {}: {}", done.code, done.said.trim()));
                }
                self.shown("the error", &done.said, wrong);
            }
            _ if done.code != 0 => {
                wrong.push(format!("it ends with {}: {}", done.code, done.said.trim()));
            }
            _ => self.warned("standard error", &done.said, wrong),
        }
        for (letter, server) in ('A'..).zip(&self.servers) {
            self.heard(letter, server, wrong);
        }
    }

    /// What a server heard, beside what it may hear.
    fn heard(&self, letter: char, server: &Told, wrong: &mut Vec<String>) {
        let heard = server.heard();
        let wanted = self.case.told.iter().find(|(at, _)| *at == letter).map(|(_, login)| login);
        let none = Login::none();
        for told in heard.iter().filter_map(|one| one.login.as_ref()) {
            if told != wanted.unwrap_or(&none) {
                wrong.push(format!("{letter} is told {told:?}"));
            }
        }
        if wanted.is_some() && heard.iter().all(|one| one.login.is_none()) {
            wrong.push(format!("{letter} is told nothing"));
        }
        let is_clear = |one: &Heard| one.first == First::Clear;
        if server.kind().is_tls() && heard.iter().any(is_clear) {
            wrong.push(format!("{letter} is told something in clear"));
        }
        if self.case.answer == Answer::Fails(2) && !heard.is_empty() {
            wrong.push(format!("{letter} is connected to"));
        }
        let asked = |one: &Heard| one.asked.iter().any(|subject| subject.contains(".STREAM."));
        if heard.iter().any(asked) != (self.case.answer == Answer::Connects(letter))
            && !matches!(self.case.answer, Answer::Fails(1))
        {
            let not = if heard.iter().any(asked) { "" } else { "not " };
            wrong.push(format!("{letter} is {not}asked for its streams"));
        }
        if self.case.answer == Answer::Connects(letter) {
            let all: Vec<u8> = heard.iter().flat_map(|one| one.bytes.clone()).collect();
            let all = String::from_utf8_lossy(&all).into_owned();
            for part in self.case.hears.iter().filter(|part| !all.contains(**part)) {
                wrong.push(format!("{letter} does not hear {part}: {all}"));
            }
        }
    }

    fn shown(&self, what: &str, text: &str, wrong: &mut Vec<String>) {
        for part in &self.case.shows {
            let part = self.place(part);
            if !text.lines().any(|line| holds(line, &part)) {
                wrong.push(format!("{what} does not show '{part}': {}", text.trim()));
            }
        }
    }

    fn warned(&self, what: &str, text: &str, wrong: &mut Vec<String>) {
        let Some(parts) = &self.case.warns else { return };
        let is_warning = |line: &&str| line.contains("warning:");
        let said: Vec<&str> = text.lines().filter(is_warning).collect();
        if parts.is_empty() && !said.is_empty() {
            wrong.push(format!("{what} warns: {}", said.join("\n")));
        }
        for part in parts.iter().map(|part| self.place(part)) {
            if !said.iter().any(|line| holds(line, &part)) {
                wrong.push(format!("{what} does not warn of '{part}': {}", text.trim()));
            }
        }
    }

    fn hidden(&self, what: &str, texts: &[&str], wrong: &mut Vec<String>) {
        let secrets = keys::secrets().iter().map(String::as_str);
        for secret in secrets.chain(self.case.hides.iter().copied()) {
            if let Some(text) = texts.iter().find(|text| text.contains(secret)) {
                wrong.push(format!("the {what} prints {secret}: {}", text.trim()));
            }
        }
    }
}

/// Whether a line has the parts between ` .. `, in their order.
fn holds(line: &str, parts: &str) -> bool {
    let mut rest = line;
    parts.split(" .. ").all(|part| {
        let found = rest.split_once(part);
        rest = found.map_or("", |(_, after)| after);
        found.is_some()
    })
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
