//! Listing rooms: names first, then state.
