//! How the screen is shown, once everyone was asked: the command line, the configuration file,
//! the defaults.

use crate::app::Keymap;
use crate::domain::PageSize;

use super::args::{Color, View};
use super::config::Config;

/// Memory for frames already read unless said otherwise, in bytes.
pub(super) const CACHE: u64 = 32 << 20;

/// What is in effect.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// Sequences in a page.
    pub(super) last: PageSize,
    /// Memory for frames already read, in bytes.
    pub(super) cache: u64,
    /// When to use colours.
    pub(super) color: Color,
    /// Whether to draw with ASCII characters only.
    pub(super) ascii: bool,
    /// Whether to show times in UTC.
    pub(super) utc: bool,
    /// Whether to take the mouse.
    pub(super) mouse: bool,
    /// Which key means what.
    pub(super) keymap: Keymap,
}

impl Settings {
    /// Each value from the command line, else from the file, else the default.
    #[must_use]
    pub(super) fn new(view: &View, config: &Config) -> Self {
        Self {
            last: view.last.or(config.last).unwrap_or_default(),
            cache: view.cache.or(config.cache).unwrap_or(CACHE),
            color: view.color.or(config.color).unwrap_or(Color::Auto),
            ascii: view.ascii.or(config.ascii).unwrap_or(false),
            utc: view.utc.or(config.utc).unwrap_or(false),
            mouse: view.no_mouse.map(|no| !no).or(config.mouse).unwrap_or(true),
            keymap: config.keymap(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::args::Cli;

    fn settings(args: &[&str], config: &Config) -> Settings {
        let args = ["roomscope"].iter().chain(args);
        Settings::new(&Cli::try_parse_from(args).unwrap().view, config)
    }

    #[test]
    fn the_command_line_comes_before_the_file_and_the_file_before_the_default() {
        let file = Config {
            last: PageSize::new(50).ok(),
            cache: Some(0),
            color: Some(Color::Never),
            ascii: Some(true),
            utc: Some(true),
            mouse: Some(false),
            ..Config::default()
        };
        let of = |s: &Settings| (s.last.get(), s.cache, s.color, s.ascii, s.utc, s.mouse);
        let default = settings(&[], &Config::default());
        assert_eq!(of(&default), (200, CACHE, Color::Auto, false, false, true));
        assert_eq!(of(&settings(&[], &file)), (50, 0, Color::Never, true, true, false));
        let args = ["--last", "200", "--cache", "1MiB", "--color", "auto"];
        let other = ["--ascii=false", "--utc=false", "--no-mouse=false"];
        let given = settings(&[&args[..], &other[..]].concat(), &file);
        assert_eq!(of(&given), (200, 1 << 20, Color::Auto, false, false, true));
        let flags = settings(&["--ascii", "--utc", "--no-mouse"], &Config::default());
        assert_eq!((flags.ascii, flags.utc, flags.mouse), (true, true, false));
    }
}
