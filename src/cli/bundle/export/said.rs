//! What is said of an export at its end.

use serde::Serialize;

use crate::cli::bundle::judged::Judged;
use crate::cli::bundle::manifest::Head;
use crate::cli::bundle::partial::Partial;
use crate::cli::bundle::read::Stop;
use crate::cli::bundle::tally::Tally;
use crate::cli::bundle::write::Unwritten;
use crate::cli::error::Failure;
use crate::cli::out::{Out, say};
use crate::domain::{FaultKind, Room, escape, format};

use super::Export;

/// What can be done where an export cannot be gone on with. The first keeps what may be all there is
/// of it.
pub(super) const ANEW: &str =
    "give another --out to keep that, or --force to drop it, and export what is there now";

/// The failure of an export that stopped, and what to do about it.
pub(super) fn stopped(
    stop: Stop,
    partial: &Partial<'_>,
    room: &Room,
    allow_unread: bool,
) -> Failure {
    let shown = partial.shown();
    let kept = format!("what was read is kept in {shown}");
    let line = match stop {
        Stop::Write(Unwritten::Io(error)) => return partial.unwritten(&error),
        Stop::Write(Unwritten::Refused(failure)) => return failure,
        Stop::Store(error) => match error.kind {
            FaultKind::Recreated => format!(
                "room {}: {}; the one that was being read cannot be gone on with, and what was \
                 read of it is kept in {shown}; {ANEW}",
                room.id,
                error.fault().text
            ),
            FaultKind::StreamNotFound => format!(
                "room {}: {}; what was read of it is kept in {shown}, and cannot be gone on with; \
                 should a stream be made under that name again, {ANEW}",
                room.id,
                error.fault().text
            ),
            _ => {
                let again = "the same command goes on from there once that is over or mended";
                let fault = error.fault();
                // What is advised there of a lost connection is for programs that go on.
                let advice = match fault.kind {
                    FaultKind::Disconnected => String::new(),
                    ref kind => format!("; {}", kind.advice()),
                };
                format!("room {}: {}{advice}; {kept}, and {again}", room.id, fault.text)
            }
        },
        Stop::Unread(range, fault) => {
            // The option finishes nothing where nothing can be read.
            let next = match fault.kind {
                FaultKind::Disconnected => "once there is a connection, to go on",
                FaultKind::Denied(_)
                | FaultKind::NoJetStream
                | FaultKind::JetStreamOff
                | FaultKind::Offline
                | FaultKind::Resources => "once that is over or mended, to go on",
                _ if allow_unread => "once there is a connection, to go on",
                _ => {
                    "to go on; where all but these can be read, add --allow-unread to finish \
                     without them"
                }
            };
            format!(
                "room {}: sequences {} to {} could not be read: {}; {kept}; run the same again {next}",
                room.id,
                range.start(),
                range.end(),
                fault.text
            )
        }
        Stop::Shorter(last) => shorter(room, last, &shown),
    };
    Failure::failed(line)
}

/// What is said of a stream that ends below what is still to be read of it.
pub(super) fn shorter(room: &Room, last: u64, shown: &str) -> String {
    format!(
        "room {}: its stream now ends at sequence {last}, below sequences that it had when the \
         export began, as where a server lost the end of its storage or was put back to an older \
         copy; what was read is kept in {shown}; {ANEW}",
        room.id
    )
}

/// The failure where a stream seemed to end below that, and no leader said so twice.
pub(super) fn unsettled(room: &Room, last: u64, shown: &str) -> Failure {
    Failure::failed(format!(
        "room {}: its stream was said to end at sequence {last}, below sequences that it had when \
         the export began, but no leader of it said so twice; nothing is dropped, what was read is \
         kept in {shown}, and the same command goes on from there or says more once a leader stays",
        room.id
    ))
}

/// What `--json` prints.
#[derive(Serialize)]
struct Done<'a> {
    bundle: String,
    #[serde(flatten)]
    head: &'a Head,
    account: &'a Tally,
    #[serde(flatten)]
    judged: &'a Judged,
}

pub(super) fn report(
    args: &Export,
    head: &Head,
    tally: &Tally,
    judged: &Judged,
) -> Result<u8, Failure> {
    let shown = args.out.display().to_string();
    let Tally { frames, missing, unread, bytes, .. } = tally;
    let held = match head.window {
        Some(_) => format!(
            "{} of {} in all, {} without one, {}{} unread{}",
            format::counted(*frames, "frame"),
            format::counted(*bytes, "byte"),
            format::counted(*missing, "sequence"),
            tally.unreadable_words(),
            format::count(*unread),
            head.below()
        ),
        None => format!("the stream holds no messages, and the bundle says so{}", head.below()),
    };
    let safe = escape::sentence(&shown);
    say(&format!("{safe}: {held}. Check it anywhere with: roomscope verify {safe}"));
    say(&format!("{safe}: {}", judged.words()));
    let mut out = Out::new();
    if args.json {
        out.json(&Done { bundle: shown, head, account: tally, judged })?;
    }
    out.flush()?;
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::bundle::target::Target;
    use crate::domain::room::KnownFrom;
    use crate::domain::{Fault, RoomId, Window};
    use crate::store::StoreError;

    #[test]
    fn only_what_can_be_gone_on_with_is_said_to_be() {
        let folder = tempfile::tempdir().unwrap();
        let target = Target::of(&folder.path().join("out")).unwrap();
        let partial = Partial::create(&target).unwrap();
        let room = Room::bare(RoomId::new("a").unwrap(), KnownFrom::default());
        let said = |stop, allow_unread| {
            let failure = stopped(stop, &partial, &room, allow_unread);
            assert_eq!(failure.code, 1);
            assert!(failure.line.contains(&partial.shown()), "{failure}");
            failure.line
        };
        let denied = || FaultKind::Denied("$JS".into());
        for kind in [
            FaultKind::Timeout,
            FaultKind::Disconnected,
            denied(),
            FaultKind::NoJetStream,
            FaultKind::JetStreamOff,
            FaultKind::NoLeader,
            FaultKind::Offline,
            FaultKind::Busy,
            FaultKind::BadReply,
            FaultKind::Resources,
            FaultKind::Server(1),
        ] {
            let line = said(Stop::Store(StoreError::new(kind, "read", "no")), false);
            assert!(line.contains("the same command goes on from there once"), "{line}");
            assert!(!line.contains("goes on trying") && !line.contains("--force"), "{line}");
        }
        for kind in [FaultKind::Recreated, FaultKind::StreamNotFound] {
            let line = said(Stop::Store(StoreError::new(kind, "read", "no")), false);
            assert!(line.contains("cannot be gone on with") && line.contains(ANEW), "{line}");
        }
        assert!(said(Stop::Shorter(7), false).contains(ANEW));
        for (kind, allowed, offered) in [
            (FaultKind::Timeout, false, true),
            (FaultKind::BadReply, false, true),
            (FaultKind::Timeout, true, false),
            (FaultKind::Disconnected, false, false),
            (denied(), false, false),
        ] {
            let stop = Stop::Unread(Window::one(3), Fault::new(kind, "no"));
            let line = said(stop, allowed);
            assert!(line.contains("; run the same again "), "{line}");
            assert_eq!(line.contains("add --allow-unread"), offered, "{line}");
        }
    }
}
