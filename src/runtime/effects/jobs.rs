//! What effects do besides reading pages.

use std::time::Instant;

use tokio::sync::mpsc::{self, Sender};
use tokio::task::spawn_blocking;

use crate::app::{Job, Msg, Told};
use crate::domain::{Fault, FaultKind, Found, Goal, Listed, Room, StreamInfo, StreamName};
use crate::runtime::clipboard;
use crate::runtime::terminal::Tty;
use crate::store::StoreError;
use crate::store::ensure::amend;
use crate::store::lister::list_rooms;
use crate::store::reader::{Begun, Reader, Span};

use super::Services;

/// Lists the rooms, and lets the reader know what was heard of their streams.
pub(super) async fn list(services: Services, replies: Sender<Msg>, job: Job, known: Vec<Room>) {
    let (pieces, mut out) = mpsc::channel(16);
    let (store, reader) = (services.patient(|_| {}), services.reader);
    let began = Instant::now();
    let told = async {
        while let Some(piece) = out.recv().await {
            if let Listed::Found(found) = &piece {
                for (id, found) in found {
                    if let Found::Stream(info) = found {
                        reader.heard(&id.stream(), info, began);
                    }
                }
            }
            if replies.send(Msg::Listed(job, piece)).await.is_err() {
                break;
            }
        }
    };
    tokio::join!(list_rooms(store, known, pieces), told);
}

pub(super) async fn seek(reader: Reader, job: Job, stream: StreamName, goal: Goal) -> Msg {
    match reader.seek_as_of(&stream, goal).await {
        Ok((landing, as_of)) => Msg::Sought(job, as_of, Ok(landing)),
        Err(error) => Msg::Sought(job, None, Err(error.fault())),
    }
}

/// What is asked for only when a person wants to know why a backlog is short.
pub(super) async fn why(
    reader: Reader,
    stream: StreamName,
    list: bool,
    get: Option<u64>,
) -> Result<Told, StoreError> {
    let mut told = Told { info: None, round_trip: None };
    if list {
        // The price was said, so the first look brings the list, however long.
        let reader = reader.clone().with_list_at_most(u64::MAX);
        reader.expect(&stream, 0);
        told.info = match reader.walk(&stream, Span::Last(1)).await? {
            Begun::NoStream => None,
            Begun::Empty(info) | Begun::Outside(info) => Some(info),
            Begun::Walk(walk) => Some(Box::new(walk.stream().clone())),
        };
    }
    if let Some(seq) = get {
        let began = Instant::now();
        reader.first_from(&stream, seq).await?;
        let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        told.round_trip = Some(took.max(1));
    }
    Ok(told)
}

pub(super) async fn change(
    services: Services,
    replies: Sender<Msg>,
    job: Job,
    room: Box<Room>,
    seen: Box<StreamInfo>,
) {
    let amended = amend(services.store.as_ref(), &room, &seen).await;
    let amended = amended.map(|(info, drift)| (Box::new(info), drift));
    let _ = replies.send(Msg::Amended(job, amended.map_err(|error| error.fault()))).await;
}

pub(super) async fn copy(tty: Option<Tty>, replies: Sender<Msg>, what: String, text: String) {
    let copied = match tty {
        Some(tty) => spawn_blocking(move || clipboard::copy(&tty, &text))
            .await
            .unwrap_or_else(|error| Err(error.to_string())),
        None => Err("there is no terminal".into()),
    };
    let copied = copied.map_err(|why| Fault::new(FaultKind::NotTried, why).text);
    let _ = replies.send(Msg::Copied(what, copied)).await;
}
