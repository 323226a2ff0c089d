//! The app without a terminal: keys in, a state at rest out. For pictures of the screen.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use roomscope::app::{Effect, Key, Msg, State, update};
use roomscope::domain::History;
use roomscope::runtime::effects::{Executor, Services};
use roomscope::runtime::step;

/// Longest wait for one reply.
const PATIENCE: Duration = Duration::from_secs(30);

/// The app, its clock standing still.
pub(crate) struct Headless {
    state: State,
    executor: Executor,
    replies: Receiver<Msg>,
    now: Timestamp,
}

impl Headless {
    /// An app that was told of its connection, and came to rest.
    pub(crate) async fn start(
        state: State,
        services: Services,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let connection = services.store().connection().borrow().clone();
        let (executor, replies) = Executor::new(services, 256);
        let mut app = Self { state, executor, replies, now };
        app.tell(Msg::Connection(connection));
        app.rest().await?;
        Ok(app)
    }

    /// Presses a key, and waits until nothing is under way.
    pub(crate) async fn press(&mut self, key: Key) -> anyhow::Result<()> {
        self.tell(Msg::Key(key));
        self.rest().await
    }

    /// The state.
    pub(crate) const fn state(&self) -> &State {
        &self.state
    }

    fn tell(&mut self, msg: Msg) {
        let mut effects = update(&mut self.state, Msg::Now(self.now));
        effects.extend(step(&mut self.state, timeless(msg)));
        for effect in effects {
            // Time stands still: no toast expires.
            if !matches!(effect, Effect::ExpireToast { .. }) {
                let _ = self.executor.start(effect);
            }
        }
    }

    async fn rest(&mut self) -> anyhow::Result<()> {
        // A page read ahead is no one's wait, but the screen tells of it.
        while self.state.is_busy() || self.state.view.ahead.is_some() {
            match timeout(PATIENCE, self.replies.recv()).await {
                Ok(Some(msg)) => self.tell(msg),
                _ => anyhow::bail!("a request was not answered"),
            }
        }
        while let Ok(msg) = self.replies.try_recv() {
            self.tell(msg);
        }
        Ok(())
    }
}

/// How long a read took is the one thing that differs from run to run.
fn timeless(mut msg: Msg) -> Msg {
    if let Msg::Read(_, Ok(History::Page(page))) = &mut msg {
        page.cost.micros = 1_000;
    }
    msg
}
