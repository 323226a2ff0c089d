//! The program, shielded from what the machine it runs on has configured.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

/// Variables that change what the program does.
const VARIABLES: [&str; 8] = [
    "NATS_URL",
    "NATS_CREDS",
    "NATS_CONTEXT",
    "NATS_USER",
    "NATS_PASSWORD",
    "NATS_TOKEN",
    "ROOMSCOPE_CONFIG",
    "NO_COLOR",
];

/// The program, to be given arguments and run. It sees no configuration of this machine.
pub(crate) fn roomscope() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_roomscope"));
    for name in VARIABLES {
        command.env_remove(name);
    }
    command.env("XDG_CONFIG_HOME", no_config());
    command
}

/// A folder with no configuration in it.
pub(crate) fn no_config() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| tempfile::tempdir().unwrap()).path()
}
