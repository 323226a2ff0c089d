//! The sequence-window reader over any store.
