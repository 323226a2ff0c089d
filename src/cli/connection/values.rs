//! Each value with where it came from.

use super::args::Login;
use super::setting::Setting;
use super::{DEFAULT_SERVER, Env};
use crate::cli::error::Failure;
use crate::store::nats::ConnectOptions;

/// Where a value came from, by its name there; the highest is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    Context(&'static str),
    Variable(&'static str),
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
    pub(super) setting: Setting,
    pub(super) text: String,
    pub(super) source: Source,
}

/// All values that were given, each before those of the same setting that it replaced.
#[derive(Clone, Default)]
pub(super) struct Values(Vec<Value>);

impl Source {
    pub(super) fn said(self) -> String {
        match self {
            Self::Context(key) => format!("context: {key}"),
            Self::Variable(name) => format!("environment {name}"),
            Self::Flag(name) => name.to_owned(),
        }
    }
}

impl Value {
    pub(super) const fn layer(&self) -> Layer {
        match self.source {
            Source::Context(_) => Layer::Context,
            Source::Variable(_) => Layer::Variable,
            Source::Flag(_) => Layer::Flag,
        }
    }

    /// A failure of this value, which is not shown.
    pub(super) fn wrong(&self, why: impl std::fmt::Display) -> Failure {
        let label = self.setting.names().label;
        Failure::usage(format!("{label} ({}): {why}", self.source.said()))
    }
}

impl Values {
    /// Takes in what each source gives. Nothing is resolved yet: what is not used may be wrong.
    pub(super) fn gather(
        servers: &[String],
        login: &Login,
        env: Env<'_>,
        context: &[(Setting, String)],
    ) -> Self {
        let given = |setting, text: Option<String>, source| {
            let text = text.filter(|text| !text.trim().is_empty());
            text.map(|text| Value { setting, text, source })
        };
        let typed = |setting: Setting| {
            given(setting, setting.typed(servers, login), Source::Flag(setting.names().flag))
        };
        let set = |setting: Setting| {
            let name = setting.names().variable?;
            given(setting, env(name), Source::Variable(name))
        };
        let said = |setting: Setting| {
            let (_, text) = context.iter().find(|(key, _)| *key == setting)?;
            given(setting, Some(text.clone()), Source::Context(setting.names().key?))
        };
        // As in the nats CLI, where the context is not looked at for it.
        let is_token = typed(Setting::Password).or_else(|| set(Setting::Password)).is_none();
        let all = Setting::every().flat_map(|setting| {
            let above = |from: &dyn Fn(Setting) -> Option<Value>| match setting {
                Setting::User if is_token => [None, None],
                Setting::Token if is_token => [from(Setting::Token), from(Setting::User)],
                _ => [from(setting), None],
            };
            let all = [above(&typed), above(&set), [said(setting), None]];
            all.into_iter().flatten().flatten().map(move |value| Value { setting, ..value })
        });
        Self(all.collect())
    }

    /// The value of the highest source.
    pub(super) fn get(&self, setting: Setting) -> Option<&Value> {
        self.all(setting).next()
    }

    /// What each source gives, the highest first.
    pub(super) fn all(&self, setting: Setting) -> impl Iterator<Item = &Value> {
        self.0.iter().filter(move |value| value.setting == setting)
    }

    pub(super) fn layer(&self, setting: Setting) -> Option<Layer> {
        self.get(setting).map(Value::layer)
    }

    /// Whether any came from the environment or a context.
    pub(super) fn has_others_than_flags(&self) -> bool {
        self.0.iter().any(|value| value.layer() != Layer::Flag)
    }

    /// Options that say no more than where the server is.
    pub(super) fn bare(&self) -> ConnectOptions {
        let server = self.get(Setting::Server);
        ConnectOptions::new(server.map_or(DEFAULT_SERVER, |value| &value.text))
    }
}
