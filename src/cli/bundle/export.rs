//! `export`: a room's history as a bundle of files.

mod rest;
mod said;
mod start;

use std::path::PathBuf;
#[cfg(unix)]
use std::sync::Arc;

use clap::Args;

use crate::cli::env::{Env, Subcommand};
use crate::cli::error::Failure;
use crate::cli::parse::{room_id, whole};
use crate::cli::progress::Progress;
use crate::cli::source::{Opened, SourceArgs, Wait};
use crate::domain::{Cost, Page, Room, RoomId, Runs, Window};
use crate::store::reader::{AGAIN_AFTER, Begun, LONGEST_LIST, Reader};

use super::about::Visit;
use super::finish;
use super::judged::Judged;
use super::manifest::Head;
use super::partial::{Files, Partial};
use super::read::{Job, Stop};
use super::target::Target;
use super::write::Written;
use said::{report, stopped};
use start::{Before, Begin, begin, resume, unfinished};

/// Arguments of `export`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  roomscope export support --out ticket-4711.tar
  roomscope export support --last 5000 --out ticket-4711
  roomscope export support --demo --out demo.tar && roomscope verify demo.tar

The bundle appears under its name at once and whole. Until then it grows in a folder beside it,
named NAME.partial. Whatever interrupts the export, the same command goes on from there, as long as
the stream is the same one: it says so where it is not, and drops nothing without --force.")]
pub(crate) struct Export {
    /// The room.
    #[arg(value_name = "ROOM", value_parser = room_id)]
    room: RoomId,
    /// Where to: a folder, or one file when the name ends in .tar.
    #[arg(long, value_name = "DIR|FILE.tar")]
    out: PathBuf,
    /// Only the newest N sequences; with --from, N sequences from there on.
    #[arg(long, value_name = "N", value_parser = whole,
        allow_negative_numbers = true)]
    last: Option<u64>,
    /// Only from this sequence on.
    #[arg(long, value_name = "SEQ", value_parser = whole,
        allow_negative_numbers = true)]
    from: Option<u64>,
    /// Finish even when sequences cannot be read: the bundle then says which, and why. Otherwise
    /// the export stops there, and goes on when it is run again.
    #[arg(long)]
    allow_unread: bool,
    /// Replace a bundle of that name, and drop an unfinished export that cannot be gone on with.
    #[arg(long)]
    force: bool,
    /// Print what was exported as one JSON object.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    source: SourceArgs,
}

/// What is exported, from where and where to.
struct Order<'a> {
    args: &'a Export,
    target: &'a Target,
    opened: &'a Opened,
    reader: &'a Reader,
    room: &'a Room,
}

impl Subcommand for Export {
    fn source(&mut self) -> Option<&mut SourceArgs> {
        Some(&mut self.source)
    }

    fn run(self: Box<Self>, env: &Env) -> Result<u8, Failure> {
        env.block_on(run(*self))
    }
}

/// Exports a room.
async fn run(args: Export) -> Result<u8, Failure> {
    #[cfg(unix)]
    limits_are_errors()?;
    let target = Target::of(&args.out)?;
    target.check(args.force)?;
    let before = unfinished(&args, &target)?;
    let opened = args.source.open(Wait::UntilUp).await?;
    let room = opened.room(&args.room);
    let reader = opened.reader().with_list_at_most(LONGEST_LIST);
    let order =
        Order { args: &args, target: &target, opened: &opened, reader: &reader, room: &room };
    let Begin { partial, mut head, mut files, rest } = match before {
        Before::Nothing => begin(&order, None).await?,
        Before::ToDrop(partial) => begin(&order, Some(partial)).await?,
        Before::GoOn(partial, head) => resume(partial, *head, &order).await?,
    };
    let read = read(&order, rest, &partial, &mut head, &mut files).await;
    // What waits in buffers is worth keeping, however the read ended.
    let files = files.finish();
    let requests = read.map_err(|stop| stopped(stop, &partial, &room, args.allow_unread))?;
    let (lines, raw, written) = files.map_err(|error| partial.unwritten(&error))?;
    let Ended { visit, judged, cost } = end(&order, &mut head, &written).await;
    let finish = || {
        let requests = requests + cost.requests();
        finish::describe(&target, &head, &visit, requests, &judged, &written)?;
        finish::sync(&target, [lines, raw])?;
        target.is_tar.then(|| finish::pack(&target)).transpose()
    };
    let packed = finish().map_err(|error| partial.unwritten(&error))?;
    target.publish(packed.as_deref(), args.force)?;
    report(&args, &head, &written.tally, &judged)
}

/// Reads what is still to be read; gives the requests it took.
async fn read(
    order: &Order<'_>,
    rest: Option<(Window, Begun)>,
    partial: &Partial<'_>,
    head: &mut Head,
    files: &mut Files,
) -> Result<u64, Stop> {
    let Order { args, opened, reader, .. } = *order;
    let Some((rest, begun)) = rest else { return Ok(0) };
    let stream = args.room.stream();
    let (store, allow_unread) = (opened.store.as_ref(), args.allow_unread);
    let job = Job { store, reader, stream: &stream, rest, allow_unread, again: AGAIN_AFTER };
    match begun {
        Begun::Walk(walk) => {
            let total = head.window.map_or(0, |ends| ends.end - ends.start + 1);
            let progress = Progress::new(&format!("export {}", args.room), total, "sequences");
            let mut told = |page: &Page, done| {
                progress.set(done);
                let news = head.learn(&page.stream, page.unreadable_again);
                if news { partial.keep(head) } else { Ok(()) }
            };
            job.walk(*walk, files, &mut told).await
        }
        Begun::Empty(info) | Begun::Outside(info) => job.nothing_left(&info, files).map(|()| 1),
        Begun::NoStream => Ok(0),
    }
}

/// How the export ended.
struct Ended {
    visit: Visit,
    judged: Judged,
    cost: Cost,
}

/// Looks at the stream once more, and judges how complete the room is.
async fn end(order: &Order<'_>, head: &mut Head, written: &Written) -> Ended {
    let Order { opened, reader, room, .. } = *order;
    let stream = room.id.stream();
    let looked = reader.look(&stream).await.ok().flatten();
    let looked = looked.filter(|looked| looked.info.created == head.created);
    let cost = looked.as_ref().map_or(Cost { info: 1, ..Cost::default() }, |looked| looked.cost);
    let mut elsewhere = Runs::default();
    if let Some(looked) = &looked {
        head.learn(&looked.info, false);
        let report = looked.info.state.lost.as_ref();
        let forgotten = report.is_none_or(|lost| lost.earlier);
        head.damage = head.damage.take().map(|damage| damage.forgotten(forgotten));
        elsewhere = looked.lost.iter().copied().collect();
        let window = head.window.and_then(|ends| Window::new(ends.start, ends.end));
        window.into_iter().for_each(|window| elsewhere.remove(window));
    }
    let info = looked.as_ref().map(|looked| &looked.info);
    let judged = Judged::of(head, written, info, elsewhere.sequences());
    let visit = Visit::now(&opened.store.connection().borrow(), info);
    Ended { visit, judged, cost }
}

/// Makes a write beyond a limit on the size of files an error like any other; the system would end
/// the program at once (setrlimit(2), SIGXFSZ).
#[cfg(unix)]
fn limits_are_errors() -> Result<(), Failure> {
    signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default())
        .map(|_| ())
        .map_err(|error| Failure::failed(format!("set up signals: {error}")))
}
