//! The program without a terminal, shielded from what this machine has configured.

use std::process::{Command, Stdio};

/// A folder that is none: there are no contexts and no configuration in it.
pub(crate) const NOWHERE: &str = "/nonexistent";

/// The program in an environment that is always the same, with nothing on standard input.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_roomscope"));
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC")
        .env("HOME", NOWHERE)
        .env("XDG_CONFIG_HOME", NOWHERE)
        .stdin(Stdio::null());
    command
}
