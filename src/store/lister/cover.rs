//! What is proved by pages of sorted names that were read one after another, while streams came
//! and went.
//!
//! A page is all names between its first and its last one, as they were at one moment. So a stream
//! that was there all the while is on every page that reaches over its name, and one that is
//! not on such a page was not there when that was read. Totals and counts prove less: one stream
//! deleted and another created between two pages leave both as they were, and the page behind
//! them begins one name too late. That pages follow without a gap shows in that each begins
//! with a name that was seen before.

/// The stretches of names that pages reached over.
#[derive(Debug, Default)]
pub(super) struct Cover {
    /// In order, and without two that touch.
    runs: Vec<Run>,
}

#[derive(Debug)]
struct Run {
    /// The first name; `None` for the beginning of all names.
    from: Option<String>,
    /// The last name; `None` for the end of all names.
    to: Option<String>,
    /// How many names were up to the last one.
    end: u64,
}

impl Run {
    /// Whether nothing can lie between this and the run that begins next.
    fn touches(&self, next: &Self) -> bool {
        match (&self.to, &next.from) {
            (None, _) | (_, None) => true,
            (Some(to), Some(from)) => from <= to,
        }
    }

    fn join(&mut self, other: Self) {
        let is_longer = match (&self.to, &other.to) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(to), Some(of_other)) => of_other > to,
        };
        if is_longer {
            self.to = other.to;
            self.end = other.end;
        }
    }
}

impl Cover {
    /// Takes in a page of names that were `total` in all when it was read.
    pub(super) fn add(&mut self, offset: u64, names: &[String], total: u64) {
        let end = offset + names.len() as u64;
        let (Some(first), Some(last)) = (names.first(), names.last()) else {
            // Past the end of the names, nothing is told of those before.
            if offset == 0 && total == 0 {
                self.runs = vec![Run { from: None, to: None, end }];
            }
            return;
        };
        if !names.is_sorted() {
            return;
        }
        self.runs.push(Run {
            from: (offset > 0).then(|| first.clone()),
            to: (end < total).then(|| last.clone()),
            end,
        });
        self.runs.sort_by(|a, b| a.from.cmp(&b.from));
        let mut joined: Vec<Run> = Vec::with_capacity(self.runs.len());
        for run in self.runs.drain(..) {
            match joined.last_mut() {
                Some(before) if before.touches(&run) => before.join(run),
                _ => joined.push(run),
            }
        }
        self.runs = joined;
    }

    /// How many names there were, at that time, up to the first gap; `None` when there is none.
    pub(super) fn gap(&self) -> Option<u64> {
        match self.runs.first() {
            Some(Run { from: None, to, end }) => to.as_ref().map(|_| *end),
            _ => Some(0),
        }
    }

    /// Whether a page reached over this name.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.runs.iter().any(|run| {
            run.from.as_deref().is_none_or(|from| from <= name)
                && run.to.as_deref().is_none_or(|to| name <= to)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(names: &str) -> Vec<String> {
        names.chars().map(String::from).collect()
    }

    #[test]
    fn pages_that_share_a_name_leave_nothing_out() {
        let mut cover = Cover::default();
        assert_eq!(cover.gap(), Some(0));
        cover.add(0, &page("abc"), 6);
        assert_eq!(cover.gap(), Some(3));
        assert!(cover.holds("bb") && !cover.holds("d"));
        cover.add(4, &page("ef"), 6);
        assert_eq!(cover.gap(), Some(3), "d may lie between");
        assert!(cover.holds("z") && !cover.holds("d"));
        cover.add(2, &page("cde"), 6);
        assert_eq!(cover.gap(), None);
        assert!(cover.holds("d"));
    }

    #[test]
    fn a_page_that_begins_behind_the_last_name_proves_nothing_of_what_is_between() {
        let mut cover = Cover::default();
        cover.add(0, &page("abc"), 6);
        // b was deleted and z created: the page of offset 2 would have begun with c.
        cover.add(2, &page("defz"), 6);
        assert_eq!(cover.gap(), Some(3));
        // a page that reaches back further than it had to
        cover.add(1, &page("cd"), 6);
        assert_eq!(cover.gap(), None);
    }

    #[test]
    fn odd_pages_prove_nothing() {
        let mut cover = Cover::default();
        cover.add(0, &page("acb"), 3);
        cover.add(0, &[], 3);
        cover.add(5, &[], 5);
        assert_eq!((cover.gap(), cover.holds("a")), (Some(0), false));
        cover.add(0, &[], 0);
        assert_eq!((cover.gap(), cover.holds("a")), (None, true));
    }
}
