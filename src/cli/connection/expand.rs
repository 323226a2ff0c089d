//! `$VAR` and a leading `~` in the paths of files, which contexts and variables hold as written.

use super::Env;

/// Puts variables in, `$NAME` or `${NAME}`, and then the home folder for a leading `~`.
///
/// # Errors
/// The name of a variable that is not set: an empty text in its place would name another file.
pub(in crate::cli) fn path(text: &str, env: Env<'_>) -> Result<String, String> {
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
            assert_eq!(path(text, &env), wanted, "{text}");
        }
    }
}
