//! What came of a row with one of the programs.

use std::fmt;

use super::World;
use crate::support::program::Done;
use crate::support::told::Login;

pub(crate) struct Came {
    /// The servers that were asked for streams, and those of the parts they should hear that they did.
    asked: Vec<(char, Vec<&'static str>)>,
    /// Who was told which login.
    told: Vec<(char, Login)>,
    /// How it ended, in its words.
    ended: String,
}

impl Came {
    pub(crate) fn of(world: &World<'_>, done: Option<Done>) -> Self {
        let ended = match done {
            None => "killed".into(),
            Some(Done { code: 0, .. }) => String::new(),
            Some(done) => {
                let said = [done.said, done.out].concat();
                said.lines().next().unwrap_or_default().chars().take(120).collect()
            }
        };
        let (mut asked, mut told) = (Vec::new(), Vec::new());
        for (letter, server) in ('A'..).zip(&world.servers) {
            let heard = server.heard();
            let mut subjects = heard.iter().flat_map(|one| &one.asked);
            if subjects.any(|subject| subject.contains(".STREAM.")) {
                let all: Vec<u8> = heard.iter().flat_map(|one| one.bytes.clone()).collect();
                let all = String::from_utf8_lossy(&all).into_owned();
                let parts = world.case.hears.iter().copied();
                asked.push((letter, parts.filter(|part| all.contains(part)).collect()));
            }
            for mut login in heard.into_iter().filter_map(|one| one.login) {
                // No password and an empty one are the same to a server.
                login.password = login.password.filter(|password| !password.is_empty());
                if !told.contains(&(letter, login.clone())) {
                    told.push((letter, login));
                }
            }
        }
        Self { asked, told, ended }
    }

    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.asked == other.asked && self.told == other.told
    }
}

impl fmt::Display for Came {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("asks ")?;
        if self.asked.is_empty() {
            f.write_str("nobody")?;
        }
        for (at, (letter, parts)) in self.asked.iter().enumerate() {
            let and = if at > 0 { " and " } else { "" };
            write!(f, "{and}{letter}")?;
            if !parts.is_empty() {
                write!(f, " ({})", parts.join(", "))?;
            }
        }
        for (letter, login) in &self.told {
            write!(f, ", tells {letter}")?;
            if *login == Login::none() {
                f.write_str(" no login")?;
            }
            for (what, value) in [
                ("user", &login.user),
                ("password", &login.password),
                ("token", &login.token),
                ("JWT", &login.jwt),
                ("signed by", &login.signed),
            ] {
                if let Some(value) = value {
                    let short: String = value.chars().take(12).collect();
                    write!(f, " {what} '{short}'")?;
                }
            }
        }
        if !self.ended.is_empty() {
            write!(f, " ({})", self.ended)?;
        }
        Ok(())
    }
}
