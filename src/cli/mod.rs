//! The command line: arguments in, an exit code out.

mod appearance;
mod args;
mod bundle;
mod check;
mod completions;
mod config;
mod connection;
mod defaults;
mod ensure;
mod error;
mod history;
mod log;
mod man;
mod out;
mod progress;
mod rooms;
pub mod rooms_file;
mod screen;
mod seed;
mod serve;
mod settings;
mod sign;
mod source;
mod strict;
#[cfg(test)]
mod tests;
mod why;
mod words;

use std::future::Future;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches};

use args::{Cli, Command};
use config::Config;
use error::Failure;

use crate::store::nats::is_library_panic;

/// Runs the program with the process's arguments.
#[must_use]
pub fn main() -> ExitCode {
    let print = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        // What it comes to is said by the connection.
        if !is_library_panic(info) {
            print(info);
        }
    }));
    let mut command = Cli::command();
    let parsed = command.try_get_matches_from_mut(std::env::args_os());
    let done = parsed.and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let code: anyhow::Result<u8> = match done {
        Ok((cli, matches)) => misplaced(&matches).map_err(Into::into).and_then(|()| dispatch(cli)),
        Err(help) if matches!(help.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            // A closed pipe is the reader's choice.
            let _ = help.print();
            Ok(0)
        }
        Err(error) => Err(Failure::arguments(&error, &help_of(&command)).into()),
    };
    ExitCode::from(code.unwrap_or_else(|error| {
        let failure = error.downcast_ref::<Failure>();
        if failure.is_none_or(|failure| !failure.line.is_empty()) {
            let _ = writeln!(io::stderr(), "roomscope: {error:#}");
        }
        failure.map_or(1, |failure| failure.code)
    }))
}

fn dispatch(mut cli: Cli) -> anyhow::Result<u8> {
    // What reads no configuration is not stopped by a slip in it.
    let config = || Config::load(&cli.configuration);
    if let Some(command) = &mut cli.command
        && command.takes_defaults()
    {
        command.fill(&config()?);
    }
    Ok(match cli.command {
        None => screen::on_server(&cli, &config()?)?,
        Some(Command::Demo(demo)) => screen::on_demo(&demo, &config()?)?,
        Some(Command::Check(check)) => block_on(check::run(check))??,
        Some(Command::Export(export)) => block_on(bundle::export::run(export))??,
        Some(Command::Verify(verify)) => bundle::verify::run(&verify)?,
        Some(Command::Completions(args)) => completions::run(&args)?,
        Some(Command::Man(args)) => man::run(&args)?,
        Some(Command::Config(shown)) => config::show(&config()?, &shown)?,
        Some(Command::Ensure(ensure)) => block_on(ensure::run(ensure))??,
        Some(Command::History(history)) => block_on(history::run(history))??,
        Some(Command::Rooms(rooms)) => block_on(rooms::run(rooms))??,
        Some(Command::Serve(serve)) => block_on(serve::run(serve))??,
        Some(Command::Sign(sign)) => sign::run(&sign)?,
        Some(Command::Why(why)) => block_on(why::run(why))??,
        Some(Command::Seed(seed)) => block_on(seed::run(&seed))?.map(|()| 0)?,
    })
}

/// The command whose help tells how the arguments should have been.
fn help_of(command: &clap::Command) -> String {
    let first = std::env::args_os().nth(1);
    let subcommand =
        first.and_then(|first| command.find_subcommand(first).map(clap::Command::get_name));
    match subcommand {
        Some(name) => format!("roomscope {name}"),
        None => "roomscope".into(),
    }
}

/// Options before a subcommand would be parsed and then ignored. That is refused: whoever writes
/// `roomscope --server A seed --server B` should not have to guess.
fn misplaced(matches: &ArgMatches) -> Result<(), Failure> {
    let Some(command) = matches.subcommand_name() else {
        return Ok(());
    };
    let given = matches
        .ids()
        .filter(|id| matches.value_source(id.as_str()) == Some(ValueSource::CommandLine))
        .find(|id| {
            let mut own = Cli::command();
            own.build();
            own.get_arguments().any(|arg| arg.get_id() == *id && !arg.is_global_set())
        });
    match given {
        None => Ok(()),
        Some(id) => {
            let name = match Cli::command().get_arguments().find(|arg| arg.get_id() == id) {
                Some(arg) => {
                    arg.get_long().map_or_else(|| id.to_string(), |long| format!("--{long}"))
                }
                None => id.to_string(),
            };
            Err(Failure::usage(format!(
                "'{name}' stands before '{command}' and would not be used; put options of \
                 {command} after it, or write -- before a room of that name"
            )))
        }
    }
}

/// The program panicked; the message was printed by the panic hook.
fn defect() -> Failure {
    Failure::failed("stopped by a defect of its own (the message is above); please report it")
}

/// Runs a future on a runtime of its own. What is still under way when it ends is left behind:
/// all that matters was waited for.
fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("start threads: {error}; free some memory")))?;
    let result = panic::catch_unwind(AssertUnwindSafe(|| runtime.block_on(future)));
    runtime.shutdown_timeout(Duration::from_millis(200));
    result.map_err(|_| defect())
}
