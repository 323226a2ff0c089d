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

/// Refuses a value that names a secret kept elsewhere, and a secret where a file belongs: as a
/// path it would be shown.
///
/// # Errors
/// Naming the value and where it came from, without the value itself.
pub(super) fn misplaced(setting: Setting, value: &Value) -> Result<(), Failure> {
    if setting.is_path() && is_secret(value.text.trim()) {
        return Err(Failure::usage(format!(
            "{} ({}): a secret stands where a file's path belongs; write it to a file that only \
             you can read, and give that",
            setting.names().label,
            value.source.said()
        )));
    }
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

/// Whether it is a seed, a JWT, or the text of a PEM or credentials file.
pub(in crate::cli) fn is_secret(text: &str) -> bool {
    // A prefix, 32 bytes and a checksum in base32; the type is told by the first two letters.
    let is_seed = text.len() == 58
        && text.starts_with('S')
        && text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
    let is_jwt = text.starts_with("eyJ") && text.split('.').count() == 3;
    is_seed || is_jwt || text.contains("-----BEGIN")
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
