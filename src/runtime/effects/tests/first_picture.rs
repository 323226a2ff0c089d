//! From Enter to the first picture: the newest screenful is drawn while the page is still held up.

use async_trait::async_trait;
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tokio::sync::watch;

use super::*;
use crate::app::state::Start;
use crate::app::{Key, KeyCode, Keymap, State};
use crate::domain::Connection;
use crate::runtime::step;
use crate::store::Get;
use crate::store::tests_double::{Change, Double};
use crate::ui::{self, ColorMode, GlyphSet, Theme};

/// Holds back the answers for what is below a sequence until it is opened, and every answer until
/// the round trip in which it was asked for is over.
#[derive(Debug)]
struct Gate {
    below: u64,
    open: watch::Receiver<bool>,
    round: watch::Receiver<u64>,
}

#[async_trait]
impl Change for Gate {
    async fn before_info(&self) {
        let mut round = self.round.clone();
        let asked = *round.borrow_and_update();
        let _ = round.wait_for(|now| *now == u64::MAX || *now > asked).await;
    }

    async fn before_get(&self, at: Get) {
        let (Get::Exact(seq) | Get::AtOrAfter(seq)) = at;
        if seq < self.below {
            let _ = self.open.clone().wait_for(|open| *open).await;
        }
        self.before_info().await;
    }
}

type Gated = Double<EmbeddedStore, Gate>;

fn gated(
    store: &EmbeddedStore,
    below: u64,
    open: watch::Receiver<bool>,
    round: watch::Receiver<u64>,
) -> Gated {
    Double { store: store.clone(), change: Gate { below, open, round } }
}

struct App {
    state: State,
    executor: Executor,
    replies: mpsc::Receiver<Msg>,
}

impl App {
    fn tell(&mut self, msg: Msg) {
        for effect in step(&mut self.state, msg) {
            self.executor.start(effect);
        }
    }

    /// An app on a terminal of 140x40 that knows of room `a` and has listed what there is.
    async fn started(gate: Gated, size: u64) -> Self {
        let (executor, replies) =
            Executor::new(Services::new(Arc::new(gate), 1 << 20, Duration::ZERO), 256);
        let state = State::new(Start {
            read_only: false,
            connection: Connection::Connecting { tried: String::new(), attempt: 1, last: None },
            now: Timestamp::UNIX_EPOCH,
            zone: TimeZone::UTC,
            keymap: Keymap::default(),
            size: (140, 40),
            page_size: PageSize::new(size).unwrap(),
            known: vec![*room("a").1],
            open: None,
            remarks: Vec::new(),
            explained: Vec::new(),
        });
        let mut app = Self { state, executor, replies };
        app.tell(Msg::Connection(Connection::local("demo")));
        app.until("the list", |state| !state.is_busy()).await;
        app
    }

    /// Takes in replies until something holds.
    async fn until(&mut self, what: &str, holds: impl Fn(&State) -> bool) {
        while !holds(&self.state) {
            let msg = timeout(Duration::from_secs(10), self.replies.recv()).await;
            self.tell(msg.unwrap_or_else(|_| panic!("{what}")).unwrap());
        }
    }

    fn screen(&self) -> String {
        let (columns, rows) = self.state.size;
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        let theme = Theme::new(ColorMode::Mono, GlyphSet::Unicode);
        terminal.draw(|frame| ui::draw(&self.state, &theme, frame)).unwrap();
        terminal.backend().to_string()
    }
}

#[tokio::test]
async fn the_newest_screenful_is_painted_while_the_rest_is_held_up() {
    let inner = EmbeddedStore::new(|| Timestamp::UNIX_EPOCH, false);
    let (id, _) = room("a");
    inner.make(&id);
    inner.publish(&id, 1200);
    let (opens, open) = watch::channel(false);
    // A screen of 40 rows has fewer than 40 frames.
    let (_rounds, round) = watch::channel(u64::MAX);
    let mut app = App::started(gated(&inner, 1161, open, round), 1000).await;
    inner.take_requests();

    app.tell(Msg::Key(Key::plain(KeyCode::Enter)));
    app.until("the first picture", |state| state.view.page().is_some()).await;
    assert!(app.state.view.load.is_some(), "the page is not whole");
    let screen = app.screen();
    assert!(screen.contains("1,200") && screen.contains("1,190"), "{screen}");
    assert!(screen.contains("still reading"), "{screen}");
    let rows = app.state.viewport.frames;
    let shown = app.state.view.page().unwrap().frames().count();
    assert!(shown >= rows.min(38), "{shown} of {rows}");
    app.tell(Msg::Key(Key::char('k')));
    let (selected, line) = (app.state.view.selected, app.screen());
    let line = line.lines().position(|line| line.contains("1,199")).unwrap();

    opens.send(true).unwrap();
    app.until("the page", |state| state.view.load.is_none()).await;
    let page = app.state.view.page().unwrap();
    assert_eq!((page.frames().count(), page.cost.info), (1000, 1));
    assert_eq!(app.state.view.selected, selected);
    let screen = app.screen();
    assert_eq!(screen.lines().position(|line| line.contains("1,199")), Some(line), "{screen}");
    assert!(screen.contains("1,000 slots = 1,000 frames + 0 missing"), "{screen}");
    assert!(!screen.contains("reading"), "{screen}");
    assert_eq!(inner.requests().len(), 1001);
}

#[tokio::test]
async fn the_first_picture_is_two_round_trips_from_enter() {
    for deleted in [0, 30] {
        let inner = EmbeddedStore::new(|| Timestamp::UNIX_EPOCH, false);
        let (id, _) = room("a");
        inner.make(&id);
        inner.publish(&id, 100_000);
        if let Some(window) = crate::domain::Window::new(99_950, 99_949 + deleted) {
            inner.delete(&id, window);
        }
        let (_opens, open) = watch::channel(true);
        let (rounds, round) = watch::channel(u64::MAX);
        let mut app = App::started(gated(&inner, 0, open, round), 1000).await;
        rounds.send(0).unwrap();
        app.tell(Msg::Key(Key::plain(KeyCode::Enter)));
        while app.state.view.page().is_none() {
            // Whatever can go on without an answer does.
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            while let Ok(msg) = app.replies.try_recv() {
                app.tell(msg);
            }
            if app.state.view.page().is_none() {
                rounds.send_modify(|round| *round += 1);
            }
        }
        assert_eq!(*rounds.borrow(), 2, "{deleted} deleted");
        assert!(app.state.view.load.is_some(), "the rest is still to come");
        let rows = app.state.viewport.frames;
        assert!(app.state.view.page().unwrap().frames().count() >= rows - 1);
    }
}
