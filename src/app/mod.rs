//! The application as a pure state machine: `update` turns a [`Msg`] into a changed [`State`] and
//! [`Effect`]s for the shell to carry out. No tokio, no NATS, no terminal.

pub(crate) mod action;
pub(crate) mod effect;
pub(crate) mod jumps;
pub(crate) mod key;
pub(crate) mod keymap;
pub(crate) mod map;
pub(crate) mod moment;
mod moves;
pub(crate) mod msg;
pub(crate) mod overlay;
pub(crate) mod rooms;
pub(crate) mod since;
pub mod state;
pub(crate) mod update;
pub mod view;
pub(crate) mod why;

pub use action::{Action, REGISTRY};
pub use effect::{Effect, Job, Make, Purpose};
pub use key::{Key, KeyCode};
pub use keymap::Keymap;
pub use moment::Moment;
pub use msg::{Msg, Target};
pub use overlay::{Overlay, Prompt, PromptKind, Toast, ToastKind, Told, WhyLayer};
pub use state::{Focus, State, Viewport};
pub use update::update;
