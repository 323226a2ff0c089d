//! What is said of an export at its end.

use serde::Serialize;

use crate::cli::bundle::judged::Judged;
use crate::cli::bundle::manifest::Head;
use crate::cli::bundle::partial::Partial;
use crate::cli::bundle::read::Stop;
use crate::cli::bundle::tally::Tally;
use crate::cli::bundle::target::Target;
use crate::cli::bundle::write::Unwritten;
use crate::cli::error::Failure;
use crate::cli::out::{Out, say};
use crate::cli::source::on;
use crate::domain::{Room, escape, format};

use super::Export;

/// The failure of an export that stopped, and what to do about it.
pub(super) fn stopped(stop: Stop, partial: &Partial<'_>, target: &Target, room: &Room) -> Failure {
    let kept = format!("what was read is kept in {}", target.partial.display());
    match stop {
        Stop::Write(Unwritten::Io(error)) => partial.unwritten(&error),
        Stop::Write(Unwritten::Refused(failure)) => failure,
        Stop::Store(error) => {
            let Failure { line, .. } = on(room, error);
            Failure::failed(format!("{line}; {kept}, and the same command goes on from there"))
        }
        Stop::Unread(range, fault) => Failure::failed(format!(
            "room {}: sequences {} to {} could not be read: {}; {kept}: run the same again to go \
             on, or add --allow-unread to finish without them",
            room.id,
            range.start(),
            range.end(),
            fault.text
        )),
        Stop::Shorter(last) => Failure::failed(format!(
            "room {}: its stream now ends at sequence {last}, below sequences that it had when \
             the export began: the server lost the end of its storage; {kept}; give --force and \
             another --last or --from to export what is left",
            room.id
        )),
    }
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
