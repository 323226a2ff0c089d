//! The application as a pure state machine: `update` turns a [`Msg`] into a changed [`State`] and
//! [`Effect`]s for the shell to carry out. No tokio, no NATS, no terminal.

pub mod action;
pub mod effect;
pub mod jumps;
pub mod key;
pub mod keymap;
pub mod map;
pub mod moment;
mod moves;
pub mod msg;
pub mod overlay;
pub mod rooms;
pub mod since;
pub mod state;
pub mod update;
pub mod view;
pub mod why;

pub use action::{Action, REGISTRY};
pub use effect::{Effect, Job, Make};
pub use key::{Key, KeyCode};
pub use keymap::Keymap;
pub use moment::Moment;
pub use msg::{Msg, Target};
pub use overlay::{Overlay, Prompt, PromptKind, Toast, ToastKind, Told, WhyLayer};
pub use state::{Focus, State, Viewport};
pub use update::update;
