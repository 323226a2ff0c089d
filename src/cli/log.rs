//! The log, off unless asked for.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

use super::error::Failure;

/// What is logged: this program's own events, and the client library's warnings. Its finer
/// levels are left out, since they may hold what was sent, and so is what it says of attempts to
/// connect, which this program says itself.
const FILTER: &str = "roomscope=debug,async_nats=warn,async_nats::connector=off";

/// Starts logging to a file, appending.
///
/// # Errors
/// When the file cannot be opened.
pub(super) fn start(file: Option<&Path>) -> Result<(), Failure> {
    let Some(path) = file else {
        return Ok(());
    };
    let file = OpenOptions::new().create(true).append(true).open(path).map_err(|error| {
        let path = path.display();
        Failure::usage(format!(
            "open the log file {path}: {error}; give a writable file with --log"
        ))
    })?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(FILTER))
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .finish();
    // Fails only when there is a log already.
    let _ = tracing::subscriber::set_global_default(subscriber);
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");
    Ok(())
}
