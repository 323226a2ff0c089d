//! The command line: arguments in, an exit code out.

mod args;
mod bundle;
mod check;
mod completions;
mod config;
mod connection;
mod ensure;
mod env;
mod error;
mod history;
mod log;
mod man;
mod out;
mod parse;
mod progress;
mod rooms;
pub mod rooms_file;
mod screen;
mod seed;
mod serve;
mod sign;
mod source;
mod strict;
#[cfg(test)]
mod tests;
mod why;

use std::panic;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches};

use args::Cli;
use env::Env;
use error::Failure;

use crate::store::nats::is_library_panic;

/// Runs the program with the process's arguments.
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
    let code = match done {
        Ok((cli, matches)) => misplaced(&matches).and_then(|()| dispatch(cli, Cli::command())),
        Err(help) if matches!(help.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            // A closed pipe is the reader's choice.
            let _ = help.print();
            Ok(0)
        }
        Err(error) => Err(Failure::arguments(&error, &help_of(&command))),
    };
    ExitCode::from(code.unwrap_or_else(|failure| {
        if !failure.line.is_empty() {
            out::say(&format!("roomscope: {failure}"));
        }
        failure.code
    }))
}

fn dispatch(cli: Cli, command: clap::Command) -> Result<u8, Failure> {
    let (mut chosen, configuration) = cli.chosen();
    let env = Env { configuration, command };
    if chosen.source().is_some() {
        let config = env.config()?;
        if let Some(source) = chosen.source() {
            source.fill(&config);
        }
        chosen.fill(&config);
    }
    chosen.run(&env)
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
