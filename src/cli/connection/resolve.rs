//! The options for the store: each value that is used, with what it stands for. What roomscope does
//! not support is refused: passed over, it would make another connection than the one that was
//! asked for. Only what would be used is.

use std::path::PathBuf;
use std::time::Duration;

use super::Env;
use super::reference::{Reference, expanded, is_secret};
use super::setting::{Place, Setting};
use super::used::Used;
use super::values::{Layer, Value};
use crate::cli::error::Failure;
use crate::domain::{escape, go_duration};
use crate::store::nats::{ConnectOptions, KeyText};

/// Takes the values that are used for what they stand for.
///
/// # Errors
/// For one that cannot be used, naming it, where it came from and the way out; no secret is told.
pub(super) fn options(used: &Used, env: Env<'_>) -> Result<ConnectOptions, Failure> {
    if let Some(value) = Setting::UNSUPPORTED.into_iter().find_map(|setting| used.get(setting)) {
        return Err(value.wrong(match value.setting {
            Setting::Proxy => {
                "roomscope connects through no SOCKS proxy; give an address that can be reached \
                 directly, and leave this out or set NATS_SOCKS_PROXY to none"
            }
            Setting::Nsc => "roomscope does not run nsc; give a credentials file and an address",
            _ => {
                "roomscope reads no Windows certificate store; give PEM files with --tls-cert and \
                 --tls-key"
            }
        }));
    }
    let mut options = used.values.bare();
    options.address_logins = used.address_logins;
    options.token_beside = used.token_beside;
    // Of several that are wrong the first is told, a password or token before a key.
    let mut settings = Setting::ALL;
    settings.sort_by_key(|setting| !matches!(setting, Setting::Password | Setting::Token));
    for value in settings.into_iter().filter_map(|setting| used.get(setting)) {
        match value.setting.place(&mut options) {
            Place::Text(place) => *place = Some(value.text.clone()),
            Place::Secret(place) => *place = Some(secret(value, env)?),
            Place::File(place) => *place = Some(path(value, env)?),
            Place::Key(place) => *place = Some(key(value, env)?),
            Place::Switch(place) => *place = true,
            Place::Time(place) => *place = Some(time(value)?),
            Place::None => {}
        }
    }
    let in_context = used.get(Setting::User).is_some_and(|user| user.layer() == Layer::Context);
    if options.password.is_none() && in_context {
        // Sent as it is by the nats CLI.
        options.password = Some(String::new());
    }
    Ok(options)
}

fn time(value: &Value) -> Result<Duration, Failure> {
    let time = go_duration(value.text.trim()).filter(|time| *time > 0);
    time.map(Duration::from_nanos).ok_or_else(|| {
        value.wrong(format!(
            "'{}' is no time to wait; give a number with its unit, as in 5s or 1m30s",
            escape::text(&value.text)
        ))
    })
}

/// A file's path, with what is written for something else put in. A secret in its place is refused,
/// since as a path it would be shown.
fn path(value: &Value, env: Env<'_>) -> Result<PathBuf, Failure> {
    let text = match Reference::of(&value.text) {
        None => &value.text,
        Some(Reference::File(path)) => path,
        Some(other) => {
            let scheme = other.scheme();
            let why = format!("a file's path belongs here, and not {scheme}; give one");
            return Err(value.wrong(why));
        }
    };
    if is_secret(text.trim()) {
        return Err(value.wrong(
            "a secret stands where a file's path belongs; write it to a file that only you can \
             read, and give that",
        ));
    }
    // The nats CLI expands no others than these two outside contexts.
    let is_key = matches!(value.setting, Setting::Creds | Setting::Nkey);
    if value.layer() != Layer::Context && !is_key {
        return Ok(text.into());
    }
    expanded(text, env).map(PathBuf::from).map_err(|variable| {
        value.wrong(format!(
            "it names the variable {}, which is not set; set it, or write the path with {}",
            escape::text(&variable),
            value.setting.names().flag
        ))
    })
}

/// A key's file, or what it would hold.
fn key(value: &Value, env: Env<'_>) -> Result<KeyText, Failure> {
    match Reference::of(&value.text) {
        None | Some(Reference::File(_)) => path(value, env).map(KeyText::File),
        Some(other) => other.text(env).map(KeyText::Text).map_err(|why| value.wrong(why)),
    }
}

fn secret(value: &Value, env: Env<'_>) -> Result<String, Failure> {
    let Some(reference) = Reference::of(&value.text) else { return Ok(value.text.clone()) };
    let text = reference.text(env).map_err(|why| value.wrong(why))?;
    // The mark is what editors of Windows begin a file with.
    Ok(text.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']).to_owned())
}
