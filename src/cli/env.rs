//! What a command is run with, and what it offers.

use std::future::Future;
use std::panic::{self, AssertUnwindSafe};
use std::time::Duration;

use super::config::{Config, Configuration};
use super::error::Failure;
use super::source::SourceArgs;

/// A command with its arguments.
pub(super) trait Subcommand {
    /// Where it reads rooms from, for those that do. The configuration file then says what the
    /// command line left open.
    fn source(&mut self) -> Option<&mut SourceArgs> {
        None
    }

    /// Takes what else it goes by from the configuration file.
    fn fill(&mut self, _: &Config) {}

    /// Runs it; gives the exit code.
    fn run(self: Box<Self>, env: &Env) -> Result<u8, Failure>;
}

/// What is there for every command.
pub(super) struct Env {
    pub(super) configuration: Configuration,
    /// The definition of the command line.
    pub(super) command: clap::Command,
}

impl Env {
    /// The configuration file. Read only when asked for: what goes by nothing in it is not stopped
    /// by a slip in it.
    pub(super) fn config(&self) -> Result<Config, Failure> {
        Config::load(&self.configuration)
    }

    /// Runs a future on a runtime of its own. What is still under way when it ends is left behind:
    /// all that matters was waited for.
    pub(super) fn block_on<T>(
        &self,
        future: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| {
                Failure::failed(format!("start threads: {error}; free some memory"))
            })?;
        let result = panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(future)));
        runtime.shutdown_timeout(Duration::from_millis(200));
        result.unwrap_or_else(|_| Err(defect()))
    }
}

/// The program panicked; the message was printed by the panic hook.
pub(super) fn defect() -> Failure {
    Failure::failed("stopped by a defect of its own (the message is above); please report it")
}
