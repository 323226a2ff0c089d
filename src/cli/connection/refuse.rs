//! What roomscope does not support is refused: passed over, it would make another connection than
//! the one that was asked for. Only what would be used is.

use super::reference::Reference;
use super::setting::Setting;
use super::used::Used;
use super::values::{Value, Values};
use crate::cli::error::Failure;

/// Refuses what is asked for and cannot be done.
///
/// # Errors
/// Naming the value and where it came from, and the way out.
pub(super) fn unsupported(values: &Values, used: &Used) -> Result<(), Failure> {
    for setting in Setting::UNSUPPORTED.into_iter().filter(|setting| used.is_used(*setting)) {
        let Some(value) = values.get(setting) else { continue };
        let why = match setting {
            Setting::Proxy => {
                "roomscope connects through no SOCKS proxy; give an address that can be reached \
                 directly, and leave this out or set NATS_SOCKS_PROXY to none"
            }
            Setting::Nsc => "roomscope does not run nsc; give a credentials file and an address",
            _ => {
                "roomscope reads no Windows certificate store; give PEM files with --tls-cert and \
                 --tls-key"
            }
        };
        return Err(wrong(setting, value, why));
    }
    Ok(())
}

/// A failure of one value, which is not shown.
pub(super) fn wrong(setting: Setting, value: &Value, why: impl std::fmt::Display) -> Failure {
    Failure::usage(format!("{} ({}): {why}", setting.names().label, value.source.said()))
}

/// Refuses a secret where a file's path belongs: as a path it would be shown.
///
/// # Errors
/// Naming the value and where it came from, without the value itself.
pub(super) fn misplaced(setting: Setting, value: &Value) -> Result<(), Failure> {
    let text = match Reference::of(&value.text) {
        Some(Reference::File(path)) => path,
        Some(_) => return Ok(()),
        None => &value.text,
    };
    if is_secret(text.trim()) {
        let advice = "a secret stands where a file's path belongs; write it to a file that only \
                      you can read, and give that";
        return Err(wrong(setting, value, advice));
    }
    Ok(())
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

/// A path as it was given, unless it may be or hold a secret.
pub(super) fn shown_path(text: &str) -> &str {
    match Reference::of(text) {
        Some(Reference::File(path)) if !is_secret(path.trim()) => text,
        None if !is_secret(text.trim()) => text,
        _ => "***",
    }
}
