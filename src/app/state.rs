//! All that the screen is drawn from.

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::{Connection, PageSize, Room, RoomId};

use super::effect::{Effect, Job};
use super::jumps::Jumps;
use super::keymap::Keymap;
use super::map::MapState;
use super::moment::Damage;
use super::overlay::{Overlay, Toast, ToastKind};
use super::rooms::{RoomRow, Rooms};
use super::view::{Row, View};

/// Rows kept in sight above and below the selection, where there are any.
const CONTEXT: usize = 3;

/// The whole state of the app.
#[derive(Debug, Clone)]
pub struct State {
    /// Whether no write may be sent.
    pub read_only: bool,
    /// The connection.
    pub connection: Connection,
    /// The clock, as of the last message.
    pub now: Timestamp,
    /// The time zone in which times are shown.
    pub zone: TimeZone,
    /// Which key means what.
    pub keymap: Keymap,
    /// The terminal, in cells: columns and rows.
    pub size: (u16, u16),
    /// What the layout gives the panes.
    pub viewport: Viewport,
    /// The pane that was asked for last; it may show nothing by now.
    focus: Focus,
    /// Whether the focused pane has the whole screen.
    pub zoom: bool,
    /// The rooms.
    pub rooms: Rooms,
    /// Rooms found damaged in this session. Kept whatever is read later: a server forgets.
    pub damaged: HashMap<RoomId, Damage>,
    /// The opened room.
    pub view: View,
    /// The selected frame.
    pub detail: Detail,
    /// Layers over the panes, the top one last.
    pub overlays: Vec<Overlay>,
    /// Short notices, the newest last; at most four.
    pub toasts: VecDeque<Toast>,
    /// What may surprise about the connection, escaped.
    pub remarks: Vec<String>,
    /// What the connection is made of, and from where: labels, each with an escaped text, without
    /// secrets.
    pub explained: Vec<(String, String)>,
    /// Sequences in a page.
    pub page_size: PageSize,
    /// The change of a stream under way: its job, and the room.
    pub amending: Option<(Job, RoomId)>,
    /// The map of the stream on the screen.
    pub map: MapState,
    /// Jumps through the stream.
    pub jumps: Jumps,
    /// A count typed before a motion.
    pub count: Option<usize>,
    /// What the frames pane was last searched for.
    pub find: Option<String>,
    /// A room to open as soon as there is a connection.
    pub open_at_start: Option<RoomId>,
    /// Rooms known beforehand.
    pub known: Vec<Room>,
    pub(super) started: bool,
    /// Reads since the last key that no key asked for.
    pub(super) unasked: u8,
    pub(super) next_job: u64,
    pub(super) next_toast: u64,
}

/// A pane that can have the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Focus {
    /// The room list.
    Rooms,
    /// The frames of the opened room.
    Frames,
    /// The selected frame.
    Detail,
}

impl Focus {
    /// All, in the order of the screen.
    pub const ALL: [Self; 3] = [Self::Rooms, Self::Frames, Self::Detail];
}

/// What moves in a pane: the selection of a list, else the first line on the screen.
pub(super) trait Moves {
    /// Where it is now.
    fn at(&self) -> usize;

    /// Moves to a row by its index; past the end is the end.
    fn to(&mut self, row: usize);

    /// Moves by so many rows.
    fn by(&mut self, rows: isize) {
        self.to(self.at().saturating_add_signed(rows));
    }

    /// Scrolls no further than there is something, and so that the selection shows.
    fn keep_in_view(&mut self, viewport: &Viewport);
}

/// The first row to show of a list, changed from `now` only as far as needed.
fn offset(now: usize, selected: usize, height: usize, rows: usize) -> usize {
    if height == 0 {
        return now;
    }
    let context = CONTEXT.min((height - 1) / 2);
    let most = selected.saturating_sub(context);
    let least = (selected + 1 + context).saturating_sub(height).min(most);
    now.clamp(least, most).min(rows.saturating_sub(height))
}

/// Rows and lines the layout gives each pane, so that scrolling can stop where it should. All 0
/// until the first layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Viewport {
    /// Rows of the room list.
    pub rooms: usize,
    /// Rows of the frames pane.
    pub frames: usize,
    /// Lines of the detail pane's scrolling part.
    pub detail: usize,
    /// Lines of the selected frame there are to scroll through.
    pub detail_lines: usize,
    /// Lines of the top layer that fit.
    pub overlay: usize,
    /// Lines the top layer has.
    pub overlay_lines: usize,
    /// Columns and rows of cells in the full stream map.
    pub map: (usize, usize),
}

/// The detail pane.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Detail {
    /// Which encoding shows where only one fits.
    pub encoding: Encoding,
    /// Lines scrolled down.
    pub scroll: usize,
    /// The frame that is shown, by its sequence.
    pub of: Option<u64>,
    /// SHA-256 of the selected frame's payload, and the frame's sequence.
    pub digest: Option<(u64, String)>,
}

impl Viewport {
    /// Rows of a pane that fit on the screen; 1 before the first layout.
    pub(super) fn rows(&self, pane: Focus) -> usize {
        let rows = match pane {
            Focus::Rooms => self.rooms,
            Focus::Frames => self.frames,
            Focus::Detail => self.detail,
        };
        rows.max(1)
    }
}

impl Moves for Rooms {
    fn at(&self) -> usize {
        self.selected_index().unwrap_or(0)
    }

    fn to(&mut self, row: usize) {
        self.select(row);
    }

    fn keep_in_view(&mut self, viewport: &Viewport) {
        if let Some(at) = self.selected_index() {
            self.offset = offset(self.offset, at, viewport.rooms, self.len());
        }
    }
}

impl Moves for View {
    fn at(&self) -> usize {
        self.selected_index().unwrap_or(0)
    }

    fn to(&mut self, row: usize) {
        let Some(page) = self.page() else { return };
        let last = Row::count(page).saturating_sub(1);
        self.selected = Row::at(page, row.min(last)).map(|row| row.range().start());
    }

    fn keep_in_view(&mut self, viewport: &Viewport) {
        if let Some(at) = self.selected_index() {
            self.offset = offset(self.offset, at, viewport.frames, self.rows());
        }
    }
}

impl Moves for Detail {
    fn at(&self) -> usize {
        self.scroll
    }

    fn to(&mut self, row: usize) {
        self.scroll = row;
    }

    fn keep_in_view(&mut self, viewport: &Viewport) {
        self.scroll = self.scroll.min(viewport.detail_lines.saturating_sub(viewport.detail));
    }
}

/// How bytes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// A hex dump.
    #[default]
    Hex,
    /// Base64.
    Base64,
}

/// What the app starts with.
#[derive(Debug, Clone)]
pub struct Start {
    /// Whether no write may be sent.
    pub read_only: bool,
    /// The connection as it is.
    pub connection: Connection,
    /// The clock.
    pub now: Timestamp,
    /// The zone times are shown in.
    pub zone: TimeZone,
    /// Which key means what.
    pub keymap: Keymap,
    /// The terminal's columns and rows.
    pub size: (u16, u16),
    /// Sequences in a page.
    pub page_size: PageSize,
    /// Rooms from the rooms file and the command line.
    pub known: Vec<Room>,
    /// The room to open first.
    pub open: Option<RoomId>,
    /// What may surprise about the connection, escaped.
    pub remarks: Vec<String>,
    /// What the connection is made of, and from where: labels, each with an escaped text, without
    /// secrets.
    pub explained: Vec<(String, String)>,
}

impl State {
    /// The state at the start. Send `Msg::Connection` for the listing to begin.
    #[must_use]
    pub fn new(start: Start) -> Self {
        Self {
            read_only: start.read_only,
            connection: start.connection,
            now: start.now,
            zone: start.zone,
            keymap: start.keymap,
            size: start.size,
            viewport: Viewport::default(),
            focus: Focus::Rooms,
            zoom: false,
            rooms: Rooms::new(start.known.clone()),
            damaged: HashMap::new(),
            view: View::default(),
            detail: Detail::default(),
            overlays: Vec::new(),
            toasts: VecDeque::new(),
            page_size: start.page_size,
            amending: None,
            map: MapState::default(),
            jumps: Jumps::default(),
            count: None,
            find: None,
            remarks: start.remarks,
            explained: start.explained,
            open_at_start: start.open,
            known: start.known,
            started: false,
            unasked: 0,
            next_job: 1,
            next_toast: 1,
        }
    }

    /// Whether something is under way, so that the shell sends `Msg::Now` ten times a second.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.rooms.listing.is_some()
            || self.view.load.is_some()
            || self.amending.is_some()
            || self
                .overlays
                .iter()
                .any(|layer| matches!(layer, Overlay::Why(why) if why.asking.is_some()))
            || self.jumps.seek.is_some()
            || self.map.sampling.is_some()
            || self.map.asking.is_some()
            || !self.connection.is_up()
    }

    /// When what is on the screen was so, in words that end a claim: ` as of 14:03:05`.
    #[must_use]
    pub fn as_of(&self) -> String {
        let as_of = self.view.as_of(self.now, &self.zone);
        as_of.map_or_else(String::new, |moment| format!(" as of {moment}"))
    }

    /// The layer on top.
    #[must_use]
    pub fn top(&self) -> Option<&Overlay> {
        self.overlays.last()
    }

    /// The pane that has the keys: the one asked for, or the nearest before it that shows something.
    #[must_use]
    pub fn focus(&self) -> Focus {
        match self.focus {
            _ if self.view.room.is_none() => Focus::Rooms,
            Focus::Detail if self.view.page().is_none() => Focus::Frames,
            pane => pane,
        }
    }

    /// Gives a pane the keys, as soon as it shows something.
    pub(crate) const fn focus_on(&mut self, pane: Focus) {
        self.focus = pane;
    }

    /// The pane after the one that has the keys, among those that show something.
    pub(super) fn next_pane(&self) -> Focus {
        match self.focus() {
            Focus::Rooms if self.view.room.is_some() => Focus::Frames,
            Focus::Frames if self.view.page().is_some() => Focus::Detail,
            _ => Focus::Rooms,
        }
    }

    /// The pane before the one that has the keys.
    pub(super) fn previous_pane(&self) -> Focus {
        match self.focus() {
            Focus::Rooms => Focus::Detail,
            Focus::Frames => Focus::Rooms,
            Focus::Detail => Focus::Frames,
        }
    }

    /// What moves in a pane.
    pub(super) fn pane_mut(&mut self, pane: Focus) -> &mut dyn Moves {
        match pane {
            Focus::Rooms => &mut self.rooms,
            Focus::Frames => &mut self.view,
            Focus::Detail => &mut self.detail,
        }
    }

    /// The room that stream actions are about: the selected one in the list, else the opened one.
    #[must_use]
    pub fn current_room(&self) -> Option<&RoomRow> {
        match (self.focus(), &self.view.room) {
            (Focus::Frames | Focus::Detail, Some(id)) => self.rooms.get(id),
            _ => self.rooms.selected(),
        }
    }

    pub(super) fn job(&mut self) -> Job {
        let job = Job(self.next_job);
        self.next_job += 1;
        job
    }

    /// Takes away what said that something failed: it works again.
    pub(super) fn forget_failures(&mut self) {
        self.toasts.retain(|toast| toast.kind != ToastKind::Failed);
    }

    /// Adds a toast and gives the effect that ends it.
    pub(super) fn toast(&mut self, kind: ToastKind, text: impl Into<String>) -> Effect {
        const MOST: usize = 4;
        let text = text.into();
        self.toasts.retain(|toast| toast.text != text);
        let id = self.next_toast;
        self.next_toast += 1;
        self.toasts.push_back(Toast { id, kind, text });
        while self.toasts.len() > MOST {
            self.toasts.pop_front();
        }
        let after_ms = if kind == ToastKind::Failed { 10_000 } else { 4_000 };
        Effect::ExpireToast { id, after_ms }
    }
}
