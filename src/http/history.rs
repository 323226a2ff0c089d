//! `GET /rooms/{id}/history`: the contract, in its order of checks.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use tokio::time::{Instant, timeout_at};

use super::access::Note;
use super::answer::{Answer, Source};
use super::failed::Failed;
use super::limits::LOOK_TIME;
use super::missing::{self, Missing};
use super::pulse::Pulses;
use super::rooms::Known;
use super::router::Caller;
use super::service::Service;
use super::weights::Weights;
use super::{query, reply};
use crate::domain::contract::{BEGIN, END};
use crate::domain::room::created;
use crate::domain::{Ensured, FaultKind, PageSize, StreamInfo, Window};
use crate::store::ensure::ensure;
use crate::store::reader::{Begun, Reader, Span, Walk};
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
        Err(refused) => {
            note.detail(refused.to_string());
            match refused {
                Refused::Full | Refused::Failed(Failed::Late(_)) => {
                    let busy = "busy with other requests; try again";
                    reply::error(StatusCode::SERVICE_UNAVAILABLE, busy)
                }
                Refused::Failed(Failed::Inside(_)) => reply::internal_error(),
            }
        }
    }
}

/// Why there is no 200; for the log.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("too many requests under way")]
    Full,
    /// No time for it, or something inside.
    #[error(transparent)]
    Failed(#[from] Failed),
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
    let place = match service.place(known) {
        Some(place) => place,
        // Those who came just after the loss may hold all places, and have nothing to give back.
        None if service.is_cut_off() => {
            return Err(Failed::Inside("there is no connection to NATS".into()).into());
        }
        None => return Err(Refused::Full),
    };
    let reader = service.patient();
    // Before the wait for others, so that it is known in time when no server answers.
    let look_due = Instant::now() + LOOK_TIME;
    let looking = timeout_at(due.min(look_due), look(service, &reader, known, limit, note));
    let pulses = Pulses { stream: Arc::clone(&known.pulse), store: Arc::clone(&service.pulse) };
    let Ok(looked) = looking.await else {
        if due < look_due {
            return Err(Failed::Late(service.limits).into());
        }
        pulses.unanswered();
        let text = format!("no answer within {} s", LOOK_TIME.as_secs_f32());
        return Err(Failed::Inside(text).into());
    };
    let (span, walk) = match looked? {
        Looked::Walk(span, walk) => (span, walk),
        Looked::Nothing(missing) => {
            note.missing(&missing);
            return Ok(whole(Body::from([BEGIN, END].concat()), None, &missing));
        }
    };
    pulses.heard();
    let source = Source {
        reader,
        stream: known.room.id.stream(),
        walk,
        parts: [Arc::clone(&known.parts), Arc::clone(&service.parts)],
        weights: Arc::clone(&known.weights),
        seen: Weights::default(),
        pulses: pulses.clone(),
        finds: Arc::clone(&known.finds),
    };
    let admitted = service.admit(place, known, source.heaviest(), due);
    let admission = pulses.turn(admitted).await.map_err(Failed::from)??;
    let times = (due, service.limits);
    let mut answer = Answer::new(source, span, times, Arc::clone(note), admission);
    let len = answer.begin().await?;
    // Where nothing is deleted, the report came beside the first frames.
    tell_damage(service, known, answer.stream());
    let missing = answer.missing().clone();
    note.missing(&missing);
    Ok(whole(answer.body(), len, &missing))
}

/// A 200; of unknown length, it goes out in chunks.
fn whole(body: Body, len: Option<usize>, missing: &Missing) -> Response {
    let mut response = reply::response(StatusCode::OK, body);
    if let Some(missing) = missing.header() {
        response.headers_mut().insert(missing::NAME, missing);
    }
    if let Some(len) = len {
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(len));
    }
    response
}

/// What a look at the stream gave.
enum Looked {
    /// An empty history, and what is missing from it.
    Nothing(Missing),
    /// The parts to come of a span.
    Walk(Window, Box<Walk>),
}

/// Looks at the stream, and creates it where the contract says so.
async fn look(
    service: &Arc<Service>,
    reader: &Reader,
    known: &Known,
    limit: PageSize,
    note: &Note,
) -> Result<Looked, Failed> {
    let stream = known.room.id.stream();
    let nothing = || Ok(Looked::Nothing(Missing::default()));
    let begin = || reader.walk(&stream, Span::Last(limit.get()));
    // Before the look: whoever makes the stream meanwhile has not lost it.
    let was_there = reader.seen(&stream).is_some() || known.made.load(Ordering::Relaxed);
    let mut begun = begin().await;
    if matches!(begun, Ok(Begun::NoStream)) {
        if was_there && known.room.spec().is_some() {
            return Err(Failed::Inside(format!(
                "stream {stream} was there before and is gone; it is not made anew, nor is its \
                 history called empty, until roomscope ensure {} made it",
                known.room.id
            )));
        }
        match ensured(service, known).await {
            // Whoever made it, it may have captured something by now, or an earlier one before.
            Ok(Some(info)) if info.state.last_seq > 0 => begun = begin().await,
            Ok(_) => return nothing(),
            Err(error) => begun = Err(error),
        }
    }
    let (info, walk) = match begun {
        Ok(Begun::NoStream) => return nothing(),
        Ok(Begun::Empty(info) | Begun::Outside(info)) => (*info, None),
        Ok(Begun::Walk(walk)) => (walk.stream().clone(), Some(walk)),
        // No JetStream behind the server is no history, by the contract.
        Err(error) if error.kind.is_no_jetstream() && !was_there => {
            note.detail(error.fault().text);
            return nothing();
        }
        Err(error) => return Err(error.into()),
    };
    if known.room.spec().is_some()
        && let Some(news) = known.news(&info.config)
    {
        (service.journal)(&news);
    }
    tell_damage(service, known, &info);
    let span = missing::span(&info, limit);
    Ok(match walk {
        Some(walk) => Looked::Walk(span, walk),
        None => Looked::Nothing(Missing::of_emptied(&info, span)),
    })
}

fn tell_damage(service: &Service, known: &Known, info: &StreamInfo) {
    known.damage(info).into_iter().for_each(|news| (service.journal)(&news));
}

/// Ensures the missing stream of a persisted room. In a task of its own: a write that was sent is
/// made whatever becomes of this request, so it is logged in any case.
async fn ensured(service: &Arc<Service>, known: &Known) -> Result<Option<StreamInfo>, StoreError> {
    if known.room.spec().is_none() || !service.store.may_write() {
        return Ok(None);
    }
    let (service, room) = (Arc::clone(service), known.room.clone());
    let made = Arc::clone(&known.made);
    // Many callers at once are one CREATE, which the first one sends.
    let first = Arc::clone(&known.making).lock_owned().await;
    let making = tokio::spawn(async move {
        let _first = first;
        let store: &dyn HistoryStore = service.store.as_ref();
        match ensure(store, &room).await? {
            Ensured::Created(info) => {
                let (stream, subject) = (room.id.stream(), info.config.subjects.join(" "));
                (service.journal)(&format!(
                    "created stream {stream}, which captures {} from now on; {}",
                    crate::domain::escape::text(&subject),
                    created(&info)
                ));
                made.store(true, Ordering::Relaxed);
                Ok(Some(*info))
            }
            Ensured::Present(info) | Ensured::Drifted(info, _) => Ok(Some(*info)),
            Ensured::NotOurs { .. } | Ensured::WouldCreate(_) => Ok(None),
        }
    });
    making.await.unwrap_or_else(|error| {
        let what = format!("create {}", known.room.id.stream());
        Err(StoreError::new(FaultKind::BadReply, what, error.to_string()))
    })
}
