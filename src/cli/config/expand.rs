//! Paths as people write them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// A path of the file `of`: `$VAR` and `${VAR}`, then a leading `~`, become what they stand for;
/// what is relative then is relative to that file's folder.
///
/// # Errors
/// What stands for nothing, and the fix.
pub(super) fn path(
    text: &str,
    of: &Path,
    variable: impl Fn(&str) -> Option<OsString>,
    home: Option<PathBuf>,
) -> Result<PathBuf, String> {
    let text = variables(text, variable)?;
    let path = match text.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with(['/', std::path::MAIN_SEPARATOR]) => {
            let home = home.ok_or("~ is not known; write the path in full")?;
            home.join(rest.trim_start_matches(['/', std::path::MAIN_SEPARATOR]))
        }
        _ => PathBuf::from(text),
    };
    Ok(of.parent().map_or_else(|| path.clone(), |folder| folder.join(&path)))
}

fn variables(text: &str, variable: impl Fn(&str) -> Option<OsString>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let (name, tail) = name(after);
        rest = tail;
        if name.is_empty() {
            out.push('$');
            continue;
        }
        let value = variable(name)
            .ok_or_else(|| format!("${name} is not set; set it, or write the path itself"))?;
        let value = value
            .into_string()
            .map_err(|_| format!("${name} is not UTF-8; write the path itself"))?;
        out.push_str(&value);
    }
    out.push_str(rest);
    Ok(out)
}

/// The name after a `$`, and what comes after the name.
fn name(text: &str) -> (&str, &str) {
    if let Some((name, rest)) = text.strip_prefix('{').and_then(|text| text.split_once('}')) {
        return (name, rest);
    }
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> Result<PathBuf, String> {
        let variable = |name: &str| (name == "TEAM").then(|| OsString::from("ops"));
        let home = Some(PathBuf::from("/home/a"));
        path(text, Path::new("/etc/roomscope/config.toml"), variable, home)
    }

    #[test]
    fn paths_are_relative_to_the_file_that_holds_them() {
        for (text, wanted) in [
            ("rooms.toml", "/etc/roomscope/rooms.toml"),
            ("/srv/rooms.toml", "/srv/rooms.toml"),
            ("~/rooms.toml", "/home/a/rooms.toml"),
            ("~", "/home/a"),
            ("~b/rooms.toml", "/etc/roomscope/~b/rooms.toml"),
            ("$TEAM/rooms.toml", "/etc/roomscope/ops/rooms.toml"),
            ("/srv/${TEAM}x.toml", "/srv/opsx.toml"),
            ("a$.toml", "/etc/roomscope/a$.toml"),
        ] {
            assert_eq!(expanded(text), Ok(wanted.into()), "{text}");
        }
        let unset = expanded("$NOBODY/rooms.toml").unwrap_err();
        assert_eq!(unset, "$NOBODY is not set; set it, or write the path itself");
    }
}
