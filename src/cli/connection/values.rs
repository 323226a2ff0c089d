//! Each value with where it came from.

use std::collections::BTreeMap;

use super::Env;
use super::context::Context;
use super::setting::Setting;

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

/// All values that were given, each with those that it replaced: the highest first.
#[derive(Clone, Default)]
pub(super) struct Values(BTreeMap<Setting, Vec<Value>>);

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
    /// Takes in what each source gives. Nothing is resolved yet: what is not used may be wrong.
    pub(super) fn gather(
        flag: impl Fn(Setting) -> Option<String>,
        env: Env<'_>,
        context: Option<&Context>,
    ) -> Self {
        let typed = |setting: Setting| given(flag(setting), Source::Flag(setting.names().flag));
        let set = |setting: Setting| {
            let name = setting.names().variable?;
            given(env(name), Source::Variable(name))
        };
        let said = |setting: Setting| {
            let (_, text) = context?.values.iter().find(|(key, _)| *key == setting)?;
            given(Some(text.clone()), Source::Context(setting.names().key?))
        };
        // As in the nats CLI, where the context is not looked at for it.
        let is_token = typed(Setting::Password).or_else(|| set(Setting::Password)).is_none();
        let mut values = Self::default();
        for setting in Setting::every() {
            let above = |from: &dyn Fn(Setting) -> Option<Value>| match setting {
                Setting::User if is_token => [None, None],
                Setting::Token if is_token => [from(Setting::Token), from(Setting::User)],
                _ => [from(setting), None],
            };
            let all = [above(&typed), above(&set), [said(setting), None]];
            let all: Vec<Value> = all.into_iter().flatten().flatten().collect();
            if !all.is_empty() {
                values.0.insert(setting, all);
            }
        }
        values
    }

    /// The value of the highest source.
    pub(super) fn get(&self, setting: Setting) -> Option<&Value> {
        self.all(setting).first()
    }

    /// What each source gives, the highest first.
    pub(super) fn all(&self, setting: Setting) -> &[Value] {
        self.0.get(&setting).map_or(&[], Vec::as_slice)
    }

    /// Whether any came from the environment or a context.
    pub(super) fn has_others_than_flags(&self) -> bool {
        self.0.values().flatten().any(|value| value.source.layer() != Layer::Flag)
    }

    pub(super) fn layer(&self, setting: Setting) -> Option<Layer> {
        self.get(setting).map(|value| value.source.layer())
    }
}

fn given(text: Option<String>, source: Source) -> Option<Value> {
    text.filter(|text| !text.trim().is_empty()).map(|text| Value { text, source })
}
