//! What ensuring a room's stream came to.

use super::{Drift, StreamSpec};
use crate::domain::{StreamInfo, format};

/// Outcome of an ensure. In no case was an existing stream changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ensured {
    /// The stream was there, as the contract makes it. No write was sent.
    Present(Box<StreamInfo>),
    /// The stream was there with another configuration. No write was sent.
    Drifted(Box<StreamInfo>, Drift),
    /// The stream was missing and now exists; [`created`] has the words.
    Created(Box<StreamInfo>),
    /// The stream is missing and would be created, but writes are off.
    WouldCreate(StreamSpec),
    /// The room's stream may not be ensured: its subject is not known, it is not persisted, or its
    /// source can only be read.
    NotOurs {
        /// Why, in a person's words.
        why: &'static str,
        /// The stream, when there is one all the same.
        info: Option<Box<StreamInfo>>,
    },
}

/// What to say of a stream that a CREATE made just now. A missing stream does not show that none
/// ever was: a server that cannot read a stream's description does not know it, and takes its
/// messages up again when it is created; one that threw a damaged stream away makes an empty one.
pub fn created(info: &StreamInfo) -> String {
    let state = &info.state;
    // What is older than the stream is not from whoever created it in the same moment.
    let earlier = state.first_time.is_some_and(|first| first < info.created);
    let had = match (state.messages, state.last_seq) {
        (0, 0) => String::new(),
        (n, last) if earlier => format!(
            "the server took up {} of an earlier stream of this name, up to sequence {}; ",
            format::counted(n, "message"),
            format::count(last)
        ),
        (n, last) => format!(
            "it holds {} and is at sequence {} already, of an earlier stream of this name or \
             published just now; ",
            format::counted(n, "message"),
            format::count(last)
        ),
    };
    let what = if had.is_empty() { "what" } else { "what else" };
    format!(
        "{had}{what} was published before is not in it: never captured, or gone with an earlier \
         stream"
    )
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::StreamState;

    #[test]
    fn what_a_create_brought_back_is_looked_at_before_anything_is_claimed() {
        let words = |messages, last_seq, first: Option<i64>| {
            let first_time = first.map(|at| Timestamp::from_second(at).unwrap());
            let state = StreamState { messages, last_seq, first_time, ..StreamState::default() };
            let made = Timestamp::from_second(100).unwrap();
            created(&StreamInfo { created: made, state, ..StreamInfo::default() })
        };
        let never = "never captured, or gone with an earlier stream";
        assert_eq!(words(0, 0, None), format!("what was published before is not in it: {never}"));
        let taken = words(5_000, 5_002, Some(99));
        assert!(taken.starts_with("the server took up 5,000 messages of an earlier stream"));
        assert!(taken.contains("up to sequence 5,002") && taken.ends_with(never), "{taken}");
        // Made and used by somebody else in the same moment.
        assert!(!words(1, 1, Some(100)).contains("took up"));
        assert!(words(0, 7, None).contains("0 messages and is at sequence 7 already"));
    }
}
