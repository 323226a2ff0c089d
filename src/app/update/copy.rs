//! Copying parts of the selected row.

use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::overlay::ToastKind;
use crate::app::state::State;
use crate::app::view::Row;
use crate::domain::{encode, format};

pub(super) fn copy(state: &mut State, action: Action) -> Vec<Effect> {
    let (what, text) = match (action, state.view.selected_row()) {
        (_, None) => return vec![state.toast(ToastKind::Note, "nothing is selected")],
        (Action::CopySeq, Some(row)) => {
            let range = row.range();
            let text = if range.len() == 1 {
                range.start().to_string()
            } else {
                format!("{}-{}", range.start(), range.end())
            };
            (format!("sequence {text}"), text)
        }
        (_, Some(Row::Gap { .. } | Row::Unread(_))) => {
            let note =
                "no frame is selected, so there are no bytes to copy; s copies the sequences";
            return vec![state.toast(ToastKind::Note, note)];
        }
        (Action::CopyHex, Some(Row::Frame(frame))) => {
            (format!("hex of {}", format::count(frame.seq)), encode::hex(&frame.payload))
        }
        (Action::CopySha, Some(Row::Frame(frame))) => {
            (format!("SHA-256 of {}", format::count(frame.seq)), encode::sha256(&frame.payload))
        }
        (_, Some(Row::Frame(frame))) => {
            (format!("base64 of {}", format::count(frame.seq)), encode::base64(&frame.payload))
        }
    };
    vec![Effect::Copy { what, text }]
}

pub(super) fn copied(
    state: &mut State,
    what: &str,
    outcome: Result<String, String>,
) -> Vec<Effect> {
    vec![match outcome {
        Ok(way) => state.toast(ToastKind::Done, format!("{what}: {way}")),
        Err(why) => state.toast(ToastKind::Failed, format!("{what} was not copied: {why}")),
    }]
}
