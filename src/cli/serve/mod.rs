//! `serve`: the history of rooms over HTTP.

mod journal;
mod said;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};

use crate::domain::{Room, format};
use crate::http::{self, Limits, Service};
use crate::store::HistoryStore;
use crate::store::embedded::EmbeddedStore;
use crate::store::nats::{ConnectOptions, NatsStore};

use super::connection;
use super::error::Failure;
use super::rooms_file;
use super::source::Source;
use journal::Lines;

/// Arguments of `serve`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  roomscope serve --rooms rooms.toml
  roomscope serve --rooms rooms.toml --auth enforce --listen 0.0.0.0:8480
  roomscope serve --demo --listen 127.0.0.1:0
  curl 'http://127.0.0.1:8480/rooms/lobby/history?limit=3'")]
pub(super) struct Serve {
    /// Where to listen: an IP address and a port; port 0 takes a free one and says which.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8480", value_parser = address)]
    listen: SocketAddr,
    /// Whether callers must sign their requests with the user key of a member of the room.
    #[arg(long, value_name = "WHEN", value_enum, default_value = "off")]
    auth: When,
    /// Serve an address that others can reach although nobody has to sign.
    #[arg(long)]
    i_know_this_is_open: bool,
    /// Answers made at the same time; the next callers wait. Each takes about 4 MB, with large
    /// frames more.
    #[arg(long, value_name = "N", default_value_t = Limits::default().reads, value_parser = reads)]
    reads: usize,
    /// Seconds from a request to the end of its answer; then it is cut off.
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().request_time.as_secs(),
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    request_time: u64,
    #[command(flatten)]
    pub(super) source: Source,
}

/// Whether callers must sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    /// Nobody signs, and everybody reads every room.
    Off,
    /// Everybody signs, and members of a room read it.
    Enforce,
}

/// Serves until a signal ends it.
pub(super) async fn run(args: Serve) -> Result<u8, Failure> {
    let enforce = args.auth == When::Enforce;
    let is_local = args.listen.ip().to_canonical().is_loopback();
    if !enforce && !is_local && !args.i_know_this_is_open {
        return Err(Failure::usage(format!(
            "--listen {}: others can reach that address, and nobody has to sign; give --auth \
             enforce, or --i-know-this-is-open",
            args.listen
        )));
    }
    // From the first moment, so that none ends the program halfway.
    let stop = stop()?;
    let lines = Lines::start()?;
    let (known, options) = prepared(&args.source)?;
    if let Some(wrong) = said::wrong_members(&known).filter(|_| enforce) {
        return Err(Failure::usage(wrong));
    }
    let listener = http::listen(args.listen).await.map_err(|error| refused(args.listen, &error))?;
    let address = listener.local_addr().map_err(|error| refused(args.listen, &error))?;
    let (store, known): (Arc<dyn HistoryStore>, Vec<Room>) = match options {
        Some(options) => (Arc::new(NatsStore::connect(&options)?), known),
        None => {
            let read_only = args.source.server.read_only;
            let (store, known) = EmbeddedStore::demo(Timestamp::now, read_only);
            (Arc::new(store), known)
        }
    };
    let journal = lines.journal();
    if enforce {
        said::closed(&known).iter().for_each(|line| journal(line));
    }
    journal(&format!(
        "listening on http://{address}, auth {}, {} rooms{}",
        if enforce { "enforce" } else { "off" },
        format::count(known.len() as u64),
        if store.may_write() { "" } else { ", read-only" }
    ));
    let following = tokio::spawn(said::follow(store.connection(), Arc::clone(&journal)));
    let request_time = Duration::from_secs(args.request_time);
    let limits = Limits { reads: args.reads, request_time, ..Limits::default() };
    let service = Service::new(store, known, enforce, limits, Arc::clone(&journal));
    let stop = async {
        journal(&format!("{}: finishing what is under way", stop.await));
    };
    let cut = http::serve(listener, Arc::new(service), stop).await;
    following.abort();
    journal(&match cut {
        0 => "stopped".to_owned(),
        cut => format!("stopped; connections cut off: {cut}"),
    });
    lines.close();
    Ok(0)
}

/// What is known of the rooms, and where the server is; none for the demo.
fn prepared(source: &Source) -> Result<(Vec<Room>, Option<ConnectOptions>), Failure> {
    if source.demo {
        return Ok((Vec::new(), None));
    }
    let Some(path) = &source.rooms_file else {
        return Err(Failure::usage(
            "serve needs to know the rooms: give a rooms file with --rooms, or --demo",
        ));
    };
    let known = rooms_file::load(path).map_err(Failure::usage)?;
    let options = connection::open(&source.server, &source.defaults)?.options;
    Ok((known, Some(options)))
}

/// The signals that end it, caught from now on; gives the name of the one that came.
fn stop() -> Result<impl Future<Output = &'static str>, Failure> {
    let failed = |error| Failure::failed(format!("catch signals: {error}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        }
    })
}

fn refused(address: SocketAddr, error: &io::Error) -> Failure {
    let advice = match error.kind() {
        io::ErrorKind::AddrInUse => {
            "something listens there already; stop it, or choose another port with --listen"
        }
        io::ErrorKind::PermissionDenied => {
            "ports below 1024 take a privilege; choose another with --listen"
        }
        io::ErrorKind::AddrNotAvailable => {
            "that is no address of this machine; choose another with --listen"
        }
        _ => return Failure::failed(format!("listen on {address}: {error}")),
    };
    Failure::failed(format!("listen on {address}: {advice}"))
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "give an IP address and a port, as in 127.0.0.1:8480 or [::1]:8480")
}

fn reads(text: &str) -> Result<usize, &'static str> {
    let number = text.parse().ok().filter(|number| (1..=256).contains(number));
    number.ok_or("give a number from 1 to 256")
}
