//! `GET /healthz`: whether a history can be had now.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::reply;
use super::service::Service;
use crate::domain::Connection;

/// 200 while connected to NATS, else 503. That there is an answer says that the process is up.
/// It names no server and no reason: nobody has to sign for it.
pub(super) async fn health(State(service): State<Arc<Service>>) -> Response {
    let connection = service.store.connection().borrow().clone();
    let (status, nats) = match &connection {
        Connection::Local { label } => (StatusCode::OK, label.as_str()),
        Connection::Connected { .. } => (StatusCode::OK, "connected"),
        Connection::Connecting { .. } => (StatusCode::SERVICE_UNAVAILABLE, "connecting"),
        Connection::Reconnecting { .. } => (StatusCode::SERVICE_UNAVAILABLE, "reconnecting"),
        Connection::Denied { .. } => (StatusCode::SERVICE_UNAVAILABLE, "denied"),
    };
    let word = if status == StatusCode::OK { "ok" } else { "unavailable" };
    let body = serde_json::json!({ "status": word, "nats": nats }).to_string();
    reply::response(status, Body::from(body))
}
