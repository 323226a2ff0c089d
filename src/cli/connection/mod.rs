//! What a connection is made of: options, environment, the nats CLI's contexts and defaults, each
//! value by itself and in this order. A value that is empty is not one.
//!
//! What is used is chosen first; only that is resolved, before anything is tried. Each value says
//! where it came from.

pub(in crate::cli) mod args;
mod context;
pub(in crate::cli) mod expand;
mod explain;
mod folder;
mod login;
mod reference;
pub(in crate::cli) mod refuse;
mod resolve;
mod setting;
#[cfg(test)]
mod tests;
mod used;
mod values;
mod warn;

use std::path::PathBuf;

use args::{Login, Server};
use context::{Chosen, Context};
use folder::Folder;
use setting::Setting;
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
    /// What to connect with.
    pub(super) options: ConnectOptions,
    context: Option<Context>,
    no_context: Option<&'static str>,
    values: Values,
    used: Used,
    /// A value that is used and cannot be; the options are then those of the address alone.
    problem: Option<Failure>,
}

/// A connection that can be made, and what there is to say of it. No secret is in the latter.
pub(super) struct Ready {
    /// What to connect with.
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
    let none = if flags.no_context { "--no-context" } else { "none is named or selected" };
    let values = Values::gather(|setting| setting.in_server(flags), env, context.as_ref());
    let mut resolved = make(values, context, env)?;
    resolved.options.read_only = flags.read_only;
    resolved.no_context = resolved.context.is_none().then_some(none);
    Ok(resolved)
}

/// Resolves the connection of a command that writes made-up data: to the servers named on the
/// command line and no other, without any context.
///
/// # Errors
/// As [`resolve`].
pub(super) fn resolve_named(
    servers: &[String],
    login: &Login,
    env: Env<'_>,
) -> Result<Resolved, Failure> {
    typed(servers)?;
    let servers = servers.join(",");
    let flag = |setting: Setting| match setting {
        Setting::Server => Some(servers.clone()),
        _ => setting.in_login(login),
    };
    let env_of_login = |name: &str| if name == "NATS_URL" { None } else { env(name) };
    let values = Values::gather(flag, &env_of_login, None);
    make(values, None, env)
}

/// The connection of a command that looks at a server, checked as far as can be without it. Under
/// `--explain-connection` the explanation is printed instead, and the failure is a quiet one.
///
/// # Errors
/// As [`resolve`], and for files that cannot be used.
pub(super) fn open(flags: &Server, config: &ConfigDefaults) -> Result<Ready, Failure> {
    resolve(flags, config, &process)?.checked(flags.login.explain_connection)
}

/// The same of a command that writes made-up data, as [`resolve_named`].
///
/// # Errors
/// As [`open`].
pub(super) fn open_named(servers: &[String], login: &Login) -> Result<Ready, Failure> {
    resolve_named(servers, login, &process)?.checked(login.explain_connection)
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
        self.options.check().map_err(|error| {
            let failure = error.into();
            if explain { failure } else { self.told(failure) }
        })?;
        if explain {
            return Err(Failure::quiet());
        }
        let (explained, fields, warnings) = (self.lines(), self.fields(), self.warnings());
        for warning in &warnings {
            say(&format!("roomscope: warning: {warning}"));
        }
        Ok(Ready { options: self.options, explained, fields, warnings })
    }

    /// The store's errors name the options, which may not be where the value is from.
    fn told(&self, mut failure: Failure) -> Failure {
        if self.values.has_others_than_flags() {
            failure.line += "; --explain-connection shows where each value is from";
        }
        failure
    }
}

fn make(values: Values, context: Option<Context>, env: Env<'_>) -> Result<Resolved, Failure> {
    let mut used = Used::of(&values);
    let options = match used.problem.take() {
        Some(problem) => Err(problem),
        None => resolve::options(&values, &used, env),
    };
    let (options, problem) = match options {
        Ok(options) => (options, None),
        Err(problem) => (resolve::bare(&values), Some(problem)),
    };
    Ok(Resolved { options, context, no_context: None, values, used, problem })
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
        && let Some(name) = folder.selected()?
    {
        (name, Chosen::Selected(folder.selection()))
    } else {
        return Ok(None);
    };
    Context::load(name.trim(), chosen, folder.as_ref()).map(Some)
}
