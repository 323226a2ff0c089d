//! Import circles: files of one floor that need each other, directly or around.
//!
//! A file needs another when its code outside tests names something that is defined there, in a
//! `use` or in a longer path. Two things do not count:
//!
//! - Handing on. A name is needed from where it is defined, however it is reached, and a `mod.rs`
//!   that hands it on and does nothing with it needs nothing.
//! - What a file takes from the modules it lies in. A module and the files below it are one thing
//!   to all others, so types may stand in the `mod.rs` above those who fill them.
//!
//! A method call names no file and cannot be seen.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use super::source::{Module, Source};

/// A name may be handed on so many times; more is a circle of `use`s.
const MOST_STEPS: usize = 16;

/// The sources of one crate, by file.
pub(super) struct Sources {
    files: BTreeMap<String, Source>,
    modules: BTreeMap<Module, String>,
}

/// Files that need each other, and the shortest way around: each file with what it names in the
/// next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Circle {
    pub(super) files: Vec<String>,
    way: Vec<(String, String)>,
}

impl std::fmt::Display for Circle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} files: {}\n  shortest:", self.files.len(), self.files.join(" "))?;
        for (file, name) in &self.way {
            write!(f, " {file} -[{name}]->")?;
        }
        write!(f, " {}", self.way.first().map_or("", |(file, _)| file))
    }
}

impl Sources {
    /// Files with their paths below `src` and their texts.
    pub(super) fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut all = Self { files: BTreeMap::new(), modules: BTreeMap::new() };
        let mut tests = BTreeSet::new();
        for (file, text) in files {
            let module = super::module_of(Path::new(file));
            let source = Source::read(&module, text, &mut all.modules, &mut tests, file);
            all.modules.insert(module, file.to_owned());
            all.files.insert(file.to_owned(), source);
        }
        let is_test = |module: &Module| tests.iter().any(|test| module.starts_with(test));
        all.files.retain(|_, source| !is_test(&source.module));
        all.modules.retain(|module, _| !is_test(module));
        all
    }

    /// What a file needs of others: by file, a name it takes from there.
    fn needs(&self, source: &Source) -> BTreeMap<&str, String> {
        let mut needs = BTreeMap::new();
        for (place, path) in &source.named {
            if let Some(file) = self.defines(place, path, 0) {
                needs.entry(file).or_insert_with(|| path.join("::"));
            }
        }
        needs
    }

    /// The file that defines what a path names at a place. `None` for a module as a whole, and for
    /// what is not of this crate.
    fn defines(&self, place: &[String], path: &[String], depth: usize) -> Option<&str> {
        let (module, rest) = self.enter(place, path, depth)?;
        let file = self.modules.get(&module)?;
        let name = rest.first()?;
        let source = self.files.get(file)?;
        if depth > MOST_STEPS || source.defined.contains(name) {
            return Some(file);
        }
        if let Some((place, path)) = source.bound.get(name) {
            let path: Vec<String> = path.iter().chain(rest.iter().skip(1)).cloned().collect();
            return self.defines(place, &path, depth + 1);
        }
        // Of all that is bound by `*`, whoever truly defines it.
        let by_glob = source.globs.iter().find_map(|(place, path)| {
            let path: Vec<String> = path.iter().chain(&rest).cloned().collect();
            let file = self.defines(place, &path, depth + 1)?;
            self.files.get(file)?.defined.contains(name).then_some(file)
        });
        by_glob.or(Some(file))
    }

    /// The innermost module that a path leads into, and what is left of the path.
    fn enter(
        &self,
        place: &[String],
        path: &[String],
        depth: usize,
    ) -> Option<(Module, Vec<String>)> {
        let mut module = place.to_vec();
        let mut rest = path.iter().peekable();
        match path.first()?.as_str() {
            "crate" | "roomscope" => {
                module.clear();
                rest.next();
            }
            "self" => drop(rest.next()),
            "super" => {
                while rest.next_if(|part| *part == "super").is_some() {
                    module.pop();
                }
            }
            first => {
                let file = self.modules.get(&module)?;
                let inside = [&module[..], &[first.to_owned()]].concat();
                if !self.modules.contains_key(&inside) {
                    let (place, bound) = self.files.get(file)?.bound.get(first)?;
                    if depth > MOST_STEPS || bound == path {
                        return None;
                    }
                    let path: Vec<String> =
                        bound.iter().chain(path.iter().skip(1)).cloned().collect();
                    return self.enter(&place.clone(), &path, depth + 1);
                }
            }
        }
        while let Some(part) = rest.peek() {
            let inside = [&module[..], &[(*part).clone()]].concat();
            if self.modules.contains_key(&inside) {
                module = inside;
                rest.next();
                continue;
            }
            // A module under another name, or handed on.
            let bound = self.files.get(self.modules.get(&module)?)?.bound.get(*part);
            let entered = bound
                .filter(|_| depth < MOST_STEPS)
                .and_then(|(place, path)| self.enter(place, path, depth + 1));
            match entered {
                Some((inside, left)) if left.is_empty() => module = inside,
                _ => break,
            }
            rest.next();
        }
        Some((module, rest.cloned().collect()))
    }

    /// All circles among files of one floor.
    pub(super) fn circles(&self) -> Vec<Circle> {
        let floor = |file: &str| file.split(['/', '.']).next().map(str::to_owned);
        let needs: BTreeMap<&str, BTreeMap<&str, String>> = self
            .files
            .iter()
            .map(|(file, source)| {
                let mut needs = self.needs(source);
                needs.retain(|other, _| *other != file && floor(other) == floor(file));
                needs.retain(|other, _| !source.module.starts_with(&self.files[*other].module));
                (file.as_str(), needs)
            })
            .collect();
        let mut circles = Vec::new();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for file in needs.keys() {
            let reached = reach(&needs, file);
            if seen.contains(file) || !reached.contains_key(file) {
                continue;
            }
            let files: Vec<&str> = reached
                .keys()
                .copied()
                .filter(|other| reach(&needs, other).contains_key(file))
                .collect();
            seen.extend(&files);
            let ways = files.iter().map(|file| way_around(&needs, file));
            let way = ways.min_by_key(Vec::len).unwrap_or_default();
            circles
                .push(Circle { files: files.iter().map(|&file| file.to_owned()).collect(), way });
        }
        circles
    }
}

type Needs<'a> = BTreeMap<&'a str, BTreeMap<&'a str, String>>;

/// All files that a file comes to, each with the one before it on a shortest way. The file itself
/// is among them when it is on a circle.
fn reach<'a>(needs: &Needs<'a>, from: &'a str) -> BTreeMap<&'a str, &'a str> {
    let mut before = BTreeMap::new();
    let mut next = VecDeque::from([from]);
    while let Some(file) = next.pop_front() {
        for other in needs.get(file).into_iter().flat_map(BTreeMap::keys) {
            if !before.contains_key(other) {
                before.insert(*other, file);
                next.push_back(other);
            }
        }
    }
    before
}

fn way_around(needs: &Needs<'_>, file: &str) -> Vec<(String, String)> {
    let Some((&file, _)) = needs.get_key_value(file) else { return Vec::new() };
    let before = reach(needs, file);
    let mut way = Vec::new();
    let mut at = file;
    while let Some(&earlier) = before.get(at) {
        way.push((earlier.to_owned(), needs[earlier][at].clone()));
        at = earlier;
        if at == file {
            break;
        }
    }
    way.reverse();
    way
}
