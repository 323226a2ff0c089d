//! Answers other than a history: small, whole, JSON.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};

/// Headers of every answer: what it is, that nobody keeps it, and that nobody guesses at it.
const HEADERS: [(HeaderName, &str); 3] = [
    (header::CONTENT_TYPE, "application/json"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// Retry-After of what is only for later, in seconds.
const LATER: HeaderValue = HeaderValue::from_static("5");

/// An answer with the headers that all have.
pub(super) fn response(status: StatusCode, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// `{"error":"…"}`.
pub(super) fn error(status: StatusCode, error: &str) -> Response<Body> {
    let mut response = response(status, Body::from(json(error)));
    let headers = response.headers_mut();
    if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        headers.insert(header::RETRY_AFTER, LATER);
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Roomscope"));
    }
    response
}

/// What every failure inside looks like from outside.
pub(super) fn internal_error() -> Response<Body> {
    error(StatusCode::INTERNAL_SERVER_ERROR, "internal error")
}

/// An error as it goes on the wire where there is no hyper to write it.
pub(super) struct Raw {
    pub(super) bytes: Vec<u8>,
    /// Bytes of the body.
    pub(super) body: usize,
}

/// An error on a connection that ends with it.
pub(super) fn raw(status: StatusCode, error: &str) -> Raw {
    let body = json(error);
    let mut text = format!("HTTP/1.1 {status}\r\n");
    for (name, value) in &HEADERS {
        text += &format!("{name}: {value}\r\n");
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        text += "retry-after: 5\r\n";
    }
    text += &format!("content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    Raw { bytes: text.into_bytes(), body: body.len() }
}

fn json(error: &str) -> String {
    serde_json::json!({ "error": error }).to_string()
}
