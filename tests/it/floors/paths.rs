//! The paths that a source names, read without a compiler.

/// The source with comments and the contents of string literals blanked out, so that a path in
/// them is not taken for one in code.
pub(super) fn code_only(source: &str) -> String {
    let bytes: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut i = 0;
    let at = |i: usize| bytes.get(i).copied().unwrap_or('\0');
    while i < bytes.len() {
        if at(i) == '/' && at(i + 1) == '/' {
            while i < bytes.len() && at(i) != '\n' {
                i += 1;
            }
        } else if at(i) == '/' && at(i + 1) == '*' {
            while i < bytes.len() && !(at(i) == '*' && at(i + 1) == '/') {
                i += 1;
            }
            i += 2;
        } else if at(i) == 'r' && (at(i + 1) == '"' || at(i + 1) == '#' && at(i + 2) == '"') {
            let hash = at(i + 1) == '#';
            i += if hash { 3 } else { 2 };
            while i < bytes.len() && !(at(i) == '"' && (!hash || at(i + 1) == '#')) {
                i += 1;
            }
            i += if hash { 2 } else { 1 };
            out.push_str("\"\"");
        } else if at(i) == '"' {
            i += 1;
            while i < bytes.len() && at(i) != '"' {
                i += if at(i) == '\\' { 2 } else { 1 };
            }
            i += 1;
            out.push_str("\"\"");
        } else if at(i) == '\'' && (at(i + 2) == '\'' && at(i + 1) != '\\') {
            i += 3;
            out.push_str("' '");
        } else if at(i) == '\'' && at(i + 1) == '\\' {
            i += 3;
            while i < bytes.len() && at(i) != '\'' {
                i += 1;
            }
            i += 1;
            out.push_str("' '");
        } else {
            out.push(at(i));
            i += 1;
        }
    }
    out
}

/// A path in code, and the name that a `use` of it binds: its last segment, its alias, or `*`.
pub(super) struct Import {
    pub(super) path: Vec<String>,
    pub(super) name: String,
}

/// All paths of two segments or more, and all `use` trees flattened.
pub(super) fn paths(code: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let tokens = tokens(code);
    let mut i = 0;
    while i < tokens.len() {
        match imports(&tokens, i) {
            Some((paths, after)) => {
                found.extend(paths.into_iter().map(|import| import.path));
                i = after;
            }
            None => i += 1,
        }
    }
    found
}

/// The paths that begin at a token, of a `use` or by itself, and the token after them.
pub(super) fn imports(tokens: &[String], mut i: usize) -> Option<(Vec<Import>, usize)> {
    let in_use = tokens.get(i).is_some_and(|t| t == "use");
    i += usize::from(in_use);
    i += usize::from(tokens.get(i).is_some_and(|t| t == "::"));
    tokens.get(i).filter(|t| is_word(t) || in_use && *t == "{")?;
    let mut found = Vec::new();
    let after = tree(tokens, i, &mut Vec::new(), &mut found);
    found.retain(|import| in_use || import.path.len() > 1);
    Some((found, after))
}

fn is_word(token: &str) -> bool {
    token.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Words, `::`, and all else character by character.
pub(super) fn tokens(code: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut chars = code.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_alphanumeric() || c == '_' {
            let mut word = String::from(c);
            while let Some(c) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                word.push(c);
            }
            tokens.push(word);
        } else if c == ':' && chars.next_if_eq(&':').is_some() {
            tokens.push("::".into());
        } else if !c.is_whitespace() {
            tokens.push(c.into());
        }
    }
    tokens
}

/// Reads a path or a tree of paths from a token on; gives the token after it.
fn tree(
    tokens: &[String],
    mut i: usize,
    prefix: &mut Vec<String>,
    found: &mut Vec<Import>,
) -> usize {
    let depth = prefix.len();
    loop {
        match tokens.get(i).map(String::as_str) {
            Some("{") => {
                i += 1;
                while tokens.get(i).is_some_and(|t| t != "}") {
                    i = if tokens.get(i).is_some_and(|t| t == ",") {
                        i + 1
                    } else {
                        tree(tokens, i, prefix, found)
                    };
                }
                i += 1;
                break;
            }
            // `a::{self}` is `a`.
            Some("self") if depth > 0 && prefix.len() == depth => i += 1,
            Some(word) if is_word(word) => {
                prefix.push(word.to_owned());
                i += 1;
            }
            other => {
                let name = other.unwrap_or_default().to_owned();
                i += 1;
                found.push(Import { path: prefix.clone(), name });
                break;
            }
        }
        if tokens.get(i).is_some_and(|t| t == "::") {
            i += 1;
            continue;
        }
        let mut name = prefix.last().cloned().unwrap_or_default();
        if tokens.get(i).is_some_and(|t| t == "as") {
            name = tokens.get(i + 1).cloned().unwrap_or_default();
            i += 2;
        }
        found.push(Import { path: prefix.clone(), name });
        break;
    }
    prefix.truncate(depth);
    i
}
