//! The map of the opened room's stream, and the surveys that maps of long streams need.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;

use crate::domain::{Page, RoomId, StreamMap, Survey};

use super::effect::Job;

/// Surveys kept, one a room: a few kilobytes each.
const SURVEYS: usize = 16;

/// What is known of the whole of streams.
#[derive(Debug, Clone, Default)]
pub struct MapState {
    /// The map of the stream whose page is on the screen.
    pub shown: Option<StreamMap>,
    pub sampling: Option<Sampling>,
    /// The request for a cell's time under way.
    pub asking: Option<(Job, RoomId)>,
    /// Why the last survey or request failed.
    pub failed: Option<String>,
    page: Option<Arc<Page>>,
    surveys: VecDeque<(RoomId, Survey)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sampling {
    pub job: Job,
    pub room: RoomId,
    pub since: Timestamp,
}

impl MapState {
    /// Brings the map in step with the page on the screen.
    pub fn follow(&mut self, room: Option<&RoomId>, page: Option<&Arc<Page>>) {
        let same = match (&self.page, page) {
            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
            (None, None) => true,
            _ => false,
        };
        if !same {
            self.page = page.cloned();
            self.redraw(room);
        }
    }

    /// Makes the map anew from the page and what surveys know.
    fn redraw(&mut self, room: Option<&RoomId>) {
        let known = self.surveys.iter().find(|(of, _)| Some(of) == room);
        let survey = known.map(|(_, survey)| survey);
        self.shown = self.page.as_ref().map(|page| StreamMap::new(page, survey));
    }

    /// The survey of a room's stream, as created then.
    pub(super) fn survey(&self, room: &RoomId, created: Timestamp) -> Option<&Survey> {
        let known = self.surveys.iter().find(|(of, _)| of == room);
        known.map(|(_, survey)| survey).filter(|survey| survey.created == created)
    }

    /// Keeps a survey in place of an older one of the room, and shows it where the room is open.
    pub fn keep(&mut self, room: &RoomId, survey: Survey, opened: Option<&RoomId>) {
        self.surveys.retain(|(of, _)| of != room);
        self.surveys.push_back((room.clone(), survey));
        while self.surveys.len() > SURVEYS {
            self.surveys.pop_front();
        }
        self.redraw(opened);
    }
}
