//! What a pane and a layer are made of. How one looks, its keys, its rows and what the pointer finds
//! in it stand together in one module; the tables of all are in `panes` and `layers`.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

use crate::app::{Action, Focus, Overlay, State, Target, Viewport};

use super::theme::Theme;

/// A part of the screen between the status line and the ledger.
pub(super) struct Pane {
    /// The focus with which it has the keys; none for one that never has them.
    pub(super) focus: Option<Focus>,
    /// Whether its first row is a rule with a title.
    pub(super) titled: bool,
    /// The last argument is whether it has the keys.
    pub(super) draw: fn(&mut Buffer, &Theme, Rect, &State, bool),
    pub(super) hints: fn(&State) -> Vec<Hint>,
    pub(super) viewport: fn(Rect, &State, &mut Viewport),
    pub(super) hit: fn(Rect, &State, Position) -> Target,
}

impl Pane {
    /// One with nothing to see, to press or to point at.
    pub(super) const BARE: Self = Self {
        focus: None,
        titled: false,
        draw: |_, _, _, _, _| {},
        hints: |_| Vec::new(),
        viewport: |_, _, _| {},
        hit: |_, _, _| Target::Nothing,
    };
}

/// A box over the panes. Each function but `hit` and `viewport` is given the layer that it is about.
pub(super) struct Layer {
    pub(super) title: &'static str,
    /// Columns of the box, frame and padding included, where the screen has them.
    pub(super) width: u16,
    /// The lines of a box with so many columns inside.
    pub(super) lines: fn(&Theme, &State, &Overlay, usize) -> Vec<Line<'static>>,
    pub(super) hints: fn(&State, &Overlay) -> Vec<Hint>,
    pub(super) viewport: fn(Rect, &State, &mut Viewport),
    /// Asked about the inside of the box.
    pub(super) hit: fn(Rect, &State, Position) -> Target,
}

impl Layer {
    /// A box with text that scrolls.
    pub(super) const TEXT: Self = Self {
        title: "",
        width: 78,
        lines: |_, _, _, _| Vec::new(),
        hints: |state, _| hints(state, &[CLOSE, SCROLL]),
        viewport: |_, _, _| {},
        hit: |_, _, _| Target::Overlay,
    };
}

/// Keys in the bottom line, and what they do.
pub(super) type Hint = (String, &'static str);

/// Whether a hint is shown, the actions whose keys it names, and what they do.
pub(super) type Offer<'a> = (bool, &'a [Action], &'static str);

pub(super) const CLOSE: Offer<'_> = (true, &[Action::Close], "close");
pub(super) const SCROLL: Offer<'_> = (true, &[Action::Down, Action::Up], "scroll");

/// The hints that are shown, with the keys as they are bound.
pub(super) fn hints(state: &State, offers: &[Offer<'_>]) -> Vec<Hint> {
    let keys = |actions: &[Action]| match actions {
        [one] => state.keymap.hint(*one),
        all => all.iter().map(|of| state.keymap.hint(*of)).collect::<Vec<_>>().join(" "),
    };
    let shown = offers.iter().filter(|(is_shown, ..)| *is_shown);
    shown.map(|(_, actions, label)| (keys(actions), *label)).collect()
}

/// The row of a list that is drawn in `area` from row `offset` on, of `len` in all.
pub(super) fn listed(area: Rect, at: Position, offset: usize, len: usize) -> Option<usize> {
    let index = offset + usize::from(at.y.checked_sub(area.y)?);
    (area.contains(at) && index < len).then_some(index)
}
