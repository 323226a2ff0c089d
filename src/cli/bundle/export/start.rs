//! How an export begins: anew, or where an earlier run of it stopped.

use crate::cli::bundle::about::{About, Visit};
use crate::cli::bundle::manifest::{Asked, Below, Head, Resumed};
use crate::cli::bundle::partial::{Files, Found, Partial};
use crate::cli::bundle::read::ends_below;
use crate::cli::bundle::target::Target;
use crate::cli::bundle::{FORMAT, VERSION};
use crate::cli::error::Failure;
use crate::cli::out::say;
use crate::cli::source::{Opened, no_stream, on};
use crate::domain::{Connection, Window, escape, format};
use crate::store::reader::{AGAIN_AFTER, Begun, Span};

use super::rest::{Rest, look};
use super::said::{ANEW, shorter, unsettled};
use super::{Export, Order};

/// Sequences that are exported without a word on how to go on.
const QUICK: u64 = 2_000;

/// An export under way.
pub(super) struct Begin<'a> {
    pub(super) partial: Partial<'a>,
    pub(super) head: Head,
    pub(super) files: Files,
    /// What is still to be accounted for, and what the stream gives of it.
    pub(super) rest: Option<(Window, Begun)>,
}

/// What an earlier run left.
pub(super) enum Before<'a> {
    Nothing,
    /// This is to be dropped as soon as there is something in its place.
    ToDrop(Partial<'a>),
    /// This is to be gone on with.
    GoOn(Partial<'a>, Box<Head>),
}

/// Looks for an unfinished export.
pub(super) fn unfinished<'a>(args: &Export, target: &'a Target) -> Result<Before<'a>, Failure> {
    let Some(partial) = Partial::existing(target)? else { return Ok(Before::Nothing) };
    let asked = Asked { last: args.last, from: args.from };
    let why = match partial.found() {
        Found::Nothing => {
            partial.discard()?;
            return Ok(Before::Nothing);
        }
        Found::Head(head) if head.stream != args.room.stream().as_str() => {
            "it is of another room".to_owned()
        }
        Found::Head(head) if head.asked != asked => {
            format!("it is of {}, not of {}", words(head.asked), words(asked))
        }
        Found::Head(head) => return Ok(Before::GoOn(partial, head)),
        Found::Unknown(why) => why.to_owned(),
    };
    if args.force {
        return Ok(Before::ToDrop(partial));
    }
    Err(Failure::usage(format!(
        "{} is an unfinished export that does not fit: {why}; give another --out to keep it, or \
         --force to drop it and begin anew",
        target.partial.display()
    )))
}

fn words(asked: Asked) -> String {
    match (asked.last, asked.from) {
        (None, None) => "the whole stream".into(),
        (Some(last), None) => format!("the last {last} sequences"),
        (None, Some(from)) => format!("all from sequence {from} on"),
        (Some(last), Some(from)) => format!("{last} sequences from {from} on"),
    }
}

/// Looks at the stream, and only then makes anything, or drops what was there.
pub(super) async fn begin<'a>(
    order: &Order<'a>,
    before: Option<Partial<'a>>,
) -> Result<Begin<'a>, Failure> {
    let Order { args, target, opened, reader, room } = *order;
    let stream = room.id.stream();
    let span = match (args.from, args.last) {
        (Some(seq), most) => Span::From { seq, most: most.unwrap_or(u64::MAX) },
        (None, Some(last)) => Span::Last(last),
        (None, None) => Span::All,
    };
    let begun = reader.walk(&stream, span).await.map_err(|error| on(room, error))?;
    let (info, window) = match &begun {
        Begun::NoStream => return Err(no_stream(room)),
        Begun::Empty(info) => (info.as_ref(), None),
        Begun::Outside(info) => {
            return Err(Failure::failed(format!(
                "room {}: its stream ends at sequence {}, below --from; give a lower one",
                room.id, info.state.last_seq
            )));
        }
        Begun::Walk(walk) => (walk.stream(), Some(walk.window())),
    };
    let mut head = Head {
        format: FORMAT.into(),
        version: VERSION,
        room: About::of(room),
        stream: stream.as_str().to_owned(),
        asked: Asked { last: args.last, from: args.from },
        window: window.map(Into::into),
        before_first: Below::of(info, window),
        created: info.created,
        connection: opened.explained.clone(),
        begun: Visit::now(&opened.store.connection().borrow(), Some(info)),
        resumed: Vec::new(),
        damage: None,
        unreadable_again: false,
    };
    head.learn(info, false);
    before.map_or(Ok(()), Partial::discard)?;
    let partial = Partial::create(target)?;
    partial.keep(&head)?;
    let many = window.map_or(0, Window::len);
    if many > QUICK && !is_demo(opened) {
        say(&format!(
            "{} go into {}; interrupted, the same command goes on from there, as long as the stream \
             is the same one.",
            format::counted(many, "sequence"),
            escape::sentence(&partial.shown())
        ));
    }
    let files = partial.open(window)?;
    let rest = window.map(|window| (window, begun));
    Ok(Begin { partial, head, files, rest })
}

/// Takes up what was begun: the same stream, and the window chosen then.
pub(super) async fn resume<'a>(
    partial: Partial<'a>,
    mut head: Head,
    order: &Order<'a>,
) -> Result<Begin<'a>, Failure> {
    let Order { args, opened, reader, room, .. } = *order;
    let shown = partial.shown();
    let window = head.window.and_then(|ends| Window::new(ends.start, ends.end));
    let files = partial.open(window)?;
    // The server may have forgotten what it reported then.
    if let Some(damage) = &head.damage {
        reader.remember(&room.id.stream(), head.created, damage.lost());
    }
    let rest = match window.and_then(|window| files.written().rest(window)) {
        None => None,
        Some(rest) => {
            let looked = look(reader, &room.id.stream(), head.created, rest, AGAIN_AFTER).await;
            match looked.map_err(|error| on(room, error))? {
                Rest::Unsettled(last) => return Err(unsettled(room, last, &shown)),
                Rest::Seen(Begun::NoStream) => {
                    let line = no_stream(room).line;
                    let line = format!("{line}; what was read of it is kept in {shown}");
                    return Err(Failure::failed(line));
                }
                Rest::Seen(begun) => Some((rest, begun)),
            }
        }
    };
    let info = rest.as_ref().and_then(|(_, begun)| begun.stream());
    if let Some(why) = unfit(&files, &head, rest.as_ref(), order, &shown).await? {
        if args.force {
            return begin(order, Some(partial)).await;
        }
        return Err(Failure::usage(why));
    }
    if let Some(info) = info {
        head.learn(info, false);
    }
    head.resumed.push(Resumed {
        from: rest.as_ref().map(|(rest, _)| rest.start()),
        at: Visit::now(&opened.store.connection().borrow(), info),
    });
    partial.keep(&head)?;
    let kept = files.written().tally.sequences;
    let shown = escape::sentence(&shown);
    say(&format!("Going on with {shown}, where {kept} sequences are accounted for."));
    Ok(Begin { partial, head, files, rest })
}

/// Why what is kept is not of the stream as it is now; `None` where nothing shows that.
async fn unfit(
    files: &Files,
    head: &Head,
    rest: Option<&(Window, Begun)>,
    order: &Order<'_>,
    shown: &str,
) -> Result<Option<String>, Failure> {
    let Order { opened, reader, room, .. } = *order;
    let Some((rest, begun)) = rest else { return Ok(None) };
    let Some(created) = begun.stream().map(|info| info.created) else { return Ok(None) };
    if created != head.created && is_demo(opened) {
        return Ok(Some(format!(
            "{shown} cannot be gone on with, since the demo makes its rooms anew at each start; \
             {ANEW}"
        )));
    }
    if created != head.created {
        return Ok(Some(format!(
            "room {}: its stream was deleted and made again since {shown} was begun; {ANEW}",
            room.id
        )));
    }
    if let Some(last) = ends_below(*rest, begun) {
        return Ok(Some(shorter(room, last, shown)));
    }
    // A store that was put back to an older copy gives the same numbers out again.
    let Some(edge) = files.written().below else { return Ok(None) };
    let found = reader.first_from(&room.id.stream(), edge.seq).await;
    let found = found.map_err(|error| on(room, error))?;
    let is_other = found.is_some_and(|found| found.seq == edge.seq && found.time != edge.time);
    Ok(is_other.then(|| {
        format!(
            "room {}: its sequence {} holds another message now than {shown} does, as where a \
             store was put back to an older copy; {ANEW}",
            room.id, edge.seq
        )
    }))
}

/// Whether the rooms are made up, and so made anew at each start.
fn is_demo(opened: &Opened) -> bool {
    matches!(&*opened.store.connection().borrow(), Connection::Local { .. })
}
