//! What came of a configuration, beside the answer to it.

use std::time::Duration;

use super::case::Answer;
use super::drive::World;
use super::keys;
use crate::support::Told;
use crate::support::told::{First, Heard, Login};

impl World<'_> {
    pub(super) fn explain(&self, wrong: &mut Vec<String>) {
        let (done, _) = self.run(&["--explain-connection"]);
        let wanted = if self.case.answer == Answer::Fails(2) { 2 } else { 0 };
        if done.code != wanted {
            wrong.push(format!("explaining it ends with {}: {}", done.code, done.said.trim()));
        }
        if wanted == 0 && !matches!(self.case.answer, Answer::Fails(_)) {
            self.shown("the explanation", &done.out, &self.case.shows, wrong);
            // What is not used stands below a line that says so.
            let unused = done.out.split_once("\nNot used").map_or("", |(_, below)| below);
            self.shown("of what is not used, it", unused, &self.case.unused, wrong);
        }
        self.warned("the explanation", &done.out, wrong);
        self.hidden("explanation", &[&done.out, &done.said], wrong);
        for (letter, server) in ('A'..).zip(&self.servers) {
            if !server.heard().is_empty() {
                wrong.push(format!("{letter} is connected to for an explanation"));
            }
        }
    }

    pub(super) fn connect(&self, wrong: &mut Vec<String>) {
        let (done, took) = self.run(&[]);
        self.hidden("run", &[&done.out, &done.said], wrong);
        if took > Duration::from_secs(self.case.within) {
            wrong.push(format!("it took {took:?}"));
        }
        match self.case.answer {
            Answer::Fails(code) => {
                if done.code != code {
                    wrong.push(format!("it ends with {}: {}", done.code, done.said.trim()));
                }
                self.shown("the error", &done.said, &self.case.shows, wrong);
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

    fn shown(&self, what: &str, text: &str, parts: &[&str], wrong: &mut Vec<String>) {
        for part in parts {
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

    pub(super) fn hidden(&self, what: &str, texts: &[&str], wrong: &mut Vec<String>) {
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
