//! Text to a value, whichever of the two formats it is in.

use std::path::Path;

use serde_json::Value;

use super::short;

/// The content as a value: by the file's extension, else by its first character.
///
/// # Errors
/// `:line:column: what; fix`, to follow the file's name.
pub(in crate::cli) fn value(path: &Path, text: &str) -> Result<Value, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let extension =
        path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    match extension.as_deref() {
        Some("json") => json(text),
        Some("toml") => toml(text),
        _ if text.trim_start().starts_with('{') => json(text),
        // A TOML file may begin with a table's name in brackets; a JSON list of rooms goes on
        // with a brace.
        _ if text
            .trim_start()
            .strip_prefix('[')
            .is_some_and(|rest| rest.trim_start().starts_with(['{', ']'])) =>
        {
            json(text)
        }
        _ => toml(text),
    }
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        // serde_json ends its message with the place, which is said already.
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        format!(":{line}:{column}: not JSON: {}; correct it", short(message))
    })
}

/// A TOML document as a value.
///
/// # Errors
/// `:line:column: what; fix`, to follow the file's name.
pub(in crate::cli) fn toml(text: &str) -> Result<Value, String> {
    toml::from_str(text).map_err(|error: toml::de::Error| {
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        let place = error.span().map_or(String::new(), |span| {
            let before = text.get(..span.start).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
            format!(":{line}:{column}")
        });
        format!("{place}: not TOML: {}; correct it", crate::domain::escape::text(&message))
    })
}
