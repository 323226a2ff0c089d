//! Each value with where it came from.

use std::collections::BTreeMap;

use super::context::Context;
use super::setting::Setting;
use super::{Env, expand, refuse};
use crate::cli::error::Failure;

/// Where a value came from; the highest is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// A key of the context.
    Context(&'static str),
    /// A variable of the environment.
    Variable(&'static str),
    /// An option of the command line.
    Flag(&'static str),
}

/// The sources without their names, lowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    Context,
    Variable,
    Flag,
}

/// One value. No `Debug`: it may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) source: Source,
}

/// All values that were given.
#[derive(Clone, Default)]
pub(super) struct Values(BTreeMap<Setting, Value>);

impl Source {
    pub(super) const fn layer(self) -> Layer {
        match self {
            Self::Context(_) => Layer::Context,
            Self::Variable(_) => Layer::Variable,
            Self::Flag(_) => Layer::Flag,
        }
    }

    /// For a sentence.
    pub(super) fn said(self) -> String {
        match self {
            Self::Context(key) => format!("context: {key}"),
            Self::Variable(name) => format!("environment {name}"),
            Self::Flag(name) => name.to_owned(),
        }
    }
}

impl Values {
    /// Takes each value from the highest source that gives one.
    ///
    /// # Errors
    /// For a value that cannot be used.
    pub(super) fn gather(
        flag: impl Fn(Setting) -> Option<String>,
        env: Env<'_>,
        context: Option<&Context>,
    ) -> Result<Self, Failure> {
        let is_given = |text: &String| !text.trim().is_empty();
        // A user without a password is a token, in the environment; one given as an option
        // replaces it.
        let lone = flag(Setting::User).filter(is_given).is_none()
            && flag(Setting::Password).filter(is_given).is_none()
            && env("NATS_PASSWORD").filter(is_given).is_none();
        let mut values = Self::default();
        for setting in Setting::ALL {
            let names = setting.names();
            let by_flag = || given(flag(setting), Source::Flag(names.flag));
            let by_variable = || {
                let own = names.variable.filter(|name| !(lone && *name == "NATS_USER"));
                let own = own.and_then(|name| given(env(name), Source::Variable(name)));
                let is_token = lone && setting == Setting::Token;
                let user = || given(env("NATS_USER"), Source::Variable("NATS_USER"));
                own.or_else(|| if is_token { user() } else { None })
            };
            let by_context = || {
                let said = context?.values.iter().find(|(key, _)| *key == setting)?;
                given(Some(said.1.clone()), Source::Context(names.key?))
            };
            let Some(mut value) = by_flag().or_else(by_variable).or_else(by_context) else {
                continue;
            };
            refuse::misplaced(setting, &value)?;
            if setting.is_path() {
                value.text = file(setting, &value, env)?;
            }
            values.0.insert(setting, value);
        }
        Ok(values)
    }

    pub(super) fn get(&self, setting: Setting) -> Option<&Value> {
        self.0.get(&setting)
    }

    pub(super) fn text(&self, setting: Setting) -> Option<String> {
        self.get(setting).map(|value| value.text.clone())
    }

    /// Whether any came from the environment or a context.
    pub(super) fn has_others_than_flags(&self) -> bool {
        self.0.values().any(|value| value.source.layer() != Layer::Flag)
    }

    pub(super) fn layer(&self, setting: Setting) -> Option<Layer> {
        self.get(setting).map(|value| value.source.layer())
    }
}

fn given(text: Option<String>, source: Source) -> Option<Value> {
    text.filter(|text| !text.trim().is_empty()).map(|text| Value { text, source })
}

/// A file's path. What was typed was the shell's to expand.
fn file(setting: Setting, value: &Value, env: Env<'_>) -> Result<String, Failure> {
    let text = value.text.strip_prefix("file://").unwrap_or(&value.text);
    if value.source.layer() == Layer::Flag {
        return Ok(text.to_owned());
    }
    expand::path(text, env).map_err(|variable| {
        let label = setting.names().label;
        let from = value.source.said();
        Failure::usage(format!(
            "{label} ({from}) names the variable {variable}, which is not set; set it, or give \
             {}",
            setting.names().flag
        ))
    })
}
