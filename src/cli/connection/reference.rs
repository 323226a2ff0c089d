//! What a value's text refers to. Secrets may be kept elsewhere: in a file, in a variable, or in
//! base64 beside their kind, which is what `nats context add --embed` writes. Paths may hold
//! variables. A secret at the wrong place is known as one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Env;
use crate::domain::escape;

/// Where a value says that its text is kept. No `Debug`: it may be a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference<'a> {
    /// `file://`, and the path.
    File(&'a str),
    /// `data:`, and the kind, a comma and the text.
    Data(&'a str),
    /// `env://`, and a variable's name.
    Variable(&'a str),
    /// In a tool that roomscope does not run.
    Tool(&'static str),
}

impl<'a> Reference<'a> {
    /// What the text refers to; `None` where it is meant as it stands.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let text = text.trim();
        let after = |scheme: &str| {
            let (head, rest) = text.split_at_checked(scheme.len())?;
            head.eq_ignore_ascii_case(scheme).then_some(rest)
        };
        let tool = |scheme| after(scheme).map(|_| Self::Tool(scheme));
        let file = after("file://").map(Self::File);
        let file = file.or_else(|| after("data:").map(Self::Data));
        let file = file.or_else(|| after("env://").map(Self::Variable));
        file.or_else(|| tool("op://")).or_else(|| tool("nsc://"))
    }

    /// How it begins, which is all of it that may be shown.
    pub(super) const fn scheme(self) -> &'static str {
        match self {
            Self::File(_) => "file://",
            Self::Data(_) => "data:",
            Self::Variable(_) => "env://",
            Self::Tool(scheme) => scheme,
        }
    }

    /// The text that it stands for.
    ///
    /// # Errors
    /// What is wrong and the way out, without any of the secret.
    pub(super) fn text(self, env: Env<'_>) -> Result<String, String> {
        let text = match self {
            Self::File(path) => from_file(path, env)?,
            Self::Data(data) => decoded(data)?,
            Self::Variable(name) => from_variable(name, env)?,
            Self::Tool(scheme) => {
                return Err(format!(
                    "roomscope fetches no secrets from {scheme}; give the secret itself, or \
                     where it is, as in file:///path or env://NAME"
                ));
            }
        };
        if text.trim().is_empty() {
            return Err(format!("what {} stands for is empty; give another", self.scheme()));
        }
        Ok(text)
    }
}

fn from_file(path: &str, env: Env<'_>) -> Result<String, String> {
    if is_secret(path) {
        return Err("a secret stands where a file's path belongs; give the path".into());
    }
    let path = expanded(path, env).map_err(|name| {
        let name = escape::text(&name).into_owned();
        format!("its path names the variable {name}, which is not set; set it, or write the path")
    })?;
    std::fs::read_to_string(&path).map_err(|error| {
        format!("read the file {}: {error}; give one that can be read", escape::text(&path))
    })
}

fn decoded(data: &str) -> Result<String, String> {
    let is_base64 = |head: &str| head.split(';').any(|part| part.trim() == "base64");
    let (_, text) = data.split_once(',').filter(|(head, _)| is_base64(head)).ok_or(
        "it begins with data: and is none; write data:;base64, and then the text in base64",
    )?;
    let text: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let bytes = STANDARD.decode(text).ok();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(|| "what follows data:;base64, is no text in base64; encode it anew".into())
}

fn from_variable(name: &str, env: Env<'_>) -> Result<String, String> {
    env(name).filter(|text| !text.is_empty()).ok_or_else(|| {
        // A secret in the place of a name is not repeated.
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let is_name = name.chars().all(is_part) && !is_secret(name);
        let name = if is_name { format!("{name}, which") } else { "that".to_owned() };
        format!("env:// names a variable {name} is not set, or empty; set it")
    })
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

/// Puts variables in, `$NAME` or `${NAME}`, and then the home folder for a leading `~`.
///
/// # Errors
/// The name of a variable that is not set: an empty text in its place would name another file.
pub(in crate::cli) fn expanded(text: &str, env: Env<'_>) -> Result<String, String> {
    let set = |name: &str| env(name).filter(|value| !value.is_empty());
    let text = variables(text, &set)?;
    match text.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with(['/', '\\']) => {
            Ok(set("HOME").ok_or("HOME")? + rest)
        }
        _ => Ok(text),
    }
}

fn variables(text: &str, set: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut parts = text.split('$');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let braced = part.strip_prefix('{').and_then(|part| part.split_once('}'));
        let (name, rest) = braced.unwrap_or_else(|| {
            let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            part.split_at(part.find(|c| !is_part(c)).unwrap_or(part.len()))
        });
        if name.is_empty() {
            out.push('$');
            out.push_str(part);
        } else {
            out.push_str(&set(name).ok_or(name)?);
            out.push_str(rest);
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_first_and_then_home() {
        let env = |name: &str| match name {
            "HOME" => Some("/home/me".to_owned()),
            "D_1" => Some("~/deep".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        for (text, wanted) in [
            ("/plain/a.creds", Ok("/plain/a.creds")),
            ("~", Ok("/home/me")),
            ("~/a", Ok("/home/me/a")),
            ("$D_1/a", Ok("/home/me/deep/a")),
            ("${D_1}x", Ok("/home/me/deepx")),
            ("/a~b/~", Ok("/a~b/~")),
            ("~other/a", Ok("~other/a")),
            ("a$", Ok("a$")),
            ("a$/b${}", Ok("a$/b${}")),
            ("$HOMER/a", Err("HOMER")),
            ("$EMPTY/a", Err("EMPTY")),
        ] {
            let wanted = wanted.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(expanded(text, &env), wanted, "{text}");
        }
    }
}
