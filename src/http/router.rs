//! Which path is answered by what, and what stands before.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;

use super::access::{self, Note};
use super::rooms::Known;
use super::service::Service;
use super::{health, history, reply};

/// Who is asking, once that is settled.
#[derive(Debug, Clone)]
pub(super) enum Caller {
    /// Nobody has to say.
    Anybody,
    /// The holder of this key.
    Key(String),
}

impl Caller {
    pub(super) fn may_read(&self, known: &Known) -> bool {
        match self {
            Self::Anybody => true,
            Self::Key(key) => known.has_member(key),
        }
    }
}

/// The service as axum serves it. Authentication comes before everything but the health: who
/// does not sign cannot tell a path that exists from one that does not.
pub(super) fn router(service: &Arc<Service>) -> Router {
    Router::new()
        .route("/rooms/{id}/history", get(history::history))
        .fallback(async || reply::error(StatusCode::NOT_FOUND, "not found"))
        .method_not_allowed_fallback(not_allowed)
        .layer(from_fn_with_state(Arc::clone(service), authenticate))
        .route("/healthz", get(health::health).fallback(not_allowed))
        .layer(from_fn_with_state(Arc::clone(service), access::log))
        .with_state(Arc::clone(service))
}

async fn not_allowed() -> Response {
    reply::error(StatusCode::METHOD_NOT_ALLOWED, "method not allowed; use GET")
}

async fn authenticate(
    State(service): State<Arc<Service>>,
    mut request: Request,
    next: Next,
) -> Response {
    let now = (service.clock)();
    let (method, target) = (request.method().as_str(), access::target(&request));
    let checked = service.auth.check(method, target, request.headers(), now);
    let note = request.extensions().get::<Arc<Note>>().cloned().unwrap_or_default();
    let caller = match checked {
        Ok(None) => Caller::Anybody,
        Ok(Some(key)) => {
            note.key(&key);
            Caller::Key(key)
        }
        Err(refusal) => {
            let why = refusal.to_string();
            note.detail(why.clone());
            return reply::error(refusal.status(), &why);
        }
    };
    request.extensions_mut().insert(caller);
    next.run(request).await
}
