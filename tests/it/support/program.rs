//! The program as a command: arguments in, output and exit code out, whatever is configured on
//! this machine.

use std::process::{Command, Output, Stdio};

/// Variables that would change what it does.
const VARIABLES: [&str; 13] = [
    "NATS_URL",
    "NATS_USER",
    "NATS_PASSWORD",
    "NATS_TOKEN",
    "NATS_CREDS",
    "NATS_NKEY",
    "NATS_JWT",
    "NATS_SEED",
    "NATS_CERT",
    "NATS_KEY",
    "NATS_CA",
    "NATS_TIMEOUT",
    "NATS_CONTEXT",
];

/// A command that is not run yet.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_roomscope"));
    command.args(args).stdin(Stdio::null());
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    command.env("XDG_CONFIG_HOME", "/nonexistent").env("TZ", "UTC");
    command
}

/// What a command came to.
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) said: String,
}

/// Runs it.
pub(crate) fn run(args: &[&str]) -> Done {
    Done::of(command(args).output().unwrap())
}

impl Done {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            said: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Its output as JSON, a value a line.
    pub(crate) fn json(&self) -> Vec<serde_json::Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
