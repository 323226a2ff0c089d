//! Where the nats CLI keeps its contexts: which there are, and which is selected. Read, never
//! written.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::Env;
use crate::cli::error::Failure;

/// The nats CLI's folder: `$XDG_CONFIG_HOME/nats`, else `~/.config/nats`, on every system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// `None` where there is no home.
    pub(super) fn locate(env: Env<'_>) -> Option<Self> {
        let set = |name| env(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let root = set("XDG_CONFIG_HOME").or_else(|| Some(set("HOME")?.join(".config")));
        root.map(|root| Self(root.join("nats")))
    }

    /// The file that names the selected context.
    pub(super) fn selection(&self) -> PathBuf {
        self.0.join("context.txt")
    }

    /// The selected context's name, if one is.
    pub(super) fn selected(&self) -> Result<Option<String>, Failure> {
        let file = self.selection();
        match std::fs::read_to_string(&file) {
            Ok(text) => Ok(Some(text.trim().to_owned()).filter(|name| !name.is_empty())),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(Failure::usage(format!(
                "read the selected context in {}: {error}; make it readable, or use --no-context",
                file.display()
            ))),
        }
    }

    /// The folder of context files.
    pub(super) fn contexts(&self) -> PathBuf {
        self.0.join("context")
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.contexts().join(format!("{name}.json"))
    }

    /// The names of the contexts there are, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.contexts()) else { return Vec::new() };
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
            .collect();
        names.sort();
        names
    }
}

/// Whether there is no such file. A folder that is none has no files.
pub(super) fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// Whether a name is one: it stays inside the folder.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains("..") && !name.contains(['/', '\\'])
}

/// Whether a file is meant rather than a name.
pub(super) fn is_file(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "json")
}

/// Whether it can be nothing but a file's path: a context may be named so that it ends in .json.
pub(super) fn is_path(name: &str) -> bool {
    is_file(name) && name.contains(['/', '\\'])
}
