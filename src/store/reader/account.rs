//! Turning what was fetched into slots: every sequence of the fetched ranges, with its cause; and
//! the page before it is whole.

use crate::domain::{
    Answer, Gap, GapCause, Holes, MOST_GIVEN, Page, PageBuilder, Runs, Slot, StreamInfo, Window,
};

use super::Watch;
use super::confirm::present;
use super::fetch::{Fetch, Fetched};

/// Reports all that was learned of `ranges` to the builder, which has the frames already. `info` is the stream as it was after
/// the fetch wherever holes were seen that its list did not foretell.
pub(super) fn account(
    builder: &mut PageBuilder,
    fetched: &Fetched,
    info: &StreamInfo,
    ranges: &[Window],
) {
    let failed: Vec<Window> = fetched.failed.iter().map(|(range, _)| *range).collect();
    let answer = Answer(info);
    let report = |builder: &mut PageBuilder, run: Window, cause| {
        answer.split(run, cause).into_iter().for_each(|gap| builder.gap(gap));
    };
    let list = Holes(info.state.deleted.as_deref().unwrap_or_default());
    let listed = GapCause::listed(info.config.has_message_ttl());
    let asked: Runs = [&fetched.tried, &fetched.holes, &fetched.kept_holes]
        .into_iter()
        .flatten()
        .copied()
        .filter(|_| info.state.lost.is_some())
        .collect();
    for range in ranges {
        if let Some(below) = range.below(info.state.first_seq) {
            report(builder, below, GapCause::BeforeFirst);
        }
        // What is listed and was asked for all the same, and not answered, is unread.
        for run in list.runs(*range).into_iter().flat_map(|run| without(run, &failed)) {
            for gap in answer.split(run, listed) {
                if gap.cause != GapCause::Lost {
                    builder.gap(gap);
                    continue;
                }
                // Lost is only what was asked for: the report may have come after the gets.
                let asked = asked.within(gap.range);
                asked
                    .as_slice()
                    .iter()
                    .for_each(|run| builder.gap(Gap { range: *run, ..gap.clone() }));
                without(gap.range, asked.as_slice())
                    .into_iter()
                    .for_each(|run| builder.gap(answer.gap(run, listed)));
            }
        }
    }
    for run in &fetched.unreadable {
        for run in present(*run, info) {
            run.below(MOST_GIVEN + 1)
                .into_iter()
                .for_each(|run| report(builder, run, GapCause::Unreadable));
            run.above(MOST_GIVEN)
                .into_iter()
                .for_each(|run| report(builder, run, GapCause::PastLimit));
        }
    }
    for hole in fetched.holes.iter().chain(&fetched.kept_holes) {
        for run in present(*hole, info) {
            report(builder, run, GapCause::NotKnown);
        }
    }
    for (range, fault) in &fetched.failed {
        builder.unread(*range, fault.clone());
    }
}

/// The gaps below the stream's first sequence, when the window begins there.
pub(super) fn head(window: Window, info: &StreamInfo) -> Vec<Gap> {
    if window.start() > info.state.first_seq {
        return Vec::new();
    }
    let below = |gap: Gap| Some(Gap { range: gap.range.below(window.start())?, ..gap });
    Gap::before_first(info).into_iter().filter_map(below).collect()
}

/// The parts of a run that lie in none of these.
fn without(run: Window, others: &[Window]) -> Vec<Window> {
    let mut parts = vec![run];
    for other in others.iter().filter(|other| other.intersect(run).is_some()) {
        let beside = |part: Window| match part.intersect(*other) {
            None => vec![part],
            Some(_) => {
                part.below(other.start()).into_iter().chain(part.above(other.end())).collect()
            }
        };
        parts = parts.into_iter().flat_map(beside).collect();
    }
    parts
}

impl Fetch<'_, '_> {
    /// Gives the page out as it is once its newest `rows` are known and others are not; gives how
    /// many rows are owed then.
    pub(super) fn offer(&self, rows: usize, ranges: &[Window], watch: &dyn Watch) -> usize {
        match self.picture(rows, ranges) {
            Some(page) => {
                watch.partial(page);
                0
            }
            None => rows,
        }
    }

    fn picture(&self, rows: usize, ranges: &[Window]) -> Option<Page> {
        // A message that should be there and is not, or is too young, is judged by a later state:
        // until that is known, nothing is shown.
        let state = &self.info.state;
        let named = state.lost.as_ref().is_some_and(|lost| !lost.seqs.is_empty());
        let races =
            state.deleted.is_some() && !self.out.holes.is_empty() || named || state.is_doubtful();
        if rows == 0 || races || self.out.is_odd(self.info) {
            return None;
        }
        let (open, [range]) = (self.open()?, ranges) else { return None };
        // There is at most one gap between two frames, and one at the end.
        if self.builder.frames_from(open).saturating_mul(2).saturating_add(1) < rows {
            return None;
        }
        let mut builder = self.builder.clone();
        account(&mut builder, &self.out, self.info, ranges);
        let head = head(*range, self.info);
        let cost = self.read.cost_by_now();
        let page = Page::build(builder, (None, None), head, self.info.clone(), cost);
        let known = |slot: &&Slot| !matches!(slot, Slot::Unread(_));
        (page.slots().iter().rev().take_while(known).count() >= rows).then_some(page)
    }
}
