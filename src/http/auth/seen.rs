//! Which signed requests were seen, for as long as each would be accepted again.
//!
//! Memory is bounded, and when it is full nothing more is accepted: to forget would be to let a
//! replay in. Each key has its own share, so that no caller can use up another's, and keys that are
//! members of nothing have one share between them.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::Refusal;
use super::signature::Proved;

/// Requests of one key that are remembered, each for at most 120 s.
const PER_KEY: usize = 10_000;
/// Requests of all members that are remembered: some 10 MB.
const ALL: usize = 100_000;

#[derive(Debug)]
pub(super) struct Seen(Mutex<Shares>);

#[derive(Debug)]
struct Shares {
    members: HashMap<String, Share>,
    /// Requests that those remember together.
    remembered: usize,
    strangers: Share,
    per_key: usize,
    all: usize,
}

#[derive(Debug, Default)]
struct Share {
    /// Until when it must be remembered, and what.
    requests: BTreeSet<(Timestamp, [u8; 32])>,
    /// The latest moment until which something was remembered that is forgotten now. What is
    /// accepted no longer than that may have been seen: a clock that was set back must not make
    /// it new.
    forgotten: Option<Timestamp>,
}

impl Seen {
    /// A memory that has a share for each of these keys.
    pub(super) fn new(members: impl IntoIterator<Item = String>) -> Self {
        Self::with(members, PER_KEY, ALL)
    }

    fn with(members: impl IntoIterator<Item = String>, per_key: usize, all: usize) -> Self {
        let members = members.into_iter().map(|key| (key, Share::default())).collect();
        let strangers = Share::default();
        Self(Mutex::new(Shares { members, remembered: 0, strangers, per_key, all }))
    }

    /// Remembers a request.
    ///
    /// # Errors
    /// [`Refusal::Replayed`] when it was seen before, or may have been; [`Refusal::TooMany`] when
    /// there is no room to remember it.
    pub(super) fn first(&self, key: &str, proved: &Proved, now: Timestamp) -> Result<(), Refusal> {
        let mut shares = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Shares { members, remembered, strangers, per_key, all } = &mut *shares;
        let is_member = members.contains_key(key);
        if is_member && *remembered >= *all {
            *remembered -= members.values_mut().map(|share| share.forget(now)).sum::<usize>();
        }
        let share = members.get_mut(key).unwrap_or(strangers);
        let forgotten = share.forget(now);
        if is_member {
            *remembered -= forgotten;
        }
        if share.forgotten.is_some_and(|forgotten| proved.until <= forgotten) {
            return Err(Refusal::Replayed);
        }
        let request = (proved.until, proved.digest);
        if share.requests.contains(&request) {
            return Err(Refusal::Replayed);
        }
        if share.requests.len() >= *per_key || (is_member && *remembered >= *all) {
            return Err(Refusal::TooMany);
        }
        share.requests.insert(request);
        *remembered += usize::from(is_member);
        Ok(())
    }
}

impl Share {
    /// Forgets what is over; gives how many requests that were.
    fn forget(&mut self, now: Timestamp) -> usize {
        let before = self.requests.len();
        while let Some((until, _)) = self.requests.first()
            && *until < now
        {
            self.forgotten = self.forgotten.max(Some(*until));
            self.requests.pop_first();
        }
        before - self.requests.len()
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).unwrap()
    }

    fn request(n: u8, until: i64) -> Proved {
        Proved { until: at(until), digest: [n; 32] }
    }

    #[test]
    fn a_request_is_new_once() {
        let seen = Seen::new(["a".into(), "b".into()]);
        assert_eq!(seen.first("a", &request(1, 60), at(0)), Ok(()));
        for now in [0, 59, 60] {
            assert_eq!(seen.first("a", &request(1, 60), at(now)), Err(Refusal::Replayed));
        }
        assert_eq!(seen.first("a", &request(2, 60), at(0)), Ok(()));
        assert_eq!(seen.first("c", &request(1, 60), at(0)), Ok(()));
        assert_eq!(seen.first("d", &request(1, 60), at(0)), Err(Refusal::Replayed));
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nothing_new() {
        let seen = Seen::new(["a".into()]);
        seen.first("a", &request(1, 60), at(0)).unwrap();
        seen.first("a", &request(2, 4000), at(3950)).unwrap();
        assert_eq!(seen.first("a", &request(1, 60), at(10)), Err(Refusal::Replayed));
        // What was signed later than all that was forgotten is accepted at once.
        assert_eq!(seen.first("a", &request(3, 70), at(10)), Ok(()));
    }

    #[test]
    fn a_full_memory_refuses_what_is_new_and_still_knows_what_is_old() {
        let seen = Seen::with(["a".into(), "b".into(), "c".into()], 3, 5);
        for n in 0..3 {
            seen.first("a", &request(n, 60), at(0)).unwrap();
        }
        assert_eq!(seen.first("a", &request(9, 60), at(0)), Err(Refusal::TooMany));
        assert_eq!(seen.first("a", &request(0, 60), at(0)), Err(Refusal::Replayed));
        // Another key has its own share, until all are full.
        for n in 0..2 {
            seen.first("b", &request(n, 100), at(0)).unwrap();
        }
        assert_eq!(seen.first("b", &request(2, 60), at(0)), Err(Refusal::TooMany));
        assert_eq!(seen.first("c", &request(2, 60), at(0)), Err(Refusal::TooMany));
        // Strangers fill their own only.
        for n in 0..3 {
            seen.first("stranger", &request(n, 60), at(0)).unwrap();
        }
        assert_eq!(seen.first("other", &request(9, 60), at(0)), Err(Refusal::TooMany));
        // Time makes room, also what another key no longer needs.
        assert_eq!(seen.first("c", &request(2, 120), at(61)), Ok(()));
        assert_eq!(seen.first("a", &request(9, 120), at(61)), Ok(()));
    }

    proptest! {
        /// Whatever the clock does, no request is accepted twice while it would be accepted.
        #[test]
        fn nothing_is_ever_accepted_twice(
            steps in prop::collection::vec((0_u8..6, -30_i64..200), 1..80)
        ) {
            let seen = Seen::with(["a".into()], 4, 4);
            let mut accepted = std::collections::HashSet::new();
            for (n, now) in steps {
                // Each request is signed at a moment of its own.
                let signed = at(i64::from(n) * 20);
                let until = signed + 60.seconds();
                let now = at(now);
                if now > until || now < signed - 60.seconds() {
                    continue;
                }
                let proved = Proved { until, digest: [n; 32] };
                if seen.first("a", &proved, now).is_ok() {
                    prop_assert!(accepted.insert(n), "{n} at {now}");
                }
            }
        }
    }
}
