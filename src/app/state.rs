//! All that the screen is drawn from.

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::{Connection, PageSize, Room, RoomId, RoomRow};

use super::effect::{Effect, Job};
use super::jumps::Jumps;
use super::keymap::Keymap;
use super::map::MapState;
use super::moment::Damage;
use super::moves::Moves;
use super::overlay::{Overlay, Toast, ToastKind};
use super::rooms::Rooms;
use super::view::{Detail, View};

#[derive(Debug, Clone)]
pub struct State {
    pub read_only: bool,
    pub connection: Connection,
    /// The clock, as of the last message.
    pub now: Timestamp,
    pub zone: TimeZone,
    pub keymap: Keymap,
    /// The terminal, in cells: columns and rows.
    pub size: (u16, u16),
    pub viewport: Viewport,
    /// The pane that was asked for last; it may show nothing by now.
    focus: Focus,
    /// Whether the focused pane has the whole screen.
    pub zoom: bool,
    pub rooms: Rooms,
    /// Rooms found damaged in this session. Kept whatever is read later: a server forgets.
    pub damaged: HashMap<RoomId, Damage>,
    pub view: View,
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
    pub page_size: PageSize,
    /// The change of a stream under way: its job, and the room.
    pub amending: Option<(Job, RoomId)>,
    /// The map of the stream on the screen.
    pub map: MapState,
    pub jumps: Jumps,
    /// A count typed before a motion.
    pub count: Option<usize>,
    /// What the frames pane was last searched for.
    pub find: Option<String>,
    /// A room to open as soon as there is a connection.
    pub open_at_start: Option<RoomId>,
    pub(super) started: bool,
    /// Reads since the last key that no key asked for.
    pub(super) unasked: u8,
    pub(super) next_job: u64,
    pub(super) next_toast: u64,
}

/// A pane that can have the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Focus {
    Rooms,
    Frames,
    Detail,
}

impl Focus {
    /// All, in the order of the screen.
    pub const ALL: [Self; 3] = [Self::Rooms, Self::Frames, Self::Detail];
}

/// Rows and lines the layout gives each pane, so that scrolling can stop where it should. All 0
/// until the first layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Viewport {
    pub rooms: usize,
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

impl Viewport {
    /// Rows of a pane that fit on the screen; 0 before the first layout.
    pub(super) const fn rows(&self, pane: Focus) -> usize {
        match pane {
            Focus::Rooms => self.rooms,
            Focus::Frames => self.frames,
            Focus::Detail => self.detail,
        }
    }
}

/// What the app starts with.
#[derive(Debug, Clone)]
pub struct Start {
    pub read_only: bool,
    pub connection: Connection,
    pub now: Timestamp,
    pub zone: TimeZone,
    pub keymap: Keymap,
    pub size: (u16, u16),
    pub page_size: PageSize,
    /// Rooms from the rooms file and the command line.
    pub known: Vec<Room>,
    /// The room to open first.
    pub open: Option<RoomId>,
    pub remarks: Vec<String>,
    /// What the connection is made of, and from where: labels, each with an escaped text, without
    /// secrets.
    pub explained: Vec<(String, String)>,
}

impl State {
    /// The state at the start. Send `Msg::Connection` for the listing to begin.
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
            rooms: Rooms::new(start.known),
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
            started: false,
            unasked: 0,
            next_job: 1,
            next_toast: 1,
        }
    }

    /// Whether something is under way, so that the shell sends `Msg::Now` ten times a second.
    pub fn is_busy(&self) -> bool {
        let asks = |layer: &Overlay| matches!(layer, Overlay::Why(why) if why.asking.is_some());
        self.rooms.listing.is_some()
            || self.view.load.is_some()
            || self.amending.is_some()
            || self.overlays.iter().any(asks)
            || self.jumps.seek.is_some()
            || self.map.sampling.is_some()
            || self.map.asking.is_some()
            || !self.connection.is_up()
    }

    /// When what is on the screen was so, in words that end a claim: ` as of 14:03:05`.
    pub fn as_of(&self) -> String {
        let as_of = self.view.as_of(self.now, &self.zone);
        as_of.map_or_else(String::new, |moment| format!(" as of {moment}"))
    }

    pub fn top(&self) -> Option<&Overlay> {
        self.overlays.last()
    }

    fn shows(&self, pane: Focus) -> bool {
        match pane {
            Focus::Rooms => true,
            Focus::Frames => self.view.room.is_some(),
            Focus::Detail => self.view.page().is_some(),
        }
    }

    /// The pane that has the keys: the one asked for, or the nearest before it that shows something.
    pub fn focus(&self) -> Focus {
        let mut before = Focus::ALL.into_iter().rev().skip_while(|pane| *pane != self.focus);
        before.find(|pane| self.shows(*pane)).unwrap_or(Focus::Rooms)
    }

    /// Gives a pane the keys, as soon as it shows something.
    pub(crate) const fn focus_on(&mut self, pane: Focus) {
        self.focus = pane;
    }

    /// Gives the keys to the next pane that shows something, in a circle.
    pub(super) fn focus_next(&mut self, forward: bool) {
        let (at, n) = (self.focus() as usize, Focus::ALL.len());
        let mut others = (1..=n).map(|by| (at + if forward { by } else { n - by }) % n);
        let next = others.find_map(|at| Focus::ALL.get(at).filter(|pane| self.shows(**pane)));
        self.focus = next.copied().unwrap_or(self.focus);
    }

    /// Gives the keys to the pane on one side, where there is one.
    pub(super) fn focus_beside(&mut self, right: bool) {
        let at = self.focus() as usize;
        let beside = if right { at.checked_add(1) } else { at.checked_sub(1) };
        let pane = beside.and_then(|at| Focus::ALL.get(at));
        self.focus = pane.copied().unwrap_or_else(|| self.focus());
    }

    /// What moves in a pane.
    pub(super) fn pane_mut(&mut self, pane: Focus) -> &mut dyn Moves {
        match pane {
            Focus::Rooms => &mut self.rooms,
            Focus::Frames => &mut self.view,
            Focus::Detail => &mut self.detail,
        }
    }

    pub(super) fn scroll_layer(&mut self, lines: isize) {
        if let Some(scroll) = self.overlays.last_mut().and_then(Overlay::scroll_mut) {
            *scroll = scroll.saturating_add_signed(lines);
        }
    }

    /// Scrolls each pane and the top layer no further than it goes, and so that selections show.
    pub(super) fn keep_in_view(&mut self) {
        let view = self.viewport;
        for pane in Focus::ALL {
            self.pane_mut(pane).keep_in_view(view.rows(pane), view.detail_lines);
        }
        let most = view.overlay_lines.saturating_sub(view.overlay);
        if let Some(scroll) = self.overlays.last_mut().and_then(Overlay::scroll_mut) {
            *scroll = (*scroll).min(most);
        }
    }

    /// The room that stream actions are about: the selected one in the list, else the opened one.
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
