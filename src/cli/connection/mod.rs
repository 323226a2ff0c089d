//! What a connection is made of: options, environment, the nats CLI's contexts and defaults, each
//! value by itself and in this order. A value that is empty is not one.
//!
//! What is used is chosen first; only that is resolved, before anything is tried. Each value says
//! where it came from.

pub(in crate::cli) mod args;
mod context;
mod explain;
pub(in crate::cli) mod reference;
mod resolve;
mod setting;
#[cfg(test)]
mod tests;
mod used;
mod values;
mod warn;

use std::path::PathBuf;

use args::{Login, Server};
use context::{Chosen, Context, Folder};
use used::Used;
use values::Values;

use super::error::Failure;
use super::out::{Out, say};
use crate::store::nats::ConnectOptions;

/// Looks up a variable of the environment.
pub(super) type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Where a server runs unless its owner says otherwise.
const DEFAULT_SERVER: &str = "nats://127.0.0.1:4222";

/// What a configuration file says of connections: below the environment, and above the context
/// that the nats CLI has selected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ConfigDefaults {
    /// The context to use: a name, or a file ending in .json.
    pub(super) context: Option<String>,
    /// The configuration file that says so.
    pub(super) file: Option<PathBuf>,
}

/// What a connection is made of. No `Debug`: it holds secrets.
pub(super) struct Resolved {
    options: ConnectOptions,
    context: Option<Context>,
    /// Why there is no context.
    no_context: &'static str,
    used: Used,
    /// A value that is used and cannot be; the options are then those of the address alone.
    problem: Option<Failure>,
}

/// A connection that can be made, and what there is to say of it. No secret is in the latter.
pub(super) struct Ready {
    pub(super) options: ConnectOptions,
    /// What `--explain-connection` shows, line by line.
    pub(super) explained: Vec<String>,
    /// The same as labels with their texts.
    pub(super) fields: Vec<(String, String)>,
    /// What may surprise about it.
    pub(super) warnings: Vec<String>,
}

/// The process's own environment. Text that is no UTF-8 is taken as far as it is.
pub(super) fn process(name: &str) -> Option<String> {
    let home = || std::env::home_dir().map(PathBuf::into_os_string);
    let value = std::env::var_os(name).or_else(|| if name == "HOME" { home() } else { None });
    value.map(|value| value.to_string_lossy().into_owned())
}

/// Resolves the connection of a command that looks at a server.
///
/// # Errors
/// A usage failure for a context that is missing or damaged, and for what contradicts itself. A
/// value that cannot be used is kept as the problem that it is.
pub(super) fn resolve(
    flags: &Server,
    config: &ConfigDefaults,
    env: Env<'_>,
) -> Result<Resolved, Failure> {
    typed(&flags.server)?;
    let context = chosen(flags, config, env)?;
    let mut resolved = Resolved::of(&flags.server, &flags.login, context, env);
    resolved.options.read_only = flags.read_only;
    resolved.no_context =
        if flags.no_context { "--no-context" } else { "none is named or selected" };
    Ok(resolved)
}

/// The connection of a command that looks at a server, checked as far as can be without it. Under
/// `--explain-connection` the explanation is printed instead, and the failure is a quiet one.
///
/// # Errors
/// As [`resolve`], and for files that cannot be used.
pub(super) fn open(flags: &Server, config: &ConfigDefaults) -> Result<Ready, Failure> {
    resolve(flags, config, &process)?.checked(flags.login.explain_connection)
}

/// The same of a command that writes made-up data: to the servers named on the command line and no
/// other, without any context.
///
/// # Errors
/// As [`open`].
pub(super) fn open_named(servers: &[String], login: &Login) -> Result<Ready, Failure> {
    typed(servers)?;
    let env = |name: &str| if name == "NATS_URL" { None } else { process(name) };
    Resolved::of(servers, login, None, &env).checked(login.explain_connection)
}

impl Ready {
    /// What `--explain-connection` says, without empty lines.
    pub(super) fn report(&self) -> Vec<String> {
        let lines = self.explained.iter().filter(|line| !line.is_empty()).cloned();
        let warnings = self.warnings.iter().map(|warning| format!("warning: {warning}"));
        lines.chain(warnings).collect()
    }
}

impl Resolved {
    fn of(servers: &[String], login: &Login, context: Option<Context>, env: Env<'_>) -> Self {
        let said = context.as_ref().map_or(&[][..], |context| &context.values);
        let mut used = Used::of(Values::gather(servers, login, env, said));
        let options = used.problem.take().map_or_else(|| resolve::options(&used, env), Err);
        let (options, problem) = match options {
            Ok(options) => (options, None),
            Err(problem) => (used.values.bare(), Some(problem)),
        };
        Self { options, context, no_context: "this command uses none", used, problem }
    }

    /// Prints the explanation where it is asked for, and checks the options.
    fn checked(self, explain: bool) -> Result<Ready, Failure> {
        if explain {
            let mut out = Out::new();
            out.bytes(self.explanation().as_bytes())?;
            out.flush()?;
        }
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        if let Err(error) = self.options.check() {
            let mut failure = Failure::from(error);
            // The store's errors name the options, which may not be where the value is from.
            if !explain && self.used.values.has_others_than_flags() {
                failure.line += "; --explain-connection shows where each value is from";
            }
            return Err(failure);
        }
        if explain {
            return Err(Failure::quiet());
        }
        let (explained, fields, warnings) = (self.lines(), self.fields(), self.warnings());
        for warning in &warnings {
            say(&format!("roomscope: warning: {warning}"));
        }
        Ok(Ready { options: self.options, explained, fields, warnings })
    }
}

/// An empty address on the command line was meant to be one: the next source's is another server.
fn typed(servers: &[String]) -> Result<(), Failure> {
    if !servers.is_empty() && servers.iter().all(|server| server.trim().is_empty()) {
        let advice = "give an address, as in nats://127.0.0.1:4222, or leave it out";
        return Err(Failure::usage(format!("--server is empty; {advice}")));
    }
    Ok(())
}

/// The context in use: the one named by option, variable or configuration file, else the one
/// that is selected.
fn chosen(
    flags: &Server,
    config: &ConfigDefaults,
    env: Env<'_>,
) -> Result<Option<Context>, Failure> {
    if flags.no_context {
        return Ok(None);
    }
    let folder = Folder::locate(env);
    let said = |name: Option<String>| name.filter(|name| !name.trim().is_empty());
    let (name, chosen) = if let Some(name) = said(flags.context.clone()) {
        (name, Chosen::Flag)
    } else if let Some(name) = said(env("NATS_CONTEXT")) {
        (name, Chosen::Variable)
    } else if let Some(name) = said(config.context.clone()) {
        (name, Chosen::Config(config.file.clone()))
    } else if let Some(folder) = &folder
        && let Some((name, file)) = folder.selected()?
    {
        (name, Chosen::Selected(file))
    } else {
        return Ok(None);
    };
    Context::load(name.trim(), chosen, folder.as_ref()).map(Some)
}
