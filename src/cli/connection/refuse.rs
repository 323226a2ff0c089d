//! What roomscope does not support is refused: passed over, it would make another connection than
//! the one that was asked for.

use super::Env;
use super::setting::Setting;
use super::values::Value;
use crate::cli::error::Failure;

/// Refuses what the environment asks for and cannot be done.
///
/// # Errors
/// Naming the variable.
pub(super) fn environment(env: Env<'_>) -> Result<(), Failure> {
    let proxy = env("NATS_SOCKS_PROXY").unwrap_or_default();
    // The nats CLI's own words for no proxy.
    if matches!(proxy.trim(), "" | "none" | "NONE" | "-") {
        return Ok(());
    }
    Err(Failure::usage(
        "NATS_SOCKS_PROXY: roomscope connects through no SOCKS proxy; unset it, and use an \
         address that can be reached directly",
    ))
}

/// Refuses a value that names a secret kept elsewhere.
///
/// # Errors
/// Naming the value and where it came from, without the reference itself.
pub(super) fn elsewhere(setting: Setting, value: &Value) -> Result<(), Failure> {
    let Some(scheme) = kept_in(setting, &value.text) else { return Ok(()) };
    let label = setting.names().label;
    let advice = if setting.is_path() {
        "give a file's path"
    } else {
        "give the secret itself, best in its variable"
    };
    Err(Failure::usage(format!(
        "{label} ({}): roomscope fetches no secrets from {scheme}; {advice}",
        value.source.said()
    )))
}

fn kept_in(setting: Setting, text: &str) -> Option<&'static str> {
    let text = text.trim().to_ascii_lowercase();
    if !setting.is_path() && !setting.is_secret() {
        return None;
    }
    let known = ["op://", "nsc://", "env://"].into_iter().find(|scheme| text.starts_with(scheme));
    let inline = setting.is_path() && text.starts_with("data:");
    known.or_else(|| inline.then_some("data: values"))
}
