//! The nats CLI as a command.

use std::path::PathBuf;
use std::time::Duration;

use super::{Answer, Case, World};
use crate::support::program::{Done, clean};

/// Longest that it may run.
const BOUND: Duration = Duration::from_secs(10);

/// Where it has another word for an option.
const WORDS: [(&str, &str); 5] = [
    ("--tls-ca", "--tlsca"),
    ("--tls-cert", "--tlscert"),
    ("--tls-key", "--tlskey"),
    ("--tls-first", "--tlsfirst"),
    ("--domain", "--js-domain"),
];

pub(crate) struct Nats {
    program: PathBuf,
    pub(crate) version: String,
}

impl Nats {
    pub(crate) fn find() -> Option<Self> {
        let path = std::env::var_os("PATH")?;
        let mut all = std::env::split_paths(&path).map(|folder| folder.join("nats"));
        let program = all.find(|program| program.is_file())?;
        let version = Done::of(clean(&program, &["--version"]).output().ok()?);
        Some(Self { program, version: [version.out, version.said].concat().trim().to_owned() })
    }

    /// Asks for the names of streams; none if it had to be killed.
    pub(crate) fn run(&self, world: &World<'_>) -> Option<Done> {
        let args = world.args();
        let word =
            |arg: &str| WORDS.iter().find(|(ours, _)| *ours == arg).map(|(_, theirs)| *theirs);
        let args = args.iter().map(|arg| word(arg).unwrap_or(arg));
        let args: Vec<&str> = ["stream", "ls", "--names"].into_iter().chain(args).collect();
        world.within(clean(&self.program, &args), BOUND)
    }
}

/// Whether there is anything to see, and nothing of who runs this is touched: the nats CLI takes
/// the home folder from the user database.
pub(crate) fn can_be_asked(case: &Case) -> bool {
    let is_at_home =
        |(name, value): &(&str, String)| *name == "XDG_CONFIG_HOME" && value.is_empty();
    case.answer != Answer::Explained && !case.env.iter().any(is_at_home)
}
