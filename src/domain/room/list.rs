//! The room list: every room once, filtered and sorted, with one of them selected by its id.

use std::collections::{HashMap, HashSet};

use super::sort::{Key, key};
use super::{Found, Room, RoomId, RoomRow, Sort};

#[derive(Debug, Clone, Default)]
pub struct RoomList {
    rows: Vec<RoomRow>,
    by_id: HashMap<RoomId, usize>,
    visible: Vec<usize>,
    /// Rooms whose stream was there at some time of this session.
    seen: HashSet<RoomId>,
    /// The filter, as typed.
    pub filter: String,
    pub sort: Sort,
    pub selected: Option<RoomId>,
}

impl RoomList {
    /// The rooms known beforehand.
    pub fn new(known: Vec<Room>) -> Self {
        let mut rooms = Self::default();
        rooms.merge(known);
        rooms
    }

    /// Takes in rooms by id; what is already known of a room stays.
    pub fn merge(&mut self, rooms: Vec<Room>) {
        for room in rooms {
            match self.by_id.get(&room.id).and_then(|&at| self.rows.get_mut(at)) {
                Some(row) => row.room.merge(room),
                None => {
                    self.by_id.insert(room.id.clone(), self.rows.len());
                    self.rows.push(RoomRow::new(room));
                }
            }
        }
        self.arrange();
    }

    /// Takes in what was found of rooms' streams.
    pub fn found(&mut self, found: Vec<(RoomId, Found)>) {
        for (id, found) in found {
            self.set_found(&id, found);
        }
        // A listing of thousands of rooms comes in pieces: sort anew only where it can matter.
        if self.sort != Sort::Name || !self.filter.is_empty() {
            self.arrange();
        }
    }

    /// Takes in what was found of one room's stream, without sorting anew. A stream that is known
    /// stays known when only an answer failed to come. A deleted list is left to the page: of many
    /// rooms, they would be too much to keep.
    pub fn set_found(&mut self, id: &RoomId, mut found: Found) {
        if let Found::Stream(info) = &mut found {
            info.state.deleted = None;
            self.seen.insert(id.clone());
        }
        if let Some(row) = self.by_id.get(id).and_then(|&at| self.rows.get_mut(at)) {
            row.learn(found);
        }
    }

    /// Notes that something a room held was found lost or unreadable.
    pub fn mark_damaged(&mut self, id: &RoomId) {
        if let Some(row) = self.by_id.get(id).and_then(|&at| self.rows.get_mut(at)) {
            row.mark_damaged();
        }
        if !self.filter.is_empty() {
            self.arrange();
        }
    }

    pub fn set_filter(&mut self, filter: String) {
        self.filter = filter;
        self.arrange();
    }

    pub fn set_sort(&mut self, sort: Sort) {
        self.sort = sort;
        self.arrange();
    }

    /// Goes on to the next order.
    pub fn next_sort(&mut self) {
        self.set_sort(self.sort.next());
    }

    /// All rooms, in no useful order.
    pub fn all(&self) -> &[RoomRow] {
        &self.rows
    }

    pub fn get(&self, id: &RoomId) -> Option<&RoomRow> {
        self.by_id.get(id).and_then(|&at| self.rows.get(at))
    }

    /// Whether the room's stream was there at some time of this session.
    pub fn was_seen(&self, id: &RoomId) -> bool {
        self.seen.contains(id)
    }

    /// Of how many rooms something was found, or why nothing could be.
    pub fn known(&self) -> usize {
        self.rows.iter().filter(|row| row.found != Found::Unknown).count()
    }

    /// How many rooms pass the filter.
    pub fn len(&self) -> usize {
        self.visible.len()
    }

    /// Whether no room passes the filter.
    pub fn is_empty(&self) -> bool {
        self.visible.is_empty()
    }

    /// The room in row `index` of the filtered and sorted list.
    pub fn row(&self, index: usize) -> Option<&RoomRow> {
        self.visible.get(index).and_then(|&at| self.rows.get(at))
    }

    /// The selected room, where it passes the filter: no key acts on a room that is not shown.
    pub fn selected(&self) -> Option<&RoomRow> {
        self.row(self.selected_index()?)
    }

    /// The row of the selected room, where it passes the filter.
    pub fn selected_index(&self) -> Option<usize> {
        let selected = *self.by_id.get(self.selected.as_ref()?)?;
        self.visible.iter().position(|&at| at == selected)
    }

    /// Selects row `index`, or the last one below it.
    pub fn select(&mut self, index: usize) {
        let index = index.min(self.visible.len().saturating_sub(1));
        if let Some(row) = self.row(index) {
            self.selected = Some(row.room.id.clone());
        }
    }

    /// Filters and sorts. The selection stays on its room; where that does not pass the filter,
    /// the first row is selected.
    fn arrange(&mut self) {
        let wanted = self.filter.to_lowercase();
        let rows = &self.rows;
        let hit = |row: &RoomRow| {
            wanted.is_empty()
                || row.room.id.as_str().to_lowercase().contains(&wanted)
                || row.room.name.as_deref().is_some_and(|n| n.to_lowercase().contains(&wanted))
                || row.state().word().contains(&wanted)
                || row.marks().iter().any(|mark| mark.word().contains(&wanted))
        };
        let mut visible: Vec<(Key, usize)> = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| hit(row))
            .map(|(at, row)| (key(self.sort, row), at))
            .collect();
        visible.sort();
        self.visible = visible.into_iter().map(|(_, at)| at).collect();
        if self.selected_index().is_none() {
            self.select(0);
        }
    }
}
