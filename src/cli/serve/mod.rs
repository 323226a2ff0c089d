//! `serve`: the history of rooms over HTTP.

mod journal;

use std::future::Future;
use std::io;
use std::mem::discriminant;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::domain::{Connection, Room, escape, format};
use crate::http::auth::signature;
use crate::http::{self, Journal, Limits, Service};

use super::env::{Env, Subcommand};
use super::error::Failure;
use super::source::{Opened, SourceArgs, Wait};
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
    source: SourceArgs,
}

/// Whether callers must sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum When {
    /// Nobody signs, and everybody reads every room.
    Off,
    /// Everybody signs, and members of a room read it.
    Enforce,
}

impl Subcommand for Serve {
    fn source(&mut self) -> Option<&mut SourceArgs> {
        Some(&mut self.source)
    }

    fn run(self: Box<Self>, env: &Env) -> Result<u8, Failure> {
        env.block_on(run(*self))
    }
}

/// Serves until a signal ends it.
async fn run(args: Serve) -> Result<u8, Failure> {
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
    if !args.source.demo && args.source.rooms_file.is_none() {
        return Err(Failure::usage(
            "serve needs to know the rooms: give a rooms file with --rooms, or --demo",
        ));
    }
    let source = args.source.choose(args.source.known()?)?;
    if let Some(wrong) = wrong_members(&source.known).filter(|_| enforce) {
        return Err(Failure::usage(wrong));
    }
    let listener = http::listen(args.listen).await.map_err(|error| refused(args.listen, &error))?;
    let address = listener.local_addr().map_err(|error| refused(args.listen, &error))?;
    let Opened { store, known, .. } = source.open(Wait::InBackground).await?;
    let journal = lines.journal();
    if enforce {
        closed(&known).iter().for_each(|line| journal(line));
    }
    journal(&format!(
        "listening on http://{address}, auth {}, {} rooms{}",
        if enforce { "enforce" } else { "off" },
        format::count(known.len() as u64),
        if store.may_write() { "" } else { ", read-only" }
    ));
    let following = tokio::spawn(follow(store.connection(), Arc::clone(&journal)));
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

/// Rooms and keys that are named one by one.
const NAMED: usize = 10;

/// Says how the connection to NATS goes, once for each change.
async fn follow(mut connection: watch::Receiver<Connection>, journal: Journal) {
    let mut before = None;
    loop {
        let now = connection.borrow_and_update().clone();
        let kind = (discriminant(&now), fault(&now));
        if before.as_ref() != Some(&kind)
            && let Some(line) = line(&now)
        {
            journal(&line);
            before = Some(kind);
        }
        if connection.changed().await.is_err() {
            return;
        }
    }
}

fn fault(connection: &Connection) -> Option<String> {
    match connection {
        Connection::Local { .. } | Connection::Connected { .. } => None,
        Connection::Connecting { last, .. } | Connection::Reconnecting { last, .. } => {
            last.as_ref().map(|fault| fault.text.clone())
        }
        Connection::Denied { fault, .. } => Some(fault.text.clone()),
    }
}

/// None for what is no news.
fn line(connection: &Connection) -> Option<String> {
    let why = fault(connection).map(|why| format!(": {why}")).unwrap_or_default();
    match connection {
        Connection::Local { .. } => None,
        Connection::Connected { address, server, version, .. } => {
            Some(format!("NATS: connected to {server} at {address}, version {version}"))
        }
        Connection::Connecting { .. } if why.is_empty() => None,
        Connection::Connecting { .. } => Some(format!("NATS: not connected yet{why}")),
        Connection::Reconnecting { .. } => Some(format!("NATS: connection lost{why}")),
        Connection::Denied { .. } => Some(format!("NATS: login refused{why}")),
    }
}

/// Members that can never sign: what is wrong with the first few, in one sentence.
fn wrong_members(rooms: &[Room]) -> Option<String> {
    let wrong = rooms.iter().flat_map(|room| {
        let bad = room.members.iter().filter(|member| !signature::is_user_key(member));
        bad.map(|member| {
            if may_be_seed(member) {
                return format!("one that may be a secret seed, not shown, of room {}", room.id);
            }
            let member: String = member.chars().take(60).collect();
            format!("'{}' of room {}", escape::text(&member), room.id)
        })
    });
    let mut named: Vec<String> = wrong.collect();
    let more = named.len().saturating_sub(NAMED) as u64;
    named.truncate(NAMED);
    if more > 0 {
        named.push(format!("{} more", format::count(more)));
    }
    (!named.is_empty()).then(|| {
        format!(
            "the rooms file has members that are no public user keys which can prove anything \
             (U…, in capitals): {}; mend or remove them",
            named.join(", ")
        )
    })
}

/// Whether any word of it begins as seeds do (`SU…`), in capitals or not. What is no seed and is not
/// shown is found by its room.
fn may_be_seed(member: &str) -> bool {
    let mut words = member.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.any(|word| word.starts_with(['S', 's']))
}

/// Rooms that nobody can read, in one line.
fn closed(rooms: &[Room]) -> Option<String> {
    let closed: Vec<&str> =
        rooms.iter().filter(|room| room.members.is_empty()).map(|room| room.id.as_str()).collect();
    let named = closed.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let more = if closed.len() > NAMED { ", …" } else { "" };
    (!closed.is_empty()).then(|| {
        format!(
            "nobody can read what has no members: {} ({named}{more})",
            format::counted(closed.len() as u64, "room")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::RoomId;
    use crate::domain::room::KnownFrom;

    #[test]
    fn no_seed_is_shown_however_it_is_written() {
        let seed = "SUAAOBYHA4DQOBYHA4DQOBYHA4DQOBYHA4DQOBYHA4DQOBYHA4DQOBZ5FE";
        let said = |member: String| {
            let bare = Room::bare(RoomId::new("a").unwrap(), KnownFrom::default());
            wrong_members(&[Room { members: vec![member], ..bare }]).unwrap()
        };
        for seed in [seed.to_owned(), seed.to_lowercase(), seed.replacen('S', "s", 1)] {
            for member in [
                seed.clone(),
                format!(" {seed}"),
                format!("\u{feff}\t{seed}\n"),
                format!("'{seed}'"),
                format!("seed={seed}"),
                format!("UA {seed}"),
            ] {
                let said = said(member);
                assert!(!said.to_uppercase().contains("OBYHA4DQ"), "{said}");
                assert!(said.contains("may be a secret seed, not shown, of room a"), "{said}");
            }
        }
        assert!(said("uas".into()).contains("'uas' of room a"));
    }
}
