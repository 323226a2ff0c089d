//! What callers are told of lost and unreadable sequences: the header `Roomscope-Missing`, and what
//! was found too late for one head and stands in the next.

use axum::http::{HeaderName, HeaderValue};
use jiff::Timestamp;

use crate::domain::{GapCause, Holes, Page, PageSize, Runs, Slot, StreamInfo, Window};

pub(super) const NAME: HeaderName = HeaderName::from_static("roomscope-missing");
/// Bytes of its value. What is longer is counted and not named.
const MOST: usize = 1024;
/// Runs of each kind kept of one room: more than a value can name.
const RUNS: usize = 1024;

/// Sequences that a caller might take for deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Missing {
    lost: Runs,
    unreadable: Runs,
}

/// What the last answers of a room found.
#[derive(Debug, Default)]
pub(super) struct Finds {
    /// When the stream was made that they are of.
    created: Timestamp,
    missing: Missing,
}

/// The sequences that an answer of the newest `limit` is about: also those before the stream's
/// first and, where its end is lost, after its last.
pub(super) fn span(info: &StreamInfo, limit: PageSize) -> Window {
    let start = info.state.last_seq.saturating_sub(limit.get() - 1).max(1);
    Window::new(start, u64::MAX).unwrap_or(Window::one(start))
}

impl Missing {
    /// What reading a part showed.
    pub(super) fn of(page: &Page) -> Self {
        let gaps = || page.slots().iter().filter_map(Slot::gap);
        let all = |is: fn(GapCause) -> bool| gaps().filter(move |gap| is(gap.cause));
        Self {
            lost: all(|cause| cause == GapCause::Lost).map(|gap| gap.range).collect(),
            unreadable: all(GapCause::is_unreadable).map(|gap| gap.range).collect(),
        }
    }

    /// Runs that are lost.
    pub(super) fn lost(lost: Runs) -> Self {
        Self { lost, unreadable: Runs::default() }
    }

    /// What a stream that holds nothing reports as lost of a span: none of it can be read.
    pub(super) fn of_emptied(info: &StreamInfo, span: Window) -> Self {
        let named = Holes(info.state.lost.as_ref().map_or(&[][..], |lost| &lost.seqs));
        Self::lost(named.runs(span).into_iter().collect())
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.lost.extend(&other.lost);
        self.unreadable.extend(&other.unreadable);
    }

    pub(super) fn without(&self, other: &Self) -> Self {
        Self {
            lost: self.lost.without(&other.lost),
            unreadable: self.unreadable.without(&other.unreadable),
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.lost.is_empty() && self.unreadable.is_empty()
    }

    /// As in the header; `None` where there is neither.
    pub(super) fn value(&self) -> Option<String> {
        let named = self.parts(|kind, runs| format!("{kind}={}", name(runs)));
        let value = if named.len() > MOST {
            self.parts(|kind, runs| format!("{kind}-count={}", runs.sequences()))
        } else {
            named
        };
        (!value.is_empty()).then_some(value)
    }

    pub(super) fn header(&self) -> Option<HeaderValue> {
        HeaderValue::try_from(self.value()?).ok()
    }

    fn parts(&self, part: impl Fn(&str, &Runs) -> String) -> String {
        let kinds = [("lost", &self.lost), ("unreadable", &self.unreadable)];
        let some = kinds.into_iter().filter(|(_, runs)| !runs.is_empty());
        some.map(|(kind, runs)| part(kind, runs)).collect::<Vec<_>>().join("; ")
    }
}

fn name(runs: &Runs) -> String {
    let mut names = String::new();
    for run in runs.as_slice() {
        let (start, end) = (run.start(), run.end());
        let comma = if names.is_empty() { "" } else { "," };
        names += &match run.len() {
            1 => format!("{comma}{start}"),
            _ => format!("{comma}{start}-{end}"),
        };
        // It is counted then, however much there is.
        if names.len() > MOST {
            break;
        }
    }
    names
}

impl Finds {
    /// Takes in what reading a part showed, in place of what was known of its sequences.
    pub(super) fn take(&mut self, page: &Page) {
        if self.created != page.stream.created {
            *self = Self { created: page.stream.created, ..Self::default() };
        }
        for runs in [&mut self.missing.lost, &mut self.missing.unreadable] {
            runs.remove(page.window());
        }
        self.missing.add(&Missing::of(page));
        for runs in [&mut self.missing.lost, &mut self.missing.unreadable] {
            runs.keep_highest(RUNS);
        }
    }

    /// What could not be read of a span when it was read last, but for what was just read of it.
    pub(super) fn rest(&self, info: &StreamInfo, span: Window, read: Window) -> Missing {
        let state = &info.state;
        let stored = Window::new(state.first_seq.max(1), state.last_seq);
        let (Some(rest), true) =
            (stored.and_then(|stored| stored.intersect(span)), self.created == info.created)
        else {
            return Missing::default();
        };
        let list = Holes(state.deleted.as_deref().unwrap_or_default());
        // Deleted meanwhile, an unreadable message is no longer one.
        let unreadable = self.missing.unreadable.within(rest);
        let unreadable = unreadable.as_slice().iter().flat_map(|run| list.present(*run));
        let mut unreadable: Runs = unreadable.collect();
        unreadable.remove(read);
        Missing { lost: Runs::default(), unreadable }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Lost, StreamState};

    fn runs(ends: &[(u64, u64)]) -> Runs {
        ends.iter().map(|(start, end)| Window::new(*start, *end).unwrap()).collect()
    }

    #[test]
    fn the_value_names_and_past_a_kibibyte_counts() {
        let value = |lost, unreadable| Missing { lost, unreadable }.value();
        assert_eq!(value(Runs::default(), Runs::default()), None);
        let one = value(runs(&[(84, 166), (170, 170)]), runs(&[(50, 50)]));
        assert_eq!(one.as_deref(), Some("lost=84-166,170; unreadable=50"));
        assert_eq!(value(Runs::default(), runs(&[(7, 8)])).as_deref(), Some("unreadable=7-8"));
        let many: Vec<_> = (0..205).map(|n| (1_001 + 2 * n, 1_001 + 2 * n)).collect();
        // 5 bytes each.
        let fits = value(runs(&many[..204]), Runs::default()).unwrap();
        assert!(fits.len() == MOST && fits.starts_with("lost=1001,"), "{fits}");
        let counted = value(runs(&many), runs(&[(1, 9)])).unwrap();
        assert_eq!(counted, "lost-count=205; unreadable-count=9");
        assert_eq!(value(runs(&[(1, u64::MAX)]), Runs::default()).unwrap().len(), 27);
    }

    #[test]
    fn of_an_emptied_stream_all_that_is_reported_is_lost() {
        let lost = Lost { seqs: [3, 4, 60, 101].into(), ..Lost::default() };
        let (first_seq, last_seq) = (101, 100);
        let state = StreamState { first_seq, last_seq, lost: Some(lost), ..Default::default() };
        let info = StreamInfo { state, ..StreamInfo::default() };
        let of = |limit| {
            let span = span(&info, PageSize::new(limit).unwrap());
            Missing::of_emptied(&info, span).value()
        };
        assert_eq!(of(200).as_deref(), Some("lost=3-4,60,101"));
        assert_eq!(of(5).as_deref(), Some("lost=101"));
    }
}
