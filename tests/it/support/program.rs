//! The program as a command: arguments in, output and exit code out, whatever is configured on
//! this machine.

use std::ffi::OsStr;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A folder that is none: there are no contexts and no configuration in it.
pub(crate) const NOWHERE: &str = "/nonexistent";

/// A command that is not run yet, in an environment that is always the same.
pub(crate) fn command(args: &[&str]) -> Command {
    clean(env!("CARGO_BIN_EXE_roomscope"), args)
}

/// The same for another program.
pub(crate) fn clean(program: impl AsRef<OsStr>, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(args)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC")
        .env("HOME", NOWHERE)
        .env("XDG_CONFIG_HOME", NOWHERE)
        .stdin(Stdio::null());
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

/// Runs it with a bound: when it is still there after this time it is killed, and came to nothing.
pub(crate) fn within(command: &mut Command, bound: Duration) -> Option<Done> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let end = Instant::now() + bound;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > end {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        thread::sleep(Duration::from_millis(5));
    }
    Some(Done::of(child.wait_with_output().unwrap()))
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
