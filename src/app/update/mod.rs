//! `update`: one message in, a changed state and effects out.

use super::effect::Effect;
use super::msg::Msg;
use super::state::State;

/// Lets a message change the state, and gives what the shell is to do.
pub fn update(state: &mut State, msg: Msg) -> Vec<Effect> {
    let _ = (state, msg);
    Vec::new()
}
