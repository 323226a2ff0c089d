//! How the screen is shown, once everyone was asked: the command line, the configuration file,
//! the defaults.

use crate::app::Keymap;
use crate::domain::PageSize;

use super::args::View;
use crate::cli::config::Config;
use crate::cli::parse::Color;

/// Memory for frames already read unless said otherwise, in bytes.
pub(in crate::cli) const CACHE: u64 = 32 << 20;

/// What is in effect.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Settings {
    pub(in crate::cli) last: PageSize,
    pub(in crate::cli) cache: u64,
    pub(in crate::cli) color: Color,
    pub(in crate::cli) ascii: bool,
    pub(in crate::cli) utc: bool,
    pub(in crate::cli) mouse: bool,
    pub(in crate::cli) keymap: Keymap,
}

impl Settings {
    /// Each value from the command line, else from the file, else the default.
    pub(in crate::cli) fn new(view: &View, config: &Config) -> Self {
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
