//! Plain values and pure functions: no I/O, no clock, no terminal.
//!
//! Everything above speaks in these terms. A *sequence* is a stream sequence number (u64, from 1);
//! a *window* is a contiguous range of sequences; a *page* is what one read of a window gave, one
//! *slot* a sequence or a run of them: a frame, a gap, or unread.

pub mod audit;
pub mod cause;
pub mod connection;
pub mod contract;
pub mod encode;
pub mod escape;
pub mod fault;
pub mod format;
pub mod frame;
pub mod go_duration;
pub mod jump;
pub mod limits;
pub mod map;
pub mod origin;
pub mod page;
pub mod plaintext;
pub(crate) mod record;
pub mod room;
pub mod runs;
pub mod server_headers;
pub mod stream;
pub mod ticket;
pub mod when;

pub use audit::{Audit, Findings};
pub use cause::gap::{Answer, Edge, Evidence, Gap, GapCause, MOST_GIVEN};
pub use cause::{Account, Completeness};
pub use connection::Connection;
pub use fault::{Fault, FaultKind};
pub use frame::{Frame, Header};
pub use go_duration::go_duration;
pub use jump::{Goal, Landing, TimeOrder};
pub use map::{StreamMap, Survey};
pub use origin::{Behind, Origin};
pub use page::{
    Cost, History, Holes, Join, Ledger, Outer, Page, PageBuilder, PageRequest, PageSize, Place,
    Slot, Unread, Window,
};
pub use room::{
    Drift, DriftField, Ensured, Found, Listed, Moved, Room, RoomId, RoomList, RoomRow, RoomState,
    Sort, StreamName, StreamSpec, Subject,
};
pub use runs::Runs;
pub use stream::{ListFlaw, Lost, Peer, StreamConfig, StreamInfo, StreamState, Witness};
pub use when::{Spot, When};
