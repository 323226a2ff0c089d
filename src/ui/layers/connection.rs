//! The connection in full.

use ratatui::style::Style;
use ratatui::text::Line;

use crate::app::{Overlay, State};
use crate::domain::{Connection, Fault, escape, format};
use crate::ui::paint::{folded, labelled};
use crate::ui::pane::Layer;
use crate::ui::theme::Theme;

pub(super) const LAYER: Layer = Layer { title: "Connection", lines, ..Layer::TEXT };

/// Columns of a label.
const LABEL: usize = 18;

/// Every part of the connection's state, and what may be written.
fn lines(theme: &Theme, state: &State, _: &Overlay, width: usize) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    let mut field = |label: &str, value: &str, style: Style| {
        labelled(&mut out, (label, theme.dim, LABEL), (value, style), width);
    };
    let mut trying = |tried: &str, attempt: u64, last: &Option<Fault>| {
        field("server", tried, theme.text);
        field("attempt", &format::count(attempt), theme.text);
        if let Some(fault) = last {
            field("last error", &fault.text, theme.bad);
            field("next", fault.kind.advice(), theme.text);
        }
    };
    match &state.connection {
        Connection::Local { label } => {
            field("state", label, theme.strong);
            field("store", "embedded in this program: no server, no network, no files", theme.text);
        }
        Connection::Connecting { tried, attempt, last } => {
            trying(tried, *attempt, last);
            field("state", "connecting, retried without end", theme.strong);
        }
        Connection::Reconnecting { tried, attempt, last } => {
            trying(tried, *attempt, last);
            field("state", "reconnecting, retried without end", theme.strong);
        }
        Connection::Denied { tried, fault, .. } => {
            field("state", "denied, retried slowly", theme.strong);
            field("server", tried, theme.text);
            field("refusal", &fault.text, theme.bad);
            field("next", fault.kind.advice(), theme.text);
        }
        Connection::Connected { address, tried, server, version, account } => {
            field("state", "connected", theme.strong);
            field("address", address, theme.text);
            let given = if tried.contains(", ") { "given, one of" } else { "given" };
            field(given, tried, theme.text);
            field("server", server, theme.text);
            field("version", version, theme.text);
            let account = account.as_ref().map_or_else(
                || "the server does not tell".to_owned(),
                |name| escape::text(name).into_owned(),
            );
            field("account", &account, theme.text);
        }
    }
    for remark in &state.remarks {
        field("beware", remark, theme.bad);
    }
    for note in &state.rooms.notes {
        field("listing", &note.to_string(), theme.bad);
    }
    if let Some(moved) = state.rooms.moved {
        field("listing", moved.words(), theme.note);
    }
    if !state.explained.is_empty() {
        field("", "", theme.text);
    }
    for (label, text) in &state.explained {
        field(label, text, theme.text);
    }
    out.push(Line::default());
    let words = if state.read_only {
        "Read-only: no write request of any kind is sent."
    } else {
        "Only two things are ever written: the stream of a room you open, if it is missing, and a \
         change that you confirm."
    };
    folded(&mut out, words, width, theme.text);
    folded(&mut out, "No consumer is ever made.", width, theme.text);
    out
}
