//! Which file is read.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

/// Which configuration file is read.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Configuration")]
pub(in crate::cli) struct Configuration {
    /// Configuration file, instead of ROOMSCOPE_CONFIG or ~/.config/roomscope/config.toml.
    #[arg(long, value_name = "FILE", global = true, conflicts_with = "no_config")]
    pub(in crate::cli) config: Option<PathBuf>,
    /// Read no configuration file.
    #[arg(long, global = true)]
    pub(in crate::cli) no_config: bool,
}

/// The variable that names the file.
pub(super) const VARIABLE: &str = "ROOMSCOPE_CONFIG";

/// Which file is read, and who said so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::cli) struct Place {
    /// The file; `None` for none.
    pub(in crate::cli) path: Option<PathBuf>,
    pub(super) by: By,
}

/// Who said which file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum By {
    Option,
    Variable,
    /// Nobody: it is the usual one.
    #[default]
    Usual,
}

impl Place {
    /// Whether somebody named the file, so that it must be there.
    pub(super) const fn is_asked_for(&self) -> bool {
        !matches!(self.by, By::Usual)
    }

    /// How it is named, after "give another file".
    pub(super) const fn option(&self) -> &'static str {
        match self.by {
            By::Option => " with --config",
            By::Variable => " in ROOMSCOPE_CONFIG",
            By::Usual => "",
        }
    }
}

/// A variable of the environment that is set to something.
pub(super) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The file named by option, else by variable, else the usual one:
/// `$XDG_CONFIG_HOME/roomscope/config.toml`, where that is an absolute path (XDG Base Directory
/// Specification 0.8), else `~/.config/roomscope/config.toml`, on every system.
pub(super) fn locate(
    asked: &Configuration,
    variable: impl Fn(&str) -> Option<OsString>,
    home: Option<PathBuf>,
) -> Place {
    if asked.no_config {
        return Place { path: None, by: By::Option };
    }
    if let Some(path) = &asked.config {
        return Place { path: Some(path.clone()), by: By::Option };
    }
    if let Some(path) = variable(VARIABLE) {
        return Place { path: Some(path.into()), by: By::Variable };
    }
    let xdg = variable("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = home.filter(|home| !home.as_os_str().is_empty());
    let root = xdg.or_else(|| home.map(|home| home.join(".config")));
    Place { path: root.map(|root| root.join("roomscope").join("config.toml")), by: By::Usual }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_the_one_asked_for_else_the_usual_one() {
        let option = |file: &str| Configuration { config: Some(file.into()), no_config: false };
        let none = Configuration::default();
        let off = Configuration { config: None, no_config: true };
        let both = [("ROOMSCOPE_CONFIG", "/v.toml"), ("XDG_CONFIG_HOME", "/xdg")];
        let xdg = [("XDG_CONFIG_HOME", "/xdg")];
        let relative = [("XDG_CONFIG_HOME", "xdg")];
        for (asked, variables, home, wanted) in [
            (&option("o.toml"), &both[..], Some("/home/a"), Some("o.toml")),
            (&off, &both, Some("/home/a"), None),
            (&none, &both, Some("/home/a"), Some("/v.toml")),
            (&none, &xdg, Some("/home/a"), Some("/xdg/roomscope/config.toml")),
            (&none, &relative, Some("/home/a"), Some("/home/a/.config/roomscope/config.toml")),
            (&none, &[], Some("/home/a"), Some("/home/a/.config/roomscope/config.toml")),
            (&none, &[], Some(""), None),
            (&none, &[], None, None),
        ] {
            let of = |name: &str| {
                let found = variables.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| OsString::from(value))
            };
            let place = locate(asked, of, home.map(PathBuf::from));
            assert_eq!(place.path, wanted.map(PathBuf::from), "{asked:?} {variables:?}");
        }
    }
}
