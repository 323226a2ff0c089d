//! From the key that opens a room to its newest screenful, drawn: the app, its executor and a
//! drawing, with everything read for the first time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use roomscope::app::state::Start;
use roomscope::app::view::Row;
use roomscope::app::{Effect, Key, KeyCode, Keymap, Msg, State, update};
use roomscope::domain::room::KnownFrom;
use roomscope::domain::{Connection, PageSize, Room, RoomId, Subject};
use roomscope::runtime::effects::{Executor, Services};
use roomscope::runtime::step;
use roomscope::ui::{self, ColorMode, GlyphSet, Theme};
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use crate::Plan;
use crate::samples::{Samples, time};
use crate::states::CACHE;
use crate::table::Table;
use crate::world::{Way, World, subject};

/// The terminal, in cells.
const SIZE: (u16, u16) = (120, 40);

/// What a person waits for at most on top of two round trips.
const ALLOWED: f64 = 0.030;

const BOUND: Duration = Duration::from_secs(30);

pub(crate) async fn measure(plan: &Plan, world: &World, table: &mut Table) {
    world.fill("open", false, 2000, 1 << 10).await;
    // A room of the rooms file is ensured first; one found on the server cannot be.
    for (kind, in_file) in [("found on the server", false), ("of the rooms file", true)] {
        for page in [200, 1000] {
            let mut at_none = 0.0;
            for ms in [0, 20] {
                let way = world.way(Duration::from_millis(ms)).await;
                let (mut first, mut whole) = (Samples::default(), Samples::default());
                for _ in 0..plan.rounds(9) {
                    let app = App::start(&way, known(in_file), page).await;
                    let took = app.open().await;
                    first.push(took.0);
                    whole.push(took.1);
                }
                let case = format!("opening a room {kind}, pages of {page}, {ms} ms");
                if ms == 0 {
                    at_none = first.median();
                    table.fact(&case, format!("newest screenful {first}, whole page {whole}"));
                    continue;
                }
                let trip = way.round_trip().await;
                let trips = (first.median() - at_none) / trip;
                let rest = first.median() - 2.0 * trip;
                let measured = format!(
                    "{first} with a round trip of {}: {trips:.1} round trips; 2 round trips + {} \
                     (whole page {whole})",
                    time(trip),
                    time(rest.max(0.0))
                );
                table.goal(&case, "2 round trips + 30 ms", measured, rest <= ALLOWED);
            }
        }
    }
}

fn known(in_file: bool) -> Room {
    let id = RoomId::new("open").unwrap();
    if !in_file {
        return Room::bare(id, KnownFrom { server: true, ..KnownFrom::default() });
    }
    let mut room = Room::bare(id, KnownFrom { file: true, ..KnownFrom::default() });
    room.subject = Some(Subject::new(subject("open")).unwrap());
    room
}

/// The app with its rooms listed and nothing open.
struct App {
    state: State,
    executor: Executor,
    replies: Receiver<Msg>,
    terminal: Terminal<TestBackend>,
    theme: Theme,
}

impl App {
    async fn start(way: &Way, room: Room, page: u64) -> Self {
        let services = Services::new(Arc::clone(&way.store), CACHE, Duration::ZERO);
        let (executor, replies) = Executor::new(services, 256);
        let connection = way.store.connection().borrow().clone();
        let state = State::new(Start {
            read_only: true,
            connection: Connection::local("demo"),
            now: Timestamp::now(),
            zone: TimeZone::UTC,
            keymap: Keymap::default(),
            size: SIZE,
            page_size: PageSize::new(page).unwrap(),
            known: vec![room],
            open: None,
            remarks: Vec::new(),
            explained: Vec::new(),
        });
        let terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).unwrap();
        let theme = Theme::new(ColorMode::TrueColor, GlyphSet::Unicode);
        let mut app = Self { state, executor, replies, terminal, theme };
        app.tell(Msg::Connection(connection));
        app.draw();
        while app.state.is_busy() {
            app.reply().await;
        }
        app
    }

    /// Opens the room. Gives when its newest screenful was drawn, and when the whole page was.
    async fn open(mut self) -> (Duration, Duration) {
        let began = Instant::now();
        self.tell(Msg::Key(Key::plain(KeyCode::Enter)));
        while !self.shows_the_newest() {
            self.reply().await;
        }
        self.draw();
        let first = began.elapsed();
        while self.state.is_busy() {
            self.reply().await;
        }
        self.draw();
        (first, began.elapsed())
    }

    /// Whether every row on the screen is read, and the last one is the stream's last frame.
    fn shows_the_newest(&self) -> bool {
        let view = &self.state.view;
        let Some(page) = view.page().filter(|_| view.is_newest()) else { return false };
        let shown = view.offset..(view.offset + self.state.viewport.frames).min(view.rows());
        let read = |n| Row::at(page, n).is_some_and(|row| !matches!(row, Row::Unread(_)));
        shown.end == view.rows() && shown.len() > 10 && shown.clone().all(read)
    }

    async fn reply(&mut self) {
        let msg = timeout(BOUND, self.replies.recv()).await;
        self.tell(msg.expect("an answer in time").unwrap());
    }

    fn tell(&mut self, msg: Msg) {
        let mut effects = update(&mut self.state, Msg::Now(Timestamp::now()));
        effects.extend(step(&mut self.state, msg));
        for effect in effects {
            if !matches!(effect, Effect::ExpireToast { .. }) {
                let _ = self.executor.start(effect);
            }
        }
    }

    fn draw(&mut self) {
        let (state, theme) = (&self.state, &self.theme);
        self.terminal.draw(|frame| ui::draw(state, theme, frame)).unwrap();
    }
}
