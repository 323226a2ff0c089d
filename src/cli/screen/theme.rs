//! How to draw, by the settings and what the environment tells of the terminal.

use std::env;

use crate::ui::{ColorMode, GlyphSet, Theme};

use super::settings::Settings;
use crate::cli::parse::Color;

/// The theme to draw with.
pub(in crate::cli) fn theme(settings: &Settings) -> Theme {
    Theme::new(color_mode(settings.color), glyph_set(settings.ascii))
}

/// The colours there are in this environment.
pub(in crate::cli) fn color_mode(asked: Color) -> ColorMode {
    colors(asked, |name| env::var(name).ok())
}

/// The characters to draw with in this environment.
pub(in crate::cli) fn glyph_set(ascii: bool) -> GlyphSet {
    glyphs(ascii, |name| env::var(name).ok())
}

fn colors(asked: Color, variable: impl Fn(&str) -> Option<String>) -> ColorMode {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let most = match set("COLORTERM").as_deref() {
        Some("truecolor" | "24bit") => ColorMode::TrueColor,
        _ => ColorMode::Ansi16,
    };
    match asked {
        Color::Never => ColorMode::Mono,
        Color::Sixteen => ColorMode::Ansi16,
        Color::Always => most,
        // no-color.org: any value but an empty one.
        Color::Auto if set("NO_COLOR").is_some() => ColorMode::Mono,
        Color::Auto if set("TERM").as_deref() == Some("dumb") => ColorMode::Mono,
        Color::Auto => most,
    }
}

/// The locale's character set is that of the first of three variables that is set (POSIX).
fn glyphs(ascii: bool, variable: impl Fn(&str) -> Option<String>) -> GlyphSet {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()))
        .unwrap_or_default()
        .to_ascii_lowercase();
    if ascii || !(locale.contains("utf-8") || locale.contains("utf8")) {
        GlyphSet::Ascii
    } else {
        GlyphSet::Unicode
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within<'a>(pairs: &'a [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'a {
        move |name| {
            let found = pairs.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        }
    }

    #[test]
    fn colours_go_by_option_then_environment() {
        use ColorMode::{Ansi16, Mono, TrueColor};
        let rich = [("COLORTERM", "truecolor"), ("TERM", "xterm-256color")];
        let asked_not = [("COLORTERM", "truecolor"), ("NO_COLOR", "1")];
        for (asked, variables, wanted) in [
            (Color::Auto, &rich[..], TrueColor),
            (Color::Auto, &[], Ansi16),
            (Color::Auto, &asked_not, Mono),
            (Color::Auto, &[("NO_COLOR", "")], Ansi16),
            (Color::Auto, &[("TERM", "dumb")], Mono),
            (Color::Always, &asked_not, TrueColor),
            (Color::Never, &rich, Mono),
            (Color::Sixteen, &asked_not, Ansi16),
        ] {
            assert_eq!(colors(asked, within(variables)), wanted, "{asked:?} {variables:?}");
        }
    }

    #[test]
    fn glyphs_go_by_the_locale() {
        use GlyphSet::{Ascii, Unicode};
        for (variables, wanted) in [
            (&[("LANG", "en_US.UTF-8")][..], Unicode),
            (&[("LC_ALL", "C"), ("LANG", "en_US.UTF-8")], Ascii),
            (&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8")], Unicode),
            (&[], Ascii),
        ] {
            assert_eq!(glyphs(false, within(variables)), wanted, "{variables:?}");
            assert_eq!(glyphs(true, within(variables)), Ascii);
        }
    }
}
