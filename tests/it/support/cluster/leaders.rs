//! Who leads a stream and who the metadata, and making them step down.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Cluster, ELECTION, name, place, standing_within};
use crate::support::http::Http;
use crate::support::{RawNats, wait};

/// Longest wait for one answer about leaders: while there is none, there may be no answer.
const ANSWER: Duration = Duration::from_secs(1);

/// How long a wish for a leader is left alone before it is repeated.
const WISH: Duration = Duration::from_secs(3);

impl Cluster {
    /// The leader of the metadata, as one running member sees it; none while there is none.
    pub(crate) fn meta_leader(&self, through: usize) -> Option<usize> {
        let mut http = Http::patient(self.members[through].monitor, ANSWER);
        http.request("GET", "/jsz", &[]);
        let told: Value = serde_json::from_slice(&http.reply("GET").ok()?.body).ok()?;
        told["meta_cluster"]["leader"].as_str().filter(|name| !name.is_empty()).map(place)
    }

    /// Waits until a member that was started again says that it has caught up with everything. The
    /// others may not have missed it yet, and go on calling it current.
    pub(crate) fn wait_for_health(&self, at: usize) {
        wait::within(ELECTION, "a member to have caught up", || {
            let mut http = Http::patient(self.members[at].monitor, ANSWER);
            http.request("GET", "/healthz", &[]);
            http.reply("GET").ok().filter(|reply| reply.status == 200)
        });
    }

    /// Tells the leader of the metadata to step down; needs a system account.
    pub(crate) fn step_down_meta(&self, through: usize) {
        self.wish_meta(through, &json!({}));
    }

    /// Makes a member lead the metadata; needs a system account.
    pub(crate) fn lead_meta(&self, member: usize) {
        let mut wished: Option<Instant> = None;
        wait::within(2 * ELECTION, "a member to lead the metadata", || {
            let leader = self.meta_leader(member)?;
            if leader == member {
                return Some(());
            }
            if wished.is_none_or(|wished| wished.elapsed() > WISH) {
                self.wish_meta(member, &json!({"placement": {"preferred": name(member)}}));
                wished = Some(Instant::now());
            }
            None
        });
    }

    fn wish_meta(&self, through: usize, body: &Value) {
        let mut raw = RawNats::connect(self.port(through), Some(("sys", "sys")));
        let _ = raw.ask("$JS.API.META.LEADER.STEPDOWN", body, ANSWER);
    }
}

/// The leader of a stream; none while there is none, or no answer within `bound`.
pub(crate) fn leader_within(raw: &mut RawNats, stream: &str, bound: Duration) -> Option<usize> {
    standing_within(raw, stream, bound)?["leader"].as_str().map(place)
}

/// Tells the leader of a stream to step down.
pub(crate) fn step_down(raw: &mut RawNats, stream: &str) {
    let _ = raw.ask(&format!("$JS.API.STREAM.LEADER.STEPDOWN.{stream}"), &json!({}), ANSWER);
}
