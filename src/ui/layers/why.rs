//! Why a room's backlog is short: each reason with its answer, and what may be asked.

use ratatui::style::Style;
use ratatui::text::Line;

use crate::app::{Action, Overlay, State, WhyLayer};
use crate::domain::Completeness;
use crate::domain::cause::why::{Answer, Reason};
use crate::domain::format;
use crate::ui::paint::{folded, labelled};
use crate::ui::pane::{CLOSE, Hint, Layer, SCROLL, hints};
use crate::ui::theme::Theme;

pub(super) const LAYER: Layer =
    Layer { title: "Why is the backlog short?", width: 116, lines, hints: keys, ..Layer::TEXT };

fn keys(state: &State, layer: &Overlay) -> Vec<Hint> {
    let open = matches!(layer, Overlay::Why(why) if why.open(state).is_some());
    let copy = (true, &[Action::CopyBase64][..], "copy");
    hints(state, &[CLOSE, SCROLL, copy, (open, &[Action::Open], "ask what is open")])
}

/// Columns of the answers, and of the labels above them.
const LABEL: usize = 9;

/// The answer for the layer's room.
fn lines(theme: &Theme, state: &State, layer: &Overlay, width: usize) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    let Overlay::Why(layer) = layer else { return out };
    let Some(answer) = layer.answer(state) else {
        folded(&mut out, "The room is not in the list any more.", width, theme.text);
        return out;
    };
    // The verdict first: a small screen shows little more than that.
    if let Some(completeness) = answer.completeness {
        let style = match completeness {
            Completeness::Whole | Completeness::Explained => theme.good,
            Completeness::Damaged => theme.bad,
            Completeness::NotExplained | Completeness::NotKnown => theme.note,
        };
        put(&mut out, "complete", theme.dim, completeness.word(), style, width);
        for words in &answer.judged {
            put(&mut out, "", theme.dim, words, theme.text, width);
        }
    }
    for (label, words) in &answer.head {
        put(&mut out, label, theme.dim, words, theme.text, width);
    }
    let asks = asks(state, layer);
    if !asks.is_empty() {
        let style = if layer.failed.is_some() { theme.bad } else { theme.note };
        put(&mut out, "to ask", theme.dim, &asks, style, width);
    }
    out.push(Line::default());
    for (title, reason) in answer.grouped() {
        one(&mut out, theme, &title, reason, width);
    }
    out
}

/// What can be asked, with its price; or how that goes.
fn asks(state: &State, layer: &WhyLayer) -> String {
    if layer.asking.is_some() {
        return "asking".into();
    }
    let failed = layer.failed.as_ref().map_or_else(String::new, |why| format!("not told: {why}; "));
    let Some(open) = layer.open(state) else { return failed };
    let list = open.list.map(|(n, price)| {
        let what = match n {
            0 => "whether a loss is reported".into(),
            n => format!("for the list of {}", format::counted(n, "missing sequence")),
        };
        format!("{what} ({})", price.words())
    });
    let get = open.get.map(|(_, price)| format!("for the time of one get ({})", price.words()));
    let all: Vec<String> = list.into_iter().chain(get).collect();
    format!("{failed}{} asks {}", state.keymap.hint(Action::Open), all.join(" and "))
}

fn one(out: &mut Vec<Line<'static>>, theme: &Theme, title: &str, reason: &Reason, width: usize) {
    let (word, style) = match reason.answer {
        Answer::Yes => ("yes", theme.note),
        Answer::CannotBeKnown => ("unknown", theme.strong),
        Answer::No => ("no", theme.dim),
    };
    let n = reason.sequences.map_or_else(String::new, |n| format!(" [{}]", n.words()));
    let title = format!("{title}{n}");
    if reason.answer == Answer::No {
        let words = format!("{title}: {}", reason.words.join(" "));
        put(out, word, style, &words, theme.dim, width);
        return;
    }
    put(out, word, style, &title, style, width);
    put(out, "", style, &reason.words.join(" "), theme.text, width);
    if let Some(proof) = &reason.proof {
        let price = proof.price.map_or_else(String::new, |price| format!(" ({})", price.words()));
        let words = format!("-> {}{price}", proof.words);
        put(out, "", style, &words, theme.dim, width);
    }
}

/// A label and folded words beside it.
fn put(
    out: &mut Vec<Line<'static>>,
    label: &str,
    label_style: Style,
    words: &str,
    style: Style,
    width: usize,
) {
    labelled(out, (label, label_style, LABEL), (words, style), width);
}
