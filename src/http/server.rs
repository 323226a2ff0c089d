//! Accepting connections, and ending well.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tower::ServiceExt as _;

use super::access::{self, Journal, Peer};
use super::limits::{CONNECTIONS, HEAD_BYTES, HEADERS};
use super::service::Service;
use super::wire::{Caller, Wire};
use super::{reply, router};

/// After a connection could not be accepted, as when there are no more file descriptors.
const PAUSE: Duration = Duration::from_millis(200);

/// Serves until told to stop; then takes no more connections, gives the requests under way the time
/// that the service's limits allow, and ends. Gives the number of connections that were cut off.
pub async fn serve(
    listener: TcpListener,
    service: Arc<Service>,
    stop: impl Future<Output = ()>,
) -> usize {
    let router = router::router(&service);
    let (stage, seen) = watch::channel(Stage::Serving);
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            Some(ended) = connections.join_next() => {
                report(&service.journal, ended);
                continue;
            }
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((socket, peer)) if connections.len() >= CONNECTIONS => {
                turn_away(&socket, peer, &service.journal);
            }
            Ok((socket, peer)) => {
                let connection =
                    connection(socket, peer, router.clone(), Arc::clone(&service), seen.clone());
                connections.spawn(connection);
            }
            Err(error) => {
                (service.journal)(&format!("accept a connection: {error}; goes on in a moment"));
                // Still to be stopped meanwhile.
                if timeout(PAUSE, &mut stop).await.is_ok() {
                    break;
                }
            }
        }
    }
    drop(listener);
    let _ = stage.send(Stage::Stopping);
    let _ = timeout(service.limits.stop_time, all_ended(&mut connections, &service.journal)).await;
    let left = connections.len();
    let _ = stage.send(Stage::Over);
    all_ended(&mut connections, &service.journal).await;
    left
}

/// How far the service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Stage {
    Serving,
    /// What is under way may come to its end.
    Stopping,
    /// Nothing may.
    Over,
}

async fn all_ended(connections: &mut JoinSet<()>, journal: &Journal) {
    while let Some(ended) = connections.join_next().await {
        report(journal, ended);
    }
}

/// One connection, to its end.
async fn connection(
    socket: TcpStream,
    peer: SocketAddr,
    router: Router,
    service: Arc<Service>,
    mut stage: watch::Receiver<Stage>,
) {
    let address = peer.to_string();
    let journal = Arc::clone(&service.journal);
    let refused = {
        let address = address.clone();
        move |status: u16, bytes: u64, why: &str| {
            journal(&access::refused(&address, status, bytes, why));
        }
    };
    let wire = Wire::new(Caller::new(socket), service.limits, Box::new(refused));
    let gate = wire.gate();
    let peer = Peer { address, gate: Some(Arc::clone(&gate)) };
    let answer = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer.clone());
        let router = router.clone();
        async move { Ok::<_, Infallible>(infallible(router.oneshot(request).await)) }
    });
    let serving = http1::Builder::new()
        .header_read_timeout(None)
        .max_headers(HEADERS)
        .max_buf_size(HEAD_BYTES * 4)
        .serve_connection(wire, answer);
    let mut serving = pin!(serving);
    // What a connection failed of stands in the line of its request.
    tokio::select! {
        _ = serving.as_mut() => return,
        _ = stage.wait_for(|stage| *stage >= Stage::Stopping) => {}
    }
    serving.as_mut().graceful_shutdown();
    tokio::select! {
        _ = serving.as_mut() => {}
        _ = stage.wait_for(|stage| *stage == Stage::Over) => {
            gate.break_off("the service was stopped".into());
        }
    }
}

fn infallible(
    response: Result<axum::response::Response<Body>, Infallible>,
) -> axum::response::Response<Body> {
    match response {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// One connection too many: an answer if it fits at once, and its end.
fn turn_away(socket: &TcpStream, peer: SocketAddr, journal: &Journal) {
    let (status, why) = (StatusCode::SERVICE_UNAVAILABLE, "too many connections; try again");
    let reply = reply::raw(status, why);
    let _ = socket.try_write(&reply.bytes);
    journal(&access::refused(&peer.to_string(), status.as_u16(), reply.body as u64, why));
}

fn report(journal: &Journal, ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        journal("a request was stopped by a defect of the program; please report it");
    }
}

/// Takes an address to serve on.
///
/// # Errors
/// When it is taken, not of this machine, or not allowed.
pub async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await
}
