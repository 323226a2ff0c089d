//! Draws the README's picture: the demo's screen as of a fixed moment, without a terminal. Two
//! runs give the same bytes, whatever the clock, the locale and the terminal.
#![allow(clippy::print_stderr, reason = "it says what is wrong")]

mod headless;
mod svg;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use roomscope::app::state::Start;
use roomscope::app::{Key, Keymap, State};
use roomscope::domain::room::KnownFrom;
use roomscope::domain::{PageSize, Room, RoomId};
use roomscope::runtime::Services;
use roomscope::store::HistoryStore as _;
use roomscope::store::embedded::EmbeddedStore;
use roomscope::ui::{self, ColorMode, GlyphSet, Theme};

use headless::Headless;

/// 2026-03-14 15:09:26 UTC: any moment will do, as long as it stays.
const MOMENT: i64 = 1_773_500_966;

/// What the picture is to those who cannot see it.
const TITLE: &str =
    "roomscope on its demo: rooms, frames with gaps between them, one frame's bytes";

/// Draw roomscope's screen on its demo into an SVG file, as of a fixed moment.
#[derive(Parser)]
#[command(name = "picture")]
struct Args {
    /// The file to write.
    file: PathBuf,
    /// The room to open.
    #[arg(value_parser = |text: &str| RoomId::new(text))]
    room: Option<RoomId>,
    /// Columns and rows of the picture.
    #[arg(long, value_name = "COLUMNSxROWS", default_value = "140x40", value_parser = size)]
    size: (u16, u16),
    /// Keys pressed before the picture is taken, as the help names them: "j j Enter ] Ctrl-d".
    #[arg(long, default_value = "", hide_default_value = true, value_parser = keys)]
    keys: Keys,
}

#[derive(Clone)]
struct Keys(Vec<Key>);

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) if !error.use_stderr() => error.exit(),
        Err(error) => {
            let said = error.to_string();
            let line = said.lines().next().unwrap_or_default();
            eprintln!("picture: {}", line.trim_start_matches("error: "));
            return ExitCode::from(2);
        }
    };
    match draw(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("picture: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn draw(args: Args) -> anyhow::Result<()> {
    let now = Timestamp::from_second(MOMENT)?;
    let (store, mut known) = EmbeddedStore::demo(move || now, false);
    let named = KnownFrom { args: true, ..KnownFrom::default() };
    known.extend(args.room.iter().map(|id| Room::bare(id.clone(), named)));
    let state = State::new(Start {
        read_only: !store.may_write(),
        connection: store.connection().borrow().clone(),
        now,
        zone: TimeZone::UTC,
        keymap: Keymap::default(),
        size: args.size,
        page_size: PageSize::default(),
        known,
        open: args.room,
        remarks: Vec::new(),
        explained: Vec::new(),
    });
    // Without a cache, so that nothing read ahead makes two runs differ.
    let services = Services::new(Arc::new(store), 0, Duration::ZERO);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let app = runtime.block_on(async {
        let mut app = Headless::start(state, services, now).await?;
        for key in args.keys.0 {
            app.press(key).await?;
        }
        Ok::<_, anyhow::Error>(app)
    })?;
    let theme = Theme::new(ColorMode::TrueColor, GlyphSet::Unicode);
    let mut terminal = Terminal::new(TestBackend::new(args.size.0, args.size.1))?;
    terminal.draw(|frame| ui::draw(app.state(), &theme, frame))?;
    std::fs::write(&args.file, svg::render(terminal.backend().buffer(), TITLE))
        .with_context(|| format!("write {}", args.file.display()))
}

fn keys(text: &str) -> Result<Keys, String> {
    let key =
        |word| Key::parse(word).ok_or_else(|| format!("'{word}' is no key; see the help (?)"));
    text.split_whitespace().map(key).collect::<Result<_, _>>().map(Keys)
}

fn size(text: &str) -> Result<(u16, u16), String> {
    text.split_once('x')
        .and_then(|(columns, rows)| Some((columns.parse().ok()?, rows.parse().ok()?)))
        .filter(|&(columns, rows)| (1..=500).contains(&columns) && (1..=200).contains(&rows))
        .ok_or_else(|| "give columns and rows, as in 140x40".into())
}
