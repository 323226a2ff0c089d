//! What is asked for only when a person wants to know why a backlog is short.

use std::time::Instant;

use tokio::sync::mpsc::Sender;

use crate::app::{Job, Msg, Told};
use crate::domain::{Fault, Room};
use crate::store::reader::{Begun, Reader, Span};

/// The question.
pub(super) struct Wanted {
    pub(super) room: Box<Room>,
    pub(super) list: bool,
    pub(super) get: Option<u64>,
}

impl Wanted {
    pub(super) async fn ask(self, reader: Reader, replies: Sender<Msg>, job: Job) {
        let told = self.told(&reader).await;
        let _ = replies.send(Msg::WhyAsked(job, told)).await;
    }

    async fn told(&self, reader: &Reader) -> Result<Told, Fault> {
        let stream = self.room.id.stream();
        let mut told = Told { info: None, round_trip: None };
        if self.list {
            // The price was said, so the first look brings the list, however long.
            let reader = reader.clone().with_list_at_most(u64::MAX);
            reader.expect(&stream, 0);
            let begun = reader.walk(&stream, Span::Last(1)).await.map_err(|error| error.fault())?;
            told.info = match begun {
                Begun::NoStream => None,
                Begun::Empty(info) | Begun::Outside(info) => Some(info),
                Begun::Walk(walk) => Some(Box::new(walk.stream().clone())),
            };
        }
        if let Some(seq) = self.get {
            let began = Instant::now();
            reader.first_from(&stream, seq).await.map_err(|error| error.fault())?;
            let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            told.round_trip = Some(took.max(1));
        }
        Ok(told)
    }
}
