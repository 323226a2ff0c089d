//! The frames beside gaps that touch the ends of a window: evidence from outside it.

use crate::domain::{Edge, Holes, PageBuilder, StreamInfo};
use crate::store::Get;

use super::read::Read;

/// Most requests to find the frame below a hole at the beginning of a window, where the deleted
/// list is not there to tell.
const SEARCH_AT_MOST: usize = 8;

impl Read<'_> {
    /// The nearest frames below and above the window, where a gap touches its end. One request
    /// each, or up to 9 for the one below without the deleted list. An edge that cannot be had is
    /// left unknown: it is evidence, not part of the account.
    pub(super) async fn outer_edges(
        &mut self,
        info: &StreamInfo,
        builder: &PageBuilder,
        beyond: Option<Edge>,
    ) -> (Option<Edge>, Option<Edge>) {
        let window = builder.window();
        let state = &info.state;
        let first = state.first_seq.max(1);
        let above = if builder.is_gap(window.end()) && window.end() < state.last_seq {
            match beyond.filter(|edge| edge.seq > window.end()) {
                None => self.edge(Get::AtOrAfter(window.end() + 1)).await,
                known => known,
            }
        } else {
            None
        };
        if !builder.is_gap(window.start()) || window.start() <= first {
            return (None, above);
        }
        let below = match &state.deleted {
            Some(list) => match Holes(list).around(window.start()) {
                Some(hole) if hole.start() > first => self.edge(Get::Exact(hole.start() - 1)).await,
                _ => None,
            },
            None => self.below(info, builder, above).await,
        };
        (below, above)
    }

    /// The frame below the window, without the deleted list. Where a page was turned to from
    /// below, it is the one right there; else it is looked for where it is likeliest.
    async fn below(
        &mut self,
        info: &StreamInfo,
        builder: &PageBuilder,
        above: Option<Edge>,
    ) -> Option<Edge> {
        let start = builder.window().start();
        match self.edge(Get::AtOrAfter(start - 1)).await {
            Some(frame) if frame.seq < start => Some(frame),
            found => {
                let above = builder.first_frame().or(found).or(above);
                self.last_below(info, start - 1, above, SEARCH_AT_MOST).await.ok().flatten()
            }
        }
    }

    async fn edge(&mut self, get: Get) -> Option<Edge> {
        match self.beside(get).await {
            Ok((frame, requests)) => {
                self.cost.gaps += requests;
                frame
            }
            Err(_) => {
                self.cost.failed += 1;
                None
            }
        }
    }
}
