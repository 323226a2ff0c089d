//! The picture of the README: the demo's screen as of a fixed moment, drawn without a terminal.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::app::State;
use crate::runtime::effects::Services;
use crate::runtime::headless::Headless;
use crate::store::embedded::EmbeddedStore;
use crate::ui::{self, ColorMode, GlyphSet, Theme};

use super::args::{Color, Demo};
use super::config::Config;
use super::error::Failure;
use super::settings::Settings;
use super::{block_on, keys, screen};

/// 2026-03-14 15:09:26 UTC: any moment will do, as long as it stays.
const MOMENT: i64 = 1_773_500_966;

/// What the picture is to those who cannot see it.
const TITLE: &str =
    "roomscope on its demo: rooms, frames with gaps between them, one frame's bytes";

/// Draws the demo into an SVG file, after pressing the keys asked for. Two runs give the same
/// bytes, whatever the clock, the locale and the terminal.
pub(super) fn draw(demo: &Demo, file: &Path) -> Result<u8, Failure> {
    let keys = keys::parse(&demo.keys)
        .map_err(|word| Failure::usage(format!("--keys: '{word}' is no key; see the help (?)")))?;
    let now = Timestamp::from_second(MOMENT)
        .map_err(|error| Failure::failed(format!("set the clock: {error}")))?;
    let (store, mut known) = EmbeddedStore::demo(move || now, demo.read_only);
    let open = screen::named(&demo.rooms, &mut known);
    // No configuration file: the picture is the same on every machine.
    let settings = Settings::new(&demo.view, &Config::default());
    let mut start = screen::start(&store, known, open, &settings);
    start.now = now;
    start.zone = TimeZone::UTC;
    start.size = demo.size;
    // Without a cache, so that nothing read ahead makes two runs differ.
    let services = Services::new(Arc::new(store), 0, Duration::ZERO);
    let app = block_on(async {
        let mut app = Headless::start(State::new(start), services, now).await?;
        for key in keys {
            app.press(key).await?;
        }
        Ok(app)
    })?;
    let app = app.map_err(|why: String| Failure::failed(format!("draw the demo: {why}; retry")))?;
    let svg = render(app.state(), demo, &settings)?;
    std::fs::write(file, svg).map_err(|error| {
        let file = file.display();
        Failure::failed(format!("write {file}: {error}; give a writable file with --picture"))
    })?;
    Ok(0)
}

fn render(state: &State, demo: &Demo, settings: &Settings) -> Result<String, Failure> {
    let colors = match settings.color {
        Color::Never => ColorMode::Mono,
        Color::Sixteen => ColorMode::Ansi16,
        Color::Auto | Color::Always => ColorMode::TrueColor,
    };
    let glyphs = if settings.ascii { GlyphSet::Ascii } else { GlyphSet::Unicode };
    let theme = Theme::new(colors, glyphs);
    let broken = |error: std::convert::Infallible| Failure::failed(error.to_string());
    let (columns, rows) = demo.size;
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).map_err(broken)?;
    terminal.draw(|frame| ui::draw(state, &theme, frame)).map_err(broken)?;
    Ok(ui::svg::render(terminal.backend().buffer(), TITLE))
}
