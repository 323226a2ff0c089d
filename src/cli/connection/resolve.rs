//! The options for the store: each value that is used, with what it stands for.

use std::path::PathBuf;
use std::time::Duration;

use super::reference::Reference;
use super::refuse::{self, wrong};
use super::setting::Setting;
use super::used::Used;
use super::values::{Layer, Value, Values};
use super::{DEFAULT_SERVER, Env, expand};
use crate::cli::error::Failure;
use crate::domain::{escape, go_duration};
use crate::store::nats::{ConnectOptions, KeyText};

/// Takes the values that are used for what they stand for.
///
/// # Errors
/// For one that cannot be used; no secret is told.
pub(super) fn options(
    values: &Values,
    used: &Used,
    env: Env<'_>,
) -> Result<ConnectOptions, Failure> {
    refuse::unsupported(values, used)?;
    let get = |setting| values.get(setting).filter(|_| used.is_used(setting));
    let text = |setting| get(setting).map(|value| value.text.clone());
    let file = |setting| {
        let path = get(setting).map(|value| path(setting, value, env));
        path.transpose().map(|path| path.map(PathBuf::from))
    };
    let key = |setting| get(setting).map(|value| key(setting, value, env)).transpose();
    let secret = |setting| get(setting).map(|value| secret(setting, value, env)).transpose();
    let mut options = bare(values);
    options.address_logins = used.login.address_logins;
    options.token_beside = used.login.token_beside;
    options.user = text(Setting::User);
    options.password = secret(Setting::Password)?;
    let in_context = get(Setting::User).is_some_and(|user| user.source.layer() == Layer::Context);
    if options.password.is_none() && in_context {
        // Sent as it is by the nats CLI.
        options.password = Some(String::new());
    }
    options.token = secret(Setting::Token)?;
    options.creds = key(Setting::Creds)?;
    options.nkey = key(Setting::Nkey)?;
    options.jwt = secret(Setting::Jwt)?;
    options.seed = secret(Setting::Seed)?;
    options.tls_ca = file(Setting::Ca)?;
    options.tls_cert = file(Setting::Cert)?;
    options.tls_key = file(Setting::Key)?;
    options.tls_first = get(Setting::TlsFirst).is_some();
    options.domain = text(Setting::Domain);
    options.api_prefix = text(Setting::ApiPrefix);
    options.inbox_prefix = text(Setting::InboxPrefix);
    if let Some(value) = get(Setting::Timeout) {
        let time = go_duration(value.text.trim()).filter(|time| *time > 0);
        options.timeout = Some(time.map(Duration::from_nanos).ok_or_else(|| {
            let given = escape::text(&value.text).into_owned();
            let why = format!(
                "'{given}' is no time to wait; give a number with its unit, as in 5s or 1m30s"
            );
            wrong(Setting::Timeout, value, why)
        })?);
    }
    Ok(options)
}

/// Options that say no more than where the server is.
pub(super) fn bare(values: &Values) -> ConnectOptions {
    let server = values.get(Setting::Server);
    ConnectOptions::new(server.map_or(DEFAULT_SERVER, |value| &value.text))
}

/// A file's path, with what is written for something else put in.
fn path(setting: Setting, value: &Value, env: Env<'_>) -> Result<String, Failure> {
    refuse::misplaced(setting, value)?;
    let text = match Reference::of(&value.text) {
        None => &value.text,
        Some(Reference::File(path)) => path,
        Some(other) => {
            let scheme = other.scheme();
            let why = format!("a file's path belongs here, and not {scheme}; give one");
            return Err(wrong(setting, value, why));
        }
    };
    // The nats CLI expands no others than these two outside contexts.
    let is_key = matches!(setting, Setting::Creds | Setting::Nkey);
    if value.source.layer() != Layer::Context && !is_key {
        return Ok(text.to_owned());
    }
    expand::path(text, env).map_err(|variable| {
        let (variable, flag) = (escape::text(&variable).into_owned(), setting.names().flag);
        let why = format!(
            "it names the variable {variable}, which is not set; set it, or write the path with \
             {flag}"
        );
        wrong(setting, value, why)
    })
}

/// A key's file, or what it would hold.
fn key(setting: Setting, value: &Value, env: Env<'_>) -> Result<KeyText, Failure> {
    match Reference::of(&value.text) {
        None | Some(Reference::File(_)) => {
            Ok(KeyText::File(PathBuf::from(path(setting, value, env)?)))
        }
        Some(other) => {
            let text = other.text(env).map_err(|why| wrong(setting, value, why))?;
            Ok(KeyText::Text(text))
        }
    }
}

fn secret(setting: Setting, value: &Value, env: Env<'_>) -> Result<String, Failure> {
    let Some(reference) = Reference::of(&value.text) else { return Ok(value.text.clone()) };
    let text = reference.text(env).map_err(|why| wrong(setting, value, why))?;
    // The mark is what editors of Windows begin a file with.
    Ok(text.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']).to_owned())
}
