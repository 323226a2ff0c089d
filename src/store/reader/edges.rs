//! The frames beside gaps that touch the ends of a window: evidence from outside it.

use crate::domain::{Edge, Holes, PageBuilder, StreamInfo};
use crate::store::Get;

use super::Read;

impl Read<'_> {
    /// The nearest frames below and above the window, where a gap touches its end. At most two
    /// requests, sent together. An edge that cannot be had is left unknown: it is evidence, not
    /// part of the account.
    pub(super) async fn outer_edges(
        &mut self,
        info: &StreamInfo,
        builder: &PageBuilder,
        beyond: Option<Edge>,
    ) -> (Option<Edge>, Option<Edge>) {
        let window = builder.window();
        let state = &info.state;
        let list = state.deleted.as_deref().map(Holes);
        let wants_below = builder.is_gap(window.start()) && window.start() > state.first_seq;
        let wants_above = builder.is_gap(window.end()) && window.end() < state.last_seq;
        // Without the list the nearest frame below would take a search; see `locate`.
        let below = list.filter(|_| wants_below).and_then(|list| {
            let hole = list.around(window.start())?;
            hole.start().checked_sub(1).filter(|&seq| seq >= state.first_seq.max(1)).map(Get::Exact)
        });
        let known = beyond.filter(|edge| edge.seq > window.end());
        let above = (wants_above && known.is_none()).then_some(Get::AtOrAfter(window.end() + 1));
        let (below, above) = tokio::join!(self.edge(below), self.edge(above));
        self.cost.gaps += below.1 + above.1;
        (below.0, known.filter(|_| wants_above).or(above.0))
    }

    async fn edge(&self, get: Option<Get>) -> (Option<Edge>, u64) {
        let Some(get) = get else { return (None, 0) };
        self.beside(get).await.unwrap_or((None, 1))
    }
}
