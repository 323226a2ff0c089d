//! What a source file binds, defines and names, outside tests.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::{Import, code_only, imports, tokens};

/// A module's path, without `crate`.
pub(super) type Module = Vec<String>;

/// A file, read.
pub(super) struct Source {
    pub(super) module: Module,
    /// Names it binds with `use`: what each stands for, and whether it is handed on.
    pub(super) bound: BTreeMap<String, (Module, Vec<String>)>,
    /// Modules all of whose names it binds, by the module that does.
    pub(super) globs: Vec<(Module, Vec<String>)>,
    pub(super) defined: BTreeSet<String>,
    /// Paths it names, each with the module of the place: the file's, or one inside it.
    pub(super) named: Vec<(Module, Vec<String>)>,
}

impl Source {
    /// Reads a file; modules inside it become known, as modules and as tests.
    pub(super) fn read(
        module: &[String],
        text: &str,
        modules: &mut BTreeMap<Module, String>,
        tests: &mut BTreeSet<Module>,
        file: &str,
    ) -> Self {
        let tokens = without_tests(&tokens(&code_only(text)), module, tests);
        let mut source = Self {
            module: module.to_vec(),
            bound: BTreeMap::new(),
            globs: Vec::new(),
            defined: BTreeSet::new(),
            named: Vec::new(),
        };
        // Inline modules that the current token is in, each with the depth of its braces.
        let (mut inside, mut depth): (Vec<(String, usize)>, usize) = (Vec::new(), 0);
        let words: BTreeMap<&str, usize> = tokens.iter().fold(BTreeMap::new(), |mut all, word| {
            *all.entry(word.as_str()).or_default() += 1;
            all
        });
        let mut i = 0;
        while let Some(token) = tokens.get(i) {
            let next = tokens.get(i + 1).map(String::as_str).unwrap_or_default();
            let mut place = module.to_vec();
            place.extend(inside.iter().map(|(name, _)| name.clone()));
            match token.as_str() {
                "{" => depth += 1,
                "}" => {
                    depth -= 1;
                    if inside.last().is_some_and(|(_, at)| *at > depth) {
                        inside.pop();
                    }
                }
                "mod" if tokens.get(i + 2).is_some_and(|t| t == "{") => {
                    inside.push((next.to_owned(), depth + 1));
                    modules.insert([&place[..], &[next.to_owned()]].concat(), file.to_owned());
                }
                "fn" | "struct" | "enum" | "trait" | "const" | "static" | "type" => {
                    source.defined.insert(next.to_owned());
                }
                _ => {}
            }
            let handed_on = i > 0 && token == "use" && is_public(&tokens, i);
            let Some((found, after)) = imports(&tokens, i) else {
                i += 1;
                continue;
            };
            for Import { path, name } in found {
                if token != "use" {
                    source.named.push((place.clone(), path));
                } else if name == "*" {
                    source.globs.push((place.clone(), path));
                } else {
                    let own = words.get(name.as_str()).copied().unwrap_or_default() > 1;
                    if !handed_on || own {
                        source.named.push((place.clone(), path.clone()));
                    }
                    source.bound.insert(name, (place.clone(), path));
                }
            }
            i = after;
        }
        source
    }
}

/// Whether the `use` at this token is `pub`, whoever may see it.
fn is_public(tokens: &[String], at: usize) -> bool {
    let before = tokens.get(..at).unwrap_or_default();
    let before = match before.last().map(String::as_str) {
        Some(")") => {
            let open = before.iter().rposition(|token| token == "(").unwrap_or_default();
            before.get(..open).unwrap_or_default()
        }
        _ => before,
    };
    before.last().is_some_and(|token| token == "pub")
}

/// The tokens without items and fields under `#[cfg(test)]`; files of test modules become known.
fn without_tests(
    tokens: &[String],
    module: &[String],
    tests: &mut BTreeSet<Module>,
) -> Vec<String> {
    const TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut out = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let here = tokens.get(i..).unwrap_or_default();
        if !(here.len() >= TEST.len() && here.iter().zip(TEST).all(|(a, b)| a == b)) {
            out.extend(tokens.get(i).cloned());
            i += 1;
            continue;
        }
        i += TEST.len();
        while tokens.get(i).is_some_and(|token| token == "#") {
            i += tokens.iter().skip(i).take_while(|token| *token != "]").count() + 1;
        }
        let item = tokens.get(i..).unwrap_or_default();
        if let Some(at) = item.iter().take(5).position(|token| token == "mod")
            && let Some(name) = item.get(at + 1)
        {
            tests.insert([module, std::slice::from_ref(name)].concat());
        }
        let is_item = item.iter().take(6).any(|t| {
            ["fn", "use", "impl", "mod", "struct", "enum", "const", "type", "static"]
                .contains(&t.as_str())
        });
        let mut depth = 0_usize;
        while let Some(token) = tokens.get(i) {
            i += 1;
            match token.as_str() {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => {
                    // The end of what holds a last field or arm.
                    if depth == 0 {
                        i -= 1;
                        break;
                    }
                    depth -= 1;
                    if depth == 0 && token == "}" {
                        break;
                    }
                }
                ";" if depth == 0 => break,
                "," if depth == 0 && !is_item => break,
                _ => {}
            }
        }
    }
    out
}
