//! Every run of missing sequences, from the server's list alone: nothing is read, and the runs are
//! not held in memory beside the list.

use std::fmt::Write as _;

use crate::cli::error::Failure;
use crate::cli::out::Out;
use crate::domain::cause::why::Price;
use crate::domain::{Gap, GapCause, Runs, StreamInfo, Window, format};

/// Prints the runs, the lowest first, as lines of text or of JSON.
pub(super) fn print(
    out: &mut Out,
    info: &StreamInfo,
    lost: &Runs,
    json: bool,
) -> Result<(), Failure> {
    let mut line = String::with_capacity(96);
    if !json {
        out.line("")?;
    }
    let mut total = (0_u64, 0_u64);
    let mut one = |run: Window, cause: GapCause| {
        line.clear();
        total = (total.0 + 1, total.1.saturating_add(run.len()));
        write(&mut line, run, cause, json);
        out.bytes(line.as_bytes())
    };
    for gap in Gap::before_first(info) {
        one(gap.range, gap.cause)?;
    }
    let Some(list) = &info.state.deleted else {
        out.flush()?;
        return Err(not_asked(info));
    };
    each(list, info, lost, &mut one)?;
    if !json {
        let (runs, sequences) = total;
        let runs = format::counted(runs, "run");
        out.line(&format!("{runs}, {}", format::counted(sequences, "missing sequence")))?;
    }
    Ok(())
}

/// Walks along a sorted list, run by run; those that are lost stand apart, where the list does not
/// contradict itself.
pub(super) fn each(
    list: &[u64],
    info: &StreamInfo,
    lost: &Runs,
    one: &mut impl FnMut(Window, GapCause) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let listed = GapCause::listed(info.config.has_message_ttl());
    let is_told = !lost.is_empty() && !info.state.is_doubtful();
    let mut run: Option<Window> = None;
    let mut give = |run: Window| -> Result<(), Failure> {
        let lost = if is_told { lost.within(run) } else { Runs::default() };
        if lost.is_empty() {
            return one(run, listed);
        }
        let others = Runs::from_iter([run]).without(&lost);
        let others = others.as_slice().iter().map(|part| (*part, listed));
        let lost = lost.as_slice().iter().map(|part| (*part, GapCause::Lost));
        let mut parts: Vec<(Window, GapCause)> = others.chain(lost).collect();
        parts.sort_unstable();
        parts.into_iter().try_for_each(|(part, cause)| one(part, cause))
    };
    for &seq in list {
        run = match run {
            Some(open) if open.end().checked_add(1) == Some(seq) => Window::new(open.start(), seq),
            done => {
                done.map_or(Ok(()), &mut give)?;
                Some(Window::one(seq))
            }
        };
    }
    run.map_or(Ok(()), &mut give)
}

/// One run as a line.
fn write(line: &mut String, run: Window, cause: GapCause, json: bool) {
    let (start, end, count) = (run.start(), run.end(), run.len());
    // Writing to a String cannot fail.
    let _ = if json {
        let cause = cause.name();
        writeln!(
            line,
            r#"{{"type":"gap","start":{start},"end":{end},"count":{count},"cause":"{cause}"}}"#
        )
    } else {
        writeln!(line, "{start}-{end} {count} {}", cause.word())
    };
}

fn not_asked(info: &StreamInfo) -> Failure {
    Failure::failed(format!(
        "the runs inside the stream are not known: the list of {} was not asked for ({})",
        format::counted(info.state.num_deleted, "missing sequence"),
        Price::list(info).words()
    ))
}
