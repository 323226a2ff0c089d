//! `GET /rooms/{id}/history`: the contract, in its order of checks.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use tokio::time::{Instant, timeout};

use super::access::Note;
use super::answer::{Answer, Failed, Source};
use super::limits::LOOK_TIME;
use super::rooms::Known;
use super::router::Caller;
use super::service::Service;
use super::{query, reply};
use crate::domain::contract::{BEGIN, END};
use crate::domain::{Ensured, FaultKind, PageSize, Room, StreamInfo};
use crate::store::ensure::ensure_missing;
use crate::store::reader::{Begun, Span, Walk};
use crate::store::{HistoryStore, StoreError};

/// Answers a request whose caller is known.
pub(super) async fn history(
    State(service): State<Arc<Service>>,
    Extension(note): Extension<Arc<Note>>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Response {
    let due = Instant::now() + service.limits.request_time;
    let Some(known) = room_id(request.uri().path()).and_then(|id| service.rooms.get(&id)) else {
        return reply::error(StatusCode::NOT_FOUND, "room not found");
    };
    if !caller.may_read(known) {
        return reply::error(StatusCode::FORBIDDEN, "not a member of this room");
    }
    let limit = query::limit(request.uri().query());
    match read(&service, known, limit, due, &note).await {
        Ok(response) => response,
        Err(Refused::Busy) => {
            note.detail("too many requests under way");
            let busy = "busy with other requests; try again";
            reply::error(StatusCode::SERVICE_UNAVAILABLE, busy)
        }
        Err(Refused::Failed(failed)) => {
            note.detail(failed.to_string());
            reply::internal_error()
        }
    }
}

/// Why there is no 200.
enum Refused {
    /// Too many others.
    Busy,
    /// Something inside.
    Failed(Failed),
}

impl From<StatusCode> for Refused {
    fn from(_: StatusCode) -> Self {
        Self::Busy
    }
}

impl From<Failed> for Refused {
    fn from(failed: Failed) -> Self {
        Self::Failed(failed)
    }
}

/// The id in the path, decoded. None where it cannot be: there is no such room either.
fn room_id(path: &str) -> Option<String> {
    let id = path.strip_prefix("/rooms/")?.strip_suffix("/history")?;
    String::from_utf8(query::decode(id, false)?).ok()
}

/// Reads as much as decides on the status: the first part.
async fn read(
    service: &Arc<Service>,
    known: &Known,
    limit: PageSize,
    due: Instant,
    note: &Arc<Note>,
) -> Result<Response, Refused> {
    let place = service.place()?;
    // Before the wait for others, so that it is known in time when no server answers.
    let looking = timeout(LOOK_TIME, look(service, known, limit, note));
    let late = || Failed(format!("no answer within {} s", LOOK_TIME.as_secs_f32()));
    let Some(walk) = looking.await.map_err(|_| late())?? else {
        return Ok(whole(Body::from([BEGIN, END].concat()), None));
    };
    let admission = service.admit(place, known, due).await?;
    let source = Source {
        reader: service.reader.clone(),
        stream: known.room.id.stream(),
        walk,
        parts: [Arc::clone(&known.parts), Arc::clone(&service.parts)],
    };
    let mut answer = Answer::new(source, due, Arc::clone(note), admission);
    let len = answer.begin().await?;
    Ok(whole(answer.body(), len))
}

/// A 200; of unknown length, it goes out in chunks.
fn whole(body: Body, len: Option<usize>) -> Response {
    let mut response = reply::response(StatusCode::OK, body);
    if let Some(len) = len {
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(len));
    }
    response
}

/// Looks at the stream, and creates it where the contract says so. None for an empty history.
async fn look(
    service: &Arc<Service>,
    known: &Known,
    limit: PageSize,
    note: &Note,
) -> Result<Option<Box<Walk>>, Failed> {
    let stream = known.room.id.stream();
    let begin = || service.reader.walk(&stream, Span::Last(limit.get()));
    let mut begun = begin().await;
    if matches!(begun, Ok(Begun::NoStream)) {
        match ensured(service, &known.room).await {
            // Whoever made it, it may have captured something by now.
            Ok(Some(info)) if !info.state.is_empty() => begun = begin().await,
            Ok(_) => return Ok(None),
            Err(error) => begun = Err(error),
        }
    }
    let (info, walk) = match begun {
        Ok(Begun::NoStream) => return Ok(None),
        Ok(Begun::Empty(info) | Begun::Outside(info)) => (*info, None),
        Ok(Begun::Walk(walk)) => (walk.stream().clone(), Some(walk)),
        // No JetStream behind the server is no history, by the contract.
        Err(error) if matches!(error.kind, FaultKind::NoJetStream | FaultKind::JetStreamOff) => {
            note.detail(error.fault().text);
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    if known.room.spec().is_some()
        && let Some(news) = known.news(&info.config)
    {
        (service.journal)(&news);
    }
    Ok(walk)
}

/// Ensures the missing stream of a persisted room. In a task of its own: a write that was sent is
/// made whatever becomes of this request, so it is logged in any case.
async fn ensured(service: &Arc<Service>, room: &Room) -> Result<Option<StreamInfo>, StoreError> {
    let (service, room) = (Arc::clone(service), room.clone());
    let making = tokio::spawn(async move {
        let store: &dyn HistoryStore = service.store.as_ref();
        match ensure_missing(store, &room).await? {
            Ensured::Created(info) => {
                let (stream, subject) = (room.id.stream(), info.config.subjects.join(" "));
                (service.journal)(&format!(
                    "created stream {stream}, which captures {} from now on; what was published \
                     before was never captured",
                    crate::domain::escape::text(&subject)
                ));
                Ok(Some(*info))
            }
            Ensured::Present(info) | Ensured::Drifted(info, _) => Ok(Some(*info)),
            Ensured::NotOurs { info, .. } => Ok(info.map(|info| *info)),
            Ensured::WouldCreate(_) => Ok(None),
        }
    });
    making.await.unwrap_or(Ok(None))
}
